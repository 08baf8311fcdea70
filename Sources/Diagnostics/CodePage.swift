/// What a diagnostic's code means: the source of `xrun explain CODE` and of its reference page.
package struct CodePage: Sendable {
  /// A part of the small experiment that shows the mistake, or what to write instead.
  package struct Example: Sendable, Hashable {
    /// The top-level key that the text stands for, such as `optimizer`; nil for a whole file.
    package let key: String?
    package let yaml: String
    /// What stands behind the file on the command line.
    package let overrides: [String]

    package init(_ key: String? = nil, _ yaml: String, overrides: [String] = []) {
      self.key = key
      self.yaml = yaml
      self.overrides = overrides
    }
  }

  package let code: Diagnostic.Code
  package let severity: Diagnostic.Severity
  /// One sentence that names the mistake, no full stop.
  package let summary: String
  /// Paragraphs of Markdown: why it matters, what it costs, when it may be left.
  package let text: String
  /// What brings it about; nil for what no experiment file can show, such as a damaged picture.
  package let wrong: Example?
  /// The same set right; nil where that is obvious.
  package let right: Example?

  package init(
    _ code: Diagnostic.Code, _ severity: Diagnostic.Severity, _ summary: String,
    text: String = "", wrong: Example? = nil, right: Example? = nil
  ) {
    self.code = code
    self.severity = severity
    self.summary = summary
    self.text = text
    self.wrong = wrong
    self.right = right
  }

  /// The page of an error.
  package init(
    _ code: Diagnostic.Code, _ summary: String, text: String = "", wrong: Example? = nil,
    right: Example? = nil
  ) {
    self.init(code, .error, summary, text: text, wrong: wrong, right: right)
  }
}
