import Diagnostics
import Graphs

extension ExperimentPlan {
  /// What the number of training pictures makes impossible, at its place in the file.
  ///
  /// The last batch of an epoch holds what is left, and a batch of the whole size was tried before.
  ///
  /// - Parameter pictures: how many there are to train on.
  package func batchProblems(pictures: Int) -> [Diagnostic] {
    var found: [Diagnostic] = []
    for phase in phases {
      guard let problem = phase.batchProblem(pictures: pictures) else { continue }
      // What phases inherit is reported for the first of them.
      let isKnown = found.contains {
        $0.primary?.span.range == problem.primary?.span.range
          && $0.primary?.span.source === problem.primary?.span.source
      }
      if !isKnown { found.append(problem) }
    }
    return found
  }
}

extension PhasePlan {
  fileprivate func batchProblem(pictures: Int) -> Diagnostic? {
    let (size, name) = (phase.train.batchSize, phase.name)
    let there = Counted.of(pictures, "training picture")
    if phase.train.dropLast {
      guard pictures < size else { return nil }
      return .error(
        "no-batches",
        "phase '\(name)' has no batch: there \(pictures == 1 ? "is" : "are") \(there), fewer than "
          + "'batch_size', and 'drop_last' is on",
        at: phase.places.span(of: "train.drop_last"),
        labels: .at(phase.places.span(of: "train.batch_size"), "a batch is of \(size)"),
        help: "lower 'train.batch_size', or set 'drop_last: false'")
    }
    let left = pictures % size
    guard left > 0 else { return nil }
    do {
      _ = try trainingGraph(batch: left)
      return nil
    } catch {
      return .error(
        "shape-mismatch",
        "the last batch of phase '\(name)' has \(Counted.of(left, "picture")): \(error)",
        at: phase.places.span(of: "train.batch_size"),
        label: "\(there) in batches of \(size)",
        help: "set 'train: {drop_last: true}', or another 'batch_size'")
    }
  }
}
