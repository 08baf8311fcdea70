import Foundation
import Graphs
import Models
import TestSupport
import XCTest

/// Whatever the catalogue's backbones compute, and whatever operation there is, has a golden.
///
/// This stands beside the goldens and not with the kernels: it needs the models.
final class LayerCatalogueTests: XCTestCase {
  /// The classes of all graphs whose results are compared with torch's.
  private func classesWithGoldens() throws -> (classes: Set<String>, operations: Set<String>) {
    var (classes, operations): (Set<String>, Set<String>) = ([], [])
    for golden in try LayerGoldens().cases {
      for form in golden.forms {
        let graph = try golden.graph(form)
        classes.formUnion(LayerClasses.classes(of: graph))
        operations.formUnion(graph.nodes.map { type(of: $0.operation).name })
      }
    }
    // Compared by `testDropoutKeepsWhatTorchsDoes` and `LossGoldenTests`.
    classes.formUnion(["dropout p=0.5 whole", "dropout p=0.5 ragged"])
    operations.formUnion([Dropout.name, CrossEntropy.name])
    return (classes, operations)
  }

  func testEveryNodeOfEveryBackboneHasAGolden() throws {
    let known = try classesWithGoldens().classes
    // Even, odd and mixed pictures: TensorFlow's padding depends on them. Small ones end on few places.
    let sizes = [(224, 224), (64, 64), (97, 97), (90, 75), (33, 40)]
    var missing: [String: String] = [:]
    var count = 0
    for backbone in BackboneCatalogue.all {
      let head = backbone.head.layer + "."
      let modes = [
        ("all layers", BuildMode(isTraining: true) { _ in true }),
        ("the head", BuildMode(isTraining: true) { $0.hasPrefix(head) }),
        (
          "the head, batch statistics",
          BuildMode(isTraining: true, frozenBatchNormUsesRunningStatistics: false) {
            $0.hasPrefix(head)
          }
        ),
        ("nothing", BuildMode.evaluation),
      ]
      for (height, width) in sizes where min(height, width) >= backbone.minimumSize {
        for (trained, mode) in modes {
          let forward = try Network.build(
            backbone: backbone, classes: 102, batch: 2, height: height, width: width, mode: mode)
          let graph =
            mode.isTraining
            ? try GraphCompiler.training(forward, labelSmoothing: 0)
            : try GraphCompiler.evaluation(forward, labelSmoothing: nil)
          let classes = LayerClasses.classes(of: graph)
          count += classes.count
          for name in classes.subtracting(known) where missing[name] == nil {
            missing[name] = "\(backbone.name) of \(height)x\(width), training \(trained)"
          }
        }
      }
    }
    XCTAssertGreaterThan(count, 500)
    for (name, place) in missing.sorted(by: { $0.key < $1.key }) {
      XCTFail(
        "'\(name)' (\(place)) has no golden: add a case to Tools/golden/layers.py, run 'make golden'"
      )
    }
  }

  func testEveryOperationHasAGolden() throws {
    let known = try classesWithGoldens().operations
    let folder = Places.repository + "/Sources/Graphs/Operations"
    var found = 0
    for file in try FileManager.default.contentsOfDirectory(atPath: folder) {
      let text = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
      for match in text.matches(of: #/static let name = "([a-z_0-9]+)"/#) {
        found += 1
        XCTAssertTrue(
          known.contains(String(match.1)),
          "the operation '\(match.1)' has no golden: add a case to Tools/golden/layers.py")
      }
    }
    XCTAssertGreaterThan(found, 20)
  }
}
