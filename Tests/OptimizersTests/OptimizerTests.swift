import CKernels
import Declarations
import Optimizers
import Tensors
import TestSupport
import XCTest

final class OptimizerTests: XCTestCase {
  private struct Goldens: Decodable {
    struct Case: Decodable {
      let optimizer: String
      let arguments: [String: GoldenArgument]
      let after: [String: [Float]]
    }
    let start: [Float]
    let gradients: [[Float]]
    let cases: [Case]
  }

  private typealias Update = (any Optimizer, FloatBuffer, FloatBuffer, [FloatBuffer], Int) -> Void

  /// Fifty steps over the same gradients as torch, for every option.
  private func checkTrajectories(_ provider: String, _ update: Update) throws {
    let goldens = try golden("optimizers.json", as: Goldens.self)
    XCTAssertEqual(goldens.gradients.count, 50)
    for (name, cases) in Dictionary(grouping: goldens.cases, by: \.optimizer) {
      var worst = (difference: 0.0, place: "")
      for example in cases {
        let optimizer = OptimizerCatalogue.make(
          try component(OptimizerCatalogue.family, name, example.arguments))
        let parameter = FloatBuffer(goldens.start)
        let state = (0..<optimizer.stateCount).map { _ in FloatBuffer(count: parameter.count) }
        var compared = 0
        for (index, gradient) in goldens.gradients.enumerated() {
          update(optimizer, parameter, FloatBuffer(gradient), state, index + 1)
          guard let expected = example.after[String(index + 1)] else { continue }
          compared += 1
          XCTAssertEqual(parameter.count, expected.count)
          for (place, (found, wanted)) in zip(parameter.array, expected).enumerated() {
            // Relative to the parameters' size, which is 1: they cross zero on their way.
            let difference = abs(Double(found) - Double(wanted)) / max(1, abs(Double(wanted)))
            if !(difference <= worst.difference) {
              worst = (difference, "\(example.arguments), step \(index + 1), element \(place)")
            }
          }
        }
        XCTAssertEqual(compared, 5)
      }
      Parity.check(
        .optimizer, name, "parameters over 50 steps", against: "torch", provider: provider,
        difference: worst.difference, tolerance: 1e-6, unit: "of the value, or of 1",
        cases: cases.count, worst.place)
    }
  }

  func testGoldensAreWhatTheirGeneratorWrote() throws {
    try GoldenManifest.check("Tests/OptimizersTests/Goldens", tolerance: 1e-6)
  }

  func testTrajectoriesEqualTorchs() throws {
    try checkTrajectories("fast") { optimizer, parameter, gradient, state, step in
      optimizer.update(
        parameter: parameter, gradient: gradient, state: state, step: step,
        rate: optimizer.baseRate)
    }
  }

  func testPlainTrajectoriesEqualTorchs() throws {
    try checkTrajectories("plain") { optimizer, parameter, gradient, state, step in
      optimizer.updatePlain(
        parameter: parameter, gradient: gradient, gradientScale: 1, state: state, step: step,
        rate: optimizer.baseRate)
    }
  }

  func testEveryArgumentOfEveryOptimizerHasAGolden() throws {
    let goldens = try golden("optimizers.json", as: Goldens.self)
    for declaration in OptimizerCatalogue.family.declarations {
      let written = Set(
        goldens.cases.filter { $0.optimizer == declaration.name }.flatMap { $0.arguments.keys })
      XCTAssertEqual(
        written, Set(declaration.parameters.map(\.name)),
        "'\(declaration.name)': add cases to Tools/golden/optimizers.py, run 'make golden'")
    }
  }

  func testFastUpdatesEqualPlainOnesAtAllSizesAndInstructionSets() {
    let settings: [(String, [String: DeclaredValue])] = [
      ("SGD", ["weight_decay": .number(0.1)]),
      ("SGD", ["momentum": .number(0.9), "dampening": .number(0.2)]),
      ("SGD", ["momentum": .number(0.9), "nesterov": .boolean(true)]),
      ("Adam", ["weight_decay": .number(0.1)]),
      ("AdamW", ["weight_decay": .number(0.1)]),
    ]
    defer { xr_isa_limit(xr_isa_best()) }
    for isa in [XR_ISA_BASELINE, XR_ISA_AVX2, XR_ISA_AVX512]
    where isa.rawValue <= xr_isa_best().rawValue {
      xr_isa_limit(isa)
      for (name, arguments) in settings {
        guard let declaration = OptimizerCatalogue.family.declaration(name) else {
          return XCTFail(name)
        }
        let optimizer = OptimizerCatalogue.make(
          ComponentValue(name: name, values: declaration.values(arguments)))
        for count in [0, 1, 3, 17, 16_384, 40_001] {
          var stream = RandomStream(seed: 1, purpose: .test, [UInt64(count)])
          let fast = FloatBuffer((0..<count).map { _ in Float(stream.normal()) })
          let plain = fast.copy()
          let states = (0..<2).map { _ in
            (0..<optimizer.stateCount).map { _ in FloatBuffer(count: count) }
          }
          for step in 1...4 {
            let gradient = FloatBuffer((0..<count).map { _ in Float(stream.normal()) })
            optimizer.update(
              parameter: fast, gradient: gradient, gradientScale: 0.3, state: states[0],
              step: step, rate: 0.01)
            optimizer.updatePlain(
              parameter: plain, gradient: gradient, gradientScale: 0.3, state: states[1],
              step: step, rate: 0.01)
          }
          let worst = zip(fast.array, plain.array).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? 0
          XCTAssertLessThanOrEqual(worst, 5e-7, "\(name) \(count) \(isa)")
        }
      }
    }
  }

  func testThreadsChangeNothing() {
    let optimizer = Adam(Adam.declaration.values())
    var stream = RandomStream(seed: 2, purpose: .test)
    let start = FloatBuffer((0..<50_000).map { _ in Float(stream.normal()) })
    let gradient = FloatBuffer((0..<50_000).map { _ in Float(stream.normal()) })
    let before = xr_pool_threads()
    defer { xr_pool_set_threads(before) }
    let results = [1, 2, 3].map { threads -> [Float] in
      xr_pool_set_threads(Int32(threads))
      let parameter = start.copy()
      let state = [FloatBuffer(count: 50_000), FloatBuffer(count: 50_000)]
      optimizer.update(
        parameter: parameter, gradient: gradient, state: state, step: 1, rate: 0.1)
      return parameter.array
    }
    XCTAssertNotEqual(results[0], start.array)
    XCTAssertEqual(results[0], results[1])
    XCTAssertEqual(results[0], results[2])
  }

  func testNesterovNeedsMomentumAndNoDampeningAsInTorch() {
    func conflicts(_ arguments: [String: DeclaredValue]) -> [ArgumentConflict] {
      OptimizerCatalogue.conflicts(
        ComponentValue(name: "SGD", values: SGD.declaration.values(arguments)))
    }
    XCTAssertEqual(conflicts(["nesterov": .boolean(true)]).map(\.parameter), ["nesterov"])
    XCTAssertEqual(
      conflicts([
        "nesterov": .boolean(true), "momentum": .number(0.9), "dampening": .number(0.5),
      ]).count, 1)
    XCTAssertEqual(conflicts(["nesterov": .boolean(true), "momentum": .number(0.9)]), [])
    XCTAssertEqual(conflicts(["dampening": .number(0.5)]), [])
  }

  func testDefaultsAreTorchs() {
    XCTAssertEqual(SGD(SGD.declaration.values()).baseRate, 1e-3)
    XCTAssertEqual(Adam.declaration.values()[Adam.weightDecay], 0)
    XCTAssertEqual(AdamW.declaration.values()[AdamW.weightDecay], 0.01)
    XCTAssertEqual(OptimizerCatalogue.family.declarations.map(\.name), ["SGD", "Adam", "AdamW"])
    XCTAssertEqual(OptimizerCatalogue.family.declarations.map(\.main), ["lr", "lr", "lr"])
  }
}
