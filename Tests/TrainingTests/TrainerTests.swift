import CShims
import Diagnostics
import Experiments
import Foundation
import Kernels
import Models
import Runs
import Tensors
import TestSupport
import Training
import XCTest

/// Whole runs on a small generated folder, inside the process.
final class TrainerTests: XCTestCase {
  private final class Silence: TrainingObserver {
    var rates: [Double] = []
    var ranks: [EpochRank] = []
    var notes: [String] = []
    var onBegan: ((Split) -> Void)?
    func began(phase: PhasePlan, epoch: Int, pictures: Int, split: Split) { onBegan?(split) }
    func advanced(pictures: Int, metrics: EpochMetrics?) {}
    func ended(
      phase: PhasePlan, epoch: Int, rate: Double, train: EpochMetrics, val: EpochMetrics,
      seconds: Double, rank: EpochRank
    ) {
      rates.append(rate)
      ranks.append(rank)
    }
    func tested(_ metrics: EpochMetrics) {}
    func noted(_ text: String) { notes.append(text) }
  }

  private static let head = "freeze: {all_but: head, bn: eval}"

  private func yaml(_ rest: String, model: String = "{backbone: resnet18, weights: none}") -> String
  {
    """
    name: small
    data: {folder: pictures, class_names: names.json}
    transforms:
      train: [Resize: [32, 32], RandomHorizontalFlip, ToTensor, Normalize: imagenet]
      eval: [Resize: [32, 32], ToTensor, Normalize: imagenet]
    model: \(model)
    runs: runs
    \(rest)
    """
  }

  private struct Finished {
    let end: Session.End
    let run: RunReader
    let observer: Silence
    let session: Session
  }

  private func train(
    _ text: String, in folder: TemporaryFolder, onStep: ((LiveModel) -> Void)? = nil,
    onBegan: ((Split) -> Void)? = nil, configure: ((Session) -> Void)? = nil
  ) throws -> Finished {
    if !FileManager.default.fileExists(atPath: folder.path + "/pictures") {
      try PictureFolder.write(to: folder.path + "/pictures")
    }
    let (experiment, diagnostics) = ExperimentLoader.load(
      SourceText(name: "small.yaml", text: text), in: folder.path)
    let loaded = try XCTUnwrap(experiment, diagnostics.map(\.message).joined(separator: "; "))
    let data = try XCTUnwrap(
      ExperimentData.find(loaded.data, seed: loaded.seed, scans: true, threads: 2).data)
    let (plan, problems) = ExperimentPlan.make(loaded, classes: data.classes.count)
    let planned = try XCTUnwrap(plan, problems.map(\.message).joined(separator: "; "))
    let weights = try StartingWeights.make(
      loaded.model, network: planned.network, classes: data.classes, seed: loaded.seed)
    let observer = Silence()
    observer.onBegan = onBegan
    let session = try Session(
      planned, data: data, weights: weights, source: Array(text.utf8),
      options: TrainerOptions(threads: 2, workers: 2, onStep: onStep),
      invocation: Session.Invocation(command: ["test"], version: "0", commit: nil),
      observer: observer)
    configure?(session)
    let end = session.run()
    return Finished(
      end: end, run: RunReader(session.folder.path), observer: observer, session: session)
  }

  private func assertCompleted(
    _ end: Session.End, file: StaticString = #filePath, line: UInt = #line
  ) {
    guard case .completed = end else { return XCTFail("\(end)", file: file, line: line) }
  }

  // MARK: The proof that frozen tensors stay

  private let headOnly = """
    train: {batch_size: 16}
    \(TrainerTests.head)
    optimizer: {Adam: {lr: 1e-2}}
    epochs: 1
    """

  func testFrozenTensorsAreProvedUnchanged() throws {
    let folder = try TemporaryFolder()
    let finished = try train(yaml(headOnly), in: folder)
    assertCompleted(finished.end)
    let text = try String(contentsOfFile: finished.run.folder.freeze, encoding: .utf8)
    let json = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    let phases = try XCTUnwrap(json?["phases"] as? [[String: Any]])
    let tensors = try XCTUnwrap(phases[0]["tensors"] as? [[String: Any]])
    XCTAssertEqual(tensors.count, 122)
    for tensor in tensors {
      let name = try XCTUnwrap(tensor["name"] as? String)
      XCTAssertEqual(tensor["frozen"] as? Bool, !name.hasPrefix("fc."), name)
      XCTAssertEqual(tensor["changed"] as? Bool, name.hasPrefix("fc."), name)
    }
  }

  private func assertCaught(_ tensor: String, _ sabotage: @escaping (LiveModel) -> Void) throws {
    let folder = try TemporaryFolder()
    let finished = try train(yaml(headOnly), in: folder, onStep: sabotage)
    guard case .failed(.frozenMoved(let phase, let tensors)) = finished.end else {
      return XCTFail("not caught: \(finished.end)")
    }
    XCTAssertEqual(phase, "main")
    XCTAssertEqual(tensors, [tensor])
    XCTAssertEqual(finished.run.record?.status, .failed)
    XCTAssertTrue(finished.run.record?.error?.contains(tensor) ?? false)
  }

  func testAnOptimizerThatMovesAFrozenParameterByOneBitIsCaught() throws {
    try assertCaught("layer3.0.conv1.weight") { model in
      let value = model.buffer("layer3.0.conv1.weight").pointer
      value[1234] = Float(bitPattern: value[1234].bitPattern ^ 1)
    }
  }

  func testABatchNormThatMovesItsStatisticsUnderEvalIsCaught() throws {
    try assertCaught("layer1.1.bn2.running_mean") { model in
      let value = model.buffer("layer1.1.bn2.running_mean").pointer
      value[0] = value[0].nextUp
    }
  }

  func testBatchNormInTrainModeMovesStatisticsAndNothingElse() throws {
    let folder = try TemporaryFolder()
    let finished = try train(
      yaml(headOnly.replacing("bn: eval", with: "bn: train")), in: folder)
    assertCompleted(finished.end)
    let text = try String(contentsOfFile: finished.run.folder.freeze, encoding: .utf8)
    let lines = text.split(separator: "\n").filter { $0.contains("\"name\"") }
    for line in lines {
      let moves =
        line.contains("running_") || line.contains("num_batches_tracked") || line.contains("fc.")
      XCTAssertEqual(line.contains("\"changed\": true"), moves, String(line))
    }
  }

  func testPartialFreezeTrainsTheRest() throws {
    let folder = try TemporaryFolder()
    let finished = try train(
      yaml(
        """
        train: {batch_size: 16}
        freeze: {until: layer2}
        optimizer: {SGD: {lr: 0.01, momentum: 0.9}}
        epochs: 1
        """), in: folder)
    assertCompleted(finished.end)
    let text = try String(contentsOfFile: finished.run.folder.freeze, encoding: .utf8)
    for line in text.split(separator: "\n") where line.contains("\"name\"") {
      let trained = ["layer3.", "layer4.", "fc."].contains { line.contains("\"\($0)") }
      XCTAssertEqual(line.contains("\"changed\": true"), trained, String(line))
    }
  }

  // MARK: The loop

  func testTheSecondPhaseStartsFromTheFirstsBestWithARateOfItsOwn() throws {
    let folder = try TemporaryFolder()
    var digests: [[String: String]] = []
    let finished = try train(
      yaml(
        """
        train: {batch_size: 64, monitor: train/loss}
        phases:
          - name: one
            freeze: {all_but: head}
            optimizer: {SGD: {lr: 50.0}}
            scheduler: {StepLR: {step_size: 1, gamma: 0.1}}
            epochs: 2
          - name: two
            start_from: best
            freeze: {all_but: head}
            optimizer: {SGD: {lr: 0.0}}
            epochs: 1
        """), in: folder,
      onStep: { digests.append($0.digests()) })
    assertCompleted(finished.end)
    // One step an epoch; a rate of zero changes nothing, so what phase two has is what it started from.
    XCTAssertEqual(digests.count, 3)
    let losses = finished.run.epochs.prefix(2).compactMap { $0.numbers["train/loss"] }
    // So large a rate makes the second epoch worse, so that the best is not the last.
    XCTAssertLessThan(losses[0], losses[1])
    XCTAssertEqual(digests[2], digests[0])
    XCTAssertNotEqual(digests[2], digests[1])
    XCTAssertEqual(finished.observer.rates, [50, 5, 0])
    XCTAssertEqual(finished.run.epochs.map { $0.words["phase"] }, ["one", "one", "two"])
  }

  func testTheSecondPhaseHasAFreshOptimizer() throws {
    let folder = try TemporaryFolder()
    var biases: [[Float]] = []
    let finished = try train(
      yaml(
        """
        train: {batch_size: 64}
        phases:
          - name: one
            freeze: {all_but: head}
            optimizer: {Adam: {lr: 1e-2}}
            epochs: 5
          - name: two
            freeze: {all_but: head}
            optimizer: {Adam: {lr: 1e-3}}
            epochs: 2
        """), in: folder,
      onStep: { biases.append(Array($0.buffer("fc.bias").floats)) })
    assertCompleted(finished.end)
    XCTAssertEqual(biases.count, 7)
    // Adam's first step is the rate, up to the gradient's sign; with moments kept it would not be.
    for (after, before) in zip(biases[5], biases[4]) {
      XCTAssertEqual(abs(after - before), 1e-3, accuracy: 1e-6)
    }
    let second = zip(biases[6], biases[5]).map { abs($0 - $1) }
    XCTAssertTrue(second.contains { abs($0 - 1e-3) > 1e-6 }, "\(second)")
  }

  func testClippingBoundsTheNormOfAStep() throws {
    func moved(_ clip: String) throws -> Double {
      let folder = try TemporaryFolder()
      var heads: [[Float]] = []
      let finished = try train(
        yaml(
          """
          train: {batch_size: 64, clip_grad_norm: \(clip)}
          freeze: {all_but: head}
          optimizer: {SGD: {lr: 1.0}}
          epochs: 2
          """), in: folder,
        onStep: {
          heads.append(
            ["fc.weight", "fc.bias"].flatMap { [model = $0] in model.buffer($0).floats })
        })
      assertCompleted(finished.end)
      XCTAssertEqual(heads.count, 2)
      let squares = zip(heads[0], heads[1]).map { pow(Double($1) - Double($0), 2) }
      return squares.reduce(0, +).squareRoot()
    }
    let free = try moved("null")
    XCTAssertGreaterThan(free, 0.02)
    // The rate is 1, so the step is as long as the clipped gradient.
    XCTAssertEqual(try moved("0.01"), 0.01, accuracy: 1e-5)
    // A limit that is not reached changes nothing.
    XCTAssertEqual(try moved("1e6"), try moved("null"))
  }

  func testLabelSmoothingIsThatOfTheProbabilities() throws {
    let folder = try TemporaryFolder()
    let rest = """
      train: {batch_size: 16}
      freeze: {all_but: head}
      optimizer: {SGD: {lr: 0.1}}
      epochs: 1
      """
    let plain = try train(yaml(rest), in: folder)
    let smooth = try train(
      yaml("loss: {CrossEntropyLoss: {label_smoothing: 0.3}}\n" + rest), in: folder)
    XCTAssertNotEqual(
      plain.run.epochs[0].numbers["train/loss"], smooth.run.epochs[0].numbers["train/loss"])
    for (run, smoothing) in [(plain.run, 0.0), (smooth.run, 0.3)] {
      let rows = try String(contentsOfFile: run.folder.predictions("val"), encoding: .utf8)
        .split(separator: "\n").dropFirst().map { $0.split(separator: ",") }
      XCTAssertEqual(rows.count, 16)
      // All four classes are among the top five: (1 - s) (-log p) + s / K times the sum of all -log p.
      let losses = rows.map { row in
        let all = stride(from: 6, through: 12, by: 2).map { -log(Double(row[$0]) ?? .nan) }
        return (1 - smoothing) * -log(Double(row[3]) ?? .nan) + smoothing / 4 * all.reduce(0, +)
      }
      XCTAssertEqual(
        try XCTUnwrap(run.epochs[0].numbers["val/loss"]), losses.reduce(0, +) / 16, accuracy: 1e-5)
    }
  }

  func testDigestsAreOfTheTensorsBytes() throws {
    let folder = try TemporaryFolder()
    var found: [String: String] = [:]
    var flipped: [String: String] = [:]
    let finished = try train(
      yaml(headOnly.replacing("lr: 1e-2", with: "lr: 0.0")), in: folder,
      onStep: { model in
        guard found.isEmpty else { return }
        let bias = model.buffer("fc.bias").pointer
        for index in 0..<4 { bias[index] = 0 }
        found = model.digests()
        // Negative zero is equal, but other bytes.
        bias[2] = -0.0
        flipped = model.digests()
      })
    assertCompleted(finished.end)
    // SHA-256 of sixteen and of eight zero bytes.
    XCTAssertEqual(
      found["fc.bias"], "374708fff7719dd5979ec875d56cd2286f6d3cf7ec317a3b25632aab28ec37bb")
    XCTAssertEqual(
      found["bn1.num_batches_tracked"],
      "af5570f5a1810b7af78caf4bc70a660f0df51e42baf91d4de5b2328de0e83dfc")
    XCTAssertEqual(found.count, 122)
    XCTAssertEqual(found.keys.filter { found[$0] != flipped[$0] }, ["fc.bias"])
  }

  func testASignalLeavesTheWeightsSoFarInTrainingAndInValidation() throws {
    for split in [Split.train, .val] {
      let folder = try TemporaryFolder()
      defer {
        xr_interrupts_reset()
        for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { signal(number, SIG_DFL) }
      }
      Interrupts.install()
      Interrupts.begin()
      var digests: [String: String] = [:]
      let finished = try train(
        yaml(headOnly), in: folder, onStep: { digests = $0.digests() },
        onBegan: { if $0 == split { raise(SIGTERM) } })
      guard case .stopped("SIGTERM") = finished.end else { return XCTFail("\(finished.end)") }
      XCTAssertEqual(finished.run.record?.status, .stopped)
      XCTAssertTrue(
        try String(contentsOfFile: finished.run.folder.log, encoding: .utf8)
          .contains("stopped by SIGTERM"))
      let file = try SafeTensorsFile(path: finished.run.folder.last)
      let state = try ModelState.load(finished.session.plan.network, from: file, seed: 0).state
      XCTAssertEqual(LiveModel(finished.session.plan.network, state).digests(), digests)
      // What was frozen is proved up to there.
      let freeze = try String(contentsOfFile: finished.run.folder.freeze, encoding: .utf8)
      XCTAssertEqual(freeze.components(separatedBy: "\"changed\": ").count, 123)
      let moved = digests.isEmpty ? [] : ["fc.weight", "fc.bias"]
      XCTAssertEqual(
        freeze.split(separator: "\n").filter { $0.contains("\"changed\": true") }.count, moved.count
      )
    }
  }

  /// Moved tensors are caught however the phase ends.
  func testAStoppedPhaseProvesWhatWasFrozen() throws {
    let folder = try TemporaryFolder()
    defer {
      xr_interrupts_reset()
      for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { signal(number, SIG_DFL) }
    }
    Interrupts.install()
    Interrupts.begin()
    let finished = try train(
      yaml(headOnly), in: folder,
      onStep: { model in
        let value = model.buffer("conv1.weight").pointer
        value[0] = value[0].nextUp
        if xr_interrupts_count() == 0 { raise(SIGINT) }
      })
    guard case .failed(.frozenMoved(_, let tensors)) = finished.end else {
      return XCTFail("not caught: \(finished.end)")
    }
    XCTAssertEqual(tensors, ["conv1.weight"])
  }

  func testTheRecordIsRenewedBetweenEpochs() throws {
    let folder = try TemporaryFolder()
    var seen: [RunRecord] = []
    _ = try train(
      yaml(headOnly), in: folder,
      onStep: { _ in
        if seen.isEmpty { Thread.sleep(forTimeInterval: 1.1) }
        if let record = RunReader.all(in: folder("runs")).first?.record { seen.append(record) }
      }, configure: { $0.beatInterval = .zero })
    XCTAssertEqual(seen.count, 3)
    XCTAssertEqual(seen[0].heartbeat, seen[0].started)
    XCTAssertGreaterThan(seen[2].heartbeat, seen[2].started)
    XCTAssertNil(seen[2].epoch)
    XCTAssertEqual(seen[2].process, .current)
    XCTAssertEqual(seen[2].state(), .running)
  }

  func testTheLogSaysOnceWhenTheFirstStepIsDone() throws {
    let folder = try TemporaryFolder()
    let finished = try train(yaml(headOnly), in: folder)
    assertCompleted(finished.end)
    let log = try String(contentsOfFile: finished.run.folder.log, encoding: .utf8)
    let said = log.split(separator: "\n").map { $0.drop { $0 != " " }.drop { $0 == " " } }
    XCTAssertEqual(said.filter { $0 == "first step done" }.count, 1, log)
    let first = try XCTUnwrap(said.firstIndex(of: "first step done"))
    let epoch = try XCTUnwrap(said.firstIndex { $0.hasSuffix("epoch 1 done") })
    XCTAssertLessThan(first, epoch)
  }

  func testABestOfItsPhaseIsNotTheBestOfTheRun() throws {
    let folder = try TemporaryFolder()
    let finished = try train(
      yaml(
        """
        train: {batch_size: 16}
        phases:
          - {name: head, freeze: {all_but: head}, optimizer: {Adam: {lr: 1e-2}}, epochs: 6}
          - {name: spoilt, freeze: none, optimizer: {SGD: {lr: 1.0}}, epochs: 1}
        """), in: folder)
    assertCompleted(finished.end)
    let best = try XCTUnwrap(finished.session.best)
    XCTAssertEqual(best.phase, "head", "the second phase was meant to be worse")
    XCTAssertEqual(finished.observer.ranks[0], .run)
    XCTAssertEqual(finished.observer.ranks[best.epoch - 1], .run)
    XCTAssertEqual(finished.observer.ranks.last, .phase)
  }

  func testAHeadThatIsMadeNewComesWithTheReason() throws {
    let folder = try TemporaryFolder()
    let first = try train(yaml(headOnly), in: folder)
    let file = try SafeTensorsFile(path: first.run.folder.best)
    let classes = ["daisy", "iris", "lily", "rose"]
    for (name, known, reason) in [
      ("unnamed", nil, "the file does not say which classes it is for"),
      ("other", ["a", "b", "c", "d"], "the file is for other classes"),
      ("turned", classes.reversed(), "the file has the classes in another order"),
    ] as [(String, [String]?, String)] {
      var metadata = try WeightsMetadata(file)
      metadata.classes = known
      let state = try ModelState.load(first.session.plan.network, from: file, seed: 0).state
      try SafeTensors.write(
        path: folder(name + ".safetensors"), tensors: state.stored(),
        metadata: metadata.dictionary)
      let second = try train(
        yaml(headOnly, model: "{backbone: resnet18, weights: \(name).safetensors}"), in: folder)
      let line = "head 'fc' made new: \(reason)"
      XCTAssertTrue(second.run.record?.weights.source.hasSuffix(line) ?? false, line)
      XCTAssertTrue(
        try String(contentsOfFile: second.run.folder.log, encoding: .utf8).contains(line), line)
    }
  }

  func testALossThatIsNoNumberEndsTheRunAsDiverged() throws {
    let folder = try TemporaryFolder()
    let finished = try train(
      yaml(
        """
        train: {batch_size: 16}
        freeze: none
        optimizer: {SGD: {lr: 1e30}}
        epochs: 3
        """), in: folder)
    guard case .diverged(.diverged(let phase, let epoch, _)) = finished.end else {
      return XCTFail("\(finished.end)")
    }
    XCTAssertEqual(phase, "main")
    XCTAssertEqual(epoch, 1)
    XCTAssertEqual(finished.run.record?.status, .diverged)
    // The step that diverged has a line too.
    let steps = try StepsReader.read(finished.run.folder.steps)
    guard case .diverged(.diverged(_, _, let step)) = finished.end else { return }
    XCTAssertEqual(steps.map(\.step), Array(1...step))
  }

  func testEachStepHasItsLoss() throws {
    let folder = try TemporaryFolder()
    let finished = try train(
      yaml(
        """
        phases:
          - {name: one, epochs: 2, freeze: {all_but: head}}
          - {name: two, epochs: 1, freeze: none}
        train: {batch_size: 16}
        optimizer: {SGD: {lr: 0.01}}
        """), in: folder)
    assertCompleted(finished.end)
    let steps = try StepsReader.read(finished.run.folder.steps)
    // Forty pictures: two batches of sixteen, and one of eight.
    XCTAssertEqual(
      steps.map { "\($0.phase) \($0.epoch) \($0.step)" },
      [
        "one 1 1", "one 1 2", "one 1 3", "one 2 4", "one 2 5", "one 2 6", "two 1 1",
        "two 1 2", "two 1 3",
      ])
    for (index, epoch) in finished.run.epochs.enumerated() {
      let own = steps[(3 * index)..<(3 * index + 3)].map(\.loss)
      XCTAssertEqual(
        (16 * own[0] + 16 * own[1] + 8 * own[2]) / 40,
        try XCTUnwrap(epoch.numbers["train/loss"]), accuracy: 1e-12)
    }
  }

  func testEveryPictureIsListedWithItsContents() throws {
    let folder = try TemporaryFolder()
    let finished = try train(yaml(headOnly), in: folder)
    let listed = try PictureList.read(finished.run.folder.pictures)
    XCTAssertEqual(listed.count, finished.run.record?.data.pictures.values.reduce(0, +))
    for entry in listed {
      let bytes = try Data(
        contentsOf: URL(fileURLWithPath: folder.path + "/pictures/" + entry.path))
      XCTAssertEqual(entry.digest, String(bytes.withUnsafeBytes { SHA256.hex(of: $0) }.prefix(16)))
      XCTAssertTrue(entry.path.hasPrefix("\(entry.split)/\(entry.label)/"), entry.path)
    }
  }

  func testEarlyStoppingEndsAPhaseThatDoesNotImprove() throws {
    let folder = try TemporaryFolder()
    let finished = try train(
      yaml(
        """
        train: {batch_size: 16}
        freeze: {all_but: head}
        optimizer: {SGD: {lr: 0.0}}
        epochs: 20
        early_stopping: {patience: 2}
        """), in: folder)
    assertCompleted(finished.end)
    // The first epoch is the best, two do not improve on it.
    XCTAssertEqual(finished.run.epochs.count, 3)
    XCTAssertEqual(finished.run.record?.best?.epoch, 1)
    let note =
      "phase 'main' ends early, after epoch 3 of 20: val/acc1 has not improved for 2 epochs"
    XCTAssertEqual(finished.observer.notes, [note])
    XCTAssertTrue(
      try String(contentsOfFile: finished.run.folder.log, encoding: .utf8).contains(note))
  }

  func testDropLastLeavesOutTheSmallLastBatch() throws {
    let folder = try TemporaryFolder()
    let base = """
      train: {batch_size: 16, drop_last: DROP}
      freeze: {all_but: head}
      optimizer: {SGD: {lr: 0.01}}
      epochs: 1
      """
    // Forty pictures: two batches of sixteen, and one of eight.
    let kept = try train(yaml(base.replacing("DROP", with: "false")), in: folder)
    let dropped = try train(yaml(base.replacing("DROP", with: "true")), in: folder)
    XCTAssertEqual(kept.run.epochs[0].numbers["step"], 3)
    XCTAssertEqual(dropped.run.epochs[0].numbers["step"], 2)
  }

  func testAMonitoredLossIsMinimised() throws {
    let folder = try TemporaryFolder()
    let finished = try train(
      yaml(
        """
        train: {batch_size: 16, monitor: val/loss}
        freeze: {all_but: head}
        optimizer: {Adam: {lr: 3e-2}}
        epochs: 4
        """), in: folder)
    let losses = finished.run.epochs.compactMap { $0.numbers["val/loss"] }
    XCTAssertEqual(losses.count, 4)
    let best = try XCTUnwrap(finished.run.record?.best)
    XCTAssertEqual(best.value, losses.min())
    XCTAssertEqual(losses[best.epoch - 1], losses.min())
  }

  func testHeadOnlyLearnsTheStripes() throws {
    let folder = try TemporaryFolder()
    let finished = try train(
      yaml(
        """
        train: {batch_size: 8}
        freeze: none
        optimizer: {Adam: {lr: 1e-3}}
        epochs: 6
        """), in: folder)
    assertCompleted(finished.end)
    XCTAssertGreaterThan(finished.run.epochs.last?.numbers["train/acc1"] ?? 0, 0.6)
  }

  func testOtherProvidersGiveTheSameLossToRounding() throws {
    let folder = try TemporaryFolder()
    try PictureFolder.write(to: folder.path + "/pictures")
    var losses: [ProviderKind: Double] = [:]
    for provider in ProviderKind.allCases where provider.isAvailable && provider != .reference {
      let (experiment, _) = ExperimentLoader.load(
        SourceText(name: "small.yaml", text: yaml(headOnly)), in: folder.path)
      let loaded = try XCTUnwrap(experiment)
      let data = try XCTUnwrap(
        ExperimentData.find(loaded.data, seed: 0, scans: false, threads: 2).data)
      let plan = try XCTUnwrap(ExperimentPlan.make(loaded, classes: 4).plan)
      let session = try Session(
        plan, data: data,
        weights: StartingWeights.make(
          loaded.model, network: plan.network, classes: data.classes, seed: 0), source: [],
        options: TrainerOptions(threads: 2, workers: 2, provider: provider),
        invocation: Session.Invocation(command: [], version: "0", commit: nil),
        observer: Silence())
      _ = session.run()
      losses[provider] = RunReader(session.folder.path).epochs[0].numbers["val/loss"]
    }
    let values = losses.values.sorted()
    XCTAssertEqual(values.count, losses.count)
    guard let first = values.first, let last = values.last, first > 0 else {
      return XCTFail("no losses: \(losses)")
    }
    XCTAssertEqual(last / first, 1, accuracy: 1e-3, "\(losses)")
  }
}
