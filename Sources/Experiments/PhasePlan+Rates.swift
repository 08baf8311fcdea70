import Optimizers

extension PhasePlan {
  /// Optimizer steps of an epoch over so many training pictures.
  package func steps(pictures: Int) -> Int {
    let batch = phase.train.batchSize
    return phase.train.dropLast ? pictures / batch : (pictures + batch - 1) / batch
  }

  /// The learning rate at the beginning of each epoch, and of the last step of all.
  ///
  /// - Parameter pictures: training pictures; a schedule by step needs them.
  /// - Returns: nil for a schedule by step where they are not known.
  package func rates(pictures: Int?) -> (epochs: [Double], last: Double)? {
    let base = OptimizerCatalogue.make(phase.optimizer).baseRate
    guard let scheduler = phase.scheduler.map(SchedulerCatalogue.make) else {
      return ([Double](repeating: base, count: phase.epochs), base)
    }
    switch phase.schedulerBy {
    case .epoch:
      let rates = (0..<phase.epochs).map { scheduler.rate(base: base, at: $0) }
      return (rates, rates.last ?? base)
    case .step:
      guard let pictures else { return nil }
      let steps = steps(pictures: pictures)
      return (
        (0..<phase.epochs).map { scheduler.rate(base: base, at: $0 * steps) },
        scheduler.rate(base: base, at: max(0, phase.epochs * steps - 1))
      )
    }
  }
}
