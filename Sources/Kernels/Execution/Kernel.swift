import Graphs
import Tensors

/// What a node runs: made once for its shapes and layouts, called in each step.
protocol Kernel: AnyObject {
  /// For profiles and `doctor`, such as `onednn:jit_avx512 direct`.
  var name: String { get }
  /// Which of a convolution's algorithms it is; nil for all other operations.
  var algorithm: ConvolutionAlgorithm? { get }
  /// Memory that it keeps between runs: weights in its own order, temporary values.
  var bytes: Int { get }
  /// Memory of the arena that it needs while it runs; `RunContext.workspace` is its place.
  var workspaceBytes: Int { get }
  func run(_ context: borrowing RunContext)
}

extension Kernel {
  var bytes: Int { 0 }
  var workspaceBytes: Int { 0 }
  var algorithm: ConvolutionAlgorithm? { nil }
}

/// A kernel whose work is one closure.
final class ClosureKernel: Kernel {
  let name: String
  let bytes: Int
  let workspaceBytes: Int
  private let body: (borrowing RunContext) -> Void
  /// - Parameters:
  ///   - packed: weights in the kernel's own order.
  ///   - workspaceBytes: what it needs while it runs, where it packs nothing.
  init(
    _ name: String, _ packed: PackedWeights? = nil, workspaceBytes: Int = 0,
    _ body: @escaping (borrowing RunContext) -> Void
  ) {
    self.name = name
    bytes = packed?.bytes ?? 0
    self.workspaceBytes = packed?.workspaceBytes ?? workspaceBytes
    self.body = body
  }
  func run(_ context: borrowing RunContext) { body(context) }
}

/// Where values lie in one run, and which random numbers it uses.
struct RunContext {
  /// By value; nil for what no kernel of the run touches.
  let pointers: UnsafePointer<UnsafeMutableRawPointer?>
  /// By value: changes when a parameter or something made from parameters alone changed.
  let versions: UnsafePointer<UInt64>
  let randomKey: RandomKey
  /// The running node's workspace; nil where its kernel wants none.
  var workspace: UnsafeMutableRawPointer?

  var workspaceFloats: UnsafeMutablePointer<Float> {
    guard let workspace else { preconditionFailure("the kernel asked for a workspace") }
    return workspace.assumingMemoryBound(to: Float.self)
  }

  func raw(_ value: ValueID) -> UnsafeMutableRawPointer {
    guard let pointer = pointers[value.index] else {
      preconditionFailure("value \(value.index) has no memory in this run")
    }
    return pointer
  }
  func floats(_ value: ValueID) -> UnsafeMutablePointer<Float> {
    raw(value).assumingMemoryBound(to: Float.self)
  }
  func floats(_ value: ValueID?) -> UnsafeMutablePointer<Float>? { value.map { floats($0) } }
  func integers(_ value: ValueID) -> UnsafeMutablePointer<Int32> {
    raw(value).assumingMemoryBound(to: Int32.self)
  }
  func version(_ value: ValueID) -> UInt64 { versions[value.index] }
}

/// Which random numbers a run draws: a function of the experiment's seed and the step's place.
package struct RandomKey: Sendable {
  package var seed: UInt64
  /// Phase, epoch, step: whatever tells steps apart.
  package var coordinates: [UInt64]
  package init(seed: UInt64, _ coordinates: [UInt64] = []) {
    self.seed = seed
    self.coordinates = coordinates
  }
  func stream(_ node: UInt32) -> RandomStream {
    RandomStream(seed: seed, purpose: .dropout, coordinates + [UInt64(node)])
  }
}

/// How the elements of a value lie in memory.
enum Layout: Hashable, CustomStringConvertible {
  /// As torch: the last dimension moves fastest.
  case plain
  /// `[N, C / block, H, W, block]` with zeros in channels beyond the last: oneDNN's nChw16c and nChw8c.
  case blocked(Int)

  var description: String {
    switch self {
    case .plain: "plain"
    case .blocked(let block): "nChw\(block)c"
    }
  }

  /// The number of elements that a value of this shape takes.
  func count(_ shape: Shape) -> Int {
    switch self {
    case .plain: shape.count
    case .blocked(let block):
      shape[0] * ((shape[1] + block - 1) / block * block) * shape[2] * shape[3]
    }
  }
}

/// A node and where its values lie, as providers see it when they choose a kernel.
struct NodeRequest {
  let graph: Graph
  let node: Node
  /// By value.
  let layouts: [Layout]
  /// The position of the input in whose place the first result lies, if any.
  let inPlace: Int?
  /// True for values that are made from parameters and states alone.
  let isConstant: [Bool]
  /// What convolutions are computed by.
  let table: KernelTable

  /// Whether the graph makes a gradient of this parameter, so that every step changes it.
  func isTrained(_ value: ValueID) -> Bool {
    graph[value].role == .parameter && graph.outputs["gradient/" + graph[value].name] != nil
  }
  func shape(_ input: Int) -> Shape { graph[node.inputs[input]].shape }
  func layout(_ value: ValueID?) -> Layout { value.map { layouts[$0.index] } ?? .plain }
  func inputLayout(_ input: Int) -> Layout { layouts[node.inputs[input].index] }
  func outputLayout(_ output: Int = 0) -> Layout { layout(node.outputs[output]) }
  /// True where all values lie as in torch.
  var isPlain: Bool {
    (node.inputs + node.outputs.compactMap { $0 }).allSatisfy { layouts[$0.index] == .plain }
  }
}

/// Chooses kernels: one table from operation, shape and pass.
protocol Provider {
  /// The layout that a value of this rank and role should have; plain by default.
  func preferredLayout(for value: Value) -> Layout
  /// Which input the node's first result may overwrite, where it then needs no copy.
  func sharedInput(of node: Node, in graph: Graph) -> Int?
  /// A kernel for the node as it lies, or nil where another provider should look.
  func kernel(for request: NodeRequest) -> (any Kernel)?
}

extension Provider {
  func preferredLayout(for value: Value) -> Layout { .plain }
  func sharedInput(of node: Node, in graph: Graph) -> Int? { nil }
}
