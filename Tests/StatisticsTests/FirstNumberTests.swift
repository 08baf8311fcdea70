import Statistics
import XCTest

final class FirstNumberTests: XCTestCase {
  func testTheFirstIsFoundFromEveryGuess() {
    for range in [1...1, 1...2, 1...9, 3...40] {
      for first in range.lowerBound...range.upperBound + 1 {
        for guess in -2...range.upperBound + 5 {
          var asked = Set<Int>()
          let found = FirstNumber.of(range, near: guess) { number in
            XCTAssertTrue(range.contains(number), "\(number) is asked of \(range)")
            XCTAssertTrue(asked.insert(number).inserted, "\(number) is asked again")
            return number >= first
          }
          XCTAssertEqual(found, range.contains(first) ? first : nil, "\(range), near \(guess)")
        }
      }
    }
  }

  func testAGuessThatIsNearSavesTrials() {
    func trials(_ guess: Int, first: Int) -> Int {
      var count = 0
      _ = FirstNumber.of(1...1000, near: guess) { number in
        count += 1
        return number >= first
      }
      return count
    }
    XCTAssertEqual(trials(500, first: 500), 2)
    XCTAssertEqual(trials(499, first: 500), 2)
    XCTAssertEqual(trials(1000, first: 1001), 1)
    XCTAssertEqual(trials(1, first: 1), 1)
    XCTAssertLessThanOrEqual(trials(490, first: 500), 8)
  }
}
