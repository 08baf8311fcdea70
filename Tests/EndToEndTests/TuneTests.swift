import Foundation
import Kernels
import XCTest

/// `xrun tune` as users type it.
final class TuneTests: XCTestCase {
  func testAnExperimentsConvolutionsAreTimed() throws {
    try XCTSkipUnless(ProviderKind.onednn.isAvailable, "needs oneDNN")
    let program = try Program()
    try program.experiment()
    try FileManager.default.removeItem(atPath: program.folder("pictures"))
    let result = try program.run(["tune", "small.yaml", "--rounds", "1"])
    XCTAssertEqual(result.status, 0, result.errors)
    XCTAssertTrue(result.output.contains("7x7 stride 2, 3 to 64 channels, "), result.output)
    XCTAssertTrue(result.output.contains("\n  forward "), result.output)
    XCTAssertTrue(result.output.contains("library_direct "), result.output)
    for line in result.output.split(separator: "\n") { XCTAssertLessThanOrEqual(line.count, 80) }
    // The same bytes of text for the table in use.
    let rows = program.folder("AVX2Rows.swift")
    let written = try program.run([
      "tune", "small.yaml", "--rounds", "1", "--instructions", "avx2", "--write",
      program.folder.path, "--force",
    ])
    XCTAssertEqual(written.status, 0, written.errors)
    let text = try String(contentsOfFile: rows, encoding: .utf8)
    XCTAssertTrue(text.contains("\nenum AVX2Rows {\n"), text)
  }

  func testWrongUsage() throws {
    let program = try Program()
    for arguments in [["--rounds", "0"], ["--instructions", "sse9"], ["--force"]] {
      XCTAssertEqual(try program.run(["tune"] + arguments).status, 64, "\(arguments)")
    }
    XCTAssertEqual(try program.run(["tune", "nothing.yaml"]).status, 2)
  }
}
