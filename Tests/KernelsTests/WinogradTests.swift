import CKernels
import Tensors
import XCTest

/// Every algorithm of transforms and products, also those that no layer chooses, against sums in double precision.
final class WinogradTests: XCTestCase {
  private let algorithms: [(xr_winograd_algorithm, String)] = [
    (XR_WINOGRAD_4, "F(4x4, 3x3)"), (XR_WINOGRAD_2, "F(2x2, 3x3)"), (XR_TOEPLITZ_2, "Toeplitz 2x2"),
  ]

  func testEveryAlgorithmOnEveryInstructionSet() {
    let cases = [
      DirectConvolution(n: 3, c: 20, o: 40, h: 7, w: 9),
      DirectConvolution(n: 1, c: 16, o: 16, h: 5, w: 5),
      DirectConvolution(n: 2, c: 17, o: 33, h: 4, w: 4),
      DirectConvolution(n: 35, c: 32, o: 32, h: 16, w: 16),
      DirectConvolution(n: 31, c: 33, o: 17, h: 2, w: 2),
      DirectConvolution(n: 70, c: 48, o: 64, h: 2, w: 2),
      DirectConvolution(n: 2, c: 256, o: 256, h: 4, w: 4),
      DirectConvolution(n: 1, c: 8, o: 8, h: 1, w: 3),
    ]
    DirectConvolution.onEveryInstructionSet { isa, block in
      for (algorithm, name) in algorithms {
        for var test in cases where algorithm != XR_TOEPLITZ_2 || (test.h == 2 && test.w == 2) {
          test.block = block
          let (x, dy, w) = test.values()
          let bias = (0..<test.o).map { Float($0 % 5) - 2 }
          let made = results(test, algorithm, x, dy, w, bias: bias, residual: dy)
          var expected = test.computed(x, dy, w)
          for index in expected.y.indices {
            let channel =
              index / (test.oh * test.ow * block) % test.results.blocks * block + index % block
            guard channel < test.o else { continue }
            expected.y[index] = max(
              0, expected.y[index] + Double(bias[channel]) + Double(dy[index]))
          }
          let place = "\(name), \(isa), \(test)"
          DirectConvolution.assertClose(made.y, expected.y, 5e-6, "y \(place)")
          DirectConvolution.assertClose(made.dx, expected.dx, 5e-6, "dx \(place)")
          DirectConvolution.assertClose(made.dw, expected.dw, 5e-6, "dw \(place)")
        }
      }
    }
  }

  func testThreadsAndNeighboursDoNotMatter() {
    let block = xr_isa_best() == XR_ISA_AVX512 ? 16 : 8
    for (algorithm, name) in algorithms {
      let side = algorithm == XR_TOEPLITZ_2 ? 2 : 8
      var many = DirectConvolution(n: 150, c: 32, o: 48, h: side, w: side)
      many.block = block
      let (x, dy, w) = many.values()
      xr_pool_set_threads(1)
      let one = results(many, algorithm, x, dy, w)
      xr_pool_set_threads(3)
      let three = results(many, algorithm, x, dy, w)
      xr_pool_set_threads(1)
      XCTAssertEqual(one.y, three.y, name)
      XCTAssertEqual(one.dx, three.dx, name)
      XCTAssertEqual(one.dw, three.dw, name)
      var few = many
      few.n = 2
      let alone = results(
        few, algorithm, Array(x.prefix(x.count / 75)), Array(dy.prefix(dy.count / 75)), w)
      XCTAssertEqual(alone.y, Array(one.y.prefix(alone.y.count)), name)
      XCTAssertEqual(alone.dx, Array(one.dx.prefix(alone.dx.count)), name)
    }
  }

  /// Kernels of 7x7 and stride 2 over plain pictures.
  func testStemsOnEveryInstructionSet() {
    let cases = [
      DirectConvolution(n: 3, c: 3, o: 64, h: 64, w: 64, kernel: 7, stride: 2, padding: 3),
      DirectConvolution(n: 35, c: 3, o: 20, h: 17, w: 22, kernel: 7, stride: 2, padding: 3),
      DirectConvolution(n: 2, c: 1, o: 96, h: 30, w: 23, kernel: 7, stride: 2, padding: 0),
      DirectConvolution(n: 1, c: 4, o: 17, h: 9, w: 8, kernel: 7, stride: 2, padding: 1),
    ]
    DirectConvolution.onEveryInstructionSet { isa, block in
      for var test in cases {
        test.block = block
        let (x, dy, w) = test.values()
        let bias = (0..<test.o).map { Float($0 % 5) - 2 }
        var expected = test.computed(x, dy, w)
        for index in expected.y.indices {
          let channel =
            index / (test.oh * test.ow * block) % test.results.blocks * block + index % block
          guard channel < test.o else { continue }
          expected.y[index] = max(0, expected.y[index] + Double(bias[channel]))
        }
        xr_pool_set_threads(1)
        let made = stem(test, x, dy, w, bias: bias)
        xr_pool_set_threads(3)
        let threaded = stem(test, x, dy, w, bias: bias)
        xr_pool_set_threads(1)
        XCTAssertEqual(made.y, threaded.y, "\(isa), \(test)")
        XCTAssertEqual(made.dw, threaded.dw, "\(isa), \(test)")
        DirectConvolution.assertClose(made.y, expected.y, 5e-6, "y \(isa), \(test)")
        DirectConvolution.assertClose(made.dw, expected.dw, 5e-6, "dw \(isa), \(test)")
      }
    }
  }

  private func stem(
    _ test: DirectConvolution, _ x: [Float], _ dy: [Float], _ w: [Float], bias: [Float]
  ) -> (y: [Float], dw: [Float]) {
    var plain = [Float](repeating: 0, count: test.n * test.c * test.h * test.w)
    for index in plain.indices {
      let (row, column) = (index / test.w % test.h, index % test.w)
      let plane = index / (test.w * test.h)
      plain[index] = x[test.pictures.index(plane / test.c, plane % test.c, row, column)]
    }
    var shape = xr_stem_shape(
      n: test.n, c: test.c, h: test.h, w: test.w, o: test.o, oh: test.oh, ow: test.ow,
      top: test.top, left: test.left, block: test.block)
    let transformed = FloatBuffer(count: xr_stem_weights_floats(&shape))
    xr_stem_weights(&shape, w, transformed.pointer)
    var (y, dw) = (
      [Float](repeating: .nan, count: dy.count), [Float](repeating: .nan, count: w.count)
    )
    withExtendedLifetime(transformed) {
      xr_stem_forward(&shape, plain, transformed.pointer, bias, Int32(XR_RELU), &y)
    }
    xr_stem_weight_gradient(&shape, plain, dy, &dw)
    return (y, dw)
  }

  private func results(
    _ test: DirectConvolution, _ algorithm: xr_winograd_algorithm, _ x: [Float], _ dy: [Float],
    _ w: [Float], bias: [Float]? = nil, residual: [Float]? = nil
  ) -> (y: [Float], dx: [Float], dw: [Float]) {
    var shape = xr_winograd_shape(
      n: test.n, c: test.c, h: test.h, w: test.w, o: test.o, oh: test.oh, ow: test.ow,
      top: test.top, left: test.left, block: test.block, algorithm: algorithm)
    func transformed(_ isGradient: Int32) -> FloatBuffer {
      let buffer = FloatBuffer(count: xr_winograd_weights_floats(&shape, isGradient))
      xr_winograd_weights(&shape, w, buffer.pointer, isGradient)
      return buffer
    }
    // What must be written is not there before.
    var y = [Float](repeating: .nan, count: dy.count), dx = [Float](repeating: .nan, count: x.count)
    var dw = [Float](repeating: .nan, count: w.count)
    let (forward, gradient) = (transformed(0), transformed(1))
    let activation = Int32(bias == nil ? XR_NONE : XR_RELU)
    withExtendedLifetime((forward, gradient)) {
      xr_winograd_forward(&shape, x, forward.pointer, bias, residual, activation, &y)
      xr_winograd_input_gradient(&shape, dy, gradient.pointer, &dx)
    }
    xr_winograd_weight_gradient(&shape, x, dy, &dw)
    return (y, dx, dw)
  }
}
