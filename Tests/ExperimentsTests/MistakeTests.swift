import Diagnostics
import Experiments
import TestSupport
import XCTest

/// Every page of `Mistakes/`: a code, what it means, and wrong texts marked where they are wrong.
///
/// The word behind `yaml` names the block of the small experiment that the text stands for; without
/// one it is the whole file.
final class MistakeTests: XCTestCase {
  private func pages() throws -> [MarkedPage] {
    let pages = try MarkedPage.all(in: "Mistakes", beside: #filePath)
    for page in pages { XCTAssertEqual(page.title, "# \(page.code)") }
    return pages
  }

  /// A whole file, or the small experiment with the text in its place.
  private func whole(_ block: String?, _ text: String) -> String {
    block.map { Examples.small($0, text) } ?? text
  }

  func testMarkedMistakesAreFoundAndNothingElse() throws {
    var count = 0
    for page in try pages() {
      var codes = Set<String>()
      for (block, text) in page.texts {
        let whole = whole(block, text)
        let loaded = Examples.load(whole)
        let check = ExperimentCheck(loaded.experiment, loaded.diagnostics)
        let diagnostics = check.diagnostics
        let marked = MarkedText(whole)
        XCTAssertFalse(check.isRight, "\(page.code): \(text)")
        XCTAssertFalse(marked.marks.isEmpty, "\(page.code): \(text)")
        XCTAssertEqual(marked.differences(from: diagnostics), [], "\(page.code):\n\(text)")
        codes.formUnion(marked.marks.map(\.code))
        count += marked.marks.count
        // The order is the text's.
        let places = diagnostics.compactMap { $0.primary?.span.range.lowerBound }
        XCTAssertEqual(places, places.sorted(), text)
      }
      XCTAssertTrue(codes.contains(page.code), "\(page.code) has no mark of its own")
    }
    XCTAssertGreaterThan(count, 200)
    XCTAssertGreaterThanOrEqual(try pages().reduce(0) { $0 + $1.texts.count }, 150)
  }

  func testEveryErrorSaysWhatToDo() throws {
    for page in try pages() {
      for (block, text) in page.texts {
        let loaded = Examples.load(whole(block, text))
        for diagnostic in ExperimentCheck(loaded.experiment, loaded.diagnostics).diagnostics {
          XCTAssertFalse(diagnostic.help?.isEmpty ?? true, "\(diagnostic.message): \(text)")
          XCTAssertFalse(diagnostic.help?.contains("\n") ?? false, "\(diagnostic.message)")
        }
      }
    }
  }

  /// Where two values do not fit each other, both are shown.
  func testBothPlacesAreShown() {
    func labels(_ block: String, _ text: String) -> [String] {
      let loaded = Examples.load(Examples.small(block, text))
      return ExperimentCheck(loaded.experiment, loaded.diagnostics).diagnostics.flatMap { found in
        found.labels.map { label in
          let bytes = label.span.source.bytes[label.span.range]
          return "\(String(decoding: bytes, as: UTF8.self)): \(label.text)"
        }
      }
    }
    func train(_ list: String) -> [String] {
      labels("transforms", "transforms: {train: [\(list)], eval: [Resize: [9, 9], ToTensor]}")
    }
    XCTAssertEqual(
      train("Resize: [9, 9], ToTensor, Normalize: {mean: [1, 1, 1], std: [1, 2]}"),
      ["[1, 1, 1]: 'mean' has 3 values"])
    XCTAssertEqual(
      train("Resize: [9, 9], Normalize: imagenet, ToTensor"),
      ["ToTensor: it is a tensor only from here on"])
    XCTAssertEqual(
      train("Resize: [9, 9], ToTensor, CenterCrop: 3"), ["ToTensor: from here on it is a tensor"])
    XCTAssertEqual(
      train("Resize: {size: 30, max_size: 20}, CenterCrop: 9, ToTensor"), ["30: 'size' is set here"]
    )
    XCTAssertEqual(
      train("Resize: 30, ToTensor"), ["30: one length: the other depends on the file"])
    XCTAssertEqual(
      labels(
        "optimizer", "optimizer: {SGD: {lr: 1, momentum: 0.9, dampening: 0.5, nesterov: true}}"),
      ["0.5: 'dampening' is set here"])
    XCTAssertEqual(
      labels("freeze", "freeze: {until: layer9}"), ["resnet18: the network"])
    XCTAssertEqual(
      labels("freeze", "freeze: {all_but: head, until: layer3}"), ["head: the first"])
    XCTAssertEqual(
      labels("data", "data: {folder: a, builtin: petals}"), ["a: the first"])
    XCTAssertEqual(
      labels("model", "model: {backbone: squeezenet1_0}\nseed: 1").count, 0)
    let small = Examples.small("model", "model: {backbone: squeezenet1_0}")
      .replacingOccurrences(of: "[64, 64]", with: "[8, 8]")
    let loaded = Examples.load(small)
    let found = ExperimentCheck(loaded.experiment, loaded.diagnostics).diagnostics
    XCTAssertEqual(found.map(\.code), ["shape-mismatch"])
    XCTAssertEqual(found.first?.labels.map(\.text), ["the pictures' size is decided here"])
  }

  func testEverythingAtOnceInOrder() {
    let text = """
      name: [a]
      # ^   error[wrong-kind] "x"
      sed: 1
      data: {builtin: petal, workers: many}
      model: {backbone: resnet8, weights: runs}
      optimizer: {Adam: {lr: -1, beta: 2}}
      epochs: 1.5
      transforms:
        train: [Resize: [8, 8, 8], ToTensr]
        eval: [Resize: {sice: 3}, ToTensor]
      """
    let (_, diagnostics) = Examples.load(text)
    XCTAssertEqual(
      diagnostics.map { "\($0.primary?.span.line ?? 0) \($0.code.rawValue)" },
      [
        "1 wrong-kind", "3 unknown-key", "4 unknown-choice", "4 wrong-kind",
        "5 unknown-backbone", "5 unknown-weights", "6 out-of-range", "6 unknown-parameter",
        "7 wrong-kind", "9 wrong-count", "9 unknown-component", "10 unknown-parameter",
      ])
    XCTAssertEqual(diagnostics.summary, "12 errors")
  }

  // MARK: Overrides

  private func mistakes(_ text: String, _ arguments: [String]) -> [String] {
    Examples.load(text, overrides: arguments).diagnostics.map {
      let span = $0.primary?.span
      let label = $0.primary?.text ?? ""
      return "\(span?.source.name ?? ""):\(span?.column ?? 0) \($0.code.rawValue)"
        + (label.isEmpty ? "" : " \(label)")
    }
  }

  func testErrorsPointAtTheArgument() {
    for (argument, expected) in [
      ("optimizer.lr=fast", "14 wrong-kind"), ("optimizer.lr=-1", "14 out-of-range"),
      ("optimizer.lrr=1", "11 unknown-parameter did you mean 'lr'?"),
      ("optimizer.Adam.lrr=1", "16 unknown-parameter did you mean 'lr'?"),
      ("optimzer.lr=1", "1 unknown-key did you mean 'optimizer'?"),
      ("optimizer.SGD.lr=1", "11 bad-override"),
      ("optimizer=Adm", "11 unknown-component did you mean 'Adam'?"),
      ("epochs=2.0", "8 wrong-kind write 2"), ("epochs=", "1 missing-key"),
      ("epochs", "1 bad-override"), ("=1", "1 bad-override"), ("epochs.x=1", "8 bad-override"),
      (".epochs=1", "1 bad-override"), ("a..b=1", "3 bad-override"), ("a[x].b=1", "2 bad-override"),
      ("transforms.train[9].size=3", "17 bad-override"),
      ("transforms.train.ToTensr=3", "18 bad-override did you mean 'ToTensor'?"),
      ("transforms.train.Resize.size=[1, 2, 3]", "30 wrong-count"),
      ("transforms.train.Resize.sise=3", "25 unknown-parameter did you mean 'size'?"),
      ("train.batch_size=0", "18 out-of-range"),
      ("train.batchsize=2", "7 unknown-key did you mean 'batch_size'?"),
      ("scheduler.step_size=3", "11 bad-override"), ("sweep.method=grid", "1 not-yet"),
      ("optimizer.lr=[", "14 syntax"), ("optimizer.lr='x", "14 syntax"),
      ("data.class_names=${env:X}", "18 missing-variable"),
      ("optimizer.lr=\u{1}", "14 control-character"),
      ("freeze.bn=eval", "1 missing-key"), ("phases.x.epochs=1", "8 bad-override"),
      ("model.backbone=resnet1O1", "16 unknown-backbone did you mean 'resnet101'?"),
    ] {
      let found = mistakes(Examples.small(), ["seed=1", argument])
      XCTAssertEqual(found.first, "<argument 2>:\(expected)", argument)
      XCTAssertEqual(found.count, 1, "\(argument): \(found)")
    }
  }

  func testOverridesOfWhatIsNotThereSayWhatToWrite() {
    for (argument, help) in [
      ("phases.x.epochs=1", "without it, write 'epochs=1'"),
      ("optimizer.betas[0]=0.8", "give it whole: 'optimizer.betas=[…]'"),
      ("transforms.train.ToTensor[0]=1", "name one of its arguments"),
    ] {
      let found = Examples.load(Examples.small(), overrides: [argument]).diagnostics
      XCTAssertEqual(found.map(\.code), ["bad-override"], argument)
      XCTAssertEqual(found.first?.help, help)
    }
  }

  func testOverridesThatEndAtAComponent() throws {
    let text = Examples.small(
      "transforms",
      """
      transforms:
        train: [Resize: [9, 9], CenterCrop: 8, ToTensor, Normalize: {mean: [1, 1, 1], std: [1, 1, 1]}]
        eval: [Resize: [8, 8], ToTensor]
      """)
    func resolved(_ arguments: String...) throws -> String {
      let (experiment, diagnostics) = Examples.load(text, overrides: arguments)
      XCTAssertEqual(diagnostics.map(\.message), [])
      return try XCTUnwrap(experiment).resolvedYAML()
    }
    for (argument, long) in [
      ("CenterCrop=7", "CenterCrop.size=7"), ("CenterCrop={size: 7}", "CenterCrop.size=7"),
      ("Resize[0]=12", "Resize.size=[12, 9]"), ("[0][1]=12", "Resize.size=[9, 12]"),
      ("Normalize=imagenet", "[3]={Normalize: imagenet}"),
    ] {
      let dot = argument.hasPrefix("[") ? "" : "."
      let longDot = long.hasPrefix("[") ? "" : "."
      func values(_ text: String) -> [Substring] {
        // Without the comments, which tell where a value was written.
        text.split(separator: "\n").map { $0.prefix { $0 != "#" } }
      }
      XCTAssertEqual(
        values(try resolved("transforms.train\(dot)\(argument)")),
        values(try resolved("transforms.train\(longDot)\(long)")), argument)
      XCTAssertNotEqual(
        values(try resolved("transforms.train\(dot)\(argument)")), values(try resolved()))
    }
    XCTAssertEqual(
      mistakes(text, ["transforms.train.Normalize={mean: [1, 1, 1]}"]),
      ["<argument 1>:18 missing-parameter"])
    let none = Examples.small("freeze", "freeze: none")
    XCTAssertEqual(mistakes(none, ["freeze.until=layer1"]), [])
  }

  func testOverridesOfPhasesSayWhichPhase() {
    let (_, diagnostics) = Examples.load(Examples.flowers, overrides: ["optimizer.lr=1"])
    XCTAssertEqual(diagnostics.map(\.code), ["bad-override"])
    XCTAssertEqual(
      diagnostics.first?.help,
      "say in which: 'phases.head.optimizer.lr=1' or 'phases.all.optimizer.lr=1'")
    XCTAssertEqual(mistakes(Examples.flowers, ["epochs=1"]), ["<argument 1>:1 bad-override"])
    XCTAssertEqual(
      mistakes(Examples.flowers, ["phases.heads.epochs=1"]),
      ["<argument 1>:8 bad-override did you mean 'head'?"])
    let twice = Examples.small(
      "transforms",
      "transforms: {train: [Resize: 9, Resize: [8, 8], ToTensor], eval: [Resize: [8, 8], ToTensor]}"
    )
    XCTAssertEqual(
      mistakes(twice, ["transforms.train.Resize.size=3"]), ["<argument 1>:18 bad-override"])
    XCTAssertEqual(mistakes(twice, ["transforms.train[1].size=[3, 3]"]), [])
  }

  // MARK: Files

  func testMissingFilesAreNamedAbsolutely() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("xrun-experiments-\(getpid())")
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("pictures/train"), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func load(_ data: String, _ weights: String) throws -> [String] {
      let text = Examples.small("data", data)
        .replacingOccurrences(of: "weights: builtin", with: "weights: \(weights)")
      let file = folder.appendingPathComponent("x.yaml")
      try text.write(to: file, atomically: true, encoding: .utf8)
      return ExperimentLoader.load(path: file.path).diagnostics.map {
        let place = $0.primary?.span
        return "\(place?.line ?? 0):\(place?.column ?? 0) \($0.code.rawValue) \($0.message)"
      }
    }
    let root = folder.path
    XCTAssertEqual(
      try load("data: {folder: nowhere, class_names: c.json}", "w/a.safetensors"),
      [
        "2:16 missing-folder there is no folder '\(root)/nowhere'",
        "10:38 missing-file there is no file '\(root)/w/a.safetensors'",
      ])
    XCTAssertEqual(
      try load(
        "data: {folder: pictures, splits: {test: exam}, class_names: c.json}", "../r/s/last"),
      [
        "2:16 missing-folder there is no folder '\(root)/pictures/val'",
        "2:41 missing-folder there is no folder '\(root)/pictures/exam'",
        "2:61 missing-file there is no file '\(root)/pictures/c.json'",
        "10:38 missing-folder there is no folder '\(folder.deletingLastPathComponent().path)/r/s'",
      ])
    XCTAssertEqual(
      try load("data: {folder: x.yaml}", "pictures/best"),
      [
        "2:16 missing-folder '\(root)/x.yaml' is no folder",
        "10:38 missing-file there is no file '\(root)/pictures/best.safetensors'",
      ])
    XCTAssertEqual(try load("data: {folder: pictures, splits: {val: {fraction: 0.5}}}", "none"), [])
    XCTAssertEqual(
      ExperimentLoader.load(path: root + "/none.yaml").diagnostics.map(\.message),
      ["'\(root)/none.yaml' cannot be read: No such file or directory"])
    XCTAssertEqual(
      ExperimentLoader.load(path: root).diagnostics.map(\.code.rawValue), ["missing-file"])
  }

  func testMissingPathsAreLookedForElsewhere() throws {
    let root = FileManager.default.temporaryDirectory
      .appendingPathComponent("xrun-paths-\(getpid())").standardizedFileURL
    defer { try? FileManager.default.removeItem(at: root) }
    func make(_ path: String, isFolder: Bool = true) throws {
      let url = root.appendingPathComponent(path)
      try FileManager.default.createDirectory(
        at: isFolder ? url : url.deletingLastPathComponent(), withIntermediateDirectories: true)
      if !isFolder { try Data("x".utf8).write(to: url) }
    }
    for folder in ["data/flowers102/train", "data/flowers102/valid", "a/b", "a/near/train"] {
      try make(folder)
    }
    try make("weights/net.safetensors", isFolder: false)
    try make("a/runs/first-1/last.safetensors", isFolder: false)
    try make("a/net.foo", isFolder: false)
    func say(_ data: String, _ weights: String = "none") throws -> [String] {
      let text =
        Examples.small("data", "data: {\(data)}")
        .replacingOccurrences(of: "weights: builtin", with: "weights: \(weights)") + "runs: runs\n"
      let file = root.appendingPathComponent("a/x.yaml")
      try text.write(to: file, atomically: true, encoding: .utf8)
      return ExperimentLoader.load(path: file.path).diagnostics.map {
        let label = $0.primary?.text ?? ""
        return (label.isEmpty ? "" : "[\(label)] ") + ($0.help ?? "")
      }
    }
    // One level up or down; another spelling; a near name.
    XCTAssertEqual(
      try say("folder: data/flowers102"), ["it exists one level up: write '../data/flowers102'"])
    XCTAssertEqual(
      try say("folder: ../near, splits: {val: train}"), ["it exists one level down: write 'near'"])
    XCTAssertEqual(
      try say("folder: '../Data/flowers102'"),
      ["[did you mean '../data/flowers102'?] names tell capital letters from small ones"])
    XCTAssertEqual(
      try say("folder: ../data/flower102"),
      ["[did you mean '../data/flowers102'?] paths are relative to the experiment's file"])
    XCTAssertEqual(
      try say("folder: ../data/other/place"),
      ["'\(root.path)/data' is there, but 'other' is not in it"])
    XCTAssertEqual(
      try say("folder: \(root.path)/data/flower102"),
      ["[did you mean '\(root.path)/data/flowers102'?] paths are relative to the experiment's file"]
    )
    // Splits by the names that are there.
    XCTAssertEqual(
      try say("folder: ../data/flowers102"),
      ["in it are 'train' and 'valid': say in 'data.splits.val' which one it is"])
    // Files.
    XCTAssertEqual(
      try say("builtin: petals", "../weights/net"),
      [
        "[did you mean '../weights/net.safetensors'?] a file of weights is named with its ending"
      ])
    XCTAssertEqual(
      try say("builtin: petals", "../weights/nett.safetensors"),
      [
        "[did you mean '../weights/net.safetensors'?] "
          + "paths are relative to the experiment's file"
      ])
    XCTAssertEqual(
      try say("builtin: petals", "./net.foo"),
      ["write \(try XCTUnwrap(weightsDoc()))"])
    XCTAssertEqual(
      try say("builtin: petals", "runs/first-1"),
      ["the run has 'last': write it behind the folder"])
    XCTAssertEqual(
      try say("builtin: petals", "runs/frist-1/last").first?.contains("first-1'?]"), true)

    // Seen from the working directory.
    let here = FileManager.default.currentDirectoryPath
    XCTAssertTrue(FileManager.default.changeCurrentDirectoryPath(root.path))
    defer { _ = FileManager.default.changeCurrentDirectoryPath(here) }
    try make("data/flowers102/val")
    try make("here/pictures")
    let found = try say("folder: here/pictures").first
    XCTAssertEqual(
      found,
      "'here/pictures' exists in the working directory; from this file it is '../here/pictures'")
  }

  private func weightsDoc() -> String? {
    ExperimentSection.declaration.parameter("model").flatMap { parameter in
      guard case .section(let section) = parameter.kind else { return nil }
      return section.parameter("weights")?.doc
    }
  }

  func testMissingExperimentsAreLookedForInTheirFolder() throws {
    let root = FileManager.default.temporaryDirectory
      .appendingPathComponent("xrun-files-\(getpid())")
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: root) }
    try "name: x".write(
      to: root.appendingPathComponent("first.yaml"), atomically: true, encoding: .utf8)
    func help(_ path: String) -> String? {
      ExperimentLoader.load(path: root.path + path).diagnostics.first?.help
    }
    XCTAssertEqual(help("/frist.yaml"), "did you mean '\(root.path)/first.yaml'?")
    XCTAssertEqual(help("/first"), "did you mean '\(root.path)/first.yaml'?")
    XCTAssertEqual(help("/first.yml"), "did you mean '\(root.path)/first.yaml'?")
    XCTAssertEqual(help("/First.yaml"), "did you mean '\(root.path)/first.yaml'?")
    XCTAssertEqual(help("/other.txt"), "in '\(root.path)' are 'first.yaml'")
    XCTAssertEqual(help(""), "name a file in it, such as 'first.yaml'")
    XCTAssertEqual(help("/gone/x.yaml"), "'\(root.path)' is there, but 'gone' is not in it")
  }

  func testManyErrorsTakeLittleTime() {
    let key = (0..<200).map { "wrong_key_\($0): \($0)\n# a line\n# and another\n" }.joined()
    let lines = String(repeating: "# words that are no key\n", count: 1_400)
    let text = Examples.small("notes", "notes: many\n\(lines)\(key)")
    XCTAssertGreaterThan(text.split(separator: "\n").count, 2_000)
    var rendered = ""
    let time = ContinuousClock().measure {
      let diagnostics = Examples.load(text).diagnostics
      XCTAssertEqual(diagnostics.count, 200)
      rendered = diagnostics.rendered(as: .text(isColoured: true, width: 80))
    }
    XCTAssertFalse(rendered.isEmpty)
    // Measured without optimisation; a release build takes a small part of it.
    XCTAssertLessThan(time, .milliseconds(1_000))
    print("2,000 lines with 200 errors: \(time)")
  }

  // MARK: Rendering

  func testOneWholeRendering() {
    let text = Examples.small("optimizer", "optimizer: {Adam: {lr: 1e-2, weigth_decay: 0}}")
    XCTAssertEqual(
      Examples.load(text).diagnostics.rendered(as: .text(isColoured: false)),
      """
      error[unknown-parameter]: 'Adam' has no parameter 'weigth_decay'
        --> experiment.yaml:11:30
         |
      11 | optimizer: {Adam: {lr: 1e-2, weigth_decay: 0}}
         |                              ^^^^^^^^^^^^ did you mean 'weight_decay'?
         = help: its parameters are 'lr', 'betas', 'eps', 'weight_decay' and 'amsgrad'

      """)
  }
}
