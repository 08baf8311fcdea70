import Foundation
import Graphs
import Kernels
import Tensors
import TestSupport
import XCTest

/// Every layer, alone and in the sequences that are fused, against torch: results, gradients of all
/// that goes in, and running statistics; by every provider and every instruction set of our kernels.
final class LayerGoldenTests: XCTestCase {
  func testGoldensAreWhatTheirGeneratorWrote() throws {
    try GoldenManifest.check(LayerGoldens.folder)
  }

  func testEveryLayerEqualsTorchs() throws {
    let goldens = try LayerGoldens()
    XCTAssertGreaterThan(goldens.cases.count, 200)
    var claims = GoldenClaims()
    for golden in goldens.cases {
      for form in golden.forms {
        do {
          let graph = try golden.graph(form)
          XCTAssertEqual(
            Set(graph.outputs.keys), golden.outputs(of: form), "\(golden.name), \(form)")
          try Processors.forEach { kind, isa in
            try compare(graph, form, of: golden, in: goldens, kind, isa, &claims)
          }
        } catch {
          XCTFail("\(golden.name), \(form): \(error)")
        }
      }
    }
    claims.check(.layer, unit: "of the greatest element")
  }

  private func compare(
    _ graph: Graph, _ form: LayerGolden.Form, of golden: LayerGolden, in goldens: LayerGoldens,
    _ kind: ProviderKind, _ isa: String, _ claims: inout GoldenClaims
  ) throws {
    let inputs = golden.runInputs(for: graph)
    let store = golden.store(for: graph)
    let program = try Program(graph, provider: kind, threads: 2, store: store)
    try program.run(inputs: inputs)
    let states = graph.states.map { (graph[$0].name, store[graph[$0].name]?.array ?? []) }
    // Twice: what was packed or left in the arena by the first run must not matter.
    try program.run(inputs: inputs)

    // One line for all layers says enough of processors that this one plays.
    let component = Processors.limit == nil ? golden.component : "every layer"
    let provider = kind.rawValue + (Processors.limit.map { " limited to \($0)" } ?? "")
    func note(_ found: [Float], _ name: String, _ quantity: String) {
      claims.note(
        component, quantity, provider, example: golden.name,
        difference: goldens.difference(found, name, of: golden),
        tolerance: golden.tolerance ?? goldens.tolerance,
        place: "The worst is '\(golden.name)', \(name), \(form), \(isa), by "
          + program.kernelNames.map(\.kernel).joined(separator: ", "))
    }
    for name in graph.outputs.keys.sorted() {
      let found = program.output(name).array
      if name != "y" {
        note(found, name, "gradients")
      } else if form == .evaluation {
        note(found, "evaluation", "result in evaluation")
      } else {
        note(found, "y", "result")
      }
    }
    for (name, found) in states
    where form != .evaluation && golden.results["after/" + name] != nil {
      note(found, "after/" + name, "running statistics after a step")
    }
  }

  /// oneDNN has other kernels for other processors, and blocks of 8 channels without AVX-512. It
  /// chooses once per process: so others compare again.
  func testEveryLayerEqualsTorchsOnOlderProcessors() throws {
    try XCTSkipIf(Processors.limit != nil, "oneDNN is limited already")
    try XCTSkipIf(!ProviderKind.onednn.isAvailable, "no oneDNN on this machine")
    defer { unsetenv(Processors.limitName) }
    for limit in ["AVX2", "SSE41"] {
      setenv(Processors.limitName, limit, 1)
      let command = try Command(
        "/proc/self/exe", ["GoldenTests.LayerGoldenTests/testEveryLayerEqualsTorchs"])
      XCTAssertEqual(command.status, 0, "\(limit): \(command.output)")
      XCTAssertTrue(command.output.contains("Executed 1 test"), "\(limit): \(command.output)")
    }
  }

  // MARK: Dropout

  /// torch draws other numbers; so what is kept is tested by statistics. Each of these fails for a
  /// right program with a probability below 1e-6, and draws are a function of the seed: it fails
  /// always or never.
  func testDropoutKeepsWhatTorchsDoes() throws {
    let count = 2 * 17 * 40 * 40
    let goldens = try LayerGoldens()
    XCTAssertGreaterThan(goldens.dropoutScales.count, 4)
    var claims = GoldenClaims()
    var masks: [String: [Bool]] = [:]
    for (written, scale) in goldens.dropoutScales.sorted(by: { $0.key < $1.key }) {
      let p = try XCTUnwrap(Float(written))
      let graph = try dropout(p)
      try Processors.forEach { kind, isa in
        let store = ParameterStore()
        store.set("x", FloatBuffer((0..<count).map { _ in 1 }))
        let program = try Program(graph, provider: kind, threads: 2, store: store)
        // Two powers of two, so that factors are exact.
        let inputs: [String: ProgramInput] = [
          "zero": .floats(FloatBuffer(count: count)),
          "given": .floats(FloatBuffer((0..<count).map { _ in -4 })),
        ]
        try program.run(inputs: inputs, randomKey: RandomKey(seed: 5, [1, 2]))
        let place = "p = \(written), \(kind) \(isa)"
        let y = program.output("y").array
        let mask = y.map { $0 != 0 }

        // 1. What is kept is scaled as in torch, but that 1 - p starts from a float32 p; the gradient
        //    passes where the value did.
        let kept = y.filter { $0 != 0 }
        claims.note(
          "dropout", "scale of what is kept", kind.rawValue, example: written,
          difference: kept.reduce(0) { max($0, Double(abs($1 / scale - 1))) }, tolerance: 2.4e-7,
          place: place)
        XCTAssertEqual(program.output("gradient/x").array, y.map { $0 * -4 }, place)

        // 2. The same elements for every kernel.
        XCTAssertEqual(mask, masks[written, default: mask], place)
        masks[written] = mask

        // 3. Other elements in other steps and for other seeds.
        for key in [RandomKey(seed: 5, [1, 3]), RandomKey(seed: 6, [1, 2])] {
          try program.run(inputs: inputs, randomKey: key)
          assertIndependent(mask, program.output("y").array.map { $0 != 0 }, Double(p), place)
        }
      }
      let mask = try XCTUnwrap(masks[written])
      assertRate(mask, Double(p), "kept with p = \(written)")
      // Neighbours in a row, a column, a channel and a picture say nothing of each other.
      for distance in [1, 2, 4, 8, 16, 40, 1600, count / 2] {
        assertIndependent(
          Array(mask.dropLast(distance)), Array(mask.dropFirst(distance)), Double(p),
          "p = \(written), \(distance) apart")
      }
      // Each channel is as often zero as the whole.
      for channel in 0..<34 {
        assertRate(
          Array(mask[channel * 1600..<(channel + 1) * 1600]), Double(p),
          "p = \(written), channel \(channel)")
      }
    }
    claims.check(.layer, unit: "of the scale")
  }

  private func dropout(_ p: Float) throws -> Graph {
    var b = GraphBuilder(BuildMode(isTraining: true) { _ in true })
    let shape: Shape = [2, 17, 40, 40]
    let x = try b.sum(b.parameter("x", shape), b.input("zero", shape), "inside")
    b.output("y", try b.dropout(x, "dropout", probability: p))
    var graph = b.graph
    let y = try XCTUnwrap(graph.outputs["y"])
    let given = graph.add(
      Value(name: "given", shape: shape, role: .input, element: .float32, isTrainable: false))
    let seed = try graph.append(ActivationOperation(.none), [given], name: "given.inside")[0]
    return try graph.differentiated(from: XCTUnwrap(seed), of: y).pruned()
  }

  /// 6 standard deviations of a binomial count, which is nearly normal here: 2e-9 beyond them. With the
  /// some 800 comparisons of this test that is 2e-6 together at most.
  private func assertRate(
    _ mask: [Bool], _ p: Double, _ place: String, file: StaticString = #filePath,
    line: UInt = #line
  ) {
    let kept = Double(mask.count { $0 })
    let (n, q) = (Double(mask.count), 1 - p)
    XCTAssertEqual(
      kept, n * q, accuracy: 6 * (n * p * q).squareRoot(), place, file: file, line: line)
  }

  /// The correlation of two masks lies within 6 of its standard deviations from zero.
  private func assertIndependent(
    _ one: [Bool], _ other: [Bool], _ p: Double, _ place: String, file: StaticString = #filePath,
    line: UInt = #line
  ) {
    let (n, q) = (Double(one.count), 1 - p)
    let sum = zip(one, other).reduce(0) { $0 + (($1.0 ? 1 : 0) - q) * (($1.1 ? 1 : 0) - q) }
    XCTAssertEqual(
      sum, 0, accuracy: 6 * n.squareRoot() * p * q, place, file: file, line: line)
  }
}
