import Declarations
import Foundation
import Images
import Tensors
import TestSupport
import Transforms
import XCTest

/// Random draws against torchvision's own, as two samples of one distribution.
///
/// `draws.json` has how often 20,000 draws of torchvision fell into each bin. Each quantity is compared by a
/// chi-square test of two samples, which equal distributions fail once in 10,000; seeds are fixed.
final class DrawTests: XCTestCase {
  private static let path = "\(Places.repository)/Tests/TransformsTests/Goldens/draws.json"
  /// The standard normal's quantile of 1 - 1/10,000.
  private static let quantile = 3.719

  func testDrawsAreDistributedAsTorchvisions() throws {
    let goldens = try JSONDecoder().decode(
      [DrawGolden].self, from: Data(contentsOf: URL(fileURLWithPath: Self.path)))
    var seen = Set<String>()
    var samples: (key: String, values: [[String: Double]]) = ("", [])
    for golden in goldens {
      let type = try XCTUnwrap(TransformCatalogue.type(golden.transform))
      seen.insert(golden.transform)
      // Quantities of one setting stand together: their draws are made once.
      if samples.key != golden.setting {
        samples = (golden.setting, try draw(type, golden))
      }
      var counts = [Int](repeating: 0, count: golden.counts.count)
      for sample in samples.values {
        let value = try XCTUnwrap(sample[golden.quantity], golden.description)
        counts[golden.edges.partitioningIndex { $0 > value }] += 1
      }
      check(counts, golden)
    }
    let kept: Set = ["RandomRotation", "ColorJitter"]
    let chances: Set = ["RandomHorizontalFlip", "RandomVerticalFlip", "RandomGrayscale"]
    XCTAssertEqual(
      seen.union(kept).union(chances),
      Set(TransformCatalogue.all.filter { $0.isRandom }.map { $0.declaration.name }),
      "what is not here is in ConformanceTests")
  }

  private func check(_ counts: [Int], _ golden: DrawGolden) {
    XCTAssertEqual(counts.reduce(0, +), golden.counts.reduce(0, +), golden.description)
    var chi = 0.0
    var bins = 0
    for (mine, theirs) in zip(counts, golden.counts) where mine + theirs > 0 {
      let gap = Double(mine - theirs)
      chi += gap * gap / Double(mine + theirs)
      bins += 1
    }
    XCTAssertLessThanOrEqual(chi, Self.limit(degrees: bins - 1), "\(golden) \(counts)")
  }

  /// What chi-square of so many degrees of freedom exceeds once in 10,000 (Wilson and Hilferty 1931).
  private static func limit(degrees: Int) -> Double {
    guard degrees > 0 else { return 0 }
    let part = 2 / (9 * Double(degrees))
    let root = 1 - part + quantile * part.squareRoot()
    return Double(degrees) * root * root * root
  }

  func testTheTestSeesASmallShift() {
    // Twenty bins of 1,000: 8 percent more in the first half are found, equal counts are not.
    let even = [Int](repeating: 1000, count: 20)
    let shifted = (0..<20).map { $0 < 10 ? 1080 : 920 }
    func chi(_ other: [Int]) -> Double {
      zip(even, other).reduce(0.0) { $0 + pow(Double($1.0 - $1.1), 2) / Double($1.0 + $1.1) }
    }
    XCTAssertGreaterThan(chi(shifted), Self.limit(degrees: 19))
    XCTAssertLessThan(chi(even), Self.limit(degrees: 19))
    // SciPy's chi2.isf(1e-4, 19) is 50.795: the approximation lies above, so the rate is a little less.
    XCTAssertEqual(Self.limit(degrees: 19), 50.795, accuracy: 0.3)
    XCTAssertGreaterThan(Self.limit(degrees: 19), 50.795)
  }

  private func draw<T: Transform>(
    _ type: T.Type, _ golden: DrawGolden
  ) throws -> [[String: Double]] {
    let step = try T(T.declaration.values(golden.arguments.mapValues(\.declared)))
    let size = PictureSize(height: golden.height, width: golden.width)
    let name = golden.transform.utf8.reduce(UInt64(0)) { $0 &* 31 &+ UInt64($1) }
    return try (0..<golden.counts.reduce(0, +)).map { number in
      var stream = RandomStream(seed: 23, purpose: .test, [name, UInt64(number)])
      return Self.quantities(
        try JSONValue.numbers(of: step.draw(for: size, from: &stream)), golden)
    }
  }

  /// What the generator calls by the same names.
  private static func quantities(
    _ draw: [String: Double], _ golden: DrawGolden
  ) -> [String: Double] {
    var values = draw
    switch golden.transform {
    case "RandomCrop":
      values["place"] = (draw["top"] ?? 0) * 100 + (draw["left"] ?? 0)
    case "RandomResizedCrop", "RandomErasing":
      let (height, width) = (draw["height"] ?? 0, draw["width"] ?? 0)
      values["area"] = height * width / Double(golden.width * golden.height)
      values["ratio"] =
        golden.transform == "RandomErasing"
        ? (height * width > 0 ? height / width : 0) : width / height
    case "RandomPerspective":
      // Corners that stay have no place to compare.
      for number in 0..<8 { values["corners\(number)"] = draw["corners\(number)"] ?? -1 }
    default: break
    }
    return values
  }
}

private struct DrawGolden: Decodable, CustomStringConvertible {
  let transform: String
  let width, height: Int
  let arguments: [String: JSONValue]
  let quantity: String
  let edges: [Double]
  let counts: [Int]

  var setting: String {
    "\(transform) \(width) x \(height) \(arguments.sorted { $0.key < $1.key })"
  }
  var description: String { "\(setting) \(quantity) \(counts)" }
}

extension [Double] {
  /// The first index whose element satisfies what all behind it do too.
  fileprivate func partitioningIndex(where isBehind: (Double) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
