/// One thing that the user should know about the input: a value that is collected, never thrown.
package struct Diagnostic: Sendable {
  package enum Severity: String, Sendable, Comparable {
    case note, warning, error

    package static func < (left: Severity, right: Severity) -> Bool {
      left.rank < right.rank
    }
    private var rank: Int { self == .note ? 0 : self == .warning ? 1 : 2 }
  }

  /// The mistake's name in kebab-case, such as `unknown-parameter`. Codes are stable, messages are not.
  package struct Code: Sendable, Hashable, RawRepresentable, ExpressibleByStringLiteral {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package init(_ rawValue: String) { self.rawValue = rawValue }
    package init(stringLiteral value: String) { self.rawValue = value }
  }

  /// A place with a short text beneath its carets; the text may be empty.
  package struct Label: Sendable {
    package let span: Span
    package let text: String
    package init(_ span: Span, _ text: String = "") {
      self.span = span
      self.text = text
    }
  }

  package let severity: Severity
  package let code: Code
  /// One phrase, no full stop, names in single quotes: the rule and the value found.
  package let message: String
  /// Where it is; nil for what has no place in a text, such as a missing directory given as argument.
  package let primary: Label?
  /// Further places that belong to it.
  package let labels: [Label]
  /// One line of what to do.
  package let help: String?

  package init(
    _ severity: Severity, _ code: Code, _ message: String, at span: Span?, label: String = "",
    labels: [Label] = [], help: String? = nil
  ) {
    self.severity = severity
    self.code = code
    self.message = message
    self.primary = span.map { Label($0, label) }
    self.labels = labels
    self.help = help
  }

  /// The same with another line of what to do.
  package func with(help: String) -> Diagnostic {
    Diagnostic(
      severity, code, message, at: primary?.span, label: primary?.text ?? "", labels: labels,
      help: help)
  }

  package static func error(
    _ code: Code, _ message: String, at span: Span?, label: String = "", labels: [Label] = [],
    help: String? = nil
  ) -> Diagnostic {
    Diagnostic(.error, code, message, at: span, label: label, labels: labels, help: help)
  }

  package static func warning(
    _ code: Code, _ message: String, at span: Span?, label: String = "", labels: [Label] = [],
    help: String? = nil
  ) -> Diagnostic {
    Diagnostic(.warning, code, message, at: span, label: label, labels: labels, help: help)
  }
}

extension [Diagnostic.Label] {
  /// The label of a place; none where the place is not known.
  package static func at(_ span: Span?, _ text: String) -> [Diagnostic.Label] {
    span.map { [Diagnostic.Label($0, text)] } ?? []
  }
}
