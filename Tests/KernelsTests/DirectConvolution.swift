import CKernels
import Tensors
import XCTest

/// A convolution of blocked values by its definition, in double precision.
struct DirectConvolution {
  var n: Int, c: Int, o: Int, h: Int, w: Int
  var kernel = 3, stride = 1, top = 1, left = 1
  /// True where each channel has its own kernel and `o` is `c`.
  var isDepthwise = false
  var oh: Int, ow: Int
  var block = 16

  /// With `oh` and `ow` from the same padding on all sides where none are given.
  init(
    n: Int, c: Int, o: Int, h: Int, w: Int, kernel: Int = 3, stride: Int = 1, padding: Int = 1,
    isDepthwise: Bool = false
  ) {
    (self.n, self.c, self.o, self.h, self.w) = (n, c, o, h, w)
    (self.kernel, self.stride, self.isDepthwise) = (kernel, stride, isDepthwise)
    (top, left) = (padding, padding)
    oh = (h + 2 * padding - kernel) / stride + 1
    ow = (w + 2 * padding - kernel) / stride + 1
  }

  var taps: Int { kernel * kernel }
  var weightCount: Int { o * (isDepthwise ? 1 : c) * taps }
  var pictures: Blocked { Blocked(n: n, c: c, h: h, w: w, block: block) }
  var results: Blocked { Blocked(n: n, c: o, h: oh, w: ow, block: block) }

  /// Where elements lie in a blocked layout.
  struct Blocked {
    var n: Int, c: Int, h: Int, w: Int, block: Int
    var blocks: Int { (c + block - 1) / block }
    var count: Int { n * blocks * h * w * block }
    func index(_ n: Int, _ c: Int, _ y: Int, _ x: Int) -> Int {
      (((n * blocks + c / block) * h + y) * w + x) * block + c % block
    }
    /// Normal numbers, zeros in channels beyond the last.
    func random(_ stream: inout RandomStream) -> [Float] {
      var made = [Float](repeating: 0, count: count)
      for index in made.indices where index / (h * w * block) % blocks * block + index % block < c {
        made[index] = Float(stream.normal())
      }
      return made
    }
  }

  func values() -> (x: [Float], dy: [Float], w: [Float]) {
    var stream = RandomStream(seed: 5, purpose: .test)
    let (x, dy) = (pictures.random(&stream), results.random(&stream))
    return (x, dy, (0..<weightCount).map { _ in Float(stream.normal()) })
  }

  /// The result without bias, and the gradients that `dy` gives.
  func computed(
    _ x: [Float], _ dy: [Float], _ weights: [Float]
  ) -> (y: [Double], dx: [Double], dw: [Double]) {
    let (pictures, results) = (pictures, results)
    var y = [Double](repeating: 0, count: results.count)
    var dx = [Double](repeating: 0, count: pictures.count)
    var dw = [Double](repeating: 0, count: weightCount)
    for n in 0..<n {
      for oy in 0..<oh {
        for ox in 0..<ow {
          for tap in 0..<taps {
            let (row, column) = (
              oy * stride + tap / kernel - top, ox * stride + tap % kernel - left
            )
            guard (0..<h).contains(row), (0..<w).contains(column) else { continue }
            for o in 0..<o {
              let to = results.index(n, o, oy, ox)
              for c in isDepthwise ? o..<o + 1 : 0..<c {
                let from = pictures.index(n, c, row, column)
                let weight = (isDepthwise ? o : o * self.c + c) * taps + tap
                y[to] += Double(x[from]) * Double(weights[weight])
                dx[from] += Double(dy[to]) * Double(weights[weight])
                dw[weight] += Double(dy[to]) * Double(x[from])
              }
            }
          }
        }
      }
    }
    return (y, dx, dw)
  }

  /// Runs `body` for each instruction set that the processor has, with the block of channels that belongs to it.
  static func onEveryInstructionSet(_ body: (_ name: String, _ block: Int) -> Void) {
    defer { xr_isa_limit(XR_ISA_AVX512) }
    for isa in [XR_ISA_BASELINE, XR_ISA_AVX2, XR_ISA_AVX512]
    where isa.rawValue <= xr_isa_best().rawValue {
      xr_isa_limit(isa)
      body(String(cString: xr_isa_name(isa)), isa == XR_ISA_AVX512 ? 16 : 8)
    }
  }

  /// Differences relative to the greatest element.
  static func assertClose(
    _ got: [Float], _ expected: [Double], _ tolerance: Double, _ place: String
  ) {
    let most = expected.reduce(1e-30) { max($0, abs($1)) }
    var worst = 0.0
    for (index, value) in expected.enumerated() {
      let difference = abs(Double(got[index]) - value)
      worst = difference.isNaN ? .infinity : max(worst, difference)
    }
    XCTAssertLessThan(worst / most, tolerance, place)
  }
}
