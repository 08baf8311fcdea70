import Diagnostics
import Foundation
import Models
import Reports
import Runs
import TestSupport
import XCTest

final class TableTests: XCTestCase {
  fileprivate func table() -> Table {
    var table = Table([
      Table.Column("name"), Table.Column("n", isNumeric: true),
      Table.Column("setting", dropRank: 1), Table.Column("time", isNumeric: true, dropRank: 2),
    ])
    table.add(["fc", "3", "Adam", "45 s"])
    table.add(["花の実験", "12", "SGD", "1 min 05 s"])
    return table
  }

  func testTheWidthOfATextIsThatOfItsCharacters() {
    for text in [
      "", "abc", "0.5 ± 0.1", "0.1–0.2", "“a”…", "é", "e\u{301}", "a\u{AD}b", "\r\n", "\u{1}",
      "花x–", "–\u{301}", "👩‍👩‍👧–", "©\u{FE0F}", "\u{2028}",
    ] {
      XCTAssertEqual(DisplayWidth.of(text), text.reduce(0) { $0 + DisplayWidth.of($1) }, text)
    }
  }

  func testColumnsAreAlignedByDisplayWidth() {
    XCTAssertEqual(
      table().text(width: 80),
      """
      name       n  setting        time
      fc         3  Adam           45 s
      花の実験  12  SGD      1 min 05 s
      """)
  }

  func testColumnsGoByRankThenTheWidestTextIsShortened() {
    XCTAssertEqual(
      table().text(width: 24),
      """
      name       n  setting
      fc         3  Adam
      花の実験  12  SGD
      (not shown at this
        width: time)
      """)
    var long = Table([Table.Column("run"), Table.Column("x", isNumeric: true)])
    long.add(["a-long-name-of-a-run-s0", "0.5"])
    XCTAssertEqual(
      long.text(width: 18),
      """
      run               x
      a-long…-run-s0  0.5
      """.replacing("run               x", with: "run              x")
        .replacing("a-long…-run-s0", with: "a-long…run-s0"))
  }
}

extension TableTests {
  func testControlCharactersReachNoTerminal() {
    var table = Table([Table.Column("a"), Table.Column("b")])
    table.add(["x\ny\r\nz", "\u{1B}[2J\u{7F}\u{9B}\t"])
    XCTAssertEqual(
      table.text(width: 80),
      """
      a       b
      x\u{FFFD}y\u{FFFD}\u{FFFD}z  \u{FFFD}[2J\u{FFFD}\u{FFFD}\u{FFFD}
      """)
  }

  func testNoNameTurnsRoundTheTable() {
    var table = Table([Table.Column("optimizer.\u{202E}rl"), Table.Column("b")])
    table.add(["a\u{2067}", "\u{200F}b"])
    XCTAssertEqual(
      table.text(width: 80),
      """
      optimizer.\u{FFFD}rl  b
      a\u{FFFD}             \u{FFFD}b
      """)
    XCTAssertTrue(table.markdown.contains("| a\u{FFFD} | \u{FFFD}b |"), table.markdown)
  }

  func testNoWidthIsTooSmall() {
    for width in -1...30 { XCTAssertFalse(table().text(width: width).isEmpty) }
  }
}

final class NumbersTests: XCTestCase {
  func testForms() {
    XCTAssertEqual(Numbers.fixed(0.12345, 4), "0.1235")
    XCTAssertEqual(Numbers.fixed(-0.00001, 2), "0.00")
    XCTAssertEqual(Numbers.fixed(-1.5, 2), "-1.50")
    XCTAssertEqual(Numbers.fixed(.nan, 2), "-")
    XCTAssertEqual(Numbers.fixed(nil, 2), "-")
    XCTAssertEqual(Numbers.fixed(12.6, 0), "13")
    XCTAssertEqual(Numbers.grouped(1_234_567), "1,234,567")
    XCTAssertEqual(Numbers.grouped(999), "999")
    XCTAssertEqual(Numbers.duration(4.24), "4.2 s")
    XCTAssertEqual(Numbers.duration(59.4), "59 s")
    XCTAssertEqual(Numbers.duration(65), "1 min 05 s")
    XCTAssertEqual(Numbers.duration(7800), "2 h 10 min")
  }
}

final class ProgressTests: XCTestCase {
  private final class World {
    var time = 0.0
    var text = ""
  }

  private func progress(_ world: World, redraws: Bool) -> Reports.Progress {
    Reports.Progress(
      redraws: redraws, width: { 60 }, now: { world.time }, sink: { world.text += $0 })
  }

  func testAPipeGetsALineEveryTenSeconds() {
    let world = World()
    let progress = progress(world, redraws: false)
    progress.begin("head 1/2 train", total: 1000)
    for _ in 0..<350 {
      world.time += 0.1
      progress.advance(2, detail: "loss 1")
    }
    let lines = world.text.split(separator: "\n")
    XCTAssertEqual(lines.count, 3)
    XCTAssertTrue(lines[0].hasPrefix("20% of head 1/2 train, 20 images/s, loss 1, "), world.text)
    XCTAssertFalse(world.text.contains("\r"))
  }

  func testATerminalIsRedrawnAtMostTenTimesASecondAndNeverWiderThanItIs() {
    let world = World()
    let progress = progress(world, redraws: true)
    progress.begin("head 1/2 train", total: 10_000)
    for _ in 0..<1000 {
      world.time += 0.001
      progress.advance(10, detail: "loss 1.2345  acc1 0.5000")
    }
    let draws = world.text.components(separatedBy: "\r\u{1B}[K").dropFirst()
    XCTAssertLessThanOrEqual(draws.count, 10)
    XCTAssertGreaterThan(draws.count, 5)
    for draw in draws { XCTAssertLessThan(draw.count, 60, draw) }
    world.text = ""
    progress.line("done")
    XCTAssertEqual(world.text, "\r\u{1B}[Kdone\n")
  }

  func testMorePicturesThanWereToldAndNoWidthAreBorne() {
    let world = World()
    for columns in [0, 1, 2, 200] {
      let progress = Reports.Progress(
        redraws: true, width: { columns }, now: { world.time }, sink: { world.text += $0 })
      for total in [0, 5] {
        progress.begin("t", total: total)
        world.time += 1
        progress.advance(10, detail: "")
      }
    }
    XCTAssertTrue(world.text.contains("0.0 s left"), world.text)
    XCTAssertFalse(world.text.contains("-"), world.text)
  }
}

final class DamagedRunsTests: XCTestCase {
  /// A completed run whose settings, metrics and record can then be taken away.
  private func run(
    _ folder: TemporaryFolder, _ name: String, hash: String, freeze: String, lr: String = "0.1"
  ) throws -> RunFolder {
    let run = try RunFolder.create(in: folder.path, name: name, hash: hash, seed: 0)
    try "freeze: \(freeze)\noptimizer: {Adam: {lr: \(lr)}}\n".write(
      toFile: run.resolved, atomically: true, encoding: .utf8)
    try MetricsWriter(run).append(
      phase: "main", epoch: 1, step: 1, rate: 0.1,
      values: [("train/loss", 1), ("val/loss", 2), ("val/acc1", 0.5)])
    var record = RunRecord(
      name: name, seed: 0, configuration: hash, command: [], version: "0", commit: nil,
      machine: RunRecord.Machine(
        host: "", processor: "", instructionSets: [], computeThreads: 1, loaderThreads: 1,
        provider: "", libraries: [:]),
      data: RunRecord.Data(fingerprint: "", pictures: [:], classes: 2),
      weights: RunRecord.Weights(source: "", fingerprint: nil))
    record.status = .completed
    record.best = RunRecord.Best(metric: "val/acc1", value: 0.5, phase: "main", epoch: 1)
    try record.write(to: run)
    return run
  }

  func testAWordInOnePlaceAndAMappingInAnotherAreOneColumn() throws {
    let folder = try TemporaryFolder()
    _ = try run(folder, "a", hash: "aaaaaaaa", freeze: "none")
    _ = try run(folder, "b", hash: "bbbbbbbb", freeze: "{all_but: head, bn: eval}")
    let mixed = try compared(RunReader.all(in: folder.path))
    XCTAssertEqual(mixed.differing, ["freeze"])
    XCTAssertEqual(
      Set(mixed.groups.map { $0.text("freeze") }), ["none", "all_but=head bn=eval"])
    // Without a word the leaves tell.
    let other = try TemporaryFolder()
    _ = try run(other, "a", hash: "aaaaaaaa", freeze: "{all_but: head, bn: train}")
    _ = try run(other, "b", hash: "bbbbbbbb", freeze: "{all_but: head, bn: eval}")
    XCTAssertEqual(try compared(RunReader.all(in: other.path)).differing, ["freeze.bn"])
  }

  func testWhatIsLeftOfDamagedRunsIsShown() throws {
    let folder = try TemporaryFolder()
    _ = try run(folder, "whole", hash: "aaaaaaaa", freeze: "none", lr: "0.1")
    _ = try run(folder, "other", hash: "eeeeeeee", freeze: "none", lr: "0.2")
    let settings = try run(folder, "settings", hash: "bbbbbbbb", freeze: "none")
    try FileManager.default.removeItem(atPath: settings.resolved)
    let record = try run(folder, "record", hash: "cccccccc", freeze: "none")
    try "{torn".write(toFile: record.record, atomically: true, encoding: .utf8)
    let metrics = try run(folder, "metrics", hash: "dddddddd", freeze: "none")
    try FileManager.default.removeItem(atPath: metrics.metrics)
    _ = try RunFolder.create(in: folder.path, name: "nothing", hash: "ffffffff", seed: 0)
    let runs = RunReader.all(in: folder.path)
    let comparison = try compared(runs)
    XCTAssertEqual(
      Set(comparison.groups.map { $0.runs[0].folder.name.prefix { $0 != "-" } }),
      ["whole", "other", "settings", "record", "metrics"])
    XCTAssertEqual(comparison.unfinished.map(\.folder.name), ["nothing-ffffffff-s0"])
    // Unreadable settings are no difference to all others.
    XCTAssertEqual(comparison.differing, ["optimizer.Adam.lr"])
    let rows = comparison.table.text(width: 400).split(separator: "\n").map {
      $0.split(separator: " ").map(String.init)
    }
    for row in rows.dropFirst().prefix(5) { XCTAssertEqual(row[2], "0.5000", "\(row)") }
    XCTAssertEqual(rows.first { $0[0].hasPrefix("settings") }?.last, "?")
    let last = comparison.text(width: 400).split(separator: "\n").last
    XCTAssertEqual(last, "(not compared: nothing-ffffffff-s0 (no run.json))")
    XCTAssertEqual(comparison.problems.count, 1)
    XCTAssertTrue(comparison.problems[0].hasPrefix(settings.resolved + ": cannot be read"))
  }

  func testObjectsForMachines() throws {
    let folder = try TemporaryFolder()
    _ = try run(folder, "a", hash: "aaaaaaaa", freeze: "none")
    _ = try run(folder, "b", hash: "bbbbbbbb", freeze: "{all_but: head, bn: eval}")
    _ = try RunFolder.create(in: folder.path, name: "nothing", hash: "ffffffff", seed: 0)
    let runs = RunReader.all(in: folder.path)
    func objects(_ json: JSON) throws -> [[String: Any]] {
      try XCTUnwrap(
        JSONSerialization.jsonObject(with: Data(json.text().utf8)) as? [[String: Any]])
    }
    let listed = try objects(RunTable.json(runs))
    XCTAssertEqual(listed.count, 3)
    let first = try XCTUnwrap(listed.first { $0["name"] as? String == "a" })
    XCTAssertEqual(first["status"] as? String, "completed")
    XCTAssertEqual((first["best"] as? [String: Any])?["val/acc1"] as? Double, 0.5)
    XCTAssertEqual((first["best"] as? [String: Any])?["epoch"] as? Int, 1)
    let empty = try XCTUnwrap(listed.first { $0["run"] as? String == "nothing-ffffffff-s0" })
    XCTAssertTrue(empty["status"] is NSNull)
    let whole = try XCTUnwrap(
      JSONSerialization.jsonObject(with: Data(try compared(runs).json.text().utf8))
        as? [String: Any])
    XCTAssertEqual((whole["not_compared"] as? [[String: Any]])?.count, 1)
    let compared = try XCTUnwrap(whole["configurations"] as? [[String: Any]])
    XCTAssertEqual(compared.count, 2)
    XCTAssertEqual(
      compared.map { ($0["differing"] as? [String: Any])?["freeze"] as? String },
      ["none", "all_but=head bn=eval"])
    XCTAssertEqual((compared[0]["val/acc1"] as? [String: Any])?["mean"] as? Double, 0.5)
    XCTAssertTrue((compared[0]["val/acc1"] as? [String: Any])?["standard_deviation"] is NSNull)
  }
}

final class RunTableTests: XCTestCase {
  func testAFolderThatHoldsNoRunIsAQuestionMark() throws {
    let folder = try TemporaryFolder()
    _ = try RunFolder.create(in: folder.path, name: "empty", hash: "00000000", seed: 3)
    XCTAssertEqual(
      RunTable.text(RunReader.all(in: folder.path), width: 120),
      """
      run                status  epochs  best val/acc1  test/acc1  time  started
      empty-00000000-s3  ?            0              -          -     -  -
      """)
  }
}
