import Declarations
import Diagnostics

/// A `key=value` of the command line: it sets one value of the tree before that is decoded.
package struct Override: Sendable {
  /// One step of a path.
  package struct Step: Sendable {
    package enum Target: Sendable, Hashable {
      case key(String)
      /// From zero.
      case index(Int)
    }
    package let target: Target
    package let span: Span
  }

  package let source: SourceText
  package let path: [Step]
  package let value: Node

  private static let longestPath = 16

  /// Reads `phases[1].optimizer.lr=1e-4`.
  ///
  /// - Parameter number: which argument it is, from 1; names its source in messages.
  package static func parse(_ argument: String, number: Int) -> (
    override: Override?, source: SourceText, diagnostics: [Diagnostic]
  ) {
    let source = SourceText(name: "<argument \(number)>", text: argument, isFile: false)
    let bytes = source.bytes
    func fail(_ message: String, _ range: Range<Int>, help: String? = nil) -> (
      Override?, SourceText, [Diagnostic]
    ) {
      let help = help ?? "a path is of keys and positions, such as 'phases[0].optimizer.lr=3e-4'"
      return (nil, source, [.error("bad-override", message, at: Span(source, range), help: help)])
    }
    guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")) else {
      return fail(
        "an override is 'key=value', and this has no '='", 0..<bytes.count,
        help: "for example 'optimizer.lr=3e-4'")
    }
    // 1. The path.
    var path: [Step] = []
    var index = 0
    var wantsKey = true
    while index < equals {
      let start = index
      if bytes[index] == UInt8(ascii: "["), !path.isEmpty {
        let close = bytes[index..<equals].firstIndex(of: UInt8(ascii: "]"))
        let digits = String(decoding: bytes[(index + 1)..<(close ?? equals)], as: UTF8.self)
        guard let close, let number = Int(digits), number >= 0, !wantsKey else {
          return fail("'[' must be followed by a position from 0 and ']'", start..<equals)
        }
        index = close + 1
        path.append(Step(target: .index(number), span: Span(source, start..<index)))
      } else if bytes[index] == UInt8(ascii: "."), !wantsKey {
        index += 1
        wantsKey = true
      } else {
        guard wantsKey else { return fail("'.' must stand between two keys", start..<start + 1) }
        while index < equals, bytes[index] != UInt8(ascii: "."), bytes[index] != UInt8(ascii: "[") {
          index += 1
        }
        guard index > start else { return fail("a key is missing here", start..<start + 1) }
        let key = String(decoding: bytes[start..<index], as: UTF8.self)
        path.append(Step(target: .key(key), span: Span(source, start..<index)))
        wantsKey = false
      }
    }
    guard !path.isEmpty, !wantsKey else {
      return fail("a key is missing before '='", equals..<equals + 1)
    }
    guard path.count <= longestPath else {
      return fail("a path may have \(longestPath) steps, not \(path.count)", 0..<equals)
    }
    // 2. The value.
    let rest = bytes[(equals + 1)...]
    guard rest.contains(where: { $0 != 0x20 }) else {
      let null = Node(.scalar(Scalar("", isPlain: true)), span: Span(source, 0..<equals))
      return (Override(source: source, path: path, value: null), source, [])
    }
    let (value, diagnostics) = DocumentParser.parse(source, from: equals + 1)
    guard let value, !diagnostics.hasErrors else { return (nil, source, diagnostics) }
    return (Override(source: source, path: path, value: value), source, diagnostics)
  }

  /// The tree with the value set; a path that cannot be followed is reported at its step.
  ///
  /// A key that is not declared is set all the same: decoding refuses it, at the argument.
  package func apply(
    to root: Node, _ declaration: Declaration, families: [Family]
  ) -> (root: Node, diagnostics: [Diagnostic]) {
    var walk = Walk(value: value, families: families)
    let result = walk.set(root, .section(declaration), path[...], owner: "the experiment")
    return (result ?? root, walk.diagnostics)
  }

  /// One descent along the path.
  private struct Walk {
    let value: Node
    let families: [Family]
    var diagnostics: [Diagnostic] = []

    mutating func set(
      _ node: Node?, _ kind: Kind, _ path: ArraySlice<Step>, owner: String
    ) -> Node? {
      guard let step = path.first else { return value }
      switch kind {
      case .optional(let wrapped): return set(node, wrapped, path, owner: owner)
      case .either(let kinds):
        let nested = kinds.first { Self.hasSteps($0) }
        // A word where a section could be, such as 'freeze: none', gives way to the section.
        let isWord = node?.scalar != nil && (nested.map { Self.isSection($0) } ?? false)
        return set(isWord ? nil : node, nested ?? .string, path, owner: owner)
      case .section(let declaration):
        return setKey(node, declaration, step, path.dropFirst(), owner: owner)
      case .list(let element, _): return setElement(node, element, path, owner)
      case .component(let name):
        guard let family = families.first(where: { $0.name == name }) else { return node }
        return setArgument(node, family, step, path, owner: owner)
      default:
        report("\(owner) has nothing in it that could be set", step)
        return nil
      }
    }

    private static func hasSteps(_ kind: Kind) -> Bool {
      switch kind {
      case .section, .component, .list: true
      case .optional(let wrapped): hasSteps(wrapped)
      case .either(let kinds): kinds.contains { hasSteps($0) }
      default: false
      }
    }

    private static func isSection(_ kind: Kind) -> Bool {
      switch kind {
      case .section: true
      case .optional(let wrapped): isSection(wrapped)
      default: false
      }
    }

    private static func isList(_ kind: Kind) -> Bool {
      switch kind {
      case .list: true
      case .optional(let wrapped): isList(wrapped)
      case .either(let kinds): kinds.contains { isList($0) }
      default: false
      }
    }

    private mutating func setKey(
      _ node: Node?, _ declaration: Declaration, _ step: Step, _ rest: ArraySlice<Step>,
      owner: String
    ) -> Node? {
      guard case .key(let key) = step.target else {
        report("\(owner) is no list: name one of its keys", step)
        return nil
      }
      var entries: [Node.Entry] = []
      if let node, !node.isNull {
        // What stands for the main key alone makes way for a mapping that has it.
        let node =
          node.scalar == nil || declaration.main == nil
          ? node : Self.mapping(node, declaration, node.span) ?? node
        guard case .mapping(let written) = node.content else {
          report("\(owner) is no mapping here, so it has no '\(key)' to set", step)
          return nil
        }
        entries = written
      }
      let index = entries.firstIndex { $0.key == key }
      let existing = index.map { entries[$0].value }
      let new: Node?
      if let parameter = declaration.parameter(key) {
        new = set(existing, parameter.kind, rest, owner: "'\(key)'")
      } else {
        // Not declared: whatever hangs below does not matter.
        new = value
      }
      guard let new else { return nil }
      if let index {
        // What replaces a whole value stands at the argument, and so does what the new value lacks.
        entries[index] =
          rest.isEmpty
          ? Node.Entry(key: key, keySpan: step.span, value: new)
          : Node.Entry(key: key, keySpan: entries[index].keySpan, value: new)
      } else {
        entries.append(Node.Entry(key: key, keySpan: step.span, value: new))
      }
      var changed = Node(.mapping(entries), span: node?.span ?? step.span)
      changed.removals = node?.removals ?? [:]
      return changed
    }

    private mutating func setElement(
      _ node: Node?, _ element: Kind, _ path: ArraySlice<Step>, _ owner: String
    ) -> Node? {
      guard let step = path.first else { return value }
      var rest = path.dropFirst()
      guard let node, case .sequence(var elements) = node.content else {
        let bytes = step.span.source.bytes
        if case .section = element, node == nil, let next = rest.first {
          let inner = String(decoding: bytes[next.span.range.lowerBound...], as: UTF8.self)
          report("\(owner) has no list here", step, help: "without it, write '\(inner)'")
          return nil
        }
        let list = String(
          decoding: bytes[..<step.span.range.lowerBound], as: UTF8.self)
        report(
          "\(owner) has no list here", step,
          help: "give it whole: '\(list.hasSuffix(".") ? String(list.dropLast()) : list)=[…]'")
        return nil
      }
      let found: Int
      switch step.target {
      case .index(let index):
        guard elements.indices.contains(index) else {
          report(
            "\(owner) has no element [\(index)]", step,
            help: elements.isEmpty
              ? "it is empty" : "its elements are [0] to [\(elements.count - 1)]")
          return nil
        }
        found = index
      case .key(let key):
        let names = elements.map { Self.name(of: $0, element) }
        let matches = names.indices.filter { names[$0] == key }
        guard let first = matches.first else {
          let known = names.compactMap { $0 }
          report(
            "\(owner) has no '\(key)' in it", step,
            label: Suggestion.label(for: key, among: known),
            help: Suggestion.isFew(known) ? "in it are \(Suggestion.list(known))" : nil)
          return nil
        }
        guard matches.count == 1 else {
          report(
            "\(owner) has '\(key)' \(matches.count) times", step,
            help: "say which: \(matches.map { "'[\($0)]'" }.joined(separator: " or "))")
          return nil
        }
        found = first
        // Behind a component's name stand its arguments, as in a file.
        if case .component = element { rest = path }
      }
      guard
        let new = set(elements[found], element, rest, owner: "\(owner)")
      else { return nil }
      elements[found] = new
      return Node(.sequence(elements), span: node.span)
    }

    /// What an element of a list is called: a component's name, or the value of the key `name`.
    private static func name(of node: Node, _ kind: Kind) -> String? {
      switch (kind, node.content) {
      case (.component, .scalar(let scalar)): scalar.text
      case (.component, .mapping(let entries)): entries.first?.key
      case (.section, _): node["name"]?.scalar?.text
      default: nil
      }
    }

    private mutating func setArgument(
      _ node: Node?, _ family: Family, _ step: Step, _ path: ArraySlice<Step>, owner: String
    ) -> Node? {
      // A position has no name, and is one of the main argument.
      let key = if case .key(let key) = step.target { key } else { "" }
      // 1. What is there: a name with what stands behind it.
      var name: String
      var nameSpan: Span
      var written: Node?
      switch node?.content {
      case .scalar(let scalar)? where !(node?.isNull ?? true):
        (name, nameSpan) = (scalar.text, node?.span ?? step.span)
      case .mapping(let entries)?:
        guard let first = entries.first, entries.count == 1 else { return node }
        (name, nameSpan, written) = (first.key, first.keySpan, first.value)
      case .sequence?: return node
      default:
        // Nothing is there: the path must name the component.
        guard family.declaration(key) != nil else {
          let names = family.declarations.map(\.name)
          report(
            "\(owner) is not set, so its component must be named", step,
            label: Suggestion.label(for: key, among: names),
            help: "for example '\(names.first ?? "Name")' before '\(key)'")
          return nil
        }
        (name, nameSpan) = (key, step.span)
      }
      guard let declaration = family.declaration(name) else { return node }
      // 2. The name may stand in the path or be left out.
      var rest = path
      if key == name, declaration.parameter(key) == nil {
        rest = rest.dropFirst()
      } else if declaration.parameter(key) == nil, family.declaration(key) != nil {
        report(
          "the \(family.name) here is '\(name)', not '\(key)'", step,
          help: "replace it whole: '…={\(key): {…}}'")
        return nil
      }
      guard let argument = rest.first else {
        // What the new value lacks is to blame on the argument.
        return component(name, step.span, value, node)
      }
      // 3. Its arguments as a mapping, whatever form they were written in.
      let arguments = Self.mapping(written, declaration, nameSpan)
      if case .index = argument.target {
        // A position is one of the main argument, where that is a list.
        guard let main = declaration.main.flatMap({ declaration.parameter($0) }),
          Self.isList(main.kind)
        else {
          report("'\(name)' is no list", argument, help: "name one of its arguments")
          return nil
        }
        let key = Step(target: .key(main.name), span: argument.span)
        guard
          let new = setKey(arguments, declaration, key, rest, owner: "'\(name)'")
        else { return nil }
        return component(name, nameSpan, new, node)
      }
      guard
        let new = setKey(arguments, declaration, argument, rest.dropFirst(), owner: "'\(name)'")
      else { return nil }
      return component(name, nameSpan, new, node)
    }

    private func component(_ name: String, _ span: Span, _ arguments: Node, _ old: Node?) -> Node {
      let entry = Node.Entry(key: name, keySpan: span, value: arguments)
      return Node(.mapping([entry]), span: old?.span ?? span)
    }

    private static func mapping(
      _ written: Node?, _ declaration: Declaration, _ nameSpan: Span
    ) -> Node? {
      guard let written, !written.isNull else { return nil }
      if case .mapping = written.content { return written }
      if let word = written.scalar?.text, let preset = declaration.presets[word] {
        let entries = preset.sorted { $0.key < $1.key }.map {
          Node.Entry(
            key: $0.key, keySpan: written.span, value: Node(declared: $0.value, at: written.span))
        }
        return Node(.mapping(entries), span: written.span)
      }
      guard let main = declaration.main else { return written }
      let entry = Node.Entry(key: main, keySpan: written.span, value: written)
      return Node(.mapping([entry]), span: written.span)
    }

    private mutating func report(
      _ message: String, _ step: Step, label: String = "", help: String? = nil
    ) {
      diagnostics.append(
        .error(
          "bad-override", message, at: step.span, label: label,
          help: help ?? "a path is of keys and positions, such as 'phases[0].optimizer.lr=3e-4'"))
    }
  }
}

extension Node {
  /// A declared value as if it had been written at a place.
  init(declared: DeclaredValue, at span: Span) {
    switch declared {
    case .null: self.init(.scalar(Scalar(text: "null", value: .null)), span: span)
    case .boolean(let value):
      self.init(.scalar(Scalar(text: "\(value)", value: .boolean(value))), span: span)
    case .integer(let value):
      self.init(.scalar(Scalar(text: "\(value)", value: .integer(value))), span: span)
    case .number(let value):
      self.init(.scalar(Scalar(text: "\(value)", value: .number(value))), span: span)
    case .string(let value):
      self.init(.scalar(Scalar(text: value, value: .string(value))), span: span)
    case .list(let values):
      self.init(.sequence(values.map { Node(declared: $0, at: span) }), span: span)
    case .component(let component):
      let entries = component.values.entries.sorted { $0.key < $1.key }.map {
        Node.Entry(key: $0.key, keySpan: span, value: Node(declared: $0.value, at: span))
      }
      let arguments = Node(.mapping(entries), span: span)
      self.init(
        .mapping([Node.Entry(key: component.name, keySpan: span, value: arguments)]), span: span)
    }
  }
}
