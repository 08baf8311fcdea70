import CKernels
import Tensors
import XCTest

/// 1x1 and depthwise convolutions on all instruction sets, also where layers choose others, against sums in double.
final class OwnConvolutionTests: XCTestCase {
  private typealias Made = (y: [Float], dx: [Float], dw: [Float])

  func testConv1x1() {
    let cases = [
      DirectConvolution(n: 3, c: 20, o: 40, h: 7, w: 9, kernel: 1, padding: 0),
      DirectConvolution(n: 2, c: 33, o: 17, h: 7, w: 9, kernel: 1, stride: 2, padding: 0),
      DirectConvolution(n: 33, c: 64, o: 48, h: 2, w: 2, kernel: 1, padding: 0),
      DirectConvolution(n: 5, c: 17, o: 130, h: 1, w: 1, kernel: 1, padding: 0),
      DirectConvolution(n: 40, c: 32, o: 64, h: 16, w: 16, kernel: 1, padding: 0),
    ]
    check(cases, "1x1", Self.conv1x1)
  }

  func testDepthwise() {
    let cases = [
      DirectConvolution(n: 3, c: 20, o: 20, h: 7, w: 9, isDepthwise: true),
      DirectConvolution(
        n: 3, c: 20, o: 20, h: 9, w: 7, kernel: 5, stride: 2, padding: 2, isDepthwise: true),
      DirectConvolution(n: 13, c: 33, o: 33, h: 2, w: 2, kernel: 5, padding: 2, isDepthwise: true),
      DirectConvolution(n: 2, c: 17, o: 17, h: 8, w: 9, stride: 2, padding: 0, isDepthwise: true),
      DirectConvolution(n: 9, c: 8, o: 8, h: 12, w: 33, kernel: 7, padding: 3, isDepthwise: true),
      DirectConvolution(
        n: 2, c: 16, o: 16, h: 20, w: 41, kernel: 4, stride: 2, padding: 1, isDepthwise: true),
    ]
    check(cases, "depthwise", Self.depthwise)
  }

  func testBiasGradient() {
    DirectConvolution.onEveryInstructionSet { isa, block in
      var test = DirectConvolution(n: 7, c: 1, o: 37, h: 5, w: 3)
      test.block = block
      let dy = test.values().dy
      var expected = [Double](repeating: 0, count: test.o)
      for n in 0..<test.n {
        for o in 0..<test.o {
          for y in 0..<test.oh {
            for x in 0..<test.ow { expected[o] += Double(dy[test.results.index(n, o, y, x)]) }
          }
        }
      }
      var db = [Float](repeating: .nan, count: test.o)
      xr_bias_gradient(test.n, test.o, test.oh * test.ow, block, dy, &db)
      DirectConvolution.assertClose(db, expected, 1e-6, isa)
    }
  }

  private func check(
    _ cases: [DirectConvolution], _ name: String,
    _ run: (DirectConvolution, _ x: [Float], _ dy: [Float], _ w: [Float], _ bias: [Float]) -> Made
  ) {
    DirectConvolution.onEveryInstructionSet { isa, block in
      for var test in cases {
        test.block = block
        let (x, dy, w) = test.values()
        let bias = (0..<test.o).map { Float($0 % 5) - 2 }
        xr_pool_set_threads(1)
        let made = run(test, x, dy, w, bias)
        var expected = test.computed(x, dy, w)
        for index in expected.y.indices {
          let channel =
            index / (test.oh * test.ow * block) % test.results.blocks * block + index % block
          if channel < test.o {
            expected.y[index] = max(0, expected.y[index] + Double(bias[channel]))
          }
        }
        let place = "\(name), \(isa), \(test)"
        DirectConvolution.assertClose(made.y, expected.y, 2e-6, "y \(place)")
        DirectConvolution.assertClose(made.dx, expected.dx, 2e-6, "dx \(place)")
        DirectConvolution.assertClose(made.dw, expected.dw, 2e-6, "dw \(place)")
        xr_pool_set_threads(3)
        XCTAssert(run(test, x, dy, w, bias) == made, "three threads, \(place)")
        xr_pool_set_threads(1)
      }
    }
  }

  private static func conv1x1(
    _ test: DirectConvolution, _ x: [Float], _ dy: [Float], _ w: [Float], _ bias: [Float]
  ) -> Made {
    var shape = xr_conv1x1_shape(
      n: test.n, c: test.c, h: test.h, w: test.w, o: test.o, stride: test.stride, block: test.block)
    func packed(_ isGradient: Int32) -> FloatBuffer {
      let buffer = FloatBuffer(count: xr_conv1x1_packed_floats(&shape, isGradient))
      xr_conv1x1_pack(&shape, w, buffer.pointer, isGradient)
      return buffer
    }
    var y = [Float](repeating: .nan, count: dy.count), dx = [Float](repeating: .nan, count: x.count)
    var dw = [Float](repeating: .nan, count: w.count)
    let (forward, gradient) = (packed(0), packed(1))
    withExtendedLifetime((forward, gradient)) {
      xr_conv1x1_forward(&shape, x, forward.pointer, bias, nil, Int32(XR_RELU), &y)
      xr_conv1x1_input_gradient(&shape, dy, gradient.pointer, &dx)
    }
    xr_conv1x1_weight_gradient(&shape, x, dy, &dw)
    return (y, dx, dw)
  }

  private static func depthwise(
    _ test: DirectConvolution, _ x: [Float], _ dy: [Float], _ w: [Float], _ bias: [Float]
  ) -> Made {
    var shape = xr_depthwise_shape(
      n: test.n, c: test.c, h: test.h, w: test.w, oh: test.oh, ow: test.ow, kernel: test.kernel,
      stride: test.stride, top: test.top, left: test.left, block: test.block)
    let packed = FloatBuffer(count: xr_depthwise_packed_floats(&shape))
    var y = [Float](repeating: .nan, count: dy.count), dx = [Float](repeating: .nan, count: x.count)
    var dw = [Float](repeating: .nan, count: w.count)
    withExtendedLifetime(packed) {
      xr_depthwise_pack(&shape, w, packed.pointer)
      xr_depthwise_forward(&shape, x, packed.pointer, bias, Int32(XR_RELU), &y)
      xr_depthwise_input_gradient(&shape, dy, packed.pointer, &dx)
    }
    xr_depthwise_weight_gradient(&shape, x, dy, &dw)
    return (y, dx, dw)
  }
}
