/// What a component says of itself, in one place; everything else about it is derived.
package struct Declaration: Sendable, Hashable {
  /// The name in YAML, in torch's spelling.
  package let name: String
  /// One sentence: what it does.
  package let doc: String
  package private(set) var parameters: [AnyParameter]
  /// The parameter that `Name: value` sets, or a section's value that is no mapping; nil where there is none.
  package let main: String?
  /// Words that may stand for a set of arguments: `Normalize: imagenet`.
  package let presets: [String: [String: DeclaredValue]]
  /// The counterpart whose meaning this is, such as `torchvision.transforms.v2.RandomCrop`.
  package let mirrors: String
  /// The paper or source, with its section.
  package let source: String
  /// What it computes, in lines of plain text with the names of the arguments.
  package let formula: String
  /// From which shape to which, and on what condition; empty where no picture or batch passes through it.
  package let shape: String
  /// What it draws at random for each picture, in order; `nothing` where it draws nothing, empty outside transforms.
  package let draws: String
  /// What it keeps from step to step; empty where it keeps nothing.
  package let state: String
  /// Where its meaning or its arguments are not the counterpart's; nil where they are.
  package let differs: String?
  /// One use as it stands in a list behind its dash, such as `RandomCrop: {size: 32}`.
  package let example: String
  /// What the language keeps a place for and refuses until it works.
  package let later: [Later]

  /// A key, or one value of a key, that does not work yet.
  package enum Later: Sendable, Hashable {
    case key(String)
    case value(String, of: String)
  }

  /// - Parameters:
  ///   - main: by default the first parameter.
  ///   - formula: what the reference page says, as are `shape`, `draws`, `state`, `differs` and `example`; every
  ///     catalogue's tests ask for them.
  package init(
    _ name: String, _ parameters: [any AnyParameterConvertible], main: String? = nil,
    presets: [String: [String: DeclaredValue]] = [:], doc: String, mirrors: String,
    source: String = "", formula: String = "", shape: String = "", draws: String = "",
    state: String = "", differs: String? = nil, example: String = ""
  ) {
    self.name = name
    self.doc = doc
    self.parameters = parameters.map(\.erased)
    self.main = main ?? parameters.first?.erased.name
    self.presets = presets
    self.mirrors = mirrors
    self.source = source
    self.formula = formula
    self.shape = shape
    self.draws = draws
    self.state = state
    self.differs = differs
    self.example = example
    self.later = []
  }

  /// A section of the experiment: keys without a name to choose, such as `train`.
  ///
  /// - Parameter main: the key that a value alone stands for, where the section need not be a mapping.
  package init(
    section name: String, _ parameters: [any AnyParameterConvertible], main: String? = nil,
    later: [Later] = [], doc: String, example: String = ""
  ) {
    self.name = name
    self.doc = doc
    self.parameters = parameters.map(\.erased)
    self.main = main
    self.presets = [:]
    self.mirrors = ""
    self.source = ""
    self.formula = ""
    self.shape = ""
    self.draws = ""
    self.state = ""
    self.differs = nil
    self.example = example
    self.later = later
  }

  /// The same with one parameter more, where it has none of that name; the main argument stays.
  package func adding(_ parameter: any AnyParameterConvertible) -> Declaration {
    let added = parameter.erased
    if self.parameter(added.name) != nil { return self }
    var copy = self
    copy.parameters.append(added)
    return copy
  }

  package func parameter(_ name: String) -> AnyParameter? {
    parameters.first { $0.name == name }
  }

  /// The values of a component with nothing written, plus the given ones; for tests and code, not for user input.
  package func values(_ written: [String: DeclaredValue] = [:]) -> Values {
    var values = Values()
    for parameter in parameters {
      if let value = written[parameter.name] {
        values.set(parameter.name, value, .byDefault)
      } else if let value = parameter.defaultValue {
        values.set(parameter.name, value, .byDefault)
      }
    }
    return values
  }
}

/// A family of components of one kind, such as the transforms: what a name in YAML is looked up in.
package struct Family: Sendable {
  /// As in `Kind.component`, and in messages: `transform`, `optimizer`, `scheduler`, `loss`.
  package let name: String
  package let declarations: [Declaration]

  package init(_ name: String, _ declarations: [Declaration]) {
    self.name = name
    self.declarations = declarations
  }

  package func declaration(_ name: String) -> Declaration? {
    declarations.first { $0.name == name }
  }
}
