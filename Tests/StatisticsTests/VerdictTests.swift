import Statistics
import XCTest

final class VerdictTests: XCTestCase {
  private struct Family: Decodable {
    let p: [Double]
    let adjusted: [Double]
  }

  func testHolmEqualsStatsmodels() throws {
    let families = try Goldens.read("families.json", as: [String: [Family]].self)["cases"] ?? []
    XCTAssertGreaterThanOrEqual(families.count, 12)
    for family in families {
      for (value, golden) in zip(Holm.adjusted(family.p), family.adjusted) {
        assertClose(value, golden, "\(family.p)")
      }
      // What has no p-value takes no part.
      let sparse = Holm.adjusted([nil] + family.p.map(Optional.some) + [nil])
      XCTAssertEqual(sparse, [nil] + Holm.adjusted(family.p) + [nil])
    }
    XCTAssertEqual(Holm.adjusted([]), [])
    XCTAssertEqual(Holm.adjusted([nil, nil]), [nil, nil])
  }

  private let apart = Difference.paired([0.9, 0.91, 0.905, 0.9], [0.8, 0.805, 0.81, 0.8])
  private let near = Difference.paired([0.8, 0.81, 0.8, 0.82], [0.801, 0.809, 0.8, 0.819])
  private let unclear = Difference.paired([0.9, 0.7, 0.85], [0.8, 0.75, 0.8])

  func testVerdictsSayWhichWayIsBetter() {
    XCTAssertEqual(VerdictRule(.higherIsBetter).judge(apart).verdict, .better)
    XCTAssertEqual(VerdictRule(.lowerIsBetter).judge(apart).verdict, .worse)
    let back = Difference.paired([0.8, 0.805, 0.81, 0.8], [0.9, 0.91, 0.905, 0.9])
    XCTAssertEqual(VerdictRule(.higherIsBetter).judge(back).verdict, .worse)
    XCTAssertEqual(VerdictRule(.lowerIsBetter).judge(back).verdict, .better)
  }

  func testEquivalenceNeedsAMargin() {
    XCTAssertEqual(VerdictRule(.higherIsBetter, margin: 0.01).judge(near).verdict, .equivalent)
    guard case .inconclusive = VerdictRule(.higherIsBetter).judge(near).verdict else {
      return XCTFail("equivalent within no margin")
    }
    XCTAssertNil(VerdictRule(.higherIsBetter).judge(near).equivalencePValue)
    // Significant, and within what does not matter.
    XCTAssertEqual(VerdictRule(.higherIsBetter, margin: 0.2).judge(apart).verdict, .equivalent)
    XCTAssertEqual(VerdictRule(.higherIsBetter, margin: 0.05).judge(apart).verdict, .better)
  }

  func testAStricterLevelClaimsLess() {
    let p = VerdictRule(.higherIsBetter).judge(apart).differencePValue ?? 1
    XCTAssertLessThan(p, 0.001)
    XCTAssertEqual(VerdictRule(.higherIsBetter, level: 1 - p * 1.001).judge(apart).verdict, .better)
    guard
      case .inconclusive = VerdictRule(.higherIsBetter, level: 1 - p * 0.999).judge(apart).verdict
    else { return XCTFail("claimed above its p-value") }
  }

  func testOneSeedNeverClaims() {
    let rule = VerdictRule(.higherIsBetter, margin: 10)
    for difference in [
      Difference.paired([0.99], [0.01]), .paired([0.5], [0.5]), .welch([0.99], [0.01]),
      .welch([0.99], [0.01, 0.02, 0.01]), .welch([0.99, 0.98, 0.99], [0.01]),
      .welch([], [0.5, 0.6]),
      .paired([], []), .paired([.nan, 0.5], [0.1, 0.2]),
    ] {
      let judgement = rule.judge(difference)
      XCTAssertEqual(judgement.verdict, .inconclusive(moreSeeds: .unknown))
      XCTAssertNil(judgement.differencePValue)
      XCTAssertNil(judgement.adjustedPValue)
    }
  }

  func testTooManySeedsAreSaidToBeMany() {
    let hopeless = Difference.paired([0.5, 0.75, 0.25, 0.5], [0.5, 0.25, 0.75, 0.5])
    let rule = VerdictRule(.higherIsBetter)
    XCTAssertEqual(rule.judge(hopeless).verdict, .inconclusive(moreSeeds: .many))
    // With a margin there is something to show.
    guard
      case .inconclusive(moreSeeds: .about(let seeds)) =
        VerdictRule(.higherIsBetter, margin: 0.1).judge(hopeless).verdict
    else { return XCTFail("not about a number") }
    XCTAssertGreaterThan(seeds, 10)
    var few = VerdictRule(.higherIsBetter, margin: 0.1)
    few.mostSeeds = seeds
    XCTAssertEqual(few.judge(hopeless).verdict, .inconclusive(moreSeeds: .about(seeds)))
    few.mostSeeds = seeds - 1
    XCTAssertEqual(few.judge(hopeless).verdict, .inconclusive(moreSeeds: .many))
  }

  func testAFamilyIsDecidedInHolmsOrder() throws {
    let rule = VerdictRule(.higherIsBetter)
    // Alone it is significant at 5 %, not among five.
    let weak = Difference.paired([0.9, 0.88, 0.93], [0.8, 0.82, 0.8])
    let p = try XCTUnwrap(weak.pValue)
    XCTAssertTrue((0.02...0.05).contains(p), "\(p)")
    XCTAssertEqual(rule.judge(weak).verdict, .better)
    let family = rule.judge([unclear, weak, unclear, weak, unclear])
    for judgement in family {
      guard case .inconclusive = judgement.verdict else { return XCTFail("\(judgement)") }
      XCTAssertEqual(judgement.differencePValue, judgement.difference.pValue)
    }
    assertClose(family[1].adjustedPValue, 5 * p, "five of a family")
    // What is certain makes room, and what has one seed takes none.
    let certain = rule.judge([apart, weak, Difference.paired([0.9], [0.1])])
    XCTAssertEqual(certain[0].verdict, .better)
    XCTAssertEqual(certain[1].verdict, .better)
    XCTAssertEqual(certain[1].adjustedPValue, p)
    XCTAssertEqual(certain[2].verdict, .inconclusive(moreSeeds: .unknown))
    // More seeds are needed for one of five than alone.
    func seeds(_ verdict: Verdict) -> Int? {
      if case .inconclusive(moreSeeds: .about(let seeds)) = verdict { return seeds }
      return nil
    }
    let alone = try XCTUnwrap(seeds(rule.judge(unclear).verdict))
    let among = try XCTUnwrap(seeds(rule.judge([unclear, apart, weak, unclear])[0].verdict))
    XCTAssertGreaterThan(among, alone)
    XCTAssertEqual(rule.judge([]), [])
  }

  /// Equivalence has a corrected p-value of its own: the smaller of both kinds is that of the difference, here.
  func testEquivalenceIsClaimedByItsOwnPValue() throws {
    let rule = VerdictRule(.higherIsBetter, margin: 0.11)
    let alone = rule.judge(apart)
    XCTAssertEqual(alone.verdict, .equivalent)
    let (p, q) = try (
      XCTUnwrap(alone.differencePValue), XCTUnwrap(alone.equivalencePValue)
    )
    XCTAssertLessThan(p, q)
    XCTAssertFalse(alone.isAboutEquivalence)
    XCTAssertEqual(alone.adjustedPValue, p)
    XCTAssertEqual(alone.adjustedEquivalencePValue, q)
    XCTAssertNil(VerdictRule(.higherIsBetter).judge(apart).adjustedEquivalencePValue)
    // After Holm, for as many as are left; and never below those before it.
    let family = rule.judge([unclear, apart, unclear])
    assertClose(family[1].adjustedEquivalencePValue, 3 * q, "three of a family")
    for margin in [0.0, 0.03, 0.05, 0.08, 0.105, 0.11, 0.12, 0.2, 1] {
      for unseen in [0, 4] {
        let rule = VerdictRule(.higherIsBetter, margin: margin)
        for judgement in rule.judge([near, apart, unclear], unseen: unseen) {
          XCTAssertEqual(
            judgement.verdict == .equivalent,
            try XCTUnwrap(judgement.adjustedEquivalencePValue) <= 1 - rule.level, "\(judgement)")
        }
      }
    }
  }

  func testExchangingBothExchangesBetterAndWorse() {
    let groups = [
      ([0.5, 0.75, 0.625], [0.25, 0.375, 0.125]), ([0.5, 0.75], [0.25, 0.875]),
      ([0.5, 0.5, 0.5], [0.5, 0.5, 0.5]), ([0.75, 0.75], [0.5, 0.5]), ([0.5], [0.75, 0.5]),
    ]
    for (a, b) in groups {
      let rule = VerdictRule(.higherIsBetter, margin: 0.0625)
      let there = rule.judge(.welch(a, b)).verdict
      let back = rule.judge(.welch(b, a)).verdict
      switch there {
      case .better: XCTAssertEqual(back, .worse)
      case .worse: XCTAssertEqual(back, .better)
      default: XCTAssertEqual(back, there)
      }
    }
  }

  func testWithoutSpreadSeedsChangeNothing() {
    let rule = VerdictRule(.higherIsBetter, margin: 0.01)
    XCTAssertEqual(rule.judge(.paired([0.5, 0.5], [0.5, 0.5])).verdict, .equivalent)
    XCTAssertEqual(rule.judge(.paired([0.75, 0.75], [0.5, 0.5])).verdict, .better)
    XCTAssertEqual(
      VerdictRule(.higherIsBetter).judge(.paired([0.5, 0.5], [0.5, 0.5])).verdict,
      .inconclusive(moreSeeds: .many))
  }
}
