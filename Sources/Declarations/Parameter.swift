/// What a number counts or measures.
package enum Unit: String, Sendable {
  case pixels, degrees, epochs, steps, pictures, fraction, probability, threads, seconds, bytes
}

/// One argument of a component or key of a section, declared once.
package struct Parameter<Value: ParameterValue>: Sendable {
  package let name: String
  package let kind: Kind
  package let declaredDefault: DeclaredValue?
  package let unit: Unit?
  package let doc: String
  /// A value as it may be written; empty where the component's own example shows it.
  package let example: String

  /// A parameter with a kind of its own; required where `default` is nil.
  package init(
    _ name: String, _ kind: Kind = Value.kind, default value: Value? = nil, unit: Unit? = nil,
    doc: String, example: String = ""
  ) {
    self.name = name
    self.kind = kind
    self.declaredDefault = value?.declared
    self.unit = unit
    self.doc = doc
    self.example = example
  }

  package var erased: AnyParameter {
    AnyParameter(
      name: name, kind: kind, defaultValue: declaredDefault, unit: unit, doc: doc,
      example: example)
  }
}

extension Parameter where Value == Int {
  package init(
    _ name: String, in range: ClosedRange<Int>, default value: Int? = nil, unit: Unit? = nil,
    doc: String, example: String = ""
  ) {
    self.init(name, .integer(range), default: value, unit: unit, doc: doc, example: example)
  }
}

extension Parameter where Value == Double {
  package init(
    _ name: String, in range: NumberRange, default value: Double? = nil, unit: Unit? = nil,
    doc: String, example: String = ""
  ) {
    self.init(name, .number(range), default: value, unit: unit, doc: doc, example: example)
  }
}

/// A parameter without its Swift type: what decoding, schema and reference pages need.
package struct AnyParameter: Sendable, Hashable {
  package let name: String
  package let kind: Kind
  /// Nil where the parameter must be written.
  package let defaultValue: DeclaredValue?
  package let unit: Unit?
  package let doc: String
  /// A value as it may be written.
  package let example: String

  /// The same, narrowed to what its place allows.
  package func narrowed(to kind: Kind, default value: DeclaredValue?) -> AnyParameter {
    AnyParameter(
      name: name, kind: kind, defaultValue: value, unit: unit, doc: doc, example: example)
  }
}

/// So that a declaration can list parameters of different types.
package protocol AnyParameterConvertible: Sendable {
  var erased: AnyParameter { get }
}
extension Parameter: AnyParameterConvertible {}
