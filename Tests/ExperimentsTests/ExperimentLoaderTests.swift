import Declarations
import Diagnostics
import Experiments
import Models
import XCTest

/// What a right experiment means.
final class ExperimentLoaderTests: XCTestCase {
  private func load(
    _ text: String, _ overrides: [String] = [], file: StaticString = #filePath, line: UInt = #line
  ) throws -> Experiment {
    let (experiment, diagnostics) = Examples.load(text, overrides: overrides)
    XCTAssertEqual(
      diagnostics.rendered(as: .text(isColoured: false)), "", file: file, line: line)
    return try XCTUnwrap(experiment, file: file, line: line)
  }

  func testDesignExample() throws {
    let experiment = try load(Examples.flowers)
    XCTAssertEqual(experiment.name, "flowers-two-phase")
    XCTAssertEqual(experiment.seed, 0)
    XCTAssertEqual(experiment.data.source, .folder("/data/flowers102"))
    XCTAssertEqual(experiment.data.classNames, "/data/flowers102/cat_to_name.json")
    XCTAssertEqual(experiment.model.backbone, "resnet18")
    XCTAssertEqual(experiment.model.weights, .named("IMAGENET1K_V1"))
    XCTAssertEqual(experiment.phases.map(\.name), ["head", "all"])
    let (head, all) = (experiment.phases[0], experiment.phases[1])
    XCTAssertEqual(head.freeze, FreezePolicy(.allButHead, batchNorm: .eval))
    XCTAssertEqual(all.freeze, FreezePolicy(.none))
    XCTAssertNil(head.startFrom)
    XCTAssertEqual(all.startFrom, .best)
    XCTAssertEqual(head.optimizer.name, "Adam")
    XCTAssertEqual(head.optimizer.values.entries["lr"], .number(1e-2))
    XCTAssertEqual(head.optimizer.values.entries["weight_decay"], .number(0))
    XCTAssertEqual(all.scheduler?.values.entries["step_size"], .integer(7))
    XCTAssertEqual(all.schedulerBy, .epoch)
    XCTAssertEqual([head.epochs, all.epochs], [20, 10])
    XCTAssertNil(head.earlyStopping)
    XCTAssertEqual(all.earlyStopping, EarlyStopping(patience: 5, minDelta: 0))
    XCTAssertEqual(head.loss.values.entries["label_smoothing"], .number(0.1))
    XCTAssertEqual(head.train, TrainSettings())
    XCTAssertEqual(
      head.trainTransforms.map(\.name),
      [
        "Resize", "RandomRotation", "CenterCrop", "RandomHorizontalFlip", "RandomVerticalFlip",
        "ColorJitter", "RandomGrayscale", "ToTensor", "Normalize",
      ])
    XCTAssertEqual(all.evalTransforms, head.evalTransforms)
    XCTAssertEqual(
      head.evalTransforms[3].values.entries["mean"],
      .list([.number(0.485), .number(0.456), .number(0.406)]))
  }

  func testOnePhaseAtTheTopLevel() throws {
    let experiment = try load(
      Examples.small("freeze", "freeze: {until: layer3, bn: train}\nearly_stopping: {patience: 2}"))
    XCTAssertEqual(experiment.phases.count, 1)
    XCTAssertEqual(experiment.phases[0].freeze, FreezePolicy(.until("layer3"), batchNorm: .train))
    XCTAssertEqual(experiment.phases[0].earlyStopping, EarlyStopping(patience: 2))
    XCTAssertNil(experiment.phases[0].scheduler)
    XCTAssertEqual(experiment.phases[0].loss.name, "CrossEntropyLoss")
    XCTAssertEqual(experiment.phases[0].loss.values.entries["label_smoothing"], .number(0))
    XCTAssertEqual(experiment.model.weights, .builtin)
    XCTAssertEqual(experiment.data.testSplit, "test")
    XCTAssertNil(experiment.data.workers)
  }

  func testPhasesInheritAndOverride() throws {
    let text = Examples.small(
      "epochs",
      """
      scheduler: {StepLR: {step_size: 2}}
      train: {batch_size: 32, monitor: val/loss}
      phases:
        - {name: one, epochs: 1}
        - name: two
          epochs: 2
          optimizer: SGD
          scheduler: null
          train: {batch_size: 8, clip_grad_norm: 1}
          transforms: {eval: [CenterCrop: 32, ToTensor]}
          freeze: {only: ["layer1.*", "conv?.weight"]}
        - {name: three, epochs: 3, scheduler: {CosineAnnealingLR: {T_max: 5, by: step}}}
      """
    ).replacingOccurrences(of: "SGD", with: "{SGD: {lr: 1}}")
    let phases = try load(text).phases
    XCTAssertEqual(phases.map(\.optimizer.name), ["Adam", "SGD", "Adam"])
    XCTAssertEqual(phases.map(\.scheduler?.name), ["StepLR", nil, "CosineAnnealingLR"])
    XCTAssertEqual(phases.map(\.schedulerBy), [.epoch, .epoch, .step])
    XCTAssertEqual(phases.map(\.train.batchSize), [32, 8, 32])
    XCTAssertEqual(phases.map(\.train.monitor), ["val/loss", "val/loss", "val/loss"])
    XCTAssertEqual(phases.map(\.train.clipGradNorm), [nil, 1, nil])
    XCTAssertEqual(phases.map { $0.evalTransforms.count }, [2, 2, 2])
    XCTAssertEqual(phases.map { $0.evalTransforms[0].name }, ["Resize", "CenterCrop", "Resize"])
    XCTAssertEqual(phases.map { $0.trainTransforms[0].name }, ["Resize", "Resize", "Resize"])
    XCTAssertEqual(phases[1].freeze.selection, .only(["layer1.*", "conv?.weight"]))
    // An integer where a number is expected is that number.
    XCTAssertEqual(phases[1].optimizer.values.entries["lr"], .number(1))
  }

  func testWeightsByTheirForm() throws {
    func weights(_ text: String, _ more: String = "") throws -> ModelSettings.Weights {
      try load(
        Examples.small("model", "model: {backbone: resnet18, weights: \(text)}\n\(more)")
      ).model.weights
    }
    XCTAssertEqual(try weights("none"), ModelSettings.Weights.none)
    XCTAssertEqual(try weights("a/b.safetensors"), .file("/nowhere/a/b.safetensors"))
    XCTAssertEqual(try weights("../b.safetensors"), .file("/b.safetensors"))
    XCTAssertEqual(try weights("runs/a-1/last", "runs: out"), .run("/nowhere/out/a-1", .last))
    XCTAssertEqual(try weights("runs/a-1", "runs: /r"), .run("/r/a-1", .best))
    XCTAssertEqual(try weights("/else/where/best"), .run("/else/where", .best))
    XCTAssertEqual(try weights("DEFAULT"), .named("DEFAULT"))
  }

  func testDataSplits() throws {
    let text = Examples.small(
      "data",
      "data: {folder: d, splits: {val: {fraction: 0.1}, test: null}, classes: [a, b], workers: 3}")
    let data = try load(text).data
    XCTAssertEqual(data.validation, .fraction(0.1))
    XCTAssertNil(data.testSplit)
    XCTAssertEqual(data.classes, ["a", "b"])
    XCTAssertEqual(data.workers, 3)
    XCTAssertEqual(data.source, .folder("/nowhere/d"))
  }

  func testDecode() throws {
    XCTAssertEqual(try load(Examples.small("data", "data: {folder: d}")).data.decode, .exact)
    for word in ["exact", "fast"] {
      let experiment = try load(Examples.small("data", "data: {folder: d, decode: \(word)}"))
      XCTAssertEqual(experiment.data.decode.rawValue, word)
      let plan = try XCTUnwrap(ExperimentPlan.make(experiment, classes: 3).plan)
      for phase in plan.phases {
        XCTAssertEqual(phase.trainPipeline.decoding, experiment.data.decode)
        XCTAssertEqual(phase.evalPipeline.decoding, experiment.data.decode)
      }
    }
  }

  func testOverrides() throws {
    let experiment = try load(
      Examples.flowers,
      [
        "phases.head.optimizer.lr=3e-4", "phases[1].optimizer.Adam.lr=1e-4",
        "phases.head.epochs=5", "transforms.train.ColorJitter.hue=0.2",
        "transforms.train.RandomHorizontalFlip.p=0.25",
        "transforms.train.RandomRotation.degrees=10",
        "transforms.eval[1].size=32", "transforms.eval.Normalize.std=[1, 1, 1]",
        "train.batch_size=16", "seed=7", "data.workers=2", "phases.all.scheduler=null",
        "phases.head.early_stopping.patience=3", "seed=8", "notes=two words", "tags=[a, b]",
        "phases.head.freeze.bn=train", "loss.label_smoothing=0",
      ])
    let (head, all) = (experiment.phases[0], experiment.phases[1])
    XCTAssertEqual(head.optimizer.values.entries["lr"], .number(3e-4))
    XCTAssertEqual(all.optimizer.values.entries["lr"], .number(1e-4))
    XCTAssertEqual(head.epochs, 5)
    XCTAssertEqual(head.trainTransforms[5].name, "ColorJitter")
    XCTAssertEqual(head.trainTransforms[5].values.entries["hue"], .number(0.2))
    XCTAssertEqual(head.trainTransforms[5].values.entries["brightness"], .number(0.2))
    XCTAssertEqual(head.trainTransforms[3].values.entries["p"], .number(0.25))
    XCTAssertEqual(head.trainTransforms[1].values.entries["degrees"], .number(10))
    XCTAssertEqual(head.evalTransforms[1].values.entries["size"], .integer(32))
    XCTAssertEqual(
      head.evalTransforms[3].values.entries["std"], .list([.number(1), .number(1), .number(1)]))
    XCTAssertEqual(
      head.evalTransforms[3].values.entries["mean"],
      .list([.number(0.485), .number(0.456), .number(0.406)]))
    XCTAssertEqual(all.train.batchSize, 16)
    XCTAssertEqual(experiment.seed, 8)
    XCTAssertEqual(experiment.data.workers, 2)
    XCTAssertNil(all.scheduler)
    XCTAssertEqual(head.earlyStopping, EarlyStopping(patience: 3))
    XCTAssertEqual(experiment.notes, "two words")
    XCTAssertEqual(experiment.tags, ["a", "b"])
    XCTAssertEqual(head.freeze, FreezePolicy(.allButHead, batchNorm: .train))
    XCTAssertEqual(all.loss.values.entries["label_smoothing"], .number(0))
    // Where it came from: the argument and its column.
    let span = try XCTUnwrap(head.optimizer.values.span(of: "lr"))
    XCTAssertEqual(span.source.name, "<argument 1>")
    XCTAssertEqual(span.column, 26)
  }

  func testOverrideAtTheTopLevel() throws {
    let experiment = try load(
      Examples.small(), ["optimizer.lr=3e-4", "scheduler.StepLR.step_size=4", "epochs=9"])
    XCTAssertEqual(experiment.phases[0].optimizer.values.entries["lr"], .number(3e-4))
    XCTAssertEqual(experiment.phases[0].scheduler?.values.entries["step_size"], .integer(4))
    XCTAssertEqual(experiment.phases[0].epochs, 9)
  }

  // MARK: Resolved form and hash

  private let variants = [
    Examples.flowers, Examples.small(),
    Examples.small("data", "data: {folder: 'a # b', splits: {val: {fraction: 0.25}}}"),
    Examples.small(
      "data", "data: {folder: d, splits: {test: null}, classes: ['1', 'true', \"é\"]}"),
    Examples.small("freeze", "freeze: {only: ['*.bias']}\nscheduler: {StepLR: {step_size: 3}}"),
    Examples.small(
      "epochs",
      """
      phases:
        - {name: one, epochs: 1, loss: {CrossEntropyLoss: 0.2}, train: {batch_size: 2}}
        - {name: two, epochs: 1, start_from: last, early_stopping: {patience: 1}}
      """),
  ]

  func testResolvedFormReadsBackAsTheSame() throws {
    for text in variants {
      let experiment = try load(text)
      let resolved = experiment.resolvedYAML()
      let again = try load(resolved)
      XCTAssertEqual(again.configurationHash, experiment.configurationHash, resolved)
      XCTAssertEqual(again.runs, experiment.runs)
      XCTAssertEqual(again.seed, experiment.seed)
      func values(_ text: String) -> [Substring] {
        text.split(separator: "\n").map { $0.prefix { $0 != "#" } }
      }
      XCTAssertEqual(values(again.resolvedYAML()), values(resolved))
    }
  }

  func testResolvedFormSaysWhereValuesCameFrom() throws {
    let resolved = try load(Examples.flowers, ["seed=3"]).resolvedYAML()
    for line in [
      "seed: 3  # argument 1", "  folder: /data/flowers102  # experiment.yaml:5:11",
      "        lr: 0.01  # experiment.yaml:37:28", "  batch_size: 128  # experiment.yaml:32:21",
      "  shuffle: true  # default", "        p: 0.5  # default",
      "        mean: [0.485, 0.456, 0.406]  # experiment.yaml:18:18",
    ] {
      XCTAssertTrue(resolved.contains("\n\(line)\n"), "\(line)\n--\n\(resolved)")
    }
  }

  func testHashLeavesOutWhatDecidesNoResult() throws {
    let hash = try load(Examples.flowers).configurationHash
    XCTAssertEqual(hash.utf8.count, 64)
    let same = [
      "seed=5", "name=other", "notes=x", "tags=[y]", "data.workers=1", "runs=elsewhere",
      "data.splits.val=val", "train.shuffle=true", "phases.head.optimizer.lr=0.01",
    ]
    for argument in same {
      XCTAssertEqual(try load(Examples.flowers, [argument]).configurationHash, hash, argument)
    }
    let other = [
      "phases.head.optimizer.lr=0.02", "train.batch_size=64", "phases.all.start_from=last",
      "model.backbone=resnet34", "data.folder=../other", "phases.head.freeze.bn=train",
      "transforms.eval.Normalize.std=[1, 1, 1]", "phases.all.early_stopping.min_delta=0.1",
      "phases.head.scheduler.by=step", "loss.label_smoothing=0", "phases.head.epochs=21",
    ]
    var hashes: Set<String> = [hash]
    for argument in other {
      let changed = try load(Examples.flowers, [argument]).configurationHash
      XCTAssertTrue(hashes.insert(changed).inserted, argument)
    }
  }

  func testOtherWritingHasTheSameHash() throws {
    let short = Examples.small(
      "transforms",
      "transforms: {train: [Resize: [64, 64], ToTensor], eval: [Resize: {size: [64, 64]}, ToTensor: {}]}"
    )
    XCTAssertEqual(
      try load(short).configurationHash, try load(Examples.small()).configurationHash)
  }
}
