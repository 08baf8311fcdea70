import Diagnostics
import Foundation
import Reports
import Runs
import TestSupport
import XCTest

/// The comparison of runs that nothing is wrong with.
func compared(
  _ runs: [RunReader], _ change: (inout Comparison.Options) -> Void = { _ in },
  file: StaticString = #filePath, line: UInt = #line
) throws -> Comparison {
  var options = Comparison.Options()
  change(&options)
  let (comparison, mistakes) = Comparison.make(runs, options)
  XCTAssertEqual(mistakes.map(\.message), [], file: file, line: line)
  return try XCTUnwrap(comparison, file: file, line: line)
}

final class ComparisonRowsTests: XCTestCase {
  func testSeedsStandTogetherAndOnlyWhatDiffersIsShown() throws {
    let folder = try TemporaryFolder()
    try SyntheticRun.seeds([0.5, 0.7], hash: "aaaaaaaa", lr: "0.1", in: folder)
    try SyntheticRun.seeds([0.9], hash: "bbbbbbbb", lr: "0.01", in: folder)
    try SyntheticRun(hash: "bbbbbbbb", seed: 1, status: .running).write(in: folder)
    let comparison = try compared(folder.runs)
    XCTAssertEqual(
      comparison.table.text(width: 200),
      """
      run              n         val/acc1  95 % interval  verdict       epoch    last         val/loss  time  images/s  MiB  optimizer.Adam.lr
      exp-bbbbbbbb-s0  1           0.9000              -  inconclusive    1/1  0.9000           0.1000  11 s       100  200  0.01
      exp-aaaaaaaa     2  0.6000 ± 0.1414  0.0000–1.0000  baseline        1/1  0.6000  0.4000 ± 0.1414  11 s       100  200  0.1
      """)
    XCTAssertTrue(
      comparison.text(width: 200).contains("(not compared: exp-bbbbbbbb-s1 (running))"))
  }

  /// Two runs of one seed are one draw, at the last epoch as at the best one.
  func testASeedThatCameTwiceCountsOnce() throws {
    let folder = try TemporaryFolder()
    for (seed, value) in [(0, 0.9), (0, 0.9), (1, 0.5)] {
      try SyntheticRun(seed: UInt64(seed), curve: [0.1, value]).write(in: folder)
    }
    let comparison = try compared(folder.runs)
    let group = try XCTUnwrap(comparison.groups.first)
    XCTAssertEqual(group.runs.count, 3)
    XCTAssertEqual(try XCTUnwrap(group.mean(comparison.metric)), 0.7, accuracy: 1e-12)
    XCTAssertEqual(try XCTUnwrap(group.lastMean(comparison.metric)), 0.7, accuracy: 1e-12)
  }

  func testRowsAreOrderedFilteredAndCut() throws {
    let folder = try TemporaryFolder()
    try SyntheticRun.seeds([0.5, 0.6], hash: "aaaaaaaa", lr: "0.1", in: folder)
    try SyntheticRun.seeds([0.7, 0.8], hash: "bbbbbbbb", lr: "0.01", in: folder)
    try SyntheticRun.seeds([0.6, 0.7, 0.8], hash: "cccccccc", lr: "0.001", in: folder)
    let runs = folder.runs
    func rows(_ change: (inout Comparison.Options) -> Void) throws -> String {
      try compared(runs, change).groups.map { String($0.label.last ?? "?") }.joined()
    }
    XCTAssertEqual(try rows { _ in }, "bca")
    XCTAssertEqual(try rows { $0.metric = "val/loss" }, "bca")
    XCTAssertEqual(try rows { $0.isReversed = true }, "acb")
    XCTAssertEqual(try rows { $0.sort = "optimizer.lr" }, "cba")
    XCTAssertEqual(try rows { $0.sort = "n" }, "cab")
    XCTAssertEqual(try rows { $0.top = 2 }, "bc")
    XCTAssertEqual(try rows { $0.filter = "val/acc1 > 0.6" }, "bc")
    XCTAssertEqual(try rows { $0.filter = "val/acc1 > 0.6 and optimizer.lr < 0.01" }, "c")
    XCTAssertEqual(try rows { $0.filter = "not (lr == 0.01 or n >= 3)" }, "a")
    XCTAssertEqual(try rows { $0.filter = "name == 'exp' and lr != 1e-2" }, "ca")
    // `and` binds closer than `or`.
    XCTAssertEqual(try rows { $0.filter = "n > 2 or n > 1 and lr > 0.05" }, "ca")
    // The baseline stays, or the others would be held against nothing.
    XCTAssertEqual(
      try rows {
        $0.baseline = "exp-aaaaaaaa-s1"
        $0.top = 1
      }, "ba")
    let cut = try compared(runs) { $0.top = 1 }
    XCTAssertEqual(cut.hidden, 2)
    XCTAssertTrue(cut.text(width: 80).contains("(2 rows not shown"), cut.text(width: 80))
  }

  func testASettingMayGroup() throws {
    let folder = try TemporaryFolder()
    for (hash, optimizer, lr, value) in [
      ("aaaaaaaa", "Adam", "0.1", 0.5), ("bbbbbbbb", "Adam", "0.01", 0.6),
      ("cccccccc", "SGD", "0.1", 0.7), ("dddddddd", "SGD", "0.01", 0.8),
    ] {
      for seed in 0..<2 {
        try SyntheticRun(
          hash: hash, seed: UInt64(seed), settings: "optimizer:\n  \(optimizer):\n    lr: \(lr)\n",
          curve: [value + Double(seed) / 100]
        ).write(in: folder)
      }
    }
    // One setting, though each optimizer has it at a path of its own.
    let byRate = try compared(folder.runs) { $0.by = "optimizer.lr" }
    XCTAssertEqual(byRate.groups.map(\.label), ["optimizer.lr=0.01", "optimizer.lr=0.1"])
    XCTAssertEqual(byRate.groups.map(\.runs.count), [4, 4])
    // A seed counts once: what is averaged over the optimizers are its two runs.
    let seeds = byRate.groups[0].values(.standard)
    XCTAssertEqual(seeds.seeds, [0, 1])
    XCTAssertEqual(seeds.values[0], 0.7, accuracy: 1e-12)
    XCTAssertTrue(byRate.table.text(width: 400).contains("2 (4 runs)"))
    XCTAssertTrue(byRate.notes.contains { $0.contains("differ in other settings too") })
    XCTAssertEqual(try compared(folder.runs).notes, [])
  }

  /// `epochs` in a filter is how many there were; a row for each value is of what the experiments say.
  func testEpochsOfTheExperimentMayGroup() throws {
    let folder = try TemporaryFolder()
    for (hash, epochs, lr) in [("aaaaaaaa", 2, 0.1), ("bbbbbbbb", 2, 0.2), ("cccccccc", 3, 0.1)] {
      // Early stopping ended all of them after one.
      try SyntheticRun(
        hash: hash, settings: "optimizer:\n  Adam:\n    lr: \(lr)\nepochs: \(epochs)\n"
      ).write(in: folder)
    }
    let byEpochs = try compared(folder.runs) {
      $0.by = "epochs"
      $0.filter = "epochs == 1"
    }
    XCTAssertEqual(byEpochs.groups.map(\.label).sorted(), ["epochs=2", "epochs=3"])
    XCTAssertEqual(byEpochs.groups.map(\.runs.count).sorted(), [1, 2])
  }

  func testColumnsThatSayNothingCanBeLeftOut() throws {
    let folder = try TemporaryFolder()
    try SyntheticRun.seeds([0.5, 0.6], hash: "aaaaaaaa", lr: "0.1", in: folder)
    try SyntheticRun.seeds([0.7, 0.8], hash: "bbbbbbbb", lr: "0.01", in: folder)
    let header = try compared(folder.runs) { $0.onlyChanged = true }.table.text(width: 400)
      .split(separator: "\n")[0]
    XCTAssertEqual(
      header.split(separator: " ").joined(separator: " "),
      "run val/acc1 95 % interval verdict last val/loss optimizer.Adam.lr")
  }

  func testTheBestEpochIsCountedOverAllPhasesAndTheLastOneIsShown() throws {
    let folder = try TemporaryFolder()
    try SyntheticRun(curve: [0.1, 0.9, 0.3]).write(in: folder)
    try SyntheticRun(seed: 1, curve: [0.8, 0.1, 0.5]).write(in: folder)
    let text = try compared(folder.runs).table.text(width: 200)
    XCTAssertTrue(text.contains("  1-2/3  0.4000  "), text)
  }

  func testARunInTwoPathsIsNoSecondRun() throws {
    let folder = try TemporaryFolder()
    try SyntheticRun(curve: [0.5]).write(in: folder)
    let again = try SyntheticRun(curve: [0.7]).write(in: folder)
    XCTAssertTrue(again.name.hasSuffix("-2"))
    let comparison = try compared(folder.runs)
    XCTAssertEqual(comparison.groups[0].values(.standard).values, [0.6])
    XCTAssertTrue(comparison.notes.contains { $0.contains("count once") }, "\(comparison.notes)")
  }
}

final class ComparisonMistakesTests: XCTestCase {
  private func mistakes(_ change: (inout Comparison.Options) -> Void) throws -> [String] {
    let folder = try TemporaryFolder()
    try SyntheticRun.seeds([0.5, 0.6], hash: "aaaaaaaa", lr: "0.1", in: folder)
    try SyntheticRun(
      name: "two", hash: "bbbbbbbb",
      settings: "phases:\n- name: head\n  epochs: 1\n- name: all\n  epochs: 2\n"
    ).write(in: folder)
    var options = Comparison.Options()
    change(&options)
    let (comparison, mistakes) = Comparison.make(folder.runs, options)
    XCTAssertNil(comparison)
    return mistakes.map {
      "\($0.code.rawValue) \($0.primary?.span.column ?? 0): \($0.message) (\($0.primary?.text ?? ""))"
    }
  }

  func testFiltersAreBlamedAtTheirColumn() throws {
    let table: [(String, String)] = [
      ("", "bad-filter 1: a condition begins with the name of a metric or setting ()"),
      ("val/acc1 >", "bad-filter 11: '>' must be followed by a number or a word ()"),
      (
        "val/acc1 0.6",
        "bad-filter 10: 'val/acc1' must be followed by '<=', '>=', '!=', '==', '<' or '>' ()"
      ),
      (
        "val/acc1 = 0.6",
        "bad-filter 10: 'val/acc1' must be followed by '<=', '>=', '!=', '==', '<' or '>' ()"
      ),
      ("val/acc1 > high", "bad-filter 12: '>' compares numbers, and 'high' is none ()"),
      ("val/acc1 > 0.6 n > 1", "bad-filter 16: 'and' or 'or' must stand between two conditions ()"),
      ("(val/acc1 > 0.6", "bad-filter 16: '(' must be closed ()"),
      ("n > 1)", "bad-filter 6: 'and' or 'or' must stand between two conditions ()"),
      ("name == 'exp", "bad-filter 9: a quote must be closed ()"),
      ("n > 1 and", "bad-filter 10: a condition begins with the name of a metric or setting ()"),
      (
        "n > 1 and val/acc > 0.5",
        "unknown-field 11: these runs have no 'val/acc' (did you mean 'val/acc1'?)"
      ),
      (
        "optimiser.lr < 1",
        "unknown-field 1: these runs have no 'optimiser.lr' (did you mean 'optimizer.lr'?)"
      ),
      (
        "epochs > 1 and phases.epochs > 1",
        "unknown-field 16: these runs have no 'phases.epochs' ()"
      ),
      (
        "name == höhe or",
        "bad-filter 16: a condition begins with the name of a metric or setting ()"
      ),
    ]
    for (filter, expected) in table {
      XCTAssertEqual(try mistakes { $0.filter = filter }, [expected], filter)
    }
    let deep = String(repeating: "(", count: 100_000)
    XCTAssertEqual(
      try mistakes { $0.filter = deep }, ["bad-filter 65: conditions may be 64 deep ()"])
  }

  func testNamesAreBlamedAllAtOnce() throws {
    XCTAssertEqual(
      try mistakes {
        $0.metric = "val/acc"
        $0.sort = "tiem"
        $0.by = "val/acc1"
      },
      [
        "unknown-field 1: these runs have no metric 'val/acc' (did you mean 'val/acc1'?)",
        "unknown-field 1: these runs have no 'tiem' (did you mean 'time'?)",
        "unknown-field 1: rows are grouped by a setting, and 'val/acc1' is a result ()",
      ])
    // What is offered is taken.
    for (name, expected) in [
      ("epoch", "these runs have no 'epoch' ()"),
      ("tim", "these runs have no 'tim' ()"),
      ("optimizer.l", "these runs have no 'optimizer.l' (did you mean 'optimizer.lr'?)"),
      ("epochs", "'epochs' may be 'phases.all.epochs' or 'phases.head.epochs' ()"),
      ("time", "rows are grouped by a setting, and 'time' is a result ()"),
      ("name", "rows are grouped by a setting, and 'name' is no part of the configuration ()"),
    ] {
      XCTAssertEqual(try mistakes { $0.by = name }, ["unknown-field 1: \(expected)"], name)
    }
    XCTAssertEqual(
      try mistakes { $0.baseline = "exp-aaaaaaaa-s2" },
      [
        "missing-run 1: 'exp-aaaaaaaa-s2' is none of the runs that are compared "
          + "(did you mean 'exp-aaaaaaaa-s0'?)"
      ])
  }

  func testNothingToCompareIsNoMistake() throws {
    XCTAssertEqual(try compared([]) { $0.filter = "nonsense" }.groups.count, 0)
  }
}
