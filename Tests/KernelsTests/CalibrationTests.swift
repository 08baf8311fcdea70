import Kernels
import XCTest

/// The short measurement of the machine.
final class CalibrationTests: XCTestCase {
  func testMeasuresEveryQuantity() {
    let start = ContinuousClock.now
    let speed = Calibration.measure(threads: 2, seconds: 0.01)
    XCTAssertLessThan(ContinuousClock.now - start, .seconds(5))
    XCTAssertEqual(speed.threads, 2)
    XCTAssertGreaterThan(speed.own.one, 0.1)
    XCTAssertGreaterThan(speed.own.all, 0.1)
    XCTAssertLessThan(speed.own.one, 5000)
    XCTAssertEqual(speed.openBLAS == nil, ComputeLibraries.openBLASVersion == nil)
    XCTAssertGreaterThan(speed.bandwidth?.one ?? 0, 0.05)
    XCTAssertGreaterThan(speed.bandwidth?.all ?? 0, 0.05)
    XCTAssertGreaterThan(speed.twoToOne ?? 0, 0.05)
    XCTAssertGreaterThan(speed.share, 0)
    XCTAssertLessThanOrEqual(speed.share, 1)
    XCTAssertEqual(speed.best, max(speed.own.one, speed.openBLAS?.one ?? 0))
  }

  func testOneThreadIsComparedWithNothing() {
    let speed = Calibration.measure(threads: 1, usesMemory: false, seconds: 0.005)
    XCTAssertNil(speed.twoToOne)
    XCTAssertNil(speed.bandwidth)
    XCTAssertEqual(speed.own.one, speed.own.all)
    XCTAssertGreaterThan(speed.share, 0)
  }

  /// With more threads than two, two are measured as well.
  func testManyThreads() {
    let speed = Calibration.measure(threads: 5, usesMemory: false, seconds: 0.005)
    XCTAssertEqual(speed.threads, 5)
    XCTAssertGreaterThan(speed.twoToOne ?? 0, 0.05)
    XCTAssertGreaterThan(speed.own.all, 0.1)
  }
}
