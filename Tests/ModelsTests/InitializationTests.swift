import Models
import Tensors
import XCTest

final class InitializationTests: XCTestCase {
  private struct Moments {
    var mean, deviation, least, greatest: Double
    init(_ values: [Float]) {
      let doubles = values.map(Double.init)
      let mean = doubles.reduce(0, +) / Double(values.count)
      self.mean = mean
      deviation =
        (doubles.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
      least = doubles.min() ?? 0
      greatest = doubles.max() ?? 0
    }
  }

  private func state(_ name: String, classes: Int = 102, seed: UInt64 = 3) throws -> ModelState {
    let backbone = try XCTUnwrap(BackboneCatalogue.backbone(named: name))
    return ModelState(initialized: Network(backbone, classes: classes), seed: seed)
  }

  private func checkNormal(
    _ values: [Float], deviation: Double, file: StaticString = #filePath, line: UInt = #line
  ) {
    let moments = Moments(values)
    let count = Double(values.count)
    // Five standard errors of mean and deviation.
    XCTAssertEqual(
      moments.mean, 0, accuracy: 5 * deviation / count.squareRoot(), file: file, line: line)
    XCTAssertEqual(
      moments.deviation, deviation, accuracy: 5 * deviation / (2 * count).squareRoot(), file: file,
      line: line)
    // A uniform distribution of this deviation would end at 1.73 deviations.
    XCTAssertGreaterThan(moments.greatest, 2.2 * deviation, file: file, line: line)
  }

  private func checkUniform(
    _ values: [Float], bound: Double, file: StaticString = #filePath, line: UInt = #line
  ) {
    let moments = Moments(values)
    let count = Double(values.count)
    XCTAssertLessThanOrEqual(moments.greatest, bound * 1.000001, file: file, line: line)
    XCTAssertGreaterThanOrEqual(moments.least, -bound * 1.000001, file: file, line: line)
    XCTAssertGreaterThan(moments.greatest, bound * (1 - 20 / count), file: file, line: line)
    XCTAssertLessThan(moments.least, -bound * (1 - 20 / count), file: file, line: line)
    let deviation = bound / 3.0.squareRoot()
    XCTAssertEqual(
      moments.mean, 0, accuracy: 5 * deviation / count.squareRoot(), file: file, line: line)
  }

  func testResNetStartsAsTorchvisions() throws {
    let state = try state("resnet18")
    checkNormal(state["conv1.weight"].array, deviation: (2.0 / (64 * 49)).squareRoot())
    checkNormal(state["layer1.0.conv1.weight"].array, deviation: (2.0 / (64 * 9)).squareRoot())
    // The fan is that of the outputs, not of the inputs.
    checkNormal(state["layer2.0.conv1.weight"].array, deviation: (2.0 / (128 * 9)).squareRoot())
    checkUniform(state["fc.weight"].array, bound: 1 / 512.0.squareRoot())
    checkUniform(state["fc.bias"].array, bound: 1 / 512.0.squareRoot())
    XCTAssertEqual(Set(state["bn1.weight"].array), [1])
    XCTAssertEqual(Set(state["bn1.bias"].array), [0])
    XCTAssertEqual(Set(state["layer1.0.bn1.running_mean"].array), [0])
    XCTAssertEqual(Set(state["layer1.0.bn1.running_var"].array), [1])
    XCTAssertEqual(state.batchesTracked["bn1.num_batches_tracked"], 0)
  }

  func testSqueezeNetStartsAsTorchvisions() throws {
    let state = try state("squeezenet1_0")
    checkUniform(state["features.0.weight"].array, bound: (6.0 / (3 * 49)).squareRoot())
    checkUniform(state["features.3.squeeze.weight"].array, bound: (6.0 / 96).squareRoot())
    checkUniform(state["features.3.expand3x3.weight"].array, bound: (6.0 / (16 * 9)).squareRoot())
    checkNormal(state["classifier.1.weight"].array, deviation: 0.01)
    XCTAssertEqual(Set(state["classifier.1.bias"].array), [0])
    XCTAssertEqual(Set(state["features.0.bias"].array), [0])
  }

  func testEfficientNetStartsAsTimms() throws {
    let state = try state("tf_efficientnet_lite0")
    checkNormal(state["conv_stem.weight"].array, deviation: (2.0 / (32 * 9)).squareRoot())
    checkNormal(state["blocks.5.0.conv_dw.weight"].array, deviation: (2.0 / 25).squareRoot())
    checkNormal(state["blocks.5.0.conv_pwl.weight"].array, deviation: (2.0 / 192).squareRoot())
    checkUniform(state["classifier.weight"].array, bound: 1 / 102.0.squareRoot())
    XCTAssertEqual(Set(state["classifier.bias"].array), [0])
    XCTAssertEqual(Set(state["bn1.weight"].array), [1])
  }

  func testReplacedHeadsStartAsTorchLayersDo() throws {
    for (name, bound) in [("tf_efficientnet_lite0", 1 / 1280.0.squareRoot())] {
      let backbone = try XCTUnwrap(BackboneCatalogue.backbone(named: name))
      for tensor in Network(backbone, classes: 102).tensors where tensor.isHead {
        let buffer = FloatBuffer(count: tensor.shape.count)
        backbone.headInitialization(of: tensor).fill(buffer, tensor, seed: 1)
        checkUniform(buffer.array, bound: bound)
      }
    }
  }

  func testSeedAndNameDecideAndNothingElse() throws {
    let (first, again) = (try state("resnet18"), try state("resnet18"))
    for tensor in first.tensors where tensor.isFloat {
      XCTAssertEqual(first[tensor.name].array, again[tensor.name].array)
    }
    let other = try state("resnet18", seed: 4)
    XCTAssertNotEqual(first["conv1.weight"].array, other["conv1.weight"].array)
    // Another number of classes leaves the rest as it was; equal shapes have draws of their own.
    let wider = try state("resnet18", classes: 5)
    XCTAssertEqual(first["conv1.weight"].array, wider["conv1.weight"].array)
    XCTAssertNotEqual(
      first["layer1.0.conv1.weight"].array, first["layer1.0.conv2.weight"].array)
  }
}
