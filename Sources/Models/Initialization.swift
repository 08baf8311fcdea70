import CKernels
import Glibc
import Tensors

/// The distribution that a parameter's first values are drawn from, as `torch.nn.init` has them.
package enum Initialization: Sendable, Hashable {
  case zeros
  case ones
  /// Normal with mean 0.
  case normal(deviation: Double)
  /// Uniform in `[-bound, bound]`.
  case uniform(bound: Double)
  /// `kaiming_normal_(mode="fan_out", nonlinearity="relu")`: deviation `sqrt(2 / (outputs * k * k))`.
  case kaimingNormalFanOut
  /// `kaiming_uniform_()` with its defaults: bound `sqrt(6 / (inputs * k * k))`.
  case kaimingUniform
  /// `torch.nn.Linear`'s own: weight and bias uniform within `1 / sqrt(inputs)`.
  case torchLinear(inputs: Int)

  /// Fills a tensor; equal seed, name and shape give equal values.
  package func fill(_ buffer: FloatBuffer, _ tensor: TensorSpec, seed: UInt64) {
    for part in parts(of: tensor) { fill(buffer, tensor, seed: seed, part: part) }
  }

  /// Ranges of a tensor's values that can be filled independently of each other, on threads of their own.
  func parts(of tensor: TensorSpec) -> [Range<Int>] {
    let count = tensor.shape.count
    switch self {
    case .normal, .kaimingNormalFanOut:
      return stride(from: 0, to: count, by: Self.partCount).map {
        $0..<min(count, $0 + Self.partCount)
      }
    default: return [0..<count]
    }
  }

  private static let partCount = 1 << 17

  /// Fills one of a tensor's parts.
  func fill(_ buffer: FloatBuffer, _ tensor: TensorSpec, seed: UInt64, part: Range<Int>) {
    precondition(buffer.count == tensor.shape.count, "'\(tensor.name)' has a buffer of its shape")
    var stream = RandomStream(
      seed: seed, purpose: .initialization, [RandomStream.coordinate(of: tensor.name)])
    let shape = tensor.shape
    let area = shape.rank == 4 ? shape[2] * shape[3] : 1
    switch self {
    case .zeros: buffer.floats.update(repeating: 0)
    case .ones: buffer.floats.update(repeating: 1)
    case .normal(let deviation): Self.normal(buffer, deviation, stream, part)
    case .kaimingNormalFanOut:
      Self.normal(buffer, (2 / Double(shape[0] * area)).squareRoot(), stream, part)
    case .uniform(let bound): Self.uniform(buffer, bound, &stream)
    case .kaimingUniform: Self.uniform(buffer, (6 / Double(shape[1] * area)).squareRoot(), &stream)
    // kaiming_uniform_(a=sqrt(5)) has the gain sqrt(1 / 3), so the bound is sqrt(3 * 1 / 3 / inputs).
    case .torchLinear(let inputs): Self.uniform(buffer, 1 / Double(inputs).squareRoot(), &stream)
    }
  }

  private static func uniform(
    _ buffer: FloatBuffer, _ bound: Double, _ stream: inout RandomStream
  ) {
    for index in 0..<buffer.count { buffer.pointer[index] = Float(stream.uniform(-bound, bound)) }
  }

  /// By vectors: networks have tens of millions of weights. A part begins with a pair of numbers.
  private static func normal(
    _ buffer: FloatBuffer, _ deviation: Double, _ stream: RandomStream, _ part: Range<Int>
  ) {
    let (key, tail) = stream.philoxState
    xr_normals(
      [key.0, key.1], [tail.0, tail.1, tail.2], UInt32(part.lowerBound / 2), deviation,
      buffer.pointer + part.lowerBound, part.count)
  }
}
