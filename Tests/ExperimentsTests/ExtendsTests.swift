import Diagnostics
import Experiments
import XCTest

/// Files laid over files.
final class ExtendsTests: XCTestCase {
  private var folder = URL(fileURLWithPath: "/")

  override func setUpWithError() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("xrun-extends-\(getpid())-\(UInt32.random(in: 0...UInt32.max))")
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("shared"), withIntermediateDirectories: true)
  }

  override func tearDownWithError() throws {
    try FileManager.default.removeItem(at: folder)
  }

  private func write(_ name: String, _ text: String) throws {
    try text.write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
  }

  private func load(_ name: String, _ overrides: [String] = []) -> (
    experiment: Experiment?, found: [String]
  ) {
    let (experiment, diagnostics) = ExperimentLoader.load(
      path: folder.path + "/" + name, overrides: overrides, checksFiles: false)
    return (
      experiment,
      diagnostics.map {
        let span = $0.primary?.span
        let file = (span?.source.name ?? "").replacingOccurrences(of: folder.path + "/", with: "")
        return "\(file):\(span?.line ?? 0):\(span?.column ?? 0) \($0.code.rawValue)"
      }
    )
  }

  func testALaterFileWins() throws {
    try write(
      "shared/base.yaml",
      Examples.small("data", "data: {folder: pictures, workers: 2}")
        + "train: {batch_size: 8, clip_grad_norm: 1}\nscheduler: {StepLR: {step_size: 2, gamma: 0.5}}\n"
    )
    try write("shared/more.yaml", "epochs: 7\ntrain: {monitor: val/loss}\ntags: [a, b]\n")
    try write(
      "x.yaml",
      """
      extends: [shared/base.yaml, shared/more.yaml]
      name: mine
      train: {clip_grad_norm: null, drop_last: true}
      tags: [c]
      scheduler: {StepLR: {step_size: 9}}
      data: {class_names: names.json}
      """)
    let (loaded, found) = load("x.yaml", ["epochs=8"])
    XCTAssertEqual(found, [])
    let experiment = try XCTUnwrap(loaded)
    let phase = experiment.phases[0]
    XCTAssertEqual(experiment.name, "mine")
    XCTAssertEqual(experiment.tags, ["c"])
    XCTAssertEqual(phase.epochs, 8)
    XCTAssertEqual(phase.train, TrainSettings(batchSize: 8, dropLast: true, monitor: "val/loss"))
    // Components are replaced whole.
    XCTAssertEqual(phase.scheduler?.values.entries["step_size"], .integer(9))
    XCTAssertEqual(phase.scheduler?.values.entries["gamma"], .number(0.1))
    // A path is relative to the file that it is written in.
    XCTAssertEqual(experiment.data.source, .folder(folder.path + "/shared/pictures"))
    XCTAssertEqual(experiment.data.classNames, folder.path + "/shared/pictures/names.json")
    XCTAssertEqual(experiment.data.workers, 2)
    XCTAssertEqual(
      experiment.files,
      ["x.yaml", "shared/base.yaml", "shared/more.yaml"].map { folder.path + "/" + $0 })
    // Where it came from.
    XCTAssertTrue(
      experiment.resolvedYAML().contains(
        "batch_size: 8  # \(folder.path)/shared/base.yaml:13:21\n"),
      experiment.resolvedYAML())
    let resolved = try XCTUnwrap(Examples.load(experiment.resolvedYAML()).experiment)
    XCTAssertEqual(resolved.configurationHash, experiment.configurationHash)
  }

  func testChainsAndSharedBases() throws {
    try write("a.yaml", Examples.small())
    try write("b.yaml", "extends: a.yaml\nepochs: 4\n")
    try write("c.yaml", "extends: a.yaml\nseed: 9\n")
    try write("d.yaml", "extends: [b.yaml, ./c.yaml]\n")
    let (experiment, found) = load("d.yaml")
    XCTAssertEqual(found, [])
    // c extends a too, so a's epochs win over b's: a later file wins with all that it is made of.
    XCTAssertEqual(experiment?.phases[0].epochs, 3)
    XCTAssertEqual(experiment?.seed, 9)
  }

  func testMistakesAreWhereTheyAreWritten() throws {
    try write("base.yaml", Examples.small("epochs", "epochs: 0\nsed: 1"))
    try write("x.yaml", "extends: base.yaml\ntrain: {batch_size: no}\n")
    XCTAssertEqual(
      load("x.yaml", ["name=a/b"]).found,
      [
        "x.yaml:2:21 wrong-kind", "base.yaml:12:9 out-of-range", "base.yaml:13:1 unknown-key",
        "<argument 1>:1:6 bad-name",
      ])
  }

  func testPathsInMessagesAreShort() throws {
    try write("base.yaml", Examples.small("epochs", "epochs: 0"))
    try write("shared/x.yaml", "extends: ./../shared/../base.yaml\n")
    XCTAssertEqual(load("shared/x.yaml").found, ["base.yaml:12:9 out-of-range"])
    XCTAssertEqual(FilePath.shortened("b/../a/./x.yaml"), "a/x.yaml")
    XCTAssertEqual(FilePath.shortened("../../x"), "../../x")
    XCTAssertEqual(FilePath.shortened("a/.."), ".")
    XCTAssertEqual(FilePath.shortened("/../a//b/.."), "/a")
    // Behind a link `..` is not where it seems to be.
    let link = folder.path + "/link"
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: folder.path + "/shared")
    XCTAssertEqual(FilePath.shortened(link + "/../x"), link + "/../x")
  }

  func testCyclesAndWhatIsNotThere() throws {
    try write("a.yaml", "extends: b.yaml\n")
    try write("b.yaml", "extends: [x/../a.yaml]\n")
    XCTAssertEqual(load("a.yaml").found, ["b.yaml:1:11 extends-cycle"])
    try write("self.yaml", Examples.small() + "extends: self.yaml\n")
    XCTAssertEqual(load("self.yaml").found, ["self.yaml:14:10 extends-cycle"])
    // What is missing because of it is not reported.
    try write("gone.yaml", "extends: [nowhere.yaml, 3]\nseed: -1\n")
    XCTAssertEqual(
      load("gone.yaml").found,
      ["gone.yaml:1:11 missing-file", "gone.yaml:1:25 wrong-kind", "gone.yaml:2:7 out-of-range"])
    try write("bad.yaml", "a: [\n")
    try write("onbad.yaml", "extends: bad.yaml\n")
    XCTAssertEqual(load("onbad.yaml").found.count, 1)
    try write("list.yaml", "[1]\n")
    try write("onlist.yaml", "extends: list.yaml\n")
    XCTAssertEqual(load("onlist.yaml").found, ["onlist.yaml:1:10 wrong-kind"])
    try write("ok.yaml", Examples.small())
    XCTAssertEqual(
      load("ok.yaml", ["extends=a.yaml"]).found, ["<argument 1>:1:1 bad-override"])
  }

  func testANullThatTakesWhatIsNeededIsToBlame() throws {
    try write("base.yaml", Examples.small())
    try write("x.yaml", "extends: base.yaml\nname: null\nmodel: {head: linear, backbone: ~}\n")
    XCTAssertEqual(load("x.yaml").found, ["x.yaml:2:7 missing-key", "x.yaml:3:33 missing-key"])
    XCTAssertEqual(
      load("x.yaml", ["name=y", "model.weights=none"]).found, ["x.yaml:3:33 missing-key"])
    // A file that gives it again makes up for it.
    try write("y.yaml", "extends: x.yaml\nname: y\nmodel: {backbone: resnet18}\n")
    XCTAssertEqual(load("y.yaml").found, [])
  }

  func testExtendingBothWaysCannotExplode() throws {
    for level in 0..<30 {
      try write("\(level).yaml", "extends: [\(level + 1).yaml, \(level + 1).yaml]\n")
    }
    try write("30.yaml", Examples.small())
    let clock = ContinuousClock()
    var found: [String] = []
    let time = clock.measure { found = load("0.yaml").found }
    XCTAssertTrue(found.contains { $0.hasSuffix("too-many-files") })
    XCTAssertLessThan(time, .seconds(2))
  }
}
