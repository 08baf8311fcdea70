import Diagnostics
import Experiments
import Reports
import Runs
import Statistics

/// A gate on how much lower an accuracy is than that of a baseline.
///
/// Where both predicted the same pictures, they are compared picture by picture; else their shares are, as if the
/// pictures had nothing to do with each other. Which of the two is said.
struct GateDrop {
  private let gate: Gate
  private let most: Double
  private let baseline: GateSubject
  private let subject: GateSubject
  private let split: String
  private let confidence: Double

  init(_ gate: Gate, most: Double, _ baseline: GateSubject, _ subject: GateSubject) {
    self.gate = gate
    self.most = most
    self.baseline = baseline
    self.subject = subject
    split = gate.metric.split ?? ""
    confidence = gate.confidence ?? 0.95
  }

  func result() throws(WholeFile.Problem) -> GateResult {
    // 1. A run has not dropped from itself, whatever can be read of it.
    if let own = subject.folder?.realPath, own == baseline.folder?.realPath {
      return GateResult(gate, .passed, value: 0, "\(gate.metric.name) is the baseline's own")
    }
    // 2. The same pictures, by path and label.
    var problem: WholeFile.Problem?
    var own: [PredictionsReader.Row] = []
    var theirs: [PredictionsReader.Row] = []
    do throws(WholeFile.Problem) {
      own = try subject.predictions(split)
      theirs = try baseline.predictions(split)
    } catch {
      problem = error
    }
    if problem == nil, let pairs = Self.pairs(theirs, own) { return paired(pairs) }
    // 3. Other pictures, or none that can be read.
    guard let share = Self.proportion(own) ?? subject.proportion(gate.metric),
      let other = Self.proportion(theirs) ?? baseline.proportion(gate.metric)
    else {
      throw problem ?? Self.none(baseline, gate.metric.name)
    }
    let reason =
      problem.map { "\($0.description), so shares are compared" }
      ?? "not the same pictures, so shares are compared"
    return unpaired(ProportionDifference(other, share), reason)
  }

  private static func none(_ baseline: GateSubject, _ metric: String) -> WholeFile.Problem {
    WholeFile.Problem(baseline.folder?.path ?? baseline.name, "has no '\(metric)'")
  }

  private static func proportion(_ rows: [PredictionsReader.Row]) -> Proportion? {
    rows.isEmpty ? nil : Proportion(successes: rows.count(where: \.isCorrect), count: rows.count)
  }

  /// Nil where not each picture of one is in the other, with the same label.
  private static func pairs(
    _ first: [PredictionsReader.Row], _ second: [PredictionsReader.Row]
  ) -> [(first: PredictionsReader.Row, second: PredictionsReader.Row)]? {
    guard first.count == second.count, !first.isEmpty else { return nil }
    let byPath = Dictionary(second.map { ($0.path, $0) }) { first, _ in first }
    guard byPath.count == second.count else { return nil }
    let pairs = first.compactMap { row in
      byPath[row.path].flatMap { $0.label == row.label ? (first: row, second: $0) : nil }
    }
    return pairs.count == first.count ? pairs : nil
  }

  // MARK: The verdict

  private func paired(
    _ pairs: [(first: PredictionsReader.Row, second: PredictionsReader.Row)]
  ) -> GateResult {
    let outcomes = PairedOutcomes(
      first: pairs.map(\.first.isCorrect), second: pairs.map(\.second.isCorrect))
    let drop = PairedDrop(outcomes)
    let estimate = drop.estimate ?? 0
    let flips = outcomes.onlyFirstCorrect + outcomes.onlySecondCorrect
    let grounds =
      "the same \(Counted.of(outcomes.count, "picture")), \(outcomes.onlyFirstCorrect) lost and "
      + "\(outcomes.onlySecondCorrect) gained"
    // Nothing is surer than the very same answers.
    if flips == 0, pairs.allSatisfy({ $0.first.predicted == $0.second.predicted }) {
      return GateResult(
        gate, .passed, value: 0,
        "\(gate.metric.name) is that of \(baseline.name): the same answers to all "
          + "\(Counted.of(outcomes.count, "picture"))")
    }
    let alpha = 1 - confidence
    let outcome: GateResult.Outcome =
      drop.pValue(above: most) <= alpha
      ? .failed : drop.pValue(below: most) <= alpha ? .passed : .inconclusive
    return result(
      outcome, estimate, drop.bounds(level: confidence),
      from: Double(outcomes.bothCorrect + outcomes.onlyFirstCorrect) / Double(outcomes.count),
      to: Double(outcomes.bothCorrect + outcomes.onlySecondCorrect) / Double(outcomes.count),
      grounds)
  }

  private func unpaired(_ difference: ProportionDifference, _ reason: String) -> GateResult {
    guard let estimate = difference.estimate, let bounds = difference.bounds(level: confidence)
    else {
      return GateResult(gate, .notChecked, "\(gate.text): there are no pictures", isBroken: true)
    }
    let outcome: GateResult.Outcome =
      bounds.lower > most ? .failed : bounds.upper < most ? .passed : .inconclusive
    return result(
      outcome, estimate, bounds, from: difference.first.value ?? .nan,
      to: difference.second.value ?? .nan,
      "\(reason): \(difference.first.count) and \(Counted.of(difference.second.count, "picture"))")
  }

  private func result(
    _ outcome: GateResult.Outcome, _ estimate: Double, _ bounds: Interval, from: Double,
    to: Double, _ grounds: String
  ) -> GateResult {
    let change =
      "\(gate.metric.name) \(estimate < 0 ? "rose" : "fell") by \(Numbers.fixed(abs(estimate), 4)) "
      + "(\(Numbers.fixed(from, 4)) to \(Numbers.fixed(to, 4))) from \(baseline.name)"
    let allowed = most == 0 ? "and must not fall" : "and may fall by \(Gate.number(most))"
    let sure = "at \(Numbers.percent(confidence))"
    let verdict =
      switch outcome {
      case .failed: "it fell by more than \(Numbers.fixed(bounds.lower, 4)) \(sure)"
      case .passed:
        bounds.upper < 0
          ? "it surely rose, \(sure)"
          : "it fell by less than \(Numbers.fixed(bounds.upper, 4)) \(sure)"
      default:
        "the fall is from \(Numbers.signed(bounds.lower, 4)) to "
          + "\(Numbers.signed(bounds.upper, 4)) \(sure)"
      }
    return GateResult(
      gate, outcome, value: estimate, "\(change), \(allowed): \(verdict); \(grounds)")
  }
}
