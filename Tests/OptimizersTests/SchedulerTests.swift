import Declarations
import Optimizers
import TestSupport
import XCTest

final class SchedulerTests: XCTestCase {
  private struct Goldens: Decodable {
    struct Case: Decodable {
      let scheduler: String
      let arguments: [String: GoldenArgument]
      let base: Double
      let rates: [Double]
    }
    let cases: [Case]
  }

  func testRatesEqualTorchsSequences() throws {
    let goldens = try golden("schedulers.json", as: Goldens.self)
    for example in goldens.cases {
      let scheduler = SchedulerCatalogue.make(
        try component(SchedulerCatalogue.family, example.scheduler, example.arguments))
      XCTAssertEqual(example.rates.count, 60)
      for (step, expected) in example.rates.enumerated() {
        // torch chains its factors, so where its cosine reaches zero it leaves a rest of 1e-18.
        XCTAssertEqual(
          scheduler.rate(base: example.base, at: step), expected,
          accuracy: max(1e-6 * expected, 1e-15),
          "\(example.scheduler) \(example.arguments), step \(step)")
      }
    }
  }

  func testEveryArgumentOfEverySchedulerHasAGolden() throws {
    let goldens = try golden("schedulers.json", as: Goldens.self)
    for declaration in SchedulerCatalogue.family.declarations {
      let written = Set(
        goldens.cases.filter { $0.scheduler == declaration.name }.flatMap { $0.arguments.keys })
      XCTAssertEqual(written, Set(declaration.parameters.map(\.name)), declaration.name)
    }
  }

  func testLateStepsAndGreatArgumentsDoNotOverflow() {
    let most = DeclaredValue.integer(1_000_000_000)
    let cosine = CosineAnnealingLR(CosineAnnealingLR.declaration.values(["T_max": most]))
    XCTAssertEqual(cosine.rate(base: 1, at: 1_000_000_000), 0, accuracy: 1e-12)
    XCTAssertEqual(cosine.rate(base: 1, at: Int.max), 1, accuracy: 1)
    let step = StepLR(StepLR.declaration.values(["step_size": .integer(Int.max)]))
    XCTAssertEqual(step.rate(base: 1, at: Int.max - 1), 1)
  }
}
