import Graphs
import Tensors

/// Pooling and its gradients as their definition says.
enum PoolingReference<Scalar: ReferenceScalar> {
  typealias Pointer = UnsafeMutablePointer<Scalar>

  static func maximum(_ p: MaxPooling, x: Pointer, xShape: Shape, y: Pointer, yShape: Shape) {
    forEachWindow(p, xShape: xShape, yShape: yShape, x: x) { place, window in
      y[place] = x[window]
    }
  }

  static func maximumGradient(
    _ p: MaxPooling, dy: Pointer, yShape: Shape, x: Pointer, xShape: Shape, dx: Pointer
  ) {
    var sums = [Double](repeating: 0, count: xShape.count)
    forEachWindow(p, xShape: xShape, yShape: yShape, x: x) { place, window in
      sums[window] += dy[place].double
    }
    for index in sums.indices { dx[index] = Scalar(sums[index]) }
  }

  /// Calls `body` with each result's index and the index of its window's first greatest element.
  private static func forEachWindow(
    _ p: MaxPooling, xShape: Shape, yShape: Shape, x: Pointer, _ body: (Int, Int) -> Void
  ) {
    let (height, width) = (xShape[2], xShape[3])
    for plane in 0..<xShape[0] * xShape[1] {
      for oy in 0..<yShape[2] {
        for ox in 0..<yShape[3] {
          let (top, left) = (oy * p.stride - p.padding, ox * p.stride - p.padding)
          var best = -1
          for iy in max(0, top)..<min(height, top + p.kernel) {
            for ix in max(0, left)..<min(width, left + p.kernel) {
              let index = (plane * height + iy) * width + ix
              // NaN counts as greatest, as in torch.
              if best < 0 || x[index].double > x[best].double || x[index].double.isNaN {
                best = index
              }
            }
          }
          body((plane * yShape[2] + oy) * yShape[3] + ox, best)
        }
      }
    }
  }

  static func average(x: Pointer, xShape: Shape, y: Pointer) {
    let size = xShape[2] * xShape[3]
    for plane in 0..<xShape[0] * xShape[1] {
      var sum = 0.0
      for i in 0..<size { sum += x[plane * size + i].double }
      y[plane] = Scalar(sum / Double(size))
    }
  }

  static func averageGradient(dy: Pointer, dx: Pointer, xShape: Shape) {
    let size = xShape[2] * xShape[3]
    for plane in 0..<xShape[0] * xShape[1] {
      let share = Scalar(dy[plane].double / Double(size))
      for i in 0..<size { dx[plane * size + i] = share }
    }
  }
}
