import Declarations
import Images
import Tensors
import Transforms
import XCTest

/// The value range that each transform states holds for what it gives, and is no wider than needed where it matters.
final class ValueRangeTests: XCTestCase {
  private func component(_ name: String, _ arguments: [String: DeclaredValue] = [:]) throws
    -> ComponentValue
  {
    let type = try XCTUnwrap(TransformCatalogue.type(name))
    return ComponentValue(name: name, values: type.declaration.values(arguments))
  }

  private func numbers(_ values: [Double]) -> DeclaredValue { .list(values.map { .number($0) }) }

  /// Every transform of the catalogue, with arguments that let it do its worst.
  private func steps(normalize: [String: DeclaredValue]) throws -> [ComponentValue] {
    let size = DeclaredValue.list([.integer(24), .integer(20)])
    return [
      try component("Resize", ["size": size, "interpolation": .string("lanczos")]),
      try component("RandomResizedCrop", ["size": size, "interpolation": .string("lanczos")]),
      try component("RandomCrop", ["size": .integer(20), "padding": .integer(3)]),
      try component("Pad", ["padding": .integer(1), "fill": .integer(255)]),
      try component("Grayscale", ["num_output_channels": .integer(3)]),
      try component("RandomAffine", ["degrees": .integer(9), "fill": .integer(255)]),
      try component("RandomPerspective", ["p": .integer(1)]),
      try component("RandomRotation", ["degrees": .integer(90), "fill": .integer(255)]),
      try component("CenterCrop", ["size": .integer(28)]),
      try component("RandomHorizontalFlip"), try component("RandomVerticalFlip"),
      try component(
        "ColorJitter",
        [
          "brightness": .number(3), "contrast": .number(3), "saturation": .number(3),
          "hue": .number(0.5),
        ]),
      try component("RandomGrayscale", ["p": .number(0.5)]),
      try component("GaussianBlur", ["kernel_size": .integer(3)]), try component("ToTensor"),
      // What it may write is looked at below.
      try component("RandomErasing", ["p": .integer(0)]),
      try component("Normalize", normalize),
    ]
  }

  func testRangesFollowThePipeline() throws {
    let steps = try steps(normalize: [
      "mean": numbers([0.485, 0.456, 0.406]), "std": numbers([0.229, 0.224, 0.225]),
    ])
    XCTAssertEqual(
      Set(steps.map(\.name)), Set(TransformCatalogue.all.map { $0.declaration.name }),
      "each transform is looked at")
    let ranges = try Pipeline(steps).ranges
    let number = try XCTUnwrap(steps.firstIndex { $0.name == "ToTensor" })
    for (step, range) in zip(steps, ranges).prefix(number) {
      XCTAssertEqual(range, .bytes, step.name)
    }
    XCTAssertEqual(ranges[number], ValueRange(channels: [0...1, 0...1, 0...1]))
    // Red starts lowest and blue ends highest: -0.485 / 0.229 and 0.594 / 0.225.
    XCTAssertEqual(ranges[number + 2].lower, -2.1179, accuracy: 1e-4)
    XCTAssertEqual(ranges[number + 2].upper, 2.64, accuracy: 1e-4)
    XCTAssertEqual(ranges[number + 2].channels[1].lowerBound, -0.456 / 0.224, accuracy: 1e-6)
  }

  func testErasingWidensTheRange() throws {
    func range(_ arguments: [String: DeclaredValue]) throws -> ValueRange {
      let type = try XCTUnwrap(TransformCatalogue.type("RandomErasing"))
      let step = try type.init(type.declaration.values(arguments))
      return step.outputRange(for: ValueRange(channels: [1...2, -3...4, 0...1]))
    }
    XCTAssertEqual(try range([:]), ValueRange(channels: [0...2, -3...4, 0...1]))
    XCTAssertEqual(
      try range(["value": numbers([5, -4, 0.5])]), ValueRange(channels: [1...5, -4...4, 0...1]))
    XCTAssertEqual(try range(["value": numbers([-1])]).channels[0], -1...2)
    XCTAssertEqual(
      try range(["value": .integer(9), "p": .integer(0)]),
      ValueRange(channels: [1...2, -3...4, 0...1]))
    // Noise is bounded, because uniform numbers have 53 bits.
    let noise = try range(["value": .string("random")])
    XCTAssertEqual(noise.lower, -RandomStream.normalLimit)
    XCTAssertEqual(noise.upper, 8.5717, accuracy: 1e-4)
  }

  func testChannelsKeepRangesOfTheirOwn() throws {
    let twice = [
      try component("Resize", ["size": .list([.integer(8), .integer(8)])]),
      try component("ToTensor"),
      try component("Normalize", ["mean": numbers([0, 1, 0]), "std": numbers([1])]),
      try component("Normalize", ["mean": numbers([0, -1, 0]), "std": numbers([1])]),
    ]
    // Green goes down and up again; as one range for all channels it would have ended as -1..2.
    XCTAssertEqual(try Pipeline(twice).ranges.last, ValueRange(channels: [0...1, 0...1, 0...1]))
  }

  func testNoPictureLeavesTheRange() throws {
    let normalize = ["mean": numbers([0.2, 0.5, 0.9]), "std": numbers([0.1, 0.5, 2])]
    let pipeline = try Pipeline(try steps(normalize: normalize))
    let range = try XCTUnwrap(pipeline.ranges.last)
    let count = pipeline.outputShape.count / 3
    var seen = [(least: Float, greatest: Float)](repeating: (.infinity, -.infinity), count: 3)
    for number in 0..<40 {
      var canvas = Canvas()
      let level = UInt8(number % 2 * 255)
      canvas.picture =
        number < 4
        ? Picture(width: 31, height: 27, bytes: [UInt8](repeating: level, count: 31 * 27 * 3))
        : TestPicture.make(31, 27, number)
      var floats = [Float](repeating: 0, count: 3 * count)
      try floats.withUnsafeMutableBufferPointer {
        try pipeline.run(
          on: &canvas, seed: 1, at: SamplePlace(phase: 0, epoch: number, sample: 7), into: $0)
      }
      for channel in 0..<3 {
        for value in floats[(channel * count)..<((channel + 1) * count)] {
          seen[channel].least = min(seen[channel].least, value)
          seen[channel].greatest = max(seen[channel].greatest, value)
        }
      }
    }
    // The crop pads with black and the rotation with white, so both ends are reached.
    for (channel, seen) in seen.enumerated() {
      XCTAssertEqual(Double(seen.least), range.channels[channel].lowerBound, accuracy: 1e-5)
      XCTAssertEqual(Double(seen.greatest), range.channels[channel].upperBound, accuracy: 1e-5)
    }
  }
}
