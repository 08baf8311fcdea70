/// A text that diagnostics point into: a file, or one command-line argument.
package final class SourceText: Sendable {
  /// How the text is called in messages: a path as the user gave it, or `<argument>`.
  package let name: String
  /// Whether the name is a path: of an argument it is not.
  package let isFile: Bool
  /// The text, byte for byte.
  package let bytes: [UInt8]
  /// Byte offset of the first byte of each line.
  private let lineStarts: [Int]

  package init(name: String, bytes: [UInt8], isFile: Bool = true) {
    self.name = name
    self.isFile = isFile
    self.bytes = bytes
    // A byte-order mark is no part of the first line: editors count no column for it.
    var starts = [bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0]
    for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
      starts.append(offset + 1)
    }
    lineStarts = starts
  }

  package convenience init(name: String, text: String, isFile: Bool = true) {
    self.init(name: name, bytes: Array(text.utf8), isFile: isFile)
  }

  /// The line, from 1, that holds a byte offset; an offset past the end is on the last line.
  package func line(at offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle - 1 }
    }
    return low + 1
  }

  /// The column, from 1 and in characters, of a byte offset.
  package func column(at offset: Int) -> Int {
    let start = lineStarts[line(at: offset) - 1]
    let end = min(max(offset, start), bytes.count)
    return String(decoding: bytes[start..<end], as: UTF8.self).count + 1
  }

  /// The same counted in Unicode code points, as SARIF can.
  package func codePointColumn(at offset: Int) -> Int {
    let start = lineStarts[line(at: offset) - 1]
    let end = min(max(offset, start), bytes.count)
    return bytes[start..<end].count { $0 & 0xC0 != 0x80 } + 1
  }

  /// The number of lines; a final newline starts no line of its own unless text follows.
  package var lineCount: Int { lineStarts.count }

  /// The text of a line, from 1, without its line break.
  package func text(ofLine line: Int) -> String {
    String(decoding: bytes[byteRange(ofLine: line)], as: UTF8.self)
  }

  /// The bytes of a line, from 1, without its line break.
  package func byteRange(ofLine line: Int) -> Range<Int> {
    let start = lineStarts[line - 1]
    var end = line < lineStarts.count ? lineStarts[line] - 1 : bytes.count
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return start..<max(start, end)
  }
}

/// A range of bytes in a source text.
package struct Span: Sendable {
  package let source: SourceText
  /// UTF-8 offsets.
  package let range: Range<Int>

  package init(_ source: SourceText, _ range: Range<Int>) {
    self.source = source
    self.range = range
  }

  /// For forms that know places in files alone: the whole argument that this is in, or nil in a file.
  var argument: String? {
    source.isFile ? nil : "'\(String(decoding: source.bytes, as: UTF8.self))'"
  }

  /// Line of the first byte, from 1.
  package var line: Int { source.line(at: range.lowerBound) }
  /// Column of the first byte, from 1, in characters.
  package var column: Int { source.column(at: range.lowerBound) }
}
