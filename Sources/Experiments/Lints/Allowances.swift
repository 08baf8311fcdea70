import Diagnostics

/// `# xrun: allow CODE, CODE` in a file: warnings of these codes are not wanted on this line.
///
/// The comment stands behind the line's value, or on lines of its own directly above.
enum Allowances {
  private static let marker = "# xrun: allow "

  /// A code as it is written in a comment.
  struct Entry {
    let code: String
    let span: Span
  }

  /// The codes that a line's own comment allows.
  static func entries(in source: SourceText, line: Int) -> [Entry] {
    let range = source.byteRange(ofLine: line)
    let bytes = source.bytes[range]
    let marker = Array(Self.marker.utf8)
    guard bytes.count >= marker.count,
      let start = bytes.indices.first(where: { index in
        bytes[index...].starts(with: marker)
          && (index == range.lowerBound || bytes[index - 1] == 0x20 || bytes[index - 1] == 9)
      })
    else { return [] }
    var entries: [Entry] = []
    var index = start + marker.count
    while index < range.upperBound {
      while index < range.upperBound, !isWord(bytes[index]) {
        // What follows the codes is for people.
        guard bytes[index] == UInt8(ascii: ",") || bytes[index] == 0x20 else { return entries }
        index += 1
      }
      let first = index
      while index < range.upperBound, isWord(bytes[index]) { index += 1 }
      guard index > first else { break }
      entries.append(
        Entry(
          code: String(decoding: bytes[first..<index], as: UTF8.self),
          span: Span(source, first..<index)))
      // Codes are separated by commas; a word behind a space is text.
      var next = index
      while next < range.upperBound, bytes[next] == 0x20 { next += 1 }
      guard next < range.upperBound, bytes[next] == UInt8(ascii: ",") else { break }
      index = next
    }
    return entries
  }

  /// All codes that are allowed where a diagnostic points.
  static func codes(at span: Span) -> Set<String> {
    var codes = Set(entries(in: span.source, line: span.line).map(\.code))
    var above = span.line - 1
    while above >= 1, span.source.text(ofLine: above).isComment {
      codes.formUnion(entries(in: span.source, line: above).map(\.code))
      above -= 1
    }
    return codes
  }

  /// Codes that no warning has: a comment that silences nothing is a mistake.
  static func mistakes(in sources: [SourceText], known: [String]) -> [Diagnostic] {
    sources.flatMap { source in
      words(in: source)
        + (1...max(1, source.lineCount)).flatMap { entries(in: source, line: $0) }
        .filter { !known.contains($0.code) }
        .map { entry in
          .error(
            "unknown-code", "there is no warning '\(entry.code)' to allow", at: entry.span,
            label: Suggestion.label(for: entry.code, among: known),
            help: "'xrun explain' lists the codes")
        }
    }
  }

  /// Comments that speak to xrun in a word that it does not know.
  private static func words(in source: SourceText) -> [Diagnostic] {
    let opening = Array("# xrun:".utf8)
    let bytes = source.bytes
    return bytes.indices.filter {
      bytes[$0] == opening[0] && bytes[$0...].starts(with: opening)
        && ($0 == 0 || " \t\n".utf8.contains(bytes[$0 - 1]))
    }.compactMap { place in
      let start = bytes[(place + opening.count)...].firstIndex { $0 != 0x20 } ?? bytes.count
      let end = bytes[start...].firstIndex { !isWord($0) } ?? bytes.count
      let word = String(decoding: bytes[start..<end], as: UTF8.self)
      if bytes[place..<end].elementsEqual(marker.utf8.dropLast()) { return nil }
      return .error(
        "unknown-code", "'# xrun:' is followed by 'allow', not '\(word)'",
        at: start < end ? Span(source, start..<end) : Span(source, place..<place + opening.count),
        label: word == "allow"
          ? "one space before it" : Suggestion.label(for: word, among: ["allow"]),
        help: "write '# xrun: allow CODE'")
    }
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
      || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
  }
}

extension String {
  fileprivate var isComment: Bool {
    first { $0 != " " && $0 != "\t" } == "#"
  }
}

extension [Diagnostic] {
  /// Without the warnings that a comment in their file allows.
  package func notAllowedByComments() -> [Diagnostic] {
    filter { diagnostic in
      guard diagnostic.severity != .error, let span = diagnostic.primary?.span else { return true }
      return !Allowances.codes(at: span).contains(diagnostic.code.rawValue)
    }
  }

  /// Without the warnings of some codes.
  package func allowing(_ codes: Set<String>) -> [Diagnostic] {
    filter { $0.severity == .error || !codes.contains($0.code.rawValue) }
  }
}
