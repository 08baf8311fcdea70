import Foundation
import XCTest

/// `xrun plan` as users type it.
final class PlanCommandTests: XCTestCase {
  func testTheScreenAndItsForms() throws {
    let program = try Program()
    try program.experiment()
    let screen = try program.run(["plan", "small.yaml"])
    XCTAssertEqual(screen.status, 0, screen.errors)
    XCTAssertTrue(screen.output.contains("\n  train        40  10 in each class\n"), screen.output)
    XCTAssertTrue(screen.output.contains("\ntime        about "), screen.output)
    for line in screen.output.split(separator: "\n") { XCTAssertLessThanOrEqual(line.count, 80) }

    let values = try program.run(["plan", "small.yaml", "--values", "seed=7"])
    XCTAssertTrue(values.output.contains("seed: 7  # argument"), values.output)
    let graph = try program.run(["plan", "small.yaml", "--graph"])
    XCTAssertTrue(graph.output.contains("layer1.0.conv1"), graph.output)
    let dot = try program.run(["plan", "small.yaml", "--dot", "--phase", "main"])
    XCTAssertTrue(dot.output.hasPrefix("digraph \"small, phase main, batch of "), dot.output)
    let json = try program.run(["plan", "small.yaml", "--json"])
    let root =
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    XCTAssertEqual(root?["name"] as? String, "small")
    XCTAssertFalse(
      FileManager.default.fileExists(atPath: program.folder("runs")), "a plan writes nothing")
  }

  func testMissingDataLeavesTheRestAndCodeTwo() throws {
    let program = try Program()
    try program.experiment()
    try FileManager.default.removeItem(atPath: program.folder("pictures"))
    let result = try program.run(["plan", "small.yaml"])
    XCTAssertEqual(result.status, 2)
    XCTAssertTrue(result.errors.contains("error[missing-folder]"), result.errors)
    XCTAssertTrue(
      result.output.contains("\ndata        missing: pictures; 100 classes are assumed\n"),
      result.output)
    XCTAssertTrue(result.output.contains("\nphase 1     'main', "), result.output)
    XCTAssertFalse(result.output.contains("\ntime "), result.output)
    let json = try program.run(["plan", "small.yaml", "--json"])
    XCTAssertEqual(json.status, 2)
    XCTAssertNoThrow(try JSONSerialization.jsonObject(with: Data(json.output.utf8)))
  }

  func testWrongOptions() throws {
    let program = try Program()
    try program.experiment()
    for arguments in [["--graph", "--json"], ["--dot", "--phase", "mian"], ["--phase", "main"]] {
      let result = try program.run(["plan", "small.yaml"] + arguments)
      XCTAssertEqual(result.status, 64, "\(arguments): \(result.errors)")
    }
  }
}
