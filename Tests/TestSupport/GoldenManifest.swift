import Foundation
import Tensors
import XCTest

/// What `manifest.json` says beside goldens: who made them, and that nobody changed them since.
package struct GoldenManifest: Decodable {
  package struct File: Decodable { package let sha256: String }

  package let generator: String
  package let generatorHash: String
  package let versions: [String: String]
  package let files: [String: File]

  private enum CodingKeys: String, CodingKey {
    case generator, versions, files
    case generatorHash = "generator_sha256"
  }

  /// Fails where a golden or its generator is not the one that the manifest names.
  ///
  /// - Parameter folder: relative to the repository's root.
  package static func check(
    _ folder: String, file: StaticString = #filePath, line: UInt = #line
  ) throws {
    func contents(_ path: String) throws -> Data {
      try Data(contentsOf: URL(fileURLWithPath: Places.repository + "/" + path))
    }
    func hash(_ path: String) throws -> String {
      try contents(path).withUnsafeBytes { SHA256.hex(of: $0) }
    }
    let manifest = try JSONDecoder().decode(
      GoldenManifest.self, from: contents(folder + "/manifest.json"))
    XCTAssertEqual(
      try hash(manifest.generator), manifest.generatorHash,
      "'\(manifest.generator)' changed: run it again", file: file, line: line)
    XCTAssertFalse(manifest.files.isEmpty, file: file, line: line)
    for (name, golden) in manifest.files {
      XCTAssertEqual(
        try hash(folder + "/" + name), golden.sha256,
        "'\(name)' is not what '\(manifest.generator)' wrote", file: file, line: line)
    }
  }
}
