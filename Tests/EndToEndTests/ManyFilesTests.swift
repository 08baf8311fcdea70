import Foundation
import TestSupport
import XCTest

/// `xrun check` on a hundred files in one call, as hooks and CI make it.
final class ManyFilesTests: XCTestCase {
  func testAHundredFilesInOneCall() throws {
    let program = try Program()
    let names = try (1...100).map { number in
      try program.experiment(
        "e\(number).yaml",
        ["name: small": "name: e\(number)", "step_size: 2": "step_size: 1"])
    }
    let clock = ContinuousClock()
    var result = try program.run(["--version"])
    let time = try clock.measure { result = try program.run(["check"] + names) }
    print("check of 100 files in one call: \(time)")
    XCTAssertEqual(result.status, 0, result.errors)
    XCTAssertEqual(
      result.output.split(separator: "\n").map(String.init), names.map { "\($0): ok" })

    // One is wrong: it alone is not 'ok', and the code says so.
    try program.experiment("e42.yaml", ["lr: 1e-3": "lrr: 1e-3", "step_size: 2": "step_size: 1"])
    let refused = try program.run(["check"] + names)
    XCTAssertEqual(refused.status, 2)
    XCTAssertEqual(
      refused.output.split(separator: "\n").map(String.init),
      names.filter { $0 != "e42.yaml" }.map { "\($0): ok" })
    XCTAssertTrue(refused.errors.contains("e42.yaml:22:20"), refused.errors)
    XCTAssertTrue(refused.errors.contains("in 1 of 100 files"), refused.errors)

    // For machines, nothing but the findings.
    let forGitHub = try program.run(["check", "--format", "github"] + names)
    XCTAssertEqual(forGitHub.status, 2)
    let errors = forGitHub.output.split(separator: "\n").filter { $0.hasPrefix("::error") }
    XCTAssertGreaterThan(errors.count, 0)
    XCTAssertTrue(errors.allSatisfy { $0.contains("e42.yaml") }, forGitHub.output)
  }
}
