import Diagnostics

/// The best epoch chosen on the pictures that are then reported.
enum BestOnReportedSplit: Lint {
  static let page = CodePage(
    "best-on-reported-split", .warning,
    "the best epoch is chosen on the split that is reported, and there is no test split",
    text: """
      The best of many epochs on the validation pictures is better on them than on any others: of \
      20 epochs with a standard error of .015 each, by about .02 to .03. Keep a test split: it is \
      evaluated once, at the end, with the weights of the best epoch.
      """,
    wrong: .init("data", "data: {builtin: petals, splits: {test: null}}"),
    right: .init("data", "data: {builtin: petals}"))

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    let data = subject.experiment.data
    let epochs = subject.plan.phases.reduce(0) { $0 + $1.phase.epochs }
    guard epochs > 1, !hasTest(subject) else { return [] }
    let place =
      if case .written(let span)? = data.places["splits.test"] { span } else {
        data.places.span(of: "folder") ?? data.places.section
      }
    return [
      finding(
        "the best of \(epochs) epochs is chosen on the split that is reported: there is no test split",
        at: place,
        help: "put pictures aside in a 'test' folder: they are evaluated once, at the end")
    ]
  }

  private static func hasTest(_ subject: LintSubject) -> Bool {
    if let data = subject.data { return data.counts["test"] != nil }
    guard let name = subject.experiment.data.testSplit else { return false }
    switch subject.experiment.data.source {
    case .builtin: return true
    case .folder(let folder):
      // Without the folder nothing can be said.
      return FilePath.entry(at: folder) != .directory
        || FilePath.entry(at: folder + "/" + name) == .directory
    }
  }
}
