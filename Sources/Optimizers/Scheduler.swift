import Declarations

/// A learning rate as a pure function of how often the scheduler has stepped.
package protocol Scheduler: Sendable {
  static var declaration: Declaration { get }

  init(_ values: Values)

  /// The rate after so many steps of the scheduler; 0 is the beginning.
  ///
  /// - Parameter base: the optimizer's rate.
  func rate(base: Double, at step: Int) -> Double
}
