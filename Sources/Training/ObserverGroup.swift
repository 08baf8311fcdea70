import Experiments

/// Several who hear the same run, in this order.
package final class ObserverGroup: TrainingObserver {
  private let members: [any TrainingObserver]

  package init(_ members: [any TrainingObserver]) { self.members = members }

  package func began(phase: PhasePlan, epoch: Int, pictures: Int, split: Split) {
    for member in members {
      member.began(phase: phase, epoch: epoch, pictures: pictures, split: split)
    }
  }

  package func advanced(pictures: Int, metrics: EpochMetrics?) {
    for member in members { member.advanced(pictures: pictures, metrics: metrics) }
  }

  package func ended(
    phase: PhasePlan, epoch: Int, rate: Double, train: EpochMetrics, val: EpochMetrics,
    seconds: Double, rank: EpochRank
  ) {
    for member in members {
      member.ended(
        phase: phase, epoch: epoch, rate: rate, train: train, val: val, seconds: seconds,
        rank: rank)
    }
  }

  package func tested(_ metrics: EpochMetrics) { for member in members { member.tested(metrics) } }

  package func noted(_ text: String) { for member in members { member.noted(text) } }
}
