import Diagnostics

extension ComponentValue {
  /// `{"Name": {arguments}}`, with the arguments in the order of their names: equal texts exactly for equal values.
  package var json: String {
    let arguments = values.entries.sorted { $0.key < $1.key }.map {
      JSONRenderer.quoted($0.key) + ":" + $0.value.json
    }
    return "{\(JSONRenderer.quoted(name)):{\(arguments.joined(separator: ","))}}"
  }
}

extension DeclaredValue {
  fileprivate var json: String {
    switch self {
    case .null: "null"
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let value): JSONRenderer.quoted(value)
    case .list(let values): "[" + values.map(\.json).joined(separator: ",") + "]"
    case .component(let component): component.json
    }
  }
}
