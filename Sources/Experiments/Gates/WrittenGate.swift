import Declarations
import Diagnostics
import Documents

/// A gate as one file has it, whatever else the file is about.
package struct WrittenGate: Sendable {
  /// Where its values stand.
  package let places: Places
  /// Nil where it cannot be understood by itself, such as where a variable stands in it.
  private let text: String?

  /// The gates of a file; none where it cannot be read as YAML.
  package static func all(in source: SourceText) -> [WrittenGate] {
    guard let root = DocumentParser.parse(source).root,
      case .sequence(let elements)? = root[ExperimentSection.gates.name]?.content
    else { return [] }
    return elements.map { WrittenGate($0) }
  }

  private init(_ element: Node) {
    var places = Places(section: element.span)
    if case .mapping(let entries) = element.content {
      places.section = entries.first?.keySpan ?? element.span
      for entry in entries { places[entry.key] = .written(entry.value.span) }
    } else {
      places[GateSection.condition.name] = .written(element.span)
    }
    self.places = places
    var decoder = Decoder(families: [])
    let kind = Kind.section(GateSection.declaration)
    guard case .component(let section)? = decoder.value(element, kind, named: "gates"),
      decoder.diagnostics.isEmpty
    else {
      text = nil
      return
    }
    var reader = GateReader { path, _ in path }
    text = reader.gate(section.values)?.text
  }

  /// Where it was before its file was copied, if `resolved.yaml` says of a gate that it is from this line and column.
  ///
  /// - Parameter origin: such as `experiments/x.yaml:31:5`.
  /// - Returns: the name of the file; nil where it is not that gate.
  package func file(of gate: Gate, origin: String) -> String? {
    // A copy that was edited says something else now.
    guard text == nil || text == gate.text else { return nil }
    for case .written(let span) in places.origins.values {
      let place = YAMLText.comment(.written(span)).dropFirst(span.source.name.count)
      if origin.hasSuffix(place) { return String(origin.dropLast(place.count)) }
    }
    return nil
  }
}

extension Gate {
  /// In `resolved.yaml`, the value behind which the gate's origin stands.
  package var spanOfOrigin: Span? {
    for key in [GateSection.condition.name, GateSection.metric.name] {
      if case .written(let span)? = places[key] { return span }
    }
    return nil
  }
}
