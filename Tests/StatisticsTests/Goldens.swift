import Foundation
import TestSupport
import XCTest

/// What `Tools/golden/comparisons.py` computed with scipy, statsmodels and mpmath.
enum Goldens {
  static let folder = "Tests/StatisticsTests/Goldens"
  /// Relative.
  static let tolerance = 1e-9

  static func read<Content: Decodable>(_ name: String, as type: Content.Type) throws -> Content {
    let path = "\(Places.repository)/\(folder)/\(name)"
    return try JSONDecoder().decode(type, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }
}

/// A number, infinity as a text, or nothing where a library says NaN.
struct GoldenNumber: Decodable {
  let value: Double?

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      value = nil
    } else if let number = try? container.decode(Double.self) {
      value = number
    } else {
      value = try container.decode(String.self) == "inf" ? .infinity : -.infinity
    }
  }
}

/// Fails where a number differs from a golden by more than the tolerance, relative to the golden or to `scale`,
/// where it is the small difference of large numbers.
func assertClose(
  _ value: Double?, _ golden: Double?, scale: Double = 0, _ message: String,
  file: StaticString = #filePath, line: UInt = #line
) {
  guard let value, let golden else {
    XCTAssertEqual(value, golden, message, file: file, line: line)
    return
  }
  if value == golden { return }
  // Below this numbers lose digits, whoever computes them.
  let allowed = Goldens.tolerance * max(abs(golden), scale, 1e-290)
  XCTAssert(
    abs(value - golden) <= allowed,
    "\(message): \(value), not \(golden), off by \(abs(value - golden) / max(abs(golden), scale))",
    file: file, line: line)
}
