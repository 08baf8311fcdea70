import Diagnostics
import Experiments

/// What came of a gate.
package struct GateResult: Sendable {
  package enum Outcome: String, Sendable {
    case passed
    case failed
    /// The pictures are too few to say.
    case inconclusive
    /// There was nothing to check, such as a run that did not end.
    case notChecked = "not checked"
  }

  package let gate: Gate
  package let outcome: Outcome
  /// The value that was found; nil where there is none, or several.
  package let value: Double?
  /// One phrase: `test/acc1 is 0.8120, and must be >= 0.85`.
  package let sentence: String
  /// Whether what hindered the check is an error, not just something that was ended early.
  package let isBroken: Bool

  package init(
    _ gate: Gate, _ outcome: Outcome, value: Double? = nil, _ sentence: String,
    isBroken: Bool = false
  ) {
    self.gate = gate
    self.outcome = outcome
    self.value = value
    self.sentence = sentence
    self.isBroken = isBroken
  }

  /// Whether it counts as a no.
  package var isFailure: Bool {
    outcome == .failed || outcome == .inconclusive && gate.failsInconclusive
  }

  /// As an error or a warning at the gate's own place; nil for a gate that passed.
  ///
  /// - Parameter run: what the gate was checked on, where that must be said.
  package func diagnostic(of run: String? = nil) -> Diagnostic? {
    let suffix = suffix(run)
    switch outcome {
    case .passed: return nil
    case .failed:
      return .error("gate-failed", "gate failed: \(sentence)\(suffix)", at: gate.span)
    case .inconclusive:
      let message = "gate inconclusive: \(sentence)\(suffix)"
      return isFailure
        ? .error("gate-inconclusive", message, at: gate.span)
        : .warning("gate-inconclusive", message, at: gate.span)
    case .notChecked:
      return .warning("gate-not-checked", "gate not checked: \(sentence)\(suffix)", at: gate.span)
    }
  }

  private func suffix(_ run: String?) -> String {
    let parts = [gate.remark, run].compactMap { $0 }
    return parts.isEmpty ? "" : " (\(parts.joined(separator: "; ")))"
  }

  /// One line for people, with the place in the file in front: `experiments/x.yaml:31:5: gate failed: …`.
  package func line(of run: String? = nil) -> String {
    let message = diagnostic(of: run)?.message ?? "gate passed: \(sentence)" + suffix(run)
    guard let span = gate.span else { return message }
    let place =
      span.source.isFile
      ? "\(span.source.name):\(span.line):\(span.column)"
      : "--gate '\(String(decoding: span.source.bytes, as: UTF8.self))'"
    return "\(place): \(message)"
  }
}
