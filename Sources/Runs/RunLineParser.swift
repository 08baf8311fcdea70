import Models

/// Reads the lines of a `.jsonl` file, each an object of numbers and words.
///
/// Lines as runs write them are read without making a tree of them, which takes a tenth of the time; whatever is not as
/// plain, such as an escape in a word, goes through `JSON`. Both accept the same and give the same.
package struct RunLineParser {
  private struct Member {
    let name: [UInt8]
    let isWord: Bool
  }

  /// The members of the line before: mostly they are those of the next one.
  private var form: [Member] = []
  private var numberNames = RunRowNames([])
  private var wordNames = RunRowNames([])

  package init() {}

  /// Nil for what is no such object.
  package mutating func line(_ bytes: [UInt8], _ range: Range<Int>) -> RunLine? {
    plain(bytes, range) ?? Self.any(Array(bytes[range]))
  }

  /// Nil also where the line may be right and is not plain.
  package mutating func plain(_ bytes: [UInt8], _ range: Range<Int>) -> RunLine? {
    var scanner = PlainScanner(bytes: bytes, position: range.lowerBound, end: range.upperBound)
    var numbers: [Double] = []
    var words: [String] = []
    numbers.reserveCapacity(form.count)
    // Nil as long as the line has the members of the one before.
    var members: [Member]?
    var count = 0
    guard scanner.take(UInt8(ascii: "{")) else { return nil }
    if !scanner.take(UInt8(ascii: "}")) {
      repeat {
        guard let name = scanner.string(), scanner.take(UInt8(ascii: ":")) else { return nil }
        let isWord: Bool
        if let word = scanner.string() {
          words.append(String(decoding: bytes[word], as: UTF8.self))
          isWord = true
        } else if let number = scanner.number() {
          numbers.append(number)
          isWord = false
        } else {
          return nil
        }
        let isAsBefore =
          members == nil && count < form.count && form[count].isWord == isWord
          && Self.equal(bytes, name, form[count].name)
        if !isAsBefore {
          members = members ?? Array(form.prefix(count))
          members?.append(Member(name: Array(bytes[name]), isWord: isWord))
        }
        count += 1
      } while scanner.take(UInt8(ascii: ","))
      guard scanner.take(UInt8(ascii: "}")) else { return nil }
    }
    guard scanner.isAtEnd else { return nil }
    if members == nil, count < form.count { members = Array(form.prefix(count)) }
    if let members {
      // A name that stands twice is for the other parser to refuse.
      guard Set(members.map(\.name)).count == members.count else { return nil }
      form = members
      func names(_ isWord: Bool) -> RunRowNames {
        RunRowNames(
          members.filter { $0.isWord == isWord }.map { String(decoding: $0.name, as: UTF8.self) })
      }
      (numberNames, wordNames) = (names(false), names(true))
    }
    return RunLine(
      numbers: RunRow(names: numberNames, values: numbers),
      words: RunRow(names: wordNames, values: words))
  }

  private static func equal(_ bytes: [UInt8], _ range: Range<Int>, _ name: [UInt8]) -> Bool {
    guard range.count == name.count else { return false }
    for index in 0..<name.count where bytes[range.lowerBound + index] != name[index] {
      return false
    }
    return true
  }

  /// Any JSON.
  package static func any(_ bytes: [UInt8]) -> RunLine? {
    guard case .object(let members)? = try? JSON(bytes) else { return nil }
    var numbers: [(String, Double)] = []
    var words: [(String, String)] = []
    for member in members {
      switch member.value {
      case .integer(let value): numbers.append((member.name, Double(value)))
      case .number(let value): numbers.append((member.name, value))
      case .string(let word): words.append((member.name, word))
      case .null: numbers.append((member.name, .nan))
      case .boolean, .array, .object: return nil
      }
    }
    return RunLine(
      numbers: RunRow(names: RunRowNames(numbers.map(\.0)), values: numbers.map(\.1)),
      words: RunRow(names: RunRowNames(words.map(\.0)), values: words.map(\.1)))
  }
}

/// Steps over plain JSON: strings of ASCII without escapes, numbers and `null`.
private struct PlainScanner {
  let bytes: [UInt8]
  var position: Int
  let end: Int

  private mutating func skipSpace() {
    while position < end {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  /// Whether nothing but space is left.
  var isAtEnd: Bool {
    mutating get {
      skipSpace()
      return position == end
    }
  }

  /// Steps over a byte, and the space before it, where it is there.
  mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    return takeNext(byte)
  }

  private mutating func takeNext(_ byte: UInt8) -> Bool {
    guard position < end, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  /// Where the contents of a plain string are; nil, and nothing stepped over but space, where there is none.
  mutating func string() -> Range<Int>? {
    skipSpace()
    guard position < end, bytes[position] == UInt8(ascii: "\"") else { return nil }
    let start = position + 1
    var place = start
    while place < end {
      switch bytes[place] {
      case UInt8(ascii: "\""):
        position = place + 1
        return start..<place
      case UInt8(ascii: "\\"), 0..<0x20, 0x80...: return nil
      default: place += 1
      }
    }
    return nil
  }

  /// The powers of ten that are exact.
  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
    1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// A number, or `null` as none; nil for anything else.
  mutating func number() -> Double? {
    skipSpace()
    let start = position
    if takeNext(UInt8(ascii: "n")) {
      for byte in "ull".utf8 { guard takeNext(byte) else { return nil } }
      return .nan
    }
    var isInteger = true
    var digits = 0
    var mantissa = 0
    var exponent = 0
    let isNegative = takeNext(UInt8(ascii: "-"))
    func digit() -> Int? {
      guard position < end, (0x30...0x39).contains(bytes[position]) else { return nil }
      return Int(bytes[position]) - 0x30
    }
    func add(_ value: Int) {
      digits += 1
      // Beyond 15 digits the text is read again.
      if digits <= 15 { mantissa = mantissa * 10 + value }
      position += 1
    }
    guard let first = digit() else { return nil }
    add(first)
    if first != 0 { while let value = digit() { add(value) } }
    if takeNext(UInt8(ascii: ".")) {
      isInteger = false
      let before = digits
      while let value = digit() { add(value) }
      guard digits > before else { return nil }
      exponent = before - digits
    }
    if takeNext(UInt8(ascii: "e")) || takeNext(UInt8(ascii: "E")) {
      isInteger = false
      let isDown = takeNext(UInt8(ascii: "-"))
      if !isDown { _ = takeNext(UInt8(ascii: "+")) }
      guard digit() != nil else { return nil }
      var written = 0
      while let value = digit() {
        written = min(written * 10 + value, 100_000)
        position += 1
      }
      exponent += isDown ? -written : written
    }
    // A number of up to 15 digits and a power of ten up to 22 are exact, and so one operation rounds once
    // (Clinger 1990, "How to read floating point numbers accurately").
    if digits <= 15, (-22...22).contains(exponent) {
      let value =
        exponent < 0
        ? Double(mantissa) / Self.powers[-exponent] : Double(mantissa) * Self.powers[exponent]
      return isNegative && !(isInteger && mantissa == 0) ? -value : value
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let value = Int(text) { return Double(value) }
    guard let value = Double(text), value.isFinite else { return nil }
    return value
  }
}
