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
    for (name, cases) in Dictionary(grouping: goldens.cases, by: \.scheduler) {
      var worst = (difference: 0.0, place: "")
      for example in cases {
        let scheduler = SchedulerCatalogue.make(
          try component(SchedulerCatalogue.family, name, example.arguments))
        XCTAssertEqual(example.rates.count, 60)
        for (step, expected) in example.rates.enumerated() {
          // torch chains its factors, so where its cosine reaches zero it leaves a rest of 1e-18.
          let rate = scheduler.rate(base: example.base, at: step)
          let difference = abs(rate - expected) / max(expected, 1e-9)
          if !(difference <= worst.difference) {
            worst = (difference, "\(example.arguments), step \(step)")
          }
        }
      }
      Parity.check(
        .scheduler, name, "rates over 60 steps", against: "torch", difference: worst.difference,
        tolerance: 1e-6, unit: "of the rate, or of 1e-9", cases: cases.count, worst.place)
    }
  }

  func testEveryArgumentOfEverySchedulerHasAGolden() throws {
    let goldens = try golden("schedulers.json", as: Goldens.self)
    for declaration in SchedulerCatalogue.family.declarations {
      let written = Set(
        goldens.cases.filter { $0.scheduler == declaration.name }.flatMap { $0.arguments.keys })
      let help = "'\(declaration.name)': add cases to Tools/golden/optimizers.py, run 'make golden'"
      XCTAssertEqual(written, Set(declaration.parameters.map(\.name)), help)
      XCTAssertTrue(goldens.cases.contains { $0.scheduler == declaration.name }, help)
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
