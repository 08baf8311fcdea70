import Foundation
import Images
import Tensors
import TestSupport
import XCTest

/// Files that are no pictures, or no longer: typed errors with the reason, and never a crash.
final class DamagedPictureTests: XCTestCase {
  private func jpeg() -> [UInt8] {
    var stream = RandomStream(seed: 1, purpose: .test)
    let bytes = (0..<40 * 30 * 3).map { _ in UInt8(stream.integer(in: 0...255)) }
    return Picture(width: 40, height: 30, bytes: bytes).jpeg(quality: 80)
  }

  private func error(_ file: [UInt8]) -> PictureError? {
    var picture = Picture()
    do throws(PictureError) {
      try decode(file, into: &picture)
      return nil
    } catch {
      return error
    }
  }

  private func decode(_ file: [UInt8], into picture: inout Picture) throws(PictureError) {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: file.count, alignment: 1)
    defer { bytes.deallocate() }
    bytes.copyBytes(from: file)
    try picture.decode(UnsafeRawBufferPointer(bytes))
  }

  func testWhatIsNoPictureIsSaidToBeNone() {
    XCTAssertEqual(error([]), .empty)
    XCTAssertEqual(error(Array("a text, not a picture".utf8)), .notAPicture)
    XCTAssertEqual(error(Array("GIF89a".utf8)), .otherFormat(.gif))
    XCTAssertEqual(error(Array("RIFF....WEBPVP8 ".utf8)), .otherFormat(.webp))
    XCTAssertEqual(error(Array("BM......".utf8)), .otherFormat(.bmp))
    XCTAssertEqual(error([0x49, 0x49, 0x2A, 0, 8]), .otherFormat(.tiff))
    XCTAssertEqual(error(Array("P6 1 1 255\n...".utf8)), .otherFormat(.netpbm))
  }

  func testAFileThatEndsProperlyInTheMiddleIsAnError() {
    let file = jpeg()
    // PIL makes the rest of such a picture up, in grey.
    guard case .corrupt(.jpeg, _)? = error(Array(file.prefix(file.count * 2 / 3)) + [0xFF, 0xD9])
    else { return XCTFail("pixels were made up") }
  }

  func testTheMemoryIsStillGoodAfterAFailure() throws {
    let file = jpeg()
    var fresh = Picture()
    try decode(file, into: &fresh)
    var used = Picture()
    for length in stride(from: 3, to: file.count - 30, by: 97) {
      XCTAssertThrowsError(try decode(Array(file.prefix(length)), into: &used))
    }
    try decode(file, into: &used)
    XCTAssertEqual(used.bytes, fresh.bytes)
  }

  func testDamagedBytesNeverCrash() throws {
    // PNG files of the goldens: nothing here writes any.
    let path = "\(Places.repository)/Tests/TransformsTests/Goldens/Decoding/decoding.json"
    let cases = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path)))
    let pngs = try XCTUnwrap(cases as? [[String: Any]]).filter {
      ($0["name"] as? String)?.hasPrefix("palette-png") == true
    }
    let texts = pngs.compactMap { $0["file"] as? String }
    let png = try XCTUnwrap(
      texts.compactMap { Data(base64Encoded: $0) }.max { $0.count < $1.count })
    for (number, file) in [jpeg(), Array(png)].enumerated() {
      var outcomes: Set<Bool> = []
      for round in 0..<1500 {
        var stream = RandomStream(seed: 2, purpose: .test, [UInt64(number), UInt64(round)])
        var damaged = file
        for _ in 0...stream.integer(in: 0...3) {
          // Half of the damage goes where the headers are.
          let limit = round % 2 == 0 ? damaged.count : min(damaged.count, 200)
          damaged[stream.integer(in: 4...limit - 1)] = UInt8(stream.integer(in: 0...255))
        }
        outcomes.insert(error(damaged) == nil)
      }
      XCTAssertTrue(outcomes.contains(false), "damage is noticed")
    }
  }

  func testUnreadableFilesAreNamedWithTheSystemsReason() throws {
    let folder = try TemporaryFolder()
    XCTAssertThrowsError(try Picture(contentsOf: folder("nowhere.jpg")).width) { error in
      XCTAssertEqual(error as? PictureError, .unreadable(ENOENT))
      XCTAssertEqual("\(error)", "cannot be read: No such file or directory")
    }
    XCTAssertThrowsError(try Picture(contentsOf: folder.path).width) { error in
      XCTAssertEqual(error as? PictureError, .unreadable(EISDIR))
    }
  }
}
