import Foundation
import Images
import TestSupport
import XCTest

/// Which pictures are found below paths that somebody names, and in which order.
final class PictureWalkTests: XCTestCase {
  private func make(_ folder: TemporaryFolder, _ paths: [String]) throws {
    for path in paths {
      // What ends with a slash is a folder.
      let parent = folder(path).prefix(through: try XCTUnwrap(folder(path).lastIndex(of: "/")))
      try FileManager.default.createDirectory(
        atPath: String(parent), withIntermediateDirectories: true)
      guard !path.hasSuffix("/") else { continue }
      try Data("x".utf8).write(to: URL(fileURLWithPath: folder(path)))
    }
  }

  /// Everything that is found, with paths below the folder; problems as their words.
  private func found(_ folder: TemporaryFolder, _ paths: [String]) -> [String] {
    var walk = PictureWalk(paths.map { folder($0) })
    var found: [String] = []
    while let next = walk.next() {
      switch next {
      case .picture(let path): found.append(String(path.dropFirst(folder.path.count + 1)))
      case .problem(let path, let problem):
        found.append("\(path.dropFirst(folder.path.count + 1)) \(problem)")
      }
    }
    return found
  }

  func testFoldersAreSearchedInAFixedOrder() throws {
    let folder = try TemporaryFolder()
    try make(
      folder,
      [
        "a/2.jpg", "a/10.JPG", "a/b/1.png", "a/b-c/1.jpeg", "a/B/1.webp", "a/b/deep/er/1.tiff",
        "z.jpg", "a/notes.txt", "a/jpg", "a/.hidden.jpg", "a/.git/1.jpg",
      ])
    XCTAssertEqual(
      found(folder, ["z.jpg", "a", "z.jpg"]),
      [
        "z.jpg", "a/10.JPG", "a/2.jpg", "a/B/1.webp", "a/b/1.png", "a/b/deep/er/1.tiff",
        "a/b-c/1.jpeg", "z.jpg",
      ])
    // A slash behind a folder changes no path.
    XCTAssertEqual(found(folder, ["a/b/"]), ["a/b/1.png", "a/b/deep/er/1.tiff"])
  }

  func testANamedFileIsTakenWhateverItIsCalled() throws {
    let folder = try TemporaryFolder()
    try make(folder, ["upload", ".hidden.jpg", ".cache/1.jpg"])
    XCTAssertEqual(
      found(folder, ["upload", ".hidden.jpg", "gone.jpg", ".cache"]),
      ["upload", ".hidden.jpg", "gone.jpg", ".cache/1.jpg"])
  }

  func testLinksAreFollowedButNotBack() throws {
    let folder = try TemporaryFolder()
    try make(folder, ["a/1.jpg", "a/b/2.jpg", "other/3.jpg"])
    for (link, target) in [
      ("a/b/up", "../.."), ("a/self", "."), ("a/c", "../other"), ("a/gone.jpg", "nowhere"),
    ] {
      try FileManager.default.createSymbolicLink(atPath: folder(link), withDestinationPath: target)
    }
    // 'up' is the folder above 'a', so that it is walked once more from there, and no further.
    XCTAssertEqual(
      found(folder, ["a"]),
      ["a/1.jpg", "a/gone.jpg", "a/b/2.jpg", "a/b/up/other/3.jpg", "a/c/3.jpg"])
  }

  func testWhatLeadsToNoPictureIsSaid() throws {
    let folder = try TemporaryFolder()
    try make(folder, ["empty/", "text/1.txt", "text/deep/", "mixed/1.jpg", "mixed/none/"])
    XCTAssertEqual(mkfifo(folder("mixed/pipe.jpg"), 0o644), 0)
    XCTAssertEqual(
      found(folder, ["empty", "text", "mixed"]),
      [
        "empty is a folder without pictures", "text is a folder without pictures", "mixed/1.jpg",
        "mixed/pipe.jpg is a named pipe, not a regular file",
      ])
  }

  func testNamesThatAreNoTextAreSaid() throws {
    let folder = try TemporaryFolder()
    let root = Array(folder.path.utf8)
    let name: [UInt8] = root + Array("/\u{61}".utf8) + [0xE4] + Array(".jpg".utf8)
    _ = (name + [0]).withUnsafeBufferPointer { buffer in
      buffer.withMemoryRebound(to: CChar.self) {
        close(open($0.baseAddress!, O_CREAT | O_WRONLY, 0o644))
      }
    }
    let expected = [
      PictureWalk.Found.problem(path: folder.path + "/a\\xE4.jpg", .notText)
    ]
    for roots in [[root], [name]] {
      var rest = roots[...]
      var walk = PictureWalk { rest.popFirst() }
      var all: [PictureWalk.Found] = []
      while let next = walk.next() { all.append(next) }
      XCTAssertEqual(all, expected)
    }
  }

  func testAFolderIsListedWhenItsTurnComes() throws {
    let folder = try TemporaryFolder()
    try make(folder, ["a/1.jpg", "b/1.jpg"])
    var walk = PictureWalk([folder("a"), folder("b")])
    XCTAssertEqual(walk.next(), .picture(path: folder("a/1.jpg")))
    try make(folder, ["b/2.jpg"])
    XCTAssertEqual(walk.next(), .picture(path: folder("b/1.jpg")))
    XCTAssertEqual(walk.next(), .picture(path: folder("b/2.jpg")))
    XCTAssertNil(walk.next())
  }
}
