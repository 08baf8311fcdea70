import Glibc

/// Weights of a Gaussian for an odd number of pixels, in single precision; their sum is one.
package struct GaussianKernel: Sendable {
  let weights: [Float]

  package init(count: Int, sigma: Double) {
    precondition(count > 0 && count % 2 == 1, "a kernel has a middle")
    let sigma = Float(sigma)
    let half = count / 2
    let heights = (-half...half).map { place in
      let distance = Float(place) / sigma
      return expf(-0.5 * (distance * distance))
    }
    let sum = heights.reduce(0, +)
    // A width that single precision cannot tell from zero leaves the middle alone.
    weights =
      sum.isFinite && sum > 0 ? heights.map { $0 / sum } : (-half...half).map { $0 == 0 ? 1 : 0 }
  }

  var half: Int { weights.count / 2 }
}

extension Picture {
  /// Writes means of neighbours, weighted by place; beyond an edge stand the pixels before it, reflected.
  ///
  /// Columns and rows one after the other: torch sums all products at once, which rounds otherwise in the last
  /// bits and so, seldom, to the next byte.
  package borrowing func blur(
    across: GaussianKernel, down: GaussianKernel, into target: inout Picture
  ) {
    precondition(
      across.half < width && down.half < height, "a reflection needs pixels beside the edge")
    let (width, height) = (width, height)
    let stride = width * 3
    let margin = across.half
    var line = [Float](repeating: 0, count: (width + 2 * margin) * 3)
    func reflected(_ place: Int, _ length: Int) -> Int {
      place < 0 ? -place : place >= length ? 2 * (length - 1) - place : place
    }
    withBytes { old in
      target.withMutableBytes { new in
        line.withUnsafeMutableBufferPointer { line in
          for row in 0..<height {
            // 1. The row's columns, each as a sum down the picture.
            for place in (margin * 3)..<(margin * 3 + stride) { line[place] = 0 }
            for (offset, weight) in down.weights.enumerated() {
              let from = old + reflected(row + offset - down.half, height) * stride
              for place in 0..<stride { line[margin * 3 + place] += weight * Float(from[place]) }
            }
            for column in 0..<margin {
              for channel in 0..<3 {
                line[column * 3 + channel] = line[(2 * margin - column) * 3 + channel]
                line[(margin + width + column) * 3 + channel] =
                  line[(margin + width - 2 - column) * 3 + channel]
              }
            }
            // 2. Sums along the row.
            let pixel = new + row * stride
            for place in 0..<stride {
              var sum: Float = 0
              for (offset, weight) in across.weights.enumerated() {
                sum += weight * line[place + offset * 3]
              }
              pixel[place] = UInt8(max(0, min(255, sum.rounded(.toNearestOrEven))))
            }
          }
        }
      }
    }
  }
}
