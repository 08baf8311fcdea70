import Foundation
import Graphs
import Kernels
import Models
import Tensors
import TestSupport
import XCTest

/// Logits of whole backbones with real weights on real photographs, decoded, resized and cropped by
/// xrun, against torch's. `Tools/golden/models.py` made the goldens.
final class BackboneLogitsTests: XCTestCase {
  func testGoldensAreWhatTheirGeneratorWrote() throws {
    try GoldenManifest.check("Tests/GoldenTests/Goldens")
  }

  func testSqueezeNet() throws { try check("squeezenet1_0") }
  func testEfficientNetLite() throws { try check("tf_efficientnet_lite0") }

  private struct Manifest: Decodable {
    struct Picture: Decodable {
      var path, sha256: String
    }
    struct Backbone: Decodable {
      var file, weights: String
      var weights_sha256: String
      var mean, std: [Double]
      var top1: [Int]
    }
    var pictures: [Picture]
    var tolerance: Double
    var backbones: [String: Backbone]
  }

  private static let folder = Places.repository + "/Tests/GoldenTests/Goldens/"

  private func check(_ name: String) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: Self.folder + "manifest.json"))
    let manifest = try JSONDecoder().decode(Manifest.self, from: data)
    let golden = try XCTUnwrap(manifest.backbones[name])
    let weights = try Places.shared(golden.weights)
    try Photographs.check(golden.weights, sha256: golden.weights_sha256)
    let expected = try SafeTensorsFile(path: Self.folder + golden.file).floats("logits").array
    let count = manifest.pictures.count
    XCTAssertEqual(count, 32)
    XCTAssertEqual(expected.count, count * 1000)

    // 1. Pixels, through the language and the transforms.
    let pipeline = try Photographs.pipeline(
      Photographs.experiment(
        ["Resize: 256", "CenterCrop: 224"], mean: golden.mean, std: golden.std))
    XCTAssertEqual(pipeline.outputShape, [3, 224, 224])
    for picture in manifest.pictures {
      try Photographs.check(picture.path, sha256: picture.sha256)
    }
    let pictures = try Photographs.pixels(manifest.pictures.map(\.path), pipeline)

    // 2. Logits, by every provider that is fast enough.
    let network = Network(
      try XCTUnwrap(BackboneCatalogue.backbone(named: name)), classes: 1000)
    let file = try SafeTensorsFile(path: weights)
    let (state, report) = try ModelState.load(network, from: file, seed: 0)
    XCTAssertNil(report.replacedHead)
    let store = ParameterStore()
    for (name, buffer) in state.floats { store.set(name, buffer) }
    let graph = try GraphCompiler.evaluation(
      network.graph(batch: count, height: 224, width: 224, mode: .evaluation), labelSmoothing: nil)
    for kind in [ProviderKind.openblas, .onednn] where kind.isAvailable {
      let program = try Program(graph, provider: kind, threads: 2, store: store)
      try program.run(inputs: ["pictures": .floats(pictures)])
      compare(program.output("logits").array, expected, count, manifest.tolerance, name, kind)
    }
  }

  private func compare(
    _ found: [Float], _ expected: [Float], _ count: Int, _ tolerance: Double, _ name: String,
    _ provider: ProviderKind
  ) {
    let place = "\(name) by \(provider)"
    XCTAssertEqual(found.count, expected.count)
    guard found.count == expected.count, let high = expected.max(), let low = expected.min() else {
      return XCTFail(place)
    }
    for row in 0..<count {
      let range = row * 1000..<(row + 1) * 1000
      XCTAssertEqual(
        argmax(found[range]), argmax(expected[range]), "\(place): top 1 of picture \(row)")
    }
    Parity.check(
      .backbone, name, "logits with real weights on 32 photographs", against: "torch",
      provider: provider.rawValue,
      difference: Parity.greatestDifference(found, expected) / Double(high - low),
      tolerance: tolerance,
      unit: "of their range", cases: count)
  }

  private func argmax(_ logits: ArraySlice<Float>) -> Int? {
    logits.indices.max { logits[$0] < logits[$1] }.map { $0 - logits.startIndex }
  }
}
