import Declarations
import Foundation
import Images
import Tensors
import TestSupport
import Transforms
import XCTest

/// 200 real photographs: their pixels as PIL decodes them, what torchvision's transforms make of them given the
/// same draws, and whole pipelines down to normalized floats.
final class PhotographPixelTests: XCTestCase {
  private static let folder = "Tests/TransformsTests/Goldens/Photographs"

  private func goldens() throws -> Goldens {
    let path = "\(Places.repository)/\(Self.folder)/photographs.json"
    return try JSONDecoder().decode(
      Goldens.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private func photograph(_ golden: Photograph) throws -> Picture {
    let file = try Places.shared(golden.path)
    let hash = GoldenStep.digest([UInt8](try Data(contentsOf: URL(fileURLWithPath: file))))
    XCTAssertEqual(hash, golden.file, "'\(golden.path)' is another file than the golden's")
    return try Picture(contentsOf: file)
  }

  func testEveryTransformSeesPhotographsWithEachVariant() throws {
    let goldens = try goldens()
    XCTAssertEqual(goldens.photographs.count, 200)
    XCTAssertEqual(Set(goldens.photographs.map(\.path)).count, 200)
    let seen = goldens.photographs.flatMap(\.transforms)
    for type in TransformCatalogue.all {
      let name = type.declaration.name
      let cases = seen.filter { $0.name == name }
      XCTAssertGreaterThanOrEqual(
        cases.count, 10,
        "'\(name)': add it to Tools/golden/pixels_of_photographs.py, run 'make golden'")
      XCTAssertEqual(
        Set(cases.map(\.variant)), Set((goldens.variants[name] ?? []).indices), name)
    }
  }

  func testPixelsEqualPILs() throws {
    let photographs = try goldens().photographs
    var different = 0
    for golden in photographs {
      let picture = try photograph(golden)
      XCTAssertEqual([picture.width, picture.height], [golden.width, golden.height], golden.path)
      if GoldenStep.digest(picture.bytes) != golden.pixels {
        different += 1
        XCTFail("'\(golden.path)' has other pixels than PIL's")
      }
    }
    Parity.check(
      .decoding, "JPEG", "pixels of photographs", against: "PIL",
      difference: different == 0 ? 0 : .infinity, tolerance: 0, unit: "levels",
      cases: photographs.count)
  }

  func testTransformsEqualTorchvisions() throws {
    let goldens = try goldens()
    var greatest: [String: (gap: Double, isNear: Bool, cases: Int)] = [:]
    for golden in goldens.photographs {
      let picture = try photograph(golden)
      for example in golden.transforms {
        var canvas = Canvas()
        canvas.picture = picture.copy()
        let arguments = try XCTUnwrap(goldens.variants[example.name])[example.variant]
        let step = GoldenStep(name: example.name, arguments: arguments, draw: example.draw)
        var bytes = try step.output(of: &canvas).bytes
        var gap = 0
        for tie in example.ties ?? [] where bytes.indices.contains(tie[0]) {
          gap = max(gap, abs(Int(bytes[tie[0]]) - tie[1]))
          bytes[tie[0]] = UInt8(tie[1])
        }
        let isEqual = GoldenStep.digest(bytes) == example.sha
        XCTAssertTrue(isEqual, "'\(golden.path)': \(example.name) \(arguments) \(example.draw)")
        var sum = greatest[example.name] ?? (0, false, 0)
        sum.gap = max(sum.gap, isEqual ? Double(gap) : .infinity)
        sum.isNear = sum.isNear || example.ties != nil
        sum.cases += 1
        greatest[example.name] = sum
      }
    }
    for (name, sum) in greatest.sorted(by: { $0.key < $1.key }) {
      Parity.check(
        .transform, name, "photographs", against: "torchvision", difference: sum.gap,
        tolerance: sum.isNear ? 1 : 0, unit: "levels", cases: sum.cases)
    }
  }

  func testWholePipelinesEqualTorchvisions() throws {
    let goldens = try goldens()
    let normalize = GoldenStep(name: "Normalize", arguments: goldens.normalize, draw: [:])
    let pipelines = try goldens.pipelines.map { steps in
      try Pipeline(
        (steps + [GoldenStep(name: "ToTensor", arguments: [:], draw: [:]), normalize])
          .map { try $0.component() })
    }
    var different = [Int](repeating: 0, count: pipelines.count)
    for golden in goldens.photographs {
      let picture = try photograph(golden)
      for (place, pipeline) in pipelines.enumerated() {
        var canvas = Canvas()
        canvas.picture = picture.copy()
        let bytes: [UInt8]
        if pipeline.isRandom {
          for step in goldens.pipelines[place] { _ = try step.output(of: &canvas) }
          bytes = try normalize.output(of: &canvas).bytes
        } else {
          var floats = [Float](repeating: 0, count: pipeline.outputShape.count)
          try floats.withUnsafeMutableBufferPointer {
            try pipeline.run(
              on: &canvas, seed: 0, at: SamplePlace(phase: 0, epoch: 0, sample: 0), into: $0)
          }
          bytes = floats.withUnsafeBytes { Array($0) }
        }
        if GoldenStep.digest(bytes) != golden.pipelines[place] {
          different[place] += 1
          XCTFail("'\(golden.path)': \(goldens.pipelines[place])")
        }
      }
    }
    for (steps, count) in zip(goldens.pipelines, different) {
      let words = steps.map { step in
        [step.name, step.words("size"), step.words("interpolation")].compactMap(\.self)
          .joined(separator: " ")
      }
      Parity.check(
        .transform, "whole pipelines", (words + ["floats of photographs"]).joined(separator: ", "),
        against: "torchvision", difference: count == 0 ? 0 : .infinity, tolerance: 0,
        unit: "levels", cases: goldens.photographs.count)
    }
  }
}

extension Picture {
  fileprivate borrowing func copy() -> Picture {
    Picture(width: width, height: height, bytes: bytes)
  }
}

extension GoldenStep {
  fileprivate func words(_ argument: String) -> String? {
    arguments[argument].map { "\($0.object)" }
  }

  fileprivate func component() throws -> ComponentValue {
    let type = try XCTUnwrap(TransformCatalogue.type(name))
    return ComponentValue(
      name: name, values: type.declaration.values(arguments.mapValues(\.declared)))
  }
}

private struct Goldens: Decodable {
  let variants: [String: [[String: JSONValue]]]
  let pipelines: [[GoldenStep]]
  let normalize: [String: JSONValue]
  let photographs: [Photograph]
}

private struct Photograph: Decodable {
  struct Example: Decodable {
    let name: String
    let variant: Int
    let draw: [String: JSONValue]
    /// Places of bytes that rounding may decide otherwise, by one, with torchvision's.
    let ties: [[Int]]?
    let sha: String
  }

  let path, file: String
  let width, height: Int
  let pixels: String
  let pipelines: [String]
  let transforms: [Example]
}

extension GoldenStep: Decodable {
  /// From `[name, arguments, draw]`.
  init(from decoder: any Decoder) throws {
    var list = try decoder.unkeyedContainer()
    name = try list.decode(String.self)
    arguments = try list.decode([String: JSONValue].self)
    draw = try list.decode([String: JSONValue].self)
  }
}
