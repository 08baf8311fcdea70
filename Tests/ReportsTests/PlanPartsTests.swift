import Declarations
import Reports
import XCTest

final class SparklineTests: XCTestCase {
  func testHeightsAreShareOfTheGreatest() {
    XCTAssertEqual(Sparkline.text([0, 1, 2, 3, 4, 5, 6, 7]), "▁▂▃▄▅▆▇█")
    XCTAssertEqual(Sparkline.text([0.01, 0.001, 0.0001]), "█▂▁")
    XCTAssertEqual(Sparkline.text([0.3, 0.3]), "██")
    XCTAssertEqual(Sparkline.text([0, 0]), "▁▁", "a rate of zero does not divide")
    XCTAssertEqual(Sparkline.text([5]), "█")
    XCTAssertEqual(Sparkline.text([]), "")
  }

  func testLongCurvesKeepTheirEnds() {
    let text = Sparkline.text([7] + [Double](repeating: 3.5, count: 98) + [0], width: 10)
    XCTAssertEqual(text, "█▅▅▅▅▅▅▅▅▁")
  }
}

final class LayerRangesTests: XCTestCase {
  private let names = [
    "conv1.weight", "layer1.0.conv.weight", "layer1.0.bn.weight", "layer1.0.bn.bias",
    "layer1.1.conv.weight", "layer2.0.conv.weight", "layer3.0.conv.weight", "fc.weight", "fc.bias",
  ]

  private func text(_ isChosen: (String) -> Bool) -> [String] {
    LayerRanges.text(of: Set(names.filter(isChosen)), in: names)
  }

  func testWholeModulesAndRuns() {
    XCTAssertEqual(text { _ in true }, ["all layers"])
    XCTAssertEqual(text { _ in false }, [])
    XCTAssertEqual(text { $0.hasPrefix("fc") }, ["fc"])
    XCTAssertEqual(text { !$0.hasPrefix("fc") }, ["conv1", "layer1-3"])
    XCTAssertEqual(text { $0.hasPrefix("layer2") || $0.hasPrefix("fc") }, ["layer2", "fc"])
  }

  func testAGapEndsARun() {
    XCTAssertEqual(text { $0.hasPrefix("layer") && !$0.hasPrefix("layer2") }, ["layer1", "layer3"])
  }

  func testPartsOfModules() {
    XCTAssertEqual(text { $0.hasPrefix("layer1.0.bn") }, ["layer1.0.bn"])
    XCTAssertEqual(text { $0.hasSuffix("bn.bias") }, ["layer1.0.bn.bias"])
    XCTAssertEqual(
      text { $0.hasPrefix("layer1.1") || $0.hasPrefix("layer2") }, ["layer1.1", "layer2"])
  }

  func testRunsInsideAModuleCarryItsPath() {
    let names = [
      "features.0.weight", "features.3.weight", "features.4.weight", "classifier.weight",
    ]
    XCTAssertEqual(
      LayerRanges.text(of: ["features.0.weight", "features.3.weight"], in: names), ["features.0-3"])
  }

  /// Whatever is chosen, what is printed names all of it and nothing else.
  func testEveryChoiceCanBeReadBack() {
    for mask in 0..<(1 << names.count) {
      let chosen = Set(names.indices.filter { mask >> $0 & 1 == 1 }.map { names[$0] })
      var read = Set<String>()
      for part in LayerRanges.text(of: chosen, in: names) {
        let stems: [String]
        if part == "all layers" {
          read = Set(names)
          continue
        } else if let dash = part.firstIndex(of: "-") {
          let first = String(part[..<dash])
          let prefix = String(first.dropLast())
          let ends = (Int(first.suffix(1)) ?? -1)...(Int(part[part.index(after: dash)...]) ?? -1)
          stems = ends.map { prefix + "\($0)" }
        } else {
          stems = [part]
        }
        for stem in stems {
          read.formUnion(names.filter { $0 == stem || $0.hasPrefix(stem + ".") })
        }
      }
      XCTAssertEqual(read, chosen)
    }
  }
}

final class PlanNumbersTests: XCTestCase {
  func testRates() {
    XCTAssertEqual(
      [0, 0.01, 0.001, 0.000380602, 1, 12.34, 123.4, 1e-6, 9.99e-4].map(Numbers.rate),
      ["0", "0.01", "0.001", "0.00038", "1", "12", "120", "1e-06", "0.001"])
  }

  func testWork() {
    XCTAssertEqual(
      [0, 1_234_567, 299_000_000, 1_824_000_000, 230_000_000_000].map(Numbers.flops),
      ["0.0 MFLOP", "1.2 MFLOP", "299 MFLOP", "1.82 GFLOP", "230 GFLOP"])
  }
}
