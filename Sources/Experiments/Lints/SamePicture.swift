import Diagnostics

/// The same picture in two splits.
enum SamePicture: Lint {
  static let page = CodePage(
    "same-picture-in-splits", .warning, "the same picture is in two splits",
    text: """
      A picture that was trained on is no test. The pairs are equal byte for byte; near copies are \
      not looked for. Take one of each pair away.
      """)

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    guard let pairs = subject.data?.duplicates, let first = pairs.first else { return [] }
    let data = subject.experiment.data
    return [
      finding(
        "\(pairs.count) \(pairs.count == 1 ? "picture is" : "pictures are") in two splits, such as "
          + "'\(first.0)' and '\(first.1)'",
        at: data.places.span(of: "folder") ?? data.places.section,
        help: "take one of each pair away")
    ]
  }
}
