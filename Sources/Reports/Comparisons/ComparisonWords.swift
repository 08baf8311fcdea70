import Diagnostics
import Statistics

/// A comparison's verdicts as sentences.
package struct ComparisonWords {
  package struct Claim {
    /// The verdict's word, which stands in the sentence.
    package let verdict: String
    package let sentence: String
    /// What it rests on.
    package let grounds: String
  }

  package let header: String
  package let claims: [Claim]
  /// What is not told in sentences.
  package let rest: String?

  /// Nil without verdicts.
  package init?(_ comparison: Comparison) {
    guard let verdicts = comparison.verdicts else { return nil }
    let baseline = comparison.groups[verdicts.baseline]
    let best =
      verdicts.isBestOfAll ? "the best row" : "the best row that has several seeds"
    header =
      "Is it real? \(comparison.metric.name) against \(Self.name(baseline, comparison)), "
      + (verdicts.isGiven ? "the baseline" : best)
      + (verdicts.family < 2
        ? "" : "; p-values after Holm for \(Numbers.grouped(verdicts.family)) comparisons")
    let told = verdicts.entries.prefix(Comparison.mostSentences)
    claims = told.map { Self.claim($0, comparison, verdicts) }
    let others = verdicts.entries.dropFirst(told.count)
    rest =
      others.isEmpty
      ? nil
      : "and \(others.count) more: "
        + ["better", "worse", "equivalent", "inconclusive"].compactMap { word in
          let count = others.count { $0.judgement.verdict.word == word }
          return count == 0 ? nil : "\(count) \(word)"
        }.joined(separator: ", ")
  }

  /// A row with its few settings that differ, which say more than a hash.
  package static func name(_ group: RunGroup, _ comparison: Comparison) -> String {
    guard !comparison.differing.isEmpty, comparison.differing.count <= 2, group.hasSettings else {
      return group.label
    }
    let settings = comparison.differing.map { "\($0) \(group.text($0))" }
    return "\(group.label) (\(settings.joined(separator: ", ")))"
  }

  private static func claim(
    _ entry: ComparisonVerdicts.Entry, _ comparison: Comparison, _ verdicts: ComparisonVerdicts
  ) -> Claim {
    let judgement = entry.judgement
    let name = name(comparison.groups[entry.group], comparison)
    let size = judgement.difference.estimate.map { Numbers.fixed(abs($0), 4) } ?? "-"
    var sentence = name
    switch judgement.verdict {
    case .better, .worse: sentence += " is \(judgement.verdict.word) by \(size)"
    case .equivalent:
      sentence += " is equivalent: within \(Numbers.short(verdicts.margin ?? 0)) of it"
    case .inconclusive(let more):
      sentence += ": inconclusive" + reason(entry, judgement, more)
    }
    var grounds = "difference \(Numbers.signed(judgement.difference.estimate, 4))"
    if let interval = verdicts.interval(entry) {
      grounds +=
        ", \(Numbers.percent(verdicts.level)) interval \(Numbers.signed(interval.lower, 4)) to "
        + Numbers.signed(interval.upper, 4)
    }
    if let p = pValue(judgement) { grounds += ", \(p)" }
    return Claim(
      verdict: judgement.verdict.word, sentence: sentence,
      grounds: grounds + "; " + seeds(entry))
  }

  /// The p-value that the verdict rests on, or that misses least; with a margin there are two kinds, so it says which.
  private static func pValue(_ judgement: VerdictRule.Judgement) -> String? {
    guard judgement.equivalencePValue != nil else {
      return judgement.adjustedPValue.map(Numbers.pValue)
    }
    if judgement.verdict == .equivalent || judgement.isAboutEquivalence {
      return judgement.adjustedEquivalencePValue.map {
        "\(Numbers.pValue($0)) of equivalence (the larger of two one-sided tests)"
      }
    }
    return judgement.adjustedPValue.map { "\(Numbers.pValue($0)) of a difference" }
  }

  private static func reason(
    _ entry: ComparisonVerdicts.Entry, _ judgement: VerdictRule.Judgement,
    _ more: Verdict.MoreSeeds
  ) -> String {
    guard judgement.difference.estimate != nil else { return ", it has no value to compare" }
    switch more {
    case .about(let count):
      return ", about \(count) more \(count == 1 ? "seed" : "seeds") of each would decide"
    case .many: return ", and a thousand more seeds of each would hardly decide"
    case .notSought: return ""
    case .unknown:
      return min(entry.seeds.own, entry.seeds.baseline) < 2
        ? ", one seed does not say how far seeds scatter: at least two of each are needed"
        : ", no spread is known"
    }
  }

  private static func seeds(_ entry: ComparisonVerdicts.Entry) -> String {
    switch entry.judgement.difference.design {
    case .paired(let count, _): return Counted.of(count, "pair") + " of seeds"
    case .welch:
      return entry.seeds.own == entry.seeds.baseline
        ? "\(Counted.of(entry.seeds.own, "seed")) of each, unpaired"
        : "\(Counted.of(entry.seeds.own, "seed")) against \(entry.seeds.baseline)"
    }
  }
}
