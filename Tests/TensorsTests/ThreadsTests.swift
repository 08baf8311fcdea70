import Tensors
import XCTest

final class ThreadsTests: XCTestCase {
  func testAMapHasAllValuesInTheirOrder() {
    for count in [0, 1, 2, 15, 16, 17, 100, 1000, 4097] {
      for threads in [0, 1, 2, 7, 32] {
        XCTAssertEqual(
          Threads.map(count, threads: threads) { $0 * 3 }, (0..<count).map { $0 * 3 },
          "\(count) by \(threads)")
      }
    }
  }
}
