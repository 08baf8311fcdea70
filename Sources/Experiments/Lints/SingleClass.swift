import Diagnostics

/// Data of one class.
enum SingleClass: Lint {
  static let page = CodePage(
    "single-class", .warning, "there is one class only, so nothing can be told apart",
    text: """
      With one class every prediction is right and the loss is zero from the start. Often the data \
      folder is one level too high or too deep.
      """,
    wrong: .init("data", "data: {builtin: petals, classes: [\"01\"]}"),
    right: .init("data", "data: {builtin: petals, classes: [\"01\", \"02\"]}"))

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    let data = subject.experiment.data
    guard (subject.data?.classes ?? data.classes)?.count == 1 else { return [] }
    return [
      finding(
        "there is one class only, so nothing can be told apart",
        at: data.places.span(of: "classes") ?? data.places.section,
        help: "name at least two; a data folder holds 'train', in it a folder for each class")
    ]
  }
}
