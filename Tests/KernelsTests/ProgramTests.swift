import Graphs
import Kernels
import Tensors
import XCTest

/// Programs of every provider against the reference in double, on whole graphs.
final class ProgramTests: XCTestCase {
  func testEveryProviderAgreesWithTheReference() throws {
    for kind in ProviderKind.allCases where kind.isAvailable {
      for (batch, channels, pixels) in [(1, 3, 11), (3, 1, 16), (2, 17, 13), (4, 16, 24)] {
        let mode = BuildMode(isTraining: true) { _ in true }
        let forward = try TestNetworks.everything(
          batch: batch, channels: channels, pixels: pixels, mode: mode)
        for graph in [
          try GraphCompiler.training(forward, labelSmoothing: 0.1),
          try forward.differentiated(labelSmoothing: 0),
          try GraphCompiler.evaluation(
            TestNetworks.everything(
              batch: batch, channels: channels, pixels: pixels, mode: .evaluation),
            labelSmoothing: 0),
        ] {
          try compare(graph, kind, batch: batch, "\(kind) \(batch) \(channels) \(pixels)")
        }
      }
    }
  }

  /// What each step changes is packed in the arena, in memory that other values use at other times.
  func testTrainedWeightsAreNotKeptInAnotherOrder() throws {
    guard ProviderKind.onednn.isAvailable else {
      throw XCTSkip("no oneDNN: the other providers keep no weights in an order of their own")
    }
    func bytes(_ trains: @escaping @Sendable (String) -> Bool) throws -> (kept: Int, arena: Int) {
      let graph = try GraphCompiler.training(
        TestNetworks.resNet18(
          batch: 16, pixels: 64, classes: 9,
          mode: BuildMode(isTraining: true, isTrainable: trains)), labelSmoothing: 0)
      let store = TestNetworks.store(TestNetworks.values(for: graph, seed: 1), for: graph)
      let program = try Program(graph, provider: .onednn, threads: 1, store: store)
      let results = graph.outputs.values.reduce(0) { $0 + graph[$1].shape.count * 4 }
      return (program.ownedBytes - results, program.arenaBytes)
    }
    let weights = 11_000_000 * 4
    // Few convolutions are the library's, which keeps its own copies.
    XCTAssertLessThan(try bytes { _ in true }.kept, weights / 2)
    // Frozen ones are packed once for all steps.
    XCTAssertGreaterThan(try bytes { $0.hasPrefix("fc.") }.kept, weights)
  }

  private func compare(
    _ graph: Graph, _ kind: ProviderKind, batch: Int, _ place: String
  ) throws {
    var values = TestNetworks.values(for: graph, seed: 11)
    let labels = TestNetworks.labels(batch, classes: 5)
    let key = RandomKey(seed: 3, [9])
    let store = TestNetworks.store(values, for: graph)
    let program = try Program(graph, provider: kind, threads: 2, store: store)
    let inputs: [String: ProgramInput] = [
      "images": .floats(FloatBuffer((values["images"] ?? []).map { Float($0) })),
      "labels": .integers(Int32Buffer(labels)),
    ]
    // Twice: what was packed or left in the arena by the first run must not matter.
    for run in 1...2 {
      try program.run(inputs: inputs, randomKey: key)
      let expected = ReferenceInterpreter.run(
        graph, values: &values, labels: labels, randomKey: key)
      for (name, numbers) in expected {
        assertClose(program.output(name).array, numbers, 1e-4, "\(place) run \(run): \(name)")
      }
      for state in graph.states {
        let name = graph[state].name
        assertClose(store[name]?.array ?? [], values[name] ?? [], 1e-5, "\(place): \(name)")
      }
    }
  }
}

/// Asserts that the greatest difference is small against the greatest number.
func assertClose(
  _ found: [Float], _ expected: [Double], _ tolerance: Double, _ message: String,
  file: StaticString = #filePath, line: UInt = #line
) {
  guard found.count == expected.count else {
    XCTFail("\(message): \(found.count) numbers, not \(expected.count)", file: file, line: line)
    return
  }
  let scale = max(1e-3, expected.map { abs($0) }.max() ?? 0)
  var worst = 0.0
  for (a, b) in zip(found, expected) {
    let difference = abs(Double(a) - b)
    worst = difference.isNaN ? .infinity : max(worst, difference)
  }
  XCTAssertLessThanOrEqual(
    worst / scale, tolerance, "\(message) differs by \(worst) of \(scale)", file: file, line: line)
}
