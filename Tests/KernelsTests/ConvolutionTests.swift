import Graphs
import Kernels
import Tensors
import XCTest

/// Convolutions and their gradients of every provider, and by every algorithm, against the reference, over many
/// geometries.
final class ConvolutionTests: XCTestCase {
  /// How often a shape was computed by an algorithm that was asked for, by pass.
  private var runs: [ConvolutionAlgorithm: Int] = [:]

  private struct Case {
    var n = 2, c = 3, h = 7, w = 6, o = 5, kernel = 3, stride = 1, groups = 1
    var padding = Padding(1)
  }

  private var cases: [Case] {
    [
      Case(), Case(n: 1, c: 1, o: 1), Case(c: 17, o: 3), Case(c: 16, o: 33),
      Case(c: 32, h: 8, w: 8, o: 32), Case(c: 64, h: 4, w: 4, o: 64),
      Case(n: 3, c: 32, h: 2, w: 2, o: 48), Case(n: 17, c: 32, h: 1, w: 1, o: 17),
      Case(n: 29, c: 48, h: 2, w: 3, o: 32), Case(n: 5, c: 32, h: 4, w: 4, o: 64, stride: 2),
      Case(n: 3, c: 64, h: 4, w: 4, o: 32, kernel: 1, stride: 2, padding: Padding(0)),
      Case(c: 3, h: 16, w: 14, o: 32, kernel: 7, stride: 2, padding: Padding(3)),
      Case(c: 24, o: 40, kernel: 1, padding: Padding(0)),
      Case(c: 16, o: 17, kernel: 1, stride: 2, padding: Padding(0)),
      Case(
        c: 16, h: 9, w: 8, o: 16, stride: 2, padding: Padding(top: 0, left: 0, bottom: 1, right: 1)),
      Case(
        c: 17, h: 9, w: 8, o: 17, stride: 2, groups: 17,
        padding: Padding(top: 0, left: 0, bottom: 1, right: 1)),
      Case(c: 24, o: 24, groups: 24),
      Case(c: 32, o: 32, kernel: 5, groups: 32, padding: Padding(2)),
      Case(c: 32, o: 32, groups: 2), Case(c: 6, o: 9, groups: 3),
    ]
  }

  func testForwardWithEveryEpilogue() throws {
    defer { assertAllRan() }
    for test in cases {
      for activation in [Activation.none, .relu, .relu6] {
        for (hasBias, hasResidual) in [(false, false), (true, false), (false, true), (true, true)] {
          var graph = Graph()
          let x = input(&graph, "x", [test.n, test.c, test.h, test.w])
          var inputs = [try blockedByActivation(&graph, x), weights(&graph, test)]
          if hasBias { inputs.append(parameter(&graph, "b", [test.o])) }
          let plain = Convolution(geometry(test), hasBias: hasBias)
          let shape = try plain.results(for: inputs.map { graph[$0].shape })[0].shape
          if hasResidual {
            inputs.append(try blockedByActivation(&graph, input(&graph, "r", shape)))
          }
          let operation = Convolution(
            geometry(test), hasBias: hasBias, hasResidual: hasResidual, activation: activation)
          graph.outputs["y"] = try graph.append(operation, inputs, name: "conv")[0]
          try compare(graph, "\(test) \(operation.attributes)")
        }
      }
    }
  }

  func testInputGradients() throws {
    defer { assertAllRan() }
    for test in cases {
      let (xShape, wShape, yShape) = try shapes(test)
      var graph = Graph()
      let dy = try blockedByActivation(&graph, input(&graph, "dy", yShape))
      let w = parameter(&graph, "w", wShape)
      graph.outputs["dx"] = try graph.append(
        ConvolutionInputGradient(geometry(test), inputShape: xShape), [w, dy], name: "dx")[0]
      try compare(graph, "\(test)")
    }
  }

  func testWeightGradients() throws {
    defer { assertAllRan() }
    for test in cases {
      let (xShape, wShape, yShape) = try shapes(test)
      for hasBias in [false, true] {
        var graph = Graph()
        let x = try blockedByActivation(&graph, input(&graph, "x", xShape))
        let dy = try blockedByActivation(&graph, input(&graph, "dy", yShape))
        let made = try graph.append(
          ConvolutionWeightGradient(geometry(test), weightShape: wShape, hasBias: hasBias),
          [x, dy], name: "dw", needed: [true, hasBias])
        graph.outputs["dw"] = made[0]
        if let bias = made[1] { graph.outputs["db"] = bias }
        try compare(graph, "\(test) bias \(hasBias)")
      }
    }
  }

  /// Pictures straight from outside, as the first layer sees them.
  func testFirstLayer() throws {
    defer {
      if ProviderKind.onednn.isAvailable {
        XCTAssertGreaterThan(runs[.stem] ?? 0, 0, "the first layers' own kernel computed no shape")
      }
    }
    for test in cases where test.c == 3 {
      var graph = Graph()
      let x = input(&graph, "x", [test.n, test.c, test.h, test.w])
      let w = weights(&graph, test)
      graph.outputs["y"] = try graph.append(
        Convolution(geometry(test), hasBias: false), [x, w], name: "conv")[0]
      if let y = graph.outputs["y"] {
        let dy = input(&graph, "dy", graph[y].shape)
        graph.outputs["dw"] = try graph.append(
          ConvolutionWeightGradient(
            geometry(test), weightShape: graph[w].shape, hasBias: false),
          [x, try blockedByActivation(&graph, dy)], name: "dw", needed: [true, false])[0]
      }
      try compare(graph, "\(test)")
    }
  }

  private func shapes(_ test: Case) throws -> (x: Shape, w: Shape, y: Shape) {
    let x: Shape = [test.n, test.c, test.h, test.w]
    let w: Shape = [test.o, test.c / test.groups, test.kernel, test.kernel]
    return (x, w, try Convolution(geometry(test), hasBias: false).results(for: [x, w])[0].shape)
  }
  private func geometry(_ test: Case) -> ConvolutionGeometry {
    ConvolutionGeometry(
      kernel: test.kernel, stride: test.stride, padding: test.padding, groups: test.groups)
  }
  private func input(_ graph: inout Graph, _ name: String, _ shape: Shape) -> ValueID {
    graph.add(
      Value(name: name, shape: shape, role: .input, element: .float32, isTrainable: false))
  }
  private func parameter(_ graph: inout Graph, _ name: String, _ shape: Shape) -> ValueID {
    graph.add(
      Value(name: name, shape: shape, role: .parameter, element: .float32, isTrainable: true))
  }
  private func weights(_ graph: inout Graph, _ test: Case) -> ValueID {
    parameter(&graph, "w", [test.o, test.c / test.groups, test.kernel, test.kernel])
  }
  /// A value of the graph's own, in the layout that the provider prefers.
  private func blockedByActivation(_ graph: inout Graph, _ x: ValueID) throws -> ValueID {
    let made = try graph.append(
      ActivationOperation(.none), [x], name: graph[x].name + ".copy")[0]
    return try XCTUnwrap(made)
  }

  private func compare(_ graph: Graph, _ place: String) throws {
    var values = TestNetworks.values(for: graph, seed: 4)
    let expected = ReferenceInterpreter.run(graph, values: &values)
    var inputs: [String: ProgramInput] = [:]
    for id in graph.inputs {
      let name = graph[id].name
      inputs[name] = .floats(FloatBuffer((values[name] ?? []).map { Float($0) }))
    }
    let store = TestNetworks.store(values, for: graph)
    func check(_ kind: ProviderKind, _ program: Program) throws {
      try program.run(inputs: inputs)
      try program.run(inputs: inputs)
      for (name, numbers) in expected {
        assertClose(
          program.output(name).array, numbers, 2e-5,
          "\(kind) \(name) \(place) \(program.kernelNames.map(\.kernel))")
      }
    }
    for kind in ProviderKind.allCases where kind.isAvailable && kind != .reference {
      try check(kind, Program(graph, provider: kind, threads: 2, store: store))
    }
    for algorithm in ConvolutionAlgorithm.allCases {
      let program = try Program(
        graph, provider: .best, threads: 2, store: store,
        table: KernelTable.committed.forcing(algorithm))
      guard program.algorithms.contains(where: { $0.algorithm == algorithm }) else { continue }
      runs[algorithm, default: 0] += 1
      try check(.best, program)
    }
  }

  /// All but the one that reads pictures as they come from outside.
  private func assertAllRan() {
    for algorithm in KernelTests.algorithmsHere where algorithm != .stem {
      XCTAssertGreaterThan(runs[algorithm] ?? 0, 0, "\(algorithm.rawValue) computed no shape")
    }
    runs = [:]
  }
}
