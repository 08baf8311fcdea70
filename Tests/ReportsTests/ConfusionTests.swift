import Reports
import Runs
import TestSupport
import XCTest

/// What is counted of predictions.
final class ConfusionTests: XCTestCase {
  private func rows(_ pairs: [(String, String)]) throws -> [PredictionsReader.Row] {
    let folder = try TemporaryFolder()
    let run = RunFolder(existing: folder.path)
    try PredictionsWriter.write(
      pairs.enumerated().map { index, pair in
        Prediction(
          path: "\(index)", label: pair.0, top: [(label: pair.1, probability: 0.5)],
          labelProbability: 0.25)
      }, to: run, split: "val")
    return try PredictionsReader.read(run.predictions("val"))
  }

  func testCountsPairsAndMistakes() throws {
    let confusion = Confusion(
      try rows([
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
      confusion.pairs.map { [$0.label, $0.predicted, $0.count, $0.of, $0.reverse] },
      [[1, 0, 2, 3, 1], [0, 1, 1, 2, 2], [3, 0, 1, 2, 0], [3, 4, 1, 2, 0]])
  }

  func testNothingIsNothing() {
    let confusion = Confusion([], classes: [])
    XCTAssertNil(confusion.accuracy)
    XCTAssertNil(confusion.meanPerClass)
    XCTAssertEqual(confusion.pairs, [])
  }
}
