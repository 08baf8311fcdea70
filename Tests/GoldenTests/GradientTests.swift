import Graphs
import Kernels
import Models
import Tensors
import TestSupport
import XCTest

/// The gradient of every parameter of every backbone against torch, with weights read from a file.
///
/// `Tools/golden/gradients.py` computes torch's side in double and keeps each gradient as eight numbers.
final class GradientTests: XCTestCase {
  private struct Golden: Decodable {
    struct Mode: Decodable {
      let pictures: String
      let nudges: Nudges
      let loss, tolerance: Double
      let gradients, after: [String: CompactTensor]
    }
    let shape: [Int]
    let classes: Int
    let labels: [Int32]
    let damping: Float
    /// `train`, and where there is batch norm `frozen`.
    let modes: [String: Mode]
  }

  /// What batch norm does in a step, and who says so.
  private enum Norms {
    /// Batch statistics.
    case train
    /// Running statistics, with all parameters trained.
    case frozen
    /// As a phase builds it that freezes batch norms: their parameters have no gradients.
    case frozenByPhase

    var golden: String { self == .train ? "train" : "frozen" }
    var text: String {
      switch self {
      case .train: "batch norm in train mode"
      case .frozen: "batch norm with frozen statistics"
      case .frozenByPhase: "batch norm frozen by the phase"
      }
    }
  }

  private static let folder = "Tests/GoldenTests/Goldens/Gradients"

  func testGoldensAreWhatTheirGeneratorWrote() throws {
    try GoldenManifest.check(Self.folder)
  }

  func testEveryBackboneOfTheCatalogue() throws {
    for name in BackboneCatalogue.names {
      guard Places.exists(Self.path(name, inRepository: true)) else {
        XCTFail(
          "'\(name)' has no \(Self.path(name)): add it to Tools/golden/gradients.py and run 'make golden'"
        )
        continue
      }
      try check(name)
    }
  }

  /// Every convolution and gradient by one algorithm in turn, wherever that can do it.
  func testEveryAlgorithm() throws {
    for name in ["resnet18", "squeezenet1_0"] {
      let folder = try TemporaryFolder()
      let (golden, network) = try load(name)
      let mode = try XCTUnwrap(golden.modes["train"])
      try write(network, mode.nudges, golden.damping, to: folder("w.safetensors"))
      for algorithm in ConvolutionAlgorithm.allCases {
        try step(
          network, golden, .train, weights: folder("w.safetensors"), [.best], forced: algorithm)
      }
    }
  }

  /// The same weights through torch's own file: read back bit for bit, and as good for a step.
  func testWeightsOfATorchFile() throws {
    let python = try Places.python()
    let folder = try TemporaryFolder()
    let (golden, network) = try load("resnet18")
    let mode = try XCTUnwrap(golden.modes["train"])
    try write(network, mode.nudges, golden.damping, to: folder("w.safetensors"))
    let script = """
      import sys, torch
      from safetensors.torch import load_file
      torch.save({"state_dict": load_file(sys.argv[1])}, sys.argv[2])
      """
    let made = try Command(python, ["-c", script, folder("w.safetensors"), folder("w.pth")])
    XCTAssertEqual(made.status, 0, made.output)
    try step(network, golden, .train, weights: folder("w.pth"), [.best])
  }

  private static func path(_ backbone: String, inRepository: Bool = false) -> String {
    (inRepository ? Places.repository + "/" : "") + "\(folder)/\(backbone).json"
  }

  private func load(_ name: String) throws -> (Golden, Network) {
    let loaded = try GoldenTests.golden(Golden.self, Self.path(name))
    let backbone = try XCTUnwrap(BackboneCatalogue.backbone(named: name))
    return (loaded, Network(backbone, classes: loaded.classes))
  }

  private func check(_ name: String) throws {
    let folder = try TemporaryFolder()
    let (golden, network) = try load(name)
    let hasNorms = network.tensors.contains { $0.kind == .runningMean }
    XCTAssertEqual(Set(golden.modes.keys), hasNorms ? ["train", "frozen"] : ["train"])
    for (key, mode) in golden.modes {
      let path = folder("\(key).safetensors")
      try write(network, mode.nudges, golden.damping, to: path)
      let providers = [ProviderKind.openblas, .onednn].filter(\.isAvailable)
      if key == "train" {
        try step(network, golden, .train, weights: path, providers)
      } else {
        try step(network, golden, .frozen, weights: path, providers)
        try step(network, golden, .frozenByPhase, weights: path, [.best])
      }
    }
  }

  /// The formula's weights, moved clear of kinks, as a file.
  private func write(
    _ network: Network, _ nudges: Nudges, _ damping: Float, to path: String
  ) throws {
    try SafeTensors.write(
      path: path,
      tensors: network.tensors.map { tensor in
        guard tensor.isFloat else { return .init(tensor.name, tensor.shape, .integers([0])) }
        var values = Formula.values(tensor.name, tensor.shape.dimensions)
        if tensor.name.hasPrefix("layer"), tensor.name.hasSuffix(".bn3.weight") {
          values = values.map { $0 * damping }
        }
        nudges.apply(to: tensor.name, &values)
        return .init(tensor.name, tensor.shape, .float32(FloatBuffer(values)))
      })
  }

  private func step(
    _ network: Network, _ golden: Golden, _ norms: Norms, weights: String,
    _ providers: [ProviderKind], forced: ConvolutionAlgorithm? = nil
  ) throws {
    let mode = try XCTUnwrap(golden.modes[norms.golden])
    let name = network.backbone.name
    let pictures = FloatBuffer(
      Formula.uniform(mode.pictures, golden.shape.reduce(1, *)).map { Float($0 * 4) })
    let labels = Int32Buffer(golden.labels)
    let normLayers = Set(network.tensors.filter { $0.kind == .runningMean }.map(\.layer))
    let isFrozen = { (parameter: TensorSpec) in
      norms == .frozenByPhase && normLayers.contains(parameter.layer)
    }
    let trained = network.parameters.filter { !isFrozen($0) }
    let names = Set(trained.map(\.name))
    var forward = try network.graph(
      batch: golden.shape[0], height: golden.shape[2], width: golden.shape[3],
      mode: BuildMode(isTraining: true) { names.contains($0) })
    // Masks are drawn otherwise than torch's, so dropout keeps everything; no phase trains a batch norm's
    // parameters on running statistics, so that is set by hand.
    for index in forward.nodes.indices {
      if var dropout = forward.nodes[index].operation as? Dropout {
        dropout.probability = 0
        forward.nodes[index].operation = dropout
      }
      if norms == .frozen, var norm = forward.nodes[index].operation as? BatchNormalization {
        norm.statistics = .running
        forward.nodes[index].operation = norm
        // Those of a batch are results; the running ones are inputs.
        forward.nodes[index].outputs = Array(forward.nodes[index].outputs.prefix(1))
      }
    }
    let graph = try GraphCompiler.training(forward, labelSmoothing: 0)
    for provider in providers {
      let (state, report) = try ModelState.load(
        network, from: WeightsFormat.open(weights), seed: 0)
      XCTAssertEqual(report.loaded.count, network.tensors.count)
      XCTAssertNil(report.replacedHead)
      let store = ParameterStore()
      for (name, buffer) in state.floats { store.set(name, buffer) }
      let program = try Program(
        graph, provider: provider, threads: 2, store: store,
        table: forced.map { KernelTable.committed.forcing($0) } ?? .committed)
      if let forced, !program.algorithms.contains(where: { $0.algorithm == forced }) { continue }
      let by = forced.map { ", \($0.rawValue) forced" } ?? ""
      try program.run(inputs: ["pictures": .floats(pictures), "labels": .integers(labels)])

      let losses = program.output("loss").array.map(Double.init)
      let loss = losses.reduce(0, +) / Double(losses.count)
      Parity.check(
        .backbone, name, "loss, \(norms.text)\(by)", against: "torch", provider: provider.rawValue,
        difference: abs(loss - mode.loss) / mode.loss, tolerance: 1e-5, unit: "of the loss")
      if norms != .frozenByPhase {
        XCTAssertEqual(Set(mode.gradients.keys), names, "\(name): parameters")
      }
      var worst = Worst()
      for parameter in trained {
        let kept = try XCTUnwrap(mode.gradients[parameter.name], parameter.name)
        worst.add(
          parameter.name,
          kept.distance(
            of: program.output("gradient/" + parameter.name).array,
            scale: mode.gradients[parameter.layer + ".weight"]?.norm))
      }
      Parity.check(
        .backbone, name, "gradients, \(norms.text)\(by)", against: "torch",
        provider: provider.rawValue,
        difference: worst.difference, tolerance: mode.tolerance,
        unit: "of the gradient's norm or greatest element", cases: trained.count, worst.name)
      guard norms == .train, !mode.after.isEmpty else { continue }
      let statistics = network.tensors.filter {
        $0.kind == .runningMean || $0.kind == .runningVariance
      }
      XCTAssertEqual(Set(mode.after.keys), Set(statistics.map(\.name)))
      worst = Worst()
      for tensor in statistics {
        let kept = try XCTUnwrap(mode.after[tensor.name], tensor.name)
        worst.add(tensor.name, kept.distance(of: try XCTUnwrap(store[tensor.name]).array))
      }
      Parity.check(
        .backbone, name, "running statistics after a step\(by)", against: "torch",
        provider: provider.rawValue, difference: worst.difference, tolerance: 1e-4,
        unit: "of their norm or greatest element", cases: statistics.count, worst.name)
    }
  }
}

/// The greatest of several differences, and whose it is.
struct Worst {
  private(set) var name = ""
  private(set) var difference = 0.0

  mutating func add(_ name: String, _ difference: Double) {
    if !(difference <= self.difference) { (self.name, self.difference) = (name, difference) }
  }
}
