import Declarations
import Diagnostics
import Experiments
import TestSupport
import XCTest

/// Lints: each has a marked page or, where it needs pictures, a case here; and is silent where all is well.
final class LintTests: XCTestCase {
  private func check(
    _ text: String, overrides: [String] = [], environment: [String: String] = [:]
  ) -> ExperimentCheck {
    let loaded = ExperimentLoader.load(
      SourceText(name: "experiment.yaml", text: text), in: "/nowhere", overrides: overrides,
      checksFiles: false, environment: { environment[$0] })
    return ExperimentCheck(loaded.experiment, loaded.diagnostics)
  }

  /// The findings with knowledge of the pictures, as `code line`.
  private func findings(_ text: String, _ data: DataFacts) throws -> [Diagnostic] {
    let loaded = Examples.load(text)
    let experiment = try XCTUnwrap(loaded.experiment, "\(loaded.diagnostics.map(\.message))")
    let plan = try XCTUnwrap(
      ExperimentPlan.make(experiment, classes: data.classes.count).plan)
    return LintCatalogue.findings(in: LintSubject(plan, data: data))
  }

  private func clean(_ key: String? = "name", _ yaml: String = "name: clean") -> String {
    SmallExperiment.text(with: .init(key, yaml))
  }

  /// Lints that see nothing without pictures.
  private static let ofPictures: Set<String> = [
    "last-batch-dropped", "class-imbalance", "same-picture-in-splits", "weights-class-order",
    "no-effect-drop-last",
  ]

  // MARK: Pages

  func testMarkedWarningsAreFoundAndNothingElse() throws {
    var codes = Set<String>()
    for page in try MarkedPage.all(in: "Lints", beside: #filePath) {
      for (key, text) in page.texts {
        let whole = SmallExperiment.text(with: .init(key, text))
        let result = check(whole)
        XCTAssertTrue(result.isRight, "\(page.code): \(result.diagnostics.map(\.message))")
        let marked = MarkedText(whole)
        XCTAssertTrue(marked.marks.contains { $0.code == page.code }, "\(page.code):\n\(text)")
        XCTAssertEqual(
          marked.differences(from: result.diagnostics), [], "\(page.code):\n\(text)")
      }
      codes.insert(page.code)
    }
    XCTAssertEqual(
      codes.union(Self.ofPictures), Set(LintCatalogue.pages.map(\.code.rawValue)))
    XCTAssertEqual(check(clean()).diagnostics.map(\.code.rawValue), [])
  }

  func testExamplesOfPagesShowWhatTheySay() {
    for page in LintCatalogue.pages {
      XCTAssertFalse(page.summary.isEmpty)
      XCTAssertFalse(page.text.isEmpty, page.code.rawValue)
      guard let wrong = page.wrong, let right = page.right else {
        XCTAssertTrue(Self.ofPictures.contains(page.code.rawValue), page.code.rawValue)
        continue
      }
      let found = check(SmallExperiment.text(with: wrong))
      XCTAssertTrue(found.isRight, page.code.rawValue)
      XCTAssertEqual(
        Set(found.diagnostics.map(\.code)).subtracting(Self.alongside(page.code)), [page.code])
      XCTAssertTrue(
        found.diagnostics.filter { $0.code == page.code }.allSatisfy {
          $0.severity == page.severity && $0.primary != nil && $0.help != nil
        })
      let set = check(SmallExperiment.text(with: right))
      XCTAssertEqual(
        Set(set.diagnostics.map(\.code)).subtracting(Self.alongside(page.code)), [],
        page.code.rawValue)
    }
    let codes = LintCatalogue.pages.map(\.code.rawValue)
    XCTAssertEqual(Set(codes).count, codes.count)
  }

  /// What an example cannot help saying too.
  private static func alongside(_ code: Diagnostic.Code) -> Set<Diagnostic.Code> {
    switch code {
    // To freeze nothing that has batch norm, the example freezes a random layer.
    case "no-effect-bn": ["frozen-random-backbone"]
    // A pipeline without 'Normalize' is also unlike its weights.
    case "normalization-differs": ["normalization-unlike-weights"]
    default: []
    }
  }

  func testARandomScaleIsNotComparedWithAFixedOne() {
    func codes(_ train: String, _ eval: String) -> [String] {
      let tail = "ToTensor, Normalize: imagenet"
      return check(
        clean(
          "transforms", "transforms:\n  train: [\(train), \(tail)]\n  eval: [\(eval), \(tail)]")
      ).diagnostics.map(\.code.rawValue)
    }
    let usual = "Resize: [96, 96], CenterCrop: 64"
    XCTAssertEqual(codes("RandomResizedCrop: 64", usual), [])
    XCTAssertEqual(codes("Resize: [80, 80], RandomResizedCrop: 64", usual), [])
    // Where the scale is fixed it is compared, whatever else is random.
    XCTAssertEqual(codes("Resize: [96, 96], RandomCrop: 64", usual), [])
    XCTAssertEqual(codes("Resize: [80, 80], RandomCrop: 64", usual), ["eval-scale"])
    XCTAssertEqual(codes("RandomResizedCrop: 64", "Resize: [96, 96]"), ["eval-size"])
    XCTAssertEqual(codes(usual, "RandomResizedCrop: 64"), ["random-eval"])
    // A blur is random where its width is.
    let blur = "GaussianBlur: {kernel_size: 3, sigma: "
    XCTAssertEqual(codes("\(usual), \(blur)1}", "\(usual), \(blur)1}"), [])
    XCTAssertEqual(codes("\(usual), \(blur)1}", "\(usual), \(blur)[1, 2]}"), ["random-eval"])
  }

  // MARK: With pictures

  func testWhatPicturesShow() throws {
    func facts(
      _ train: [Int], val: [Int] = [10, 10], test: [Int]? = [5, 5],
      duplicates: [(String, String)]? = []
    ) -> DataFacts {
      var counts = ["train": train, "val": val]
      counts["test"] = test
      return DataFacts(classes: ["a", "b"], counts: counts, duplicates: duplicates)
    }
    func lines(_ text: String, _ data: DataFacts) throws -> [String] {
      try findings(text, data).map { "\($0.primary?.span.line ?? 0) \($0.code.rawValue)" }
    }
    let plain = clean()
    XCTAssertEqual(try lines(plain, facts([128, 128])), [])
    // Nine times as many pictures are borne, ten are not.
    XCTAssertEqual(try lines(plain, facts([180, 20])), [])
    XCTAssertEqual(
      try findings(plain, facts([200, 20])).map(\.message),
      ["class 'a' has 200 training pictures, 'b' has 20, and plain accuracy chooses the best epoch"]
    )
    XCTAssertEqual(
      try lines(clean("train", "train: {monitor: val/acc_per_class_mean}"), facts([200, 20])), [])
    XCTAssertEqual(
      try lines(plain, facts([64, 64], duplicates: [("train/a/1.jpg", "val/b/2.jpg")])),
      ["2 same-picture-in-splits"])
    XCTAssertEqual(try lines(plain, facts([64, 64], test: nil)), ["2 best-on-reported-split"])
    XCTAssertEqual(try lines(clean("epochs", "epochs: 1"), facts([64, 64], test: nil)), [])
    // 257 pictures in batches of 128: the last is alone.
    XCTAssertEqual(try lines(clean("train", "train: {batch_size: 64}"), facts([65, 64])).count, 1)
    XCTAssertEqual(
      try lines(clean("train", "train: {batch_size: 64, drop_last: true}"), facts([65, 64])), [])
    let frozen = clean("freeze", "freeze: {all_but: head}\ntrain: {batch_size: 64}")
    XCTAssertEqual(try lines(frozen, facts([65, 64])), [], "statistics do not move here")
    // A tenth is a large part.
    let dropping = clean("train", "train: {batch_size: 100, drop_last: true}")
    XCTAssertEqual(try lines(dropping, facts([60, 60])), ["9 last-batch-dropped"])
    XCTAssertEqual(try lines(dropping, facts([510, 510])), [])
    XCTAssertEqual(try lines(dropping, facts([150, 150])), ["9 no-effect-drop-last"])
    XCTAssertEqual(
      try lines(clean(), DataFacts(classes: ["a"], counts: ["train": [9], "test": [1]])),
      ["2 single-class"])
  }

  func testScheduleByStepNeedsPictures() throws {
    let text = clean(
      "scheduler", "scheduler: {StepLR: {step_size: 50, by: step}}\ntrain: {batch_size: 10}")
    XCTAssertEqual(check(text).diagnostics.map(\.code.rawValue), [])
    func codes(_ pictures: Int) throws -> [String] {
      try findings(
        text, DataFacts(classes: ["a", "b"], counts: ["train": [pictures, 0], "test": [1, 1]])
      )
      .map(\.code.rawValue).filter { $0 != "class-imbalance" }
    }
    // Five epochs of 10 steps end just before the first change.
    XCTAssertEqual(try codes(100), ["no-effect-scheduler"])
    XCTAssertEqual(try codes(110), [])
  }

  // MARK: Shipped experiments

  func testShippedExperimentsAreClean() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("experiments")
    let files = try XCTUnwrap(FileManager.default.enumerator(atPath: root.path))
      .compactMap { $0 as? String }.filter { $0.hasSuffix(".yaml") }.sorted()
    XCTAssertGreaterThan(files.count, 6)
    var found: [String: [String]] = [:]
    for file in files {
      let loaded = ExperimentLoader.load(
        path: root.appendingPathComponent(file).path, checksFiles: false)
      let result = ExperimentCheck(loaded.experiment, loaded.diagnostics)
      XCTAssertTrue(result.isRight, "\(file): \(result.diagnostics.map(\.message))")
      let codes = result.diagnostics.map { "\($0.code.rawValue)" }
      if !codes.isEmpty { found[file] = codes }
    }
    // As it is usually written, the experiment has every mistake that a file can show.
    XCTAssertEqual(
      found,
      [
        "flowers102/squeezenet1_0_as_written.yaml": [
          "eval-scale", "no-effect-bn", "rate-stays-high", "no-effect-scheduler",
        ],
        "flowers102/tf_efficientnet_lite0_as_written.yaml": [
          "normalization-unlike-weights", "eval-scale", "normalization-unlike-weights",
          "bn-batch-stats-frozen", "rate-stays-high", "no-effect-scheduler",
        ],
      ])
  }

  // MARK: Silencing

  func testACommentSilencesItsLine() {
    let mistake = "freeze: {all_but: head, bn: train}"
    func codes(_ text: String) -> [String] {
      check(clean("freeze", text)).diagnostics.map(\.code.rawValue)
    }
    XCTAssertEqual(codes(mistake), ["bn-batch-stats-frozen"])
    XCTAssertEqual(codes(mistake + "  # xrun: allow bn-batch-stats-frozen"), [])
    XCTAssertEqual(
      codes(mistake + "  # xrun: allow eval-scale, bn-batch-stats-frozen: on purpose"), [])
    XCTAssertEqual(codes("# xrun: allow bn-batch-stats-frozen\n# because\n" + mistake), [])
    XCTAssertEqual(codes(mistake + "  # xrun: allow eval-scale"), ["bn-batch-stats-frozen"])
    XCTAssertEqual(
      codes("# xrun: allow bn-batch-stats-frozen\n\n" + mistake), ["bn-batch-stats-frozen"])
    XCTAssertEqual(
      codes("x: 1  # xrun: allow unknown-key"), ["unknown-code", "unknown-key"].reversed())
    let wrong = check(clean("freeze", mistake + "  # xrun: allow bn-batch-stat-frozen"))
    XCTAssertFalse(wrong.isRight)
    XCTAssertEqual(
      wrong.diagnostics.map(\.primary?.text), ["did you mean 'bn-batch-stats-frozen'?"])
    XCTAssertEqual(wrong.diagnostics.first?.primary?.span.column, 51)
    XCTAssertEqual(
      check(clean("freeze", mistake)).diagnostics.allowing(["bn-batch-stats-frozen"]).count, 0)
  }

  func testSharedSettingsAreSpokenOfOnce() {
    let text = """
      name: example
      data: {builtin: petals}
      transforms:
        train: [Resize: [96, 96], CenterCrop: 64, ToTensor, Normalize: imagenet]
        eval: [Resize: [64, 64], ToTensor, Normalize: imagenet]
      model: {backbone: resnet18, weights: builtin}
      optimizer: {Adam: {lr: 1e-4}}
      phases: [{name: a, epochs: 2}, {name: b, epochs: 2}]

      """
    XCTAssertEqual(check(text).diagnostics.map(\.code.rawValue), ["eval-scale"])
  }
}
