import Declarations
import Experiments

/// A key of an experiment's file, with its way from the top.
package struct LanguageKey: Sendable {
  /// Its names from the top, such as `data.splits.val`; what stands in `phases` is in each of the list.
  package let path: String
  package let parameter: AnyParameter
  /// The words that its values will have some day.
  package let laterValues: [String]
  /// The keys that it holds, where it is a section.
  package let section: Declaration?

  /// Every key, sections before what is in them.
  package static let all: [LanguageKey] = keys(of: ExperimentSection.declaration, under: "")

  private static func keys(of declaration: Declaration, under prefix: String) -> [LanguageKey] {
    var keys: [LanguageKey] = []
    for parameter in declaration.parameters {
      // A phase has keys of the top level; they are said once.
      if prefix == "phases",
        ExperimentSection.declaration.parameter(parameter.name) == parameter
      {
        continue
      }
      let path = prefix.isEmpty ? parameter.name : "\(prefix).\(parameter.name)"
      let later = declaration.later.compactMap { later in
        if case .value(let word, of: parameter.name) = later { word } else { nil }
      }
      let section = section(in: parameter.kind)
      keys.append(
        LanguageKey(path: path, parameter: parameter, laterValues: later, section: section))
      if let section { keys += Self.keys(of: section, under: path) }
    }
    return keys
  }

  private static func section(in kind: Kind) -> Declaration? {
    switch kind {
    case .section(let declaration): declaration
    case .optional(let wrapped), .list(let wrapped, _): section(in: wrapped)
    case .either(let kinds): kinds.lazy.compactMap { section(in: $0) }.first
    default: nil
    }
  }

  /// Keys of the top level that are lists of mappings.
  package static let lists: Set<String> = ["phases", "gates"]

  /// The family whose components it takes.
  package var family: String? { Self.family(in: parameter.kind) }

  private static func family(in kind: Kind) -> String? {
    switch kind {
    case .component(let family): family
    case .optional(let wrapped), .list(let wrapped, _): family(in: wrapped)
    default: nil
    }
  }

  /// The default; for what has none and may stand in two places, where it must.
  package var defaultText: String {
    switch path {
    case "optimizer", "epochs": "required, here or in each phase"
    case "transforms", "transforms.train", "transforms.eval": "required, here or in each phase"
    case "data.folder", "data.builtin": "one of the two is required"
    case "gates.condition", "gates.at_least", "gates.at_most", "gates.max_drop":
      "one of the four is required"
    default: ValueText.defaultValue(parameter)
    }
  }

  /// The example as it stands in a file.
  package var yaml: String {
    let names = path.split(separator: ".")
    if names.count > 1, Self.lists.contains(String(names[0])) {
      return "\(names[0]):\n  - \(names[1]): \(parameter.example)"
    }
    let inner = names.dropFirst().reversed().reduce(parameter.example) { "{\($1): \($0)}" }
    let line = "\(names[0]): \(inner)"
    return line.count <= 76 ? line : "\(names[0]):\n  \(inner)"
  }
}
