import Diagnostics
import Graphs
import Models
import Transforms

/// Why a phase cannot be planned.
enum PlanError: Error {
  case pipeline(split: String, PipelineError)
  case freeze(FreezeError)
  case shape(split: String, ShapeError)

  /// The mistake at its place in the file.
  func diagnostic(_ phase: Phase, _ experiment: Experiment) -> Diagnostic {
    switch self {
    case .pipeline(let split, let error):
      let components = split == "train" ? phase.trainTransforms : phase.evalTransforms
      let blamed = error.index.map { components[$0].values }
      return .error(
        Diagnostic.Code(error.code), error.description,
        at: error.parameter.flatMap { blamed?.span(of: $0) } ?? blamed?.span
          ?? phase.places.span(of: "transforms." + split), help: error.help)
    case .freeze(let error):
      return .error(
        "bad-freeze-selector", error.description,
        at: phase.places.span(of: "freeze." + phase.freeze.selection.key)?
          .narrowed(to: error.selector),
        label: error.label, help: error.help)
    case .shape(let split, let error):
      return .error(
        "shape-mismatch", "\(error.description), with the pictures of 'transforms.\(split)'",
        at: experiment.model.places.span(of: "backbone"),
        labels: phase.places.span(of: "transforms." + split).map {
          [Diagnostic.Label($0, "the pictures' size is decided here")]
        } ?? [],
        help: error.help)
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
  /// The first place of a text inside; the whole span where it does not occur.
  fileprivate func narrowed(to text: String) -> Span {
    let wanted = Array(text.utf8)
    guard !wanted.isEmpty, wanted.count <= range.count else { return self }
    for start in range.lowerBound...(range.upperBound - wanted.count)
    where source.bytes[start..<start + wanted.count].elementsEqual(wanted) {
      return Span(source, start..<start + wanted.count)
    }
    return self
  }
}
