import Declarations
import Images
import Tensors
import TestSupport
import Transforms
import XCTest

/// A pipeline shown step by step is the pipeline that trains.
final class PreviewTests: XCTestCase {
  private func component(
    _ name: String, _ arguments: [String: DeclaredValue] = [:]
  ) throws -> ComponentValue {
    let type = try XCTUnwrap(TransformCatalogue.type(name))
    return ComponentValue(name: name, values: type.declaration.values(arguments))
  }

  private var picture: Picture {
    var bytes: [UInt8] = []
    for index in 0..<30 * 26 * 3 { bytes.append(UInt8(index * 37 % 251)) }
    return Picture(width: 30, height: 26, bytes: bytes)
  }

  func testEachStepIsThatOfTheWhole() throws {
    let half: DeclaredValue = .list([.number(0.5), .number(0.4), .number(0.3)])
    let bytesOnly = [
      try component("Resize", ["size": .list([.integer(24), .integer(24)])]),
      try component("RandomRotation", ["degrees": .integer(30)]),
      try component("RandomHorizontalFlip", ["p": .number(0.5)]),
      try component("ColorJitter", ["brightness": .number(0.3), "hue": .number(0.2)]),
      try component("CenterCrop", ["size": .integer(16)]),
    ]
    let tail = [
      try component("ToTensor"), try component("Normalize", ["mean": half, "std": half]),
    ]
    let pipeline = try Pipeline(bytesOnly + tail)
    let place = SamplePlace(phase: 1, epoch: 2, sample: 3)
    var shown: [[UInt8]] = []
    var canvas = Canvas()
    canvas.picture.assign(picture)
    try pipeline.preview(on: &canvas, seed: 9, at: place) { index, picture in
      XCTAssertEqual(index, shown.count)
      shown.append(picture.bytes)
    }
    XCTAssertEqual(shown.count, 7)

    // The tensor that training gets, with normalisation undone, is the last picture to the byte.
    var floats = [Float](repeating: 0, count: 3 * 16 * 16)
    canvas.picture.assign(picture)
    try floats.withUnsafeMutableBufferPointer {
      try pipeline.run(on: &canvas, seed: 9, at: place, into: $0)
    }
    let (mean, std): ([Float], [Float]) = ([0.5, 0.4, 0.3], [0.5, 0.4, 0.3])
    var expected = [UInt8](repeating: 0, count: floats.count)
    for channel in 0..<3 {
      for pixel in 0..<256 {
        let value = floats[channel * 256 + pixel] * std[channel] + mean[channel]
        expected[pixel * 3 + channel] = UInt8((value * 255).rounded())
      }
    }
    XCTAssertEqual(shown[4], expected)
    XCTAssertEqual(shown[5], expected, "after ToTensor")
    XCTAssertEqual(shown[6], expected, "after Normalize")
    // Chance did something, so that equality says something.
    XCTAssertNotEqual(shown[0], shown[1])
  }

  func testWhatIsErasedIsSeenAndTheRestStays() throws {
    let pipeline = try Pipeline([
      component("Resize", ["size": .list([.integer(20), .integer(20)])]), component("ToTensor"),
      component("Normalize", ["mean": .list([.number(0.5)]), "std": .list([.number(0.5)])]),
      component("RandomErasing", ["p": .number(1), "value": .string("random")]),
    ])
    var canvas = Canvas()
    canvas.picture.assign(picture)
    var shown: [[UInt8]] = []
    try pipeline.preview(
      on: &canvas, seed: 1, at: SamplePlace(phase: 0, epoch: 0, sample: 5)
    ) { _, picture in shown.append(picture.bytes) }
    let changed = zip(shown[2], shown[3]).count { $0 != $1 }
    XCTAssertGreaterThan(changed, 10)
    XCTAssertLessThan(changed, 20 * 20 * 3 * 2 / 3)
  }
}
