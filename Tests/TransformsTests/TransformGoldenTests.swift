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
      let path = "\(Places.repository)/\(Self.folder)/\(name).json"
      guard let data = FileManager.default.contents(atPath: path) else {
        XCTFail("'\(name)' has no golden: add it to Tools/golden/transforms.py, run 'make golden'")
        continue
      }
      let cases = try JSONDecoder().decode([GoldenCase].self, from: data)
      XCTAssertGreaterThanOrEqual(cases.count, 6, name)
      for golden in cases { try check(golden, type) }
    }
  }

  private func check<T: Transform>(_ golden: GoldenCase, _ type: T.Type) throws {
    let values = T.declaration.values(golden.arguments.mapValues(\.declared))
    let draw = try JSONDecoder().decode(
      T.Draw.self, from: JSONSerialization.data(withJSONObject: golden.drawObject))
    var canvas = Canvas()
    canvas.picture = TestPicture.make(golden.width, golden.height, golden.salt)
    let label = "\(T.declaration.name) \(golden)"
    let step: T
    do { step = try T(values) } catch { return XCTFail("\(label): \(error)") }

    var input = ImageShape(height: golden.height, width: golden.width)
    var floats = [Float](repeating: 0, count: golden.shape.reduce(1, *))
    let needsTensor = (try? step.outputShape(for: .file)) == nil
    floats.withUnsafeMutableBufferPointer { floats in
      canvas.lend(floats) { canvas in
        if needsTensor {
          if let type = TransformCatalogue.type("ToTensor") { applyPlainly(type, to: &canvas) }
          input = ImageShape(
            element: .floats, height: golden.height, width: golden.width)
        }
        step.apply(draw, to: &canvas)
      }
    }
    let output: ImageShape
    do { output = try step.outputShape(for: input) } catch {
      return XCTFail("\(label): \(error)")
    }
    XCTAssertEqual(
      [output.channels, output.height, output.width], golden.shape.map(Optional.some), label)
    let bytes =
      output.element == .floats
      ? floats.withUnsafeBytes { Array($0) } : canvas.picture.bytes
    if output.element == .bytes {
      XCTAssertEqual([3, canvas.picture.height, canvas.picture.width], golden.shape, label)
    }
    if let near = golden.near {
      let theirs = [UInt8](try XCTUnwrap(Data(base64Encoded: near.bytes)))
      XCTAssertEqual(theirs.withUnsafeBytes { SHA256.hex(of: $0) }, golden.sha256, label)
      XCTAssertEqual(bytes.count, theirs.count, label)
      let gaps = zip(bytes, theirs).map { abs(Int($0) - Int($1)) }
      let ties = Set(near.ties)
      for (place, gap) in gaps.enumerated() where gap > (ties.contains(place) ? 1 : 0) {
        XCTFail("byte \(place) is \(bytes[place]), torch's \(theirs[place]): \(label)")
      }
      return
    }
    XCTAssertEqual(Array(bytes.prefix(12)), golden.first, label)
    XCTAssertEqual(bytes.withUnsafeBytes { SHA256.hex(of: $0) }, golden.sha256, label)
  }

  private func applyPlainly<T: Transform>(
    _ type: T.Type, _ arguments: [String: DeclaredValue] = [:], to canvas: inout Canvas
  ) {
    do {
      let draw = try JSONDecoder().decode(T.Draw.self, from: Data("{}".utf8))
      try T(T.declaration.values(arguments)).apply(draw, to: &canvas)
    } catch {
      XCTFail("\(error)")
    }
  }

  func testDecodingEqualsPILs() throws {
    let path = "\(Places.repository)/\(Self.folder)/decoding.json"
    let cases = try JSONDecoder().decode(
      [DecodingCase].self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    XCTAssertGreaterThan(cases.count, 160)
    for golden in cases {
      let file = try XCTUnwrap(Data(base64Encoded: golden.file))
      var picture = Picture()
      do {
        try file.withUnsafeBytes { _ = try picture.decode($0) }
      } catch {
        XCTFail("\(golden.name): \(error)")
        continue
      }
      XCTAssertEqual([picture.width, picture.height], [golden.width, golden.height], golden.name)
      let bytes = picture.bytes
      XCTAssertEqual(Array(bytes.prefix(12)), golden.first, golden.name)
      XCTAssertEqual(bytes.withUnsafeBytes { SHA256.hex(of: $0) }, golden.sha256, golden.name)
    }
  }

  /// 40 real photographs: their pixels, and what the usual evaluation pipeline makes of them.
  func testPhotographsEqualPILs() throws {
    let path = "\(Places.repository)/\(Self.folder)/photographs.json"
    let cases = try JSONDecoder().decode(
      [Photograph].self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    XCTAssertEqual(cases.count, 40)
    for golden in cases {
      let file = try Places.shared(golden.path)
      let hash = try Data(contentsOf: URL(fileURLWithPath: file))
        .withUnsafeBytes { SHA256.hex(of: $0) }
      guard hash == golden.file else {
        XCTFail("'\(golden.path)' is another file than the golden was made of")
        continue
      }
      var canvas = Canvas()
      canvas.picture = try Picture(contentsOf: file)
      XCTAssertEqual([canvas.picture.width, canvas.picture.height], [golden.width, golden.height])
      XCTAssertEqual(Self.hash(canvas.picture), golden.pixels, golden.path)
      for (name, size) in [("Resize", 256), ("CenterCrop", 224)] {
        let type = try XCTUnwrap(TransformCatalogue.type(name))
        applyPlainly(type, ["size": .integer(size)], to: &canvas)
      }
      XCTAssertEqual(Self.hash(canvas.picture), golden.cut, golden.path)
    }
  }

  private static func hash(_ picture: borrowing Picture) -> String {
    picture.bytes.withUnsafeBytes { SHA256.hex(of: $0) }
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

private struct GoldenCase: Decodable, CustomStringConvertible {
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

  var drawObject: [String: Any] { draw.mapValues(\.object) }
  var description: String { "\(width)x\(height) salt \(salt) \(arguments) draw \(draw)" }
}

private struct Photograph: Decodable {
  let path, file: String
  let width, height: Int
  let pixels, cut: String

  private enum CodingKeys: String, CodingKey {
    case path, width, height
    case file = "file_sha256"
    case pixels = "pixels_sha256"
    case cut = "cut_sha256"
  }
}

private struct DecodingCase: Decodable {
  let name, file: String
  let width, height: Int
  let first: [UInt8]
  let sha256: String
}
