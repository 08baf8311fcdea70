import Graphs
import Tensors
import XCTest

final class MemoryPlanTests: XCTestCase {
  private func bytes(_ graph: Graph) -> (ValueID) -> Int {
    { graph[$0].role == .intermediate ? graph[$0].shape.count * 4 : 0 }
  }

  /// Every pair of values that live at one time lies apart, unless one was put in place of the other.
  private func assertNoOverlap(
    _ graph: Graph, _ plan: MemoryPlan, file: StaticString = #filePath, line: UInt = #line
  ) {
    let end = graph.nodes.count
    let size = bytes(graph)
    var first: [ValueID: Int] = [:]
    var last: [ValueID: Int] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for output in node.outputs.compactMap({ $0 }) { first[output] = index; last[output] = index }
      for input in node.inputs { last[input] = index }
    }
    for output in graph.outputs.values { last[output] = end }
    let shared = Set(
      plan.inPlace.map { index, position in
        [graph.nodes[index].inputs[position], graph.nodes[index].outputs[0]!]
      })
    let values = first.keys.filter { size($0) > 0 }.sorted()
    for a in values {
      for b in values where a < b {
        guard first[a]! <= last[b]!, first[b]! <= last[a]! else { continue }
        if shared.contains([a, b]) || shared.contains([b, a]) { continue }
        let (x, y) = (plan.offsets[a.index]!, plan.offsets[b.index]!)
        XCTAssertTrue(
          x + size(a) <= y || y + size(b) <= x,
          "\(graph[a].name) and \(graph[b].name) overlap", file: file, line: line)
      }
    }
  }

  func testNoTwoLiveValuesOverlapAndTheArenaIsSmallerThanTheSum() throws {
    for trained in ["", "fc.", "layer2."] {
      let mode = BuildMode(isTraining: true) { $0.hasPrefix(trained) }
      let graph = try GraphCompiler.training(smallNetwork(mode), labelSmoothing: 0)
      let plan = MemoryPlan(for: graph, bytes: bytes(graph))
      assertNoOverlap(graph, plan)
      let made = graph.nodes.flatMap(\.outputs).compactMap { $0 }
      XCTAssertLessThan(plan.arenaBytes, made.reduce(0) { $0 + bytes(graph)($1) })
      XCTAssertTrue(plan.offsets.allSatisfy { ($0 ?? 0) % MemoryPlan.alignment == 0 })
    }
  }

  func testResidualSumsShareTheirSummandsPlace() throws {
    let graph = try GraphCompiler.evaluation(smallNetwork(.evaluation), labelSmoothing: nil)
    let plan = MemoryPlan(for: graph, bytes: bytes(graph)) { index in
      (graph.nodes[index].operation as? Convolution)?.hasResidual == true
        ? graph.nodes[index].inputs.count - 1 : nil
    }
    XCTAssertEqual(plan.inPlace.count, 2)
    for (index, position) in plan.inPlace {
      let node = graph.nodes[index]
      XCTAssertEqual(
        plan.offsets[node.inputs[position].index], plan.offsets[node.outputs[0]!.index])
    }
    assertNoOverlap(graph, plan)
  }

  func testWorkspacesLieApartFromWhatLivesWhileTheirNodeRuns() throws {
    let mode = BuildMode(isTraining: true) { _ in true }
    let graph = try GraphCompiler.training(smallNetwork(mode), labelSmoothing: 0)
    let size = bytes(graph)
    let wanted = Dictionary(
      uniqueKeysWithValues: graph.nodes.indices.map { ($0, $0 % 3 == 0 ? 0 : 100 + 64 * $0) })
    let plan = MemoryPlan(for: graph, bytes: size, workspaces: { _ in wanted })
    assertNoOverlap(graph, plan)
    XCTAssertEqual(Set(plan.workspaces.keys), Set(wanted.filter { $0.value > 0 }.keys))
    let outputs = Set(graph.outputs.values)
    for (node, offset) in plan.workspaces {
      let end = offset + wanted[node]!
      XCTAssertLessThanOrEqual(end, plan.arenaBytes)
      XCTAssertEqual(offset % MemoryPlan.alignment, 0)
      for value in graph.values.indices.map({ ValueID($0) }) where size(value) > 0 {
        let uses = graph.nodes.indices.filter { graph.nodes[$0].inputs.contains(value) }
        guard let born = graph.nodes.firstIndex(where: { $0.outputs.contains(value) }) else {
          continue
        }
        let dies = outputs.contains(value) ? graph.nodes.count : max(born, uses.max() ?? born)
        guard born <= node, node <= dies, let place = plan.offsets[value.index] else { continue }
        XCTAssertTrue(
          place + size(value) <= offset || end <= place,
          "the workspace of node \(node) lies over '\(graph[value].name)'")
      }
    }
  }
}
