/// What may be written for a parameter, as the decoder, the schema and the reference pages see it.
package indirect enum Kind: Sendable, Hashable {
  case boolean
  case integer(ClosedRange<Int>)
  case number(NumberRange)
  case string
  /// One of a few words.
  case choice([String])
  case list(Kind, count: ClosedRange<Int>)
  /// The first that fits.
  case either([Kind])
  /// The kind, or `null`.
  case optional(Kind)
  /// A component of a family, such as `optimizer`; its catalogue is looked up by the family's name.
  case component(String)
  /// A mapping with the keys of a declaration; its value is a component of the declaration's name.
  case section(Declaration)
}

/// A range of real numbers with open or closed ends. Infinities leave an end free.
package struct NumberRange: Sendable, Hashable, CustomStringConvertible {
  package var lower: Double
  package var upper: Double
  package var excludesLower: Bool
  package var excludesUpper: Bool

  package init(
    _ lower: Double, _ upper: Double, excludesLower: Bool = false, excludesUpper: Bool = false
  ) {
    self.lower = lower
    self.upper = upper
    self.excludesLower = excludesLower
    self.excludesUpper = excludesUpper
  }

  package static let any = NumberRange(-.infinity, .infinity)
  package static let nonnegative = NumberRange(0, .infinity)
  package static let positive = NumberRange(0, .infinity, excludesLower: true)
  package static let unit = NumberRange(0, 1)
  package static let unitBelowOne = NumberRange(0, 1, excludesUpper: true)

  package func contains(_ value: Double) -> Bool {
    guard value.isFinite else { return false }
    if excludesLower ? value <= lower : value < lower { return false }
    return !(excludesUpper ? value >= upper : value > upper)
  }

  /// The rule in words, as it follows "must be": `greater than 0`, `from 0 to 1`.
  package var description: String {
    switch (lower.isFinite, upper.isFinite) {
    case (false, false): return "a finite number"
    case (true, false):
      return excludesLower ? "greater than \(short(lower))" : "at least \(short(lower))"
    case (false, true):
      return excludesUpper ? "less than \(short(upper))" : "at most \(short(upper))"
    case (true, true):
      let from = excludesLower ? "greater than \(short(lower))" : "from \(short(lower))"
      let to = excludesUpper ? "less than \(short(upper))" : "to \(short(upper))"
      return excludesLower || excludesUpper
        ? "\(from) and \(to)".replacing("and to", with: "up to") : "\(from) \(to)"
    }
  }

  private func short(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
  }
}

/// A type that a parameter can have.
package protocol ParameterValue: Sendable {
  /// What may be written for it where the parameter states nothing narrower.
  static var kind: Kind { get }
  /// The value, or nil where the declared value is of another kind.
  init?(_ declared: DeclaredValue)
  var declared: DeclaredValue { get }
}

extension Bool: ParameterValue {
  package static var kind: Kind { .boolean }
  package init?(_ declared: DeclaredValue) {
    guard case .boolean(let value) = declared else { return nil }
    self = value
  }
  package var declared: DeclaredValue { .boolean(self) }
}

extension Int: ParameterValue {
  package static var kind: Kind { .integer(Int.min...Int.max) }
  package init?(_ declared: DeclaredValue) {
    guard case .integer(let value) = declared else { return nil }
    self = value
  }
  package var declared: DeclaredValue { .integer(self) }
}

extension Double: ParameterValue {
  package static var kind: Kind { .number(.any) }
  package init?(_ declared: DeclaredValue) {
    guard let value = declared.double else { return nil }
    self = value
  }
  package var declared: DeclaredValue { .number(self) }
}

extension String: ParameterValue {
  package static var kind: Kind { .string }
  package init?(_ declared: DeclaredValue) {
    guard case .string(let value) = declared else { return nil }
    self = value
  }
  package var declared: DeclaredValue { .string(self) }
}

extension Array: ParameterValue where Element: ParameterValue {
  package static var kind: Kind { .list(Element.kind, count: 0...Int.max) }
  package init?(_ declared: DeclaredValue) {
    guard case .list(let values) = declared else { return nil }
    var elements: [Element] = []
    for value in values {
      guard let element = Element(value) else { return nil }
      elements.append(element)
    }
    self = elements
  }
  package var declared: DeclaredValue { .list(map(\.declared)) }
}

extension Optional: ParameterValue where Wrapped: ParameterValue {
  package static var kind: Kind { .optional(Wrapped.kind) }
  package init?(_ declared: DeclaredValue) {
    if case .null = declared {
      self = .none
    } else {
      guard let value = Wrapped(declared) else { return nil }
      self = .some(value)
    }
  }
  package var declared: DeclaredValue { self?.declared ?? .null }
}

/// For what has no type of its own: a parameter of several kinds. Its kind is always stated.
extension DeclaredValue: ParameterValue {
  package static var kind: Kind { .either([]) }
  package init?(_ declared: DeclaredValue) { self = declared }
  package var declared: DeclaredValue { self }
}

extension ComponentValue: ParameterValue {
  package static var kind: Kind { .component("") }
  package init?(_ declared: DeclaredValue) {
    guard case .component(let value) = declared else { return nil }
    self = value
  }
  package var declared: DeclaredValue { .component(self) }
}

/// An enumeration of words, such as `interpolation: bilinear`.
package protocol ChoiceValue: ParameterValue, RawRepresentable, CaseIterable
where RawValue == String {}

extension ChoiceValue {
  package static var kind: Kind { .choice(allCases.map(\.rawValue)) }
  package init?(_ declared: DeclaredValue) {
    guard case .string(let word) = declared else { return nil }
    self.init(rawValue: word)
  }
  package var declared: DeclaredValue { .string(rawValue) }
}
