import Graphs
import Tensors

/// Weights in a kernel's own order, renewed when they changed.
final class PackedWeights {
  private let weights: ValueID
  private let buffer: FloatBuffer
  var bytes: Int { buffer.count * 4 }
  private let pack: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  private var packed: UInt64 = .max

  /// - Parameter pack: writes `count` floats from weights in torch's layout.
  init(
    _ weights: ValueID, count: Int,
    _ pack: @escaping (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) {
    self.weights = weights
    self.pack = pack
    buffer = FloatBuffer(count: count)
  }

  func pointer(_ context: borrowing RunContext) -> UnsafePointer<Float> {
    let version = context.version(weights)
    if packed != version {
      pack(UnsafePointer(context.floats(weights)), buffer.pointer)
      packed = version
    }
    return UnsafePointer(buffer.pointer)
  }
}
