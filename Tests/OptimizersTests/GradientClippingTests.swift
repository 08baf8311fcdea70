import Optimizers
import Tensors
import TestSupport
import XCTest

final class GradientClippingTests: XCTestCase {
  private struct Goldens: Decodable {
    struct Case: Decodable {
      let limit: Double
      let norm: Double
      let clipped: [[Float]]
    }
    let gradients: [[Float]]
    let cases: [Case]
  }

  func testNormAndClippedGradientsEqualTorchs() throws {
    let goldens = try golden("clipping.json", as: Goldens.self)
    let gradients = goldens.gradients.map { FloatBuffer($0) }
    var (ofNorm, ofGradients) = (0.0, 0.0)
    for example in goldens.cases {
      let norm = GradientClipping.norm(gradients)
      ofNorm = max(ofNorm, abs(norm - example.norm) / example.norm)
      let scale = GradientClipping.scale(norm: norm, limit: example.limit)
      for (gradient, clipped) in zip(gradients, example.clipped) {
        for (found, expected) in zip(gradient.array, clipped) {
          XCTAssertTrue(found.isFinite)
          let gap = abs(Double(found * scale) - Double(expected))
          ofGradients = max(ofGradients, gap / abs(Double(expected)))
        }
      }
    }
    for (quantity, difference) in [("norm", ofNorm), ("clipped gradients", ofGradients)] {
      Parity.check(
        .optimizer, "clip_grad_norm", quantity, against: "torch", difference: difference,
        tolerance: 1e-6, unit: "of the value", cases: goldens.cases.count)
    }
    XCTAssertEqual(goldens.cases.count, 3)
  }

  func testSmallGradientsAreLeftAlone() {
    XCTAssertEqual(GradientClipping.scale(norm: 0, limit: 1), 1)
    XCTAssertEqual(GradientClipping.scale(norm: 0.99, limit: 1), 1)
    XCTAssertEqual(GradientClipping.scale(norm: 10, limit: 1), 0.1, accuracy: 1e-7)
    XCTAssertTrue(GradientClipping.scale(norm: .nan, limit: 1).isNaN)
  }
}
