import Foundation
import Graphs
import Models
import Tensors
import TestSupport
import XCTest

final class NetworkTests: XCTestCase {
  /// A line of a golden: name, type and lengths, as torch's `state_dict` has them.
  private func line(_ tensor: TensorSpec) -> String {
    ([tensor.name, tensor.isFloat ? "float32" : "int64"] + tensor.shape.dimensions.map(String.init))
      .joined(separator: " ")
  }

  private func golden(_ file: String) throws -> Data {
    try Data(
      contentsOf: URL(
        fileURLWithPath: Places.repository + "/Tests/ModelsTests/Goldens/" + file))
  }

  func testGoldensAreWhatTheirGeneratorWrote() throws {
    try GoldenManifest.check("Tests/ModelsTests/Goldens")
  }

  func testTensorsEqualTorchvisionsAndTimms() throws {
    for backbone in BackboneCatalogue.all {
      let text = String(decoding: try golden(backbone.name + ".txt"), as: UTF8.self)
      let expected = text.split(separator: "\n").map(String.init)
      XCTAssertGreaterThan(expected.count, 50)
      XCTAssertEqual(Network(backbone, classes: 1000).tensors.map(line), expected, backbone.name)
    }
  }

  func testParameterCountsEqualTorchs() throws {
    struct Manifest: Decodable {
      struct File: Decodable { let parameters: Int }
      let files: [String: File]
    }
    let manifest = try JSONDecoder().decode(Manifest.self, from: golden("manifest.json"))
    XCTAssertEqual(Set(manifest.files.keys), Set(BackboneCatalogue.names.map { $0 + ".txt" }))
    for backbone in BackboneCatalogue.all {
      XCTAssertEqual(
        Network(backbone, classes: 1000).parameterCount,
        manifest.files[backbone.name + ".txt"]?.parameters, backbone.name)
    }
  }

  func testEveryBackboneGivesLogitsForItsClasses() throws {
    for backbone in BackboneCatalogue.all {
      for size in [64, 224] {
        for mode in [BuildMode.evaluation, BuildMode(isTraining: true) { _ in true }] {
          let graph = try Network.build(
            backbone: backbone, classes: 7, batch: 4, height: size, width: size + 3, mode: mode)
          let logits = try XCTUnwrap(graph.outputs["logits"])
          XCTAssertEqual(graph[logits].shape, [4, 7], backbone.name)
          XCTAssertEqual(graph.mistakes(), [], backbone.name)
        }
      }
    }
  }

  func testHeadsAreTheLayersThatChangeWithTheClasses() {
    for backbone in BackboneCatalogue.all {
      let (few, many) = (Network(backbone, classes: 5), Network(backbone, classes: 6))
      let changed = zip(few.tensors, many.tensors).filter { $0.shape != $1.shape }.map(\.0.name)
      XCTAssertEqual(changed, few.tensors.filter(\.isHead).map(\.name))
      XCTAssertEqual(
        changed, [backbone.head.layer + ".weight", backbone.head.layer + ".bias"])
      let rank = few.tensors.first(where: \.isHead)?.shape.rank
      XCTAssertEqual(rank, backbone.head.kind == .linear ? 2 : 4)
    }
  }

  func testSmallestPicturesAreReadAndSmallerOnesRefused() throws {
    for backbone in BackboneCatalogue.all {
      let size = backbone.minimumSize
      XCTAssertNoThrow(
        try Network.build(
          backbone: backbone, classes: 2, batch: 1, height: size, width: size, mode: .evaluation),
        backbone.name)
      XCTAssertThrowsError(
        try Network.build(
          backbone: backbone, classes: 2, batch: 1, height: 224, width: size - 1,
          mode: .evaluation)
      ) { error in
        XCTAssertTrue("\(error)".contains("\(size)"), "\(error)")
      }
    }
  }

  func testFlopsOfResNet18AreThoseOfThePaper() throws {
    let graph = try Network.build(
      backbone: ResNet.resnet18, classes: 1000, batch: 1, height: 224, width: 224,
      mode: .evaluation)
    var flops = 0
    for node in graph.nodes where node.operation is Convolution || node.operation is Linear {
      let inputs = node.inputs.map { graph[$0].shape }
      flops += node.operation.flops(
        inputs: inputs, results: try node.operation.results(for: inputs))
    }
    // 1.8e9 multiply-adds in table 1; fvcore counts 1.814e9.
    XCTAssertEqual(Double(flops) / 2e9, 1.814, accuracy: 0.001)
  }

  func testSamePaddingOfEfficientNetFollowsTheSize() throws {
    func stem(_ size: Int) throws -> Padding {
      let graph = try Network.build(
        backbone: EfficientNetLite.tf_efficientnet_lite0, classes: 2, batch: 1, height: size,
        width: size, mode: .evaluation)
      let convolution = try XCTUnwrap(graph.nodes.first?.operation as? Convolution)
      return convolution.geometry.padding
    }
    // TensorFlow's rule: an even size needs one row, at the end; an odd one a row on each side.
    XCTAssertEqual(try stem(64), Padding(top: 0, left: 0, bottom: 1, right: 1))
    XCTAssertEqual(try stem(65), Padding(1))
  }

  func testFrozenLayersUseRunningStatistics() throws {
    let mode = BuildMode(isTraining: true) { $0.hasPrefix("fc.") || $0.hasPrefix("layer4.") }
    let graph = try Network.build(
      backbone: ResNet.resnet18, classes: 2, batch: 2, height: 64, width: 64, mode: mode)
    for node in graph.nodes {
      guard let norm = node.operation as? BatchNormalization else { continue }
      XCTAssertEqual(norm.statistics, node.name.hasPrefix("layer4.") ? .batch : .running)
    }
  }

  func testNamesAreUniqueAndFound() {
    XCTAssertEqual(Set(BackboneCatalogue.names).count, BackboneCatalogue.all.count)
    for name in BackboneCatalogue.names {
      XCTAssertEqual(BackboneCatalogue.backbone(named: name)?.name, name)
    }
    XCTAssertNil(BackboneCatalogue.backbone(named: "resnet19"))
  }
}
