import Foundation
import TestSupport
import XCTest

/// No golden without a manifest, no manifest without its generator, nothing beside them.
final class ManifestTests: XCTestCase {
  /// The folders below `Tests` that hold files and are named `Goldens`, or stand in one.
  private func folders() throws -> [String: [String]] {
    let root = URL(fileURLWithPath: Places.repository + "/Tests")
    var folders: [String: [String]] = [:]
    let walk = try XCTUnwrap(
      FileManager.default.enumerator(at: root, includingPropertiesForKeys: [.isRegularFileKey]))
    for case let file as URL in walk {
      guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else {
        continue
      }
      let parts = file.pathComponents
      guard parts.contains("Goldens"), file.lastPathComponent != "." else { continue }
      let folder = parts.dropFirst(root.pathComponents.count - 1).dropLast()
        .joined(separator: "/")
      folders[folder, default: []].append(file.lastPathComponent)
    }
    return folders
  }

  func testEveryGoldenIsTheOneThatItsManifestNames() throws {
    let folders = try folders()
    XCTAssertGreaterThanOrEqual(folders.count, 8)
    let renewal = try String(
      contentsOfFile: Places.repository + "/Tools/golden/renew.sh", encoding: .utf8)
    for (folder, files) in folders {
      guard files.contains("manifest.json") else {
        XCTFail("'\(folder)' has no manifest.json: let its generator write one (manifest.py)")
        continue
      }
      try GoldenManifest.check(folder)
      let manifest = try GoldenManifest(of: folder)
      XCTAssertEqual(
        Set(files).subtracting(["manifest.json"]), Set(manifest.files.keys),
        "'\(folder)' holds other files than its manifest names: run 'make golden', remove what is left over"
      )
      XCTAssertTrue(
        renewal.contains(manifest.generator + " "),
        "'\(manifest.generator)' is not run by Tools/golden/renew.sh")
      XCTAssertNotNil(manifest.versions["python"], folder)
      XCTAssertGreaterThan(manifest.versions.count, 1, "\(folder): no library's version")
    }
  }
}
