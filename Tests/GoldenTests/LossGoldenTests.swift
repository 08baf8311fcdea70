import Declarations
import Foundation
import Graphs
import Kernels
import Models
import Tensors
import TestSupport
import XCTest

/// Every loss of the catalogue with every argument against torch, by the kernel that training and
/// evaluation run: each sample's loss, their mean, and the gradient to the logits.
final class LossGoldenTests: XCTestCase {
  private static let folder = "Tests/GoldenTests/Goldens/Losses"
  private static let path = Places.repository + "/" + folder

  private struct Case: Decodable {
    let name, loss, about: String
    let arguments: [String: Double]
    let shape: [Int]
    let scale, shift: Double
    let levels: Int
    let more: Float
  }

  private func cases() throws -> [Case] {
    try JSONDecoder().decode(
      [Case].self, from: Data(contentsOf: URL(fileURLWithPath: Self.path + "/cases.json")))
  }

  func testGoldensAreWhatTheirGeneratorWrote() throws {
    try GoldenManifest.check(Self.folder)
  }

  func testEveryLossAndEachOfItsArgumentsHasAGolden() throws {
    let cases = try cases()
    for declaration in LossCatalogue.family.declarations {
      let own = cases.filter { $0.loss == declaration.name }
      XCTAssertTrue(
        own.contains { $0.arguments.isEmpty },
        "the loss '\(declaration.name)' has no golden with its defaults: add it to Tools/golden/losses.py"
      )
      let defaults = declaration.values()
      for parameter in declaration.parameters {
        let differs = own.contains { example in
          example.arguments[parameter.name].map {
            declaration.values([parameter.name: .number($0)]) != defaults
          } ?? false
        }
        XCTAssertTrue(
          differs,
          "no golden gives '\(parameter.name)' of the loss '\(declaration.name)' another value than "
            + "its default: add one to Tools/golden/losses.py")
      }
    }
    let known = Set(LossCatalogue.family.declarations.map(\.name))
    XCTAssertEqual(known, Set(cases.map(\.loss)))
  }

  func testEveryLossEqualsTorchs() throws {
    let tolerance = try XCTUnwrap(GoldenManifest(of: Self.folder).tolerance.number)
    let goldens = try SafeTensorsFile(path: Self.path + "/losses.safetensors")
    var claims = GoldenClaims()
    for example in try cases() {
      let declaration = try XCTUnwrap(LossCatalogue.family.declaration(example.loss))
      for argument in example.arguments.keys {
        XCTAssertNotNil(declaration.parameter(argument), "\(example.loss) declares '\(argument)'")
      }
      let loss = LossCatalogue.make(
        ComponentValue(
          name: example.loss,
          values: declaration.values(example.arguments.mapValues { .number($0) })))
      let (logits, labels) = inputs(example)
      for trains in [true, false] {
        let graph = try self.graph(loss, example, trains: trains)
        try Processors.forEach { kind, isa in
          let store = ParameterStore()
          store.set("logits", FloatBuffer(logits))
          let program = try Program(graph, provider: kind, threads: 2, store: store)
          try program.run(inputs: [
            "zero": .floats(FloatBuffer(count: logits.count)),
            "labels": .integers(Int32Buffer(labels)),
          ])
          func note(_ found: [Float], _ quantity: String, _ name: String) throws {
            claims.note(
              example.loss, quantity, kind.rawValue, example: example.name,
              difference: Self.difference(
                found, try goldens.floats(example.name + "/" + name).array),
              tolerance: tolerance,
              place: "The worst is '\(example.name)', \(isa), \(trains ? "training" : "evaluation")"
            )
          }
          let losses = program.output("loss").array
          try note(losses, "losses of samples", "losses")
          // As epochs' metrics add them up.
          let mean = losses.reduce(0) { $0 + Double($1) } / Double(losses.count)
          try note([Float(mean)], "mean loss", "mean")
          if trains {
            try note(
              program.output("gradient/logits").array, "gradient to the logits", "gradient")
          }
        }
      }
    }
    claims.check(.loss, unit: "of the greatest element")
  }

  /// Of the greatest element; 0 is met where nothing is greater than 1e-12.
  private static func difference(_ found: [Float], _ expected: [Float]) -> Double {
    let greatest = (found + expected).reduce(0) { max($0, abs(Double($1))) }
    guard found.count == expected.count, found.allSatisfy(\.isFinite) else { return .infinity }
    return greatest < 1e-12 ? 0 : Parity.relativeDifference(found, expected)
  }

  private func inputs(_ example: Case) -> (logits: [Float], labels: [Int32]) {
    let (rows, classes) = (example.shape[0], example.shape[1])
    let labels = Formula.uniform(example.about + "/labels", rows).map {
      Int32((($0 + 0.5) * Double(classes)).rounded(.down))
    }
    var logits = Formula.uniform(
      example.about + "/logits", rows * classes, levels: example.levels
    ).map { Float($0 * example.scale + example.shift) }
    for (row, label) in labels.enumerated() { logits[row * classes + Int(label)] += example.more }
    return (logits, labels)
  }

  /// The loss as an experiment's plan compiles it, over logits that are trained themselves.
  private func graph(_ loss: CrossEntropyLoss, _ example: Case, trains: Bool) throws -> Graph {
    let mode = BuildMode(isTraining: true) { _ in true }
    var b = GraphBuilder(trains ? mode : .evaluation)
    let shape = Shape(example.shape)
    b.output(
      "logits",
      try b.sum(b.parameter("logits", shape), b.input("zero", shape), "inside"))
    let smoothing = Float(loss.labelSmoothing)
    return trains
      ? try GraphCompiler.training(b.graph, labelSmoothing: smoothing)
      : try GraphCompiler.evaluation(b.graph, labelSmoothing: smoothing)
  }
}
