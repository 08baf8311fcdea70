import Graphs
import Kernels
import Models
import Tensors
import TestSupport
import XCTest

/// One training step of ResNet-18 on real photographs against torch: loss, every gradient, and the
/// running statistics after it. `Tools/golden/resnet_step.py` computes torch's side when the test
/// runs.
final class TrainingStepTests: XCTestCase {
  /// Greatest difference over the greatest element: sums in float32 against torch's in float64. A
  /// Winograd kernel alone takes 1e-5 of it.
  private static let tolerance = 1e-4

  func testResNet18() throws {
    let python = try Places.python()
    let shared = try Places.shared("data/hymenoptera")
    let folder = try TemporaryFolder()
    let root = String(shared.dropLast("/data/hymenoptera".count))
    let script = Places.repository + "/Tools/golden/resnet_step.py"
    let command = try Command(python, [script, root, folder.path])
    XCTAssertEqual(command.status, 0, command.output)
    guard command.status == 0 else { return }
    let golden = try SafeTensorsFile(path: folder("step.safetensors"))
    let pictures = try golden.floats("pictures")
    let labels = try golden.floats("labels").array.map { Int32($0) }
    XCTAssertEqual(labels.count, 16)

    let network = Network(
      try XCTUnwrap(BackboneCatalogue.backbone(named: "resnet18")), classes: 102)
    let mode = BuildMode(isTraining: true) { _ in true }
    let graph = try GraphCompiler.training(
      network.graph(batch: labels.count, height: 64, width: 64, mode: mode), labelSmoothing: 0)
    for kind in [ProviderKind.openblas, .onednn] where kind.isAvailable {
      let weights = try SafeTensorsFile(path: folder("weights.safetensors"))
      let (state, report) = try ModelState.load(network, from: weights, seed: 0)
      XCTAssertNil(report.replacedHead)
      let store = ParameterStore()
      for (name, buffer) in state.floats { store.set(name, buffer) }
      let program = try Program(graph, provider: kind, threads: 2, store: store)
      try program.run(inputs: [
        "pictures": .floats(pictures), "labels": .integers(Int32Buffer(labels)),
      ])

      let losses = program.output("loss").array.map(Double.init)
      let loss = losses.reduce(0, +) / Double(losses.count)
      let expectedLoss = Double(try golden.floats("loss").array[0])
      XCTAssertEqual(loss, expectedLoss, accuracy: Self.tolerance * expectedLoss, "\(kind): loss")

      var worst: (name: String, difference: Double) = ("", 0)
      func compare(_ found: FloatBuffer, _ name: String) throws {
        let expected = try golden.floats(name).array
        XCTAssertTrue(expected.contains { $0 != 0 }, "\(name): nothing to compare with")
        let difference = Parity.relativeDifference(found.array, expected)
        XCTAssertLessThan(difference, Self.tolerance, "\(kind): \(name)")
        if difference > worst.difference { worst = (name, difference) }
      }
      var gradients = 0
      for parameter in network.parameters {
        let name = "gradient/" + parameter.name
        try compare(program.output(name), name)
        gradients += 1
      }
      XCTAssertEqual(gradients, 62)
      for tensor in network.tensors
      where tensor.kind == .runningMean || tensor.kind == .runningVariance {
        try compare(XCTUnwrap(store[tensor.name]), "after/" + tensor.name)
      }
      print("resnet18 step by \(kind): \(worst.name) differs most, by \(worst.difference)")
    }
  }
}
