import Foundation
import Reports
import Runs
import Statistics
import TestSupport
import XCTest

final class ComparisonVerdictTests: XCTestCase {
  func testWhatIsRealIsSaidBelowTheTable() throws {
    let folder = try TemporaryFolder()
    try SyntheticRun.seeds(
      [0.810, 0.812, 0.808, 0.811], hash: "aaaaaaaa", lr: "0.1", in: folder)
    try SyntheticRun.seeds(
      [0.752, 0.749, 0.751, 0.755], hash: "bbbbbbbb", lr: "0.01", in: folder)
    try SyntheticRun.seeds(
      [0.790, 0.830, 0.795, 0.820], hash: "cccccccc", lr: "0.001", in: folder)
    try SyntheticRun.seeds([0.95], hash: "dddddddd", lr: "0.5", in: folder)
    XCTAssertEqual(
      try compared(folder.runs).text(width: 80),
      """
      run              n         val/acc1  95 % interval  verdict       epoch  lr
      exp-dddddddd-s0  1           0.9500              -  inconclusive    1/1  0.5
      exp-aaaaaaaa     4  0.8103 ± 0.0017  0.8075–0.8130  baseline        1/1  0.1
      exp-cccccccc     4  0.8088 ± 0.0193  0.7780–0.8395  inconclusive    1/1  0.001
      exp-bbbbbbbb     4  0.7518 ± 0.0025  0.7478–0.7557  worse           1/1  0.01
      (not shown at this width: last, val/loss, time, images/s, MiB)

      Is it real? val/acc1 against exp-aaaaaaaa (optimizer.Adam.lr 0.1), the best row
      that has several seeds; p-values after Holm for 3 comparisons
        exp-dddddddd-s0 (optimizer.Adam.lr 0.5): inconclusive, one seed does not say
          how far seeds scatter: at least two of each are needed
          difference +0.1397; 1 seed against 4
        exp-cccccccc (optimizer.Adam.lr 0.001): inconclusive, and a thousand more
          seeds of each would hardly decide
          difference -0.0015, 95 % interval -0.0300 to +0.0270, p = 1.0000; 4 pairs of
          seeds
        exp-bbbbbbbb (optimizer.Adam.lr 0.01) is worse by 0.0585
          difference -0.0585, 95 % interval -0.0634 to -0.0536, p = 0.0001; 4 pairs of
          seeds
      """)
  }

  /// Of one seed nothing can be claimed, so that it takes nothing from what is said of the others.
  func testRowsOfOneSeedCostTheOthersNothing() throws {
    let folder = try TemporaryFolder()
    try SyntheticRun.seeds([0.50, 0.51, 0.52], hash: "aaaaaaaa", lr: "0.1", in: folder)
    try SyntheticRun.seeds([0.40, 0.42, 0.41], hash: "bbbbbbbb", lr: "0.01", in: folder)
    let alone = try XCTUnwrap(compared(folder.runs).verdicts?.entries.first?.judgement)
    for (hash, lr) in [("cccccccc", "0.2"), ("dddddddd", "0.3"), ("eeeeeeee", "0.4")] {
      try SyntheticRun.seeds([0.3], hash: hash, lr: lr, in: folder)
    }
    for baseline in [nil, "exp-aaaaaaaa-s0"] {
      let verdicts = try XCTUnwrap(compared(folder.runs) { $0.baseline = baseline }.verdicts)
      XCTAssertEqual(verdicts.family, 1)
      XCTAssertEqual(verdicts.entries.first?.judgement.adjustedPValue, alone.adjustedPValue)
      XCTAssertEqual(verdicts.entries.count, 4)
    }
  }

  func testOneSeedNeverDecides() throws {
    let folder = try TemporaryFolder()
    try SyntheticRun.seeds([0.1], hash: "aaaaaaaa", lr: "0.1", in: folder)
    try SyntheticRun.seeds([0.9], hash: "bbbbbbbb", lr: "0.01", in: folder)
    try SyntheticRun.seeds([0.50, 0.51, 0.52], hash: "cccccccc", lr: "0.001", in: folder)
    for margin in [nil, 0.0, 1.0] {
      for baseline in ["exp-aaaaaaaa-s0", "exp-bbbbbbbb-s0", "exp-cccccccc-s1"] {
        let comparison = try compared(folder.runs) {
          $0.margin = margin
          $0.baseline = baseline
        }
        let verdicts = try XCTUnwrap(comparison.verdicts)
        XCTAssertEqual(
          verdicts.entries.map(\.judgement.verdict.word), ["inconclusive", "inconclusive"])
      }
    }
  }

  func testAMarginMakesEquivalent() throws {
    let folder = try TemporaryFolder()
    try SyntheticRun.seeds([0.80, 0.81, 0.82], hash: "aaaaaaaa", lr: "0.1", in: folder)
    try SyntheticRun.seeds([0.801, 0.811, 0.822], hash: "bbbbbbbb", lr: "0.01", in: folder)
    let text = try compared(folder.runs) { $0.margin = 0.01 }.text(width: 200)
    XCTAssertTrue(
      text.contains("exp-aaaaaaaa (optimizer.Adam.lr 0.1) is equivalent: within 0.01 of it"), text)
    XCTAssertFalse(try compared(folder.runs).text(width: 200).contains("equivalent"))
  }

  /// Where a margin is stated there are two kinds of p-values, and all forms say which one they mean.
  func testThePValueOfEquivalenceIsCalledThat() throws {
    let folder = try TemporaryFolder()
    // A difference beyond doubt that does not matter: its p-value is the smaller one.
    try SyntheticRun.seeds([0.80, 0.81, 0.82], hash: "aaaaaaaa", lr: "0.1", in: folder)
    try SyntheticRun.seeds([0.81, 0.82, 0.8302], hash: "bbbbbbbb", lr: "0.01", in: folder)
    let comparison = try compared(folder.runs) { $0.margin = 0.011 }
    let judgement = try XCTUnwrap(comparison.verdicts?.entries.first?.judgement)
    let (difference, equivalence) = try (
      XCTUnwrap(judgement.differencePValue), XCTUnwrap(judgement.equivalencePValue)
    )
    XCTAssertEqual(judgement.verdict, .equivalent)
    XCTAssertLessThan(difference, equivalence)
    let words = "\(Numbers.pValue(equivalence)) of equivalence (the larger of two one-sided tests)"
    for text in [comparison.text(width: 200), comparison.markdown.replacing("\\", with: "")] {
      XCTAssertTrue(text.contains(words), text)
      XCTAssertFalse(text.contains(Numbers.pValue(difference)), text)
    }
    let json = try XCTUnwrap(
      JSONSerialization.jsonObject(with: Data(comparison.json.text().utf8)) as? [String: Any])
    let row = try XCTUnwrap((json["configurations"] as? [[String: Any]])?.last)
    let verdict = try XCTUnwrap(row["verdict"] as? [String: Any])
    for (key, value) in [
      ("p", difference), ("p_equivalence", equivalence), ("p_adjusted", difference),
      ("p_equivalence_adjusted", equivalence),
    ] {
      XCTAssertEqual(try XCTUnwrap(verdict[key] as? Double, key), value, accuracy: 1e-12, key)
    }
    let rows = comparison.csv.split(separator: "\n").map { $0.components(separatedBy: ",") }
    let column = try XCTUnwrap(rows[0].firstIndex(of: "p_equivalence_adjusted"))
    XCTAssertEqual(Double(rows[2][column]), equivalence)
    XCTAssertEqual(rows[0][column - 3...column].first, "p")
    XCTAssertEqual(Double(rows[2][column - 3]), difference)

    // Others say which they mean as well, and without a margin there is one kind.
    func text(_ margin: Double?) throws -> String {
      try compared(folder.runs) { $0.margin = margin }.text(width: 200)
    }
    XCTAssertTrue(try text(0.0001).contains("\(Numbers.pValue(difference)) of a difference;"))
    XCTAssertTrue(try text(nil).contains("\(Numbers.pValue(difference)); 3 pairs"))
    try SyntheticRun.seeds([0.80, 0.82, 0.81], hash: "cccccccc", lr: "0.001", in: folder)
    let open = try compared(folder.runs.filter { !$0.folder.name.contains("bbbb") }) {
      $0.margin = 0.015
    }
    let unclear = try XCTUnwrap(open.verdicts?.entries.first?.judgement)
    XCTAssertTrue(unclear.isAboutEquivalence)
    XCTAssertTrue(open.text(width: 200).contains(" of equivalence ("), open.text(width: 200))
  }

  /// Rows that are given a baseline are `k - 1` comparisons; where the values choose it, all pairs might have been.
  func testTheFamilyIsWhatWasLookedAt() throws {
    let folder = try TemporaryFolder()
    for (index, hash) in ["aaaaaaaa", "bbbbbbbb", "cccccccc", "dddddddd"].enumerated() {
      try SyntheticRun.seeds(
        [0.5, 0.6, 0.55].map { $0 + Double(index) / 50 }, hash: hash, lr: "0.\(index + 1)",
        in: folder)
    }
    func family(_ change: (inout Comparison.Options) -> Void) throws -> Int? {
      try compared(folder.runs, change).verdicts?.family
    }
    XCTAssertEqual(try family { _ in }, 6)
    XCTAssertEqual(try family { $0.baseline = "exp-aaaaaaaa" }, 3)
    XCTAssertEqual(try family { $0.top = 2 }, 6)
    XCTAssertEqual(try family { $0.filter = "val/acc1 > 0.58" }, 6)
    // Settings are chosen before any result is known.
    XCTAssertEqual(try family { $0.filter = "optimizer.lr > 0.15" }, 3)
    XCTAssertEqual(
      try family {
        $0.filter = "optimizer.lr > 0.15"
        $0.baseline = "exp-bbbbbbbb-s0"
      }, 2)
  }

  /// Noise alone: five rows, the best of them the baseline. At most one comparison in twenty may claim anything.
  func testTheBestOfManyIsNoWinnerByItself() throws {
    var random = SplitMix64(state: 5)
    func normal() -> Double {
      (0..<12).reduce(0.0) { sum, _ in sum + Double.random(in: 0..<1, using: &random) } - 6
    }
    let (cases, rows) = (1500, 5)
    var claims = 0
    var naive = 0
    let rule = VerdictRule(.higherIsBetter)
    for _ in 0..<cases {
      let groups = (0..<rows).map { _ in
        SeededValues((0..<5).map { (seed: UInt64($0), value: normal()) })
      }
      let best =
        groups.indices.max {
          (groups[$0].summary.mean ?? 0) < (groups[$1].summary.mean ?? 0)
        } ?? 0
      let differences = groups.indices.filter { $0 != best }.map {
        Difference(candidate: groups[$0], baseline: groups[best])
      }
      func isClaimed(unseen: Int) -> Bool {
        rule.judge(differences, unseen: unseen, seeking: 0).contains { $0.verdict == .worse }
      }
      claims += isClaimed(unseen: rows * (rows - 1) / 2 - differences.count) ? 1 : 0
      naive += isClaimed(unseen: 0) ? 1 : 0
    }
    XCTAssertLessThanOrEqual(Double(claims) / Double(cases), 0.06)
    XCTAssertGreaterThan(Double(claims) / Double(cases), 0.01)
    // What Holm over the rows alone would do, which is why the others count.
    XCTAssertGreaterThan(Double(naive) / Double(cases), 0.07)
  }

  func testWhatTheBestEpochIsWorthIsSaid() throws {
    let folder = try TemporaryFolder()
    let noisy = (0..<20).map { 0.6 + ($0 % 2 == 0 ? 0.01 : -0.01) }
    try SyntheticRun(hash: "aaaaaaaa", curve: noisy, test: 0.6).write(in: folder)
    let note = try XCTUnwrap(try compared(folder.runs).notes.first)
    XCTAssertTrue(note.contains("it is too high, by up to about 0.0"), note)
    XCTAssertTrue(note.hasSuffix("--metric test/acc1 is not"), note)
    XCTAssertTrue(
      try XCTUnwrap(try compared(folder.runs) { $0.metric = "val/loss" }.notes.first)
        .contains("it is too low"))
    // Chosen on other pictures, or not chosen at all.
    XCTAssertEqual(try compared(folder.runs) { $0.metric = "test/acc1" }.notes, [])
    let one = try TemporaryFolder()
    try SyntheticRun(curve: [0.5]).write(in: one)
    XCTAssertEqual(try compared(one.runs).notes, [])
  }

  func testWhatMakesAComparisonUnfairIsSaid() throws {
    let folder = try TemporaryFolder()
    try SyntheticRun.seeds([0.5, 0.6], hash: "aaaaaaaa", lr: "0.1", in: folder)
    try SyntheticRun(hash: "aaaaaaaa", seed: 2, status: .diverged).write(in: folder)
    try SyntheticRun(hash: "bbbbbbbb", fingerprint: "other").write(in: folder)
    XCTAssertEqual(
      try compared(folder.runs).notes,
      [
        "the runs did not see the same pictures (2 fingerprints of the data): differences may be "
          + "due to that",
        "1 run of exp-aaaaaaaa diverged and is not in its mean, which is that of the others",
      ])
  }

  func testOnlyWhatTheEpochWasChosenOnFlatters() throws {
    let folder = try TemporaryFolder()
    try SyntheticRun(curve: [0.5, 0.7, 0.6], test: 0.5).write(in: folder)
    func flatters(_ metric: String) throws -> Bool {
      try compared(folder.runs) { $0.metric = metric }.notes.contains {
        $0.contains("that of the epoch chosen on these same pictures")
      }
    }
    XCTAssertTrue(try flatters("val/acc1"))
    XCTAssertTrue(try flatters("val/loss"))
    XCTAssertFalse(try flatters("train/loss"))
    XCTAssertFalse(try flatters("test/acc1"))
  }

  func testColourMarksTheWordAndNothingElse() throws {
    let folder = try TemporaryFolder()
    try SyntheticRun.seeds([0.81, 0.82, 0.80], hash: "aaaaaaaa", lr: "0.1", in: folder)
    try SyntheticRun.seeds([0.61, 0.62, 0.60], hash: "bbbbbbbb", lr: "0.01", in: folder)
    let comparison = try compared(folder.runs)
    let coloured = comparison.text(width: 80, isColoured: true)
    XCTAssertTrue(coloured.contains(" is \u{1B}[1;31mworse\u{1B}[0m by 0.2000"), coloured)
    XCTAssertEqual(
      coloured.replacing("\u{1B}[1;31m", with: "").replacing("\u{1B}[0m", with: ""),
      comparison.text(width: 80))
  }
}

final class PicturePairsTests: XCTestCase {
  private func pair(_ a: [(String, String, String)], _ b: [(String, String, String)]) throws
    -> Comparison
  {
    let folder = try TemporaryFolder()
    try SyntheticRun(hash: "aaaaaaaa", predictions: a).write(in: folder)
    try SyntheticRun(hash: "bbbbbbbb", predictions: b).write(in: folder)
    return try compared(folder.runs.sorted { $0.folder.name < $1.folder.name })
  }

  func testTwoModelsAreComparedPictureByPicture() throws {
    // 4 both right, 1 lost, 9 gained, 2 neither; the second has its pictures in another order.
    let table =
      (0..<4).map { ("val/a/\($0)", "a", "a", "a") } + [("val/a/lost, \"1\"", "a", "a", "b")]
      + (0..<9).map { ("val/b/\($0)", "b", "a", "b") }
      + (0..<2).map { ("val/c/\($0)", "c", "a", "b") }
    let comparison = try pair(
      table.map { ($0.0, $0.1, $0.2) }, table.reversed().map { ($0.0, $0.1, $0.3) })
    let pictures = try XCTUnwrap(comparison.pictures)
    XCTAssertEqual(
      pictures.outcomes,
      PairedOutcomes(bothCorrect: 4, onlyFirstCorrect: 1, onlySecondCorrect: 9, neitherCorrect: 2))
    // scipy.stats.binomtest(1, 10).pvalue
    XCTAssertEqual(pictures.outcomes.mcNemarPValue, 0.021484375, accuracy: 1e-12)
    XCTAssertEqual(pictures.flips.count, 10)
    XCTAssertEqual(pictures.flips.first?.path, "val/a/lost, \"1\"")
    XCTAssertEqual(pictures.flips.first?.isGained, false)
    let text = comparison.text(width: 80)
    XCTAssertTrue(
      text.contains("exp-bbbbbbbb-s0 is better than exp-aaaaaaaa-s0 by 0.5000 on such pictures"),
      text)
    let json = try XCTUnwrap(
      JSONSerialization.jsonObject(with: Data(comparison.json.text().utf8)) as? [String: Any])
    let object = try XCTUnwrap(json["pictures"] as? [String: Any])
    XCTAssertEqual((object["flips"] as? [Any])?.count, 10)
    XCTAssertEqual(object["only_second_right"] as? Int, 9)
    // The seeds still say nothing.
    XCTAssertTrue(text.contains("inconclusive"), text)
  }

  func testPicturesThatAreNotInBothAreLeftOutAndCounted() throws {
    let comparison = try pair(
      [("x", "a", "a"), ("y", "a", "a"), ("z", "a", "b")],
      [("x", "a", "a"), ("y", "b", "a"), ("w", "a", "b")])
    let pictures = try XCTUnwrap(comparison.pictures)
    XCTAssertEqual(pictures.outcomes.count, 1)
    XCTAssertEqual(pictures.notShared, 4)
    XCTAssertEqual(pictures.problems, [])
    XCTAssertTrue(comparison.text(width: 200).contains("4 rows left out"))
  }

  func testPredictionsThatCannotBeReadAreNamed() throws {
    let folder = try TemporaryFolder()
    let first = try SyntheticRun(hash: "aaaaaaaa", predictions: [("x", "a", "a")]).write(in: folder)
    try SyntheticRun(hash: "bbbbbbbb", predictions: [("x", "a", "a")]).write(in: folder)
    let whole = try String(contentsOfFile: first.predictions("val"), encoding: .utf8)
    for (text, problem) in [
      (String(whole.dropLast(3)), "the last line is torn"), ("", "is empty"),
      (whole.replacing("predicted_p", with: "p"), "has no column 'predicted_probability'"),
      (whole.replacing("0.5", with: "half"), "row 1 is damaged"),
      (whole.replacing("\nx,", with: "\n"), "row 1 is damaged"),
    ] {
      try text.write(toFile: first.predictions("val"), atomically: true, encoding: .utf8)
      let comparison = try compared(folder.runs)
      XCTAssertEqual(comparison.problems, ["\(first.predictions("val")): \(problem)"])
      XCTAssertFalse(comparison.text(width: 80).contains("The same"))
    }
  }
}

final class ComparisonFormatsTests: XCTestCase {
  func testMarkdownShowsTextFromAnywhereAsItIs() throws {
    let folder = try TemporaryFolder()
    try SyntheticRun.seeds(
      [0.81, 0.82, 0.80], hash: "aaaaaaaa", lr: "\"<b>|`x`\\e[2J\\n\"", in: folder)
    try SyntheticRun.seeds([0.61, 0.62, 0.60], hash: "bbbbbbbb", lr: "0.01", in: folder)
    let lines = try compared(folder.runs).markdown.split(separator: "\n")
    XCTAssertEqual(
      lines[0],
      "| run | n | val/acc1 | 95 % interval | verdict | optimizer.Adam.lr | epoch | last "
        + "| val/loss | time | images/s | MiB |")
    XCTAssertEqual(
      lines[1],
      "| --- | ---: | ---: | ---: | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    XCTAssertTrue(
      lines[2].contains(" | &lt;b&gt;\\|\\`x\\`\u{FFFD}\\[2J\u{FFFD} | "), String(lines[2]))
    // Where a table is too wide, pages break at spaces: not in numbers.
    XCTAssertTrue(lines[2].contains("| 0.8100\u{A0}±\u{A0}0.0100 |"), String(lines[2]))
    XCTAssertTrue(
      lines.contains { $0.hasPrefix("- exp-bbbbbbbb (optimizer.Adam.lr 0.01) is **worse** by") })
  }

  func testCSVHasAllDigits() throws {
    let folder = try TemporaryFolder()
    try SyntheticRun.seeds([0.1234567890123, 0.5], hash: "aaaaaaaa", lr: "0.1", in: folder)
    try SyntheticRun.seeds([0.6, 0.7], hash: "bbbbbbbb", lr: "\"a,b\"", in: folder)
    let rows = try compared(folder.runs).csv.split(separator: "\n").map(String.init)
    XCTAssertEqual(rows.count, 3)
    XCTAssertTrue(rows[0].hasPrefix("run,configuration,runs,seeds,val/acc1 n,val/acc1 mean,"))
    XCTAssertTrue(rows[1].hasPrefix("exp-bbbbbbbb,bbbbbbbbrest,2,0 1,2,"), rows[1])
    XCTAssertTrue(rows[1].hasSuffix(",baseline,,,,,,,,\"a,b\""), rows[1])
    XCTAssertTrue(rows[2].contains(",0.31172839450615,"), rows[2])
  }

  func testCurvesShareAScale() throws {
    let folder = try TemporaryFolder()
    try SyntheticRun(hash: "aaaaaaaa", curve: [0.0, 0.5, 1.0]).write(in: folder)
    try SyntheticRun(hash: "bbbbbbbb", curve: [0.0, 0.25, 0.5]).write(in: folder)
    let text = try compared(folder.runs).text(width: 80, plots: true)
    XCTAssertTrue(
      text.contains(
        """
        val/acc1 by epoch, from 0.0000 to 1.0000
          exp-aaaaaaaa-s0  ▁▅█
          exp-bbbbbbbb-s0  ▁▃▅
        """), text)
  }
}
