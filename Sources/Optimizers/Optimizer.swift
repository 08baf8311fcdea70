import Declarations
import Tensors

/// A rule that moves parameters along their gradients.
///
/// Scalars are computed in double and applied as float32, as torch's single-tensor CPU path does.
package protocol Optimizer: Sendable {
  static var declaration: Declaration { get }

  init(_ values: Values)

  /// The rate before any schedule.
  var baseRate: Double { get }

  /// How many buffers of a parameter's shape it keeps for each; they start as zeros.
  var stateCount: Int { get }

  /// Moves one parameter in place, and its state; on all compute threads, whose number changes nothing.
  ///
  /// - Parameter step: counts from 1.
  /// - Parameter rate: the scheduler's, for this step.
  /// - Parameter gradientScale: multiplies the gradient first, as clipping asks for; 1 where there is none.
  func update(
    parameter: FloatBuffer, gradient: FloatBuffer, gradientScale: Float, state: [FloatBuffer],
    step: Int, rate: Double)

  /// The meaning of `update`, plainly: one element after the other, without fused rounding.
  func updatePlain(
    parameter: FloatBuffer, gradient: FloatBuffer, gradientScale: Float, state: [FloatBuffer],
    step: Int, rate: Double)

  /// Arguments that are valid alone but not together, as torch refuses them.
  static func conflicts(_ values: Values) -> [ArgumentConflict]
}

extension Optimizer {
  /// Moves one parameter along its gradient as it is.
  package func update(
    parameter: FloatBuffer, gradient: FloatBuffer, state: [FloatBuffer], step: Int, rate: Double
  ) {
    update(
      parameter: parameter, gradient: gradient, gradientScale: 1, state: state, step: step,
      rate: rate)
  }

  package static func conflicts(_ values: Values) -> [ArgumentConflict] { [] }
}

/// Arguments of one component that contradict each other.
package struct ArgumentConflict: Sendable, Hashable {
  /// The argument to point at.
  package let parameter: String
  /// The rule and the value found, one phrase.
  package let message: String
  package let help: String
}
