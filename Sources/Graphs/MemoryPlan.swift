/// Where each intermediate value lies in one arena: no two that live at the same time overlap.
package struct MemoryPlan: Sendable {
  /// Offset in bytes by value; nil for what does not live in the arena.
  package private(set) var offsets: [Int?]
  /// The arena's size in bytes.
  package private(set) var arenaBytes: Int
  /// Nodes whose first result lies in the place of one of their inputs, with that input's position.
  package private(set) var inPlace: [Int: Int] = [:]

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
  ///   - keeps: values that live to the end besides the graph's outputs.
  package init(
    for graph: Graph, bytes: (ValueID) -> Int, sharing: (Int) -> Int? = { _ in nil },
    keeps: Set<ValueID> = []
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
    for value in keeps { last[value.index] = end }

    // Values that share a place are one block, which lives from the first's birth to the last's death.
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
      let rounded = (size + Self.alignment - 1) / Self.alignment * Self.alignment
      var entry =
        blocks[block[index]]
        ?? Block(id: block[index], bytes: rounded, first: born, last: last[index])
      entry.first = min(entry.first, born)
      entry.last = max(entry.last, last[index])
      blocks[block[index]] = entry
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
  }
}
