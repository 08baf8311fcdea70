import Kernels

/// How a run uses the machine; nothing here changes what an experiment means.
package struct TrainerOptions {
  /// Compute threads.
  package var threads: Int
  /// Loader threads.
  package var workers: Int
  package var provider: ProviderKind
  /// Called after each optimizer step; tests sabotage the state here.
  package var onStep: ((LiveModel) -> Void)?

  package init(
    threads: Int, workers: Int, provider: ProviderKind = .best,
    onStep: ((LiveModel) -> Void)? = nil
  ) {
    self.threads = threads
    self.workers = workers
    self.provider = provider
    self.onStep = onStep
  }
}
