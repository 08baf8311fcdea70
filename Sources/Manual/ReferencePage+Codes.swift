import Diagnostics
import Experiments

extension ReferencePage {
  /// The page of a code, its message made by reading its wrong example.
  package init(_ page: CodePage) {
    let kind =
      page.severity == .error ? "Error" : page.severity == .warning ? "Warning" : "Note"
    var parts: [Part] = [.text("\(kind): \(Prose.capitalized(page.summary)).")]
    let paragraphs = page.text.split(separator: "\n\n").map {
      $0.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
    parts += paragraphs.map { .text($0) }
    if let wrong = page.wrong {
      parts += Self.example("Wrong", wrong)
      let message = ExampleRun.load(wrong).diagnostics.first { $0.code == page.code }
      if let message {
        parts += [
          .heading("What xrun says"),
          .block(Self.trimmed(TextRenderer().render(message)), language: "text"),
        ]
      }
    }
    if let right = page.right { parts += Self.example("Right", right) }
    self.init(
      chapter: .codes, name: page.code.rawValue, summary: page.summary, parts: parts,
      next: page.wrong == nil
        ? "'xrun explain codes' lists all codes."
        : "'xrun check FILE' shows every place where a file needs this.")
  }

  private static func example(_ title: String, _ example: CodePage.Example) -> [Part] {
    guard example.overrides.isEmpty else {
      return [
        .heading(title),
        .block(
          "xrun check experiment.yaml " + example.overrides.joined(separator: " "), language: "sh"),
      ]
    }
    return [.heading(title), .block(trimmed(example.yaml), language: "yaml")]
  }

  private static func trimmed(_ text: String) -> String {
    var text = text
    while text.last?.isNewline == true { text.removeLast() }
    return text
  }
}
