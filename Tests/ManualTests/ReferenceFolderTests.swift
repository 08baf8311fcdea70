import Manual
import TestSupport
import XCTest

/// The pages in `docs/reference` are those that the declarations give.
final class ReferenceFolderTests: XCTestCase {
  private var folder: String { Places.repository + "/docs/reference" }

  func testPagesAreUpToDate() {
    let differences = ReferenceFolder.differences(folder)
    XCTAssertEqual(differences, [], "docs/reference is stale: run `make generate`")
  }

  func testRenewingWritesRemovesAndIsDone() throws {
    let place = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: place) }
    let files = Array(
      Manual.files().filter { $0.path.hasPrefix("losses/") || $0.path == "keys.md" })
    XCTAssertEqual(files.count, 2)
    XCTAssertEqual(try ReferenceFolder.renew(place.path, files: files).count, files.count)
    XCTAssertEqual(ReferenceFolder.differences(place.path, files: files), [])
    // A page that nothing makes, and one that somebody mended by hand.
    try "x".write(
      to: place.appendingPathComponent("codes/gone.md"), atomically: true, encoding: .utf8)
    try "x".write(to: place.appendingPathComponent("keys.md"), atomically: true, encoding: .utf8)
    XCTAssertEqual(
      ReferenceFolder.differences(place.path, files: files),
      ["'keys.md' is missing or stale", "'codes/gone.md' is left over"])
    XCTAssertEqual(try ReferenceFolder.renew(place.path, files: files).count, 2)
    XCTAssertEqual(ReferenceFolder.differences(place.path, files: files), [])
    XCTAssertEqual(try ReferenceFolder.renew(place.path, files: files), [])
  }

  func testPagesAreTheSameEachTimeAndNameNoMachine() {
    let first = Manual.files()
    let second = Manual.files()
    XCTAssertEqual(first.map(\.text), second.map(\.text))
    XCTAssertEqual(Set(first.map(\.path)).count, first.count)
    let here = FileManager.default.currentDirectoryPath
    let home = NSHomeDirectory()
    for file in first {
      for place in [here, home + "/", Places.repository, "/tmp", "/" + "home/"] {
        XCTAssertFalse(file.text.contains(place), "\(file.path) holds \(place)")
      }
    }
  }

  func testLinksLeadToPagesAndHeadings() throws {
    let files = Dictionary(uniqueKeysWithValues: Manual.files().map { ($0.path, $0.text) })
    var count = 0
    for (path, text) in files {
      let base = URL(fileURLWithPath: "/" + path).deletingLastPathComponent()
      for match in text.matches(of: /\]\(([^)#]*)(#[^)]*)?\)/) {
        count += 1
        let target = base.appendingPathComponent(String(match.1)).standardized.path.dropFirst()
        let page = files[match.1.isEmpty ? path : String(target)]
        XCTAssertNotNil(page, "\(path) links to \(match.1)")
        guard let anchor = match.2?.dropFirst(), let page else { continue }
        let anchors = page.split(separator: "\n").filter { $0.hasPrefix("## ") }.map {
          $0.dropFirst(3).lowercased().replacing(" ", with: "-")
        }
        XCTAssertTrue(anchors.contains(String(anchor)), "\(path) links to #\(anchor)")
      }
    }
    XCTAssertGreaterThan(count, 200)
    // Every page can be reached from the first.
    let index = try XCTUnwrap(files["README.md"])
    for path in files.keys where path != "README.md" {
      XCTAssertTrue(index.contains("](\(path))"), path)
    }
  }

  func testEveryWrongExampleIsShownWithItsMessage() {
    for file in Manual.files() where file.text.contains("\n## Wrong\n") {
      XCTAssertTrue(file.text.contains("\n## What xrun says\n"), file.path)
      let code = file.path.split(separator: "/").last?.dropLast(3) ?? ""
      XCTAssertTrue(file.text.contains("[\(code)]: "), file.path)
    }
  }
}
