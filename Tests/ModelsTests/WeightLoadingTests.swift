import Foundation
import Models
import Tensors
import TestSupport
import XCTest

final class WeightLoadingTests: XCTestCase {
  private let network = Network(SqueezeNet.squeezenet1_1, classes: 5)

  private func save(
    _ state: ModelState, _ path: String, asHalves: Bool = false, leavingOut: Set<String> = [],
    _ metadata: WeightsMetadata = WeightsMetadata()
  ) throws -> SafeTensorsFile {
    try SafeTensors.write(
      path: path,
      tensors: state.stored(asHalves: asHalves).filter { !leavingOut.contains($0.name) },
      metadata: metadata.dictionary)
    return try SafeTensorsFile(path: path)
  }

  func testAWholeStateComesBackBitForBit() throws {
    let folder = try TemporaryFolder()
    let network = Network(ResNet.resnet18, classes: 3)
    var state = ModelState(initialized: network, seed: 1)
    state.batchesTracked["layer1.0.bn1.num_batches_tracked"] = 42
    let file = try save(state, folder("w"))
    let (loaded, report) = try ModelState.load(network, from: file, seed: 9)
    for (name, buffer) in state.floats { XCTAssertEqual(buffer.array, loaded[name].array, name) }
    XCTAssertEqual(loaded.batchesTracked, state.batchesTracked)
    XCTAssertEqual(report.loaded.count, network.tensors.count)
    XCTAssertEqual(report.missing, [])
    XCTAssertEqual(report.otherShape, [])
    XCTAssertEqual(report.unexpected, [])
    XCTAssertNil(report.replacedHead)
  }

  /// Kernels of ReLU may turn NaN into zero, so that a run would go on with numbers that mean nothing.
  func testWeightsThatAreNoNumbersAreRefusedByName() throws {
    let folder = try TemporaryFolder()
    for (value, name) in [
      (Float.nan, "features.0.weight"), (.infinity, "features.3.squeeze.bias"),
      (-.infinity, "features.12.expand3x3.weight"),
    ] {
      let state = ModelState(initialized: network, seed: 1)
      state[name].floats[state[name].count - 1] = value
      let file = try save(state, folder("w"))
      XCTAssertThrowsError(try ModelState.load(network, from: file, seed: 9)) { error in
        guard case WeightsError.notFinite(_, name: name)? = error as? WeightsError else {
          return XCTFail("\(error)")
        }
      }
    }
  }

  func testHalvesKeepKernelsToTheirPrecision() throws {
    let folder = try TemporaryFolder()
    let network = Network(ResNet.resnet18, classes: 3)
    let state = ModelState(initialized: network, seed: 1)
    state["bn1.running_var"].floats.update(repeating: 100_000)
    let file = try save(state, folder("w"), asHalves: true)
    XCTAssertEqual(file.entry("conv1.weight")?.element, .float16)
    XCTAssertEqual(file.entry("bn1.running_var")?.element, .float32)
    let loaded = try ModelState.load(network, from: file, seed: 9).state
    XCTAssertEqual(Set(loaded["bn1.running_var"].array), [100_000])
    for (found, original) in zip(loaded["conv1.weight"].array, state["conv1.weight"].array) {
      XCTAssertEqual(found, original, accuracy: max(abs(original) / 2048, 0x1p-25))
    }
  }

  func testAHeadForOtherClassesIsMadeNewAndReported() throws {
    let folder = try TemporaryFolder()
    let state = ModelState(initialized: Network(SqueezeNet.squeezenet1_1, classes: 1000), seed: 1)
    let file = try save(state, folder("w"))
    let (loaded, report) = try ModelState.load(network, from: file, seed: 9)
    XCTAssertEqual(report.replacedHead, "classifier.1")
    XCTAssertEqual(report.otherShape.map(\.name), ["classifier.1.weight", "classifier.1.bias"])
    XCTAssertEqual(report.otherShape[0].inFile, [1000, 512, 1, 1])
    XCTAssertEqual(report.otherShape[0].inNetwork, [5, 512, 1, 1])
    XCTAssertEqual(report.loaded.count, network.tensors.count - 2)
    XCTAssertEqual(loaded["features.0.weight"].array, state["features.0.weight"].array)
    let head = loaded["classifier.1.weight"].array
    XCTAssertGreaterThan(Set(head).count, 2000)
    XCTAssertLessThan(head.map(abs).max() ?? 1, 0.06)
    let again = try ModelState.load(network, from: file, seed: 9).state
    XCTAssertEqual(head, again["classifier.1.weight"].array)
    let other = try ModelState.load(network, from: file, seed: 10).state
    XCTAssertNotEqual(head, other["classifier.1.weight"].array)
  }

  func testAHeadIsTakenWholeOrNotAtAll() throws {
    let folder = try TemporaryFolder()
    let state = ModelState(initialized: network, seed: 1)
    let file = try save(state, folder("w"), leavingOut: ["classifier.1.bias"])
    let (loaded, report) = try ModelState.load(network, from: file, seed: 9)
    XCTAssertEqual(report.replacedHead, "classifier.1")
    XCTAssertNotEqual(loaded["classifier.1.weight"].array, state["classifier.1.weight"].array)
    let whole = try save(state, folder("v"))
    let fresh = try ModelState.load(network, from: whole, keepsHead: false, seed: 9)
    XCTAssertEqual(fresh.report.replacedHead, "classifier.1")
    XCTAssertNotEqual(
      fresh.state["classifier.1.weight"].array, state["classifier.1.weight"].array)
  }

  func testOtherMissingTensorsAreAnErrorWithNames() throws {
    let folder = try TemporaryFolder()
    let state = ModelState(initialized: network, seed: 1)
    let file = try save(state, folder("w"), leavingOut: ["features.3.squeeze.bias"])
    XCTAssertThrowsError(try ModelState.load(network, from: file, seed: 9)) { error in
      guard case WeightsError.unfitting(let report)? = error as? WeightsError else {
        return XCTFail("\(error)")
      }
      XCTAssertEqual(report.unfitting.map(\.name), ["features.3.squeeze.bias"])
      XCTAssertTrue("\(error)".contains("'features.3.squeeze.bias' is missing"), "\(error)")
      XCTAssertTrue("\(error)".contains(file.path))
    }
    // Weights of another network: shapes are told.
    let other = try save(
      ModelState(initialized: Network(SqueezeNet.squeezenet1_0, classes: 5), seed: 1), folder("o"))
    XCTAssertThrowsError(try ModelState.load(network, from: other, seed: 9)) { error in
      XCTAssertTrue("\(error)".contains("is [96, 3, 7, 7], not [64, 3, 3, 3]"), "\(error)")
    }
  }

  func testUnexpectedTensorsAreReportedAndMissingCountersAreZero() throws {
    let folder = try TemporaryFolder()
    let network = Network(ResNet.resnet18, classes: 3)
    let state = ModelState(initialized: network, seed: 1)
    let tensors =
      state.stored().filter { !$0.name.hasSuffix("num_batches_tracked") } + [
        SafeTensors.Tensor("ema.decay", [1], .float32(FloatBuffer([0.9])))
      ]
    try SafeTensors.write(path: folder("w"), tensors: tensors)
    let file = try SafeTensorsFile(path: folder("w"))
    let (loaded, report) = try ModelState.load(network, from: file, seed: 9)
    XCTAssertEqual(report.unexpected.map(\.name), ["ema.decay"])
    XCTAssertEqual(report.missing.count, 20)
    XCTAssertEqual(Set(loaded.batchesTracked.values), [0])
    XCTAssertEqual(report.summary, "102 tensors loaded, 1 ignored")
  }

  func testACounterOfAnotherShapeIsAnError() throws {
    let folder = try TemporaryFolder()
    let network = Network(ResNet.resnet18, classes: 3)
    let name = "bn1.num_batches_tracked"
    let tensors =
      ModelState(zeros: network).stored().filter { $0.name != name } + [
        SafeTensors.Tensor(name, [2], .integers([1, 2]))
      ]
    try SafeTensors.write(path: folder("w"), tensors: tensors)
    let file = try SafeTensorsFile(path: folder("w"))
    XCTAssertThrowsError(try ModelState.load(network, from: file, seed: 9)) {
      XCTAssertTrue("\($0)".contains("'\(name)' is [2], not []"), "\($0)")
    }
  }

  func testMetadataComesBackAndAnotherBackboneIsRefused() throws {
    let folder = try TemporaryFolder()
    let metadata = WeightsMetadata(
      backbone: "squeezenet1_1", classes: ["hard-leaved \"pocket\" orchid", "ü", "c", "d", "e"],
      transforms: "[{\"Resize\":[96,96]}]", metric: "val/acc1=0.5", epoch: 7)
    let state = ModelState(initialized: network, seed: 1)
    let file = try save(state, folder("w"), metadata)
    XCTAssertEqual(try WeightsMetadata(file), metadata)
    XCTAssertEqual(file.metadata["format"], "pt")
    XCTAssertEqual(try ModelState.load(network, from: file, seed: 0).report.metadata, metadata)
    XCTAssertThrowsError(
      try ModelState.load(Network(ResNet.resnet18, classes: 5), from: file, seed: 0)
    ) { XCTAssertTrue("\($0)".contains("'squeezenet1_1', not of 'resnet18'"), "\($0)") }

    for (key, text) in [("xrun.classes", "[1]"), ("xrun.classes", "{"), ("xrun.epoch", "x")] {
      try SafeTensors.write(path: folder("m"), tensors: [], metadata: [key: text])
      let bad = try SafeTensorsFile(path: folder("m"))
      XCTAssertThrowsError(try WeightsMetadata(bad)) {
        XCTAssertTrue("\($0)".contains(key), "\($0)")
      }
    }
  }

  func testRealWeightsLoad() throws {
    for (name, path) in [
      ("squeezenet1_0", "weights/squeezenet1_0_caffe.safetensors"),
      ("tf_efficientnet_lite0", "weights/tf_efficientnet_lite0.safetensors"),
    ] {
      let backbone = try XCTUnwrap(BackboneCatalogue.backbone(named: name))
      let file = try SafeTensorsFile(path: Places.shared(path))
      let whole = try ModelState.load(Network(backbone, classes: 1000), from: file, seed: 0)
      XCTAssertNil(whole.report.replacedHead)
      XCTAssertEqual(whole.report.unexpected, [])
      let flowers = try ModelState.load(Network(backbone, classes: 102), from: file, seed: 0)
      XCTAssertEqual(flowers.report.replacedHead, backbone.head.layer)
    }
  }

  func testStatesAreCopiedAndAssigned() {
    let state = ModelState(initialized: network, seed: 1)
    var other = state.copy()
    other["features.0.bias"].pointer[0] = 5
    XCTAssertEqual(state["features.0.bias"].array[0], 0)
    var third = ModelState(zeros: network)
    third.assign(other)
    XCTAssertEqual(third["features.0.bias"].array[0], 5)
    XCTAssertEqual(third["features.0.weight"].array, state["features.0.weight"].array)
    other.assign(state)
    XCTAssertEqual(other["features.0.bias"].array[0], 0)
  }

  func testBuiltinWeightsAreLookedForInTheirPlacesInOrder() throws {
    let folder = try TemporaryFolder()
    // Two checkouts: one that the program was built in, one that is worked in; `other` is none.
    for path in ["named", "built/.build-x/release", "work/runs", "work/Weights", "other/Weights"] {
      try FileManager.default.createDirectory(
        atPath: folder(path), withIntermediateDirectories: true)
    }
    for path in [
      "built/Package.swift", "work/Package.swift", "other/Weights/\(BuiltinWeights.fileName)",
    ] {
      try Data().write(to: URL(fileURLWithPath: folder(path)))
    }
    func path(workingFolder: String) throws -> String {
      try BuiltinWeights.path(
        environment: ["XRUN_WEIGHTS_DIR": folder("named")],
        executable: folder("built/.build-x/release/xrun"), workingFolder: folder(workingFolder))
    }
    func places(_ workingFolder: String) -> [String] {
      do {
        XCTFail("found \(try path(workingFolder: workingFolder))")
      } catch WeightsError.noBuiltinWeights(_, let places) {
        return places
      } catch {
        XCTFail("\(error)")
      }
      return []
    }
    let named = folder("named/\(BuiltinWeights.fileName)")
    let installed = folder("built/.build-x/share/xrun/weights/\(BuiltinWeights.fileName)")
    let built = folder("built/Weights/\(BuiltinWeights.fileName)")
    let worked = folder("work/Weights/\(BuiltinWeights.fileName)")
    XCTAssertEqual(places("work/runs"), [named, installed, built, worked])
    XCTAssertEqual(places("work"), [named, installed, built, worked])
    XCTAssertEqual(places("built"), [named, installed, built])
    XCTAssertEqual(places("other"), [named, installed, built])
    // The first that is there is taken.
    for place in [worked, named] {
      try SafeTensors.write(path: place, tensors: [])
      XCTAssertEqual(try path(workingFolder: "work/runs"), place)
    }
  }

  func testBuiltinWeightsFitTheirBackbone() throws {
    let path = Places.repository + "/Weights/" + BuiltinWeights.fileName
    let backbone = try XCTUnwrap(BackboneCatalogue.backbone(named: BuiltinWeights.backbone))
    let file = try SafeTensorsFile(path: path)
    let (state, report) = try ModelState.load(
      Network(backbone, classes: 24), from: file, keepsHead: false, seed: 0)
    XCTAssertEqual(report.replacedHead, backbone.head.layer)
    XCTAssertEqual(report.unexpected, [])
    XCTAssertEqual(report.metadata.backbone, BuiltinWeights.backbone)
    for (name, buffer) in state.floats {
      XCTAssertTrue(buffer.array.allSatisfy(\.isFinite), name)
    }
  }
}
