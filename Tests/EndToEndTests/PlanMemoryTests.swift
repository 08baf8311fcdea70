import Foundation
import TestSupport
import XCTest

/// What `xrun plan` says of memory, against what the system counts for the run.
final class PlanMemoryTests: XCTestCase {
  func testPhasesOfASmallExperiment() throws {
    let phases = """
      phases:
        - name: head
          freeze: {all_but: head, bn: eval}
          optimizer: {SGD: {lr: 1e-3}}
          epochs: 2
        - name: all
          freeze: none
          optimizer: {Adam: {lr: 1e-3}}
          epochs: 2
      """
    try check([
      "batch_size: 16": "batch_size: 24",
      """
      freeze: none
      optimizer: {Adam: {lr: 1e-3}}
      scheduler: {StepLR: {step_size: 2}}
      epochs: 2
      """: phases,
    ])
  }

  func testLargerPicturesInFewerBatches() throws {
    try check([
      "Resize: [40, 40]": "Resize: [128, 128]", "CenterCrop: 32": "CenterCrop: 112",
      "resnet18": "squeezenet1_0", "batch_size: 16": "batch_size: 32",
    ])
  }

  private func check(_ changes: [String: String]) throws {
    let program = try Program()
    try program.experiment("small.yaml", changes)
    let plan = try program.run(["plan", "small.yaml", "--json"])
    XCTAssertEqual(plan.status, 0, plan.errors)
    let root = try JSONSerialization.jsonObject(with: Data(plan.output.utf8)) as? [String: Any]
    let memory = try XCTUnwrap(root?["memory"] as? [String: Any])
    let predicted = try XCTUnwrap(memory["peak_bytes"] as? Int) >> 20

    let run = try program.run(["small.yaml"])
    XCTAssertEqual(run.status, 0, run.errors)
    let log = try String(contentsOfFile: "\(run.lastLine)/log.txt", encoding: .utf8)
    let line = try XCTUnwrap(log.firstMatch(of: /peak resident memory: (\d+) MiB/), log)
    let measured = try XCTUnwrap(Int(line.1))
    XCTAssertEqual(
      Double(predicted) / Double(measured), 1, accuracy: 0.1,
      "predicted \(predicted) MiB, measured \(measured) MiB: \(memory)")
  }
}
