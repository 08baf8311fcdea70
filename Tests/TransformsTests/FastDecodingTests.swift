import Declarations
import Images
import TestSupport
import Transforms
import XCTest

/// `data.decode: fast`: JPEG files decoded smaller where the first transform shrinks them, and nothing else changed.
final class FastDecodingTests: XCTestCase {
  private static func component(
    _ name: String, _ arguments: [String: DeclaredValue] = [:]
  ) -> ComponentValue {
    guard let type = TransformCatalogue.type(name) else { preconditionFailure(name) }
    return ComponentValue(name: name, values: type.declaration.values(arguments))
  }

  private static func resize(_ sides: Int...) -> ComponentValue {
    component(
      "Resize",
      ["size": sides.count == 1 ? .integer(sides[0]) : .list(sides.map { .integer($0) })])
  }

  private static func pipeline(
    _ first: ComponentValue, _ decoding: Decoding
  ) throws -> Pipeline {
    try Pipeline(
      [first, component("CenterCrop", ["size": .integer(16)]), component("ToTensor")],
      decoding: decoding)
  }

  /// Waves, slow and quick, as a file.
  private static func file(_ width: Int, _ height: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    for row in 0..<height {
      for column in 0..<width {
        for channel in 0..<3 {
          let slow = sin(Double(row * (channel + 1)) / 40) * cos(Double(column) / 55)
          let quick = sin(Double(column * 7 + row * 5 + channel) / 9)
          bytes.append(UInt8(128 + 80 * slow + 30 * quick))
        }
      }
    }
    return Picture(width: width, height: height, bytes: bytes).jpeg()
  }

  private func decoded(_ file: [UInt8], _ pipeline: Pipeline) throws -> Picture {
    var canvas = Canvas()
    try file.withUnsafeBytes { try pipeline.decode($0, into: &canvas) }
    var picture = Picture()
    picture.assign(canvas.picture)
    return picture
  }

  func testAsSmallAsNoSideFallsBelowTheSize() throws {
    for (width, height, first, sides) in [
      (600, 500, Self.resize(96, 96), (150, 125)), (601, 503, Self.resize(96, 96), (151, 126)),
      (600, 500, Self.resize(250, 300), (300, 250)), (600, 500, Self.resize(251, 20), (600, 500)),
      (600, 500, Self.resize(62, 75), (75, 63)), (600, 500, Self.resize(125), (150, 125)),
      (600, 500, Self.resize(126), (300, 250)), (300, 900, Self.resize(30), (38, 113)),
      (40, 30, Self.resize(96), (40, 30)),
    ] {
      let file = Self.file(width, height)
      let fast = try decoded(file, Self.pipeline(first, .fast))
      XCTAssertEqual(fast.width, sides.0, "\(width) x \(height) \(first.json)")
      XCTAssertEqual(fast.height, sides.1, "\(width) x \(height) \(first.json)")
      let exact = try decoded(file, Self.pipeline(first, .exact))
      XCTAssertEqual(exact.size, PictureSize(height: height, width: width))
      if sides == (width, height) { XCTAssertEqual(fast.bytes, exact.bytes) }
    }
  }

  func testPicturesAreNearlyEqual() throws {
    for size in [16, 31, 60, 96] {
      let file = Self.file(600, 500)
      let tensors = try [Decoding.exact, .fast].map { decoding in
        let pipeline = try Self.pipeline(Self.resize(size, size), decoding)
        var canvas = Canvas()
        try file.withUnsafeBytes { try pipeline.decode($0, into: &canvas) }
        var floats = [Float](repeating: 0, count: pipeline.outputShape.count)
        try floats.withUnsafeMutableBufferPointer {
          try pipeline.run(
            on: &canvas, seed: 0, at: SamplePlace(phase: 0, epoch: 0, sample: 0), into: $0)
        }
        return floats
      }
      let differences = zip(tensors[0], tensors[1]).map { abs($0 - $1) }
      let mean = differences.reduce(0, +) / Float(differences.count)
      // Of waves of 80 and 30 levels: another part of the picture would be tens of levels off.
      XCTAssertLessThan(mean, 4.0 / 255, "\(size): mean difference")
      XCTAssertGreaterThan(mean, 0, "\(size): was it decoded smaller?")
    }
  }

  func testOnlyShrinkingPipelinesHaveAnotherProgram() throws {
    let resize = Self.resize(20)
    XCTAssertNotEqual(
      try Self.pipeline(resize, .fast).prefix.key, try Self.pipeline(resize, .exact).prefix.key)
    let rotation = Self.component("RandomRotation", ["degrees": .integer(30)])
    let crop = Self.component("CenterCrop", ["size": .integer(20)])
    for first in [rotation, crop] {
      let (fast, exact) = try (Self.pipeline(first, .fast), Self.pipeline(first, .exact))
      XCTAssertEqual(fast.prefix.key, exact.prefix.key)
      let file = Self.file(90, 70)
      XCTAssertEqual(try decoded(file, fast).bytes, try decoded(file, exact).bytes)
    }
  }
}
