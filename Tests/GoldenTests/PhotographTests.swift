import Experiments
import Graphs
import Kernels
import Models
import Tensors
import TestSupport
import XCTest

/// Whole backbones on photographs: formula weights against torch's logits, and real ones that name ants and
/// bees. `Tools/golden/photographs.py` made the goldens.
final class PhotographTests: XCTestCase {
  private static let folder = "Tests/GoldenTests/Goldens/Photographs"

  private struct Manifest: Decodable { let pictures: [String: String] }

  func testGoldensAreWhatTheirGeneratorWrote() throws {
    try GoldenManifest.check(Self.folder)
  }

  // MARK: Formula weights

  private struct Logits: Decodable {
    struct Backbone: Decodable {
      let scales: Float
      let logits: [[Float]]
    }
    let classes: Int
    let shifts: Float
    let pictures: [String]
    let mean, std: [Double]
    let backbones: [String: Backbone]
  }

  func testLogitsWithFormulaWeightsOnPhotographs() throws {
    let golden = try GoldenTests.golden(Logits.self, Self.folder + "/logits.json")
    XCTAssertEqual(
      Set(golden.backbones.keys), Set(BackboneCatalogue.names),
      "a backbone without a golden: add it to Tools/golden/spread.py and run 'make golden'")
    let (paths, pictures) = try pixels(
      golden.pictures,
      Photographs.experiment(
        ["Resize: 256", "CenterCrop: 224"], mean: golden.mean, std: golden.std))
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
        batch: paths.count, height: 224, width: 224, mode: .evaluation)
      let folded = try GraphCompiler.evaluation(forward, labelSmoothing: nil)
      for provider in [ProviderKind.openblas, .onednn] where provider.isAvailable {
        for (graph, kind) in [(folded, "folded"), (forward, "as built")] {
          let program = try Program(graph, provider: provider, threads: 2, store: store)
          try program.run(inputs: ["pictures": .floats(pictures)])
          let logits = expected.logits.flatMap { $0 }
          let range = Double((logits.max() ?? 0) - (logits.min() ?? 0))
          Parity.check(
            .backbone, backbone.name, "logits with random weights on photographs, graph \(kind)",
            against: "torch", provider: provider.rawValue,
            difference: Parity.greatestDifference(program.output("logits").array, logits) / range,
            tolerance: 1e-4, unit: "of their range", cases: paths.count)
        }
      }
    }
  }

  // MARK: Ants and bees

  private struct Names: Decodable {
    struct Choice: Decodable {
      let mean, std: [Double]
      let counts: [String: Int]
      let top1: [String: Int]
    }
    let weights, weights_sha256, interpolation: String
    let right, wrong: Choice
  }

  func testEfficientNetLiteNamesAntsAndBees() throws { try name("tf_efficientnet_lite0") }
  func testSqueezeNetNamesAntsAndBees() throws { try name("squeezenet1_0") }

  private func name(_ backbone: String) throws {
    let golden = try XCTUnwrap(
      GoldenTests.golden([String: Names].self, Self.folder + "/names.json")[backbone])
    let weights = try Places.shared(golden.weights)
    try Photographs.check(golden.weights, sha256: golden.weights_sha256)
    let network = Network(
      try XCTUnwrap(BackboneCatalogue.backbone(named: backbone)), classes: 1000)
    let (state, report) = try ModelState.load(
      network, from: WeightsFormat.open(weights), seed: 0)
    XCTAssertNil(report.replacedHead)
    let store = ParameterStore()
    for (name, buffer) in state.floats { store.set(name, buffer) }
    let files = golden.right.top1.keys.sorted()
    XCTAssertEqual(files.count, 80)
    let batch = 40
    let graph = try GraphCompiler.evaluation(
      network.graph(batch: batch, height: 224, width: 224, mode: .evaluation), labelSmoothing: nil)

    for (choice, isRight) in [(golden.right, true), (golden.wrong, false)] {
      let text = Photographs.experiment(
        ["Resize: {size: 256, interpolation: \(golden.interpolation)}", "CenterCrop: 224"],
        mean: choice.mean, std: choice.std,
        model: "{backbone: \(backbone), weights: \(weights)}",
        data: try Places.shared("data/hymenoptera"))
      // 1. What `xrun check` says of it: of both lists where the normalisation is the other weights'.
      let loaded = Photographs.load(text)
      let codes = ExperimentCheck(loaded.experiment, loaded.diagnostics, looksAtWeights: true)
        .diagnostics.map(\.code.rawValue)
      XCTAssertEqual(
        codes.filter { $0 == "normalization-unlike-weights" }.count, isRight ? 0 : 2, "\(codes)")

      // 2. What the network says of the pictures.
      let (_, pictures) = try pixels(files, text)
      for provider in isRight ? [ProviderKind.openblas, .onednn] : [.best]
      where provider.isAvailable {
        let program = try Program(graph, provider: provider, threads: 2, store: store)
        var found: [Int] = []
        let size = pictures.count / files.count * batch
        for start in stride(from: 0, to: pictures.count, by: size) {
          let part = FloatBuffer(Array(pictures.floats[start..<start + size]))
          try program.run(inputs: ["pictures": .floats(part)])
          let logits = program.output("logits").array
          for row in 0..<batch {
            let range = logits[row * 1000..<(row + 1) * 1000]
            found.append(
              (range.indices.max { range[$0] < range[$1] } ?? range.startIndex) - range.startIndex)
          }
        }
        for (part, index) in [("ants", 310), ("bees", 309)] {
          let count = zip(files, found).filter { $0.hasPrefix(part) && $1 == index }.count
          let torch = try XCTUnwrap(choice.counts[part])
          print(
            "\(backbone) by \(provider), \(isRight ? "its own" : "the wrong") normalisation: \(count) of 40 \(part) (torch: \(torch))"
          )
          XCTAssertLessThanOrEqual(abs(count - torch), 1, "\(backbone) by \(provider): \(part)")
        }
        let others = zip(files, found).filter { choice.top1[$0] != $1 }.count
        Parity.check(
          .backbone, backbone,
          "first choice with real weights\(isRight ? "" : " and the wrong normalisation")",
          against: backbone.hasPrefix("tf_") ? "timm" : "torchvision", provider: provider.rawValue,
          difference: Double(others), tolerance: 2, unit: "pictures", cases: files.count)
      }
    }
  }

  /// Paths in the shared folder, checked, and their pixels.
  private func pixels(
    _ files: [String], _ experiment: String
  ) throws -> (paths: [String], pixels: FloatBuffer) {
    let manifest = try GoldenTests.golden(Manifest.self, Self.folder + "/manifest.json")
    let paths = files.map { "data/hymenoptera/val/" + $0 }
    for path in paths {
      try Photographs.check(path, sha256: XCTUnwrap(manifest.pictures[path]))
    }
    let pipeline = try Photographs.pipeline(experiment)
    XCTAssertEqual(pipeline.outputShape, [3, 224, 224])
    return (paths, try Photographs.pixels(paths, pipeline))
  }
}
