import Graphs
import Kernels
import Models
import Optimizers
import Tensors

/// A network's forward pass or training step over random pictures in memory, ready to run.
final class NetworkTask {
  /// What is run, of which network, on how many pictures of which size.
  struct Kind: Hashable {
    enum Work: String {
      /// Evaluation.
      case forward
      /// A training step of all parameters, with SGD and momentum.
      case step
      /// A training step of the head alone; the backbone is frozen and in evaluation mode.
      case fc
    }
    var work: Work
    var network: String
    var side: Int
    var batch: Int

    /// From words such as `step resnet18 64 128`.
    init?(_ words: some Collection<String>) {
      let words = Array(words)
      guard words.count >= 4, let work = Work(rawValue: words[0]), let side = Int(words[2]),
        let batch = Int(words[3])
      else { return nil }
      self.work = work
      network = words[1]
      self.side = side
      self.batch = batch
    }
  }

  /// Words that name no network of the catalogue.
  struct UnknownNetwork: Error { let name: String }

  /// How many pictures a run takes.
  let batch: Int
  private let program: Program
  private let inputs: [String: ProgramInput]
  private let update: () -> Void

  init(_ kind: Kind, threads: Int, provider: ProviderKind) throws {
    guard let backbone = BackboneCatalogue.backbone(named: kind.network) else {
      throw UnknownNetwork(name: kind.network)
    }
    let (batch, side) = (kind.batch, kind.side)
    self.batch = batch
    let network = Network(backbone, classes: 9)
    let state = ModelState(initialized: network, seed: 0)
    let store = ParameterStore()
    for tensor in network.tensors where tensor.isFloat {
      store.set(tensor.name, state[tensor.name])
    }
    let trained = network.tensors.filter {
      $0.kind == .parameter && (kind.work == .step || kind.work == .fc && $0.isHead)
    }.map(\.name)
    let graph: Graph
    if kind.work == .forward {
      graph = try GraphCompiler.evaluation(
        network.graph(batch: batch, height: side, width: side, mode: .evaluation),
        labelSmoothing: nil)
    } else {
      let names = Set(trained)
      graph = try GraphCompiler.training(
        network.graph(
          batch: batch, height: side, width: side,
          mode: BuildMode(isTraining: true) { names.contains($0) }), labelSmoothing: 0)
    }
    let program = try Program(graph, provider: provider, threads: threads, store: store)
    self.program = program

    let pictures = FloatBuffer(count: batch * 3 * side * side)
    let labels = Int32Buffer(count: batch)
    var stream = RandomStream(seed: 0, purpose: .test)
    for index in 0..<pictures.count { pictures.pointer[index] = Float(stream.normal()) }
    for index in 0..<batch { labels.pointer[index] = Int32(stream.integer(in: 0...8)) }
    inputs =
      kind.work == .forward
      ? ["pictures": .floats(pictures)]
      : ["pictures": .floats(pictures), "labels": .integers(labels)]

    guard let declaration = OptimizerCatalogue.family.declaration("SGD") else {
      fatalError("SGD is in the catalogue")
    }
    // Small, so that random pictures do not lead anywhere in thousands of steps.
    let rate = 1e-3
    let optimizer = SGD(declaration.values(["lr": .number(rate), "momentum": .number(0.9)]))
    let momenta = trained.map { FloatBuffer(count: state[$0].count) }
    var step = 0
    update = {
      step += 1
      for (name, momentum) in zip(trained, momenta) {
        optimizer.update(
          parameter: state[name], gradient: program.output("gradient/" + name),
          state: [momentum], step: step, rate: rate)
        store.touch(name)
      }
    }
  }

  func run() throws {
    try program.run(inputs: inputs, randomKey: RandomKey(seed: 0))
    update()
  }

  /// Pictures a second over at least three runs and this many seconds.
  func rate(seconds: Double) throws -> Double {
    try run()
    let begin = Clock.now
    var count = 0
    while count < 3 || Clock.now - begin < seconds {
      try run()
      count += 1
    }
    return Double(batch * count) / (Clock.now - begin)
  }

  /// A line of JSON: each node's seconds, operations and bytes, on average over some runs.
  func profile(seconds: Double) throws -> String {
    // The first runs pack weights and touch memory.
    _ = try rate(seconds: seconds)
    program.resetProfile()
    program.isProfiling = true
    _ = try rate(seconds: seconds)
    program.isProfiling = false
    let nodes = program.profile.map {
      #"{"node":"\#($0.node)","operation":"\#($0.operation)","kernel":"\#($0.kernel)","#
        + #""seconds":\#($0.seconds),"flops":\#($0.flops),"bytes":\#($0.bytes)}"#
    }
    return "[" + nodes.joined(separator: ",") + "]"
  }
}
