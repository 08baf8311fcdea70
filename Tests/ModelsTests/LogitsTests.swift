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

  func testLogitsOfAllBackbonesEqualTorchs() throws {
    let path = Places.repository + "/" + folder + "/logits.json"
    let golden = try JSONDecoder().decode(
      Golden.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    XCTAssertEqual(Set(golden.backbones.keys), Set(BackboneCatalogue.names))
    let pictures = FloatBuffer(
      Formula.uniform("pictures", golden.shape.reduce(1, *)).map { Float($0 * 4) })
    for backbone in BackboneCatalogue.all {
      let expected = try XCTUnwrap(golden.backbones[backbone.name])
      let network = Network(backbone, classes: golden.classes)
      let store = ParameterStore()
      for tensor in network.tensors where tensor.isFloat {
        store.set(
          tensor.name,
          FloatBuffer(
            Formula.spreadValues(
              tensor.name, tensor.shape.dimensions, shifts: golden.shifts, scales: expected.scales))
        )
      }
      let forward = try network.graph(
        batch: golden.shape[0], height: golden.shape[2], width: golden.shape[3],
        mode: .evaluation)
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
}
