import CKernels
import Tensors
import XCTest

/// Our product of matrices against sums in double, at sizes round its tiles.
final class ProductTests: XCTestCase {
  func testSizesTransposesAndGuards() {
    let best = xr_isa_best()
    defer { xr_isa_limit(XR_ISA_AVX512) }
    for isa in [XR_ISA_BASELINE, XR_ISA_AVX2, XR_ISA_AVX512] where isa.rawValue <= best.rawValue {
      xr_isa_limit(isa)
      for (m, n, k) in [
        (1, 1, 1), (3, 17, 5), (14, 32, 192), (15, 33, 193), (128, 9, 512), (6, 16, 400),
      ] {
        for (ta, tb, beta) in [(0, 0, 0), (1, 0, 1), (0, 1, 0), (1, 1, 1)] {
          var stream = RandomStream(seed: 1, purpose: .test, [UInt64(m), UInt64(n), UInt64(k)])
          func numbers(_ count: Int) -> [Float] {
            (0..<count).map { _ in Float(stream.uniform(-1, 1)) }
          }
          let (a, b) = (numbers(m * k), numbers(k * n))
          // A column of guards stands right of the result.
          var c = numbers(m * (n + 1))
          let before = c
          xr_own_sgemm(
            Int32(ta), Int32(tb), m, n, k, a, ta == 1 ? m : k, b, tb == 1 ? k : n, Float(beta), &c,
            n + 1)
          for i in 0..<m {
            for j in 0..<n {
              var sum = beta == 1 ? Double(before[i * (n + 1) + j]) : 0
              for p in 0..<k {
                sum +=
                  Double(ta == 1 ? a[p * m + i] : a[i * k + p])
                  * Double(tb == 1 ? b[j * k + p] : b[p * n + j])
              }
              XCTAssertEqual(Double(c[i * (n + 1) + j]), sum, accuracy: 1e-6 * Double(k) + 1e-6)
            }
            XCTAssertEqual(c[i * (n + 1) + n], before[i * (n + 1) + n], "guard")
          }
        }
      }
    }
  }
}
