import Experiments
import Training

/// Watches a run and says nothing.
final class SilentObserver: TrainingObserver {
  func began(phase: PhasePlan, epoch: Int, pictures: Int, split: Split) {}
  func advanced(pictures: Int, metrics: EpochMetrics?) {}
  func ended(
    phase: PhasePlan, epoch: Int, rate: Double, train: EpochMetrics, val: EpochMetrics,
    seconds: Double, rank: EpochRank
  ) {}
  func tested(_ metrics: EpochMetrics) {}
  func noted(_ text: String) {}
}
