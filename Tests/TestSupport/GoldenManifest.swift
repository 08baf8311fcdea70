import Foundation
import Tensors
import XCTest

/// What `manifest.json` says beside goldens: who made them, and that nobody changed them since.
package struct GoldenManifest: Decodable {
  package struct File: Decodable { package let sha256: String }

  /// A number, or words where cases differ.
  package struct Tolerance: Decodable {
    package let number: Double?
    package init(from decoder: any Decoder) throws {
      number = try? decoder.singleValueContainer().decode(Double.self)
    }
  }

  /// The script that wrote the goldens.
  package let generator: String
  /// SHA-256 of it and of the modules that it imports, by path.
  package let sources: [String: String]
  package let versions: [String: String]
  package let files: [String: File]
  /// What a test allows, where it is one number.
  package let tolerance: Tolerance
  /// Why the tolerance is what it is.
  package let why: String

  /// - Parameter folder: relative to the repository's root.
  package init(of folder: String) throws {
    let path = "\(Places.repository)/\(folder)/manifest.json"
    self = try JSONDecoder().decode(
      GoldenManifest.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// Fails where a golden or its generator is not the one that the manifest names.
  ///
  /// - Parameters:
  ///   - folder: relative to the repository's root.
  ///   - tolerance: what the suite allows, where that is one number: the manifest must say the same.
  package static func check(
    _ folder: String, tolerance: Double? = nil, file: StaticString = #filePath,
    line: UInt = #line
  ) throws {
    func contents(_ path: String) throws -> Data {
      try Data(contentsOf: URL(fileURLWithPath: Places.repository + "/" + path))
    }
    func hash(_ path: String) throws -> String {
      try contents(path).withUnsafeBytes { SHA256.hex(of: $0) }
    }
    let manifest = try GoldenManifest(of: folder)
    XCTAssertNotNil(manifest.sources[manifest.generator], file: file, line: line)
    for (source, expected) in manifest.sources {
      XCTAssertEqual(
        try hash(source), expected, "'\(source)' changed: run 'make golden'", file: file, line: line
      )
    }
    if let tolerance {
      XCTAssertEqual(
        manifest.tolerance.number, tolerance, "the manifest of '\(folder)' says another tolerance",
        file: file, line: line)
    }
    XCTAssertFalse(manifest.versions.isEmpty, file: file, line: line)
    XCTAssertGreaterThan(manifest.why.count, 10, file: file, line: line)
    XCTAssertFalse(manifest.files.isEmpty, file: file, line: line)
    for (name, golden) in manifest.files {
      XCTAssertEqual(
        try hash(folder + "/" + name), golden.sha256,
        "'\(name)' is not what '\(manifest.generator)' wrote", file: file, line: line)
    }
  }
}
