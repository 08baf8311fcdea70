import CKernels
import Glibc
import Graphs
import Tensors

/// What is given for one run.
package enum ProgramInput {
  case floats(FloatBuffer)
  case integers(Int32Buffer)
}

/// A graph made ready to run: a kernel for each node, a layout and a place for each value.
///
/// Parameters and states are read from the store at each run, and only what changed is packed or folded anew.
/// After the first run nothing is allocated. One thread runs a program, or programs that share an arena, at a time.
package final class Program: @unchecked Sendable {
  private struct Step {
    let node: Int
    let kernel: any Kernel
    /// True where it depends on parameters and states alone, and runs only when one of them changed.
    let isHoisted: Bool
    var workspace: UnsafeMutableRawPointer?
    var stamp: UInt64 = 0
    var seconds = 0.0
    var runs = 0
  }

  package let graph: Graph
  package let provider: ProviderKind
  package let threads: Int
  /// Bytes of the arena that this program uses.
  package let arenaBytes: Int
  /// Bytes beside the arena that live as long as it does: results, what is made of parameters, kernels' own copies.
  package var ownedBytes: Int {
    let buffers = owned.map(\.buffer) + exports.map(\.buffer)
    return buffers.reduce(0) { $0 + $1.count * 4 } + steps.reduce(0) { $0 + $1.kernel.bytes }
  }
  /// The most that one node needs of the arena only while it runs.
  package var workspaceBytes: Int { steps.map(\.kernel.workspaceBytes).max() ?? 0 }
  /// Measures each node's time where true; read with `profileReport`.
  package var isProfiling = false

  private let arena: Arena
  private let plan: MemoryPlan
  private var arenaGeneration = -1
  private var steps: [Step] = []
  private let layouts: [Layout]
  private let entries: [(value: ValueID, entry: ParameterStore.Entry)]
  private let updatedEntries: [ParameterStore.Entry]
  private let pointers: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  private let versions: UnsafeMutablePointer<UInt64>
  /// Memory of values that do not live in the arena: results, and what is made from parameters alone.
  private var owned: [(value: ValueID, buffer: FloatBuffer)] = []
  private var results: [String: FloatBuffer] = [:]
  /// Results that lie elsewhere or otherwise and are copied out at the end of a run.
  private var exports: [(value: ValueID, buffer: FloatBuffer)] = []

  /// Chooses kernels and places; the arena grows to what this program needs.
  ///
  /// - Parameter table: which algorithms compute convolutions; the committed one by default.
  package init(
    _ graph: Graph, provider: ProviderKind, threads: Int, store: ParameterStore,
    arena: Arena = Arena(), table: KernelTable = .committed
  ) throws(KernelError) {
    self.graph = graph
    self.provider = provider
    self.threads = threads
    self.arena = arena
    let providers = try provider.providers()
    ComputeThreads.use(threads)

    // 1. The values that live outside.
    var entries: [(value: ValueID, entry: ParameterStore.Entry)] = []
    for value in graph.parameters + graph.states {
      let (name, shape) = (graph[value].name, graph[value].shape)
      guard let entry = store.entry(name) else {
        throw .missingParameter(name: name, shape: shape)
      }
      guard entry.buffer.count == shape.count else {
        throw .wrongParameterSize(name: name, shape: shape, found: entry.buffer.count)
      }
      entries.append((value, entry))
    }
    self.entries = entries
    let updated = Set(
      graph.nodes.flatMap { node in node.operation.updatedInputs.map { node.inputs[$0] } })
    updatedEntries = entries.filter { updated.contains($0.value) }.map(\.entry)

    // 2. Layouts, and the places that results share with inputs.
    var layouts = graph.values.map { _ in Layout.plain }
    for node in graph.nodes where !Self.makesWeights(node.operation) {
      for output in node.outputs.compactMap({ $0 }) where graph[output].element == .float32 {
        layouts[output.index] = providers[0].preferredLayout(for: graph[output])
      }
    }
    self.layouts = layouts
    let hoisted = graph.isParameterOnly()
    var isConstant = graph.values.map { $0.role == .parameter || $0.role == .state }
    for (index, node) in graph.nodes.enumerated() where hoisted[index] {
      for output in node.outputs.compactMap({ $0 }) { isConstant[output.index] = true }
    }
    let outputs = Set(graph.outputs.values)
    func livesInArena(_ value: ValueID) -> Bool {
      guard graph[value].role == .intermediate, !isConstant[value.index] else { return false }
      return !(outputs.contains(value) && layouts[value.index] == .plain)
    }
    // 3. Kernels, and what they need while they run.
    var steps: [Step] = []
    plan = MemoryPlan(
      for: graph,
      bytes: { livesInArena($0) ? layouts[$0.index].count(graph[$0].shape) * 4 : 0 },
      sharing: { providers[0].sharedInput(of: graph.nodes[$0], in: graph) },
      workspaces: { inPlace in
        steps = graph.nodes.enumerated().map { index, node in
          let request = NodeRequest(
            graph: graph, node: node, layouts: layouts, inPlace: inPlace[index],
            isConstant: isConstant, table: table)
          return Step(
            node: index, kernel: Self.kernel(for: request, from: providers),
            isHoisted: hoisted[index])
        }
        return Dictionary(
          uniqueKeysWithValues: steps.map { ($0.node, $0.kernel.workspaceBytes) })
      })
    self.steps = steps
    arenaBytes = plan.arenaBytes
    try arena.reserve(arenaBytes)

    // 4. Memory outside the arena.
    pointers = .allocate(capacity: max(1, graph.values.count))
    pointers.initialize(repeating: nil, count: max(1, graph.values.count))
    versions = .allocate(capacity: max(1, graph.values.count))
    versions.initialize(repeating: 0, count: max(1, graph.values.count))
    for index in graph.values.indices {
      let value = ValueID(index)
      guard graph[value].role == .intermediate, !livesInArena(value) else { continue }
      let buffer = FloatBuffer(count: layouts[index].count(graph[value].shape))
      owned.append((value, buffer))
      pointers[index] = UnsafeMutableRawPointer(buffer.pointer)
    }
    for (name, value) in graph.outputs {
      if let place = owned.first(where: { $0.value == value }), layouts[value.index] == .plain {
        results[name] = place.buffer
      } else {
        let buffer = FloatBuffer(count: graph[value].shape.count)
        results[name] = buffer
        exports.append((value, buffer))
      }
    }
  }

  deinit {
    pointers.deallocate()
    versions.deallocate()
  }

  /// Weights have four dimensions as pictures do, but lie in the store's layout.
  private static func makesWeights(_ operation: any Operation) -> Bool {
    operation is FoldedWeights || operation is ConvolutionWeightGradient
  }

  private static func kernel(
    for request: NodeRequest, from providers: [any Provider]
  ) -> any Kernel {
    for provider in providers {
      if let kernel = provider.kernel(for: request) { return kernel }
    }
    if let kernel = ReorderingKernel(request, providers) { return kernel }
    preconditionFailure("the reference has a kernel for every operation")
  }

  /// Runs the graph once. All inputs of the graph must be given, in their shapes.
  package func run(
    inputs: [String: ProgramInput], randomKey: RandomKey = RandomKey(seed: 0)
  ) throws(KernelError) {
    ComputeThreads.use(threads)
    try bind(inputs)
    var context = RunContext(pointers: pointers, versions: versions, randomKey: randomKey)
    for index in steps.indices {
      context.workspace = steps[index].workspace
      if steps[index].isHoisted {
        // Versions only grow, so their sum tells whether one of them did.
        let node = graph.nodes[steps[index].node]
        var stamp: UInt64 = 1
        for input in node.inputs { stamp += versions[input.index] }
        guard stamp != steps[index].stamp else { continue }
        steps[index].stamp = stamp
        for output in node.outputs { if let output { versions[output.index] = stamp } }
      }
      guard isProfiling else {
        steps[index].kernel.run(context)
        continue
      }
      let start = Self.now()
      steps[index].kernel.run(context)
      steps[index].seconds += Self.now() - start
      steps[index].runs += 1
    }
    for (value, buffer) in exports {
      Reordering.copy(
        UnsafePointer(context.floats(value)), layouts[value.index], to: buffer.pointer, .plain,
        graph[value].shape)
    }
    for entry in updatedEntries { entry.generation += 1 }
  }

  private func bind(_ inputs: [String: ProgramInput]) throws(KernelError) {
    if arenaGeneration != arena.generation {
      arenaGeneration = arena.generation
      for index in graph.values.indices {
        if let offset = plan.offsets[index] { pointers[index] = arena.base.map { $0 + offset } }
      }
      for index in steps.indices {
        steps[index].workspace = plan.workspaces[steps[index].node].flatMap { offset in
          arena.base.map { $0 + offset }
        }
      }
    }
    for (value, entry) in entries {
      pointers[value.index] = UnsafeMutableRawPointer(entry.buffer.pointer)
      versions[value.index] = entry.generation
    }
    for value in graph.inputs {
      let (name, shape) = (graph[value].name, graph[value].shape)
      let found: (pointer: UnsafeMutableRawPointer, count: Int)
      switch (inputs[name], graph[value].element) {
      case (.floats(let buffer), .float32):
        found = (UnsafeMutableRawPointer(buffer.pointer), buffer.count)
      case (.integers(let buffer), .int32):
        found = (UnsafeMutableRawPointer(buffer.pointer), buffer.count)
      default: throw .missingInput(name: name)
      }
      guard found.count >= shape.count else {
        throw .wrongInputSize(name: name, shape: shape, found: found.count)
      }
      pointers[value.index] = found.pointer
    }
  }

  /// A result of the last run in torch's layout: `logits`, `loss`, `gradient/<parameter>`. The same buffer each time.
  package func output(_ name: String) -> FloatBuffer {
    guard let buffer = results[name] else { preconditionFailure("the graph has no '\(name)'") }
    return buffer
  }

  /// The kernel of each node, in the order in which they run.
  package var kernelNames: [(node: String, kernel: String)] {
    steps.map { (graph.nodes[$0.node].name, $0.kernel.name) }
  }

  /// The algorithm of each convolution and gradient of one, in the order in which they run.
  package var algorithms: [(node: String, algorithm: ConvolutionAlgorithm)] {
    steps.compactMap { step in
      step.kernel.algorithm.map { (graph.nodes[step.node].name, $0) }
    }
  }

  /// What a node took, on average over the runs with `isProfiling`.
  package struct NodeProfile: Sendable {
    package let node: String
    /// What it does, such as `convolution`.
    package let operation: String
    package let kernel: String
    /// For one run, as `flops` and `bytes` are.
    package let seconds: Double
    /// As the operation defines them, whatever algorithm the kernel has.
    package let flops: Int
    /// What it cannot but read and write: inputs and results, each once, as they lie.
    package let bytes: Int
  }

  /// Each node that ran with `isProfiling`, in the order in which they run.
  package var profile: [NodeProfile] {
    steps.compactMap { step in
      guard step.runs > 0 else { return nil }
      let node = graph.nodes[step.node]
      let shapes = node.inputs.map { graph[$0].shape }
      let flops =
        (try? node.operation.results(for: shapes)).map {
          node.operation.flops(inputs: shapes, results: $0)
        } ?? 0
      let values = node.inputs + node.outputs.compactMap { $0 }
      return NodeProfile(
        node: node.name, operation: type(of: node.operation).name, kernel: step.kernel.name,
        seconds: step.seconds / Double(step.runs), flops: flops,
        bytes: values.reduce(0) { $0 + layouts[$1.index].count(graph[$1].shape) * 4 })
    }
  }

  /// Forgets what was measured with `isProfiling`: first runs pack weights and touch memory.
  package func resetProfile() {
    for index in steps.indices { (steps[index].seconds, steps[index].runs) = (0, 0) }
  }

  /// One line for each node: milliseconds for a run, GFLOP/s, kernel. Only after runs with `isProfiling`.
  package func profileReport() -> String {
    var lines = profile.map {
      "\(Self.fixed($0.seconds * 1e3, 3, width: 9)) ms"
        + "\(Self.fixed(Double($0.flops) / $0.seconds / 1e9, 1, width: 8)) GFLOP/s  "
        + "\($0.node)  \($0.kernel)"
    }
    let total = profile.reduce(0) { $0 + $1.seconds }
    lines.append("\(Self.fixed(total * 1e3, 3, width: 9)) ms in a run")
    return lines.joined(separator: "\n")
  }

  private static func fixed(_ value: Double, _ digits: Int, width: Int) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int((value * scale).rounded())
    var fraction = String(scaled % Int(scale))
    while fraction.count < digits { fraction = "0" + fraction }
    let text = "\(scaled / Int(scale)).\(fraction)"
    return String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
