import Foundation
import Runs
import TestSupport
import XCTest

/// A run folder as training leaves it, with values made up.
struct SyntheticRun {
  var name = "exp"
  var hash = "aaaaaaaa"
  var seed: UInt64 = 0
  /// The lines of `resolved.yaml` below name and seed.
  var settings = "optimizer:\n  Adam:\n    lr: 0.1\n"
  /// `val/acc1` of each epoch; the best is the greatest.
  var curve = [0.5]
  var test: Double?
  var status = RunRecord.Status.completed
  var fingerprint = "data"
  var commit: String? = "c0ffee"
  var pictures = 1000
  /// Path, label, and what is predicted, on the val split.
  var predictions: [(String, String, String)] = []
  /// The losses of the steps, by epoch; none for a run without `steps.csv`.
  var losses: [[Double]] = []
  /// Split, path, label and content; none for a run without `data.csv`.
  var listed: [(String, String, String, String)] = []

  @discardableResult
  func write(in folder: TemporaryFolder) throws -> RunFolder {
    let run = try RunFolder.create(in: folder.path, name: name, hash: hash, seed: seed)
    try "name: \(name)\nseed: \(seed)\n\(settings)".write(
      toFile: run.resolved, atomically: true, encoding: .utf8)
    let metrics = try MetricsWriter(run)
    for (index, value) in curve.enumerated() {
      try metrics.append(
        phase: "main", epoch: index + 1, step: index + 1, rate: 0.1,
        values: [("train/loss", 1), ("val/loss", 1 - value), ("val/acc1", value)])
    }
    // By hand: the memory is not that of the tests.
    let timing = curve.indices.map { index in
      "{\"phase\":\"main\",\"epoch\":\(index + 1),\"train_seconds\":10,\"val_seconds\":1,"
        + "\"train_images_per_second\":100,\"resident_mib\":200}\n"
    }
    try timing.joined().write(toFile: run.timing, atomically: true, encoding: .utf8)
    let best = curve.max() ?? 0
    let epoch = (curve.firstIndex(of: best) ?? 0) + 1
    if let test {
      try metrics.appendTest(
        phase: "main", epoch: epoch, values: [("test/loss", 1 - test), ("test/acc1", test)])
    }
    var record = RunRecord(
      name: name, seed: seed, configuration: hash + "rest", command: [], version: "0",
      commit: commit,
      machine: RunRecord.Machine(
        host: "", processor: "", instructionSets: [], computeThreads: 1, loaderThreads: 1,
        provider: "", libraries: [:]),
      data: RunRecord.Data(
        fingerprint: fingerprint, pictures: ["val": pictures, "test": pictures], classes: 2),
      weights: RunRecord.Weights(source: "", fingerprint: nil))
    record.status = status
    record.best = RunRecord.Best(metric: "val/acc1", value: best, phase: "main", epoch: epoch)
    try record.write(to: run)
    if !losses.isEmpty {
      let steps = try StepsWriter(run)
      var step = 0
      for (epoch, losses) in losses.enumerated() {
        for loss in losses {
          step += 1
          try steps.append(phase: "main", epoch: epoch + 1, step: step, loss: loss)
        }
      }
      try steps.flush()
    }
    if !listed.isEmpty {
      try PictureList.write(
        listed.map { PictureList.Entry(split: $0, path: $1, label: $2, digest: $3) }, to: run)
    }
    if !predictions.isEmpty {
      try PredictionsWriter.write(
        predictions.map { path, label, predicted in
          Prediction(
            path: path, label: label, top: [(label: predicted, probability: 0.5)],
            labelProbability: predicted == label ? 0.5 : 0.25)
        }, to: run, split: "val")
    }
    return run
  }

  /// A configuration with a value for each seed from 0.
  static func seeds(
    _ values: [Double], hash: String, lr: String, name: String = "exp",
    in folder: TemporaryFolder
  ) throws {
    for (seed, value) in values.enumerated() {
      try SyntheticRun(
        name: name, hash: hash, seed: UInt64(seed),
        settings: "optimizer:\n  Adam:\n    lr: \(lr)\n", curve: [value]
      ).write(in: folder)
    }
  }
}

extension TemporaryFolder {
  var runs: [RunReader] { RunReader.all(in: path) }
}
