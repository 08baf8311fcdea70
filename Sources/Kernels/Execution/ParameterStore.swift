import Tensors

/// Parameters and running statistics by name, in torch's plain layout, shared by all programs of a run.
///
/// Whoever changes a buffer's contents says so by `touch`: packed, reordered and folded copies are renewed only
/// then. Not synchronised: the training loop changes parameters while no program runs.
package final class ParameterStore: @unchecked Sendable {
  /// One named buffer and how often it changed.
  final class Entry {
    var buffer: FloatBuffer
    var generation: UInt64 = 1
    init(_ buffer: FloatBuffer) { self.buffer = buffer }
  }

  private var entries: [String: Entry] = [:]
  /// In the order in which they were first set.
  package private(set) var names: [String] = []

  package init() {}

  package subscript(name: String) -> FloatBuffer? { entries[name]?.buffer }

  /// Adds or replaces a buffer; programs that exist use the new one from their next run on.
  package func set(_ name: String, _ buffer: FloatBuffer) {
    if let entry = entries[name] {
      entry.buffer = buffer
      entry.generation += 1
    } else {
      entries[name] = Entry(buffer)
      names.append(name)
    }
  }

  /// Says that a buffer's contents changed.
  package func touch(_ name: String) { entries[name]?.generation += 1 }

  /// How often a buffer was set or touched; 0 where there is none.
  package func generation(_ name: String) -> UInt64 { entries[name]?.generation ?? 0 }

  func entry(_ name: String) -> Entry? { entries[name] }
}
