import Diagnostics

/// Ends a command after it was said why: for who wants to say it in other forms too.
struct Refusal: Error {
  let outcome: Outcome
  let diagnostics: [Diagnostic]

  /// Says what is wrong.
  init(_ diagnostics: [Diagnostic], _ outcome: Outcome = .wrongInput) {
    Reading.report(diagnostics)
    self.outcome = outcome
    self.diagnostics = diagnostics
  }
}
