import Experiments
import Foundation
import Gates
import Runs
import TestSupport
import XCTest

/// A run folder as training leaves it, with predictions made up, and gates on it.
struct GatedRun {
  var name = "run"
  var seed: UInt64 = 0
  var status = RunRecord.Status.completed
  /// Path, label and what is predicted, of both val and test; metrics are computed from it.
  var predictions: [(String, String, String)] = []
  /// In place of what predictions give.
  var accuracy: Double?
  var loss = 0.4
  var seconds = 500.0
  var hasPredictions = true

  /// So many pictures of a class that are right, of so many.
  static func pictures(_ classes: [(String, right: Int, of: Int)]) -> [(String, String, String)] {
    classes.flatMap { name, right, all in
      (0..<all).map { ("\(name)/\($0).jpg", name, $0 < right ? name : "other") }
    }
  }

  var share: Double {
    Double(predictions.count { $0.1 == $0.2 }) / Double(max(1, predictions.count))
  }

  @discardableResult
  func write(in folder: TemporaryFolder) throws -> RunReader {
    let run = try RunFolder.create(in: folder.path, name: name, hash: "aaaaaaaa", seed: seed)
    let accuracy = accuracy ?? share
    let metrics = try MetricsWriter(run)
    func values(_ split: String) -> [(String, Double)] {
      [
        ("\(split)/loss", loss), ("\(split)/acc1", accuracy), ("\(split)/acc5", 1),
        ("\(split)/acc_per_class_mean", accuracy),
      ]
    }
    try metrics.append(
      phase: "main", epoch: 1, step: 1, rate: 0.1, values: values("train") + values("val"))
    try metrics.appendTest(phase: "main", epoch: 1, values: values("test"))
    try
      "{\"phase\":\"main\",\"epoch\":1,\"train_seconds\":\(seconds),\"val_seconds\":0,\"train_images_per_second\":90,\"resident_mib\":200}\n"
      .write(toFile: run.timing, atomically: true, encoding: .utf8)
    let count = max(1, predictions.count)
    var record = RunRecord(
      name: name, seed: seed, configuration: "aaaaaaaarest", command: [], version: "0",
      commit: nil,
      machine: RunRecord.Machine(
        host: "host", processor: "", instructionSets: [], computeThreads: 1, loaderThreads: 1,
        provider: "", libraries: [:]),
      data: RunRecord.Data(
        fingerprint: "data", pictures: ["val": count, "test": count], classes: 2),
      weights: RunRecord.Weights(source: "", fingerprint: nil))
    record.status = status
    record.ended = "2026-11-28T12:00:00Z"
    record.best = RunRecord.Best(metric: "val/acc1", value: accuracy, phase: "main", epoch: 1)
    try record.write(to: run)
    if hasPredictions {
      for split in ["val", "test"] {
        try PredictionsWriter.write(Self.written(predictions), to: run, split: split)
      }
    }
    return RunReader(run.path)
  }

  static func written(_ predictions: [(String, String, String)]) -> [Prediction] {
    predictions.map { path, label, predicted in
      Prediction(
        path: path, label: label, top: [(label: predicted, probability: 0.5)],
        labelProbability: predicted == label ? 0.5 : 0.25)
    }
  }

  /// What a gate of the command line comes to.
  static func result(_ gate: String, _ run: RunReader) throws -> GateResult {
    let (found, diagnostics) = Gate.parse(argument: gate)
    XCTAssertEqual(diagnostics.map(\.message), [], gate)
    return GateCheck.result(try XCTUnwrap(found), GateSubject(run))
  }
}
