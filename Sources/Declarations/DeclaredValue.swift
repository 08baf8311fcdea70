import Diagnostics

/// A checked value in the form that all declarations share; typed by `Parameter` and `Values`.
package indirect enum DeclaredValue: Sendable, Hashable {
  case null
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case list([DeclaredValue])
  /// A component chosen from a catalogue: its name and its arguments, defaults filled in.
  case component(ComponentValue)

  /// The number of an integer or a number.
  package var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}

/// A component's name with its arguments.
package struct ComponentValue: Sendable, Hashable {
  package let name: String
  package let values: Values
  package init(name: String, values: Values) {
    self.name = name
    self.values = values
  }
}

/// Where a value came from, for `resolved.yaml` and `plan`.
package enum Origin: Sendable {
  /// Written in a file or in an argument.
  case written(Span)
  /// Not written: the declaration's default.
  case byDefault
  /// Taken from the weights' metadata.
  case weights
}

/// The checked arguments of one component or section, by parameter name, each with its origin.
///
/// Equality and hash look at the values alone.
package struct Values: Sendable, Hashable {
  package private(set) var entries: [String: DeclaredValue]
  package private(set) var origins: [String: Origin]
  /// Where the component itself is written; errors about defaults point here.
  package var span: Span?

  package init(
    _ entries: [String: DeclaredValue] = [:], origins: [String: Origin] = [:], span: Span? = nil
  ) {
    self.entries = entries
    self.origins = origins
    self.span = span
  }

  package static func == (left: Values, right: Values) -> Bool { left.entries == right.entries }
  package func hash(into hasher: inout Hasher) { hasher.combine(entries) }

  package mutating func set(_ name: String, _ value: DeclaredValue, _ origin: Origin) {
    entries[name] = value
    origins[name] = origin
  }

  /// The typed value of a parameter. Values are checked against their declaration before, so a miss is our bug.
  package subscript<Value: ParameterValue>(parameter: Parameter<Value>) -> Value {
    guard let declared = entries[parameter.name] ?? parameter.declaredDefault else {
      preconditionFailure("'\(parameter.name)' is required and was checked to be there")
    }
    guard let value = Value(declared) else {
      preconditionFailure("'\(parameter.name)' was checked to be \(Value.kind), got \(declared)")
    }
    return value
  }

  /// The typed value of a parameter, or nil where it was wrong or is not there.
  package func checked<Value: ParameterValue>(_ parameter: Parameter<Value>) -> Value? {
    entries[parameter.name].flatMap { Value($0) }
  }

  /// Where to point for a parameter: its value if written, else its component.
  package func span(of name: String) -> Span? {
    if case .written(let span)? = origins[name] { return span }
    return span
  }
}
