import Declarations
import Foundation
import Graphs
import Kernels
import Models
import Optimizers
import Tensors
import TestSupport
import XCTest

/// One training step of tf_efficientnet_lite0 with its real weights on photographs: loss, gradients, running
/// statistics, and what Adam moves. `Tools/golden/efficientnet_step.py` made the golden.
final class EfficientNetStepTests: XCTestCase {
  private static let folder = "Tests/GoldenTests/Goldens/Step"

  private struct Golden: Decodable {
    let weights, weights_sha256: String
    let pictures: [String]
    let labels: [Int32]
    let mean, std: [Double]
    let size: Int
    let rate, epsilon: Double
    let nudges: Nudges
    let loss, second_loss: Double
    let tolerance: [String: Double]
    let gradients, after, moves: [String: CompactTensor]
  }
  private struct Manifest: Decodable { let pictures: [String: String] }

  func testGoldenIsWhatItsGeneratorWrote() throws {
    try GoldenManifest.check(Self.folder)
  }

  func testAStepWithRealWeights() throws {
    let golden = try GoldenTests.golden(Golden.self, Self.folder + "/step.json")
    let hashes = try GoldenTests.golden(Manifest.self, Self.folder + "/manifest.json").pictures
    for path in golden.pictures {
      try Photographs.check(path, sha256: XCTUnwrap(hashes[path]))
    }
    try Photographs.check(golden.weights, sha256: golden.weights_sha256)
    let pictures = try Photographs.pixels(
      golden.pictures,
      Photographs.pipeline(
        Photographs.experiment(
          ["Resize: [\(golden.size), \(golden.size)]"], mean: golden.mean, std: golden.std)))
    let inputs: [String: ProgramInput] = [
      "pictures": .floats(pictures), "labels": .integers(Int32Buffer(golden.labels)),
    ]
    let network = Network(EfficientNetLite.tf_efficientnet_lite0, classes: 1000)
    let graph = try GraphCompiler.training(
      network.graph(
        batch: golden.labels.count, height: golden.size, width: golden.size,
        mode: BuildMode(isTraining: true) { _ in true }), labelSmoothing: 0)
    let adam = Adam(
      Adam.declaration.values(["lr": .number(golden.rate), "eps": .number(golden.epsilon)]))

    for provider in [ProviderKind.openblas, .onednn] where provider.isAvailable {
      let (state, report) = try ModelState.load(
        network, from: WeightsFormat.open(Places.shared(golden.weights)), seed: 0)
      XCTAssertNil(report.replacedHead)
      let store = ParameterStore()
      for (name, buffer) in state.floats {
        var values = buffer.array
        golden.nudges.apply(to: name, &values)
        store.set(name, FloatBuffer(values))
      }
      let program = try Program(graph, provider: provider, threads: 2, store: store)
      func check(_ quantity: String, _ key: String, _ worst: Worst, _ unit: String, _ cases: Int)
        throws
      {
        Parity.check(
          .backbone, network.backbone.name, quantity + " with real weights", against: "timm",
          provider: provider.rawValue, difference: worst.difference,
          tolerance: try XCTUnwrap(golden.tolerance[key]), unit: unit, cases: cases, worst.name)
      }
      func checkLoss(_ quantity: String, _ key: String, _ expected: Double) throws {
        let losses = program.output("loss").array.map(Double.init)
        var worst = Worst()
        worst.add("", abs(losses.reduce(0, +) / Double(losses.count) - expected) / expected)
        try check(quantity, key, worst, "of the loss", 1)
      }

      // 1. Forward and backward.
      try program.run(inputs: inputs)
      try checkLoss("loss", "loss", golden.loss)
      var worst = Worst()
      XCTAssertEqual(Set(golden.gradients.keys), Set(network.parameters.map(\.name)))
      for parameter in network.parameters {
        worst.add(
          parameter.name,
          try XCTUnwrap(golden.gradients[parameter.name]).distance(
            of: program.output("gradient/" + parameter.name).array,
            scale: golden.gradients[parameter.layer + ".weight"]?.norm))
      }
      try check(
        "gradients, batch norm in train mode,", "gradients", worst,
        "of the gradient's norm or greatest element", network.parameters.count)
      worst = Worst()
      let statistics = network.tensors.filter {
        $0.kind == .runningMean || $0.kind == .runningVariance
      }
      XCTAssertEqual(Set(golden.after.keys), Set(statistics.map(\.name)))
      for tensor in statistics {
        worst.add(
          tensor.name,
          try XCTUnwrap(golden.after[tensor.name]).distance(
            of: try XCTUnwrap(store[tensor.name]).array))
      }
      try check(
        "running statistics after a step", "after", worst, "of their norm or greatest element",
        statistics.count)

      // 2. The optimizer, and the loss after it.
      worst = Worst()
      for parameter in network.parameters {
        let buffer = try XCTUnwrap(store[parameter.name])
        let before = buffer.array
        adam.update(
          parameter: buffer, gradient: program.output("gradient/" + parameter.name),
          state: (0..<adam.stateCount).map { _ in FloatBuffer(count: buffer.count) }, step: 1,
          rate: adam.baseRate)
        store.touch(parameter.name)
        guard let kept = golden.moves[parameter.name] else { continue }
        worst.add(parameter.name, kept.distance(of: zip(buffer.array, before).map { $0 - $1 }))
      }
      try check(
        "what a step of Adam moves", "moves", worst, "of its norm or greatest element",
        golden.moves.count)
      try program.run(inputs: inputs)
      try checkLoss("loss after a step of Adam", "second_loss", golden.second_loss)
    }
  }
}
