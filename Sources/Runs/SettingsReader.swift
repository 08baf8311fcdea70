import Diagnostics
import Synchronization

/// Reads the `resolved.yaml` of many runs.
///
/// Those of a sweep differ in a few values. What follows the text of one that was read before, line by line, and differs
/// from it in nothing but comments and plain values, has its settings with these values: that takes a twentieth of the
/// time. Anything else is read as YAML.
package final class SettingsReader: Sendable {
  private let known = Mutex<[SettingsTemplate]>([])
  /// So many forms are held against a file before it is read.
  private static let mostKnown = 8

  package init() {}

  /// None where the file cannot be read.
  package func settings(file path: String) -> RunSettings {
    guard let bytes = try? WholeFile.read(path) else { return RunSettings([:]) }
    return settings(bytes, name: path)
  }

  package func settings(_ bytes: [UInt8], name: String) -> RunSettings {
    let templates = known.withLock { $0 }
    for template in templates {
      if let settings = template.settings(bytes) { return settings }
    }
    let (settings, template) = SettingsTemplate.read(bytes, name: name)
    if let template, templates.count < Self.mostKnown {
      known.withLock { $0.append(template) }
    }
    return settings
  }
}

/// A text of settings, with where each of them stands.
private struct SettingsTemplate: Sendable {
  private enum Value: Sendable {
    /// By its place among the settings.
    case setting(Int)
    /// One that is no part of the configuration.
    case aside
  }

  private let bytes: [UInt8]
  private let lines: [Range<Int>]
  /// The value that stands alone in a line.
  private let values: [Int: Value]
  private let settings: RunSettings

  static func read(
    _ bytes: [UInt8], name: String
  ) -> (settings: RunSettings, template: SettingsTemplate?) {
    let source = SourceText(name: name, bytes: bytes)
    let leaves = ResolvedFile.leaves(source)
    let settings = RunSettings(leaves.map { ($0.leaf.path, $0.leaf.text) })
    // Quotes and texts of several lines give lines another meaning.
    guard !settings.isEmpty, !bytes.contains(where: Array("\"'|>".utf8).contains) else {
      return (settings, nil)
    }
    var values: [Int: Value] = [:]
    var crowded = Set<Int>()
    for (leaf, offset) in leaves {
      let line = source.line(at: offset) - 1
      if values[line] != nil { crowded.insert(line) }
      if let place = settings.paths.position(of: leaf.path), settings.texts[place] == leaf.text {
        values[line] = .setting(place)
      } else if !leaf.path.hasSuffix(".name") {
        // A name in a list is part of the paths below it.
        values[line] = .aside
      }
    }
    for line in crowded { values[line] = nil }
    return (
      settings,
      SettingsTemplate(bytes: bytes, lines: lines(bytes), values: values, settings: settings)
    )
  }

  private static func lines(_ bytes: [UInt8]) -> [Range<Int>] {
    var lines: [Range<Int>] = []
    var start = 0
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      lines.append(start..<end)
      start = end + 1
    }
    return lines + [start..<bytes.count]
  }

  /// The settings of a text that follows this one; nil where it does not.
  func settings(_ other: [UInt8]) -> RunSettings? {
    var texts = settings.texts
    var start = 0
    for (number, own) in lines.enumerated() {
      let isLast = number == lines.count - 1
      let end = other[start...].firstIndex(of: UInt8(ascii: "\n")) ?? other.count
      guard (end == other.count) == isLast else { return nil }
      if !Self.equal(bytes, own, other, start..<end) {
        guard let (before, mine, isCommented) = Self.parts(bytes, own),
          let (others, theirs, areCommented) = Self.parts(other, start..<end),
          Self.equal(bytes, before, other, others), isCommented == areCommented
        else { return nil }
        if !Self.equal(bytes, mine, other, theirs) {
          guard Self.isPlain(bytes[mine]), Self.isPlain(other[theirs]) else { return nil }
          switch values[number] {
          case .setting(let place):
            guard texts[place].utf8.elementsEqual(bytes[mine]) else { return nil }
            texts[place] = String(decoding: other[theirs], as: UTF8.self)
          case .aside: break
          case nil: return nil
          }
        }
      }
      start = end + 1
    }
    return RunSettings(settings.paths, texts)
  }

  /// A line up to its value, and the value, without the comment; nil where the line may be more than that.
  private static func parts(
    _ bytes: [UInt8], _ line: Range<Int>
  ) -> (before: Range<Int>, value: Range<Int>, isCommented: Bool)? {
    var end = line.upperBound
    for index in line {
      guard (0x20..<0x7F).contains(bytes[index]) else { return nil }
      if bytes[index] == UInt8(ascii: "#"), end == line.upperBound {
        // Without a space before it, it would be part of the value.
        guard index > line.lowerBound, bytes[index - 1] == 0x20 else { return nil }
        end = index
      }
    }
    let isCommented = end < line.upperBound
    while end > line.lowerBound, bytes[end - 1] == 0x20 { end -= 1 }
    guard let colon = bytes[line.lowerBound..<end].firstIndex(of: UInt8(ascii: ":")) else {
      return (line.lowerBound..<end, end..<end, isCommented)
    }
    var start = colon + 1
    while start < end, bytes[start] == 0x20 { start += 1 }
    return (line.lowerBound..<start, start..<end, isCommented)
  }

  /// Whether a value is its own text, whatever stands round it: a number, or a word that is not null.
  private static func isPlain(_ value: ArraySlice<UInt8>) -> Bool {
    func isAlphanumeric(_ byte: UInt8) -> Bool {
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
    guard let first = value.first, isAlphanumeric(first) || first == UInt8(ascii: "/") else {
      return false
    }
    guard value.allSatisfy({ isAlphanumeric($0) || Array("._+-/".utf8).contains($0) }) else {
      return false
    }
    return !String(decoding: value, as: UTF8.self).lowercased().elementsEqual("null")
  }

  private static func equal(
    _ a: [UInt8], _ first: Range<Int>, _ b: [UInt8], _ second: Range<Int>
  ) -> Bool {
    guard first.count == second.count else { return false }
    for index in 0..<first.count where a[first.lowerBound + index] != b[second.lowerBound + index] {
      return false
    }
    return true
  }
}
