import Foundation
import Models
import Runs
import Tensors
import TestSupport

/// A finished run folder with everything that a report shows, made up: pictures, predictions, curves, names.
struct MadeRun {
  /// What a person might call a class who wants to break pages.
  static let hostile = "<script>alert(1)</script>&\"'"

  let folder: TemporaryFolder
  let run: RunFolder
  /// Folder names in the order of the logits.
  let classes: [String]
  let names: [String: String]

  /// - Parameters:
  ///   - classes: how many; the first ones have hostile names.
  ///   - phases: with their epochs.
  ///   - share: of the predictions that are right, about.
  init(
    classes count: Int = 5, picturesPerClass: Int = 4,
    phases: [(name: String, epochs: Int)] = [("head", 2), ("all", 3)], seed: UInt64 = 0,
    configuration: String = "a0b1c2d3", lr: String = "0.01", share: Double = 0.66,
    in shared: TemporaryFolder? = nil
  ) throws {
    folder = try shared ?? TemporaryFolder()
    let width = String(count).count
    var classes = (0..<count).map { number in
      let digits = String(number)
      return "c" + String(repeating: "0", count: width - digits.count) + digits
    }
    // A folder may be called anything but what has a slash.
    if count > 2 { classes[1] = "<img src=x onerror=alert(1)>&\"'" }
    classes.sort()
    var names = Dictionary(uniqueKeysWithValues: classes.map { ($0, "the \($0) flower") })
    names[classes[0]] = Self.hostile
    if count > 2 { names[classes[2]] = "a rather long name of a flower that nobody abbreviates" }
    self.classes = classes
    self.names = names

    // 1. Pictures.
    let pictures = folder("pictures")
    if !Places.exists(pictures) {
      try PictureFolder.write(
        to: pictures, classes: classes, pictures: ["train": 1, "val": picturesPerClass], size: 48)
      let json =
        "{"
        + names.map { "\(JSON.quoted($0.key)):\(JSON.quoted($0.value))" }
        .joined(separator: ",") + "}"
      try json.write(toFile: pictures + "/names.json", atomically: true, encoding: .utf8)
    }

    // 2. What people and the program wrote.
    run = try RunFolder.create(
      in: folder("runs"), name: "made", hash: "\(lr)&<b>'\"d", seed: seed)
    let written = phases.map { phase in
      "  - name: \(phase.name)  # made.yaml:30:11\n    freeze:\n      all_but: head  # made.yaml:31:5\n"
        + "    epochs: \(phase.epochs)  # made.yaml:32:5\n"
    }
    try """
    name: made  # made.yaml:1:7
    seed: \(seed)  # default
    data:
      folder: \(pictures)  # made.yaml:3:11
      class_names: \(pictures)/names.json  # made.yaml:4:16
    transforms:
      train:
        - Resize:  # made.yaml:7:7
            size: [40, 40]  # made.yaml:7:15
        - RandomRotation:
            degrees: 20.0  # argument 1
        - CenterCrop:
            size: 32
        - ToTensor  # made.yaml:15:7
        - Normalize:
            mean: [0.5, 0.5, 0.5]
            std: [0.5, 0.5, 0.5]
        - RandomErasing:
            p: 1.0
      eval:
        - Resize:
            size: [40, 40]
        - CenterCrop:
            size: 32
        - ToTensor
        - Normalize:
            mean: [0.5, 0.5, 0.5]
            std: [0.5, 0.5, 0.5]
    model:
      backbone: resnet18
      weights: none
    optimizer:
      Adam:
        lr: \(lr)  # <b>made.yaml</b>:29:5
    phases:
    \(written.joined())
    """.write(toFile: run.resolved, atomically: true, encoding: .utf8)

    // 3. Predictions: about two thirds right.
    let predictions = classes.enumerated().flatMap { label, name in
      (0..<picturesPerClass).map { number -> Prediction in
        let draw = Formula.uniform("prediction \(seed) \(label) \(number)", 3).map { $0 + 0.5 }
        let isRight = draw[0] < share
        let other = (label + 1 + Int(draw[1] * draw[1] * Double(count - 1))) % count
        let predicted = isRight || other == label ? label : other
        let share = Float(0.3 + 0.69 * draw[2])
        return Prediction(
          path: "val/\(name)/\(number).jpg", label: name, top: [(classes[predicted], share)],
          labelProbability: predicted == label ? share : (1 - share) / 2)
      }
    }
    try PredictionsWriter.write(predictions, to: run, split: "val")
    let right = predictions.filter { $0.label == $0.top[0].label }
    let accuracy = Double(right.count) / Double(predictions.count)

    // 4. Curves that end in that accuracy.
    let metrics = try MetricsWriter(run)
    let total = phases.reduce(0) { $0 + $1.epochs }
    var past = 0
    for (index, phase) in phases.enumerated() {
      for epoch in 1...phase.epochs {
        past += 1
        let share = Double(past) / Double(total)
        try metrics.append(
          phase: phase.name, epoch: epoch, step: epoch * 7,
          rate: index == 0 ? 0.01 : 0.0001 / Double(epoch),
          values: [
            ("train/loss", 2 - share + 1.0 / 3), ("train/acc1", accuracy * share * 0.9),
            ("val/loss", 2.5 - share),
            ("val/acc1", past == total ? accuracy : accuracy * share / 2),
          ])
      }
    }
    try (1...total).map { past in
      "{\"phase\":\"\(past <= phases[0].epochs ? phases[0].name : phases[1].name)\","
        + "\"epoch\":\(past <= phases[0].epochs ? past : past - phases[0].epochs),"
        + "\"train_seconds\":7.632,\"val_seconds\":0.5,\"train_images_per_second\":858.5,\"resident_mib\":246}\n"
    }.joined().write(toFile: run.timing, atomically: true, encoding: .utf8)

    // 5. The record.
    var record = RunRecord(
      name: "made <i>up</i>", seed: seed, configuration: configuration,
      command: ["xrun", "made.yaml", "a=<b>"],
      version: "0", commit: nil,
      machine: RunRecord.Machine(
        host: "host", processor: "processor", instructionSets: ["avx2"], computeThreads: 2,
        loaderThreads: 2, provider: "onednn", libraries: ["zlib": "1"]),
      data: RunRecord.Data(
        fingerprint: "f0", pictures: ["train": count, "val": predictions.count], classes: count),
      weights: RunRecord.Weights(source: "random", fingerprint: nil))
    record.status = .completed
    // Times would not be the same twice.
    (record.started, record.heartbeat) = ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z")
    record.ended = record.started
    record.best = RunRecord.Best(
      metric: "val/acc1", value: accuracy, phase: phases[phases.count - 1].name,
      epoch: phases[phases.count - 1].epochs)
    try record.write(to: run)

    // 6. Weights, of which names are read, and what was frozen.
    let metadata = WeightsMetadata(
      backbone: "resnet18", classes: classes, classNames: names, metric: "val/acc1", epoch: 1)
    try SafeTensors.write(
      path: run.best,
      tensors: [SafeTensors.Tensor("fc.bias", [1], .float32(FloatBuffer(count: 1)))],
      metadata: metadata.dictionary)
    try Self.freeze(phases.map(\.name), changes: false).write(to: run)
  }

  /// Other predictions: the first picture of each class is called every other class once.
  func confuseAll() throws {
    let predictions = classes.flatMap { name in
      classes.filter { $0 != name }.map { other in
        Prediction(
          path: "val/\(name)/0.jpg", label: name, top: [(other, 0.5)], labelProbability: 0.25)
      }
    }
    try PredictionsWriter.write(predictions, to: run, split: "val")
  }

  static func freeze(_ phases: [String], changes: Bool) -> FreezeReport {
    var report = FreezeReport()
    report.phases = phases.map { phase in
      FreezeReport.Phase(
        name: phase,
        tensors: [
          FreezeReport.Tensor(
            name: "conv1.weight", isFrozen: true, before: SHA256.hex(of: "a"),
            after: SHA256.hex(of: changes ? "b" : "a")),
          FreezeReport.Tensor(
            name: "fc.weight", isFrozen: false, before: SHA256.hex(of: "a"),
            after: SHA256.hex(of: phase)),
        ])
    }
    return report
  }

  func write(_ text: String, to path: String) throws {
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }
}
