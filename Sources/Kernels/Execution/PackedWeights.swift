import Graphs
import Tensors

/// Weights in a kernel's own order.
///
/// They are kept, and renewed when they changed; those that every step changes are made in each run in the node's
/// workspace instead, so that they take no memory between.
final class PackedWeights {
  private let weights: ValueID
  private let count: Int
  /// Nil where they are made in each run.
  private let kept: FloatBuffer?
  private let pack: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  private var packed: UInt64 = .max

  /// - Parameter pack: writes `count` floats from weights in torch's layout.
  init(
    _ weights: ValueID, of request: NodeRequest, count: Int,
    _ pack: @escaping (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) {
    self.weights = weights
    self.count = count
    self.pack = pack
    kept = request.isTrained(weights) ? nil : FloatBuffer(count: count)
  }

  /// Memory that is kept between runs.
  var bytes: Int { kept == nil ? 0 : count * 4 }
  /// Memory that is needed during a run.
  var workspaceBytes: Int { kept == nil ? count * 4 : 0 }

  func pointer(_ context: borrowing RunContext) -> UnsafePointer<Float> {
    guard let kept else {
      let place = context.workspaceFloats
      pack(UnsafePointer(context.floats(weights)), place)
      return UnsafePointer(place)
    }
    let version = context.version(weights)
    if packed != version {
      pack(UnsafePointer(context.floats(weights)), kept.pointer)
      packed = version
    }
    return UnsafePointer(kept.pointer)
  }
}
