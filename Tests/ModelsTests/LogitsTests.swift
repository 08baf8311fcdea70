import Foundation
import Graphs
import Kernels
import Models
import Tensors
import TestSupport
import XCTest

/// Whole backbones against torch, with weights from a formula that `Tools/golden/formula.py` shares.
final class LogitsTests: XCTestCase {
  private struct Golden: Decodable {
    struct Backbone: Decodable {
      let scales: Float
      let logits: [[Float]]
    }
    let shape: [Int]
    let classes: Int
    let shifts: Float
    let backbones: [String: Backbone]
  }

  private let folder = "Tests/ModelsTests/Goldens/Logits"

  func testGoldensAreWhatTheirGeneratorWrote() throws {
    try GoldenManifest.check(folder, tolerance: 1e-4)
  }

  /// Every convolution by one algorithm in turn, wherever that can do it.
  func testLogitsByEveryAlgorithm() throws {
    let golden = try golden()
    let pictures = pictures(golden)
    for name in ["resnet18", "squeezenet1_0", "tf_efficientnet_lite0"] {
      let backbone = try XCTUnwrap(BackboneCatalogue.backbone(named: name))
      let expected = try XCTUnwrap(golden.backbones[name])
      let (forward, store) = try network(backbone, golden, expected)
      let graph = try GraphCompiler.evaluation(forward, labelSmoothing: nil)
      for algorithm in ConvolutionAlgorithm.allCases {
        let program = try Program(
          graph, provider: .best, threads: 2, store: store,
          table: KernelTable.committed.forcing(algorithm))
        guard program.algorithms.contains(where: { $0.algorithm == algorithm }) else { continue }
        try program.run(inputs: ["pictures": .floats(pictures)])
        Parity.check(
          .backbone, name, "logits with \(algorithm.rawValue) forced", against: "torch",
          provider: ProviderKind.best.rawValue,
          difference: Parity.relativeDifference(
            program.output("logits").array, expected.logits.flatMap { $0 }),
          tolerance: 1e-4, unit: "of the greatest logit")
      }
    }
  }

  func testLogitsOfAllBackbonesEqualTorchs() throws {
    let golden = try golden()
    XCTAssertEqual(Set(golden.backbones.keys), Set(BackboneCatalogue.names))
    let pictures = pictures(golden)
    for backbone in BackboneCatalogue.all {
      let expected = try XCTUnwrap(golden.backbones[backbone.name])
      let (forward, store) = try network(backbone, golden, expected)
      for (kind, graph) in [
        (ProviderKind.best, try GraphCompiler.evaluation(forward, labelSmoothing: nil)),
        (ProviderKind.openblas, forward),
      ] where kind.isAvailable {
        let program = try Program(graph, provider: kind, threads: 2, store: store)
        try program.run(
          inputs: ["pictures": .floats(pictures)], randomKey: RandomKey(seed: 0, []))
        let logits = program.output("logits").array
        Parity.check(
          .backbone, backbone.name, "logits with random weights", against: "torch",
          provider: kind.rawValue,
          difference: Parity.relativeDifference(logits, expected.logits.flatMap { $0 }),
          tolerance: 1e-4, unit: "of the greatest logit")
      }
    }
  }

  private func golden() throws -> Golden {
    let path = Places.repository + "/" + folder + "/logits.json"
    return try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private func pictures(_ golden: Golden) -> FloatBuffer {
    FloatBuffer(Formula.uniform("pictures", golden.shape.reduce(1, *)).map { Float($0 * 4) })
  }

  /// The forward graph, and the formula's weights.
  private func network(
    _ backbone: any Backbone, _ golden: Golden, _ expected: Golden.Backbone
  ) throws -> (Graph, ParameterStore) {
    let network = Network(backbone, classes: golden.classes)
    let store = ParameterStore()
    for tensor in network.tensors where tensor.isFloat {
      store.set(
        tensor.name,
        FloatBuffer(
          Formula.spreadValues(
            tensor.name, tensor.shape.dimensions, shifts: golden.shifts, scales: expected.scales)))
    }
    let forward = try network.graph(
      batch: golden.shape[0], height: golden.shape[2], width: golden.shape[3], mode: .evaluation)
    return (forward, store)
  }
}
