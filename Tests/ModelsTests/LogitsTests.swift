import Foundation
import Graphs
import Kernels
import Models
import Tensors
import TestSupport
import XCTest

/// Whole backbones against torch, with weights from a formula that `Tools/golden/logits.py` shares.
final class LogitsTests: XCTestCase {
  private struct Golden: Decodable {
    let shape: [Int]
    let classes: Int
    let logits: [String: [Double]]
  }

  private let folder = "Tests/ModelsTests/Goldens/Logits"

  /// Numbers in `[-0.5, 0.5)`: a hash of the name and the index.
  private func uniform(_ name: String, _ count: Int) -> [Double] {
    let start = name.utf8.reduce(UInt32(0x811C_9DC5)) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    return (0..<UInt32(count)).map { index in
      var x = start ^ (index &* 0x9E37_79B1)
      x ^= x >> 16
      x = x &* 0x7FEB_352D
      x ^= x >> 15
      x = x &* 0x846C_A68B
      x ^= x >> 16
      return Double(x >> 8) / 0x1p24 - 0.5
    }
  }

  private func values(_ tensor: TensorSpec) -> FloatBuffer {
    let u = uniform(tensor.name, tensor.shape.count)
    let fan = tensor.shape.dimensions.dropFirst().reduce(1, *)
    let (scale, shift): (Double, Double) =
      switch (tensor.kind, tensor.shape.rank) {
      case (.runningVariance, _): (1, 1)
      case (.runningMean, _): (0.5, 0)
      case (_, 1): tensor.name.hasSuffix(".weight") ? (0.25, 0.5) : (0.5, 0)
      default: ((24 / Double(fan)).squareRoot(), 0)
      }
    return FloatBuffer(u.map { Float($0 * scale + shift) })
  }

  func testGoldensAreWhatTheirGeneratorWrote() throws {
    try GoldenManifest.check(folder)
  }

  func testLogitsOfAllBackbonesEqualTorchs() throws {
    let path = Places.repository + "/" + folder + "/logits.json"
    let golden = try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    XCTAssertEqual(Set(golden.logits.keys), Set(BackboneCatalogue.names))
    let pictures = FloatBuffer(
      uniform("pictures", golden.shape.reduce(1, *)).map { Float($0 * 4) })
    for backbone in BackboneCatalogue.all {
      let network = Network(backbone, classes: golden.classes)
      let store = ParameterStore()
      for tensor in network.tensors where tensor.isFloat { store.set(tensor.name, values(tensor)) }
      let forward = try network.graph(
        batch: golden.shape[0], height: golden.shape[2], width: golden.shape[3],
        mode: .evaluation)
      let expected = try XCTUnwrap(golden.logits[backbone.name])
      let scale = expected.map(abs).max() ?? 0
      for (kind, graph) in [
        (ProviderKind.best, try GraphCompiler.evaluation(forward, labelSmoothing: nil)),
        (ProviderKind.openblas, forward),
      ] where kind.isAvailable {
        let program = try Program(graph, provider: kind, threads: 2, store: store)
        try program.run(
          inputs: ["pictures": .floats(pictures)], randomKey: RandomKey(seed: 0, []))
        let logits = program.output("logits").array
        XCTAssertEqual(logits.count, expected.count)
        let worst = zip(logits, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
        XCTAssertLessThanOrEqual(worst / scale, 1e-4, "\(backbone.name) by \(kind)")
      }
    }
  }
}
