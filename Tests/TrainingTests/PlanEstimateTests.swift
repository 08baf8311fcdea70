import Diagnostics
import Experiments
import Foundation
import Petals
import Runs
import TestSupport
import Training
import XCTest

/// What `plan` knows beyond the plan: counts of pictures, rates, and about how long it takes.
final class PlanEstimateTests: XCTestCase {
  private func experiment(_ rest: String = "", data: String, side: Int = 32, in folder: String)
    throws
    -> Experiment
  {
    let text = """
      name: small
      data: \(data)
      transforms:
        train: [Resize: [\(side), \(side)], ToTensor]
        eval: [Resize: [\(side), \(side)], ToTensor]
      model: {backbone: resnet18, weights: none}
      train: {batch_size: 16}
      runs: runs
      \(rest.isEmpty ? "optimizer: Adam\nepochs: 3" : rest)
      """
    let (experiment, diagnostics) = ExperimentLoader.load(
      SourceText(name: "small.yaml", text: text), in: folder, checksFiles: false)
    return try XCTUnwrap(experiment, diagnostics.map(\.message).joined(separator: "; "))
  }

  private func found(_ experiment: Experiment, scans: Bool = false) throws -> ExperimentData {
    try XCTUnwrap(
      ExperimentData.find(
        experiment.data, seed: 0, scans: scans, splits: scans, threads: 2
      ).data)
  }

  // MARK: Counts

  func testCountsAreThoseOfTheFolders() throws {
    let folder = try TemporaryFolder()
    try PictureFolder.write(to: folder("pictures"))
    try FileManager.default.removeItem(atPath: folder("pictures/val/lily/0.jpg"))
    let experiment = try experiment(
      data: "{folder: pictures, class_names: names.json}", in: folder.path)
    let overview = try found(experiment).overview(of: experiment.data)
    XCTAssertEqual(overview.splits.map(\.name), ["train", "val", "test"])
    XCTAssertEqual(overview["train"]?.counts, [10, 10, 10, 10])
    XCTAssertEqual(overview["val"]?.counts, [4, 4, 3, 4])
    XCTAssertEqual(overview["val"]?.smallest, 2)
    XCTAssertEqual(overview.classNames[2], "the lily")
    XCTAssertNil(overview.assumption)
  }

  func testAPartForValidationIsExpectedWithoutReading() throws {
    let folder = try TemporaryFolder()
    try PictureFolder.write(to: folder("pictures"), pictures: ["train": 10])
    // Unreadable as a picture: counting does not look.
    try Data("no picture".utf8).write(to: URL(fileURLWithPath: folder("pictures/train/iris/0.jpg")))
    let experiment = try experiment(
      data: "{folder: pictures, splits: {val: {fraction: 0.25}}}", in: folder.path)
    let overview = try found(experiment).overview(of: experiment.data)
    XCTAssertEqual(overview["train"]?.pictures, 28)
    XCTAssertEqual(overview["val"]?.counts, [3, 3, 3, 3])
    XCTAssertEqual(overview["val"]?.isExpected, true)
  }

  func testWithoutPicturesTheExperimentSaysHowManyClasses() throws {
    let folder = try TemporaryFolder()
    try #"{"a": "x", "b": "y", "c": "z"}"#.write(
      toFile: folder("names.json"), atomically: true, encoding: .utf8)
    let named = try experiment(
      data: "{folder: nowhere, class_names: \(folder("names.json"))}", in: folder.path)
    XCTAssertEqual(DataOverview.absent(named.data).assumption, "3 classes by 'data.class_names'")
    let chosen = try experiment(data: "{folder: nowhere, classes: [a, b]}", in: folder.path)
    XCTAssertEqual(DataOverview.absent(chosen.data).classes, 2)
    let bare = try experiment(data: "{folder: nowhere}", in: folder.path)
    XCTAssertEqual(DataOverview.absent(bare.data).assumption, "100 classes are assumed")
  }

  func testAnEmbeddedSetIsKnownUndrawn() throws {
    let whole = try experiment(data: "{builtin: petals}", in: "/")
    let overview = try XCTUnwrap(DataOverview.builtin(whole.data))
    XCTAssertEqual(overview["train"]?.pictures, PetalSet.petals.count(of: .train))
    XCTAssertEqual(overview.classNames, PetalSet.petals.classNames)
    let part = try experiment(data: "{builtin: petals, classes: [\"01\"]}", in: "/")
    XCTAssertNil(DataOverview.builtin(part.data))
  }

  // MARK: Rates

  func testRatesAreThoseOfARun() throws {
    let folder = try TemporaryFolder()
    try PictureFolder.write(to: folder("pictures"))
    let experiment = try experiment(
      """
      freeze: {all_but: head}
      optimizer: {SGD: {lr: 0.1}}
      scheduler: {CosineAnnealingLR: {T_max: 9, by: step}}
      epochs: 3
      """, data: "{folder: pictures}", in: folder.path)
    let data = try found(experiment, scans: true)
    let plan = try XCTUnwrap(ExperimentPlan.make(experiment, classes: 4).plan)
    let session = try Session(
      plan, data: data,
      weights: StartingWeights.make(
        experiment.model, network: plan.network, classes: data.classes, seed: 0),
      source: [], options: TrainerOptions(threads: 2, workers: 2),
      invocation: Session.Invocation(command: ["test"], version: "test", commit: nil),
      observer: SilentObserver())
    guard case .completed = session.run() else { return XCTFail("the run ended early") }
    let lines = try String(contentsOfFile: session.folder.path + "/metrics.jsonl", encoding: .utf8)
    let seen = try lines.split(separator: "\n").compactMap { line in
      (try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?["lr"] as? Double
    }
    let rates = try XCTUnwrap(plan.phases[0].rates(pictures: 40))
    XCTAssertEqual(rates.epochs.count, 3)
    for (rate, seen) in zip(rates.epochs, seen) { XCTAssertEqual(rate, seen, accuracy: 1e-12) }
    // The ninth step of nine: 0.1 (1 + cos(8π/9)) / 2.
    XCTAssertEqual(rates.last, 0.1 * (1 + cos(8 * Double.pi / 9)) / 2, accuracy: 1e-12)
    XCTAssertNil(plan.phases[0].rates(pictures: nil))
  }

  // MARK: Time

  func testTheEstimateAddsUp() throws {
    let folder = try TemporaryFolder()
    try PictureFolder.write(to: folder("pictures"))
    let experiment = try experiment(
      """
      optimizer: Adam
      phases:
        - {name: head, freeze: {all_but: head}, epochs: 3}
        - {name: all, freeze: none, epochs: 2}
      """, data: "{folder: pictures}", in: folder.path)
    let data = try found(experiment)
    let overview = data.overview(of: experiment.data)
    let plan = try XCTUnwrap(ExperimentPlan.make(experiment, classes: 4).plan)
    let time = try XCTUnwrap(
      try SpeedProbe.measure(
        plan, data: overview, samples: try XCTUnwrap(data.samples(.train)),
        options: TrainerOptions(threads: 2, workers: 2))?.time)
    XCTAssertEqual(time.phases.count, 2)
    for (phase, epochs) in zip(time.phases, [3.0, 2]) {
      XCTAssertGreaterThan(phase.step, 0)
      XCTAssertGreaterThan(phase.loading, 0)
      // Three steps at most: 16, 16 and 8 pictures.
      XCTAssertGreaterThan(phase.epoch, 2 * phase.step)
      XCTAssertEqual(phase.all, epochs * phase.epoch, accuracy: 1e-9)
    }
    XCTAssertGreaterThan(time.phases[1].step, time.phases[0].step, "all layers cost more")
    XCTAssertGreaterThan(time.run, time.phases[0].all + time.phases[1].all)
  }

  func testLargePicturesAreTimedOnSmallOnes() throws {
    let overview = DataOverview(
      source: "x", isBuiltin: false, classNames: [], classes: 4,
      splits: [DataOverview.Split(name: "train", counts: [40, 40, 40, 40])])
    func step(_ side: Int) throws -> Double {
      let experiment = try experiment(data: "{folder: x}", side: side, in: "/")
      let plan = try XCTUnwrap(ExperimentPlan.make(experiment, classes: 4).plan)
      let time = try SpeedProbe.measure(
        plan, data: overview, samples: [], options: TrainerOptions(threads: 2, workers: 2))
      return try XCTUnwrap(time).time.phases[0].step
    }
    // How much longer is a matter of the machine, and of the benchmark.
    for side in [64, 448] {
      let seconds = try step(side)
      XCTAssertTrue(seconds.isFinite && seconds > 0, "\(side): \(seconds)")
    }
  }

  func testNothingIsEstimatedWithoutPictures() throws {
    let experiment = try experiment(data: "{folder: nowhere}", in: "/")
    let plan = try XCTUnwrap(ExperimentPlan.make(experiment, classes: 100).plan)
    XCTAssertNil(
      try SpeedProbe.measure(
        plan, data: .absent(experiment.data), samples: [],
        options: TrainerOptions(threads: 2, workers: 2)))
  }
}
