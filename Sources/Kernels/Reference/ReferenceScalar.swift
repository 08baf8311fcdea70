/// Numbers that the reference computes with: float in programs, double where gradients are checked.
protocol ReferenceScalar {
  init(_ value: Double)
  var double: Double { get }
}
extension Float: ReferenceScalar {
  var double: Double { Double(self) }
}
extension Double: ReferenceScalar {
  var double: Double { self }
}

/// Pointers to the inputs and results of one node, in plain layout.
struct ReferenceOperands<Scalar> {
  typealias Pointer = UnsafeMutablePointer<Scalar>
  var inputs: [Pointer?]
  var outputs: [Pointer?]
  /// The labels, where the node reads any.
  var labels: UnsafePointer<Int32>?

  func input(_ index: Int) -> Pointer {
    guard let pointer = inputs[index] else { preconditionFailure("input \(index) has no memory") }
    return pointer
  }
}
