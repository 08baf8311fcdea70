import Declarations
import Foundation
import Images
import Tensors
import TestSupport
import Transforms
import XCTest

/// Every transform of the catalogue against torchvision's, given the same draws, to the byte.
final class TransformGoldenTests: XCTestCase {
  private static let folder = "Tests/TransformsTests/Goldens"

  func testGoldensAreTheGeneratorsOwn() throws { try GoldenManifest.check(Self.folder) }

  func testEveryTransformEqualsItsGoldens() throws {
    for type in TransformCatalogue.all {
      let name = type.declaration.name
      let cases = try Self.cases(of: name)
      guard cases.count >= 6 else {
        XCTFail(
          "'\(name)' has \(cases.isEmpty ? "no golden" : "few goldens"): "
            + "add it to Tools/golden/transforms.py, run 'make golden'")
        continue
      }
      let gaps = try cases.map { try gap(name, $0) }
      Parity.check(
        .transform, name, "generated pictures", against: "torchvision",
        difference: gaps.max() ?? .infinity, tolerance: cases.contains { $0.ties != nil } ? 1 : 0,
        unit: "levels", cases: cases.count)
    }
  }

  /// The goldens of a transform; none where it has no file.
  static func cases(of name: String) throws -> [GoldenCase] {
    let path = "\(Places.repository)/\(Self.folder)/\(name).json"
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    return try JSONDecoder().decode([GoldenCase].self, from: data)
  }

  /// The greatest difference of a byte; infinite where hashes differ and so no byte is known.
  private func gap(_ name: String, _ golden: GoldenCase) throws -> Double {
    var canvas = Canvas()
    canvas.picture = TestPicture.make(golden.width, golden.height, golden.salt)
    let label = "\(name) \(golden)"
    let step = GoldenStep(name: name, arguments: golden.arguments, draw: golden.draw)
    let output: GoldenStep.Output
    do { output = try step.output(of: &canvas) } catch {
      XCTFail("\(label): \(error)")
      return .infinity
    }
    XCTAssertEqual(output.shape, golden.shape, label)
    let bytes = output.bytes
    guard let near = golden.near else {
      XCTAssertEqual(Array(bytes.prefix(12)), golden.first, label)
      let isEqual = bytes.withUnsafeBytes { SHA256.hex(of: $0) } == golden.sha256
      XCTAssertTrue(isEqual, label)
      return isEqual ? 0 : .infinity
    }
    let theirs = [UInt8](try XCTUnwrap(Data(base64Encoded: near.bytes)))
    XCTAssertEqual(theirs.withUnsafeBytes { SHA256.hex(of: $0) }, golden.sha256, label)
    XCTAssertEqual(bytes.count, theirs.count, label)
    let gaps = zip(bytes, theirs).map { abs(Int($0) - Int($1)) }
    let ties = Set(near.ties)
    for (place, gap) in gaps.enumerated() where gap > (ties.contains(place) ? 1 : 0) {
      XCTFail("byte \(place) is \(bytes[place]), torch's \(theirs[place]): \(label)")
    }
    return Double(gaps.max() ?? 0)
  }
}

/// The generator's picture `salt`: odd ones are smooth, even ones are not.
enum TestPicture {
  static func make(_ width: Int, _ height: Int, _ salt: Int) -> Picture {
    var bytes: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        for c in 0..<3 {
          var value: Int
          if salt % 2 == 1 {
            value = x * (3 + c) + y * (5 - c) + c * 57 + salt * 31
            value = value / 256 % 2 == 0 ? value % 256 : 255 - value % 256
          } else {
            value = (x * x * 7 + y * 13 * (c + 1) + x * y * 3 + c * 57 + salt * 31) % 256
          }
          bytes.append(UInt8(value))
        }
      }
    }
    return Picture(width: width, height: height, bytes: bytes)
  }
}

struct GoldenCase: Decodable, CustomStringConvertible {
  let width, height, salt: Int
  let arguments: [String: JSONValue]
  let draw: [String: JSONValue]
  let shape: [Int]
  let first: [UInt8]
  let sha256: String
  /// All bytes, and those that rounding may decide otherwise, by one; the generator says why.
  let bytes: String?
  let ties: [Int]?

  var near: (bytes: String, ties: [Int])? {
    guard let bytes, let ties else { return nil }
    return (bytes, ties)
  }

  var description: String { "\(width)x\(height) salt \(salt) \(arguments) draw \(draw)" }
}
