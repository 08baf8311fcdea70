/// The bracket behind a syntax error: one that is never closed, or closed by one of the other kind.
///
/// libyaml complains where it cannot go on, which may be many lines below the bracket that was forgotten.
struct OpenBracket {
  /// Offset of the bracket.
  let offset: Int
  /// Offset of the closing bracket of the other kind; nil where the text ends first.
  let mismatch: Int?

  /// The first such bracket of a text, or nil. Reads quotes, comments and block texts as YAML does, roughly.
  static func first(in bytes: [UInt8], from start: Int) -> OpenBracket? {
    var scan = Scan(bytes: bytes, index: start)
    return scan.run()
  }

  /// The last quoted text that ends before an offset, on its line, and began on a line above: probably two
  /// texts, the first of which was never closed.
  static func longQuote(in bytes: [UInt8], from start: Int, before end: Int) -> Range<Int>? {
    var scan = Scan(bytes: bytes, index: start)
    _ = scan.run()
    return scan.quotes.last {
      $0.upperBound <= end && bytes[$0].contains(0x0A)
        && !bytes[$0.upperBound..<end].contains(0x0A)
    }
  }

  private struct Scan {
    let bytes: [UInt8]
    var index: Int
    private var open: [Int] = []
    private(set) var quotes: [Range<Int>] = []
    /// Whether a value or key may begin here: inside a word a quote or bracket is a letter.
    private var startsToken = true

    init(bytes: [UInt8], index: Int) {
      self.bytes = bytes
      self.index = index
    }

    mutating func run() -> OpenBracket? {
      while index < bytes.count {
        let byte = bytes[index]
        switch byte {
        case 0x0A, 0x0D: startsToken = true
        case 0x20, 9: break
        case UInt8(ascii: "#") where index == 0 || isSpace(bytes[index - 1]):
          skipLine()
          continue
        case UInt8(ascii: "'") where startsToken, UInt8(ascii: "\"") where startsToken:
          skipQuoted(byte)
          startsToken = false
          continue
        case UInt8(ascii: "|") where startsToken && open.isEmpty,
          UInt8(ascii: ">") where startsToken && open.isEmpty:
          skipBlockText()
          startsToken = true
          continue
        case UInt8(ascii: "[") where startsToken || !open.isEmpty,
          UInt8(ascii: "{") where startsToken || !open.isEmpty:
          open.append(index)
          startsToken = true
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
          guard let last = open.last else { break }
          guard bytes[last] + 2 == byte else { return OpenBracket(offset: last, mismatch: index) }
          open.removeLast()
          startsToken = false
        case UInt8(ascii: ","): startsToken = !open.isEmpty
        case UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "?"):
          let isIndicator = index + 1 == bytes.count || isSpace(bytes[index + 1])
          startsToken = isIndicator && (byte == UInt8(ascii: ":") || startsToken)
        default: startsToken = false
        }
        index += 1
      }
      return open.first.map { OpenBracket(offset: $0, mismatch: nil) }
    }

    private mutating func skipLine() {
      while index < bytes.count, bytes[index] != 0x0A { index += 1 }
    }

    private mutating func skipQuoted(_ quote: UInt8) {
      let start = index
      index += 1
      while index < bytes.count, bytes[index] != quote {
        if quote == UInt8(ascii: "\""), bytes[index] == UInt8(ascii: "\\") { index += 1 }
        index += 1
      }
      guard index < bytes.count else { return }
      index += 1
      quotes.append(start..<index)
    }

    /// The lines below that are indented deeper than the one with `|` or `>`.
    private mutating func skipBlockText() {
      let lineStart = bytes[..<index].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
      let indent = bytes[lineStart...].prefix { $0 == 0x20 }.count
      skipLine()
      while index < bytes.count {
        let line = bytes[(index + 1)...].prefix { $0 != 0x0A }
        let depth = line.prefix { $0 == 0x20 }.count
        guard line.allSatisfy({ isSpace($0) }) || depth > indent else { return }
        index = line.endIndex
      }
    }

    private func isSpace(_ byte: UInt8) -> Bool {
      byte == 0x20 || byte == 9 || byte == 0x0A || byte == 0x0D
    }
  }
}
