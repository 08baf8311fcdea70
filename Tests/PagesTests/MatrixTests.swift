import Foundation
import Pages
import TestSupport
import XCTest

/// The matrix of a page against scikit-learn's of the same predictions.
final class MatrixTests: XCTestCase {
  func testTheMatrixIsThatOfScikitLearn() throws {
    let python = try Places.python()
    for classes in [5, 40] {
      let made = try MadeRun(classes: classes, picturesPerClass: 6)
      try RunPage.write(made.run, threads: 2)
      let result = try Command(
        python,
        [
          Places.repository + "/Tools/python/check_report.py", made.run.report,
          made.run.predictions("val"),
        ])
      XCTAssertEqual(result.status, 0, result.output)
      XCTAssertTrue(result.output.contains("\(classes) classes agree"), result.output)
    }
  }

  /// The other way round: a matrix of other predictions is found out.
  func testAnotherMatrixIsFoundOut() throws {
    let python = try Places.python()
    let (made, other) = (try MadeRun(), try MadeRun(seed: 1))
    try RunPage.write(made.run, threads: 2)
    let result = try Command(
      python,
      [
        Places.repository + "/Tools/python/check_report.py", made.run.report,
        other.run.predictions("val"),
      ])
    XCTAssertNotEqual(result.status, 0, result.output)
  }
}
