import Diagnostics

/// Markup. Whatever is put into it as text is escaped, so that no name or path from data becomes markup.
///
/// A literal is markup as it stands; `\(text)` in it is escaped, and `\(html)` is not. Attributes are to be quoted.
package struct HTML: Sendable, Equatable, ExpressibleByStringInterpolation {
  package private(set) var source: String

  package init(stringLiteral literal: String) { source = literal }

  package init(stringInterpolation: StringInterpolation) { source = stringInterpolation.source }

  package init() { source = "" }

  /// Text that shall be read as it is.
  package init(text: String) { source = Self.escaped(text) }

  /// A name from data beside other text: letters that are written from right to left do not move what follows them.
  package static func name(_ text: some StringProtocol) -> HTML { "<bdi>\(String(text))</bdi>" }

  package var isEmpty: Bool { source.isEmpty }

  package static func + (first: HTML, second: HTML) -> HTML {
    var both = first
    both += second
    return both
  }

  package static func += (first: inout HTML, second: HTML) { first.source += second.source }

  /// Safe in text and in quoted attributes. What could hide or turn round the text beside it is shown as `\u{FFFD}`.
  package static func escaped(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { replacement($0) != nil }) else { return text }
    var escaped = ""
    for scalar in text.unicodeScalars {
      if let replacement = replacement(scalar) {
        escaped += replacement
      } else {
        escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  private static func replacement(_ scalar: Unicode.Scalar) -> String? {
    switch scalar {
    case "&": return "&amp;"
    case "<": return "&lt;"
    case ">": return "&gt;"
    case "\"": return "&quot;"
    case "'": return "&#39;"
    case "\n", "\t": return nil
    default: return VisibleText.hides(scalar) ? "\u{FFFD}" : nil
    }
  }

  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var source = ""

    package init(literalCapacity: Int, interpolationCount: Int) {
      source.reserveCapacity(literalCapacity + 16 * interpolationCount)
    }

    package mutating func appendLiteral(_ literal: String) { source += literal }
    package mutating func appendInterpolation(_ text: String) { source += HTML.escaped(text) }
    package mutating func appendInterpolation(_ text: Substring) {
      source += HTML.escaped(String(text))
    }
    package mutating func appendInterpolation(_ number: Int) { source += String(number) }
    package mutating func appendInterpolation(_ html: HTML) { source += html.source }
  }
}

extension Sequence<HTML> {
  /// One after the other.
  package func joined(separator: HTML = "") -> HTML {
    var all = HTML()
    for (index, html) in enumerated() {
      if index > 0 { all += separator }
      all += html
    }
    return all
  }
}
