/// How pages look: on a phone, a wide screen and paper, light and dark.
///
/// What is wider than the page scrolls in a box of its own (`.scroll`). Colour never says anything alone.
enum StyleSheet {
  // Columns of long tables, whose cells say nothing themselves. They count no more than other rules of cells do.
  private static let names = "td:where(.pairs :nth-child(-n+2))"
  private static let numbers =
    "td:where(.pairs :nth-child(n+3):nth-child(-n+6), .runs :nth-child(n+2):nth-child(-n+5))"
  private static let kept = "td:where(.runs :first-child, .runs :nth-child(6))"

  static let text = """

    :root {
      color-scheme: light dark;
      --page: #f4f5f8; --card: #ffffff; --ink: #1b2028; --muted: #586272; --line: #dde1e8;
      --soft: #eef1f6; --accent: #2b5cc9;
      --good: #17702f; --good-soft: #e2f4e7; --bad: #b3261e; --bad-soft: #fce9e8;
      --warn: #7d5200; --warn-soft: #fdf1d4;
      --s0: #2b5cc9; --s1: #c75d05; --s2: #17803a; --s3: #9234ac; --s4: #97700a; --s5: #08797e;
      --s6: #b91f57; --s7: #586272; --shade: rgba(0, 0, 0, .28); --width: 82rem;
    }
    @media (min-width: 104rem) { :root { --width: 100rem; } }
    @media (prefers-color-scheme: dark) {
      :root {
        --page: #0f1217; --card: #181c23; --ink: #e6eaf0; --muted: #9ba6b5; --line: #2d343f;
        --soft: #212730; --accent: #86aaff;
        --good: #5fcf80; --good-soft: #143020; --bad: #ff8b84; --bad-soft: #3b1c1c;
        --warn: #e8bb5e; --warn-soft: #352a11;
        --s0: #86aaff; --s1: #ffa052; --s2: #5fcf80; --s3: #d68cf0; --s4: #e0bb4d; --s5: #4fd0d4;
        --s6: #ff86ad; --s7: #9ba6b5; --shade: rgba(255, 255, 255, .3);
      }
    }
    * { box-sizing: border-box; }
    html { scroll-padding-top: 3.25rem; -webkit-text-size-adjust: 100%; }
    body {
      margin: 0; background: var(--page); color: var(--ink);
      font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans",
        Helvetica, Arial, sans-serif;
      overflow-wrap: anywhere;
    }
    header, main, footer { max-width: var(--width); margin: 0 auto; padding: 0 1.25rem; }
    header { padding-top: 1.75rem; padding-bottom: 1rem; }
    footer { padding-top: 1rem; padding-bottom: 2rem; color: var(--muted); font-size: .8125rem; }
    h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; letter-spacing: -.01em; }
    h2 { margin: 0 0 .75rem; font-size: 1.1875rem; line-height: 1.3; }
    h3 { margin: 1.5rem 0 .5rem; font-size: 1rem; }
    p { margin: .5rem 0; max-width: 52rem; }
    a { color: var(--accent); }
    a:focus-visible, button:focus-visible, summary:focus-visible, [tabindex]:focus-visible {
      outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px;
    }
    code, .code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .875em; }
    .muted { color: var(--muted); }
    .small { font-size: .875rem; }
    .over { margin: 0 0 .25rem; color: var(--muted); font-size: .875rem; }
    .heading { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem .75rem; }

    nav {
      position: sticky; top: 0; z-index: 2; background: var(--page);
      border-bottom: 1px solid var(--line);
      display: flex; gap: .25rem; overflow-x: auto; scrollbar-width: thin;
      padding: .5rem max(1.25rem, calc((100% - var(--width)) / 2 + 1.25rem));
    }
    nav a {
      flex: none; padding: .25rem .625rem; border-radius: 999px; color: var(--muted);
      font-size: .875rem; text-decoration: none; white-space: nowrap;
    }
    nav a:hover { background: var(--soft); color: var(--ink); }

    main { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.25rem; padding-top: 1.25rem; }
    section {
      min-width: 0; background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
      padding: 1.25rem;
    }
    section > :last-child { margin-bottom: 0; }

    .pill {
      display: inline-block; padding: .125rem .625rem; border-radius: 999px; background: var(--soft);
      color: var(--ink); font-size: .8125rem; font-weight: 600; white-space: nowrap;
    }
    .pill.good, .pill.better { background: var(--good-soft); color: var(--good); }
    .pill.bad, .pill.worse { background: var(--bad-soft); color: var(--bad); }
    .pill.equivalent { color: var(--s5); }
    .pill.warn { background: var(--warn-soft); color: var(--warn); }
    .note { margin: .75rem 0; padding: .625rem .875rem; border-left: 3px solid var(--line); background: var(--soft); border-radius: .375rem; font-size: .9375rem; max-width: none; }
    .note.good { border-color: var(--good); background: var(--good-soft); }
    .note.bad { border-color: var(--bad); background: var(--bad-soft); }
    .note.warn { border-color: var(--warn); background: var(--warn-soft); }
    .note ul { margin: .25rem 0 0; padding-left: 1.25rem; }

    .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.25rem, 1fr)); gap: .75rem; margin: 1rem 0 0; }
    .tile { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: .75rem .875rem; }
    .tile dt { color: var(--muted); font-size: .8125rem; }
    .tile dd { margin: 0; font-size: 1.5rem; font-weight: 650; line-height: 1.25; letter-spacing: -.01em; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
    .tile dd + dd { font-size: .8125rem; font-weight: 400; letter-spacing: 0; color: var(--muted); line-height: 1.4; }
    .facts { display: grid; grid-template-columns: minmax(6.5rem, max-content) minmax(0, 1fr); gap: .375rem 1.25rem; margin: 0; font-size: .9375rem; }
    .facts dt { color: var(--muted); }
    .facts dd { margin: 0; min-width: 0; }

    .scroll { overflow: auto; max-width: 100%; scrollbar-width: thin; }
    /* A shade at the side where there is more: covers of the card's colour scroll with what they hide it at. */
    .scroll {
      background:
        linear-gradient(to right, var(--card) 30%, transparent) 0 0 / 2.5rem 100%,
        linear-gradient(to left, var(--card) 30%, transparent) 100% 0 / 2.5rem 100%,
        linear-gradient(to right, var(--shade), transparent) 0 0 / .75rem 100%,
        linear-gradient(to left, var(--shade), transparent) 100% 0 / .75rem 100%;
      background-repeat: no-repeat; background-attachment: local, local, scroll, scroll;
    }
    .scroll.tall { max-height: 30rem; border: 1px solid var(--line); border-radius: .5rem; }
    table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
    table.wide { width: 100%; }
    th, td { padding: .375rem .625rem; text-align: left; vertical-align: middle; border-bottom: 1px solid var(--line); }
    td.name, \(names) { min-width: 7rem; overflow-wrap: anywhere; }
    thead th { color: var(--muted); font-weight: 600; white-space: nowrap; background: var(--card); vertical-align: bottom; }
    .tall thead th { position: sticky; top: 0; z-index: 1; box-shadow: 0 1px 0 var(--line); }
    tbody tr:last-child > * { border-bottom: 0; }
    tbody tr:hover { background: var(--soft); }
    .num, \(numbers) { text-align: right; white-space: nowrap; }
    .keep, \(kept) { white-space: nowrap; }
    .show-all { margin: 0 .375rem .125rem 0; vertical-align: middle; accent-color: var(--accent); }
    .show-all + label { display: inline-block; margin-bottom: .5rem; font-size: .9375rem; }
    .show-all:not(:checked) ~ .scroll .more { display: none; }
    th button {
      all: unset; cursor: pointer; color: inherit; font: inherit; border-radius: 4px; white-space: nowrap;
    }
    /* Paths of settings are broken at their dots on paper only: on a screen there is room to scroll. */
    th wbr { display: none; }
    th button::after { content: " ↕"; color: var(--muted); opacity: .55; }
    th[aria-sort="ascending"] button::after { content: " ↑"; opacity: 1; color: var(--accent); }
    th[aria-sort="descending"] button::after { content: " ↓"; opacity: 1; color: var(--accent); }
    th[aria-sort] { color: var(--ink); }
    .bar { display: block; width: 6rem; height: .5rem; }
    .bar .all { fill: var(--soft); } .bar .part { fill: var(--good); }
    .right-word { color: var(--good); font-weight: 600; }
    .wrong-word { color: var(--bad); font-weight: 600; }

    svg { display: block; max-width: 100%; }
    svg text { fill: var(--muted); font-size: 11px; font-family: inherit; }
    svg text.strong { fill: var(--ink); paint-order: stroke; stroke: var(--card); stroke-width: 3px; stroke-linejoin: round; }
    .grid { stroke: var(--line); stroke-width: 1; }
    .axis { stroke: var(--muted); stroke-width: 1; }
    .boundary { stroke: var(--muted); stroke-width: 1; stroke-dasharray: 2 3; }
    .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1.25rem; }
    figure { margin: 0; min-width: 0; break-inside: avoid; }
    figcaption { font-weight: 600; font-size: .9375rem; margin-bottom: .25rem; }
    .chart > svg { width: 100%; max-width: 32rem; height: auto; touch-action: pan-y; overflow: visible; }
    .line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
    .line.dashed { stroke-dasharray: 5 4; }
    .point { stroke: var(--card); stroke-width: 1; }
    .band { opacity: .16; stroke: none; }
    .best-mark { fill: none; stroke: var(--ink); stroke-width: 1.5; }
    .cursor { stroke: var(--muted); stroke-width: 1; visibility: hidden; }
    .dot { visibility: hidden; stroke: var(--card); stroke-width: 1.5; }
    .active .cursor, .active .dot { visibility: visible; }
    .line.s0, .whisker.s0 { stroke: var(--s0); } .fill.s0 { fill: var(--s0); }
    .line.s1, .whisker.s1 { stroke: var(--s1); } .fill.s1 { fill: var(--s1); }
    .line.s2, .whisker.s2 { stroke: var(--s2); } .fill.s2 { fill: var(--s2); }
    .line.s3, .whisker.s3 { stroke: var(--s3); } .fill.s3 { fill: var(--s3); }
    .line.s4, .whisker.s4 { stroke: var(--s4); } .fill.s4 { fill: var(--s4); }
    .line.s5, .whisker.s5 { stroke: var(--s5); } .fill.s5 { fill: var(--s5); }
    .line.s6, .whisker.s6 { stroke: var(--s6); } .fill.s6 { fill: var(--s6); }
    .line.s7, .whisker.s7 { stroke: var(--s7); } .fill.s7 { fill: var(--s7); }
    .readout { display: flex; flex-wrap: wrap; gap: .125rem .875rem; min-height: 1.5rem; margin: .25rem 0 0; font-size: .8125rem; font-variant-numeric: tabular-nums; max-width: none; }
    .readout .at { font-weight: 600; }
    .readout data { font-weight: 600; }
    .swatch { display: inline-block; width: 1.125rem; height: .625rem; margin-right: .25rem; vertical-align: baseline; overflow: visible; }

    .pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.25rem, 1fr)); gap: .75rem; margin: .75rem 0; }
    .picture { hyphens: auto; border: 2px solid var(--line); border-radius: .5rem; overflow: hidden; background: var(--card); font-size: .8125rem; line-height: 1.3; }
    .picture.right { border-color: var(--good); }
    .picture.wrong { border-color: var(--bad); }
    .picture img, .picture .absent { display: block; width: 100%; height: auto; aspect-ratio: 1; object-fit: contain; background: var(--soft); }
    .picture .absent { display: grid; place-items: center; padding: .5rem; text-align: center; color: var(--muted); font-size: .75rem; }
    .picture figcaption { margin: 0; padding: .375rem .5rem .5rem; font-weight: 400; font-size: inherit; }
    .picture .said { display: block; font-weight: 600; }
    .picture .said::first-letter { letter-spacing: .1em; }
    .picture.right .said { color: var(--good); }
    .picture.wrong .said { color: var(--bad); }
    .picture .is { display: block; color: var(--ink); }
    .picture .path { display: block; margin-top: .125rem; color: var(--muted); font-size: .6875rem; }
    .pictures[data-show="right"] .wrong, .pictures[data-show="wrong"] .right { display: none; }
    .choices { display: inline-flex; flex-wrap: wrap; gap: .25rem; }
    .choices button {
      border: 1px solid var(--line); background: var(--card); color: var(--ink); border-radius: 999px;
      padding: .25rem .75rem; font: inherit; font-size: .8125rem; cursor: pointer;
    }
    .choices button[aria-pressed="true"] { background: var(--ink); color: var(--card); border-color: var(--ink); }
    .thumbs { display: flex; gap: .25rem; }
    .thumbs img { width: 2.75rem; height: 2.75rem; object-fit: contain; background: var(--soft); border-radius: .25rem; display: block; }

    .strip { display: flex; gap: .5rem; padding: .25rem 0 .5rem; }
    .strip figure { flex: none; width: 7rem; }
    .strip .frame { height: 7rem; display: grid; place-items: center; background: var(--soft); border-radius: .375rem; overflow: hidden; }
    .strip img { max-width: 7rem; max-height: 7rem; width: 100%; height: 100%; object-fit: contain; }
    .strip figcaption { font-weight: 400; font-size: .6875rem; line-height: 1.3; margin: .25rem 0 0; }
    .strip .step { display: block; font-weight: 600; font-size: .75rem; overflow-wrap: normal; }

    .matrix-box { display: grid; grid-template-columns: minmax(0, 1fr); gap: .75rem 2rem; align-items: start; }
    @media (min-width: 56rem) { .matrix-box { grid-template-columns: minmax(0, 2fr) minmax(0, 1fr); } .matrix-box > svg { order: -1; } }
    .matrix > svg { width: 100%; max-width: 46rem; height: auto; touch-action: pan-y; background: var(--card); border: 1px solid var(--line); cursor: crosshair; }
    .hit { fill: var(--good); } .miss { fill: var(--bad); }
    .level1 { opacity: .45; } .level2 { opacity: .58; } .level3 { opacity: .71; } .level4 { opacity: .85; } .level5 { opacity: 1; }
    .legend { display: grid; grid-template-columns: max-content repeat(5, minmax(0, 3.5rem)); gap: .25rem .375rem; align-items: center; margin: .75rem 0; font-size: .75rem; color: var(--muted); }
    .legend svg { width: 100%; height: .875rem; }
    .cross { fill: var(--ink); opacity: .1; visibility: hidden; }
    .active .cross { visibility: visible; }
    .heat td, .heat th { border: 1px solid var(--line); padding: .375rem .5rem; text-align: center; }
    .heat tbody th, .heat thead th:first-child { text-align: left; max-width: 12rem; overflow-wrap: anywhere; position: sticky; left: 0; background: var(--card); }
    .heat thead th { white-space: normal; min-width: 3.5rem; max-width: 7rem; vertical-align: bottom; overflow-wrap: anywhere; }
    .heat .right { background: var(--good-soft); color: var(--good); font-weight: 650; }
    .heat .wrong { background: var(--bad-soft); color: var(--bad); font-weight: 650; }
    .heat .none { color: var(--muted); }

    .bin-accuracy { fill: var(--s0); opacity: .75; } .bin-gap { fill: none; stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 3 2; }
    .bin-count { fill: var(--s7); opacity: .55; }
    .diagonal { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 4 3; }
    .hot { fill: transparent; }
    .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1.25rem 2rem; align-items: start; }
    .columns > * { min-width: 0; }

    .yaml { margin: 0; font-size: .8125rem; line-height: 1.55; tab-size: 2; }
    .yaml .origin { color: var(--muted); }
    .yaml .given { font-weight: 650; }
    .yaml .default { color: var(--muted); }
    details { margin: .75rem 0 0; }
    summary { cursor: pointer; color: var(--accent); font-size: .9375rem; }
    details > .scroll, details > p { margin-top: .5rem; }

    .whisker { stroke-width: 2; }
    .intervals { display: grid; margin: .5rem 0; }
    .interval { display: grid; grid-template-columns: minmax(9rem, 1fr) minmax(14rem, 30rem) 11rem; gap: 0 1rem; align-items: center; border-bottom: 1px solid var(--line); font-size: .875rem; min-height: 2.75rem; padding: .25rem 0; }
    .interval.scale { border: 0; min-height: 0; padding: 0; }
    .interval svg { width: 100%; height: auto; }
    .interval .numbers { font-variant-numeric: tabular-nums; font-size: .8125rem; line-height: 1.35; }
    .seed { fill: none; stroke: var(--ink); stroke-width: 1.25; }
    .zero { stroke: var(--ink); stroke-width: 1; }
    .margin { fill: var(--s5); opacity: .14; }
    .claims { list-style: none; margin: .5rem 0; padding: 0; display: grid; gap: .625rem; }
    .claims li { display: grid; grid-template-columns: minmax(0, 1fr); gap: .125rem; padding: .625rem .875rem; background: var(--soft); border-radius: .5rem; }

    @media (max-width: 40rem) {
      header, main, footer { padding-left: .75rem; padding-right: .75rem; }
      nav { padding-left: .75rem; padding-right: .75rem; }
      section { padding: .875rem; border-radius: .625rem; }
      h1 { font-size: 1.375rem; }
      .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .5rem; }
      .tile dd { font-size: 1.25rem; }
      .facts { grid-template-columns: minmax(0, 1fr); gap: 0; }
      .facts dd { margin-bottom: .5rem; }
      .bar { width: 3.5rem; }
      .interval { grid-template-columns: minmax(0, 1fr); gap: .125rem; padding: .5rem 0; }
      .interval.scale .what, .interval.scale .numbers, .interval.scale .second { display: none; }
      .interval.scale { padding: 0; }
      .interval svg text { font-size: 14px; }
      th, td { padding: .375rem .5rem; }
    }
    @page { margin: 13mm; }
    @media print {
      :root {
        color-scheme: light; font-size: 10pt;
        --page: #ffffff; --card: #ffffff; --ink: #000000; --muted: #444444; --line: #bbbbbb;
        --soft: #f2f2f2; --accent: #1b3f91;
        --good: #17702f; --good-soft: #e9f6ed; --bad: #b3261e; --bad-soft: #fcedec;
        --warn: #7d5200; --warn-soft: #fdf4de;
        --s0: #2b5cc9; --s1: #c75d05; --s2: #17803a; --s3: #9234ac; --s4: #97700a; --s5: #08797e;
        --s6: #b91f57; --s7: #586272;
      }
      * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      nav, .choices, details:not([open]), .show-all, .show-all + label { display: none; }
      .show-all:not(:checked) ~ .scroll .more { display: table-row; }
      tr.more td { padding-top: 0; padding-bottom: 0; line-height: 1.4; }
      table .pill { padding: 0 4pt; font-size: inherit; }
      .interval { grid-template-columns: minmax(0, 1fr) 22rem 10rem; }
      .interval svg text { font-size: 14px; }
      header, main, footer { max-width: none; padding-left: 0; padding-right: 0; }
      main { display: block; }
      section { border: 0; border-top: 1px solid var(--line); border-radius: 0; padding: 10pt 0; }
      h2, h3, figcaption { break-after: avoid; }
      .scroll, .scroll.tall { background: none; overflow: visible; max-height: none; border: 0; }
      .tall thead th, .heat tbody th { position: static; box-shadow: none; }
      .on-screen, .matrix .readout { display: none; }
      table { font-size: 8pt; }
      /* A button would be missing where the head is repeated on the next page. */
      th button { display: contents; white-space: normal; }
      th wbr { display: inline; }
      th button::after { content: ""; }
      th, td { padding: 2pt 4pt; overflow-wrap: anywhere; }
      .heat th, .heat td { padding: 2pt; }
      .heat thead th { min-width: 0; }
      .heat tbody th { white-space: normal; }
      td.name, \(names) { min-width: 0; }
      .keep, .num, \(kept), \(numbers), thead th { white-space: normal; }
      .num, \(numbers), thead th { overflow-wrap: normal; }
      table.wide { font-size: 6.5pt; }
      table.wide th, table.wide td { padding: 2pt 3pt; }
      table.wide .keep, table.wide \(kept) { overflow-wrap: anywhere; }
      /* Grids and flexible boxes are broken within a picture at a page's end; lines are not. */
      .strip, .pictures { display: block; orphans: 1; widows: 1; }
      .strip figure, .picture { display: inline-block; vertical-align: top; margin: 0 0 .25rem; }
      .strip figure { width: 4.75rem; }
      .strip .frame { height: 4.75rem; }
      .picture { width: 10rem; }
      .columns { break-inside: avoid; }
      .picture, tr, .tile, .note { break-inside: avoid; }
      .yaml { white-space: pre-wrap; }
      .matrix > svg { max-width: 28rem; }
      .cursor, .dot, .cross { display: none; }
    }

    """
}
