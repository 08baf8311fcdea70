import Foundation
import TestSupport
import XCTest

/// The cache of decoded pictures as runs share it: nothing that happens to it changes what a run gives.
final class CacheTests: XCTestCase {
  /// Weights, metrics and predictions of a run folder.
  private func results(_ program: Program, _ result: Program.Result) throws -> [String: Data] {
    XCTAssertEqual(result.status, 0, result.errors)
    let files = [
      "best.safetensors", "last.safetensors", "metrics.jsonl", "predictions/val.csv",
      "predictions/test.csv", "freeze.json", "steps.csv", "data.csv",
    ]
    return Dictionary(
      uniqueKeysWithValues: try files.map { ($0, try program.bytes("\(result.lastLine)/\($0)")) })
  }

  private func cacheLine(_ result: Program.Result) -> String? {
    result.errors.split(separator: "\n").first { $0.hasPrefix("cache ") }.map(String.init)
  }

  private struct Listing: Decodable {
    struct Pipeline: Decodable {
      let key: String
      let program: String
      let pictures: Int
      let packs: Int
      let bytes: Int
    }
    let folder: String
    let bytes: Int
    let limit: Int
    let pipelines: [Pipeline]
    let problems: [String]
  }

  private func listing(_ program: Program) throws -> Listing {
    let result = try program.run(["cache", "ls", "--json"])
    XCTAssertEqual(result.status, 0, result.errors)
    return try JSONDecoder().decode(Listing.self, from: Data(result.output.utf8))
  }

  func testWholeRunsGiveTheSameBytesWithAndWithoutIt() throws {
    let program = try Program()
    // Two phases with other transforms, and a part of the training pictures to validate.
    try program.experiment(
      "small.yaml",
      [
        "folder: pictures\n": "folder: pictures\n  splits: {val: {fraction: 0.3}}\n",
        "freeze: none\noptimizer: {Adam: {lr: 1e-3}}\nscheduler: {StepLR: {step_size: 2}}\nepochs: 2":
          """
        phases:
          - {name: one, freeze: {all_but: head}, optimizer: {Adam: {lr: 1e-3}}, epochs: 1}
          - {name: two, freeze: none, optimizer: {SGD: {lr: 1e-3}}, epochs: 1}
        """,
      ])
    let without = try program.run(["small.yaml"], environment: ["XRUN_CACHE": "off"])
    let first = try program.run(["small.yaml"])
    let second = try program.run(["small.yaml"])
    XCTAssertNil(cacheLine(without))
    let firstLine = try XCTUnwrap(cacheLine(first), first.errors)
    XCTAssertTrue(firstLine.contains("52 of 52 pictures, all new"), firstLine)
    let secondLine = try XCTUnwrap(cacheLine(second), second.errors)
    XCTAssertTrue(secondLine.contains("52 of 52 pictures, "), secondLine)
    XCTAssertFalse(secondLine.contains("new"), secondLine)
    let expected = try results(program, without)
    XCTAssertEqual(try results(program, first), expected)
    XCTAssertEqual(try results(program, second), expected)
    // Pictures that are decoded smaller are others, kept as the run will look for them.
    let exact = try listing(program).pipelines
    let fast = try program.run(["small.yaml", "data.decode=fast"])
    let fastLine = try XCTUnwrap(cacheLine(fast), fast.errors)
    XCTAssertTrue(fastLine.contains("52 of 52 pictures, all new"), fastLine)
    let added = Set(try listing(program).pipelines.map(\.program)).subtracting(exact.map(\.program))
    XCTAssertFalse(added.isEmpty)
    XCTAssertTrue(added.allSatisfy { $0.contains("\ndecode fast\n") }, "\(added)")
    // The record says it too.
    let record = try JSONSerialization.jsonObject(
      with: program.bytes("\(second.lastLine)/run.json"))
    let cache = try XCTUnwrap((record as? [String: Any])?["cache"] as? [String: Any])
    XCTAssertEqual(cache["cached"] as? Int, 52)
    XCTAssertEqual(cache["added"] as? Int, 0)
    let log = try String(contentsOfFile: "\(second.lastLine)/log.txt", encoding: .utf8)
    XCTAssertTrue(log.contains("cache: 52 of 52 pictures"), log)
  }

  func testListingAndPruning() throws {
    let program = try Program()
    try program.experiment("small.yaml", ["epochs: 2": "epochs: 1"])
    let empty = try program.run(["cache", "ls"])
    XCTAssertEqual(empty.status, 0)
    XCTAssertTrue(empty.errors.contains("nothing in"), empty.errors)
    XCTAssertEqual(try program.run(["small.yaml"]).status, 0)
    let before = try listing(program)
    XCTAssertEqual(before.folder, program.folder("cache") + "/pictures-1")
    XCTAssertEqual(before.limit, 8 << 30)
    XCTAssertEqual(Set(before.pipelines.map(\.pictures)), [40, 28])
    XCTAssertEqual(before.bytes, before.pipelines.reduce(0) { $0 + $1.bytes })
    XCTAssertEqual(before.problems, [])
    let text = try program.run(["cache", "ls"]).output
    XCTAssertTrue(
      text.contains("Resize(interpolation=bilinear, max_size=null, size=[40,40])"), text)

    // The smaller one fits.
    let limit = try XCTUnwrap(before.pipelines.map(\.bytes).max())
    let pruned = try program.run(["cache", "prune", "--to", "\(limit)"])
    XCTAssertEqual(pruned.status, 0, pruned.errors)
    XCTAssertTrue(pruned.output.contains("in 1 packs"), pruned.output)
    XCTAssertEqual(try listing(program).pipelines.count, 1)
    XCTAssertEqual(try program.run(["cache", "prune", "--all"]).status, 0)
    XCTAssertEqual(try listing(program).pipelines.count, 0)

    for wrong in [["prune", "--to", "much"], ["prune", "--all", "--to", "1G"], ["rm"]] {
      XCTAssertEqual(try program.run(["cache"] + wrong).status, 64, "\(wrong)")
    }
    let size = try program.run(["small.yaml"], environment: ["XRUN_CACHE_SIZE": "large"])
    XCTAssertEqual(size.status, 64)
    XCTAssertTrue(size.errors.contains("XRUN_CACHE_SIZE"), size.errors)
    let off = try program.run(["cache", "ls"], environment: ["XRUN_CACHE": ""])
    XCTAssertEqual(off.status, 0)
    XCTAssertTrue(off.errors.contains("off"), off.errors)
  }

  func testATornPackIsNamedAndTrainingGoesOn() throws {
    let program = try Program()
    try program.experiment("small.yaml", ["epochs: 2": "epochs: 1"])
    let expected = try results(program, program.run(["small.yaml"]))
    let root = program.folder("cache") + "/pictures-1"
    let packs = try XCTUnwrap(FileManager.default.subpaths(atPath: root))
      .filter { $0.hasSuffix(".pack") }.map { root + "/" + $0 }
    XCTAssertEqual(packs.count, 3, "of train, val and test")
    for path in packs {
      let whole = try program.bytes(path)
      try whole.prefix(whole.count - 5).write(to: URL(fileURLWithPath: path))
    }
    let torn = try program.run(["small.yaml"])
    for path in packs { XCTAssertTrue(torn.errors.contains(path), torn.errors) }
    XCTAssertEqual(try results(program, torn), expected)
    // Written anew under the same names.
    XCTAssertEqual(try listing(program).problems, [])
    // Damage inside shows when the picture is read.
    var whole = try program.bytes(packs[0])
    whole[100] ^= 1
    try whole.write(to: URL(fileURLWithPath: packs[0]))
    let damaged = try program.run(["small.yaml"])
    XCTAssertTrue(
      damaged.errors.contains("cache: '\(packs[0])' is a torn or damaged"), damaged.errors)
    XCTAssertEqual(try results(program, damaged), expected)
  }

  /// More pictures than the other tests have, so that there is time to be killed in.
  private func large() throws -> Program {
    let program = try Program()
    try FileManager.default.removeItem(atPath: program.folder("pictures"))
    try PictureFolder.write(
      to: program.folder("pictures"), pictures: ["train": 60, "val": 6, "test": 3], size: 160)
    try program.experiment(
      "small.yaml", ["epochs: 2": "epochs: 1", "freeze: none": "freeze: {all_but: head}"])
    return program
  }

  func testKilledAtAnyMoment() throws {
    let program = try large()
    let expected = try results(
      program, program.run(["small.yaml"], environment: ["XRUN_CACHE": "off"]))
    var hidden = 0
    var unfinished = 0
    for number in 0..<24 {
      let killed = try program.run(["small.yaml"]) { process, _ in
        // From before the first picture to the middle of training.
        usleep(UInt32(20_000 + number * 25_000))
        kill(process.processIdentifier, SIGKILL)
      }
      unfinished += killed.wasSignalled ? 1 : 0
      let files = FileManager.default.subpaths(atPath: program.folder("cache")) ?? []
      hidden += files.filter { $0.hasSuffix(".writing") }.count
      XCTAssertEqual(try listing(program).problems, [], "kill \(number)")
      if number % 6 == 5 {
        XCTAssertEqual(try results(program, program.run(["small.yaml"])), expected)
        XCTAssertEqual(Set(try listing(program).pipelines.map(\.pictures)), [240, 36])
        XCTAssertEqual(try program.run(["cache", "prune", "--all"]).status, 0)
        let left = FileManager.default.subpaths(atPath: program.folder("cache/pictures-1")) ?? []
        XCTAssertEqual(left, [], "leftovers are removed with everything")
      }
    }
    XCTAssertGreaterThan(unfinished, 10)
    XCTAssertGreaterThan(hidden, 0, "no kill hit a writer: the moments need another choice")
  }

  func testTwoRunsAtOnce() throws {
    let program = try large()
    let expected = try results(
      program, program.run(["small.yaml"], environment: ["XRUN_CACHE": "off"]))
    let both = try program.run(["small.yaml"]) { _, _ in
      let other = try program.run(["small.yaml"])
      XCTAssertEqual(try self.results(program, other), expected)
      XCTAssertTrue(self.cacheLine(other)?.contains("276 of 276") ?? false, other.errors)
    }
    XCTAssertEqual(try results(program, both), expected)
    XCTAssertEqual(
      Set(try listing(program).pipelines.map(\.pictures)), [240, 36], "nothing is there twice")
  }

  func testAFullDiskTurnsItOffWithANote() throws {
    let program = try Program()
    try program.experiment("small.yaml", ["epochs: 2": "epochs: 1"])
    let expected = try results(
      program, program.run(["small.yaml"], environment: ["XRUN_CACHE": "off"]))
    let disk = program.folder("disk")
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
    let mounted = try? Command(
      "/usr/bin/env", ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk])
    guard mounted?.status == 0 else {
      throw XCTSkip("a small disk cannot be mounted here; PictureCacheTests injects failures")
    }
    defer { _ = try? Command("/usr/bin/env", ["umount", disk]) }
    let full = try program.run(["small.yaml"], environment: ["XRUN_CACHE": disk])
    XCTAssertTrue(full.errors.contains("nearly full"), full.errors)
    XCTAssertEqual(try results(program, full), expected)
    let unwritable = try program.run(
      ["small.yaml"], environment: ["XRUN_CACHE": program.folder("small.yaml")])
    XCTAssertTrue(unwritable.errors.contains("Not a directory"), unwritable.errors)
    XCTAssertEqual(try results(program, unwritable), expected)
  }
}
