import Diagnostics

/// `test/acc1 >= 0.85`: a gate as a text.
struct GateCondition {
  let metric: GateMetric
  let comparator: Gate.Comparator
  let limit: Double

  static let form = "write a metric, one of >=, >, <= and <, and a number: 'test/acc1 >= 0.85'"

  /// The condition, or what is wrong with it, at its place.
  ///
  /// - Parameter span: the whole text, in quotes or not.
  static func parse(
    _ text: String, at span: Span?
  ) -> (condition: GateCondition?, mistake: Diagnostic?) {
    var parser = Parser(text, span)
    do throws(Parser.Mistake) {
      return (try parser.condition(), nil)
    } catch {
      return (nil, error.diagnostic)
    }
  }
}

private struct Parser {
  struct Mistake: Error { let diagnostic: Diagnostic }

  private let bytes: [UInt8]
  private let span: Span?
  /// Where the text begins in the source; nil where it is not there byte for byte.
  private let start: Int?
  private var place = 0

  init(_ text: String, _ span: Span?) {
    bytes = Array(text.utf8)
    self.span = span
    guard let span else {
      start = nil
      return
    }
    let written = span.source.bytes[span.range]
    if written.elementsEqual(bytes) {
      start = span.range.lowerBound
    } else if written.dropFirst().dropLast().elementsEqual(bytes) {
      start = span.range.lowerBound + 1
    } else {
      start = nil
    }
  }

  mutating func condition() throws(Mistake) -> GateCondition {
    let (name, nameRange) = word()
    let (symbol, symbolRange) = self.symbol()
    let (number, numberRange) = word()
    skipSpace()
    let rest = place..<bytes.count

    // 1. The metric, first of all: a form that is wrong in two places is told from the left.
    guard !name.isEmpty else {
      throw mistake("a gate begins with the name of a metric", nameRange)
    }
    guard let metric = GateMetric(name) else {
      throw mistake(
        "no run has a metric '\(name)'", nameRange,
        label: Suggestion.label(for: name, among: GateMetric.names),
        help: "there are \(Suggestion.list(GateMetric.names, joinedBy: "or"))")
    }
    // 2. The comparison.
    guard let comparator = Gate.Comparator(rawValue: symbol) else {
      let meant = ["=>": ">=", "=<": "<=", "≥": ">=", "≤": "<="][symbol]
      throw mistake(
        symbol.isEmpty
          ? "'\(name)' must be followed by '>=', '>', '<=' or '<'"
          : "a gate knows '>=', '>', '<=' and '<', not '\(symbol)'", symbolRange,
        label: meant.map { "write '\($0)'" } ?? "")
    }
    guard let limit = Double(number), limit.isFinite else {
      let percent = number.hasSuffix("%") ? Double(number.dropLast()) : nil
      throw mistake(
        number.isEmpty
          ? "'\(symbol)' must be followed by a number"
          : "'\(symbol)' must be followed by a number, not '\(number)'", numberRange,
        label: percent.map { "write \(Gate.number($0 / 100))" } ?? "")
    }
    guard rest.isEmpty else {
      throw mistake("a gate is one condition, and here begins more", rest)
    }
    if let rule = GateReader.rangeProblem(metric, limit) {
      throw mistake(rule.message, numberRange, label: rule.label)
    }
    return GateCondition(metric: metric, comparator: comparator, limit: limit)
  }

  private mutating func word() -> (text: String, range: Range<Int>) {
    skipSpace()
    let start = place
    while place < bytes.count, !Self.isSpace(bytes[place]), !Self.isSymbol(bytes[place]) {
      place += 1
    }
    return (String(decoding: bytes[start..<place], as: UTF8.self), start..<place)
  }

  private mutating func symbol() -> (text: String, range: Range<Int>) {
    skipSpace()
    let start = place
    while place < bytes.count, Self.isSymbol(bytes[place]) { place += 1 }
    return (String(decoding: bytes[start..<place], as: UTF8.self), start..<place)
  }

  private mutating func skipSpace() {
    while place < bytes.count, Self.isSpace(bytes[place]) { place += 1 }
  }

  private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

  /// ASCII comparisons, and the bytes of `≥` and `≤`, which no metric has.
  private static func isSymbol(_ byte: UInt8) -> Bool {
    [0x3C, 0x3D, 0x3E, 0x21, 0xE2, 0x89, 0xA4, 0xA5].contains(byte)
  }

  private func mistake(
    _ message: String, _ range: Range<Int>, label: String = "", help: String = GateCondition.form
  ) -> Mistake {
    var found = span
    if let start, let span {
      found = Span(span.source, start + range.lowerBound..<start + range.upperBound)
    }
    return Mistake(
      diagnostic: .error("bad-gate", message, at: found, label: label, help: help))
  }
}
