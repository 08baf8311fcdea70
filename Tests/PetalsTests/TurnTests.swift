import Foundation
import Petals
import XCTest

final class TurnTests: XCTestCase {
  func testVectorIsCosineAndSine() {
    for step in -400...400 {
      let turns = Float(step) / 128
      let vector = Turn.vector(turns)
      let angle = Double(turns) * 2 * Double.pi
      XCTAssertEqual(Double(vector.x), cos(angle), accuracy: 1e-6, "\(turns)")
      XCTAssertEqual(Double(vector.y), sin(angle), accuracy: 1e-6, "\(turns)")
    }
  }

  func testWavesHaveTheirPeriodAndRange() {
    XCTAssertEqual(Turn.wave(0.25), 1)
    XCTAssertEqual(Turn.wave(0.75), -1)
    XCTAssertEqual(Turn.wave(-0.25), -1)
    XCTAssertEqual(Turn.zigzag(0), 0)
    XCTAssertEqual(Turn.zigzag(2.5), 1)
    XCTAssertEqual(Turn.zigzag(-0.25), 0.5)
  }
}
