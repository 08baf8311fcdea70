import Glibc
import Graphs
import Tensors

/// A convolution as a network has it: what can be timed, and the row of a kernel table that it is for.
package struct ConvolutionCase: Sendable, Hashable {
  package let pass: ConvolutionShape.Pass
  package let geometry: ConvolutionGeometry
  /// `[N, C, H, W]`, and the results' `[N, O, H', W']`.
  package let picture, result: Shape
  /// Whether it reads pictures as they come from outside, in torch's layout.
  package let isFirst: Bool

  package var shape: ConvolutionShape {
    ConvolutionShape(pass, geometry, picture: picture, result: result)
  }
  package var key: KernelTable.Key { KernelTable.Key(shape) }

  /// Nil for nodes that are no convolution and no gradient of one.
  package init?(_ node: Node, in graph: Graph) {
    guard let shape = ConvolutionShape(node, in: graph) else { return nil }
    func input(_ index: Int) -> Value { graph[node.inputs[index]] }
    pass = shape.pass
    switch node.operation {
    case let operation as Convolution:
      guard let output = node.outputs[0] else { return nil }
      geometry = operation.geometry
      (picture, result) = (input(0).shape, graph[output].shape)
      isFirst = input(0).role == .input
    case let operation as ConvolutionInputGradient:
      geometry = operation.geometry
      (picture, result) = (operation.inputShape, input(1).shape)
      isFirst = false
    case let operation as ConvolutionWeightGradient:
      geometry = operation.geometry
      (picture, result) = (input(0).shape, input(1).shape)
      isFirst = input(0).role == .input
    default: return nil
    }
  }

  /// All of a graph that differ in more than their epilogue, each once.
  package static func all(in graph: Graph) -> [ConvolutionCase] {
    var seen: Set<KernelTable.Key> = []
    return graph.nodes.compactMap { ConvolutionCase($0, in: graph) }.filter {
      seen.insert($0.key).inserted
    }
  }

  /// Nodes around it that put values where a network would have them.
  fileprivate func graph() throws(ShapeError) -> Graph {
    var graph = Graph()
    func value(
      _ name: String, _ shape: Shape, _ role: Value.Role
    ) throws(ShapeError) -> ValueID {
      let value = graph.add(
        Value(
          name: name, shape: shape, role: role, element: .float32, isTrainable: role == .parameter))
      guard role == .input, !(isFirst && name == "x") else { return value }
      guard
        let made = try graph.append(ActivationOperation(.none), [value], name: name + ".copy")[0]
      else { preconditionFailure("an activation has a result") }
      return made
    }
    let weights: Shape = [
      result[1], picture[1] / geometry.groups, geometry.kernel, geometry.kernel,
    ]
    switch pass {
    case .forward:
      let inputs = [try value("x", picture, .input), try value("w", weights, .parameter)]
      _ = try graph.append(Convolution(geometry, hasBias: false), inputs, name: "timed")
    case .inputGradient:
      let inputs = [try value("w", weights, .parameter), try value("dy", result, .input)]
      _ = try graph.append(
        ConvolutionInputGradient(geometry, inputShape: picture), inputs, name: "timed")
    case .weightGradient:
      let inputs = [try value("x", picture, .input), try value("dy", result, .input)]
      _ = try graph.append(
        ConvolutionWeightGradient(geometry, weightShape: weights, hasBias: false), inputs,
        name: "timed", needed: [true, false])
    }
    return graph
  }
}

/// How long each algorithm takes for a convolution, and which one its table should name.
package struct ConvolutionTiming: Sendable {
  package let timed: ConvolutionCase
  /// Medians in seconds, fastest first; those that were far behind are of one run.
  package let seconds: [(algorithm: ConvolutionAlgorithm, seconds: Double)]
  /// What the rules take where no row is there.
  package let rule: ConvolutionAlgorithm
  /// What is to be taken: the rules' choice, or what beat it beyond doubt.
  package let chosen: ConvolutionAlgorithm

  package init(
    _ timed: ConvolutionCase, seconds: [(algorithm: ConvolutionAlgorithm, seconds: Double)],
    rule: ConvolutionAlgorithm, chosen: ConvolutionAlgorithm
  ) {
    self.timed = timed
    self.seconds = seconds
    self.rule = rule
    self.chosen = chosen
  }

  package func seconds(of algorithm: ConvolutionAlgorithm) -> Double? {
    seconds.first { $0.algorithm == algorithm }?.seconds
  }
}

extension ConvolutionTiming {
  /// What beats the rules' choice takes at most this part of its time, by the median of the rounds.
  private static let clear = 0.97
  /// What needs much more memory while it runs than the rules' choice: 2^24 bytes and this part of its time.
  private static let large = (bytes: 16 << 20, clear: 0.8)
  /// And was ahead in this part of the rounds.
  private static let often = 0.8
  /// What takes longer than this many times the fastest in the first round is not timed again.
  private static let far = 2.0
  /// Seconds of one turn at least: a kernel runs as often as that takes.
  private static let turn = 0.002

  /// Times all algorithms that can do it, in turns that alternate.
  ///
  /// A forward pass counts half with weights that were changed since the last run, which kernels then pack anew, and
  /// half without; a gradient of pictures, which only training needs, always with changed ones.
  ///
  /// - Throws: where the memory does not suffice.
  package static func measure(
    _ timed: ConvolutionCase, threads: Int, rounds: Int
  ) throws -> ConvolutionTiming {
    let graph = try timed.graph()
    let store = ParameterStore()
    var inputs: [String: ProgramInput] = [:]
    for id in graph.parameters + graph.inputs {
      let buffer = FloatBuffer(count: graph[id].shape.count)
      // Ordinary numbers: denormal ones are slow.
      for index in 0..<buffer.count { buffer.pointer[index] = Float(index % 13) * 0.125 - 0.75 }
      if graph[id].role == .parameter {
        store.set(graph[id].name, buffer)
      } else {
        inputs[graph[id].name] = .floats(buffer)
      }
    }
    // 1. Who can do it; the first run packs weights and touches memory.
    let arena = Arena()
    func program(_ table: KernelTable) throws -> (Program, ConvolutionAlgorithm?) {
      let program = try Program(
        graph, provider: .onednn, threads: threads, store: store, arena: arena, table: table)
      program.isProfiling = true
      return (program, program.algorithms.first { $0.node == "timed" }?.algorithm)
    }
    guard let rule = try program(KernelTable()).1 else {
      preconditionFailure("a convolution has an algorithm")
    }
    var runners: [Runner] = []
    for algorithm in ConvolutionAlgorithm.allCases {
      let (program, chosen) = try program(KernelTable().forcing(algorithm))
      guard chosen == algorithm else { continue }
      let runner = Runner(algorithm, program, store, inputs, timed.pass)
      try runner.once()
      runners.append(runner)
    }
    // 2. A first look, then turns for those that are near.
    for runner in runners { runner.first = try runner.once() }
    let least = runners.map(\.first).min() ?? 0
    let near = runners.filter { $0.first <= far * least || $0.algorithm == rule }
    for _ in 0..<rounds {
      for runner in near { runner.turns.append(try runner.turn(atLeast: turn)) }
    }
    // 3. Which one.
    let times = runners.map { ($0.algorithm, $0.median) }.sorted { $0.1 < $1.1 }
    let ruled = runners.first { $0.algorithm == rule }
    let better = near.filter { runner in
      guard let ruled, runner.algorithm != rule else { return false }
      let ratios = zip(runner.turns, ruled.turns).map { $0 / $1 }.sorted()
      let ahead = ratios.count { $0 < 1 }
      let isLarge = runner.workspaceBytes > ruled.workspaceBytes + large.bytes
      return ratios[ratios.count / 2] < (isLarge ? large.clear : clear)
        && Double(ahead) >= often * Double(ratios.count)
    }
    let chosen = better.min { $0.median < $1.median }?.algorithm ?? rule
    return ConvolutionTiming(
      timed, seconds: times.map { (algorithm: $0.0, seconds: $0.1) }, rule: rule, chosen: chosen)
  }
}

/// One algorithm's program, and how long its turns took.
private final class Runner {
  let algorithm: ConvolutionAlgorithm
  var first = 0.0
  var turns: [Double] = []
  private let program: Program
  private let store: ParameterStore
  private let inputs: [String: ProgramInput]
  private let pass: ConvolutionShape.Pass

  init(
    _ algorithm: ConvolutionAlgorithm, _ program: Program, _ store: ParameterStore,
    _ inputs: [String: ProgramInput], _ pass: ConvolutionShape.Pass
  ) {
    self.algorithm = algorithm
    self.program = program
    self.store = store
    self.inputs = inputs
    self.pass = pass
  }

  var workspaceBytes: Int { program.workspaceBytes }

  var median: Double {
    let sorted = turns.sorted()
    return sorted.isEmpty ? first : sorted[sorted.count / 2]
  }

  /// Seconds of the kernel alone, as a network's steps have it on average.
  @discardableResult
  func once() throws -> Double {
    store.touch("w")
    let changed = try run()
    return pass == .forward ? (changed + (try run())) / 2 : changed
  }

  func turn(atLeast least: Double) throws -> Double {
    let count = min(50, max(1, Int(least / max(first, 1e-6)) + 1))
    var sum = 0.0
    for _ in 0..<count { sum += try once() }
    return sum / Double(count)
  }

  private func run() throws -> Double {
    program.resetProfile()
    try program.run(inputs: inputs)
    return program.profile.first { $0.node == "timed" }?.seconds ?? 0
  }
}
