import Tensors
import Training
import XCTest

final class EpochMetricsTests: XCTestCase {
  private func metrics(_ logits: [[Float]], _ labels: [Int32], losses: [Float]) -> EpochMetrics {
    var metrics = EpochMetrics(classes: logits[0].count)
    let flat = FloatBuffer(logits.flatMap { $0 })
    let loss = FloatBuffer(losses)
    metrics.add(
      logits: UnsafeBufferPointer(flat.floats), losses: UnsafeBufferPointer(loss.floats),
      labels: Int32Buffer(labels), count: labels.count)
    withExtendedLifetime((flat, loss)) {}
    return metrics
  }

  func testByHand() {
    // Ranks of the labels: 0, 1, 5 and 0 again; classes 0 and 6 occur, 0 three times.
    let found = metrics(
      [
        [9, 1, 2, 3, 4, 5, 6], [5, 9, 1, 1, 1, 1, 1], [1, 9, 8, 7, 6, 5, 0],
        [0, 0, 0, 0, 0, 0, 1],
      ], [0, 0, 0, 6], losses: [1, 2, 3, 6])
    XCTAssertEqual(found.count, 4)
    XCTAssertEqual(found.loss, 3)
    XCTAssertEqual(found.acc1, 0.5)
    XCTAssertEqual(found.acc5, 0.75)
    XCTAssertEqual(found.accPerClassMean, (1.0 / 3 + 1) / 2)
  }

  func testWithFewerThanFiveClassesAllAreAmongTheFirstFive() {
    let found = metrics([[3, 2, 1], [3, 2, 1]], [2, 1], losses: [1, 1])
    XCTAssertEqual(found.acc1, 0)
    XCTAssertEqual(found.acc5, 1)
    XCTAssertEqual(found.accPerClassMean, 0)
  }

  func testOfEqualLogitsTheFirstClassWinsAsInArgmax() {
    XCTAssertEqual(metrics([[1, 1]], [0], losses: [0]).acc1, 1)
    XCTAssertEqual(metrics([[1, 1]], [1], losses: [0]).acc1, 0)
  }

  func testLogitsThatAreNoNumbersAreWrong() {
    XCTAssertEqual(metrics([[.nan, .nan]], [0], losses: [.nan]).acc1, 0)
    XCTAssertEqual(metrics([[1, .nan]], [0], losses: [0]).acc1, 0)
  }

  func testOnlyTheFirstRowsOfABatchCount() {
    var found = EpochMetrics(classes: 2)
    let logits = FloatBuffer([2, 1, 1, 2])
    let losses = FloatBuffer([1, 5])
    found.add(
      logits: UnsafeBufferPointer(logits.floats),
      losses: UnsafeBufferPointer(losses.floats), labels: Int32Buffer([0, 0]),
      count: 1)
    XCTAssertEqual(found.count, 1)
    XCTAssertEqual(found.acc1, 1)
    XCTAssertEqual(found.loss, 1)
    withExtendedLifetime((logits, losses)) {}
  }
}
