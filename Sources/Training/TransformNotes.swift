import Declarations

/// Transforms as JSON, for the metadata of weight files: a list of `{"Name": {arguments}}`.
enum TransformNotes {
  static func json(_ components: [ComponentValue]) -> String {
    "[" + components.map(\.json).joined(separator: ",") + "]"
  }
}
