import Diagnostics

/// `${env:VAR}` and `${env:VAR,default}` in scalars; nothing else is interpolated.
///
/// A scalar that is one such expression and nothing more is what its text means by the core schema,
/// in quotes too, since `{…}` and `[…]` need quotes round it. Text beside it makes a string.
package struct Interpolation {
  package private(set) var diagnostics: [Diagnostic] = []
  private let environment: (String) -> String?

  private static let opening = Array("${env:".utf8)

  /// - Parameter environment: the value of a variable; nil where it is not set.
  package init(environment: @escaping (String) -> String?) {
    self.environment = environment
  }

  /// The tree with every variable's value in place; what cannot be resolved stays, and is reported.
  package mutating func resolve(_ node: Node) -> Node {
    switch node.content {
    case .sequence(let elements):
      return Node(.sequence(elements.map { resolve($0) }), span: node.span)
    case .mapping(let entries):
      var resolved = Node(
        .mapping(
          entries.map {
            Node.Entry(
              key: $0.key, keySpan: $0.keySpan, value: resolve($0.value), isMerged: $0.isMerged)
          }), span: node.span)
      resolved.removals = node.removals
      return resolved
    case .scalar(let scalar):
      guard scalar.text.contains("${env:") else { return node }
      return Node(.scalar(resolve(scalar, at: node.span)), span: node.span)
    }
  }

  private mutating func resolve(_ scalar: Scalar, at span: Span) -> Scalar {
    let bytes = Array(scalar.text.utf8)
    var result: [UInt8] = []
    var index = 0
    var occurrence = 0
    var isWhole = false
    while index < bytes.count {
      guard bytes[index...].starts(with: Self.opening) else {
        result.append(bytes[index])
        index += 1
        continue
      }
      let place = Self.place(of: occurrence, in: span)
      occurrence += 1
      guard let close = bytes[index...].firstIndex(of: UInt8(ascii: "}")) else {
        report("bad-interpolation", "'${env:' is never closed", place, help: "write '${env:NAME}'")
        return scalar
      }
      let inner = bytes[(index + Self.opening.count)..<close]
      let comma = inner.firstIndex(of: UInt8(ascii: ","))
      let name = String(decoding: inner[..<(comma ?? inner.endIndex)], as: UTF8.self)
      guard Self.isName(name) else {
        report(
          "bad-interpolation", "'\(name)' cannot be a variable's name", place,
          help: "letters, digits and '_': '${env:NAME}' or '${env:NAME,default}'")
        return scalar
      }
      let fallback = comma.map { String(decoding: inner[($0 + 1)...], as: UTF8.self) }
      guard let value = environment(name) ?? fallback else {
        report(
          "missing-variable", "the environment has no variable '\(name)'", place,
          help: "set it, or give a default: '${env:\(name),default}'")
        return scalar
      }
      // Once more would be read by the resolved file, and by nothing before.
      guard !value.contains("${env:") else {
        report(
          "bad-interpolation", "the value of '\(name)' holds '${env:' itself", place,
          help: "variables are not looked up twice")
        return scalar
      }
      isWhole = index == 0 && close == bytes.count - 1
      result += Array(value.utf8)
      index = close + 1
    }
    let text = String(decoding: result, as: UTF8.self)
    return Scalar(
      text: text, value: isWhole ? Scalar.resolve(text) : .string(text), isInterpolated: true)
  }

  private mutating func report(
    _ code: Diagnostic.Code, _ message: String, _ span: Span, help: String
  ) {
    // An alias brings the same scalar to several places.
    guard !diagnostics.contains(where: { $0.primary?.span.range == span.range && $0.code == code })
    else { return }
    diagnostics.append(.error(code, message, at: span, help: help))
  }

  private static func isName(_ name: String) -> Bool {
    guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
    return name.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
        || $0 == UInt8(ascii: "_")
    }
  }

  /// The expression in the file; the whole scalar where escapes hide it.
  private static func place(of occurrence: Int, in span: Span) -> Span {
    let bytes = span.source.bytes
    var left = occurrence
    for index in span.range where bytes[index..<span.range.upperBound].starts(with: opening) {
      if left == 0 {
        let close = bytes[index..<span.range.upperBound].firstIndex(of: UInt8(ascii: "}"))
        return Span(span.source, index..<(close.map { $0 + 1 } ?? span.range.upperBound))
      }
      left -= 1
    }
    return span
  }
}
