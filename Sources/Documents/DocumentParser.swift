import CYAML
import Declarations
import Diagnostics

/// YAML text to a tree that keeps the place of every key and value.
package enum DocumentParser {
  /// Bounds that no experiment comes near, and that keep hostile text from costing more than its length.
  package struct Limits: Sendable {
    package var bytes = 4 << 20
    package var depth = 64
    /// Nodes that aliases may add.
    package var expandedNodes = 20_000
    package init() {}
  }

  /// The tree, or nil with the reasons; a tree may come with errors too.
  package static func parse(
    _ source: SourceText, limits: Limits = Limits()
  ) -> (root: Node?, diagnostics: [Diagnostic]) {
    parse(source, from: 0, limits: limits)
  }

  /// The part of a source from a byte offset on, such as the value of `key=value`.
  package static func parse(
    _ source: SourceText, from start: Int, limits: Limits = Limits()
  ) -> (root: Node?, diagnostics: [Diagnostic]) {
    let bytes = source.bytes
    if bytes.count - start > limits.bytes {
      return (
        nil,
        [
          .error(
            "file-too-large",
            "the file is larger than \(limits.bytes >> 20) MiB, which is all an experiment may have",
            at: Span(source, start..<start), help: "pictures and tables do not belong into it")
        ]
      )
    }
    if let diagnostic = unreadable(source, from: start) { return (nil, [diagnostic]) }
    if start == 0, let diagnostic = mergeConflict(source) { return (nil, [diagnostic]) }
    // libyaml counts a byte-order mark as a column, which would indent the first key alone.
    let hasMark = start == 0 && bytes.starts(with: [0xEF, 0xBB, 0xBF])
    var builder = TreeBuilder(source: source, start: hasMark ? 3 : start, limits: limits)
    let root = builder.run()
    return (root, builder.diagnostics.inOrder(of: [source]))
  }

  /// Bytes that are not UTF-8, and characters that YAML does not allow.
  private static func unreadable(_ source: SourceText, from start: Int) -> Diagnostic? {
    let bytes = source.bytes
    var index = start
    while index < bytes.count {
      let byte = bytes[index]
      if byte < 0x80 {
        if byte >= 0x20 && byte != 0x7F || byte == 0x0A || byte == 0x0D || byte == 0x09 {
          index += 1
          continue
        }
        return .error(
          "control-character", "the text holds the control character \(hex(Int(byte), 2))",
          at: Span(source, index..<index + 1), help: "write it as an escape in double quotes")
      }
      guard let (scalar, length) = decode(bytes, at: index) else {
        return .error(
          "invalid-utf8", "the text is not UTF-8: byte \(hex(Int(byte), 2))",
          at: Span(source, index..<index + 1), help: "save the file as UTF-8")
      }
      let isAllowed =
        scalar == 0x85 || (0xA0...0xD7FF).contains(scalar) || (0xE000...0xFFFD).contains(scalar)
        || scalar >= 0x10000
      if !isAllowed || (scalar == 0xFEFF && index > start) {
        return .error(
          "control-character", "the text holds the character U+\(hex(Int(scalar), 4).dropFirst(2))",
          at: Span(source, index..<index + length), help: "write it as an escape in double quotes")
      }
      index += length
    }
    return nil
  }

  /// Markers that a merge of version control left behind: nothing else can be said of such a text.
  private static func mergeConflict(_ source: SourceText) -> Diagnostic? {
    let bytes = source.bytes
    guard bytes.contains(UInt8(ascii: "<")) || bytes.contains(UInt8(ascii: ">")) else { return nil }
    var markers: [(byte: UInt8, span: Span)] = []
    for line in 1...source.lineCount {
      let range = source.byteRange(ofLine: line)
      guard let byte = bytes[range].first, "<|=>".utf8.contains(byte),
        bytes[range].prefix(8).elementsEqual(Array(repeating: byte, count: 7) + [0x20])
          || bytes[range].elementsEqual(Array(repeating: byte, count: 7))
      else { continue }
      markers.append((byte, Span(source, range)))
    }
    // A row of '=' alone may be part of a text.
    guard let first = markers.first,
      markers.contains(where: { $0.byte == UInt8(ascii: "<") || $0.byte == UInt8(ascii: ">") })
    else { return nil }
    return .error(
      "merge-conflict", "the file holds an unresolved merge conflict", at: first.span,
      labels: markers.dropFirst().prefix(16).map {
        let text =
          switch $0.byte {
          case UInt8(ascii: "<"): "another one"
          case UInt8(ascii: "|"): "what both sides started from"
          case UInt8(ascii: ">"): "its end"
          default: "the other side"
          }
        return Diagnostic.Label($0.span, text)
      },
      help: "keep one side, and remove the lines with the markers")
  }

  /// One scalar of UTF-8, well formed by Unicode's table 3-7, or nil.
  static func decode(_ bytes: [UInt8], at index: Int) -> (scalar: UInt32, length: Int)? {
    let first = bytes[index]
    let length: Int
    var lower: UInt8 = 0x80
    var upper: UInt8 = 0xBF
    switch first {
    case 0x00..<0x80: return (UInt32(first), 1)
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, lower) = (3, 0xA0)
    case 0xED: (length, upper) = (3, 0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, lower) = (4, 0x90)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, upper) = (4, 0x8F)
    default: return nil
    }
    guard index + length <= bytes.count else { return nil }
    var scalar = UInt32(first) & (0xFF >> UInt32(length + 1))
    for offset in 1..<length {
      let byte = bytes[index + offset]
      let allowed = offset == 1 ? lower...upper : 0x80...0xBF
      guard allowed.contains(byte) else { return nil }
      scalar = scalar << 6 | UInt32(byte & 0x3F)
    }
    return (scalar, length)
  }

  private static func hex(_ value: Int, _ digits: Int) -> String {
    let text = String(value, radix: 16, uppercase: true)
    return "0x" + String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}

/// Reads libyaml's events and builds the tree.
private struct TreeBuilder {
  let source: SourceText
  let start: Int
  let limits: DocumentParser.Limits
  var diagnostics: [Diagnostic] = []

  /// Byte offset of each character from `start` on; nil where all are ASCII.
  private let characterOffsets: [Int]?
  private var anchors: [String: Node?] = [:]
  private var expandedNodes = 0
  /// Set by what makes the rest unreadable; unwinds the recursion.
  private var isStopped = false
  /// Where scalars lie: tabs are allowed there.
  private var scalarRanges: [Range<Int>] = []

  init(source: SourceText, start: Int, limits: DocumentParser.Limits) {
    self.source = source
    self.start = start
    self.limits = limits
    let bytes = source.bytes[start...]
    if bytes.allSatisfy({ $0 < 0x80 }) {
      characterOffsets = nil
    } else {
      characterOffsets = bytes.indices.filter { bytes[$0] & 0xC0 != 0x80 } + [bytes.endIndex]
    }
  }

  mutating func run() -> Node? {
    var parser = yaml_parser_t()
    guard yaml_parser_initialize(&parser) == 1 else { fatalError("libyaml has no memory") }
    defer { yaml_parser_delete(&parser) }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
    return source.bytes[start...].withUnsafeBufferPointer { bytes in
      yaml_parser_set_input_string(&parser, bytes.baseAddress, bytes.count)
      return document(&parser)
    }
  }

  private mutating func document(_ parser: inout yaml_parser_t) -> Node? {
    var root: Node?
    var isFirst = true
    while !isStopped, let event = next(&parser) {
      switch event.kind {
      case .streamEnd:
        reportTabs()
        if isFirst {
          diagnostics.append(
            .error(
              "empty-document", "there is nothing in it", at: Span(source, start..<start),
              help: "an experiment begins with 'name: …'"))
        }
        return root
      case .documentStart:
        if !isFirst {
          diagnostics.append(
            .error(
              "several-documents", "a file holds one document, and here starts another",
              at: span(event.range), help: "put each experiment into a file of its own"))
          return root
        }
        isFirst = false
      case .streamStart, .documentEnd: break
      default: root = node(event, &parser, depth: 1, emptyAt: nil)
      }
    }
    return isStopped ? nil : root
  }

  // MARK: Nodes

  private mutating func node(
    _ event: Event, _ parser: inout yaml_parser_t, depth: Int, emptyAt: Span?
  ) -> Node? {
    guard depth <= limits.depth else {
      stop(
        .error(
          "too-deep", "nesting may go \(limits.depth) levels deep, and here it goes further",
          at: span(event.range), help: "nothing in an experiment is nested so deep"))
      return nil
    }
    switch event.kind {
    case .alias(let name): return expanded(name, event, depth: depth)
    case .scalar(let anchor, let tag, let text, let isPlain):
      let place = span(contentRange(event))
      scalarRanges.append(place.range)
      let value = scalar(text, tag: tag, isPlain: isPlain, event)
      let node = Node(
        .scalar(value), span: place.range.isEmpty ? (emptyAt ?? place) : place)
      define(anchor, node)
      return node
    case .sequenceStart(let anchor, let tag):
      check(tag, is: "seq", "a list", event)
      declare(anchor)
      var elements: [Node] = []
      var end = event.range
      while !isStopped, let next = next(&parser) {
        if case .sequenceEnd = next.kind {
          end = next.range
          break
        }
        if let element = node(next, &parser, depth: depth + 1, emptyAt: nil) {
          elements.append(element)
        }
      }
      let node = Node(.sequence(elements), span: collectionSpan(event, end))
      define(anchor, node)
      return isStopped ? nil : node
    case .mappingStart(let anchor, let tag):
      check(tag, is: "map", "a mapping", event)
      declare(anchor)
      let (entries, end) = entries(event, &parser, depth: depth)
      let node = Node(.mapping(entries), span: collectionSpan(event, end))
      define(anchor, node)
      return isStopped ? nil : node
    default: return nil
    }
  }

  private mutating func entries(
    _ start: Event, _ parser: inout yaml_parser_t, depth: Int
  ) -> ([Node.Entry], Range<Int>) {
    var written: [Node.Entry] = []
    var merged: [Node.Entry] = []
    var firsts: [String: Span] = [:]
    var end = start.range
    while !isStopped, let keyEvent = next(&parser) {
      if case .mappingEnd = keyEvent.kind {
        end = keyEvent.range
        break
      }
      let key = node(keyEvent, &parser, depth: depth + 1, emptyAt: nil)
      guard !isStopped, let valueEvent = next(&parser) else { break }
      let value = node(valueEvent, &parser, depth: depth + 1, emptyAt: key?.span)
      guard let key, let value else { continue }
      guard let name = key.scalar else {
        diagnostics.append(
          .error(
            "complex-key", "a key must be a word, not a list or a mapping", at: key.span,
            help: "put it in quotes if it is meant as a word"))
        continue
      }
      if case .scalar(_, _, "<<", true) = keyEvent.kind {
        merge(value, at: key.span, into: &merged)
        continue
      }
      if let first = firsts[name.text] {
        diagnostics.append(
          .error(
            "duplicate-key", "'\(name.text)' is written twice", at: key.span,
            labels: [Diagnostic.Label(first, "first here")], help: "remove one of the two"))
        continue
      }
      firsts[name.text] = key.span
      written.append(Node.Entry(key: name.text, keySpan: key.span, value: value))
    }
    written += merged.filter { firsts[$0.key] == nil }
    return (written, end)
  }

  /// `<<: *base` or `<<: [*a, *b]`; of several the earlier wins.
  private mutating func merge(_ value: Node, at key: Span, into merged: inout [Node.Entry]) {
    let bases: [Node] =
      switch value.content {
      case .sequence(let elements): elements
      default: [value]
      }
    var known = Set(merged.map(\.key))
    for base in bases {
      guard case .mapping(let entries) = base.content else {
        diagnostics.append(
          .error(
            "wrong-kind", "'<<' must be a mapping or a list of mappings", at: base.span,
            help: "merge an alias of a mapping: '<<: *name'"))
        continue
      }
      for entry in entries where known.insert(entry.key).inserted {
        merged.append(
          Node.Entry(
            key: entry.key, keySpan: entry.keySpan, value: entry.value, isMerged: true))
      }
    }
  }

  // MARK: Anchors

  private mutating func expanded(_ name: String, _ event: Event, depth: Int) -> Node? {
    guard let anchor = anchors[name] else {
      diagnostics.append(
        .error(
          "unknown-anchor", "there is no anchor '\(name)' above", at: span(event.range),
          label: Suggestion.label(for: name, among: anchors.keys.sorted()),
          help: "write '&\(name)' before the value that it stands for, above this line"))
      return nil
    }
    guard let node = anchor else {
      diagnostics.append(
        .error(
          "recursive-alias", "'\(name)' stands inside itself", at: span(event.range),
          help: "write the value that is meant"))
      return nil
    }
    expandedNodes += node.count
    guard expandedNodes <= limits.expandedNodes else {
      stop(
        .error(
          "too-many-aliases",
          "aliases may add \(limits.expandedNodes) values, and here they add more",
          at: span(event.range), help: "write fewer aliases of aliases"))
      return nil
    }
    guard depth + node.height - 1 <= limits.depth else {
      stop(
        .error(
          "too-deep", "nesting may go \(limits.depth) levels deep, and here it goes further",
          at: span(event.range), help: "nothing in an experiment is nested so deep"))
      return nil
    }
    return node
  }

  private mutating func declare(_ anchor: String?) {
    if let anchor { anchors.updateValue(nil, forKey: anchor) }
  }

  private mutating func define(_ anchor: String?, _ node: Node) {
    if let anchor { anchors.updateValue(node, forKey: anchor) }
  }

  // MARK: Tags and scalars

  private static let tagPrefix = "tag:yaml.org,2002:"

  private mutating func scalar(
    _ text: String, tag: String?, isPlain: Bool, _ event: Event
  ) -> Scalar {
    guard let tag else { return Scalar(text, isPlain: isPlain) }
    if tag == "!" { return Scalar(text, isPlain: false) }
    let resolved = Scalar(text, isPlain: true)
    switch (tag.hasPrefix(Self.tagPrefix) ? String(tag.dropFirst(Self.tagPrefix.count)) : tag) {
    case "str": return Scalar(text, isPlain: false)
    case "null": if case .null = resolved.value { return resolved }
    case "bool": if case .boolean = resolved.value { return resolved }
    case "int":
      switch resolved.value {
      case .integer, .hugeInteger: return resolved
      default: break
      }
    case "float":
      switch resolved.value {
      case .integer(let value): return Scalar(text: text, value: .number(Double(value)))
      case .hugeInteger(let value): return Scalar(text: text, value: .number(value))
      case .number: return resolved
      default: break
      }
    default:
      unknownTag(tag, event)
      return Scalar(text, isPlain: isPlain)
    }
    diagnostics.append(
      .error(
        "wrong-kind", "'\(text)' does not fit its tag", at: span(contentRange(event)),
        help: "leave the tag out, or write a value of its kind"))
    return resolved
  }

  private mutating func check(_ tag: String?, is name: String, _ form: String, _ event: Event) {
    guard let tag, tag != "!", tag != Self.tagPrefix + name else { return }
    unknownTag(tag, event)
  }

  private mutating func unknownTag(_ tag: String, _ event: Event) {
    let name = tag.hasPrefix(Self.tagPrefix) ? "!!\(tag.dropFirst(Self.tagPrefix.count))" : tag
    let start = event.range.lowerBound
    // The tag stands before or behind an anchor.
    var index = start
    let bytes = source.bytes
    while index < bytes.count, bytes[index] == UInt8(ascii: "&") {
      while index < bytes.count, !isSpace(bytes[index]) { index += 1 }
      while index < bytes.count, isSpace(bytes[index]) { index += 1 }
    }
    var end = index
    while end < bytes.count, !isSpace(bytes[end]) { end += 1 }
    diagnostics.append(
      .error(
        "unknown-tag", "the tag '\(name)' has no meaning here", at: Span(source, index..<end),
        help: "remove it"))
  }

  // MARK: Tabs

  /// Tabs outside scalars and comments: where they are allowed depends on the reader.
  private mutating func reportTabs() {
    let bytes = source.bytes
    guard bytes[start...].contains(9) else { return }
    let ranges = scalarRanges.sorted { $0.lowerBound < $1.lowerBound }
    var next = 0
    var index = start
    while index < bytes.count {
      while next < ranges.count, ranges[next].upperBound <= index { next += 1 }
      if next < ranges.count, ranges[next].contains(index) {
        index = ranges[next].upperBound
        continue
      }
      if bytes[index] == UInt8(ascii: "#"), index == start || isSpace(bytes[index - 1]) {
        while index < bytes.count, bytes[index] != 0x0A { index += 1 }
        continue
      }
      if bytes[index] == 9 {
        let end = bytes[index...].firstIndex { $0 != 9 } ?? bytes.count
        let isTrailing = end == bytes.count || bytes[end] == 0x0A || bytes[end] == 0x0D
        if !isTrailing {
          diagnostics.append(tabError(index..<end))
        }
        index = end
        continue
      }
      index += 1
    }
  }

  private func tabError(_ range: Range<Int>) -> Diagnostic {
    .error(
      "tab", "a tab stands where YAML wants spaces", at: Span(source, range),
      help: "indent and separate with spaces")
  }

  // MARK: Events

  private struct Event {
    enum Kind {
      case streamStart, streamEnd, documentStart, documentEnd, sequenceEnd, mappingEnd
      case alias(String)
      case scalar(anchor: String?, tag: String?, text: String, isPlain: Bool)
      case sequenceStart(anchor: String?, tag: String?)
      case mappingStart(anchor: String?, tag: String?)
    }
    var kind: Kind
    var range: Range<Int>
  }

  /// The next event, or nil after an error, which is recorded.
  private mutating func next(_ parser: inout yaml_parser_t) -> Event? {
    var event = yaml_event_t()
    guard yaml_parser_parse(&parser, &event) == 1 else {
      stop(syntaxError(parser))
      return nil
    }
    defer { yaml_event_delete(&event) }
    let lower = offset(event.start_mark)
    let range = lower..<max(lower, offset(event.end_mark))
    func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
      pointer.map { String(cString: $0) }
    }
    let kind: Event.Kind
    switch event.type {
    case YAML_STREAM_START_EVENT: kind = .streamStart
    case YAML_DOCUMENT_START_EVENT: kind = .documentStart
    case YAML_DOCUMENT_END_EVENT: kind = .documentEnd
    case YAML_SEQUENCE_END_EVENT: kind = .sequenceEnd
    case YAML_MAPPING_END_EVENT: kind = .mappingEnd
    case YAML_ALIAS_EVENT: kind = .alias(text(event.data.alias.anchor) ?? "")
    case YAML_SEQUENCE_START_EVENT:
      let data = event.data.sequence_start
      kind = .sequenceStart(anchor: text(data.anchor), tag: text(data.tag))
    case YAML_MAPPING_START_EVENT:
      let data = event.data.mapping_start
      kind = .mappingStart(anchor: text(data.anchor), tag: text(data.tag))
    case YAML_SCALAR_EVENT:
      let data = event.data.scalar
      let value = UnsafeBufferPointer(start: data.value, count: data.length)
      kind = .scalar(
        anchor: text(data.anchor), tag: text(data.tag),
        text: String(decoding: value, as: UTF8.self),
        isPlain: data.style == YAML_PLAIN_SCALAR_STYLE)
    default: kind = .streamEnd
    }
    return Event(kind: kind, range: range)
  }

  private mutating func stop(_ diagnostic: Diagnostic) {
    isStopped = true
    diagnostics.append(diagnostic)
  }

  private func syntaxError(_ parser: yaml_parser_t) -> Diagnostic {
    let problem = parser.problem.map { String(cString: $0) } ?? "cannot be read"
    let context = parser.context.map { String(cString: $0) } ?? ""
    // Of an anchor or alias without a name its sign is to blame.
    let isNameless = context.contains("anchor") || context.contains("alias")
    let at = offset(isNameless ? parser.context_mark : parser.problem_mark)
    let line = source.byteRange(ofLine: source.line(at: at))
    // A tab in the indentation is behind most of libyaml's complaints about its line.
    let indent = source.bytes[line].prefix { $0 == 0x20 || $0 == 9 }
    if let tab = indent.firstIndex(of: 9) {
      let end = source.bytes[tab..<line.upperBound].firstIndex { $0 != 9 } ?? line.upperBound
      return tabError(tab..<end)
    }
    if at < source.bytes.count, source.bytes[at] == 9 { return tabError(at..<at + 1) }

    if let quote = OpenBracket.longQuote(in: source.bytes, from: start, before: at) {
      let close = quote.upperBound - 1
      return .error(
        "syntax", "this quote is closed only on line \(source.line(at: close))",
        at: Span(source, quote.lowerBound..<quote.lowerBound + 1),
        labels: [Diagnostic.Label(Span(source, close..<close + 1), "here")],
        help: "a quote that is opened must be closed")
    }
    // A bracket left open is the mistake, not the line where libyaml cannot go on.
    if let bracket = OpenBracket.first(in: source.bytes, from: start), bracket.offset < at {
      return bracketError(bracket)
    }
    if let slip = slip(problem, context, at: at, line: line, keyed: offset(parser.context_mark)) {
      return slip
    }
    // An indented key is the mistake, not its colon; an open quote, not the end of the file.
    let firstColon = source.bytes[line].firstIndex(of: UInt8(ascii: ":")) ?? line.upperBound
    let keyStart = line.lowerBound + indent.count
    if problem.contains("mapping values are not allowed"), firstColon >= at, keyStart < at {
      let (code, help) = Self.explain(problem, context)
      return .error(
        code, "this key does not line up with those above", at: Span(source, keyStart..<at),
        help: help)
    }
    if problem.contains("unexpected end of stream"), context.contains("quoted") {
      let open = offset(parser.context_mark)
      return .error(
        "syntax", "this quote is never closed", at: Span(source, open..<open + 1),
        help: "a quote that is opened must be closed")
    }

    var labels: [Diagnostic.Label] = []
    if !context.isEmpty {
      let start = offset(parser.context_mark)
      if source.line(at: start) != source.line(at: at) {
        labels.append(Diagnostic.Label(Span(source, start..<start + 1), context))
      }
    }
    let (code, help) = Self.explain(problem, context)
    let message = context.isEmpty ? problem : "\(problem), \(context)"
    let end = min(at + 1, max(at, source.bytes.count))
    return .error(code, message, at: Span(source, at..<end), labels: labels, help: help)
  }

  /// The slips of those who do not write YAML every day, each said in its own words.
  private func slip(
    _ problem: String, _ context: String, at: Int, line: Range<Int>, keyed key: Int
  ) -> Diagnostic? {
    let bytes = source.bytes
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
    // 1. A key without its colon, or without the space behind it: it shows only on the line below.
    if problem.contains("could not find expected ':'") {
      return unfinishedKey(trimmed(key..<source.byteRange(ofLine: source.line(at: key)).upperBound))
    }
    if problem.contains("mapping values are not allowed") || problem.contains("expected key"),
      let above = contentAbove(line), looksUnfinished(above)
    {
      return unfinishedKey(above)
    }
    // 2. A second colon in one line: a text that needs quotes.
    let content = line.lowerBound + bytes[line].prefix { $0 == 0x20 }.count
    if problem.contains("mapping values are not allowed"), at < line.upperBound,
      let colon = (content..<at).first(where: {
        bytes[$0] == UInt8(ascii: ":") && isSpace(bytes[$0 + 1])
      }), let start = (colon + 1..<at).first(where: { !isSpace(bytes[$0]) })
    {
      let value = trimmed(start..<line.upperBound)
      let word = text(start..<at)
      let isName = word.first?.isUppercase == true && word.allSatisfy { $0.isLetter || $0.isNumber }
      let rest = text(at + 1..<value.upperBound).drop { $0 == " " }
      let quoted = text(value).contains("\"") ? "'…'" : "\"\(text(value))\""
      return .error(
        "bad-indentation", "a second ': ' in one line", at: Span(source, at..<at + 1),
        help: isName && !rest.isEmpty
          ? "a name with its arguments goes in braces here: '{\(word): \(rest)}'"
          : "put a text with ': ' in quotes: \(value.count <= 60 ? quoted : "\"…\"")")
    }
    guard at < bytes.count else { return nil }
    // 3. A quote inside a quoted text.
    if at > start, bytes[at - 1] == UInt8(ascii: "'") || bytes[at - 1] == UInt8(ascii: "\""),
      problem.contains("did not find expected"), !isSpace(bytes[at])
    {
      let isSingle = bytes[at - 1] == UInt8(ascii: "'")
      return .error(
        "syntax", "the quoted text ends before this", at: Span(source, at - 1..<at),
        help: isSingle
          ? "write '' for a quote inside, or put the whole text in double quotes"
          : "write \\\" for a quote inside, or put the whole text in single quotes")
    }
    // 4. A glob that YAML takes for an alias.
    if context.contains("alias"), bytes[at] == UInt8(ascii: "*") {
      let end = bytes[at..<line.upperBound].firstIndex { isSpace($0) || ",]}".utf8.contains($0) }
      let glob = at..<(end ?? line.upperBound)
      guard glob.count > 1 else { return nil }
      return .error(
        "syntax", "'*' begins an alias, and '\(text(glob))' is none", at: Span(source, glob),
        help: "put a pattern that begins with '*' in quotes: '\(text(glob))'")
    }
    // 5. A bracket too many.
    if bytes[at] == UInt8(ascii: "}") || bytes[at] == UInt8(ascii: "]") {
      return .error(
        "syntax", "this bracket closes none", at: Span(source, at..<at + 1), help: "remove it")
    }
    return nil
  }

  /// The nearest line above that holds more than a comment, without its indentation.
  private func contentAbove(_ line: Range<Int>) -> Range<Int>? {
    var number = source.line(at: line.lowerBound) - 1
    while number >= 1 {
      let range = source.byteRange(ofLine: number)
      let content = range.lowerBound + source.bytes[range].prefix { isSpace($0) }.count
      if content < range.upperBound, source.bytes[content] != UInt8(ascii: "#") {
        return trimmed(content..<range.upperBound)
      }
      number -= 1
    }
    return nil
  }

  /// Whether a line is `key:value` or `key = value` and nothing that YAML takes for a key.
  private func looksUnfinished(_ range: Range<Int>) -> Bool {
    let bytes = source.bytes[range]
    let key = bytes.prefix { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "_") }
    let rest = bytes[key.endIndex...].drop { $0 == 0x20 }
    guard !key.isEmpty, let sign = rest.first, let next = rest.dropFirst().first else {
      return false
    }
    let hasKey = bytes.indices.dropLast().contains {
      bytes[$0] == UInt8(ascii: ":") && isSpace(bytes[$0 + 1])
    }
    guard !hasKey, bytes.last != UInt8(ascii: ":") else { return false }
    return sign == UInt8(ascii: "=") || sign == UInt8(ascii: ":") && next != UInt8(ascii: "/")
  }

  /// A line such as `epochs:5` or `epochs = 5`, where a key and a value were meant.
  private func unfinishedKey(_ range: Range<Int>) -> Diagnostic {
    let bytes = source.bytes
    let rule = "a key is followed by ': ' and its value"
    // A space that is none, as it comes from web pages.
    if let space = range.first(where: { bytes[$0...].starts(with: [0xC2, 0xA0]) }) {
      return .error(
        "syntax", "a no-break space (U+00A0) stands here, which YAML takes for a letter",
        at: Span(source, space..<space + 2), label: "write a space", help: rule)
    }
    let line = String(decoding: bytes[range], as: UTF8.self)
    var label = ""
    if let sign = line.firstIndex(where: { $0 == ":" || $0 == "=" }), sign > line.startIndex {
      var key = line[..<sign]
      while key.last == " " { key.removeLast() }
      let value = line[line.index(after: sign)...].drop { $0 == " " }
      if !value.isEmpty, !key.contains(" "), line.count <= 60 { label = "write '\(key): \(value)'" }
    }
    return .error(
      "syntax", "this line is no key with a value", at: Span(source, range), label: label,
      help: rule)
  }

  private func bracketError(_ bracket: OpenBracket) -> Diagnostic {
    let sign = source.bytes[bracket.offset] == UInt8(ascii: "[") ? "]" : "}"
    return .error(
      "syntax", "this bracket is never closed",
      at: Span(source, bracket.offset..<bracket.offset + 1),
      labels: bracket.mismatch.map {
        [Diagnostic.Label(Span(source, $0..<$0 + 1), "a '\(sign)' is missing before this")]
      } ?? [],
      help: "close it with '\(sign)'")
  }

  private static func explain(_ problem: String, _ context: String) -> (Diagnostic.Code, String) {
    if problem.contains("mapping values are not allowed") {
      return ("bad-indentation", "a key stands on a line of its own, in line with its neighbours")
    }
    if problem.contains("did not find expected key")
      || problem.contains("did not find expected '-' indicator")
      || problem.contains("block sequence entries are not allowed")
    {
      return ("bad-indentation", "keys of one mapping and dashes of one list start in one column")
    }
    if problem.contains("could not find expected ':'") {
      return ("syntax", "a key is followed by ': ' and its value")
    }
    if problem.contains("did not find expected ',' or") {
      return ("syntax", "a bracket that is opened must be closed, with commas between")
    }
    if problem.contains("cannot start any token") {
      return ("syntax", "put a text that begins with this character in quotes")
    }
    if problem.contains("escape") {
      return ("syntax", "write '\\\\' for a backslash, or put the text in single quotes")
    }
    if problem.contains("tag") || context.contains("tag") {
      return ("syntax", "leave the tag out: an experiment needs none")
    }
    if problem.contains("anchor") || context.contains("anchor") || context.contains("alias") {
      return ("syntax", "anchors and aliases are named with letters, digits, '-' and '_'")
    }
    if problem.contains("directive") || context.contains("directive") {
      return ("syntax", "leave the line out: an experiment needs no directives")
    }
    if context.contains("block scalar") {
      return ("syntax", "behind '|' or '>' nothing may follow; the text begins on the next line")
    }
    return ("syntax", "look at the line above too: what is missing there often shows only here")
  }

  // MARK: Places

  /// libyaml counts characters from zero; everything else here counts bytes of the source.
  private func offset(_ mark: yaml_mark_t) -> Int {
    guard let characterOffsets else { return min(start + mark.index, source.bytes.count) }
    return characterOffsets[min(mark.index, characterOffsets.count - 1)]
  }

  private func span(_ range: Range<Int>) -> Span { Span(source, trimmed(range)) }

  private func trimmed(_ range: Range<Int>) -> Range<Int> {
    var upper = min(range.upperBound, source.bytes.count)
    while upper > range.lowerBound, isSpace(source.bytes[upper - 1]) { upper -= 1 }
    return range.lowerBound..<max(range.lowerBound, upper)
  }

  /// The event's text without anchor and tag in front of it.
  private func contentRange(_ event: Event) -> Range<Int> {
    let bytes = source.bytes
    let range = trimmed(event.range)
    var index = range.lowerBound
    while index < range.upperBound,
      bytes[index] == UInt8(ascii: "&") || bytes[index] == UInt8(ascii: "!")
    {
      while index < range.upperBound, !isSpace(bytes[index]) { index += 1 }
      while index < range.upperBound, isSpace(bytes[index]) { index += 1 }
    }
    return index < range.upperBound ? index..<range.upperBound : range
  }

  private func collectionSpan(_ start: Event, _ end: Range<Int>) -> Span {
    let lower = start.range.lowerBound
    return span(lower..<max(start.range.upperBound, end.upperBound))
  }

  private func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 9 || byte == 0x0A || byte == 0x0D
  }
}
