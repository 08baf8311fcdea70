import CKernels
import Graphs
import Tensors

/// Copies between layouts.
enum Reordering {
  static func copy(
    _ source: UnsafePointer<Float>, _ from: Layout, to target: UnsafeMutablePointer<Float>,
    _ to: Layout, _ shape: Shape
  ) {
    switch (from, to) {
    case (.plain, .plain):
      target.update(from: source, count: shape.count)
    case (.plain, .blocked(let block)):
      xr_plain_to_blocked(
        source, target, shape[0], shape[1], shape[2] * shape[3], block)
    case (.blocked(let block), .plain):
      xr_blocked_to_plain(
        source, target, shape[0], shape[1], shape[2] * shape[3], block)
    case (.blocked(let one), .blocked(let other)):
      precondition(one == other, "a program has one block size")
      target.update(from: source, count: from.count(shape))
    }
  }
}

/// A plain kernel between reorders, for nodes that no provider computes in the layouts that their values have.
final class ReorderingKernel: Kernel {
  let name: String
  private let inner: any Kernel
  private let reads: [(value: ValueID, layout: Layout, shape: Shape, buffer: FloatBuffer)]
  private let writes: [(value: ValueID, layout: Layout, shape: Shape, buffer: FloatBuffer)]
  private let pointers: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  private let count: Int
  var workspaceBytes: Int { inner.workspaceBytes }
  var bytes: Int { inner.bytes + (reads + writes).reduce(0) { $0 + $1.buffer.count * 4 } }

  init?(_ request: NodeRequest, _ providers: [any Provider]) {
    let (graph, node) = (request.graph, request.node)
    let plain = NodeRequest(
      graph: graph, node: node, layouts: graph.values.map { _ in .plain }, inPlace: nil,
      isConstant: request.isConstant, table: request.table)
    guard let inner = providers.lazy.compactMap({ $0.kernel(for: plain) }).first else {
      return nil
    }
    self.inner = inner
    name = inner.name + " between reorders"
    func temporaries(
      _ values: [ValueID]
    ) -> [(value: ValueID, layout: Layout, shape: Shape, buffer: FloatBuffer)] {
      Set(values).sorted().filter { request.layouts[$0.index] != .plain }.map {
        ($0, request.layouts[$0.index], graph[$0].shape, FloatBuffer(count: graph[$0].shape.count))
      }
    }
    reads = temporaries(node.inputs)
    writes = temporaries(node.outputs.compactMap { $0 })
    count = graph.values.count
    pointers = .allocate(capacity: count)
  }

  deinit { pointers.deallocate() }

  func run(_ context: borrowing RunContext) {
    pointers.update(from: context.pointers, count: count)
    for (value, layout, shape, buffer) in reads {
      Reordering.copy(
        UnsafePointer(context.floats(value)), layout, to: buffer.pointer, .plain, shape)
      pointers[value.index] = UnsafeMutableRawPointer(buffer.pointer)
    }
    for (value, _, _, buffer) in writes {
      pointers[value.index] = UnsafeMutableRawPointer(buffer.pointer)
    }
    inner.run(
      RunContext(
        pointers: pointers, versions: context.versions, randomKey: context.randomKey,
        workspace: context.workspace))
    for (value, layout, shape, buffer) in writes {
      Reordering.copy(
        UnsafePointer(buffer.pointer), .plain, to: context.floats(value), layout, shape)
    }
  }
}
