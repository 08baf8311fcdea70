import Experiments

/// What an epoch is the best of, so far.
package enum EpochRank: Sendable, Hashable {
  case none
  /// Of its phase: a phase before had a better one.
  case phase
  /// Of the whole run: `best.safetensors` holds its weights.
  case run
}

/// Hears what a run does, for progress and for the log.
package protocol TrainingObserver: AnyObject {
  func began(phase: PhasePlan, epoch: Int, pictures: Int, split: Split)
  /// - Parameter metrics: of the epoch so far; nil while validating.
  func advanced(pictures: Int, metrics: EpochMetrics?)
  func ended(
    phase: PhasePlan, epoch: Int, rate: Double, train: EpochMetrics, val: EpochMetrics,
    seconds: Double, rank: EpochRank)
  func tested(_ metrics: EpochMetrics)
  /// Something that people want to know, in one line.
  func noted(_ text: String)
}
