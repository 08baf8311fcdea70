import CKernels
import Tensors
import XCTest

/// Every algorithm of transforms and products, also those that no layer chooses, against sums in double precision.
final class WinogradTests: XCTestCase {
  private struct Case {
    var n: Int, c: Int, o: Int, h: Int, w: Int
  }

  private let algorithms: [(xr_winograd_algorithm, String)] = [
    (XR_WINOGRAD_4, "F(4x4, 3x3)"), (XR_WINOGRAD_2, "F(2x2, 3x3)"), (XR_TOEPLITZ_2, "Toeplitz 2x2"),
  ]

  override func tearDown() { xr_isa_limit(XR_ISA_AVX512) }

  func testEveryAlgorithmOnEveryInstructionSet() {
    let cases = [
      Case(n: 3, c: 20, o: 40, h: 7, w: 9), Case(n: 1, c: 16, o: 16, h: 5, w: 5),
      Case(n: 2, c: 17, o: 33, h: 4, w: 4), Case(n: 35, c: 32, o: 32, h: 16, w: 16),
      Case(n: 31, c: 33, o: 17, h: 2, w: 2), Case(n: 70, c: 48, o: 64, h: 2, w: 2),
      Case(n: 2, c: 256, o: 256, h: 4, w: 4), Case(n: 1, c: 8, o: 8, h: 1, w: 3),
    ]
    for isa in [XR_ISA_BASELINE, XR_ISA_AVX2, XR_ISA_AVX512]
    where isa.rawValue <= xr_isa_best().rawValue {
      xr_isa_limit(isa)
      let block = isa == XR_ISA_AVX512 ? 16 : 8
      for (algorithm, name) in algorithms {
        for test in cases where algorithm != XR_TOEPLITZ_2 || (test.h == 2 && test.w == 2) {
          check(test, algorithm, block, "\(name), \(String(cString: xr_isa_name(isa))), \(test)")
        }
      }
    }
  }

  func testThreadsAndNeighboursDoNotMatter() {
    let block = xr_isa_best() == XR_ISA_AVX512 ? 16 : 8
    for (algorithm, name) in algorithms {
      let side = algorithm == XR_TOEPLITZ_2 ? 2 : 8
      let many = Case(n: 150, c: 32, o: 48, h: side, w: side)
      let (x, dy, w) = values(many, block)
      xr_pool_set_threads(1)
      let one = results(many, algorithm, block, x, dy, w)
      xr_pool_set_threads(3)
      let three = results(many, algorithm, block, x, dy, w)
      xr_pool_set_threads(1)
      XCTAssertEqual(one.y, three.y, name)
      XCTAssertEqual(one.dx, three.dx, name)
      XCTAssertEqual(one.dw, three.dw, name)
      let few = Case(n: 2, c: 32, o: 48, h: side, w: side)
      let alone = results(
        few, algorithm, block, Array(x.prefix(x.count / 75)), Array(dy.prefix(dy.count / 75)), w)
      XCTAssertEqual(alone.y, Array(one.y.prefix(alone.y.count)), name)
      XCTAssertEqual(alone.dx, Array(one.dx.prefix(alone.dx.count)), name)
    }
  }

  // MARK: -

  /// Values in blocked layouts, zeros in channels beyond the last, and weights in torch's layout.
  private func values(_ test: Case, _ block: Int) -> (x: [Float], dy: [Float], w: [Float]) {
    var stream = RandomStream(seed: 5, purpose: .test)
    func blocked(_ channels: Int) -> [Float] {
      let blocks = (channels + block - 1) / block
      let size = test.h * test.w
      var made = [Float](repeating: 0, count: test.n * blocks * size * block)
      for index in made.indices
      where index / (size * block) % blocks * block + index % block < channels {
        made[index] = Float(stream.normal())
      }
      return made
    }
    let (x, dy) = (blocked(test.c), blocked(test.o))
    return (x, dy, (0..<test.o * test.c * 9).map { _ in Float(stream.normal()) })
  }

  private func results(
    _ test: Case, _ algorithm: xr_winograd_algorithm, _ block: Int, _ x: [Float], _ dy: [Float],
    _ w: [Float], bias: [Float]? = nil, residual: [Float]? = nil, activation: Int = 0
  ) -> (y: [Float], dx: [Float], dw: [Float]) {
    var shape = xr_winograd_shape(
      n: test.n, c: test.c, h: test.h, w: test.w, o: test.o, oh: test.h, ow: test.w, top: 1,
      left: 1, block: block, algorithm: algorithm)
    func transformed(_ isGradient: Int32) -> FloatBuffer {
      let buffer = FloatBuffer(count: xr_winograd_weights_floats(&shape, isGradient))
      xr_winograd_weights(&shape, w, buffer.pointer, isGradient)
      return buffer
    }
    // What must be written is not there before.
    var y = [Float](repeating: .nan, count: dy.count), dx = [Float](repeating: .nan, count: x.count)
    var dw = [Float](repeating: .nan, count: w.count)
    let (forward, gradient) = (transformed(0), transformed(1))
    withExtendedLifetime((forward, gradient)) {
      xr_winograd_forward(&shape, x, forward.pointer, bias, residual, Int32(activation), &y)
      xr_winograd_input_gradient(&shape, dy, gradient.pointer, &dx)
    }
    xr_winograd_weight_gradient(&shape, x, dy, &dw)
    return (y, dx, dw)
  }

  private func check(
    _ test: Case, _ algorithm: xr_winograd_algorithm, _ block: Int, _ place: String
  ) {
    let (x, dy, w) = values(test, block)
    let bias = (0..<test.o).map { Float($0 % 5) - 2 }
    let made = results(
      test, algorithm, block, x, dy, w, bias: bias, residual: dy, activation: XR_RELU)
    func at(_ n: Int, _ c: Int, _ y: Int, _ x: Int, _ channels: Int) -> Int {
      let blocks = (channels + block - 1) / block
      return (((n * blocks + c / block) * test.h + y) * test.w + x) * block + c % block
    }
    var y = [Double](repeating: 0, count: dy.count), dx = [Double](repeating: 0, count: x.count)
    var dw = [Double](repeating: 0, count: w.count)
    for n in 0..<test.n {
      for top in 0..<test.h {
        for left in 0..<test.w {
          for tap in 0..<9 {
            let (row, column) = (top + tap / 3 - 1, left + tap % 3 - 1)
            guard (0..<test.h).contains(row), (0..<test.w).contains(column) else { continue }
            for o in 0..<test.o {
              let (to, base) = (at(n, o, top, left, test.o), o * test.c * 9 + tap)
              for c in 0..<test.c {
                let from = at(n, c, row, column, test.c)
                y[to] += Double(x[from]) * Double(w[base + c * 9])
                dx[from] += Double(dy[to]) * Double(w[base + c * 9])
                dw[base + c * 9] += Double(dy[to]) * Double(x[from])
              }
            }
          }
          for o in 0..<test.o {
            let index = at(n, o, top, left, test.o)
            y[index] = max(0, y[index] + Double(bias[o]) + Double(dy[index]))
          }
        }
      }
    }
    for (name, got, expected) in [
      ("y", made.y, y), ("dx", made.dx, dx), ("dw", made.dw, dw),
    ] {
      let most = expected.reduce(0) { max($0, abs($1)) }
      var worst = 0.0
      for (index, value) in expected.enumerated() {
        let difference = abs(Double(got[index]) - value)
        worst = difference.isNaN ? .infinity : max(worst, difference)
      }
      XCTAssertLessThan(worst / max(most, 1e-30), 5e-6, "\(name) \(place)")
    }
  }
}
