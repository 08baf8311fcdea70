/// Weights and pictures that need no file: every number is a hash of a name and an index.
///
/// `Tools/golden/formula.py` computes the same numbers.
package enum Formula {
  /// Numbers in `[-0.5, 0.5)`, exact in `Float`.
  package static func uniform(_ name: String, _ count: Int) -> [Double] {
    let start = name.utf8.reduce(UInt32(0x811C_9DC5)) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    return (0..<UInt32(count)).map { index in
      var x = start ^ (index &* 0x9E37_79B1)
      x ^= x >> 16
      x = x &* 0x7FEB_352D
      x ^= x >> 15
      x = x &* 0x846C_A68B
      x ^= x >> 16
      return Double(x >> 8) / 0x1p24 - 0.5
    }
  }

  /// As `uniform`, rounded down to one of so many levels, so that some are equal; as they are where `levels` is 0.
  package static func uniform(_ name: String, _ count: Int, levels: Int) -> [Double] {
    let numbers = uniform(name, count)
    guard levels > 0 else { return numbers }
    return numbers.map { (($0 + 0.5) * Double(levels)).rounded(.down) / Double(levels) - 0.5 }
  }

  /// A model's tensor, spread over a range that its kind and size decide: variance 2 / fan-in, round 0.5 for
  /// one-dimensional weights, round 1 for running variances.
  ///
  /// - Parameter name: as in torch's `state_dict`; it decides the kind.
  package static func values(_ name: String, _ shape: [Int]) -> [Float] {
    let u = uniform(name, shape.reduce(1, *))
    let fan = shape.dropFirst().reduce(1, *)
    let (scale, shift): (Double, Double) =
      if name.hasSuffix("running_var") {
        (1, 1)
      } else if name.hasSuffix("running_mean") {
        (0.5, 0)
      } else if shape.count == 1 {
        name.hasSuffix(".weight") ? (0.25, 0.5) : (0.5, 0)
      } else {
        ((24 / Double(fan)).squareRoot(), 0)
      }
    return u.map { Float($0 * scale + shift) }
  }

  /// Values with which a backbone tells pictures apart: `Tools/golden/spread.py` says why.
  package static func spreadValues(
    _ name: String, _ shape: [Int], shifts: Float, scales: Float
  ) -> [Float] {
    let values = values(name, shape)
    if name.hasSuffix(".bias") || name.hasSuffix(".running_mean") {
      return values.map { $0 * shifts }
    }
    return shape.count == 1 && name.hasSuffix(".weight") ? values.map { $0 * scales } : values
  }
}
