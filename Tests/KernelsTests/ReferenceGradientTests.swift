import Graphs
import Kernels
import Tensors
import XCTest

/// The gradients that graphs compute against central differences of the loss, all in double.
final class ReferenceGradientTests: XCTestCase {
  func testGradientsOfEveryOperation() throws {
    for (batch, channels, pixels) in [(2, 3, 11), (3, 1, 9), (2, 5, 12)] {
      let mode = BuildMode(isTraining: true) { _ in true }
      let forward = try TestNetworks.everything(
        batch: batch, channels: channels, pixels: pixels, mode: mode)
      try check(GraphCompiler.training(forward, labelSmoothing: 0.1), batch: batch)
      // Unfused as well: the operations stand alone.
      try check(forward.differentiated(labelSmoothing: 0), batch: batch)
    }
  }

  func testGradientsWithRunningStatistics() throws {
    // Shifts frozen, scales trained: batch norm runs on its running statistics and has gradients.
    let mode = BuildMode(isTraining: true) { name in
      !(name.contains("bn") && name.hasSuffix("bias"))
    }
    let forward = try TestNetworks.everything(batch: 2, channels: 3, pixels: 11, mode: mode)
    let graph = try GraphCompiler.training(forward, labelSmoothing: 0)
    XCTAssertTrue(
      graph.nodes.contains {
        ($0.operation as? BatchNormalizationGradient)?.statistics == .running
      })
    try check(graph, batch: 2)
  }

  private func check(_ graph: Graph, batch: Int, file: StaticString = #filePath) throws {
    let values = TestNetworks.values(for: graph, seed: 5)
    let labels = TestNetworks.labels(batch, classes: 5)
    let key = RandomKey(seed: 7, [1, 2])
    func loss(_ changed: [String: [Double]]) -> Double {
      var copy = changed
      let outputs = ReferenceInterpreter.run(
        graph, values: &copy, labels: labels, randomKey: key)
      let losses = outputs["loss"] ?? []
      return losses.reduce(0, +) / Double(losses.count)
    }
    var copy = values
    let outputs = ReferenceInterpreter.run(graph, values: &copy, labels: labels, randomKey: key)
    var checked = 0
    for id in graph.parameters where graph[id].isTrainable {
      let name = graph[id].name
      let gradient = try XCTUnwrap(outputs["gradient/" + name], name)
      let length = gradient.count
      let scale = max(1e-3, gradient.map { abs($0) }.max() ?? 0)
      for index in Set([0, length / 2, length - 1]) {
        var (up, down) = (values, values)
        up[name]?[index] += 1e-6
        down[name]?[index] -= 1e-6
        let difference = (loss(up) - loss(down)) / 2e-6
        XCTAssertEqual(
          gradient[index], difference, accuracy: 1e-6 * scale + 2e-9, "\(name)[\(index)]",
          file: file)
        checked += 1
      }
    }
    XCTAssertGreaterThan(checked, 30)
  }
}
