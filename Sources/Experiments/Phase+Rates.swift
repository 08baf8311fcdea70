import Declarations
import Optimizers

extension Phase {
  /// The optimizer's own learning rate; nil for one without `lr`.
  package var baseRate: Double? { optimizer.values.entries["lr"]?.double }

  /// The rate after so many steps of the scheduler.
  package func rate(base: Double, at step: Int) -> Double {
    scheduler.map { SchedulerCatalogue.make($0).rate(base: base, at: step) } ?? base
  }

  /// Whether any of the first `count` rates differs from the first.
  func changesRate(within count: Int, base: Double) -> Bool {
    let first = rate(base: base, at: 0)
    return (1..<max(1, count)).contains { rate(base: base, at: $0) != first }
  }

  /// Whether its optimizer divides by the gradients' size, as Adam does, so that rates mean the same.
  var isAdaptive: Bool { optimizer.name.hasPrefix("Adam") }
}
