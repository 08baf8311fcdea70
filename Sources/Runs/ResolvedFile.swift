import Diagnostics
import Documents

/// Reads `resolved.yaml` back: every setting by its dotted path, with where it came from.
package enum ResolvedFile {
  /// A setting.
  package struct Leaf: Sendable, Hashable {
    /// Elements of lists stand by name where they have one, else by position.
    package let path: String
    package let text: String
    /// The comment behind it, such as `default`, `argument 1` or a place in a file; empty where there is none.
    package let origin: String
  }

  /// What is switched off is not there, as if nobody had written it. Nothing where the file cannot be read.
  package static func leaves(_ path: String) -> [Leaf] {
    guard let bytes = try? WholeFile.read(path) else { return [] }
    return leaves(SourceText(name: path, bytes: bytes)).map(\.leaf)
  }

  /// - Returns: each with the byte at which its value begins.
  static func leaves(_ source: SourceText) -> [(leaf: Leaf, offset: Int)] {
    let (root, _) = DocumentParser.parse(source)
    var leaves: [(leaf: Leaf, offset: Int)] = []
    func add(_ node: Documents.Node, _ path: String, _ text: String) {
      leaves.append(
        (Leaf(path: path, text: text, origin: origin(node.span)), node.span.range.lowerBound))
    }
    func visit(_ node: Documents.Node, _ path: String) {
      switch node.content {
      case .mapping(let entries):
        for entry in entries {
          visit(entry.value, path.isEmpty ? entry.key : path + "." + entry.key)
        }
      case .sequence(let elements):
        if elements.allSatisfy({ $0.scalar != nil }) {
          let texts = elements.compactMap { $0.scalar?.text }
          add(node, path, "[" + texts.joined(separator: ", ") + "]")
        } else {
          for (index, element) in elements.enumerated() {
            let name = element["name"]?.scalar?.text
            visit(element, name.map { path + "." + $0 } ?? "\(path)[\(index)]")
          }
        }
      case .scalar(let scalar): if !node.isNull { add(node, path, scalar.text) }
      }
    }
    if let root { visit(root, "") }
    return leaves
  }

  /// The comment behind a value, on the line on which the value ends.
  package static func origin(_ span: Span) -> String {
    let rest = span.source.bytes[min(span.range.upperBound, span.source.bytes.count)...]
      .prefix { $0 != UInt8(ascii: "\n") }
    guard let hash = rest.firstIndex(of: UInt8(ascii: "#")) else { return "" }
    let comment = rest[(hash + 1)...].drop { $0 == UInt8(ascii: " ") }
    return String(decoding: comment, as: UTF8.self)
  }
}
