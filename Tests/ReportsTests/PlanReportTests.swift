import Diagnostics
import Experiments
import Foundation
import Graphs
import Reports
import TestSupport
import XCTest

/// A small experiment of two phases, planned.
enum SmallPlan {
  static let pipelines = """
    name: small
    data: {folder: pictures}
    transforms:
      train: [Resize: [40, 40], CenterCrop: 32, ToTensor, Normalize: imagenet]
      eval: [Resize: [32, 32], ToTensor, Normalize: {mean: [0.5, 0.5, 0.5], std: [0.5, 0.25, 0.5]}]
    model: {backbone: resnet18, weights: none}
    train: {batch_size: 16}

    """
  static let phases = """
    phases:
      - name: head
        freeze: {all_but: head}
        optimizer: {Adam: {lr: 1e-2}}
        scheduler: {StepLR: {step_size: 1}}
        epochs: 2
      - name: rest
        start_from: best
        freeze: {until: layer4.0, bn: train}
        optimizer: {SGD: {lr: 1e-2, momentum: 0.9}}
        scheduler: {CosineAnnealingLR: {T_max: 12, by: step}}
        train: {clip_grad_norm: 1}
        early_stopping: {patience: 3, min_delta: 0.01}
        epochs: 4
    """

  static func make(_ text: String = pipelines + phases, classes: Int = 4) throws -> ExperimentPlan {
    let (experiment, diagnostics) = ExperimentLoader.load(
      SourceText(name: "small.yaml", text: text), in: "/somewhere", checksFiles: false)
    let loaded = try XCTUnwrap(experiment, diagnostics.map(\.message).joined(separator: "; "))
    return try XCTUnwrap(ExperimentPlan.make(loaded, classes: classes).plan)
  }

  static let data = DataOverview(
    source: "/somewhere/pictures", isBuiltin: false,
    classNames: ["daisy", "iris", "lily", "rose"], classes: 4,
    splits: [
      DataOverview.Split(name: "train", counts: [10, 12, 9, 11]),
      DataOverview.Split(name: "val", counts: [4, 4, 0, 5]),
    ])

  static let time = TimeEstimate(
    phases: [
      TimeEstimate.Phase(step: 0.0421, loading: 0.001, epoch: 2.04, all: 4.08),
      TimeEstimate.Phase(step: 0.42, loading: 0.001, epoch: 65.2, all: 260.8),
    ], run: 271)

  static var memory: MemoryEstimate {
    var phase = MemoryEstimate.Phase()
    (phase.arena, phase.programs, phase.states, phase.batches) = (40 << 20, 337 << 20, 7, 48 << 20)
    return MemoryEstimate(phases: [MemoryEstimate.Phase(), phase], base: 44 << 20)
  }
}

final class PlanReportTests: XCTestCase {
  func testThePeakIsThatOfTheLargestPhase() throws {
    let plan = try SmallPlan.make()
    let text = PlanReport(
      plan, data: SmallPlan.data, figures: try PlanFigures(plan), memory: SmallPlan.memory
    ).text()
    XCTAssertTrue(text.hasSuffix("\nmemory      about 469 MiB at the peak"), text)
  }

  private func report(
    _ plan: ExperimentPlan, _ data: DataOverview = SmallPlan.data, time: TimeEstimate? = nil
  ) throws -> String {
    let figures = try PlanFigures(plan)
    return PlanReport(
      plan, data: data, figures: figures, time: time, machine: "2 threads, onednn",
      directory: "/somewhere"
    ).text()
  }

  func testTheWholeScreen() throws {
    let plan = try SmallPlan.make()
    let hash = plan.experiment.configurationHash.prefix(8)
    XCTAssertEqual(
      try report(plan, time: SmallPlan.time),
      """
      small       seed 0, configuration \(hash)
      files       small.yaml
      model       resnet18, 11,178,564 parameters, head 'fc'
      weights     none: all start at random

      data        pictures, 4 classes
               pictures  smallest class  median  largest class
        train        42  9 (lily)          10.5  12 (iris)
        val          13  0 (lily)             4  5 (rose)
        missing   val has no pictures of 1 class: lily
        missing   no test split: nothing is held back to report on

      train       a picture                           [3, H, W] u8      0..255
                  Resize([40, 40])                    [3, 40, 40] u8    0..255
                  CenterCrop(32)                      [3, 32, 32] u8    0..255
                  ToTensor                            [3, 32, 32] f32   0..1
                  Normalize(imagenet)                 [3, 32, 32] f32   -2.12..2.64
      eval        a picture                           [3, H, W] u8      0..255
                  Resize([32, 32])                    [3, 32, 32] u8    0..255
                  ToTensor                            [3, 32, 32] f32   0..1
                  Normalize(0.5, [0.5, 0.25, 0.5])    [3, 32, 32] f32   -2..2

      phase 1     'head', 2 epochs of 3 steps, batches of 16
        trained   2,052 parameters (0.02 %): fc
        frozen    11,176,512: conv1, bn1, layer1-4
        norms     all 20 batch norms use their running statistics and keep them
        optimizer Adam(lr=0.01); CrossEntropyLoss; best val/acc1, no early stopping
        rate      0.01 █▂ 0.001  StepLR(step_size=1) by epoch
      phase 2     'rest', 4 epochs of 3 steps, batches of 16, from best of phase 1
        trained   4,722,692 parameters (42 %): layer4.1, fc
        frozen    6,455,872: conv1, bn1, layer1-3, layer4.0
        norms     all 20 batch norms use and move batch statistics
        optimizer SGD(lr=0.01, momentum=0.9); CrossEntropyLoss; gradient norm cut to 1
                  stops after 3 epochs without better val/acc1 by 0.01
        rate      0.01 █▇▅▂ 0.00017  CosineAnnealingLR(T_max=12) by step

      cost   forward/pic step/pic  arena  state   batch   step      epoch
        head    74 MFLOP 74 MFLOP 10 MiB 43 MiB 192 KiB  42 ms      2.0 s
        rest    74 MFLOP 89 MFLOP 18 MiB 79 MiB 192 KiB 0.42 s 1 min 05 s
      time        at most about 4 min 31 s for the run, 2 threads, onednn
      """)
  }

  func testNothingIsWiderThanTheScreen() throws {
    let long = String(repeating: "very-", count: 30)
    let text =
      SmallPlan.pipelines.replacingOccurrences(of: "name: small", with: "name: \(long.prefix(99))x")
      .replacingOccurrences(of: "folder: pictures", with: "folder: \(long)pictures")
      + SmallPlan.phases.replacingOccurrences(of: "name: head", with: "name: \(long.prefix(100))")
    let plan = try SmallPlan.make(text)
    let names = DataOverview(
      source: "/\(long)/pictures", isBuiltin: false, classNames: [long, long + "2"], classes: 2,
      splits: [DataOverview.Split(name: "train", counts: [1_000_000, 0])])
    for line in try report(plan, names, time: SmallPlan.time).components(separatedBy: "\n") {
      XCTAssertLessThanOrEqual(line.count, 80, line)
    }
    let screen = try report(plan, names)
    XCTAssertTrue(screen.contains("very-/pictures, 2 classes\n"), screen)
    XCTAssertTrue(screen.contains("  missing   train has no pictures of 1 class: very-"), screen)
  }

  func testBalancedClassesAndAnExpectedPart() throws {
    let data = DataOverview(
      source: "petals", isBuiltin: true, classNames: ["a", "b"], classes: 2,
      splits: [
        DataOverview.Split(name: "train", counts: [60, 60], isExpected: true),
        DataOverview.Split(name: "val", counts: [6, 6], isExpected: true),
        DataOverview.Split(name: "test", counts: [20, 20]),
      ])
    let screen = try report(try SmallPlan.make(), data)
    XCTAssertTrue(
      screen.contains(
        """
        data        builtin petals, 2 classes
          train      ~120  60 in each class
          val         ~12  6 in each class
          test         40  20 in each class

        """), screen)
    XCTAssertTrue(screen.contains("phase 1     'head', 2 epochs of about 8 steps"), screen)
  }

  func testWithoutDataTheRestStands() throws {
    let absent = DataOverview(
      source: "/somewhere/pictures", isBuiltin: false, classNames: [], classes: 4,
      assumption: "4 classes are assumed", splits: [])
    let lines = try report(try SmallPlan.make(), absent).components(separatedBy: "\n")
    XCTAssertTrue(
      lines.contains("data        missing: pictures; 4 classes are assumed"), "\(lines)")
    XCTAssertTrue(lines.contains("phase 1     'head', 2 epochs, batches of 16"), "\(lines)")
    XCTAssertTrue(
      lines.contains(
        "  rate      not known without the pictures: CosineAnnealingLR(T_max=12) by step"),
      "\(lines)")
    XCTAssertTrue(lines.contains { $0.hasPrefix("  head") }, "work and memory are known")
    XCTAssertFalse(lines.contains { $0.hasPrefix("time") })
  }

  func testBatchNormsThatArePartlyFrozen() throws {
    let text = SmallPlan.pipelines + "freeze: {until: layer4.0}\noptimizer: Adam\nepochs: 1\n"
    let screen = try report(try SmallPlan.make(text))
    XCTAssertTrue(
      screen.contains(
        "\n  norms     2 of 20 batch norms use and move batch statistics, 18 stay frozen\n"), screen
    )
  }
}

final class PlanGraphReportTests: XCTestCase {
  private func report() throws -> String {
    let plan = try SmallPlan.make()
    return try PlanGraphReport(plan).text(plan.phases)
  }

  func testEachPhaseNamesWhatItTrains() throws {
    let lines = try report().components(separatedBy: "\n")
    XCTAssertEqual(
      lines.prefix(6).joined(separator: "\n"),
      """
      phase 1 'head': 2,052 parameters trained in 2 tensors, 11,176,512 frozen in 60

        trained parameters
          fc.weight  [4, 512]  2,048
          fc.bias    [4]           4

      """)
    XCTAssertTrue(
      lines.contains(
        "phase 2 'rest': 4,722,692 parameters trained in 8 tensors, 6,455,872 frozen in 54"))
  }

  func testLayersStandWithShapesParametersAndWork() throws {
    let lines = try report().components(separatedBy: "\n")
    let first = try XCTUnwrap(lines.firstIndex { $0.hasPrefix("  layers") })
    let layers = lines[first...].prefix { !$0.isEmpty }
    // Four of the stem, seven of each of eight blocks, two of each of three projections, two at the end.
    XCTAssertEqual(layers.count, 1 + 1 + 68)
    // conv1 by hand: 2 x 16 x 16 x 64 x 147 x 16 pictures = 77,070,336.
    XCTAssertEqual(
      (layers.prefix(7) + layers.suffix(2)).joined(separator: "\n"),
      """
        layers, for a batch of 16
          layer                  operation                                  result            \
      parameters           MFLOPs
          conv1                  convolution 7x7 stride=2 padding=3         [16, 64, 16, 16]  \
           9,408  frozen       77
          bn1                    batch_normalization running epsilon=1e-05  [16, 64, 16, 16]  \
             128  frozen        0
          relu                   activation relu                            [16, 64, 16, 16]  \
                                0
          maxpool                max_pooling 3x3 stride=2 padding=1         [16, 64, 8, 8]    \
                                0
          layer1.0.conv1         convolution 3x3 stride=1 padding=1         [16, 64, 8, 8]    \
          36,864  frozen       75
          avgpool                global_average_pooling                     [16, 512]         \
                                0
          fc                     linear bias                                [16, 4]           \
           2,052  trained       0
      """)
  }
}
