import Diagnostics
import Runs

/// `val/acc1 > 0.6 and optimizer.lr < 0.01`: which rows of a comparison are shown.
///
/// A row is a configuration: its metrics are means over its seeds, so that no filter picks seeds by their luck.
package struct ComparisonFilter: Sendable {
  indirect enum Node: Sendable {
    case compare(ComparisonField, Operator, ComparisonField.Value)
    case not(Node)
    case and(Node, Node)
    case or(Node, Node)
  }

  enum Operator: String, Sendable, CaseIterable {
    case lessOrEqual = "<="
    case greaterOrEqual = ">="
    case notEqual = "!="
    case equal = "=="
    case less = "<"
    case greater = ">"
  }

  private let root: Node
  /// Whether it asks for settings alone: then it says what is looked at before any result is known.
  package let usesSettingsOnly: Bool

  /// The filter of a text, or what is wrong with it, at its place.
  static func parse(
    _ text: String, metrics: [Metric], settings: [RunSettings]
  ) -> (filter: ComparisonFilter?, mistake: Diagnostic?) {
    var parser = FilterParser(text, metrics: metrics, settings: settings)
    do throws(FilterParser.Mistake) {
      let root = try parser.whole()
      return (
        ComparisonFilter(root: root, usesSettingsOnly: parser.fields.allSatisfy(\.isSetting)), nil
      )
    } catch {
      return (nil, error.diagnostic)
    }
  }

  func accepts(_ group: RunGroup) -> Bool { Self.holds(root, group) }

  private static func holds(_ node: Node, _ group: RunGroup) -> Bool {
    switch node {
    case .not(let inner): return !holds(inner, group)
    case .and(let a, let b): return holds(a, group) && holds(b, group)
    case .or(let a, let b): return holds(a, group) || holds(b, group)
    case .compare(let field, let symbol, let wanted):
      let value = field.value(of: group)
      switch symbol {
      case .equal: return value == wanted
      case .notEqual: return value != wanted
      default:
        // Words have no order, and what is not there is neither more nor less.
        guard case .number(let x)? = value, case .number(let y) = wanted else { return false }
        switch symbol {
        case .less: return x < y
        case .lessOrEqual: return x <= y
        case .greater: return x > y
        default: return x >= y
        }
      }
    }
  }
}

/// Reads a filter by recursive descent: `or` binds least, then `and`, then `not`.
private struct FilterParser {
  struct Mistake: Error { let diagnostic: Diagnostic }

  private enum Token: Equatable {
    case open, close, end
    case symbol(String)
    case word(String)
    case quoted(String)
  }

  private static let deepest = 64

  private let source: SourceText
  private let metrics: [Metric]
  private let settings: [RunSettings]
  private var place = 0
  private var depth = 0
  private(set) var fields: [ComparisonField] = []

  init(_ text: String, metrics: [Metric], settings: [RunSettings]) {
    source = SourceText(name: "<argument --filter>", text: text, isFile: false)
    self.metrics = metrics
    self.settings = settings
  }

  mutating func whole() throws(Mistake) -> ComparisonFilter.Node {
    let node = try alternatives()
    let (token, range) = try next()
    guard token == .end else {
      throw mistake("'and' or 'or' must stand between two conditions", range)
    }
    return node
  }

  private mutating func alternatives() throws(Mistake) -> ComparisonFilter.Node {
    var node = try conjunction()
    while try take("or") { node = .or(node, try conjunction()) }
    return node
  }

  private mutating func conjunction() throws(Mistake) -> ComparisonFilter.Node {
    var node = try condition()
    while try take("and") { node = .and(node, try condition()) }
    return node
  }

  private mutating func condition() throws(Mistake) -> ComparisonFilter.Node {
    let (token, range) = try next()
    switch token {
    case .word("not"), .open:
      depth += 1
      defer { depth -= 1 }
      guard depth <= Self.deepest else {
        throw mistake("conditions may be \(Self.deepest) deep", range)
      }
      if token != .open { return .not(try condition()) }
      let inner = try alternatives()
      let (close, end) = try next()
      guard close == .close else {
        throw mistake(
          "'(' must be closed", end, [Diagnostic.Label(Span(source, range), "opened here")])
      }
      return inner
    case .word(let name), .quoted(let name): return try comparison(name, range)
    default: throw mistake("a condition begins with the name of a metric or setting", range)
    }
  }

  private mutating func comparison(
    _ name: String, _ range: Range<Int>
  ) throws(Mistake) -> ComparisonFilter.Node {
    let (field, wrong) = ComparisonField.named(
      name, at: Span(source, range), metrics: metrics, settings: settings)
    let (token, symbolRange) = try next()
    let choices = ComparisonFilter.Operator.allCases.map(\.rawValue)
    guard case .symbol(let text) = token,
      let symbol = ComparisonFilter.Operator(rawValue: text)
    else {
      throw mistake(
        "'\(name)' must be followed by \(Suggestion.list(choices, joinedBy: "or"))", symbolRange)
    }
    let (value, valueRange) = try next()
    let wanted: ComparisonField.Value
    switch value {
    case .word(let text), .quoted(let text):
      wanted = Double(text).map { .number($0) } ?? .text(text)
    default: throw mistake("'\(text)' must be followed by a number or a word", valueRange)
    }
    if case .text(let word) = wanted, symbol != .equal, symbol != .notEqual {
      throw mistake("'\(text)' compares numbers, and '\(word)' is none", valueRange)
    }
    guard let field else {
      throw wrong.map(Mistake.init) ?? mistake("'\(name)' is not known", range)
    }
    fields.append(field)
    return .compare(field, symbol, wanted)
  }

  /// Whether the word comes next; then it is passed.
  private mutating func take(_ word: String) throws(Mistake) -> Bool {
    let start = place
    if try next().token == .word(word) { return true }
    place = start
    return false
  }

  private mutating func next() throws(Mistake) -> (token: Token, range: Range<Int>) {
    let bytes = source.bytes
    while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
    guard place < bytes.count else { return (.end, bytes.count..<bytes.count) }
    let start = place
    switch bytes[start] {
    case UInt8(ascii: "("):
      place += 1
      return (.open, start..<place)
    case UInt8(ascii: ")"):
      place += 1
      return (.close, start..<place)
    case UInt8(ascii: "'"), UInt8(ascii: "\""):
      guard let end = bytes[(start + 1)...].firstIndex(of: bytes[start]) else {
        throw mistake("a quote must be closed", start..<bytes.count)
      }
      place = end + 1
      return (.quoted(String(decoding: bytes[(start + 1)..<end], as: UTF8.self)), start..<place)
    case let byte where Self.isSymbol(byte):
      while place < bytes.count, Self.isSymbol(bytes[place]) { place += 1 }
      return (.symbol(String(decoding: bytes[start..<place], as: UTF8.self)), start..<place)
    default:
      while place < bytes.count, !Self.endsWord(bytes[place]) { place += 1 }
      return (.word(String(decoding: bytes[start..<place], as: UTF8.self)), start..<place)
    }
  }

  private static func isSymbol(_ byte: UInt8) -> Bool {
    [UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "="), UInt8(ascii: "!")].contains(byte)
  }

  private static func endsWord(_ byte: UInt8) -> Bool {
    isSymbol(byte) || [0x20, 0x09, 0x0A, 0x0D, 0x22, 0x27, 0x28, 0x29].contains(byte)
  }

  private func mistake(
    _ message: String, _ range: Range<Int>, _ labels: [Diagnostic.Label] = []
  ) -> Mistake {
    Mistake(
      diagnostic: .error(
        "bad-filter", message, at: Span(source, range), labels: labels,
        help: "for example 'val/acc1 > 0.6 and optimizer.lr < 0.01'"))
  }
}
