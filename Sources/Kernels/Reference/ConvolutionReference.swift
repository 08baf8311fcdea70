import Graphs
import Tensors

/// Convolutions as their definition says, one sum in double for each result.
enum ConvolutionReference<Scalar: ReferenceScalar> {
  typealias Pointer = UnsafeMutablePointer<Scalar>

  static func forward(
    _ operation: Convolution, x: Pointer, xShape: Shape, w: Pointer, wShape: Shape, bias: Pointer?,
    residual: Pointer?, y: Pointer, yShape: Shape
  ) {
    let g = operation.geometry
    let (height, width, k) = (xShape[2], xShape[3], g.kernel)
    let (channels, outputs) = (wShape[1], yShape[1])
    let perGroup = outputs / g.groups
    for n in 0..<yShape[0] {
      for o in 0..<outputs {
        let first = o / perGroup * channels
        for oy in 0..<yShape[2] {
          for ox in 0..<yShape[3] {
            var sum = bias.map { $0[o].double } ?? 0
            for c in 0..<channels {
              let picture = x + (n * xShape[1] + first + c) * height * width
              let taps = w + (o * channels + c) * k * k
              for ky in 0..<k {
                let iy = oy * g.stride + ky - g.padding.top
                guard iy >= 0, iy < height else { continue }
                for kx in 0..<k {
                  let ix = ox * g.stride + kx - g.padding.left
                  guard ix >= 0, ix < width else { continue }
                  sum += picture[iy * width + ix].double * taps[ky * k + kx].double
                }
              }
            }
            let index = ((n * outputs + o) * yShape[2] + oy) * yShape[3] + ox
            if let residual { sum += residual[index].double }
            y[index] = Scalar(operation.activation.applied(to: sum))
          }
        }
      }
    }
  }

  static func inputGradient(
    _ g: ConvolutionGeometry, w: Pointer, wShape: Shape, dy: Pointer, dyShape: Shape, dx: Pointer,
    dxShape: Shape
  ) {
    let (height, width, k) = (dxShape[2], dxShape[3], g.kernel)
    let channels = wShape[1]
    let perGroup = wShape[0] / g.groups
    var sums = [Double](repeating: 0, count: height * width)
    for n in 0..<dxShape[0] {
      for c in 0..<dxShape[1] {
        for index in sums.indices { sums[index] = 0 }
        let group = c / channels
        for o in group * perGroup..<(group + 1) * perGroup {
          let taps = w + (o * channels + c % channels) * k * k
          for oy in 0..<dyShape[2] {
            for ox in 0..<dyShape[3] {
              let incoming =
                dy[((n * dyShape[1] + o) * dyShape[2] + oy) * dyShape[3] + ox].double
              for ky in 0..<k {
                let iy = oy * g.stride + ky - g.padding.top
                guard iy >= 0, iy < height else { continue }
                for kx in 0..<k {
                  let ix = ox * g.stride + kx - g.padding.left
                  guard ix >= 0, ix < width else { continue }
                  sums[iy * width + ix] += incoming * taps[ky * k + kx].double
                }
              }
            }
          }
        }
        let picture = dx + (n * dxShape[1] + c) * height * width
        for index in sums.indices { picture[index] = Scalar(sums[index]) }
      }
    }
  }

  static func weightGradient(
    _ g: ConvolutionGeometry, x: Pointer, xShape: Shape, dy: Pointer, dyShape: Shape, dw: Pointer?,
    wShape: Shape, db: Pointer?
  ) {
    let (height, width, k) = (xShape[2], xShape[3], g.kernel)
    let channels = wShape[1]
    let perGroup = wShape[0] / g.groups
    let (rows, columns) = (dyShape[2], dyShape[3])
    for o in 0..<wShape[0] {
      if let db {
        var sum = 0.0
        for n in 0..<dyShape[0] {
          let incoming = dy + (n * dyShape[1] + o) * rows * columns
          for index in 0..<rows * columns { sum += incoming[index].double }
        }
        db[o] = Scalar(sum)
      }
      guard let dw else { continue }
      for c in 0..<channels {
        for ky in 0..<k {
          for kx in 0..<k {
            var sum = 0.0
            for n in 0..<xShape[0] {
              let picture = x + (n * xShape[1] + o / perGroup * channels + c) * height * width
              let incoming = dy + (n * dyShape[1] + o) * rows * columns
              for oy in 0..<rows {
                let iy = oy * g.stride + ky - g.padding.top
                guard iy >= 0, iy < height else { continue }
                for ox in 0..<columns {
                  let ix = ox * g.stride + kx - g.padding.left
                  guard ix >= 0, ix < width else { continue }
                  sum += picture[iy * width + ix].double * incoming[oy * columns + ox].double
                }
              }
            }
            dw[((o * channels + c) * k + ky) * k + kx] = Scalar(sum)
          }
        }
      }
    }
  }
}

extension Activation {
  func applied(to value: Double) -> Double {
    switch self {
    case .none: value
    // Written so that NaN stays NaN, as in torch.
    case .relu: value < 0 ? 0 : value
    case .relu6: value < 0 ? 0 : value > 6 ? 6 : value
    }
  }

  /// Whether the gradient passes where the function's result is `result`.
  func passes(_ result: Double) -> Bool {
    switch self {
    case .none: true
    case .relu: result > 0
    case .relu6: result > 0 && result < 6
    }
  }
}
