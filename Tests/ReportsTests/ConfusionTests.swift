import Reports
import Runs
import TestSupport
import XCTest

/// What is counted of predictions.
final class ConfusionTests: XCTestCase {
  private func rows(_ pairs: [(String, String)]) -> [PredictionsReader.Row] {
    pairs.enumerated().map { index, pair in
      PredictionsReader.Row(
        path: "\(index)", label: pair.0, predicted: pair.1, labelProbability: 0,
        predictedProbability: 0)
    }
  }

  func testCountsPairsAndMistakes() {
    let confusion = Confusion(
      rows([
        ("b", "a"), ("b", "a"), ("b", "b"), ("a", "a"), ("a", "b"), ("d", "z"), ("d", "a"),
      ]), classes: ["a", "b", "c", "d"])
    // Classes that only the predictions have come last; ones without pictures keep their place.
    XCTAssertEqual(confusion.classes, ["a", "b", "c", "d", "z"])
    XCTAssertEqual(confusion.counts, [[0: 1, 1: 1], [0: 2, 1: 1], [:], [4: 1, 0: 1], [:]])
    XCTAssertEqual(confusion.correct, 2)
    XCTAssertEqual(confusion.accuracy, 2.0 / 7)
    XCTAssertEqual(confusion.meanPerClass, (1.0 / 2 + 1.0 / 3 + 0) / 3)
    XCTAssertEqual(confusion.perClass.map(\.count), [2, 3, 0, 2, 0])
    XCTAssertEqual(confusion.perClass.map { $0.mistake?.place }, [1, 0, nil, 0, nil])
    XCTAssertNil(confusion.perClass[2].accuracy)
    XCTAssertEqual(
      confusion.pairs,
      [
        Confusion.Pair(label: 1, predicted: 0, count: 2, of: 3, reverse: 1),
        Confusion.Pair(label: 0, predicted: 1, count: 1, of: 2, reverse: 2),
        Confusion.Pair(label: 3, predicted: 0, count: 1, of: 2, reverse: 0),
        Confusion.Pair(label: 3, predicted: 4, count: 1, of: 2, reverse: 0),
      ])
  }

  func testNothingIsNothing() {
    let confusion = Confusion([], classes: [])
    XCTAssertNil(confusion.accuracy)
    XCTAssertNil(confusion.meanPerClass)
    XCTAssertEqual(confusion.pairs, [])
  }
}
