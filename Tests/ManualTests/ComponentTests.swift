import Declarations
import Experiments
import Images
import Manual
import Models
import Optimizers
import TestSupport
import Transforms
import XCTest

/// What holds for the declaration of every component, as its page shows it.
final class ComponentTests: XCTestCase {
  private static let chapters: [Chapter] = [.transforms, .optimizers, .schedulers, .losses]

  private var declarations: [(chapter: Chapter, declaration: Declaration)] {
    Self.chapters.flatMap { chapter in
      Manual.family(of: chapter).declarations.map { (chapter, $0) }
    }
  }

  func testDeclarationsSayAllThatAPageNeeds() {
    XCTAssertGreaterThanOrEqual(declarations.count, 18)
    for (chapter, declaration) in declarations {
      let name = declaration.name
      XCTAssertFalse(declaration.doc.isEmpty, name)
      XCTAssertFalse(declaration.doc.hasSuffix("."), name)
      XCTAssertFalse(declaration.formula.isEmpty, name)
      XCTAssertTrue(declaration.mirrors.contains("torch"), name)
      XCTAssertNotEqual(declaration.differs, "", name)
      XCTAssertTrue(declaration.example.hasPrefix(name), name)
      XCTAssertEqual(
        declaration.shape.isEmpty, chapter == .optimizers || chapter == .schedulers, name)
      XCTAssertEqual(declaration.draws.isEmpty, chapter != .transforms, name)
      if chapter == .optimizers { XCTAssertFalse(declaration.state.isEmpty, name) }
      for parameter in declaration.parameters { XCTAssertFalse(parameter.doc.isEmpty, name) }
      // An example shows arguments where there are any.
      XCTAssertEqual(
        declaration.example.contains(":"), !declaration.parameters.isEmpty, declaration.example)
      // What a page says is missing must be.
      if let differs = declaration.differs,
        let list = differs.firstMatch(of: /^there (is|are) no ([^;:]*)/)
      {
        for word in list.2.matches(of: /'([a-z_]+)'/) {
          XCTAssertNil(declaration.parameter(String(word.1)), "\(name): \(word.1)")
        }
      }
    }
  }

  func testTransformsDrawAndKeepTheShapeAsTheySay() throws {
    for type in TransformCatalogue.all {
      let declaration = type.declaration
      XCTAssertEqual(declaration.draws == "nothing", !type.isRandom, declaration.name)
      let transform = try type.init(try values(ofTransform: declaration))
      let element: ImageShape.Element = declaration.shape.contains("bytes") ? .bytes : .floats
      let input = ImageShape(element: element, height: 300, width: 400)
      let output = try transform.outputShape(for: input)
      let isUnchanged = declaration.shape.contains("unchanged")
      XCTAssertEqual(output == input, isUnchanged, "\(declaration.name): \(output)")
      if declaration.shape.hasSuffix("bytes") { XCTAssertEqual(output.element, .bytes) }
    }
  }

  func testTransformExamplesRun() throws {
    for declaration in Manual.family(of: .transforms).declarations {
      let components = try components(of: declaration)
      XCTAssertTrue(components.contains { $0.name == declaration.name })
      let pipeline = try Pipeline(components)
      var canvas = Canvas()
      canvas.picture = Self.picture
      var floats = [Float](repeating: .nan, count: pipeline.outputShape.count)
      try floats.withUnsafeMutableBufferPointer {
        try pipeline.run(
          on: &canvas, seed: 1, at: SamplePlace(phase: 0, epoch: 0, sample: 0), into: $0)
      }
      XCTAssertTrue(floats.allSatisfy(\.isFinite), declaration.name)
      XCTAssertGreaterThan(Set(floats).count, 10, "\(declaration.name) leaves a picture")
    }
  }

  func testOptimizerSchedulerAndLossExamplesAreMade() throws {
    for declaration in Manual.family(of: .optimizers).declarations {
      let phase = try phase("optimizer", ReferencePage.usage(declaration, of: .optimizers))
      XCTAssertEqual(phase.optimizer.name, declaration.name)
      XCTAssertEqual(OptimizerCatalogue.conflicts(phase.optimizer), [])
      XCTAssertGreaterThan(OptimizerCatalogue.make(phase.optimizer).baseRate, 0)
      XCTAssertGreaterThan(OptimizerCatalogue.make(phase.optimizer).stateCount, 0)
    }
    for declaration in Manual.family(of: .schedulers).declarations {
      let phase = try phase("scheduler", ReferencePage.usage(declaration, of: .schedulers))
      let scheduler = SchedulerCatalogue.make(try XCTUnwrap(phase.scheduler))
      let rates = (0...30).map { scheduler.rate(base: 0.01, at: $0) }
      XCTAssertTrue(rates.allSatisfy { $0 >= 0 && $0 <= 0.01 * (1 + 1e-12) }, declaration.name)
      XCTAssertGreaterThan(Set(rates).count, 1, "the example of \(declaration.name) shows a change")
      XCTAssertNotNil(RateTable.text(declaration))
    }
    for declaration in Manual.family(of: .losses).declarations {
      let phase = try phase("loss", ReferencePage.usage(declaration, of: .losses))
      XCTAssertEqual(LossCatalogue.make(phase.loss).labelSmoothing, 0.1)
    }
  }

  /// The formulas of the pages, written out once more; the goldens hold the code against torch.
  func testSchedulerFormulasAreThoseOfTheCode() throws {
    let lr = 0.01
    let formulas: [String: (Int) -> Double] = [
      "StepLR": { lr * pow(0.1, Double($0 / 7)) },
      "MultiStepLR": { t in lr * pow(0.1, Double([10, 15].filter { $0 <= t }.count)) },
      "ExponentialLR": { lr * pow(0.9, Double($0)) },
      "CosineAnnealingLR": { 1e-5 + (lr - 1e-5) * (1 + cos(.pi * Double($0) / 20)) / 2 },
      "LinearLR": { lr * (0.1 + (1 - 0.1) * Double(min($0, 5)) / 5) },
    ]
    for declaration in Manual.family(of: .schedulers).declarations {
      let formula = try XCTUnwrap(formulas[declaration.name], declaration.name)
      let phase = try phase("scheduler", ReferencePage.usage(declaration, of: .schedulers))
      let scheduler = SchedulerCatalogue.make(try XCTUnwrap(phase.scheduler))
      for t in 0...50 {
        XCTAssertEqual(
          scheduler.rate(base: lr, at: t), formula(t), accuracy: 1e-12, "\(declaration.name) \(t)")
      }
    }
  }

  func testBackbonePagesNameTheirLayers() throws {
    for backbone in BackboneCatalogue.all {
      let page = ReferencePage(backbone)
      let network = Network(backbone, classes: 1000)
      var layers: [String] = []
      for case .table(_, let rows) in page.parts { layers += rows.map(\.name) }
      XCTAssertGreaterThan(layers.count, 5, backbone.name)
      for layer in layers where !backbone.head.layer.hasPrefix(layer) {
        let trained = try FreezePolicy(.until(layer)).trainable(in: network)
        XCTAssertLessThan(trained.count, network.parameters.count, "\(backbone.name) \(layer)")
      }
      guard
        case .block(let example, _)? = page.parts.first(where: {
          if case .block = $0 { true } else { false }
        })
      else { return XCTFail("\(backbone.name) has an example") }
      let (experiment, diagnostics) = ExperimentLoader.load(
        .init(name: "experiment.yaml", text: SmallExperiment.text(with: .init("model", example))),
        in: ExampleRun.directory, checksFiles: false)
      XCTAssertEqual(experiment?.model.backbone, backbone.name, "\(diagnostics)")
    }
    // From torchvision's table of models.
    let text = TerminalRenderer.render(ReferencePage(ResNet.resnet18))
    XCTAssertTrue(text.contains("11,689,512"), text)
    XCTAssertTrue(text.contains("the head, never frozen"), text)
  }

  // MARK: Helpers

  /// 120 x 90 pixels of many colours.
  private static var picture: Picture {
    Picture(
      width: 120, height: 90,
      bytes: (0..<(120 * 90 * 3)).map { UInt8(truncatingIfNeeded: $0 &* 7) })
  }

  private func phase(_ key: String, _ yaml: String) throws -> Phase {
    let (experiment, diagnostics) = ExampleRun.load(.init(key, yaml))
    XCTAssertEqual(diagnostics.filter { $0.severity == .error }.map(\.message), [], yaml)
    return try XCTUnwrap(experiment?.phases.first, yaml)
  }

  /// The example among the transforms that it needs round it.
  private func components(of declaration: Declaration) throws -> [ComponentValue] {
    let example = "{\(declaration.example)}"
    let list =
      switch declaration.name {
      case "ToTensor": ["{CenterCrop: 32}", declaration.example]
      case "Normalize", "RandomErasing": ["{CenterCrop: 32}", "ToTensor", example]
      default: [example, "{CenterCrop: 32}", "ToTensor"]
      }
    let yaml = """
      transforms:
        train: [\(list.joined(separator: ", "))]
        eval: [{CenterCrop: 32}, ToTensor]
      """
    return try phase("transforms", yaml).trainTransforms
  }

  private func values(ofTransform declaration: Declaration) throws -> Values {
    let components = try components(of: declaration)
    return try XCTUnwrap(components.first { $0.name == declaration.name }).values
  }
}
