import Statistics
import TestSupport
import XCTest

final class DistributionTests: XCTestCase {
  private struct Case: Decodable {
    let function: String
    let arguments: [Double]
    let values: [GoldenNumber]
  }

  func testGoldensAreTheGeneratorsOwn() throws {
    try GoldenManifest.check(Goldens.folder, tolerance: Goldens.tolerance)
  }

  func testDistributionsEqualTheLibraries() throws {
    let cases = try Goldens.read("distributions.json", as: [String: [Case]].self)["cases"] ?? []
    var counts: [String: Int] = [:]
    for one in cases {
      counts[one.function, default: 0] += 1
      let a = one.arguments
      let values: [Double]
      // What integration leaves in tails that no power needs.
      var scale = 0.0
      switch one.function {
      case "beta":
        let tails = SpecialFunctions.regularizedBeta(a[2], complement: 1 - a[2], a[0], a[1])
        values = [tails.lower, tails.upper]
      case "gamma":
        let tails = SpecialFunctions.regularizedGamma(a[0], a[1])
        values = [tails.lower, tails.upper]
      case "normal cdf": values = [Normal.cdf(a[0])]
      case "normal quantile": values = [Normal.quantile(a[0])]
      case "t":
        let t = StudentT(degreesOfFreedom: a[0])
        values = [t.cdf(a[1]), t.survival(a[1])]
      case "t upper quantile":
        values = [StudentT(degreesOfFreedom: a[0]).upperQuantile(a[1])]
      case "binomial":
        let binomial = Binomial(count: Int(a[0]), probability: a[1])
        values = [binomial.pmf(Int(a[2])), binomial.cdf(Int(a[2]))]
      case "noncentral t":
        let t = NoncentralT(degreesOfFreedom: a[0], noncentrality: a[1])
        values = [t.cdf(a[2]), t.survival(a[2])]
        scale = 1e-10
      default:
        XCTFail("no function '\(one.function)'")
        continue
      }
      XCTAssertEqual(values.count, one.values.count)
      for (value, golden) in zip(values, one.values) {
        assertClose(value, golden.value, scale: scale, "\(one.function)\(a)")
      }
    }
    XCTAssertEqual(counts.count, 8)
    XCTAssertGreaterThan(cases.count, 500)
  }

  func testQuantilesAreWhereTheProbabilityIs() {
    for degrees in [1, 1.5, 2, 7, 33.3, 1e4, 1e13] {
      let t = StudentT(degreesOfFreedom: degrees)
      for p in [1e-100, 1e-20, 1e-6, 0.01, 0.2, 0.25, 0.3, 0.49, 0.51, 0.9, 0.999] {
        assertClose(t.survival(t.upperQuantile(p)), p, "\(degrees) degrees, \(p)")
        XCTAssertEqual(t.quantile(p), p < 0.5 ? -t.upperQuantile(p) : t.upperQuantile(1 - p))
      }
    }
    for p in [1e-300, 1e-20, 0.01, 0.3, 0.5, 0.7, 0.99] {
      assertClose(Normal.cdf(Normal.quantile(p)), p, "normal, \(p)")
    }
  }

  func testTheEndsAreWhereTheyBelong() {
    XCTAssertEqual(Normal.quantile(0), -.infinity)
    XCTAssertEqual(Normal.quantile(1), .infinity)
    let t = StudentT(degreesOfFreedom: 3)
    XCTAssertEqual(t.quantile(0), -.infinity)
    XCTAssertEqual(t.quantile(1), .infinity)
    XCTAssertEqual(t.quantile(0.5), 0)
    XCTAssertEqual(t.survival(.infinity), 0)
    XCTAssertEqual(t.survival(-.infinity), 1)
    XCTAssertEqual(t.survival(1e200), 0)
    XCTAssertEqual(Binomial(count: 4, probability: 0.3).cdf(-1), 0)
    XCTAssertEqual(Binomial(count: 4, probability: 0.3).cdf(4), 1)
    XCTAssertEqual(Binomial(count: 4, probability: 0).pmf(0), 1)
    XCTAssertEqual(Binomial(count: 4, probability: 1).pmf(4), 1)
    XCTAssertEqual(NoncentralT(degreesOfFreedom: 3, noncentrality: 1).cdf(.infinity), 1)
    XCTAssertEqual(NoncentralT(degreesOfFreedom: 3, noncentrality: 1).survival(.infinity), 0)
    let normal = NoncentralT(degreesOfFreedom: .infinity, noncentrality: 1)
    XCTAssertEqual(normal.cdf(2), Normal.cdf(1))
    // Without a shift it is Student's.
    for x in [-3, -0.2, 0, 1, 4.5] {
      assertClose(
        NoncentralT(degreesOfFreedom: 3, noncentrality: 0).cdf(x), t.cdf(x), "no shift, \(x)")
    }
  }
}
