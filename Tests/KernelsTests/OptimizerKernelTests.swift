import CKernels
import Tensors
import XCTest

/// One-pass updates against torch's formulas in double, over several steps and odd lengths.
final class OptimizerKernelTests: XCTestCase {
  private func numbers(_ count: Int, _ seed: UInt64) -> [Float] {
    var stream = RandomStream(seed: seed, purpose: .test)
    return (0..<count).map { _ in Float(stream.uniform(-1, 1)) }
  }

  func testSGD() {
    let best = xr_isa_best()
    defer { xr_isa_limit(XR_ISA_AVX512) }
    for isa in [XR_ISA_BASELINE, XR_ISA_AVX2, XR_ISA_AVX512] where isa.rawValue <= best.rawValue {
      xr_isa_limit(isa)
      for count in [1, 3, 17, 40_001] {
        for (momentum, dampening, decay, nesterov) in [
          (0.0, 0.0, 0.0, false), (0.9, 0.0, 0.01, false), (0.9, 0.3, 0.01, false),
          (0.8, 0.0, 0.1, true),
        ] {
          var (param, buffer) = (numbers(count, 1), [Float](repeating: 7, count: count))
          var exact = param.map(Double.init)
          var exactBuffer = [Double](repeating: 0, count: count)
          for step in 1...3 {
            let grad = numbers(count, UInt64(10 + step))
            xr_sgd_update(
              &param, grad, &buffer, count, 0.5, 0.1, Float(momentum), Float(1 - dampening),
              Float(decay), nesterov ? 1 : 0, step == 1 ? 1 : 0)
            for i in 0..<count {
              var g = Double(grad[i]) * 0.5 + decay * exact[i]
              if momentum != 0 {
                exactBuffer[i] =
                  step == 1 ? g : momentum * exactBuffer[i] + (1 - dampening) * g
                g = nesterov ? g + momentum * exactBuffer[i] : exactBuffer[i]
              }
              exact[i] -= 0.1 * g
            }
          }
          assertClose(param, exact, 1e-6, "\(count) \(momentum) \(nesterov)")
        }
      }
    }
  }

  func testAdamAndAdamW() {
    for count in [1, 3, 17, 40_001] {
      for (decay, isDecoupled) in [(0.0, false), (0.1, false), (0.1, true)] {
        var (param, first, second) = (
          numbers(count, 1), [Float](repeating: 0, count: count),
          [Float](repeating: 0, count: count)
        )
        var exact = param.map(Double.init)
        var (m, v) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
        let (lr, beta1, beta2, eps) = (0.01, 0.9, 0.999, 1e-8)
        var (power1, power2) = (1.0, 1.0)
        for step in 1...3 {
          let grad = numbers(count, UInt64(20 + step))
          power1 *= beta1
          power2 *= beta2
          xr_adam_update(
            &param, grad, &first, &second, count, 1, Float(1 - beta1), Float(beta2),
            Float(1 - beta2), Float(lr / (1 - power1)), Float((1 - power2).squareRoot()),
            Float(eps), Float(isDecoupled ? 0 : decay), Float(isDecoupled ? 1 - lr * decay : 1))
          for i in 0..<count {
            if isDecoupled { exact[i] *= 1 - lr * decay }
            let g = Double(grad[i]) + (isDecoupled ? 0 : decay * exact[i])
            m[i] += (g - m[i]) * (1 - beta1)
            v[i] = v[i] * beta2 + (1 - beta2) * g * g
            exact[i] -=
              lr / (1 - power1) * m[i] / (v[i].squareRoot() / (1 - power2).squareRoot() + eps)
          }
        }
        assertClose(param, exact, 2e-6, "\(count) \(decay) \(isDecoupled)")
      }
    }
  }

  func testSumOfSquares() {
    let values = numbers(50_003, 2)
    let expected = values.reduce(0.0) { $0 + Double($1) * Double($1) }
    XCTAssertEqual(xr_sum_of_squares(values, values.count), expected, accuracy: 1e-9 * expected)
  }
}
