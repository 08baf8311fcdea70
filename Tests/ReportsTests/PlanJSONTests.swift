import Experiments
import Foundation
import Models
import Reports
import XCTest

final class PlanJSONTests: XCTestCase {
  private func object(
    _ data: DataOverview = SmallPlan.data, time: TimeEstimate? = SmallPlan.time
  ) throws -> ([String: Any], ExperimentPlan, PlanFigures) {
    let plan = try SmallPlan.make()
    let figures = try PlanFigures(plan)
    let text = PlanJSON(plan, data: data, figures: figures, time: time, memory: SmallPlan.memory)
      .text()
    let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
    return (try XCTUnwrap(value as? [String: Any]), plan, figures)
  }

  private func at(_ value: Any?, _ path: String) throws -> Any {
    var value = value
    for key in path.split(separator: "/") {
      if let index = Int(key) {
        value = (value as? [Any]).flatMap { index < $0.count ? $0[index] : nil }
      } else {
        value = (value as? [String: Any])?[String(key)]
      }
    }
    return try XCTUnwrap(value, path)
  }

  func testNumbersAgreeWithThePlan() throws {
    let (root, plan, figures) = try object()
    XCTAssertEqual(try at(root, "configuration") as? String, plan.experiment.configurationHash)
    XCTAssertEqual(try at(root, "model/parameters") as? Int, plan.network.parameterCount)
    for (index, phase) in plan.phases.enumerated() {
      let own = try at(root, "phases/\(index)")
      XCTAssertEqual(try at(own, "name") as? String, phase.phase.name)
      XCTAssertEqual(try at(own, "trained/parameters") as? Int, phase.parameterCounts.trained)
      XCTAssertEqual(try at(own, "frozen/parameters") as? Int, phase.parameterCounts.frozen)
      XCTAssertEqual(
        Set(try XCTUnwrap(try at(own, "trained/names") as? [String])), phase.trained)
      // Foundation reads some numbers one bit off.
      let rates = try XCTUnwrap(try at(own, "rates") as? [Double])
      let expected = try XCTUnwrap(phase.rates(pictures: 42)).epochs
      XCTAssertEqual(rates.count, expected.count)
      for (rate, value) in zip(rates, expected) { XCTAssertEqual(rate, value, accuracy: 1e-15) }
      XCTAssertEqual(
        try at(own, "flops_per_picture/step") as? Int,
        try phase.trainingGraph(batch: 16).flops() / 16)
      XCTAssertEqual(try at(own, "memory_bytes/arena") as? Int, figures.phases[index].arenaBytes)
      XCTAssertEqual(try at(own, "steps_per_epoch") as? Int, 3)
      XCTAssertEqual(
        try at(own, "time/epoch_seconds") as? Double, SmallPlan.time.phases[index].epoch)
    }
    XCTAssertEqual(try at(root, "time/run_seconds") as? Double, 271)
    XCTAssertEqual(try at(root, "memory/peak_bytes") as? Int, SmallPlan.memory.peak)
    XCTAssertEqual(try at(root, "memory/base_bytes") as? Int, 44 << 20)
    for (key, mib) in [("arena", 40), ("programs", 337), ("batches", 48)] {
      XCTAssertEqual(try at(root, "memory/phases/1/\(key)") as? Int, mib << 20)
    }
  }

  func testDataAndPipelines() throws {
    let (root, _, _) = try object()
    XCTAssertEqual(try at(root, "data/splits/0/pictures") as? Int, 42)
    XCTAssertEqual(try at(root, "data/splits/0/median_class") as? Double, 10.5)
    XCTAssertEqual(try at(root, "data/splits/1/pictures_by_class") as? [Int], [4, 4, 0, 5])
    let last = try at(root, "phases/0/eval_pipeline/2")
    XCTAssertEqual(try at(last, "component") as? String, "Normalize")
    XCTAssertEqual(try at(last, "arguments/std") as? [Double], [0.5, 0.25, 0.5])
    XCTAssertEqual(try at(last, "shape") as? [Int], [3, 32, 32])
    XCTAssertEqual(try at(last, "range") as? [Double], [-2, 2])
    XCTAssertEqual(try at(root, "phases/1/early_stopping/patience") as? Int, 3)
    XCTAssertEqual(try at(root, "phases/1/scheduler_by") as? String, "step")
  }

  func testWhatIsNotKnownIsNull() throws {
    let absent = DataOverview(
      source: "x", isBuiltin: false, classNames: [], classes: 4, assumption: "so", splits: [])
    let (root, _, _) = try object(absent, time: nil)
    for path in ["time", "phases/0/time", "phases/1/rates", "phases/1/steps_per_epoch"] {
      XCTAssertTrue(try at(root, path) is NSNull, path)
    }
    XCTAssertEqual(try at(root, "data/is_missing") as? Bool, true)
  }

  /// Each key is explained in `docs/plan.md`.
  func testKeysAreDocumented() throws {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../docs/plan.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    func check(_ value: Any) {
      if let list = value as? [Any] { list.forEach(check) }
      guard let object = value as? [String: Any] else { return }
      for (key, value) in object {
        XCTAssertTrue(text.contains("`\(key)`"), "docs/plan.md does not explain '\(key)'")
        if key != "arguments" { check(value) }
      }
    }
    check(try object().0)
  }

  func testTextReadsBack() throws {
    let value: JSON = .object([
      "a\"b\n": .array([.integer(1), .null, .boolean(true)]), "empty": .array([]),
      "none": .object([]),
      "deep": .array([.object(["x": .number(0.1)]), .array([.string("ö")])]), "bad": .number(.nan),
    ])
    let read = try XCTUnwrap(
      JSONSerialization.jsonObject(with: Data(value.text().utf8)) as? [String: Any])
    XCTAssertEqual(read.count, 5)
    XCTAssertEqual((read["deep"] as? [Any])?.count, 2)
    XCTAssertTrue(read["bad"] is NSNull)
  }
}
