import Experiments

/// Hears what a run does, for progress and for the log.
package protocol TrainingObserver: AnyObject {
  func began(phase: PhasePlan, epoch: Int, pictures: Int, split: Split)
  /// - Parameter metrics: of the epoch so far; nil while validating.
  func advanced(pictures: Int, metrics: EpochMetrics?)
  func ended(
    phase: PhasePlan, epoch: Int, rate: Double, train: EpochMetrics, val: EpochMetrics,
    seconds: Double, isBest: Bool)
  func tested(_ metrics: EpochMetrics)
}
