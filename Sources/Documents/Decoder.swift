import Declarations
import Diagnostics

/// A tree against declarations: checked values, and everything that is wrong with what was written.
///
/// What is wrong is reported once, at its place, and left out of the values.
package struct Decoder {
  package private(set) var diagnostics: [Diagnostic] = []
  private let families: [String: Family]
  /// Whether what is decoded is an element of a list: there a component needs no braces.
  private var isElement = false

  package init(families: [Family]) {
    self.families = Dictionary(
      families.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The keys of a section, or nil where it is no mapping.
  ///
  /// - Parameter owner: where to point for a key that is missing.
  package mutating func section(
    _ node: Node, _ declaration: Declaration, owner: Span? = nil
  ) -> Values? {
    guard case .mapping(let entries) = node.content else {
      report(wrongKind(node, declaration.name, .section(declaration)))
      return nil
    }
    let place = owner ?? entries.first?.keySpan ?? node.span
    return arguments(
      entries, of: declaration, at: place, isSection: true, removals: node.removals)
  }

  /// A component: `Name`, `Name: value` or `Name: {arguments}`.
  package mutating func component(_ node: Node, of family: String) -> ComponentValue? {
    guard let family = families[family] else {
      preconditionFailure("the family '\(family)' was not given to the decoder")
    }
    switch node.content {
    case .scalar(let scalar):
      guard case .string(let name) = scalar.value else {
        report(wrongKind(node, nil, .component(family.name)))
        return nil
      }
      return component(name, at: node.span, nil, of: family)
    case .mapping(let entries):
      guard let first = entries.first else {
        report(wrongKind(node, nil, .component(family.name)))
        return nil
      }
      if let flat = flat(entries, family) {
        report(flat)
        return nil
      }
      guard entries.count > 1 else {
        return component(first.key, at: first.keySpan, first.value, of: family)
      }
      severalNames(entries, first, family)
      return nil
    case .sequence:
      report(wrongKind(node, nil, .component(family.name)))
      return nil
    }
  }

  /// One value of a kind, or nil where it is wrong.
  package mutating func value(
    _ node: Node, _ kind: Kind, named name: String, owner: Span? = nil
  ) -> DeclaredValue? {
    switch kind {
    case .boolean:
      if case .boolean(let value)? = node.scalar?.value { return .boolean(value) }
      report(wrongKind(node, name, kind))
      return nil
    case .integer(let range): return integer(node, in: range, named: name)
    case .number(let range): return number(node, in: range, named: name)
    case .string:
      if case .string(let text)? = node.scalar?.value { return .string(text) }
      if let scalar = node.scalar, scalar.isInterpolated { return .string(scalar.text) }
      report(wrongKind(node, name, kind))
      return nil
    case .choice(let choices):
      guard let scalar = node.scalar, !node.isNull else {
        report(wrongKind(node, name, kind))
        return nil
      }
      if choices.contains(scalar.text) { return .string(scalar.text) }
      report(unknownChoice(scalar.text, node.span, name, choices))
      return nil
    case .list(let element, let count):
      return list(node, element, count, kind, named: name)
    case .either(let kinds): return either(node, kinds, kind, named: name, owner: owner)
    case .optional(let wrapped):
      if node.isNull { return .null }
      return value(node, wrapped, named: name, owner: owner)
    case .component(let family): return component(node, of: family).map { .component($0) }
    case .section(let declaration):
      if case .string? = node.scalar?.value, let main = declaration.main {
        // A text alone is the section's main key.
        let entry = Node.Entry(key: main, keySpan: node.span, value: node)
        let values = arguments([entry], of: declaration, at: node.span, isSection: true)
        return .component(ComponentValue(name: declaration.name, values: values))
      }
      guard case .mapping = node.content else {
        report(wrongKind(node, name, kind))
        return nil
      }
      return section(node, declaration, owner: owner).map {
        .component(ComponentValue(name: declaration.name, values: $0))
      }
    }
  }

  package mutating func report(_ diagnostic: Diagnostic) {
    diagnostics.append(diagnostic)
  }

  // MARK: Components

  private mutating func component(
    _ name: String, at span: Span, _ written: Node?, of family: Family
  ) -> ComponentValue? {
    guard let declaration = family.declaration(name) else {
      let names = family.declarations.map(\.name)
      report(
        .error(
          "unknown-component", "there is no \(family.name) '\(short(name))'", at: span,
          label: Suggestion.label(for: name, among: names),
          help: called(name, family)
            ?? (Suggestion.isFew(names)
              ? "choose \(Suggestion.list(names, joinedBy: "or"))"
              : "'xrun explain' lists all there are")
        ))
      return nil
    }
    guard let values = arguments(written, of: declaration, at: span) else { return nil }
    return ComponentValue(name: name, values: values)
  }

  /// The arguments of a component; nil where nothing can be said of them.
  private mutating func arguments(
    _ written: Node?, of declaration: Declaration, at span: Span
  ) -> Values? {
    guard let written, !written.isNull else {
      return arguments([], of: declaration, at: span, isSection: false)
    }
    if case .mapping(let entries) = written.content {
      return arguments(entries, of: declaration, at: span, isSection: false)
    }
    // A word for a set of arguments.
    if case .string(let word)? = written.scalar?.value {
      if let preset = declaration.presets[word] {
        var values = declaration.values()
        values.span = span
        for (name, value) in preset { values.set(name, value, .written(written.span)) }
        return values
      }
      let main = declaration.main.flatMap { declaration.parameter($0) }
      if !declaration.presets.isEmpty, !(main.map { Self.takesWords($0.kind) } ?? false) {
        let arguments = Suggestion.list(declaration.parameters.map(\.name))
        report(
          unknownChoice(word, written.span, declaration.name, declaration.presets.keys.sorted())
            .with(
              help: "or give its arguments, \(arguments); see 'xrun explain \(declaration.name)'"))
        return nil
      }
    }
    guard let main = declaration.main, let parameter = declaration.parameter(main) else {
      report(
        .error(
          "unexpected-argument", "'\(declaration.name)' takes no arguments", at: written.span,
          help: "write only '\(declaration.name)'"))
      return nil
    }
    let entry = Node.Entry(key: parameter.name, keySpan: written.span, value: written)
    return arguments([entry], of: declaration, at: span, isSection: false)
  }

  private mutating func arguments(
    _ entries: [Node.Entry], of declaration: Declaration, at span: Span, isSection: Bool,
    removals: [String: Span] = [:]
  ) -> Values {
    var values = Values(span: span)
    // Names that need no further word: written, whether right or wrong, or probably meant.
    var settled = Set<String>()
    let outer = isElement
    isElement = false
    defer { isElement = outer }
    for entry in entries {
      guard let parameter = declaration.parameter(entry.key) else {
        if let meant = unknown(entry, in: declaration, isSection: isSection) {
          settled.insert(meant)
        }
        continue
      }
      settled.insert(parameter.name)
      if refuseLater(entry, in: declaration) { continue }
      let before = diagnostics.count
      guard
        let value = value(
          entry.value, parameter.kind, named: parameter.name, owner: entry.keySpan)
      else {
        precondition(diagnostics.count > before, "a value is left out only with a reason")
        explain(from: before, "'\(parameter.name)': \(parameter.doc)")
        continue
      }
      values.set(parameter.name, value, .written(entry.value.span))
    }
    for parameter in declaration.parameters where !settled.contains(parameter.name) {
      if let value = parameter.defaultValue {
        values.set(parameter.name, completed(value, parameter.kind), .byDefault)
      } else {
        // A null that took a key away is where it is missed.
        let place = removals[parameter.name]
        report(
          missing(
            parameter, in: declaration, at: place ?? span, isSection: isSection,
            label: place == nil ? "" : "this removes what the file below it has"))
      }
    }
    return values
  }

  /// What says nothing of what to do gets a line that says what the parameter is.
  private mutating func explain(from index: Int, _ help: String) {
    for place in index..<diagnostics.count where diagnostics[place].help == nil {
      diagnostics[place] = diagnostics[place].with(help: help)
    }
  }

  /// A component that is a default gets its own defaults.
  private func completed(_ value: DeclaredValue, _ kind: Kind) -> DeclaredValue {
    guard case .component(let component) = value else { return value }
    switch kind {
    case .optional(let wrapped): return completed(value, wrapped)
    case .component(let family):
      guard let declaration = families[family]?.declaration(component.name) else { return value }
      return .component(
        ComponentValue(name: component.name, values: declaration.values(component.values.entries)))
    default: return value
    }
  }

  /// Reports a name that is not declared, and returns the one that was probably meant.
  private mutating func unknown(
    _ entry: Node.Entry, in declaration: Declaration, isSection: Bool
  ) -> String? {
    if refuseLater(entry, in: declaration) { return nil }
    let names = declaration.parameters.map(\.name)
    let isRoot = declaration.name == Self.rootName
    let owner = isRoot ? "an experiment" : "'\(declaration.name)'"
    var help: String?
    var label = Suggestion.label(for: entry.key, among: names)
    if let colon = entry.key.firstIndex(of: ":"), entry.value.isNull,
      names.contains(String(entry.key[..<colon]))
    {
      // `{lr:1e-3}` is one word to YAML.
      let value = entry.key[entry.key.index(after: colon)...]
      label = "write '\(entry.key[..<colon]): \(short(String(value)))'"
    }
    if names.isEmpty {
      help = "write only '\(declaration.name)'"
    } else if isSection, let section = Self.section(with: entry.key, in: declaration) {
      help = "'\(entry.key)' belongs under '\(section)'"
    } else {
      let what = isSection ? "key" : "parameter"
      help =
        names.count == 1
        ? "its only \(what) is '\(names[0])'" : "its \(what)s are \(Suggestion.list(names))"
    }
    report(
      .error(
        isSection ? "unknown-key" : "unknown-parameter",
        "\(owner) has no \(isSection ? "key" : "parameter") '\(short(entry.key))'",
        at: entry.keySpan, label: label, help: help))
    return names.first { entry.key.hasPrefix($0 + ":") }
      ?? Suggestion.closest(to: entry.key, among: names)
  }

  /// The key of a section, right below, that has a key of this name.
  private static func section(with key: String, in declaration: Declaration) -> String? {
    func has(_ kind: Kind) -> Bool {
      switch kind {
      case .section(let section): section.parameter(key) != nil
      case .optional(let wrapped): has(wrapped)
      case .either(let kinds): kinds.contains { has($0) }
      default: false
      }
    }
    return declaration.parameters.first { has($0.kind) }?.name
  }

  /// The declaration of this name is the file itself.
  package static let rootName = "experiment"

  private mutating func refuseLater(_ entry: Node.Entry, in declaration: Declaration) -> Bool {
    if declaration.later.contains(.key(entry.key)) {
      report(
        .error(
          "not-yet", "'\(entry.key)' does not work yet", at: entry.keySpan,
          help: "its place is kept; leave it out for now"))
      return true
    }
    guard let text = entry.value.scalar?.text,
      declaration.later.contains(.value(text, of: entry.key))
    else { return false }
    report(
      .error(
        "not-yet", "'\(entry.key): \(text)' does not work yet", at: entry.value.span,
        help: "its place is kept; choose another for now"))
    return true
  }

  private func missing(
    _ parameter: AnyParameter, in declaration: Declaration, at span: Span, isSection: Bool,
    label: String
  ) -> Diagnostic {
    let owner = declaration.name == Self.rootName ? "an experiment" : "'\(declaration.name)'"
    return .error(
      isSection ? "missing-key" : "missing-parameter", "\(owner) needs '\(parameter.name)'",
      at: span, label: label, help: "'\(parameter.name)': \(parameter.doc)")
  }

  /// The commonest slip: arguments in line with the component's name instead of below it.
  private mutating func severalNames(
    _ entries: [Node.Entry], _ first: Node.Entry, _ family: Family
  ) {
    let declaration = family.declaration(first.key)
    let second = entries[1]
    let arguments = entries.dropFirst().filter { declaration?.parameter($0.key) != nil }
    let form = braced(first.key, with: arguments)
    // 1. What is wrong besides, with the arguments where they belong.
    if arguments.isEmpty || !(first.value.isNull || first.value.scalar == nil) {
      _ = component(first.key, at: first.keySpan, first.value, of: family)
    } else {
      var inner = Array(arguments)
      if case .mapping(let written) = first.value.content { inner = written + inner }
      let node = Node(.mapping(inner), span: first.value.span)
      _ = component(first.key, at: first.keySpan, node, of: family)
    }
    // 2. The slip itself, once.
    let help =
      if !arguments.isEmpty {
        "write '\(form)', or indent '\(arguments[arguments.startIndex].key)' below its name"
      } else if isElement {
        "start each of a list with '- '"
      } else {
        "keep one of them: '\(braced(first.key, written: first.value))'"
      }
    report(
      .error(
        "several-names",
        "\(Self.describe(.component(family.name))) has one name, and '\(short(second.key))' "
          + "is a second",
        at: second.keySpan, labels: [Diagnostic.Label(first.keySpan, "the first")], help: help))
  }

  /// `{name: Adam, lr: 1e-3}` and `{lr: 1e-3}`: a component written as a table of settings.
  private func flat(_ entries: [Node.Entry], _ family: Family) -> Diagnostic? {
    guard !entries.contains(where: { family.declaration($0.key) != nil }),
      let first = entries.first
    else { return nil }
    let what = Self.describe(.component(family.name))
    // 1. A key for the name.
    if let entry = entries.first(where: { Self.keysForNames.contains($0.key) }),
      case .string(let name)? = entry.value.scalar?.value
    {
      let meant = Suggestion.closest(to: name, among: family.declarations.map(\.name)) ?? name
      let others = entries.filter { $0.key != entry.key }
      return .error(
        "unknown-component", "\(what) is called by its name, not by '\(entry.key)'",
        at: entry.keySpan, help: "write '\(braced(meant, with: others))'")
    }
    // 2. Arguments alone.
    let owner = family.declarations.first { declaration in
      entries.allSatisfy { declaration.parameter($0.key) != nil }
    }
    guard let owner else { return nil }
    return .error(
      "unknown-component", "\(what) begins with its name, and '\(short(first.key))' is none",
      at: first.keySpan, help: "for example '\(braced(owner.name, with: entries))'")
  }

  /// What others call the key that holds a component's name.
  private static let keysForNames: Set<String> = [
    "name", "type", "kind", "class", "class_name", "_target_",
  ]

  /// `Adam(lr=1e-3)` as it is written here; nil for what is no call.
  private func called(_ text: String, _ family: Family) -> String? {
    if let open = text.firstIndex(of: "(") {
      let name = String(text[..<open])
      guard family.declaration(name) != nil else { return nil }
      var inner = text[text.index(after: open)...]
      if inner.last == ")" { inner.removeLast() }
      if inner.isEmpty { return "write '\(name)'" }
      let isNamed = inner.contains("=")
      let arguments = inner.split(separator: "=").joined(separator: ": ")
      return "write '\(braced(name, isNamed ? "{\(arguments)}" : arguments))'"
    }
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let name = String(text[..<colon])
    guard family.declaration(name) != nil else { return nil }
    return "write '\(name): \(text[text.index(after: colon)...])', with a space behind the colon"
  }

  /// A component with its arguments, as it may stand here.
  private func braced(_ name: String, _ arguments: String) -> String {
    isElement ? "\(name): \(arguments)" : "{\(name): \(arguments)}"
  }

  private func braced(_ name: String, written value: Node) -> String {
    value.isNull ? name : braced(name, Self.source(of: value))
  }

  private func braced(_ name: String, with arguments: some Collection<Node.Entry>) -> String {
    guard !arguments.isEmpty else { return name }
    let list = arguments.map { "\($0.key): \(Self.source(of: $0.value))" }
    return braced(name, "{\(list.joined(separator: ", "))}")
  }

  /// A short value as it was written, or dots.
  private static func source(of node: Node) -> String {
    let bytes = node.span.source.bytes[node.span.range]
    guard bytes.count <= 40, !bytes.contains(0x0A), !node.isNull else { return "…" }
    return String(decoding: bytes, as: UTF8.self)
  }

  // MARK: Scalars and lists

  private mutating func integer(
    _ node: Node, in range: ClosedRange<Int>, named name: String
  ) -> DeclaredValue? {
    switch node.scalar?.value {
    case .integer(let value) where range.contains(value): return .integer(value)
    case .integer, .hugeInteger:
      // Of what no integer of 64 bits holds the upper bound must be told too.
      let isHuge = if case .hugeInteger? = node.scalar?.value { true } else { false }
      let rule =
        isHuge && range.upperBound == .max && range.lowerBound != .min
        ? "from \(range.lowerBound) to \(range.upperBound)" : Self.describe(range)
      report(outOfRange(node, name, rule))
    case .number(let value):
      let rounded = value.rounded()
      let isWhole = value == rounded && abs(value) < 1e15
      report(
        .error(
          "wrong-kind", "'\(name)' must be an integer, not \(describe(node))", at: node.span,
          label: isWhole ? "write \(Int(rounded))" : ""))
    default: report(wrongKind(node, name, .integer(range)))
    }
    return nil
  }

  private mutating func number(
    _ node: Node, in range: NumberRange, named name: String
  ) -> DeclaredValue? {
    let number: Double
    switch node.scalar?.value {
    case .integer(let value): number = Double(value)
    case .hugeInteger(let value), .number(let value): number = value
    default:
      report(wrongKind(node, name, .number(range)))
      return nil
    }
    guard range.contains(number) else {
      report(outOfRange(node, name, number.isFinite ? range.description : "a finite number"))
      return nil
    }
    return .number(number)
  }

  private mutating func list(
    _ node: Node, _ element: Kind, _ count: ClosedRange<Int>, _ kind: Kind, named name: String
  ) -> DeclaredValue? {
    guard case .sequence(let elements) = node.content else {
      report(wrongKind(node, name, kind))
      return nil
    }
    guard count.contains(elements.count) else {
      report(
        .error(
          "wrong-count",
          "'\(name)' must have \(Self.describe(count: count)), not \(elements.count)",
          at: node.span))
      return nil
    }
    let outer = isElement
    isElement = true
    let values = elements.map { value($0, element, named: name) ?? blank($0, element) }
    isElement = outer
    guard values.allSatisfy({ $0 != nil }) else { return nil }
    return .list(values.compactMap { $0 })
  }

  /// An element of which nothing is right, and all is said. Sections are looked at one by one, so it must not keep the
  /// others from that; of anything else the list is left out, as it means something only as a whole.
  private func blank(_ node: Node, _ element: Kind) -> DeclaredValue? {
    guard case .section(let declaration) = element else { return nil }
    return .component(
      ComponentValue(name: declaration.name, values: Values(span: node.span)))
  }

  private mutating func either(
    _ node: Node, _ kinds: [Kind], _ kind: Kind, named name: String, owner: Span?
  ) -> DeclaredValue? {
    // 1. The first that fits.
    var attempts: [(kind: Kind, diagnostics: [Diagnostic])] = []
    for alternative in kinds {
      var attempt = self
      attempt.diagnostics = []
      let value = attempt.value(node, alternative, named: name, owner: owner)
      if let value, attempt.diagnostics.isEmpty { return value }
      attempts.append((alternative, attempt.diagnostics))
    }
    // 2. The one whose form this is says what is wrong.
    let close = attempts.filter { hasForm(node, of: $0.kind) }
    if close.count == 1, let only = close.first {
      diagnostics += only.diagnostics
      return nil
    }
    if let range = close.first(where: { $0.diagnostics.contains { $0.code == "out-of-range" } }) {
      diagnostics += range.diagnostics
      return nil
    }
    report(wrongKind(node, name, kind))
    return nil
  }

  /// Whether the node is written as values of the kind are, whatever its value.
  private func hasForm(_ node: Node, of kind: Kind) -> Bool {
    switch kind {
    case .boolean:
      if case .boolean? = node.scalar?.value { return true }
      return false
    case .integer, .number:
      switch node.scalar?.value {
      case .integer, .hugeInteger, .number: return true
      default: return false
      }
    case .string, .choice:
      if case .string? = node.scalar?.value { return true }
      return false
    case .list:
      if case .sequence = node.content { return true }
      return false
    case .either(let kinds): return kinds.contains { hasForm(node, of: $0) }
    case .optional(let wrapped): return node.isNull || hasForm(node, of: wrapped)
    case .component:
      if case .sequence = node.content { return false }
      return true
    case .section:
      if case .mapping = node.content { return true }
      return false
    }
  }

  private static func takesWords(_ kind: Kind) -> Bool {
    switch kind {
    case .string, .choice, .component: true
    case .optional(let wrapped): takesWords(wrapped)
    case .either(let kinds): kinds.contains { takesWords($0) }
    default: false
    }
  }

  // MARK: Wording

  /// Keys whose texts have a meaning each: quotes make nothing right there.
  private static let keysOfWords: Set<String> = [
    "backbone", "weights", "monitor", "all_but", "only", "until", "start_from",
  ]

  private func wrongKind(_ node: Node, _ name: String?, _ kind: Kind) -> Diagnostic {
    let subject = name.map { self.subject($0) } ?? "this"
    var label = ""
    var kind = kind
    if case .optional(let wrapped) = kind { kind = wrapped }
    switch (kind, node.scalar?.value) {
    case (.boolean, .string(let text)?):
      switch text.lowercased() {
      case "yes", "on", "y": label = "write true"
      case "no", "off", "n": label = "write false"
      default: break
      }
    case (.string, .integer?), (.string, .number?), (.string, .hugeInteger?), (.string, .boolean?):
      if let name, !Self.keysOfWords.contains(name) {
        label = "write \"\(short(node.scalar?.text ?? ""))\""
      }
    case (.integer, .string(let text)?), (.number, .string(let text)?):
      switch Scalar.resolve(text) {
      case .integer, .number: label = "write it without quotes"
      default: break
      }
    default: break
    }
    let help: String? =
      switch kind {
      case .section(let declaration) where declaration.name == Self.rootName:
        "an experiment is of keys with values, such as 'name: first'"
      case .section(let declaration):
        "its keys are \(Suggestion.list(declaration.parameters.map(\.name)))"
      case .component:
        "write a name, or a name with arguments: '\(braced("Name", "{argument: value}"))'"
      default: nil
      }
    return .error(
      "wrong-kind", "\(subject) must be \(Self.describe(kind)), not \(describe(node))",
      at: node.span, label: label, help: help)
  }

  /// A name as it begins a sentence of what its value must be.
  private func subject(_ name: String) -> String {
    isElement ? "each of '\(name)'" : "'\(name)'"
  }

  private func outOfRange(_ node: Node, _ name: String, _ rule: String) -> Diagnostic {
    .error("out-of-range", "\(subject(name)) must be \(rule), not \(describe(node))", at: node.span)
  }

  private func unknownChoice(
    _ word: String, _ span: Span, _ name: String, _ choices: [String]
  ) -> Diagnostic {
    let label = Suggestion.label(for: word, among: choices)
    guard Suggestion.isFew(choices) else {
      return .error(
        "unknown-choice", "'\(name)' cannot be '\(short(word))'", at: span, label: label)
    }
    let list = Suggestion.list(choices, joinedBy: "or")
    return .error(
      "unknown-choice", "'\(name)' must be \(list), not '\(short(word))'", at: span, label: label)
  }

  /// A kind in words, as it follows "must be".
  package static func describe(_ kind: Kind) -> String {
    switch kind {
    case .boolean: return "true or false"
    case .integer: return "an integer"
    case .number: return "a number"
    case .string: return "a string"
    case .choice(let choices):
      return Suggestion.isFew(choices)
        ? Suggestion.list(choices, joinedBy: "or") : "one of \(choices.count) words"
    case .list(let element, let count):
      let what =
        switch element {
        case .integer: "integers"
        case .number: "numbers"
        case .string, .choice: "strings"
        case .component(let family): "\(family)s"
        default: "values"
        }
      if count.lowerBound == count.upperBound { return "a list of \(count.lowerBound) \(what)" }
      return "a list of \(what)"
    case .either(let kinds):
      let words = kinds.map { describe($0) }
      guard words.count > 1, let last = words.last else { return words.first ?? "nothing" }
      return words.dropLast().joined(separator: ", ") + " or \(last)"
    case .optional(let wrapped): return describe(wrapped) + " or null"
    case .component(let family):
      let article = family.first.map { "aeiou".contains($0) } ?? false ? "an" : "a"
      return "\(article) \(family)"
    case .section(let declaration):
      return declaration.main == nil ? "a mapping" : "a text or a mapping"
    }
  }

  private static func describe(_ range: ClosedRange<Int>) -> String {
    switch (range.lowerBound == .min, range.upperBound == .max) {
    case (true, true): "an integer of 64 bits"
    case (false, true): "at least \(range.lowerBound)"
    case (true, false): "at most \(range.upperBound)"
    case (false, false): "from \(range.lowerBound) to \(range.upperBound)"
    }
  }

  private static func describe(count: ClosedRange<Int>) -> String {
    func elements(_ count: Int) -> String { "\(count) element\(count == 1 ? "" : "s")" }
    if count.lowerBound == count.upperBound { return elements(count.lowerBound) }
    if count.upperBound == .max { return "at least \(elements(count.lowerBound))" }
    return "from \(count.lowerBound) to \(elements(count.upperBound))"
  }

  /// What was written, as it follows "not".
  private func describe(_ node: Node) -> String {
    switch node.content {
    case .sequence: return "a list"
    case .mapping: return "a mapping"
    case .scalar(let scalar):
      switch scalar.value {
      case .null: return "null"
      case .string(let text): return "the string '\(short(text))'"
      case .boolean, .integer, .hugeInteger, .number: return short(scalar.text)
      }
    }
  }

  private func short(_ text: String) -> String {
    text.count <= 60 ? text : String(text.prefix(57)) + "…"
  }
}
