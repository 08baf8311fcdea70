/// A JSON value that keeps the order and the places of its members; what weight files describe themselves in.
package indirect enum JSON: Sendable, Hashable {
  case null
  case boolean(Bool)
  /// A number that is an integer of 64 bits, written without fraction and exponent.
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([Member])

  /// A name with its value, and the byte at which the name begins.
  package struct Member: Sendable, Hashable {
    package let name: String
    package let value: JSON
    package let offset: Int
    package init(_ name: String, _ value: JSON, offset: Int = 0) {
      self.name = name
      self.value = value
      self.offset = offset
    }
  }

  /// Why a text is not JSON.
  package enum Mistake: String, Sendable, Hashable {
    case unexpectedEnd = "the text ends too early"
    case unexpectedByte = "a byte that cannot stand here"
    case badString = "a string with a bad escape, a control byte or bad UTF-8"
    case badNumber = "a number that is not one"
    case tooDeep = "values are nested too deeply"
    case duplicateName = "a name that stands twice"
  }

  package struct ParseError: Error, Sendable, Hashable {
    package let mistake: Mistake
    /// Counted in bytes from the start of the text.
    package let offset: Int
  }

  /// Reads a whole text (RFC 8259); names that stand twice are refused.
  package init(_ bytes: [UInt8]) throws(ParseError) {
    var parser = JSONParser(bytes: bytes)
    self = try parser.document()
  }

  package subscript(name: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// The string's contents; nil for other kinds.
  package var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// The number's value; nil for other kinds.
  package var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// A string as JSON writes it: quoted, with the escapes that RFC 8259 asks for and no others.
  package static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

/// A recursive-descent parser; its depth is bounded, so that no text can exhaust the stack.
private struct JSONParser {
  let bytes: [UInt8]
  var position = 0
  var depth = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  func failure(_ mistake: JSON.Mistake) -> JSON.ParseError {
    JSON.ParseError(mistake: mistake, offset: position)
  }

  mutating func document() throws(JSON.ParseError) -> JSON {
    let value = try value()
    skipSpace()
    guard position == bytes.count else { throw failure(.unexpectedByte) }
    return value
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  private func peek() throws(JSON.ParseError) -> UInt8 {
    guard position < bytes.count else { throw failure(.unexpectedEnd) }
    return bytes[position]
  }

  /// Steps over a byte where it is there.
  private mutating func take(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ byte: UInt8) throws(JSON.ParseError) {
    guard try peek() == byte else { throw failure(.unexpectedByte) }
    position += 1
  }

  private mutating func word(_ word: String, _ value: JSON) throws(JSON.ParseError) -> JSON {
    for byte in word.utf8 { try expect(byte) }
    return value
  }

  private mutating func value() throws(JSON.ParseError) -> JSON {
    skipSpace()
    switch try peek() {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw failure(.unexpectedByte)
    }
  }

  private mutating func enter() throws(JSON.ParseError) {
    depth += 1
    guard depth <= 32 else { throw failure(.tooDeep) }
    position += 1
    skipSpace()
  }

  private mutating func object() throws(JSON.ParseError) -> JSON {
    try enter()
    var members: [JSON.Member] = []
    // Of few names each is looked at, which takes less time than a set of them.
    let few = 16
    var names = Set<String>()
    if take(UInt8(ascii: "}")) {
      depth -= 1
      return .object([])
    }
    while true {
      skipSpace()
      let start = position
      let name = try string()
      if members.count == few { names = Set(members.map(\.name)) }
      let isNew =
        members.count < few
        ? !members.contains { $0.name == name } : names.insert(name).inserted
      guard isNew else { throw JSON.ParseError(mistake: .duplicateName, offset: start) }
      skipSpace()
      try expect(UInt8(ascii: ":"))
      members.append(JSON.Member(name, try value(), offset: start))
      skipSpace()
      if take(UInt8(ascii: "}")) { break }
      try expect(UInt8(ascii: ","))
    }
    depth -= 1
    return .object(members)
  }

  private mutating func array() throws(JSON.ParseError) -> JSON {
    try enter()
    var elements: [JSON] = []
    if take(UInt8(ascii: "]")) {
      depth -= 1
      return .array([])
    }
    while true {
      elements.append(try value())
      skipSpace()
      if take(UInt8(ascii: "]")) { break }
      try expect(UInt8(ascii: ","))
    }
    depth -= 1
    return .array(elements)
  }

  private mutating func string() throws(JSON.ParseError) -> String {
    try expect(UInt8(ascii: "\""))
    // Most strings hold nothing but characters that stand for themselves.
    let start = position
    while position < bytes.count, Self.isPlain(bytes[position]) { position += 1 }
    if take(UInt8(ascii: "\"")) {
      guard let text = String(validating: bytes[start..<position - 1], as: UTF8.self) else {
        position -= 1
        throw failure(.badString)
      }
      return text
    }
    var content = Array(bytes[start..<position])
    while true {
      let byte = try peek()
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: content, as: UTF8.self) else {
          throw failure(.badString)
        }
        position += 1
        return text
      case UInt8(ascii: "\\"):
        position += 1
        content += Array(String(try escaped()).utf8)
      case 0..<0x20: throw failure(.badString)
      default:
        content.append(byte)
        position += 1
      }
    }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
  }

  /// What stands behind a backslash.
  private mutating func escaped() throws(JSON.ParseError) -> Unicode.Scalar {
    let byte = try peek()
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{08}"
    case UInt8(ascii: "f"): return "\u{0C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      var code = try hexadecimal()
      if (0xD800..<0xDC00).contains(code) {
        // The first half of a pair; the second must follow.
        try expect(UInt8(ascii: "\\"))
        try expect(UInt8(ascii: "u"))
        let low = try hexadecimal()
        guard (0xDC00..<0xE000).contains(low) else { throw failure(.badString) }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw failure(.badString) }
      return scalar
    default:
      position -= 1
      throw failure(.badString)
    }
  }

  private mutating func hexadecimal() throws(JSON.ParseError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(try peek())).hexDigitValue else {
        throw failure(.badString)
      }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }

  private mutating func digits() throws(JSON.ParseError) {
    let start = position
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
    guard position > start else { throw failure(.badNumber) }
  }

  private mutating func number() throws(JSON.ParseError) -> JSON {
    let start = position
    var isInteger = true
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) { try digits() }
    if take(UInt8(ascii: ".")) {
      isInteger = false
      try digits()
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      isInteger = false
      _ = take(UInt8(ascii: "+")) || take(UInt8(ascii: "-"))
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else { throw failure(.badNumber) }
    return .number(value)
  }
}
