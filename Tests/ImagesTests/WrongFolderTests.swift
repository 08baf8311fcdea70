import Diagnostics
import Foundation
import Images
import TestSupport
import XCTest

/// What is wrong with a folder or its pictures is said with its path, and nothing crashes.
final class WrongFolderTests: XCTestCase {
  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try PictureFolder.write(to: folder.path, size: 16)
    return folder
  }

  /// The one diagnostic of a folder that is not sound.
  private func only(
    _ folder: TemporaryFolder, _ splits: [String] = ["train", "val"],
    file: StaticString = #filePath, line: UInt = #line
  ) throws -> Diagnostic {
    let (found, diagnostics) = ImageFolder.read(folder.path, splits: splits)
    XCTAssertNil(found, file: file, line: line)
    XCTAssertEqual(diagnostics.count, 1, "\(diagnostics)", file: file, line: line)
    return try XCTUnwrap(diagnostics.first, file: file, line: line)
  }

  func testAClassThatTrainingDoesNotHaveIsRefusedWithTheNearest() throws {
    let folder = try folder()
    try FileManager.default.copyItem(atPath: folder("val/iris"), toPath: folder("val/irsi"))
    let wrong = try only(folder)
    XCTAssertEqual(wrong.code, "unknown-class")
    XCTAssertEqual(wrong.severity, .error)
    XCTAssertTrue(wrong.message.contains(folder("val/irsi")), wrong.message)
    XCTAssertTrue(wrong.help?.contains("did you mean 'iris'") ?? false, wrong.help ?? "")
  }

  func testAClassThatASplitLacksIsAWarning() throws {
    let folder = try folder()
    try FileManager.default.removeItem(atPath: folder("val/lily"))
    let (found, diagnostics) = ImageFolder.read(folder.path, splits: ["train", "val"])
    XCTAssertNotNil(found)
    XCTAssertEqual(diagnostics.map(\.severity), [.warning])
    XCTAssertTrue(diagnostics[0].message.contains("'lily'"), diagnostics[0].message)
  }

  func testAnEmptyClassFolderIsNamed() throws {
    let folder = try folder()
    for name in try FileManager.default.contentsOfDirectory(atPath: folder("train/rose")) {
      try FileManager.default.removeItem(atPath: folder("train/rose/" + name))
    }
    let wrong = try only(folder)
    XCTAssertEqual(wrong.code, "empty-class")
    XCTAssertTrue(wrong.message.contains(folder("train/rose")), wrong.message)
    // The same where there are files, but no pictures: one of them is named.
    try folder.write(Data("text".utf8), to: "train/rose/readme.txt")
    XCTAssertTrue(try only(folder).help?.contains("'readme.txt'") ?? false)
  }

  func testFoldersThatAreNotThereAreNamed() throws {
    let folder = try folder()
    let wrong = try only(folder, ["train", "validation"])
    XCTAssertEqual(wrong.code, "unreadable-folder")
    XCTAssertTrue(wrong.message.contains(folder("validation")), wrong.message)
    let empty = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: empty("train"), withIntermediateDirectories: false)
    XCTAssertEqual(try only(empty, ["train"]).code, "no-classes")
  }

  func testALinkThatLeadsNowhereIsNamed() throws {
    let folder = try folder()
    try FileManager.default.createSymbolicLink(
      atPath: folder("train/iris/gone.jpg"), withDestinationPath: folder("nowhere.jpg"))
    let wrong = try only(folder)
    XCTAssertEqual(wrong.code, "unreadable-file")
    XCTAssertTrue(wrong.message.contains(folder("train/iris/gone.jpg")), wrong.message)
  }

  /// A 2 x 2 picture in PNG by PIL.
  private static let png =
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGP4z8DA8J+BgYHhPycnJwAaKgMZflrkUQAA"
    + "AABJRU5ErkJggg=="

  private func scan(_ folder: TemporaryFolder) throws -> PictureScan {
    let samples = try XCTUnwrap(ImageFolder.read(folder.path, splits: ["train"]).folder)["train"]
    return PictureScan(samples, threads: 2)
  }

  func testAPNGNamedJPGIsReadAndSaid() throws {
    let folder = try folder()
    let png = try XCTUnwrap(Data(base64Encoded: Self.png))
    try folder.write(png, to: "train/iris/3.jpg")
    let scan = try scan(folder)
    XCTAssertEqual(scan.failures.map(\.sample.path), [])
    XCTAssertEqual(scan.misnamed.map(\.sample.path), ["train/iris/3.jpg"])
    XCTAssertEqual(scan.misnamed.map(\.format), [.png])
    let picture = try Picture(contentsOf: folder("train/iris/3.jpg"))
    XCTAssertEqual(picture.bytes, [255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9])
  }

  /// Wherever a file ends too early, it is refused, and with the reason.
  func testTruncatedFilesAreRefusedAtEveryLength() throws {
    let folder = try folder()
    let jpeg = try Data(contentsOf: URL(fileURLWithPath: folder("train/iris/3.jpg")))
    let png = try XCTUnwrap(Data(base64Encoded: Self.png))
    for (whole, format, lengths) in [
      // Without its last two bytes a JPEG file lacks only the mark of its end.
      (jpeg, PictureFormat.jpeg, 0..<jpeg.count - 2),
      // What follows the pixels of a PNG file does not matter: twelve bytes of IEND, four of a checksum.
      (png, .png, 0..<png.count - 16),
    ] {
      for length in lengths {
        let part = whole.prefix(length)
        var picture = Picture()
        var error: (any Error)?
        do {
          try part.withUnsafeBytes { _ = try picture.decode($0) }
        } catch let thrown {
          error = thrown
        }
        switch error as? PictureError {
        case .truncated(let found, _), .corrupt(let found, _):
          XCTAssertEqual(found, format, "\(length)")
        case .empty: XCTAssertEqual(length, 0)
        case .notAPicture: XCTAssertLessThan(length, 8)
        default: XCTFail("\(format) of \(length) bytes: \(String(describing: error))")
        }
      }
    }
  }

  func testTheScanSaysWhatIsWrongWithEachFile() throws {
    let folder = try folder()
    let jpeg = try Data(contentsOf: URL(fileURLWithPath: folder("train/iris/3.jpg")))
    for (name, data) in [
      ("a-half", jpeg.prefix(jpeg.count / 2)), ("b-head", jpeg.prefix(20)), ("c-empty", Data()),
      ("d-text", Data("no picture".utf8)), ("e-gif", Data("GIF89a____".utf8)),
    ] {
      try folder.write(data, to: "train/iris/\(name).jpg")
    }
    let failures = try scan(folder).failures
    XCTAssertEqual(
      failures.map(\.sample.path),
      ["a-half", "b-head", "c-empty", "d-text", "e-gif"].map { "train/iris/\($0).jpg" })
    XCTAssertEqual(
      failures.map { "\($0.error)".prefix { $0 != "(" } },
      [
        "is a truncated JPEG file ", "is a truncated JPEG file ", "is empty", "is not a picture",
        "is a GIF file, which xrun does not read",
      ])
    for failure in failures { XCTAssertFalse(failure.error.help.isEmpty) }
  }
}
