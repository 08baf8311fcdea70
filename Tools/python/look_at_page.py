"""Opens pages in a headless Chromium and says what is wrong with them: look_at_page.py PAGE… [--json FILE] [--pictures FOLDER]

Writes one JSON object: for each page its problems (an empty list where there are none), its size and how long it
took to open. Problems are what a reader would meet: a page wider than the screen, at 390, 1024 and 1920 px, light
and dark, and on paper; an error in the console; anything asked of a network; tables that do not sort, curves that do
not say their values.
"""

import argparse
import json
import os
import pathlib
import time

from playwright.sync_api import sync_playwright

WIDTHS = (390, 1024, 1920)
SCHEMES = ("light", "dark")

# What is wider than the page although it should scroll in a box of its own.
OVERFLOW = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const boxed = element => {
    for (let parent = element.parentElement; parent; parent = parent.parentElement)
      if (["auto", "scroll", "hidden"].includes(getComputedStyle(parent).overflowX)) return true;
    return false;
  };
  return Array.from(document.querySelectorAll("body *"))
    .filter(element => element.getBoundingClientRect().right > width + 1 && !boxed(element))
    .slice(0, 5)
    .map(element => element.tagName + "." + element.getAttribute("class"))
    .concat([`${document.documentElement.scrollWidth} > ${width}`]);
}"""

# Texts of drawings that lie over one another, or outside of their drawing.
TEXTS = """() => {
  const found = [];
  for (const svg of document.querySelectorAll("svg")) {
    const frame = svg.getBoundingClientRect();
    const boxes = Array.from(svg.querySelectorAll("text"), text => [text, text.getBoundingClientRect()])
      .filter(([text, box]) => box.width > 0);
    boxes.forEach(([text, box], index) => {
      if (box.left < frame.left - 2 || box.right > frame.right + 2
          || box.top < frame.top - 2 || box.bottom > frame.bottom + 2)
        found.push(`outside: ${text.textContent}`);
      for (const [other, place] of boxes.slice(index + 1)) {
        if (box.left < place.right - 1 && place.left < box.right - 1
            && box.top < place.bottom - 3 && place.top < box.bottom - 3)
          found.push(`overlap: ${text.textContent} and ${other.textContent}`);
      }
    });
  }
  return found.slice(0, 10);
}"""

# Text that can hardly be read, by WCAG 2.2's contrast ratio: less than 4.5, or 3 where it is large.
CONTRAST = """() => {
  const parse = text => {
    const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
    return {r, g, b, a};
  };
  const over = (top, below, a) => ({
    r: top.r * a + below.r * (1 - a), g: top.g * a + below.g * (1 - a), b: top.b * a + below.b * (1 - a), a: 1});
  const linear = value => (value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const light = ({r, g, b}) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const ground = element => {
    const layers = [];
    for (let place = element; place; place = place.parentElement) {
      const colour = parse(getComputedStyle(place).backgroundColor);
      if (colour.a > 0) layers.push(colour);
      if (colour.a === 1) break;
    }
    return layers.reduceRight((below, top) => over(top, below, top.a), {r: 255, g: 255, b: 255, a: 1});
  };
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const element = walker.currentNode.parentElement;
    if (!text || !element.checkVisibility({visibilityProperty: true})) continue;
    if (["SCRIPT", "STYLE", "TITLE", "title"].includes(element.tagName)) continue;
    const style = getComputedStyle(element);
    const colour = parse(element.closest("svg") ? style.fill : style.color);
    let alpha = colour.a;
    for (let place = element; place; place = place.parentElement) alpha *= Number(getComputedStyle(place).opacity);
    const below = ground(element);
    const [a, b] = [light(over(colour, below, alpha)), light(below)].sort((a, b) => b - a);
    const ratio = (a + 0.05) / (b + 0.05);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700;
    if (ratio < (isLarge ? 3 : 4.5))
      found.add(`contrast ${ratio.toFixed(2)} of '${text.slice(0, 30)}' in ${element.tagName}.${element.getAttribute("class")}`);
  }
  return Array.from(found).slice(0, 10);
}"""

# Text that its box cuts off and nobody can scroll to, and text that leaves its box to the side.
CUT = """() => {
  const found = new Set();
  for (const element of document.querySelectorAll("body *")) {
    if (element.closest("svg") || element.clientWidth === 0) continue;
    const style = getComputedStyle(element);
    const wide = element.scrollWidth - element.clientWidth, high = element.scrollHeight - element.clientHeight;
    const name = `${element.tagName}.${element.getAttribute("class")} '${element.textContent.trim().slice(0, 30)}'`;
    if (["hidden", "clip"].includes(style.overflowX) && (wide > 1 || high > 1)) found.add("cut off: " + name);
    if (style.overflowX === "visible" && wide > 1 && style.display !== "inline" && !element.closest(".strip")
        && ["TD", "TH", "P", "LI", "DD", "DT", "FIGCAPTION", "SPAN", "DIV", "H1", "H2", "H3"].includes(element.tagName))
      found.add("leaves its box: " + name);
  }
  return Array.from(found).slice(0, 10);
}"""

# Each sortable table by each of its columns, both ways: whether its rows are in order then.
SORTING = """() => {
  const found = [];
  for (const table of document.querySelectorAll("table.sortable")) {
    const name = table.getAttribute("aria-label");
    const before = table.tBodies[0].textContent.length;
    Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
      for (let press = 0; press < 2; press += 1) {
        const button = head.querySelector("button");
        if (!button) return;
        button.click();
        const order = head.getAttribute("aria-sort");
        const keys = Array.from(table.tBodies[0].rows, row => {
          const cell = row.cells[column];
          return cell.dataset.key ?? cell.querySelector("data")?.value ?? cell.textContent.trim();
        });
        const known = keys.filter(key => key !== "");
        if (keys.slice(0, known.length).some(key => key === ""))
          found.push(`${name}: missing values of column ${column} do not come last`);
        const isNumeric = head.classList.contains("num");
        const inOrder = known.every((key, index) => {
          if (index === 0) return true;
          const difference = isNumeric ? parseFloat(known[index - 1]) - parseFloat(key)
            : known[index - 1].localeCompare(key, undefined, {numeric: true});
          if (Number.isNaN(difference)) return false;
          return order === "ascending" ? difference <= 0 : difference >= 0;
        });
        if (!inOrder) found.push(`${name}: column ${column} is not ${order}`);
      }
      if (document.querySelectorAll(".sortable[aria-label='" + CSS.escape(name) + "'] th[aria-sort]").length !== 1)
        found.push(`${name}: several columns order it`);
    });
    if (table.tBodies[0].textContent.length !== before) found.push(`${name}: rows were lost`);
  }
  return found;
}"""


def hovering(page):
    """Whether pointing at curves, the matrix and bars shows what is there."""
    problems = []
    figures = page.locator("figure[data-chart]")
    for number in range(figures.count()):
        figure = figures.nth(number)
        chart = json.loads(figure.get_attribute("data-chart"))
        svg = figure.locator("svg").first
        svg.scroll_into_view_if_needed()
        box = svg.bounding_box()
        width = float(svg.get_attribute("viewBox").split()[2])
        for place in {0, len(chart["labels"]) // 2, len(chart["labels"]) - 1}:
            page.mouse.move(
                box["x"] + chart["x"][place] / width * box["width"], box["y"] + box["height"] / 2)
            shown = figure.locator(".readout").inner_text()
            wanted = [chart["labels"][place]] + [series["text"][place] for series in chart["series"]]
            problems += [
                f"curve {number}: '{text}' is not shown at {place}: '{shown}'"
                for text in wanted if text not in shown]
            if figure.locator(".cursor").evaluate("line => getComputedStyle(line).visibility") != "visible":
                problems.append(f"curve {number}: no line at the pointer")
        page.mouse.move(0, 0)
        if chart["labels"][chart["start"]] not in figure.locator(".readout").inner_text():
            problems.append(f"curve {number}: does not go back")
        svg.focus()
        page.keyboard.press("ArrowLeft")
        place = max(0, chart["start"] - 1)
        if chart["labels"][place] not in figure.locator(".readout").inner_text():
            problems.append(f"curve {number}: arrow keys do nothing")
    matrices = page.locator("figure[data-matrix]")
    for number in range(matrices.count()):
        figure = matrices.nth(number)
        matrix = json.loads(figure.get_attribute("data-matrix"))
        svg = figure.locator("> svg")
        svg.scroll_into_view_if_needed()
        size = len(matrix["names"])
        for row, column, count in list(zip(*[iter(matrix["cells"])] * 3))[:: max(1, len(matrix["cells"]) // 30)]:
            # A screen lower than the matrix shows a part of it.
            svg.evaluate(
                "(svg, share) => { const box = svg.getBoundingClientRect(); "
                "scrollBy(0, box.top + share * box.height - innerHeight / 2); }", (row + 0.5) / size)
            box = svg.bounding_box()
            page.mouse.move(
                box["x"] + (column + 0.5) / size * box["width"],
                box["y"] + (row + 0.5) / size * box["height"])
            shown = figure.locator(".readout").inner_text()
            own, counted = matrix["names"][row], f"{count} of {matrix['totals'][row]}"
            text = f"{own}: {counted} right" if row == column else f"is {own}, called {matrix['names'][column]}: {counted}"
            if " ".join(text.split()) != " ".join(shown.split()):
                problems.append(f"matrix: '{text}' is not shown at {row}, {column}: '{shown}'")
    bars = page.locator("figure[data-readout] [data-say]")
    if bars.count() > 0:
        bar = bars.nth(bars.count() // 2)
        bar.scroll_into_view_if_needed()
        bar.hover()
        said = bar.get_attribute("data-say")
        shown = page.locator("figure[data-readout] .readout").inner_text()
        if " ".join(said.split()) != " ".join(shown.split()):
            problems.append(f"bar: '{said}' is not shown: '{shown}'")
    return problems


def touching(page):
    """Whether what a finger pointed at stays to be read."""
    problems = []
    for kind, wanted in (
        ("figure[data-chart]", lambda figure: json.loads(figure.get_attribute("data-chart"))["labels"][0]),
        ("figure[data-matrix]", lambda figure: json.loads(figure.get_attribute("data-matrix"))["names"][0]),
    ):
        if page.locator(kind).count() == 0:
            continue
        figure = page.locator(kind).first
        svg = figure.locator("> svg").first
        # Below the bar of links, which stays on top.
        svg.evaluate("svg => scrollBy(0, svg.getBoundingClientRect().top - 100)")
        box = svg.bounding_box()
        page.touchscreen.tap(box["x"] + 1, box["y"] + 1)
        shown = " ".join(figure.locator(".readout").inner_text().split())
        if " ".join(wanted(figure).split()) not in shown:
            problems.append(f"{kind}: a touch shows nothing that stays: '{shown}'")
    return problems


def choosing(page):
    """Whether the buttons above grids show what they say."""
    problems = []
    groups = page.locator("[data-choices]")
    for number in range(groups.count()):
        group = groups.nth(number)
        grid = page.locator("#" + group.get_attribute("data-choices"))
        for kind in ("right", "wrong", "all"):
            group.locator(f"button[data-show={kind}]").click()
            visible = grid.evaluate(
                "grid => Array.from(grid.children).filter(card => card.offsetParent !== null)"
                ".map(card => card.className)")
            wanted = grid.evaluate("grid => Array.from(grid.children, card => card.className)")
            if kind != "all":
                wanted = [name for name in wanted if kind in name.split()]
            if visible != wanted:
                problems.append(f"grid {number}: '{kind}' shows {len(visible)}, not {len(wanted)}")
    return problems


def showing_all(page):
    """Whether a table of which a part is shown has the first rows of its order, and all when asked, also by a key."""
    problems = []
    boxes = page.locator("input.show-all")
    for number in range(boxes.count()):
        box = boxes.nth(number)
        table = box.locator("~ .scroll table")
        first = int(table.get_attribute("data-shown"))
        visible = (
            "table => Array.from(table.tBodies[0].rows, row => row.offsetParent !== null)"
            ".reduce((text, shown) => text + Number(shown), '')")
        count = table.evaluate("table => table.tBodies[0].rows.length")
        if table.evaluate(visible) != "1" * first + "0" * (count - first):
            problems.append(f"table {number}: not the first {first} rows are shown")
        box.focus()
        page.keyboard.press("Space")
        if table.evaluate(visible) != "1" * count:
            problems.append(f"table {number}: not all rows are shown")
        page.keyboard.press("Space")
        if table.evaluate(visible).count("1") != first:
            problems.append(f"table {number}: all rows stay")
        box.locator("+ label").click()
        if not box.is_checked():
            problems.append(f"table {number}: its label does nothing")
        box.uncheck()
    return problems


def look(browser, path, pictures):
    problems = []
    address = pathlib.Path(path).resolve().as_uri()
    seconds = []
    for width in WIDTHS:
        for scheme in SCHEMES:
            context = browser.new_context(
                viewport={"width": width, "height": 844 if width < 500 else 900}, color_scheme=scheme,
                device_scale_factor=2 if width < 500 else 1, is_mobile=width < 500, has_touch=width < 500)
            page = context.new_page()
            page.on("console", lambda message: problems.append(f"console: {message.text}"))
            page.on("pageerror", lambda error: problems.append(f"script: {error}"))
            page.on("dialog", lambda dialog: (problems.append(f"dialog: {dialog.message}"), dialog.dismiss()))
            page.on(
                "request",
                lambda request: request.url == address or request.url.startswith("data:")
                or problems.append(f"request: {request.url}"))
            start = time.monotonic()
            page.goto(address, wait_until="load")
            seconds.append(time.monotonic() - start)
            where = f"{width} px, {scheme}: "
            page.evaluate("() => document.querySelectorAll('details').forEach(part => { part.open = true; })")
            problems += [where + "wider than the page: " + text for text in page.evaluate(OVERFLOW)]
            for check in (TEXTS, CONTRAST, CUT):
                problems += [where + text for text in page.evaluate(check)]
            page.evaluate("() => document.querySelectorAll('details').forEach(part => { part.open = false; })")
            broken = page.evaluate(
                "() => Array.from(document.images).filter(image => image.complete && !image.naturalWidth).length")
            if broken:
                problems.append(where + f"{broken} pictures are broken")
            if pictures:
                name = f"{pathlib.Path(path).parent.name}-{pathlib.Path(path).stem}-{width}-{scheme}.png"
                page.screenshot(path=os.path.join(pictures, name), full_page=True)
            if width == 390 and scheme == "light":
                problems += [where + text for text in touching(page)]
            if width == 1024 and scheme == "light":
                problems += hovering(page) + showing_all(page) + page.evaluate(SORTING) + choosing(page)
                page.emulate_media(media="print", color_scheme="dark")
                # A4 without its margins.
                page.set_viewport_size({"width": 718, "height": 1000})
                problems += ["paper: wider than the page: " + text for text in page.evaluate(OVERFLOW)]
                problems += ["paper: " + text for text in page.evaluate(CONTRAST) + page.evaluate(CUT)]
                hidden = page.evaluate(
                    "() => Array.from(document.querySelectorAll('tbody tr'))"
                    ".filter(row => row.offsetParent === null && !row.closest('details')).length")
                if hidden:
                    problems.append(f"paper: {hidden} rows are not printed")
                if page.evaluate("() => getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)":
                    problems.append("paper: is not white")
                if pictures:
                    name = f"{pathlib.Path(path).parent.name}-{pathlib.Path(path).stem}.pdf"
                    page.pdf(path=os.path.join(pictures, name), format="A4", print_background=True)
            context.close()
    return {"problems": problems, "bytes": os.path.getsize(path), "seconds": sorted(seconds)[len(seconds) // 2]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("pages", nargs="+")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--json", help="where to write what was found; standard output where it is not given")
    parser.add_argument("--pictures", help="a folder for pictures of the pages")
    arguments = parser.parse_args()
    with sync_playwright() as driver:
        # Chromium's sandbox does not work for root, nor in most containers; the pages are our own.
        browser = driver.chromium.launch(
            executable_path=arguments.chromium, args=["--no-sandbox", "--disable-gpu"])
        found = {path: look(browser, path, arguments.pictures) for path in arguments.pages}
        browser.close()
    text = json.dumps(found, indent=1)
    if arguments.json:
        pathlib.Path(arguments.json).write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
