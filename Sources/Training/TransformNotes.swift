import Declarations
import Diagnostics

/// Transforms as JSON, for the metadata of weight files: a list of `{"Name": {arguments}}`.
enum TransformNotes {
  static func json(_ components: [ComponentValue]) -> String {
    "[" + components.map(text).joined(separator: ",") + "]"
  }

  private static func text(_ component: ComponentValue) -> String {
    let arguments = component.values.entries.sorted { $0.key < $1.key }.map {
      JSONRenderer.quoted($0.key) + ":" + text($0.value)
    }
    return "{\(JSONRenderer.quoted(component.name)):{\(arguments.joined(separator: ","))}}"
  }

  private static func text(_ value: DeclaredValue) -> String {
    switch value {
    case .null: "null"
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let value): JSONRenderer.quoted(value)
    case .list(let values): "[" + values.map(text).joined(separator: ",") + "]"
    case .component(let component): text(component)
    }
  }
}
