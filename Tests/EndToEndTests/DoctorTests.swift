import Foundation
import Kernels
import Models
import Runs
import Tensors
import TestSupport
import XCTest

/// `xrun doctor` as a program: what it prints, how it ends, and that it sees what limits it.
final class DoctorTests: XCTestCase {
  private func doctor(
    _ arguments: [String] = [], environment: [String: String] = [:]
  ) throws -> Program.Result {
    try Program().run(["doctor"] + arguments, environment: environment)
  }

  func testNamesTheProviderAndTheOpenBLASCore() throws {
    let result = try doctor(environment: ["OPENBLAS_CORETYPE": ""])
    XCTAssertEqual(result.status, 0, result.output + result.errors)
    XCTAssertEqual(result.errors, "")
    for name in ["processor", "kernels", "provider", "oneDNN", "OpenBLAS", "products", "runs"] {
      XCTAssertTrue(
        result.output.split(separator: "\n").contains { $0.hasPrefix(name + " ") },
        name + "\n" + result.output)
    }
    // An empty name is none.
    XCTAssertFalse(result.output.contains("wrong-openblas-core"), result.output)
  }

  func testJSON() throws {
    let result = try doctor(["--json"])
    XCTAssertEqual(result.status, 0, result.output + result.errors)
    let json = try JSON(Array(result.output.utf8))
    XCTAssertEqual(json["threads"]?["compute"], .integer(Threads.processors))
    XCTAssertGreaterThan(json["speed"]?["own_gflops"]?["one"]?.double ?? 0, 0.1)
    XCTAssertEqual(json["processor"]?["kernels"]?.text, ComputeLibraries.instructionSet)
    let unmeasured = try JSON(Array(try doctor(["--json", "--no-speed"]).output.utf8))
    XCTAssertEqual(unmeasured["speed"], .null)
  }

  func testAWrongCoreIsNamedWithWhatToDo() throws {
    try XCTSkipIf(
      ComputeLibraries.openBLASVersion == nil || ComputeLibraries.bestInstructionSet == "baseline",
      "needs OpenBLAS and a processor with AVX2")
    let result = try doctor(["--no-speed"], environment: ["OPENBLAS_CORETYPE": "Prescott"])
    XCTAssertEqual(result.status, 0, result.output)
    XCTAssertTrue(result.output.contains("warning[wrong-openblas-core]"), result.output)
    XCTAssertTrue(result.output.contains("unset OPENBLAS_CORETYPE"), result.output)
  }

  func testOneProcessorByAffinity() throws {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let first = try XCTUnwrap(status.firstMatch(of: /Cpus_allowed_list:\s*(\d+)/)).1
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/taskset")
    process.arguments = ["-c", String(first), try Program.path(), "doctor", "--json"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let json = try JSON(Array(text))
    XCTAssertEqual(json["threads"]?["affinity"], .integer(1))
    XCTAssertEqual(json["threads"]?["compute"], .integer(1))
    XCTAssertEqual(json["speed"]?["threads"], .integer(1))
    XCTAssertEqual(json["speed"]?["two_threads_to_one"], .null)
    guard case .array(let problems)? = json["problems"] else { return XCTFail("no problems") }
    XCTAssertEqual(
      problems.contains { $0["code"]?.text == "fewer-processors" }, Threads.online > 1)
  }

  /// Where nothing can be written every run would stop, and so does a script that asks first.
  func testAFolderThatIsNoneEndsWithCodeThree() throws {
    let program = try Program()
    try Data().write(to: URL(fileURLWithPath: program.folder("runs")))
    let result = try program.run(["doctor", "--no-speed"])
    XCTAssertEqual(result.status, 3, result.output)
    XCTAssertTrue(result.output.contains("error[unwritable-runs]"), result.output)
    let json = try program.run(["doctor", "--no-speed", "--json"])
    XCTAssertEqual(json.status, 3)
    XCTAssertNoThrow(try JSON(Array(json.output.utf8)))
  }

  func testAsksTheServerOnlyWhereToldTo() throws {
    guard Places.exists("/usr/bin/curl") else { throw XCTSkip("no /usr/bin/curl") }
    // Port 9 of this machine: nothing listens there.
    let environment = ["XRUN_MIRROR": "http://127.0.0.1:9/mirror/"]
    let quiet = try doctor(["--no-speed"], environment: environment)
    XCTAssertFalse(quiet.output.contains("unreachable-weights"), quiet.output)
    XCTAssertTrue(quiet.output.contains("from http://127.0.0.1:9/mirror/"), quiet.output)
    let asked = try doctor(["--no-speed", "--network"], environment: environment)
    XCTAssertEqual(asked.status, 0, asked.output)
    XCTAssertTrue(asked.output.contains("warning[unreachable-weights]"), asked.output)
  }

  /// A run takes as many threads as doctor says.
  func testARunGoesByTheSameNumber() throws {
    let program = try Program()
    try program.experiment("small.yaml", ["epochs: 2": "epochs: 1"])
    let run = RunReader(try program.run(["small.yaml"]).lastLine)
    let threads = try XCTUnwrap(run.record).machine.computeThreads
    let json = try JSON(Array(try program.run(["doctor", "--json", "--no-speed"]).output.utf8))
    XCTAssertEqual(json["threads"]?["compute"], .integer(threads))
  }
}
