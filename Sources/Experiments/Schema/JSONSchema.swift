import Declarations
import Diagnostics
import Documents
import Models

/// The experiment language as JSON Schema 2020-12, for editors; derived from the declarations alone.
///
/// Every section is defined twice: whole, as a file of its own needs it, and as an overlay for files with
/// `extends`, where nothing is required and `null` removes what is below. Whatever `check` accepts, it accepts.
package enum JSONSchema {
  /// The schema's name; no address, as nothing is fetched.
  static let identifier = "urn:xrun:schema:experiment"

  /// The schema of a whole file. The same declarations give the same value.
  package static func experiment(_ families: Families = .standard) -> JSON {
    var builder = SchemaBuilder(families: families)
    let whole = builder.section(ExperimentSection.declaration, as: .whole)
    let overlay = builder.section(ExperimentSection.declaration, as: .overlay)
    return .object([
      JSON.Member("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
      JSON.Member("$id", .string(identifier)),
      JSON.Member("title", .string("xrun experiment")),
      JSON.Member("description", .string("An experiment that 'xrun FILE' trains.")),
      JSON.Member("type", .string("object")),
      JSON.Member("if", Rule.has(ExperimentSection.extends.name)),
      JSON.Member("then", overlay),
      JSON.Member("else", whole),
      JSON.Member("$defs", .object(builder.finished())),
    ])
  }

  /// Its text, ending in a line break, as it stands in `docs/reference/xrun.schema.json`.
  package static func text(_ families: Families = .standard) -> String {
    experiment(families).text() + "\n"
  }
}

/// Walks declarations and keeps what they define.
struct SchemaBuilder {
  /// What a section is written for.
  enum Form: String {
    /// All that it needs.
    case whole = "section"
    /// What is laid over another file.
    case overlay
  }

  private let families: Families
  private var definitions: [JSON.Member] = []
  private var declarations: [String: Declaration] = [:]

  init(families: Families) { self.families = families }

  /// The definitions in the order of their names, with that of `${env:…}`.
  func finished() -> [JSON.Member] {
    let interpolated = JSON.Member(
      Self.interpolated,
      .object([
        JSON.Member("description", .string("taken from an environment variable")),
        JSON.Member("type", .string("string")), JSON.Member("pattern", .string(Self.pattern)),
      ]))
    return (definitions + [interpolated]).sorted { $0.name < $1.name }
  }

  private static let interpolated = "interpolated"
  /// Any scalar may be a string that holds `${env:…}`; what becomes of it is known only then.
  private static let pattern = "\\$\\{env:"

  // MARK: Sections

  /// A reference to a section's definition, which is made on the way.
  mutating func section(_ declaration: Declaration, as form: Form) -> JSON {
    let name = "\(form.rawValue).\(declaration.name)"
    if let known = declarations[name] {
      precondition(known == declaration, "sections have names of their own, but '\(name)' has two")
      return Self.reference(name)
    }
    declarations[name] = declaration
    var members = [
      JSON.Member("title", .string(declaration.name)),
      JSON.Member("description", .string(declaration.doc)),
      JSON.Member("type", .string("object")),
    ]
    let parameters = declaration.parameters.map { adjusted($0, in: declaration) }
    var properties: [JSON.Member] = []
    for parameter in parameters {
      let property =
        switch form {
        case .whole: self.property(parameter)
        case .overlay: overlay(parameter, of: declaration)
        }
      properties.append(JSON.Member(parameter.name, property))
    }
    members.append(JSON.Member("properties", .object(properties)))
    members.append(JSON.Member("additionalProperties", .boolean(false)))
    if form == .whole {
      let required = declaration.parameters.filter {
        $0.defaultValue == nil || SectionRules.isNeeded($0, in: declaration)
      }
      members += Rule.required(required.map(\.name))
    }
    members += SectionRules.rules(of: declaration, as: form)
    members += examples(declaration.example)
    definitions.append(JSON.Member(name, .object(members)))
    return Self.reference(name)
  }

  /// What a parameter is in its section, where the declaration alone does not say it.
  private func adjusted(_ parameter: AnyParameter, in declaration: Declaration) -> AnyParameter {
    if parameter == ModelSection.backbone.erased {
      return parameter.narrowed(to: .choice(families.backbones), default: parameter.defaultValue)
    }
    guard SectionRules.isNeverNull(parameter, in: declaration),
      case .optional(let wrapped) = parameter.kind
    else { return parameter }
    return parameter.narrowed(to: wrapped, default: nil)
  }

  /// A key over another file's: sections are merged, and `null` removes.
  private mutating func overlay(_ parameter: AnyParameter, of declaration: Declaration) -> JSON {
    // Refers to the whole section's key, so that nothing is said twice.
    _ = section(declaration, as: .whole)
    let pointer = "section.\(declaration.name)/properties/\(parameter.name)"
    let description = JSON.Member("description", .string(describe(parameter)))
    // `extends` itself is not merged.
    guard parameter.name != ExperimentSection.extends.name else {
      return Self.object([description], with: Self.reference(pointer))
    }
    let written =
      Self.holdsSection(parameter.kind)
      ? schema(parameter.kind, as: .overlay) : Self.reference(pointer)
    return .object([
      description,
      JSON.Member("anyOf", .array([written, .object([JSON.Member("type", .string("null"))])])),
    ])
  }

  private static func holdsSection(_ kind: Kind) -> Bool {
    switch kind {
    case .section: true
    case .optional(let wrapped): holdsSection(wrapped)
    case .either(let kinds): kinds.contains { holdsSection($0) }
    default: false
    }
  }

  // MARK: Components

  /// A reference to a family's definition: a name, or a mapping of one name to its arguments.
  private mutating func component(of name: String) -> JSON {
    guard let family = families.all.first(where: { $0.name == name }) else {
      preconditionFailure("the family '\(name)' is not among those given")
    }
    if definitions.contains(where: { $0.name == name }) { return Self.reference(name) }
    let bare = family.declarations.filter { $0.parameters.allSatisfy { $0.defaultValue != nil } }
    var properties: [JSON.Member] = []
    for declaration in family.declarations {
      properties.append(JSON.Member(declaration.name, arguments(of: declaration, in: family)))
    }
    let mapping: [JSON.Member] = [
      JSON.Member("type", .string("object")), JSON.Member("properties", .object(properties)),
      JSON.Member("additionalProperties", .boolean(false)),
      JSON.Member("minProperties", .integer(1)), JSON.Member("maxProperties", .integer(1)),
    ]
    var forms: [JSON] = [.object(mapping), Self.reference(Self.interpolated)]
    if !bare.isEmpty { forms.insert(Self.words(bare.map(\.name)), at: 0) }
    let kind = Decoder.describe(.component(name))
    let members: [JSON.Member] =
      [
        JSON.Member("title", .string(name)),
        JSON.Member(
          "description", .string("\(kind): its name, or a mapping of its name to its arguments")),
        JSON.Member("anyOf", .array(forms)),
      ] + Self.examples(family.declarations.compactMap { Self.parsed($0.example) })
    definitions.append(JSON.Member(name, .object(members)))
    return Self.reference(name)
  }

  /// What may stand behind a component's name.
  private mutating func arguments(of declaration: Declaration, in family: Family) -> JSON {
    let required = declaration.parameters.filter { $0.defaultValue == nil }.map(\.name)
    var properties: [JSON.Member] = []
    for parameter in declaration.parameters {
      properties.append(JSON.Member(parameter.name, property(parameter)))
    }
    var forms: [JSON] = [
      .object(
        [
          JSON.Member("type", .string("object")), JSON.Member("properties", .object(properties)),
          JSON.Member("additionalProperties", .boolean(false)),
        ] + Rule.required(required))
    ]
    // `Name: value`, where the value is the only argument that must be there.
    if let main = declaration.main.flatMap({ declaration.parameter($0) }),
      required.allSatisfy({ $0 == main.name })
    {
      forms.append(schema(Self.withoutNull(main.kind), as: .whole))
    }
    if required.isEmpty { forms.append(.object([JSON.Member("type", .string("null"))])) }
    if !declaration.presets.isEmpty {
      forms.append(Self.words(declaration.presets.keys.sorted()))
      forms.append(Self.reference(Self.interpolated))
    }

    var description = declaration.doc
    if !declaration.mirrors.isEmpty { description += "; as \(declaration.mirrors)" }
    if let differs = declaration.differs { description += ", but \(differs)" }
    var members = [
      JSON.Member("title", .string(declaration.name)),
      JSON.Member("description", .string(description)),
    ]
    if forms.count == 1, case .object(let only)? = forms.first {
      members += only
    } else {
      members.append(JSON.Member("anyOf", .array(forms)))
    }
    if case .object(let written)? = Self.parsed(declaration.example), let first = written.first {
      members += Self.examples([first.value])
    }
    let name = "\(family.name).\(declaration.name)"
    definitions.append(JSON.Member(name, .object(members)))
    return Self.object(
      [JSON.Member("description", .string(description))], with: Self.reference(name))
  }

  /// `Name: null` is the component without arguments, whatever its main argument takes.
  private static func withoutNull(_ kind: Kind) -> Kind {
    if case .optional(let wrapped) = kind { withoutNull(wrapped) } else { kind }
  }

  // MARK: Values

  private mutating func property(_ parameter: AnyParameter) -> JSON {
    var members = [JSON.Member("description", .string(describe(parameter)))]
    if let value = parameter.defaultValue, let json = defaultValue(value, parameter.kind) {
      members.append(JSON.Member("default", json))
    }
    members += examples(parameter.example)
    return Self.object(members, with: schema(parameter.kind, as: .whole))
  }

  private func defaultValue(_ value: DeclaredValue, _ kind: Kind) -> JSON? {
    switch (kind, value) {
    case (.optional(let wrapped), _): return defaultValue(value, wrapped)
    case (.section, .component(let section)):
      return JSON.arguments(section.values).map { .object($0) }
    default: return JSON(value)
    }
  }

  /// What may be written for a kind.
  private mutating func schema(_ kind: Kind, as form: Form, orNull: Bool = false) -> JSON {
    // Keywords that bound numbers say nothing of strings, and `pattern` nothing of numbers, so that a scalar
    // and its interpolation are one schema, whose errors editors show without alternatives.
    func types(_ names: String...) -> JSON.Member {
      let all = (names + (orNull ? ["null"] : [])).map { JSON.string($0) }
      return JSON.Member("type", all.count == 1 ? all[0] : .array(all))
    }
    let pattern = JSON.Member("pattern", .string(Self.pattern))
    switch kind {
    case .boolean: return .object([types("boolean", "string"), pattern])
    case .integer(let range):
      return .object([
        types("integer", "string"), JSON.Member("minimum", .integer(range.lowerBound)),
        JSON.Member("maximum", .integer(range.upperBound)), pattern,
      ])
    case .number(let range):
      return .object([types("number", "string")] + Self.bounds(range) + [pattern])
    case .string: return .object([types("string")])
    case .choice(let words):
      return Self.anyOf([Self.words(words), Self.reference(Self.interpolated)], orNull: orNull)
    case .list(let element, let count):
      var members = [types("array"), JSON.Member("items", schema(element, as: .whole))]
      if count.lowerBound > 0 {
        members.append(JSON.Member("minItems", .integer(count.lowerBound)))
      }
      if count.upperBound < .max {
        members.append(JSON.Member("maxItems", .integer(count.upperBound)))
      }
      return .object(members)
    case .either(let kinds):
      var forms: [JSON] = []
      for kind in kinds { forms.append(schema(kind, as: form)) }
      return Self.anyOf(forms, orNull: orNull)
    case .optional(let wrapped): return schema(wrapped, as: form, orNull: true)
    case .component(let family):
      let reference = component(of: family)
      return orNull ? Self.anyOf([reference], orNull: true) : reference
    case .section(let declaration):
      var reference = section(declaration, as: form)
      if let main = declaration.main.flatMap({ declaration.parameter($0) }) {
        reference = Self.anyOf(
          [schema(Self.withoutNull(main.kind), as: .whole), reference], orNull: false)
      }
      return orNull ? Self.anyOf([reference], orNull: true) : reference
    }
  }

  private static func bounds(_ range: NumberRange) -> [JSON.Member] {
    var members: [JSON.Member] = []
    if range.lower.isFinite {
      members.append(
        JSON.Member(range.excludesLower ? "exclusiveMinimum" : "minimum", .number(range.lower)))
    }
    if range.upper.isFinite {
      members.append(
        JSON.Member(range.excludesUpper ? "exclusiveMaximum" : "maximum", .number(range.upper)))
    }
    return members
  }

  // MARK: Words

  /// The doc, the unit and the range: what an editor shows over a key.
  private func describe(_ parameter: AnyParameter) -> String {
    var parts = [parameter.doc]
    switch parameter.unit {
    case nil: break
    case .fraction?: parts.append("a fraction")
    case .probability?: parts.append("a probability")
    case let unit?: parts.append("in \(unit.rawValue)")
    }
    if let range = Self.rangeText(parameter.kind) { parts.append(range) }
    return parts.joined(separator: "; ")
  }

  /// The range in words; nil where a kind has none worth saying.
  private static func rangeText(_ kind: Kind) -> String? {
    switch kind {
    case .integer(let range):
      switch (range.lowerBound == .min, range.upperBound == .max) {
      case (true, true): nil
      case (false, true): "at least \(range.lowerBound)"
      case (true, false): "at most \(range.upperBound)"
      case (false, false): "from \(range.lowerBound) to \(range.upperBound)"
      }
    case .number(let range):
      range.lower.isFinite || range.upper.isFinite ? range.description : nil
    case .optional(let wrapped): rangeText(wrapped).map { "\($0), or null" }
    case .list(let element, _): rangeText(element).map { "each \($0)" }
    case .either(let kinds): rangesText(kinds.map { rangeText($0) })
    default: nil
    }
  }

  /// Said once where all alternatives have the same.
  private static func rangesText(_ texts: [String?]) -> String? {
    let known = texts.compactMap { $0 }
    guard let first = known.first, known.count == texts.count else { return nil }
    return known.allSatisfy { $0 == first || $0 == "each \(first)" }
      ? first : known.joined(separator: ", or ")
  }

  // MARK: Pieces

  private func examples(_ text: String) -> [JSON.Member] {
    Self.parsed(text).map { Self.examples([$0]) } ?? []
  }

  private static func examples(_ values: [JSON]) -> [JSON.Member] {
    values.isEmpty ? [] : [JSON.Member("examples", .array(values))]
  }

  /// An example as it stands in a declaration.
  private static func parsed(_ example: String) -> JSON? {
    guard !example.isEmpty else { return nil }
    return DocumentParser.parse(SourceText(name: "example", text: example)).root.flatMap {
      JSON($0)
    }
  }

  private static func words(_ words: [String]) -> JSON {
    .object([JSON.Member("enum", .array(words.map { .string($0) }))])
  }

  private static func reference(_ name: String) -> JSON {
    .object([JSON.Member("$ref", .string("#/$defs/\(name)"))])
  }

  private static func anyOf(_ forms: [JSON], orNull: Bool) -> JSON {
    let null = JSON.object([JSON.Member("type", .string("null"))])
    return .object([JSON.Member("anyOf", .array(forms + (orNull ? [null] : [])))])
  }

  private static func object(_ members: [JSON.Member], with other: JSON) -> JSON {
    guard case .object(let more) = other else { return .object(members) }
    return .object(members + more)
  }
}
