import Diagnostics
import Foundation
import Images
import TestSupport
import XCTest

/// Folders hold more than pictures: pipes, links that lead back, names that are no text, what other systems leave.
final class OddFilesTests: XCTestCase {
  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try PictureFolder.write(to: folder.path, size: 16)
    return folder
  }

  private func read(
    _ folder: TemporaryFolder, _ splits: [String] = ["train", "val", "test"]
  ) -> (folder: ImageFolder?, diagnostics: [Diagnostic]) {
    ImageFolder.read(folder.path, splits: splits)
  }

  private func touch(_ folder: TemporaryFolder, _ path: String) throws {
    try Data("text".utf8).write(to: URL(fileURLWithPath: folder(path)))
  }

  /// Makes a file whose name need not be text.
  private func touch(_ folder: TemporaryFolder, _ parent: String, _ name: [UInt8]) throws {
    let path = Array(folder(parent).utf8) + [0x2F] + name + [0]
    let descriptor = path.withUnsafeBufferPointer {
      $0.withMemoryRebound(to: CChar.self) { open($0.baseAddress!, O_CREAT | O_WRONLY, 0o644) }
    }
    XCTAssertGreaterThanOrEqual(descriptor, 0)
    close(descriptor)
  }

  // MARK: What is no regular file

  func testAPipeNamedLikeAPictureIsNamedAndNotWaitedFor() throws {
    let folder = try folder()
    XCTAssertEqual(mkfifo(folder("train/iris/a.jpg"), 0o644), 0)
    let (found, diagnostics) = read(folder)
    XCTAssertNil(found)
    XCTAssertEqual(diagnostics.map(\.code), ["unreadable-file"])
    XCTAssertEqual(
      diagnostics.first?.message,
      "'\(folder("train/iris/a.jpg"))' is a named pipe, not a regular file")
  }

  func testAPipeIsNeverOpenedForItsBytes() throws {
    let folder = try TemporaryFolder()
    XCTAssertEqual(mkfifo(folder("pipe"), 0o644), 0)
    var bytes = FileBytes()
    for path in [folder("pipe"), "/dev/null"] {
      XCTAssertThrowsError(try bytes.read(path)) {
        XCTAssertEqual($0 as? PictureError, .notAFile, path)
      }
    }
  }

  func testAPipeOfAnotherNameIsLeftOut() throws {
    let folder = try folder()
    XCTAssertEqual(mkfifo(folder("train/iris/pipe"), 0o644), 0)
    let (found, diagnostics) = read(folder)
    XCTAssertEqual(found?["train"].count, 40)
    XCTAssertEqual(diagnostics.map(\.code), ["ignored-files"])
  }

  // MARK: Links that lead back

  func testALinkToAFolderAboveIsNamedOnce() throws {
    for (link, target) in [
      ("train/iris/back", ".."), ("train/iris/again", "."), ("train/iris/up", "../.."),
      ("train/loop", "."),
    ] {
      let folder = try folder()
      try FileManager.default.createSymbolicLink(
        atPath: folder(link), withDestinationPath: target)
      let (found, diagnostics) = read(folder, ["train"])
      XCTAssertNil(found, link)
      XCTAssertEqual(diagnostics.map(\.code), ["unreadable-folder"], "\(link): \(diagnostics)")
      XCTAssertEqual(
        diagnostics.first?.message,
        "'\(folder(link))' is a link that leads back to a folder above it")
    }
  }

  func testLinksToTheSideAreFollowedAsOftenAsTheyStand() throws {
    let folder = try folder()
    try FileManager.default.createDirectory(
      atPath: folder("more"), withIntermediateDirectories: false)
    try FileManager.default.copyItem(
      atPath: folder("train/iris/0.jpg"), toPath: folder("more/new.jpg"))
    for name in ["one", "two"] {
      try FileManager.default.createSymbolicLink(
        atPath: folder("train/iris/" + name), withDestinationPath: folder("more"))
    }
    let (found, diagnostics) = read(folder)
    XCTAssertEqual(found?["train"].count, 42)
    XCTAssertTrue(diagnostics.isEmpty, "\(diagnostics)")
  }

  // MARK: Names

  func testAPictureWhoseNameIsNoTextIsShownByItsBytes() throws {
    let folder = try folder()
    try touch(folder, "train/iris", Array("bl".utf8) + [0xE4] + Array("tter.jpg".utf8))
    let (found, diagnostics) = read(folder)
    XCTAssertNil(found)
    XCTAssertEqual(diagnostics.map(\.code), ["unreadable-file"])
    XCTAssertEqual(
      diagnostics.first?.message,
      "the name of '\(folder("train/iris"))/bl\\xE4tter.jpg' is not UTF-8")
    XCTAssertTrue(diagnostics.first?.help?.contains("rename the file") ?? false)
  }

  func testAnotherFileWhoseNameIsNoTextStopsNothing() throws {
    let folder = try folder()
    try touch(folder, "train/iris", Array("bl".utf8) + [0xE4] + Array("tter.txt".utf8))
    let (found, diagnostics) = read(folder)
    XCTAssertEqual(found?["train"].count, 40)
    XCTAssertEqual(diagnostics.map(\.code), ["ignored-files"])
    XCTAssertTrue(diagnostics.first?.message.contains("bl\\xE4tter.txt") ?? false)
  }

  // MARK: What is left out

  func testFilesThatAreNoPicturesAreCountedOncePerSplit() throws {
    let folder = try folder()
    for name in ["train/iris/a.txt", "train/iris/b.txt", "train/rose/c.txt", "val/rose/d.md"] {
      try touch(folder, name)
    }
    let (found, diagnostics) = read(folder)
    XCTAssertNotNil(found)
    XCTAssertEqual(
      diagnostics.map(\.message),
      [
        "3 files in '\(folder("train"))' are no pictures by name, such as "
          + "'\(folder("train/iris/a.txt"))'",
        "1 file in '\(folder("val"))' is no picture by name, such as '\(folder("val/rose/d.md"))'",
      ])
  }

  /// torchvision looks at the end of the name alone, and so reads `._1.jpg`, which no one can decode.
  func testHiddenFilesNamedLikePicturesAreLeftOutAndSaid() throws {
    let folder = try folder()
    try touch(folder, "train/iris/._1.jpg")
    try touch(folder, "train/rose/._2.JPG")
    try touch(folder, "train/rose/.DS_Store")
    let (found, diagnostics) = read(folder)
    XCTAssertEqual(found?["train"].count, 40)
    XCTAssertEqual(
      diagnostics.map(\.message),
      [
        "2 hidden files in '\(folder("train"))' named like pictures are left out, such as "
          + "'\(folder("train/iris/._1.jpg"))'"
      ])
    XCTAssertTrue(diagnostics.first?.help?.contains("torchvision would read them") ?? false)
  }

  func testHiddenFilesThatNobodyTakesForPicturesAreNoMatter() throws {
    let folder = try folder()
    for name in [".DS_Store", ".directory", ".picasa.ini"] { try touch(folder, "val/iris/" + name) }
    try FileManager.default.createSymbolicLink(
      atPath: folder("val/iris/.#lock"), withDestinationPath: "nobody@nowhere")
    let (found, diagnostics) = read(folder)
    XCTAssertEqual(found?["val"].count, 16)
    XCTAssertTrue(diagnostics.isEmpty, "\(diagnostics)")
  }

  // MARK: Splits

  func testAnEmptySplitIsAnErrorOfItsOwn() throws {
    let folder = try folder()
    try FileManager.default.removeItem(atPath: folder("test"))
    try FileManager.default.createDirectory(
      atPath: folder("test"), withIntermediateDirectories: false)
    let (found, diagnostics) = read(folder)
    XCTAssertNil(found)
    XCTAssertEqual(diagnostics.map(\.code), ["no-classes"], "\(diagnostics)")
    XCTAssertEqual(diagnostics.first?.message, "'\(folder("test"))' has no class folders")
    XCTAssertTrue(diagnostics.first?.help?.hasPrefix("remove the folder, or put") ?? false)
  }
}
