import Declarations
import Glibc
import Tensors

/// A window whose area and shape are drawn, as torchvision draws them for crops and for erasing.
struct AreaAndRatio: Sendable {
  /// The window's part of the picture's area.
  let scale: ClosedRange<Double>
  /// One side over the other.
  let ratio: ClosedRange<Double>

  init(_ values: Values, scale: Parameter<[Double]>, ratio: Parameter<[Double]>)
    throws(TransformError)
  {
    self.scale = try ClosedRange(ends: values[scale], of: scale.name)
    self.ratio = try ClosedRange(ends: values[ratio], of: ratio.name)
  }

  /// Two sides, the first being the second times the ratio; the first pair of ten that is accepted.
  func sides(
    area: Int, from stream: inout RandomStream, where accepts: (Double, Double) -> Bool
  ) -> (Int, Int)? {
    for _ in 0..<10 {
      let part = Double(area) * stream.uniform(scale.lowerBound, scale.upperBound)
      let ratio = exp(stream.uniform(log(self.ratio.lowerBound), log(self.ratio.upperBound)))
      let first = (part * ratio).squareRoot().rounded(.toNearestOrEven)
      let second = (part / ratio).squareRoot().rounded(.toNearestOrEven)
      if accepts(first, second) { return (Int(first), Int(second)) }
    }
    return nil
  }
}

extension ClosedRange where Bound == Double {
  /// The range of a list of two numbers.
  init(ends: [Double], of name: String) throws(TransformError) {
    let (lower, upper) = (ends[0], ends[1])
    guard lower <= upper else { throw .reversed(name, lower, upper) }
    self = lower...upper
  }
}
