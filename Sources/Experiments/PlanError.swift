import Declarations
import Diagnostics
import Graphs
import Models
import Transforms

/// Why a phase cannot be planned.
package enum PlanError: Error {
  case pipeline(split: String, PipelineError)
  case freeze(FreezeError)
  case shape(split: String, ShapeError)

  /// The mistake at its place in the file.
  func diagnostic(_ phase: Phase, _ experiment: Experiment) -> Diagnostic {
    switch self {
    case .pipeline(let split, let error):
      return error.diagnostic(
        split == "train" ? phase.trainTransforms : phase.evalTransforms,
        at: phase.places.span(of: "transforms." + split))
    case .freeze(let error):
      return error.diagnostic(
        phase.freeze, phase.places,
        backbone: experiment.model.places.span(of: "backbone"))
    case .shape(let split, let error):
      return .error(
        "shape-mismatch", "\(error.description), with the pictures of 'transforms.\(split)'",
        at: experiment.model.places.span(of: "backbone"),
        labels: .at(
          phase.places.span(of: "transforms." + split), "the pictures' size is decided here"),
        help: error.help ?? "make the pictures larger in 'transforms.\(split)'")
    }
  }
}

extension FreezeError {
  /// The mistake at the selector, with the network that it is about.
  func diagnostic(_ policy: FreezePolicy, _ places: Places, backbone: Span?) -> Diagnostic {
    .error(
      "bad-freeze-selector", description,
      at: places.span(of: "freeze." + policy.selection.key)?.narrowed(to: selector), label: label,
      labels: .at(backbone, "the network"), help: help)
  }
}

extension PipelineError {
  /// The mistake at its place, with the other place that it is about.
  ///
  /// - Parameter span: the list, for what no single transform is to blame for.
  func diagnostic(_ components: [ComponentValue], at span: Span?) -> Diagnostic {
    let blamed = index.map { components[$0].values }
    let place = parameter.flatMap { blamed?.span(of: $0) } ?? blamed?.span ?? span
    return .error(
      Diagnostic.Code(code), description, at: place, labels: labels(components),
      help: help)
  }

  private func labels(_ components: [ComponentValue]) -> [Diagnostic.Label] {
    func isTensorMaker(_ component: ComponentValue) -> Bool { component.name == "ToTensor" }
    switch self {
    case .step(let index, _, .needsPicture):
      let maker = components[..<index].last(where: isTensorMaker)
      return .at(maker?.values.span, "from here on it is a tensor")
    case .step(let index, _, .needsTensor):
      let maker = components[(index + 1)...].first(where: isTensorMaker)
      return .at(maker?.values.span, "it is a tensor only from here on")
    case .step(let index, _, .perChannel(let name, _, _)):
      // `mean` and `std` belong together.
      let other = name == "mean" ? "std" : "mean"
      let values = components[index].values
      guard case .list(let list)? = values.entries[other] else { return [] }
      return .at(
        values.span(of: other), "'\(other)' has \(list.count) value\(list.count == 1 ? "" : "s")")
    case .step(let index, _, .maximumNotAbove), .step(let index, _, .maximumWithBothSides):
      return .at(components[index].values.span(of: "size"), "'size' is set here")
    case .sizeUnknown:
      let last = components.last { $0.values.entries["size"] != nil }
      return .at(last?.values.span(of: "size"), "one length: the other depends on the file")
    default: return []
    }
  }
}

extension FreezePolicy.Selection {
  /// The key under `freeze` that states it.
  fileprivate var key: String {
    switch self {
    case .none: "none"
    case .allButHead, .allBut: "all_but"
    case .until: "until"
    case .only: "only"
    }
  }
}

extension Span {
  /// The first place of a text inside, if possible one where it is not a part of a longer word; the whole span where
  /// it does not occur.
  func narrowed(to text: String) -> Span {
    let wanted = Array(text.utf8)
    guard !wanted.isEmpty, wanted.count <= range.count else { return self }
    func isInWord(_ offset: Int) -> Bool {
      guard range.contains(offset) else { return false }
      let byte = source.bytes[offset]
      return byte >= 0x80 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
        || (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
    }
    var part: Span?
    for start in range.lowerBound...(range.upperBound - wanted.count)
    where source.bytes[start..<start + wanted.count].elementsEqual(wanted) {
      let found = Span(source, start..<start + wanted.count)
      if !isInWord(start - 1), !isInWord(start + wanted.count) { return found }
      part = part ?? found
    }
    return part ?? self
  }
}
