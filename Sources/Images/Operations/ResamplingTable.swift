import CPixels

/// The weights by which one line of pixels becomes another, in PIL's fixed point with 22 bits.
///
/// Made once for a pair of lengths and shared: immutable.
package final class ResamplingTable: @unchecked Sendable {
  package struct Key: Hashable, Sendable {
    package let interpolation: Interpolation
    package let from: Int
    package let to: Int
    package init(_ interpolation: Interpolation, from: Int, to: Int) {
      self.interpolation = interpolation
      self.from = from
      self.to = to
    }
  }

  /// For each new pixel the first old one that it is made of, and how many.
  let starts: [Int32]
  let counts: [Int32]
  /// The weights, as the loops want them. Never written after it is made.
  let weights: OpaquePointer

  package init(_ key: Key) {
    // Downwards the filter grows with the scale, which is what antialiasing means here.
    let scale = Double(Float(key.from)) / Double(key.to)
    let filterScale = max(scale, 1)
    let support = key.interpolation.support * filterScale
    let inverse = 1 / filterScale
    let stride = Int(support.rounded(.up)) * 2 + 1
    var starts: [Int32] = []
    var counts: [Int32] = []
    var weights = [Int32](repeating: 0, count: key.to * stride)
    var line = [Double](repeating: 0, count: stride)
    for target in 0..<key.to {
      let center = (Double(target) + 0.5) * scale
      let start = max(0, Int(center - support + 0.5))
      let count = min(key.from, Int(center + support + 0.5)) - start
      var sum = 0.0
      for offset in 0..<count {
        let distance = (Double(offset + start) - center + 0.5) * inverse
        line[offset] = key.interpolation.weight(at: distance)
        sum += line[offset]
      }
      for offset in 0..<count {
        let weight = sum != 0 ? line[offset] / sum : line[offset]
        let fixed = weight * Double(1 << XR_RESAMPLE_BITS)
        weights[target * stride + offset] = Int32(fixed < 0 ? fixed - 0.5 : fixed + 0.5)
      }
      starts.append(Int32(start))
      counts.append(Int32(count))
    }
    let made = xr_resampling_new(starts, counts, weights, Int32(key.to), Int32(stride))
    guard let made else { fatalError("out of memory for the weights of \(key.to) pixels") }
    self.starts = starts
    self.counts = counts
    self.weights = made
  }

  deinit { xr_resampling_free(weights) }
}
