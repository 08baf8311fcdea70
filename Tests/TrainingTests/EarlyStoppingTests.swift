import Experiments
import Training
import XCTest

final class EarlyStoppingTests: XCTestCase {
  /// After which value (from 1) a phase stops, and which ones were the best so far.
  private func watch(
    _ values: [Double], metric: String, patience: Int, minDelta: Double = 0
  ) -> (stop: Int?, best: [Int]) {
    var state = EarlyStoppingState(
      metric: metric, rule: EarlyStopping(patience: patience, minDelta: minDelta))
    var best: [Int] = []
    for (index, value) in values.enumerated() {
      if state.isBest(value) { best.append(index + 1) }
      if state.shouldStop { return (index + 1, best) }
    }
    return (nil, best)
  }

  func testPatienceCountsEpochsWithoutImprovement() {
    let values = [0.5, 0.4, 0.6, 0.6, 0.5, 0.7]
    XCTAssertEqual(watch(values, metric: "val/acc1", patience: 1).stop, 2)
    XCTAssertEqual(watch(values, metric: "val/acc1", patience: 2).stop, 5)
    XCTAssertNil(watch(values, metric: "val/acc1", patience: 3).stop)
    // Of equal values the first stays the best.
    XCTAssertEqual(watch(values, metric: "val/acc1", patience: 3).best, [1, 3, 6])
  }

  func testALossIsMinimisedAndTheRestMaximised() {
    let falling = [3.0, 2, 1]
    XCTAssertEqual(watch(falling, metric: "val/loss", patience: 1).best, [1, 2, 3])
    XCTAssertNil(watch(falling, metric: "val/loss", patience: 1).stop)
    XCTAssertEqual(watch(falling, metric: "val/acc1", patience: 2).best, [1])
    XCTAssertEqual(watch(falling, metric: "val/acc1", patience: 2).stop, 3)
  }

  func testSmallGainsAreBestYetNoImprovementUntilTheyAddUp() {
    // Each gains three quarters of 'min_delta', counted from the last that was an improvement.
    let rising = [0.0, 0.75, 1.5, 2.25, 3]
    let found = watch(rising, metric: "val/acc1", patience: 2, minDelta: 1)
    XCTAssertNil(found.stop)
    XCTAssertEqual(found.best, [1, 2, 3, 4, 5])
    XCTAssertEqual(watch(rising, metric: "val/acc1", patience: 1, minDelta: 1).stop, 2)
    let falling = rising.map { -$0 }
    XCTAssertNil(watch(falling, metric: "val/loss", patience: 2, minDelta: 1).stop)
    XCTAssertEqual(watch(falling, metric: "val/loss", patience: 1, minDelta: 1).stop, 2)
    // Exactly 'min_delta' is not more than it.
    XCTAssertEqual(watch([0, 1], metric: "val/acc1", patience: 1, minDelta: 1).stop, 2)
  }

  func testWhatIsNoNumberIsNeverTheBest() {
    let found = watch([.nan, 1, .nan, .nan], metric: "val/loss", patience: 2)
    XCTAssertEqual(found.best, [2])
    XCTAssertEqual(found.stop, 4)
  }

  func testWithoutARuleOnlyTheBestIsFound() {
    var state = EarlyStoppingState(metric: "val/acc1", rule: nil)
    XCTAssertEqual([1, 1, 0, 2].map { state.isBest($0) }, [true, false, false, true])
    XCTAssertFalse(state.shouldStop)
  }
}
