import Diagnostics

/// A YAML value as it was written, with its place.
package struct Node: Sendable {
  package indirect enum Content: Sendable {
    case scalar(Scalar)
    case sequence([Node])
    case mapping([Entry])
  }

  /// A key with its value.
  package struct Entry: Sendable {
    package let key: String
    package let keySpan: Span
    package var value: Node
    /// Brought in by `<<`: a key that is written beside it wins.
    package let isMerged: Bool

    package init(key: String, keySpan: Span, value: Node, isMerged: Bool = false) {
      self.key = key
      self.keySpan = keySpan
      self.value = value
      self.isMerged = isMerged
    }
  }

  package var content: Content
  /// The value without its anchor and tag; for an empty value the key that it belongs to.
  package var span: Span
  /// Levels of nesting below and with this node.
  package let height: Int
  /// Nodes in this one, itself included, aliases expanded.
  package let count: Int

  /// Keys that a null of a file took away from those it extends, with the null's place.
  package var removals: [String: Span] = [:]

  package init(_ content: Content, span: Span) {
    self.content = content
    self.span = span
    let children: [Node] =
      switch content {
      case .scalar: []
      case .sequence(let elements): elements
      case .mapping(let entries): entries.map(\.value)
      }
    height = 1 + (children.map(\.height).max() ?? 0)
    count = 1 + children.reduce(0) { $0 + $1.count }
  }

  package var scalar: Scalar? {
    if case .scalar(let scalar) = content { return scalar }
    return nil
  }

  package var isNull: Bool {
    if case .null? = scalar?.value { return true }
    return false
  }

  /// The value of a key, where this is a mapping that has it.
  package subscript(key: String) -> Node? {
    guard case .mapping(let entries) = content else { return nil }
    return entries.first { $0.key == key }?.value
  }
}

/// A scalar: its text, and what the core schema of YAML 1.2 takes it for.
package struct Scalar: Sendable, Hashable {
  package enum Value: Sendable, Hashable {
    case null
    case boolean(Bool)
    case integer(Int)
    /// An integer that `Int` cannot hold.
    case hugeInteger(Double)
    case number(Double)
    case string(String)
  }

  package let text: String
  package let value: Value
  /// Holds a variable's value: that is text, so it fits where a string is wanted, whatever it looks like.
  package let isInterpolated: Bool

  /// A plain scalar is resolved, a quoted one is a string.
  package init(_ text: String, isPlain: Bool) {
    self.init(text: text, value: isPlain ? Self.resolve(text) : .string(text))
  }

  package init(text: String, value: Value, isInterpolated: Bool = false) {
    self.text = text
    self.value = value
    self.isInterpolated = isInterpolated
  }

  /// YAML 1.2.2, section 10.3.2: `yes` is a string, `0o17` is octal, `017` is seventeen.
  package static func resolve(_ text: String) -> Value {
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .boolean(true)
    case "false", "False", "FALSE": return .boolean(false)
    case ".nan", ".NaN", ".NAN": return .number(.nan)
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .number(.infinity)
    case "-.inf", "-.Inf", "-.INF": return .number(-.infinity)
    default: break
    }
    let bytes = Array(text.utf8)
    if text.hasPrefix("0o") { return radix(bytes.dropFirst(2), 8) ?? .string(text) }
    if text.hasPrefix("0x") { return radix(bytes.dropFirst(2), 16) ?? .string(text) }
    return decimal(bytes, text) ?? .string(text)
  }

  private static func radix(_ digits: ArraySlice<UInt8>, _ base: Int) -> Value? {
    guard !digits.isEmpty else { return nil }
    var exact: Int? = 0
    var approximate = 0.0
    for digit in digits {
      let value: Int
      switch digit {
      case 0x30...0x39: value = Int(digit) - 0x30
      case 0x41...0x46: value = Int(digit) - 0x41 + 10
      case 0x61...0x66: value = Int(digit) - 0x61 + 10
      default: return nil
      }
      guard value < base else { return nil }
      approximate = approximate * Double(base) + Double(value)
      if let before = exact {
        let (product, overflows) = before.multipliedReportingOverflow(by: base)
        let (sum, overflowsToo) = product.addingReportingOverflow(value)
        exact = overflows || overflowsToo ? nil : sum
      }
    }
    return exact.map { .integer($0) } ?? .hugeInteger(approximate)
  }

  /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
  private static func decimal(_ bytes: [UInt8], _ text: String) -> Value? {
    var index = 0
    func digits() -> Int {
      let start = index
      while index < bytes.count, (0x30...0x39).contains(bytes[index]) { index += 1 }
      return index - start
    }
    func skip(_ characters: String) -> Bool {
      guard index < bytes.count, characters.utf8.contains(bytes[index]) else { return false }
      index += 1
      return true
    }
    _ = skip("+-")
    let whole = digits()
    var isInteger = true
    var fraction = 0
    if skip(".") {
      isInteger = false
      fraction = digits()
    }
    guard whole + fraction > 0 else { return nil }
    let mantissaEnd = index
    if skip("eE") {
      isInteger = false
      _ = skip("+-")
      guard digits() > 0 else { return nil }
    }
    guard index == bytes.count else { return nil }
    if isInteger, let value = Int(text) { return .integer(value) }
    // `1.` and `.5` are numbers in YAML; give the parser a digit on both sides.
    var mantissa = String(decoding: bytes[..<mantissaEnd], as: UTF8.self)
    if mantissa.hasSuffix(".") { mantissa += "0" }
    let exponent = String(decoding: bytes[mantissaEnd...], as: UTF8.self)
    guard let value = Double(mantissa + exponent) ?? Double("0" + mantissa + exponent) else {
      return nil
    }
    return isInteger ? .hugeInteger(value) : .number(value)
  }
}
