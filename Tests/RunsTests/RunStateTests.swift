import Foundation
import Runs
import XCTest

/// A run that was killed hard still says `running`; what else is known tells.
final class RunStateTests: XCTestCase {
  private func record(host: String, process: RunProcess?) -> RunRecord {
    var record = RunRecord(
      name: "a", seed: 0, configuration: "", command: [], version: "0", commit: nil,
      machine: RunRecord.Machine(
        host: host, processor: "", instructionSets: [], computeThreads: 1, loaderThreads: 1,
        provider: "", libraries: [:]),
      data: RunRecord.Data(fingerprint: "", pictures: [:], classes: 2),
      weights: RunRecord.Weights(source: "", fingerprint: nil))
    record.process = process
    return record
  }

  func testAProcessThatIsThereRuns() {
    XCTAssertEqual(record(host: RunProcess.host, process: .current).state(), .running)
    XCTAssertNotNil(RunProcess.current.startTicks)
  }

  func testAProcessThatIsGoneWasKilled() throws {
    let child = Process()
    child.executableURL = URL(fileURLWithPath: "/bin/sleep")
    child.arguments = ["60"]
    try child.run()
    let process = RunProcess(pid: Int(child.processIdentifier), startTicks: nil)
    XCTAssertEqual(record(host: RunProcess.host, process: process).state(), .running)
    child.terminate()
    child.waitUntilExit()
    XCTAssertEqual(record(host: RunProcess.host, process: process).state(), .killed)
  }

  func testALaterProcessOfTheSameNumberIsAnother() {
    var process = RunProcess.current
    process.startTicks = process.startTicks.map { $0 - 1 }
    XCTAssertEqual(record(host: RunProcess.host, process: process).state(), .killed)
  }

  func testElsewhereTheHeartbeatTells() {
    for process in [nil, RunProcess.current] {
      let record = record(host: "elsewhere", process: process)
      XCTAssertEqual(record.state(on: "here"), .running)
      XCTAssertEqual(record.state(on: "here", at: .now + 240), .running)
      XCTAssertEqual(record.state(on: "here", at: .now + 600), .stale)
    }
  }

  func testWhatEndedIsLeftAsItIs() {
    var record = record(host: RunProcess.host, process: RunProcess(pid: 0, startTicks: nil))
    for (status, state) in [
      (RunRecord.Status.completed, RunState.completed), (.failed, .failed), (.stopped, .stopped),
      (.diverged, .diverged),
    ] {
      record.status = status
      XCTAssertEqual(record.state(at: .now + 9999), state)
    }
  }
}
