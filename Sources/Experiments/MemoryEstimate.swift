/// How much memory a plan's run will take at most, about: what it will make, counted, and what was measured.
package struct MemoryEstimate: Sendable, Hashable {
  /// Bytes of one phase, each kind at its largest.
  package struct Phase: Sendable, Hashable {
    /// Values of a step or of an evaluation, as they lie.
    package var arena = 0
    /// Weights as kernels want them, gradients and results, of all programs of the phase.
    package var programs = 0
    /// Parameters and running statistics with their copies of the best and the last epoch, and optimizer state.
    package var states = 0
    /// Batches that are loaded ahead.
    package var batches = 0

    package init() {}

    package var all: Int { arena + programs + states + batches }
  }

  package let phases: [Phase]
  /// The program itself, its libraries with what they keep, scratch memory: as measured.
  package let base: Int

  package init(phases: [Phase], base: Int) {
    self.phases = phases
    self.base = base
  }

  /// The largest of the phases.
  package var peak: Int { base + (phases.map(\.all).max() ?? 0) }
}
