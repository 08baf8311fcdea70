import Diagnostics
import Experiments
import Reports
import Runs
import Statistics

/// Holds gates against a finished run.
package enum GateCheck {
  package static func results(_ gates: [Gate], _ subject: GateSubject) -> [GateResult] {
    gates.map { result($0, subject) }
  }

  /// Of gates that could not be looked at, for one reason.
  package static func notChecked(
    _ gates: [Gate], _ reason: String, isBroken: Bool
  ) -> [GateResult] {
    gates.map { GateResult($0, .notChecked, "\($0.text): \(reason)", isBroken: isBroken) }
  }

  /// - Parameter baseline: what a drop is counted from, in place of the run that the gate names.
  package static func result(
    _ gate: Gate, _ subject: GateSubject, baseline other: GateSubject? = nil
  ) -> GateResult {
    do throws(WholeFile.Problem) {
      switch gate.rule {
      case .limit(let comparator, let limit):
        return gate.metric.isPerClass
          ? try eachClass(gate, comparator, limit, subject)
          : single(gate, comparator, limit, subject)
      case .maxDrop(let drop, let baseline):
        let baseline = other ?? GateSubject(RunReader(baseline))
        return try GateDrop(gate, most: drop, baseline, subject).result()
      }
    } catch {
      return GateResult(gate, .notChecked, "\(gate.text): \(error.description)", isBroken: true)
    }
  }

  // MARK: One value

  private static func single(
    _ gate: Gate, _ comparator: Gate.Comparator, _ limit: Double, _ subject: GateSubject
  ) -> GateResult {
    let name = gate.metric.name
    guard let value = subject.value(of: gate.metric) else {
      return GateResult(
        gate, .notChecked, "\(gate.text): \(subject.name) has no '\(name)'", isBroken: true)
    }
    let demand = "\(comparator.rawValue) \(Gate.number(limit))"
    guard let confidence = gate.confidence else {
      let passes = comparator.holds(value, limit)
      return GateResult(
        gate, passes ? .passed : .failed, value: value,
        passes
          ? "\(name) is \(shown(value, limit)), \(demand)"
          : "\(name) is \(shown(value, limit)), and must be \(demand)")
    }
    guard let share = subject.proportion(gate.metric) else {
      return GateResult(
        gate, .notChecked, "\(gate.text): nobody knows of how many pictures '\(name)' is",
        isBroken: true)
    }
    let outcome = outcome(share, comparator, limit, alpha: 1 - confidence)
    let grounds =
      "\(interval(share, confidence)) at \(Numbers.percent(confidence)) each, "
      + Counted.of(share.count, "picture")
    return GateResult(
      gate, outcome, value: value,
      "\(name) is \(shown(value, limit)) (\(grounds)), "
        + words(outcome, demand))
  }

  private static func words(_ outcome: GateResult.Outcome, _ demand: String) -> String {
    switch outcome {
    case .passed: "surely \(demand)"
    case .failed: "and must be \(demand)"
    default: "perhaps \(demand)"
    }
  }

  /// Whether the share of all such pictures is on the right side, beyond chance.
  static func outcome(
    _ share: Proportion, _ comparator: Gate.Comparator, _ limit: Double, alpha: Double,
    failingAlpha: Double? = nil
  ) -> GateResult.Outcome {
    let above = share.pValue(above: limit)
    let below = share.pValue(below: limit)
    let (good, bad) = comparator.isFloor ? (above, below) : (below, above)
    // What no share can miss.
    if comparator == .atLeast && limit <= 0 || comparator == .atMost && limit >= 1 {
      return .passed
    }
    if bad <= failingAlpha ?? alpha { return .failed }
    return good <= alpha ? .passed : .inconclusive
  }

  /// A value with four digits, or with as many as tell it from a limit that it misses by a hair.
  static func shown(_ value: Double, _ limit: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    let text = abs(value) >= 100 ? Numbers.fixed(value, 1) : Numbers.fixed(value, 4)
    guard let rounded = Double(text), rounded == limit, value != limit else { return text }
    return value.description
  }

  private static func interval(_ share: Proportion, _ confidence: Double) -> String {
    guard let interval = share.interval(level: 2 * confidence - 1) else { return "-" }
    return "\(Numbers.fixed(interval.lower, 4)) to \(Numbers.fixed(interval.upper, 4))"
  }

  // MARK: Each class

  /// How many classes are named one by one.
  private static let named = 5

  private static func eachClass(
    _ gate: Gate, _ comparator: Gate.Comparator, _ limit: Double, _ subject: GateSubject
  ) throws(WholeFile.Problem) -> GateResult {
    let name = gate.metric.name
    let classes = try subject.classes(gate.metric.split ?? "")
    guard !classes.isEmpty else {
      return GateResult(
        gate, .notChecked, "\(gate.text): \(subject.name) has predicted no picture", isBroken: true)
    }
    let demand = "\(comparator.rawValue) \(Gate.number(limit))"
    let side = comparator.isFloor ? "below" : "above"
    var outcomes: [GateResult.Outcome] = []
    for entry in classes {
      if let confidence = gate.confidence {
        let alpha = 1 - confidence
        // Many classes have many chances to look bad: each gets its part of the rate (Bonferroni). For passing, all
        // must be good, which needs no correction.
        outcomes.append(
          outcome(
            entry.share, comparator, limit, alpha: alpha,
            failingAlpha: alpha / Double(classes.count)))
      } else {
        let holds = comparator.holds(entry.share.value ?? .nan, limit)
        outcomes.append(holds ? .passed : .failed)
      }
    }
    // The farthest first; of equal ones by name.
    func listed(_ wanted: GateResult.Outcome) -> [(name: String, share: Proportion)] {
      zip(classes, outcomes).filter { $0.1 == wanted }.map(\.0).sorted { a, b in
        let (x, y) = (a.share.value ?? 0, b.share.value ?? 0)
        if x != y { return comparator.isFloor ? x < y : x > y }
        return a.name < b.name
      }
    }
    func list(_ entries: [(name: String, share: Proportion)]) -> String {
      let names = entries.prefix(named).map {
        "'\($0.name)' \(shown($0.share.value ?? .nan, limit)) (\($0.share.successes) of \($0.share.count))"
      }
      let more = entries.count - named
      return names.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    }
    let (failed, open) = (listed(.failed), listed(.inconclusive))
    let all = Counted.of(classes.count, "class", "classes")
    let sure = gate.confidence.map { ", surely at \(Numbers.percent($0))" } ?? ""
    if !failed.isEmpty {
      return GateResult(
        gate, .failed, value: failed[0].share.value,
        "\(name) is \(side) the limit for \(failed.count) of \(all)\(sure), and each must be \(demand): "
          + list(failed))
    }
    let worst = classes.map { $0.share.value ?? .nan }.reduce(comparator.isFloor ? 2 : -1) {
      comparator.isFloor ? min($0, $1) : max($0, $1)
    }
    if !open.isEmpty {
      return GateResult(
        gate, .inconclusive, value: worst,
        "\(name) is perhaps \(side) the limit for \(open.count) of \(all), and each must be \(demand): "
          + list(open))
    }
    return GateResult(
      gate, .passed, value: worst,
      "\(name) is \(demand) for \(classes.count == 1 ? "the one class" : "all \(classes.count) classes")"
        + "\(sure), the \(comparator.isFloor ? "lowest" : "highest") \(shown(worst, limit))")
  }
}
