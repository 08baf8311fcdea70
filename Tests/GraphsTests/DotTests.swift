import Foundation
import Graphs
import Tensors
import TestSupport
import XCTest

final class DotTests: XCTestCase {
  private func text(_ name: String = "small \"one\" \\ two") throws -> (graph: Graph, dot: String) {
    let mode = BuildMode(isTraining: true) { $0.hasPrefix("fc") || $0.hasPrefix("layer2") }
    let graph = try GraphCompiler.training(try smallNetwork(mode), labelSmoothing: 0)
    return (graph, graph.dot(name: name))
  }

  func testNodesAndEdgesAreThoseOfTheGraph() throws {
    let (graph, dot) = try text()
    let lines = dot.components(separatedBy: "\n")
    XCTAssertEqual(
      lines.count { $0.hasPrefix("  n") && $0.contains(" [label=") && !$0.contains("->") },
      graph.nodes.count)
    XCTAssertEqual(
      lines.count { $0.contains(" -> n") }, graph.nodes.reduce(0) { $0 + $1.inputs.count })
    XCTAssertEqual(lines.count { $0.contains(" -> o") }, graph.outputs.count)
    XCTAssertTrue(
      lines.contains { $0.contains("fillcolor=orange") && $0.contains("\"fc.weight\\n[5, 8]\"") })
    XCTAssertTrue(
      lines.contains { $0.contains("fillcolor=lightblue") && $0.contains("conv1.weight") })
  }

  /// Statements as the language has them: an ID, an arrow where it is an edge, attributes, a semicolon; every end
  /// of an edge is a node that is declared.
  func testSyntax() throws {
    let lines = try text().dot.components(separatedBy: "\n")
    XCTAssertEqual(lines.first, "digraph \"small \\\"one\\\" \\\\ two\" {")
    XCTAssertEqual(lines.last, "}")
    let quoted = #""(?:[^"\\]|\\.)*""#
    let attribute = "[a-z]+=(?:[A-Za-z0-9]+|\(quoted))"
    let list = "\\[\(attribute)(?:, \(attribute))*\\]"
    let statement = try NSRegularExpression(
      pattern: "^  (?:(?:node|edge) \(list)"
        + "|\(attribute)(?:; \(attribute))*"
        + "|[nvo][0-9]+ \(list)"
        + "|[nv][0-9]+ -> [no][0-9]+(?: \(list))?);$")
    var declared = Set<String>()
    var used = Set<String>()
    for line in lines.dropFirst().dropLast() {
      let range = NSRange(line.startIndex..., in: line)
      XCTAssertNotNil(statement.firstMatch(in: line, range: range), line)
      let words = line.split(separator: " ").map { $0.filter { $0 != ";" } }
      if words.count > 2, words[1] == "->" {
        used.formUnion([words[0], words[2]])
      } else if words[0].dropFirst().allSatisfy(\.isNumber) {
        XCTAssertTrue(declared.insert(words[0]).inserted, "declared twice: \(line)")
      }
    }
    XCTAssertTrue(used.isSubset(of: declared), "\(used.subtracting(declared))")
  }

  /// Graphviz itself, on machines that have it.
  func testGraphvizDrawsIt() throws {
    let program = ["/usr/bin/dot", "/usr/local/bin/dot"].first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
    guard let program else {
      throw XCTSkip("Graphviz is not installed; 'testSyntax' stands for it")
    }
    let folder = try TemporaryFolder()
    let (graph, dot) = try text()
    try dot.write(toFile: folder("graph.dot"), atomically: true, encoding: .utf8)
    let run = try Command(program, ["-Tsvg", folder("graph.dot"), "-o", folder("graph.svg")])
    XCTAssertEqual(run.status, 0, run.output)
    XCTAssertEqual(run.output, "")
    let svg = try String(contentsOfFile: folder("graph.svg"), encoding: .utf8)
    XCTAssertEqual(
      svg.components(separatedBy: "class=\"edge\"").count - 1,
      graph.nodes.reduce(0) { $0 + $1.inputs.count } + graph.outputs.count)
  }
}
