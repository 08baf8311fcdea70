import Declarations
import Documents

/// A component as it is written in Python, without what need not be said.
package enum ComponentText {
  /// Arguments by place as long as they are written, then by name: `ColorJitter(0.2, 0.1, hue=0.1)`.
  ///
  /// Equal lists are one number, sets of arguments that have a name stand by it, and defaults are left out but for
  /// a component's only argument.
  package static func short(_ component: ComponentValue, in declaration: Declaration?) -> String {
    let entries = component.values.entries
    let presets = declaration?.presets ?? [:]
    if let preset = presets.sorted(by: { $0.key < $1.key }).first(where: { preset in
      preset.value.allSatisfy { name, value in
        entries[name].map { isEqual($0, to: value) } ?? false
      }
    }) {
      return "\(component.name)(\(preset.key))"
    }
    let parameters = declaration?.parameters ?? []
    var arguments: [String] = []
    var isByPlace = true
    for parameter in parameters {
      guard let value = entries[parameter.name],
        parameters.count == 1 || value != parameter.defaultValue
      else {
        isByPlace = false
        continue
      }
      arguments.append((isByPlace ? "" : parameter.name + "=") + text(value))
    }
    return component.name + (arguments.isEmpty ? "" : "(\(arguments.joined(separator: ", ")))")
  }

  /// The arguments that differ from their defaults, and those in `always`, all by name: `Adam(lr=0.01)`.
  static func named(
    _ component: ComponentValue, in declaration: Declaration?, always: Set<String> = []
  ) -> String {
    let arguments = (declaration?.parameters ?? []).compactMap { parameter -> String? in
      guard let value = component.values.entries[parameter.name],
        always.contains(parameter.name) || value != parameter.defaultValue
      else { return nil }
      return "\(parameter.name)=\(text(value))"
    }
    return component.name + (arguments.isEmpty ? "" : "(\(arguments.joined(separator: ", ")))")
  }

  private static func text(_ value: DeclaredValue) -> String {
    switch value {
    case .list(let values):
      if let first = values.first, values.count > 1, values.allSatisfy({ $0 == first }),
        case .number = first
      {
        return text(first)
      }
      return "[" + values.map(text).joined(separator: ", ") + "]"
    case .number(let number): return Numbers.short(number)
    default: return YAMLText.inline(value)
    }
  }

  /// As numbers: an integer may stand where a preset has a fraction.
  private static func isEqual(_ left: DeclaredValue, to right: DeclaredValue) -> Bool {
    if case .list(let left) = left, case .list(let right) = right {
      return left.count == right.count && zip(left, right).allSatisfy { isEqual($0, to: $1) }
    }
    return left == right || left.double.map { $0 == right.double } ?? false
  }
}
