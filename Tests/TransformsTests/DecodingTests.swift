import Foundation
import Images
import Tensors
import TestSupport
import XCTest

/// Odd JPEG and PNG files, pixel by pixel as PIL's `convert("RGB")`; what PIL refuses is refused.
final class DecodingTests: XCTestCase {
  private static let folder = "Tests/TransformsTests/Goldens/Decoding"

  /// What PIL reads and xrun refuses, with words of its message.
  private static let refusedHere = [
    // PIL brings libjpeg-turbo 3; before it the library had no lossless JPEG.
    "jpeg-lossless": "does not read", "jpeg-lossless-grey": "does not read",
    // PIL makes up the pixels that are missing: 128 or 0.
    "jpeg-higher-than-coded": "damaged", "png-higher-than-coded": "damaged",
    // The standard says that such a chunk must be understood.
    "png-unknown-needed": "unhandled critical chunk",
    "png-compression-1": "Invalid IHDR data",
    // The last chunk of pixels is not whole, though no pixel is missing.
    "png-2-8-plain-19x13-cut-at-97-percent": "truncated",
    "png-2-8-plain-19x13-without-last-13": "truncated",
    "png-2-8-plain-19x13-without-last-20": "truncated",
    "png-6-16-interlaced-19x13-without-last-13": "truncated",
    "png-6-16-interlaced-19x13-without-last-20": "truncated",
    "palette-png-40x33-2-without-last-13": "truncated",
    "palette-png-40x33-2-without-last-20": "truncated",
  ]

  /// What PIL refuses and xrun reads: what is broken in them does not touch the pixels.
  private static let readHere: Set = [
    "jpeg-jfif-short", "jpeg-adobe-short", "png-bad-checksum-beside",
  ]

  /// Progressive files without their last scans: the missing coefficients are guessed, and before 3.0.1
  /// libjpeg-turbo did so in another way where chroma is halved down, or a plane is two blocks wide.
  private static let guessTolerance = 6.0

  func testPixelsEqualPILs() throws {
    let path = "\(Places.repository)/\(Self.folder)/decoding.json"
    let cases = try JSONDecoder().decode(
      [DecodingCase].self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    XCTAssertGreaterThan(cases.count, 450)
    let files = try Dictionary(
      uniqueKeysWithValues: cases.compactMap { golden in
        try golden.file.map { (golden.name, try XCTUnwrap(Data(base64Encoded: $0))) }
      })
    var equal: [PictureFormat: Int] = [:]
    var refused = 0
    var guesses: [Double] = []
    for golden in cases {
      let whole = try XCTUnwrap(files[golden.startOf ?? golden.name], golden.name)
      let file = Data(whole.prefix(golden.count ?? whole.count))
      var picture = Picture()
      let format: PictureFormat
      do {
        format = try file.withUnsafeBytes { bytes throws(PictureError) in
          try picture.decode(bytes)
        }
      } catch let error as PictureError {
        refused += 1
        guard !golden.refused else { continue }
        let word = Self.refusedHere[golden.name]
        XCTAssertTrue(
          word.map { "\(error)".contains($0) } ?? false, "\(golden.name) \(error): PIL reads it")
        continue
      }
      if golden.refused {
        XCTAssertTrue(Self.readHere.contains(golden.name), "\(golden.name): PIL refuses it")
        continue
      }
      XCTAssertNil(Self.refusedHere[golden.name], "\(golden.name) is read: strike it off the list")
      XCTAssertEqual([picture.width, picture.height], [golden.width, golden.height], golden.name)
      let bytes = picture.bytes
      if let guessed = golden.bytes {
        let theirs = [UInt8](try XCTUnwrap(Data(base64Encoded: guessed)))
        XCTAssertEqual(bytes.count, theirs.count, golden.name)
        guesses.append(zip(bytes, theirs).map { abs(Double($0) - Double($1)) }.max() ?? .infinity)
        continue
      }
      XCTAssertEqual(Array(bytes.prefix(12)), golden.first, golden.name)
      let isEqual = bytes.withUnsafeBytes { SHA256.hex(of: $0) } == golden.sha256
      XCTAssertTrue(isEqual, "\(golden.name) has other pixels than PIL's")
      if isEqual { equal[format, default: 0] += 1 }
    }
    let read = cases.filter { $0.bytes == nil && !$0.refused && Self.refusedHere[$0.name] == nil }
    for (format, name) in [(PictureFormat.jpeg, "JPEG"), (.png, "PNG")] {
      Parity.check(
        .decoding, name, "pixels of odd files", against: "PIL",
        difference: equal.values.reduce(0, +) == read.count ? 0 : .infinity, tolerance: 0,
        unit: "levels", cases: equal[format] ?? 0)
    }
    Parity.check(
      .decoding, "JPEG", "pixels of progressive files without their last scans", against: "PIL",
      difference: guesses.max() ?? .infinity, tolerance: Self.guessTolerance, unit: "levels",
      cases: guesses.count)
    XCTAssertGreaterThan(refused, 60)
    for name in Self.readHere.union(Self.refusedHere.keys) {
      XCTAssertTrue(cases.contains { $0.name == name }, "'\(name)' is no case")
    }
  }
}

private struct DecodingCase: Decodable {
  let name: String
  /// In base64, or the first `count` bytes of another's.
  let file, startOf: String?
  /// All of PIL's bytes, where libraries may differ.
  let bytes: String?
  let count: Int?
  let refused: Bool
  let width, height: Int
  let first: [UInt8]
  let sha256: String

  private enum CodingKeys: String, CodingKey {
    case name, file, bytes, count, refused, width, height, first, sha256
    case startOf = "start_of"
  }
}
