import Diagnostics
import Reports

/// Which differences are real: the sentences, and the differences with their intervals drawn.
enum VerdictsSection {
  static func section(_ comparison: Comparison) -> Page.Section? {
    guard let verdicts = comparison.verdicts, let words = ComparisonWords(comparison) else {
      return nil
    }
    let claims = words.claims.map { claim -> HTML in
      """
      <li><span>\(sentence(claim))</span><span class="muted small">\(claim.grounds)</span></li>

      """
    }
    let rest: HTML = words.rest.map { "<p class=\"muted\">\($0)</p>" } ?? HTML()
    let body: HTML = """
      <p>\(words.header)</p>
      <ul class="claims">
      \(claims.joined())</ul>
      \(rest)
      <h3>Differences from \(ComparisonWords.name(comparison.groups[verdicts.baseline], comparison))</h3>
      \(forest(comparison, verdicts))
      """
    return Page.Section("verdicts", "Verdicts", body)
  }

  /// The verdict's word with its colour, which stands in the sentence.
  private static func sentence(_ claim: ComparisonWords.Claim) -> HTML {
    guard let place = claim.sentence.firstRange(of: " " + claim.verdict) else {
      return "\(claim.sentence)"
    }
    return
      "\(claim.sentence[..<place.lowerBound]) \(pill(claim.verdict))\(claim.sentence[place.upperBound...])"
  }

  /// A verdict's word; anything else as it is.
  static func pill(_ word: String) -> HTML {
    let mark =
      ["better": "▲ ", "worse": "▼ ", "equivalent": "≈ ", "inconclusive": "? "][word] ?? ""
    return word == "-" ? "–" : "<span class=\"pill \(word)\">\(mark)\(word)</span>"
  }

  private static func forest(_ comparison: Comparison, _ verdicts: ComparisonVerdicts) -> HTML {
    let shown = verdicts.entries.prefix(40)
    let rows = shown.map { entry -> IntervalPlot.Row in
      let judgement = entry.judgement
      let word = judgement.verdict.word
      let interval = verdicts.interval(entry)
      let range: HTML =
        interval.map {
          "<br><span class=\"muted\">\(Numbers.signed($0.lower, 4)) to \(Numbers.signed($0.upper, 4))</span>"
        } ?? "<br><span class=\"muted\">no interval</span>"
      return IntervalPlot.Row(
        name:
          "\(ComparisonWords.name(comparison.groups[entry.group], comparison)) \(pill(word))",
        estimate: judgement.difference.estimate, interval: interval,
        text: "<b>\(Numbers.signed(judgement.difference.estimate, 4))</b>\(range)",
        colour: ["better": 2, "worse": 6, "equivalent": 5][word] ?? 7)
    }
    let margin = verdicts.margin.map {
      " Shaded: less than \(Numbers.short($0)), which does not matter."
    }
    let rest = verdicts.entries.count - shown.count
    return IntervalPlot(
      rows: Array(rows), line: 0, margin: verdicts.margin, isSigned: true, label: "Differences"
    ).html
      + """
      <p class="muted small">Each line is the \(Numbers.percent(verdicts.level)) interval of one difference, for itself; the verdict is after Holm's correction for all of them, so an interval may just miss 0 and decide nothing.\(margin ?? "")\(rest > 0 ? " \(Counted.of(rest, "row")) more are in the table." : "")</p>
      """
  }
}
