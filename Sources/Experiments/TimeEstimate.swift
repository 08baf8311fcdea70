/// How long a plan will take on this machine, about: from steps and pictures that were timed.
package struct TimeEstimate: Sendable, Hashable {
  /// One phase.
  package struct Phase: Sendable, Hashable {
    /// Seconds of a training step over a whole batch.
    package let step: Double
    /// Processor seconds until a training picture is ready for the network; 0 where none could be timed.
    package let loading: Double
    /// Seconds of an epoch with its validation.
    package let epoch: Double
    /// Seconds of all epochs.
    package let all: Double

    package init(step: Double, loading: Double, epoch: Double, all: Double) {
      self.step = step
      self.loading = loading
      self.epoch = epoch
      self.all = all
    }
  }

  package let phases: [Phase]
  /// Seconds of everything: looking at each picture first, the phases, the predictions at the end.
  package let run: Double

  package init(phases: [Phase], run: Double) {
    self.phases = phases
    self.run = run
  }
}
