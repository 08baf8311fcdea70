import Declarations
import Foundation
import Images
import Tensors
import TestSupport
import Transforms
import XCTest

/// Random draws against torchvision's own, as two samples of one distribution.
///
/// `draws.json` has how often 20,000 draws of torchvision fell into each bin, for each quantity of a draw and, in
/// quarters, for each two of them together. Each is compared by a chi-square test of two samples, which equal
/// distributions fail once in 100,000; all of them together, which are fewer than 1,000, fail less than once in
/// 100 (Bonferroni), and then only when a generator's seed or version or our stream changes: seeds are fixed.
/// Found are, for example, a uniform draw whose range is 2 % too short, one of 24 orders that never comes, a
/// probability 5 % too low, and places that depend on each other; a range 1 % too short is not.
final class DrawTests: XCTestCase {
  private static let path = "\(Places.repository)/Tests/TransformsTests/Goldens/draws.json"
  /// How often the test of one quantity fails where nothing is wrong.
  private static let rate = 1e-5
  /// The standard normal's quantile of 1 - `rate`.
  private static let quantile = 4.264_891

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
        var cell = golden.edges.partitioningIndex { $0 > value }
        if let with = golden.with, let edges = golden.withEdges {
          let other = try XCTUnwrap(sample[with], golden.description)
          cell = cell * (edges.count + 1) + edges.partitioningIndex { $0 > other }
        }
        counts[cell] += 1
      }
      check(counts, golden)
    }
    XCTAssertLessThan(Double(goldens.count) * Self.rate, 0.01)
    for type in TransformCatalogue.all where type.isRandom {
      let name = type.declaration.name
      XCTAssertTrue(
        seen.contains(name),
        "the draws of '\(name)' have no golden: add it to 'draws' in Tools/golden/transforms.py, run 'make golden'"
      )
    }
    let random = TransformCatalogue.all.filter { $0.isRandom }.map { $0.declaration.name }
    XCTAssertEqual(seen, Set(random))
  }

  /// What of a draw a golden must count: everything that it has.
  func testEveryPartOfEveryDrawIsCounted() throws {
    let goldens = try JSONDecoder().decode(
      [DrawGolden].self, from: Data(contentsOf: URL(fileURLWithPath: Self.path)))
    for (setting, goldens) in Dictionary(grouping: goldens, by: \.setting) {
      let golden = try XCTUnwrap(goldens.first)
      let type = try XCTUnwrap(TransformCatalogue.type(golden.transform))
      let sample = try XCTUnwrap(draw(type, golden, count: 1).first)
      let counted = Set(goldens.map(\.quantity))
      // Of noise two numbers stand for all; orders are counted as one number.
      for part in sample.keys where !part.hasPrefix("noise") && !part.hasPrefix("order") {
        let isFixed = golden.transform == "ColorJitter" && golden.arguments[part] == nil
        XCTAssertTrue(counted.contains(part) || isFixed, "\(setting): \(part)")
      }
    }
  }

  private func check(_ counts: [Int], _ golden: DrawGolden) {
    XCTAssertEqual(counts.reduce(0, +), golden.counts.reduce(0, +), golden.description)
    // Cells of few draws are not distributed as chi-square asks: they become one.
    var rest = (0, 0)
    var cells: [(Int, Int)] = []
    for (mine, theirs) in zip(counts, golden.counts) {
      if mine + theirs < 40 {
        rest = (rest.0 + mine, rest.1 + theirs)
      } else {
        cells.append((mine, theirs))
      }
    }
    if rest.0 + rest.1 >= 40 {
      cells.append(rest)
    } else {
      // Of what must never be there a few are already too many.
      XCTAssertLessThan(abs(rest.0 - rest.1), 30, golden.description)
    }
    var chi = 0.0
    var bins = 0
    for (mine, theirs) in cells {
      let gap = Double(mine - theirs)
      chi += gap * gap / Double(mine + theirs)
      bins += 1
    }
    XCTAssertLessThanOrEqual(chi, Self.limit(degrees: bins - 1), "\(golden) \(counts)")
  }

  /// What chi-square of so many degrees of freedom exceeds once in 100,000 (Wilson and Hilferty 1931).
  private static func limit(degrees: Int) -> Double {
    guard degrees > 0 else { return 0 }
    let part = 2 / (9 * Double(degrees))
    let root = 1 - part + quantile * part.squareRoot()
    return Double(degrees) * root * root * root
  }

  func testTheTestSeesASmallShift() {
    // Twenty bins of 1,000: 9 percent more in the first half are found, equal counts are not.
    let even = [Int](repeating: 1000, count: 20)
    let shifted = (0..<20).map { $0 < 10 ? 1090 : 910 }
    func chi(_ other: [Int]) -> Double {
      zip(even, other).reduce(0.0) { $0 + pow(Double($1.0 - $1.1), 2) / Double($1.0 + $1.1) }
    }
    XCTAssertGreaterThan(chi(shifted), Self.limit(degrees: 19))
    XCTAssertLessThan(chi(even), Self.limit(degrees: 19))
    // SciPy's chi2.isf(1e-5, 19) is 57.373: the approximation lies above, so the rate is a little less.
    XCTAssertEqual(Self.limit(degrees: 19), 57.373, accuracy: 0.6)
    XCTAssertGreaterThan(Self.limit(degrees: 19), 57.373)
  }

  private func draw<T: Transform>(
    _ type: T.Type, _ golden: DrawGolden, count: Int? = nil
  ) throws -> [[String: Double]] {
    let step = try T(T.declaration.values(golden.arguments.mapValues(\.declared)))
    let size = PictureSize(height: golden.height, width: golden.width)
    let name = golden.transform.utf8.reduce(UInt64(0)) { $0 &* 31 &+ UInt64($1) }
    return try (0..<(count ?? golden.counts.reduce(0, +))).map { number in
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
    case "ColorJitter":
      values["order"] = (0..<4).reduce(0) { $0 * 10 + (draw["order\($1)"] ?? 9) }
      for name in ["brightness", "contrast", "saturation", "hue"] {
        values[name] = draw[name] ?? -1
      }
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
  /// The other of two quantities that are counted together, row by row of the first.
  let with: String?
  let withEdges: [Double]?
  let counts: [Int]

  private enum CodingKeys: String, CodingKey {
    case transform, width, height, arguments, quantity, edges, with, counts
    case withEdges = "with_edges"
  }

  var setting: String {
    "\(transform) \(width) x \(height) \(arguments.sorted { $0.key < $1.key })"
  }
  var description: String { "\(setting) \(quantity)\(with.map { " with " + $0 } ?? "") \(counts)" }
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
