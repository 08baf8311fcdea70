/// Where each intermediate value lies in one arena: no two that live at the same time overlap.
package struct MemoryPlan: Sendable {
  /// Offset in bytes by value; nil for what does not live in the arena.
  package private(set) var offsets: [Int?]
  /// The arena's size in bytes.
  package private(set) var arenaBytes: Int
  /// Offset in bytes of what a node needs while it runs and nobody after it, by node.
  package private(set) var workspaces: [Int: Int] = [:]
  /// Nodes whose first result lies in the place of one of their inputs, with that input's position.
  package let inPlace: [Int: Int]

  /// All offsets are multiples of this.
  package static let alignment = 64

  /// Plans the arena for the order in which the nodes stand.
  ///
  /// Large values are placed first, each at the lowest offset that is free for its whole life. A result that may
  /// lie in place of an input does so where this is the input's last use and the sizes are equal.
  ///
  /// - Parameters:
  ///   - bytes: the size of a value, zero for what lives elsewhere (parameters, states, inputs).
  ///   - sharing: the position of an input that the node's first result may overwrite.
  ///   - workspaces: how many bytes a node needs only while it runs, by node. Asked once, when it is known which
  ///     results lie in place of inputs, which are given to it.
  package init(
    for graph: Graph, bytes: (ValueID) -> Int, sharing: (Int) -> Int? = { _ in nil },
    workspaces: (_ inPlace: [Int: Int]) -> [Int: Int] = { _ in [:] }
  ) {
    let end = graph.nodes.count
    var first = [Int?](repeating: nil, count: graph.values.count)
    var last = [Int](repeating: -1, count: graph.values.count)
    for (index, node) in graph.nodes.enumerated() {
      for output in node.outputs {
        guard let output else { continue }
        first[output.index] = index
        last[output.index] = max(last[output.index], index)
      }
      for input in node.inputs { last[input.index] = max(last[input.index], index) }
    }
    for output in graph.outputs.values { last[output.index] = end }

    // Values that share a place are one block, which lives from the first's birth to the last's death.
    var inPlace: [Int: Int] = [:]
    var block = Array(graph.values.indices)
    for (index, node) in graph.nodes.enumerated() {
      guard let position = sharing(index), let output = node.outputs[0] else { continue }
      let input = node.inputs[position]
      let isAlone = node.inputs.filter { $0 == input }.count == 1
      guard isAlone, first[input.index] != nil, last[input.index] == index,
        bytes(input) == bytes(output), bytes(output) > 0
      else { continue }
      block[output.index] = block[input.index]
      inPlace[index] = position
    }
    struct Block {
      var id: Int
      var bytes: Int
      var first: Int
      var last: Int
      var offset = 0
    }
    var blocks: [Int: Block] = [:]
    for index in graph.values.indices {
      let size = bytes(ValueID(index))
      guard let born = first[index], size > 0 else { continue }
      var entry =
        blocks[block[index]]
        ?? Block(id: block[index], bytes: Self.rounded(size), first: born, last: last[index])
      entry.first = min(entry.first, born)
      entry.last = max(entry.last, last[index])
      blocks[block[index]] = entry
    }
    self.inPlace = inPlace
    // Beyond the values' numbers are those of the nodes, for their workspaces.
    for (node, size) in workspaces(inPlace) where size > 0 {
      let id = graph.values.count + node
      blocks[id] = Block(id: id, bytes: Self.rounded(size), first: node, last: node)
    }
    var placed: [Block] = []
    for var candidate in blocks.values.sorted(by: { ($1.bytes, $0.id) < ($0.bytes, $1.id) }) {
      let neighbours = placed.filter {
        $0.first <= candidate.last && candidate.first <= $0.last
      }.sorted { ($0.offset, $0.id) < ($1.offset, $1.id) }
      var offset = 0
      for neighbour in neighbours where neighbour.offset < offset + candidate.bytes {
        offset = max(offset, neighbour.offset + neighbour.bytes)
      }
      candidate.offset = offset
      placed.append(candidate)
    }
    arenaBytes = placed.map { $0.offset + $0.bytes }.max() ?? 0
    let offsetOf = Dictionary(uniqueKeysWithValues: placed.map { ($0.id, $0.offset) })
    offsets = graph.values.indices.map { index in
      first[index] != nil && bytes(ValueID(index)) > 0 ? offsetOf[block[index]] : nil
    }
    for node in graph.nodes.indices {
      self.workspaces[node] = offsetOf[graph.values.count + node]
    }
  }

  private static func rounded(_ bytes: Int) -> Int {
    (bytes + alignment - 1) / alignment * alignment
  }
}
