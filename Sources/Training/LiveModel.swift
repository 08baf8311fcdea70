import Kernels
import Models
import Tensors

/// A network's numbers in training, shared with the programs that use them.
package final class LiveModel {
  package let network: Network
  /// Values by torch's names; the buffers stay the same ones for the whole run.
  package private(set) var state: ModelState
  package let store = ParameterStore()

  package init(_ network: Network, _ state: ModelState) {
    self.network = network
    self.state = state
    for tensor in network.tensors where tensor.isFloat {
      store.set(tensor.name, state[tensor.name])
    }
  }

  package func buffer(_ name: String) -> FloatBuffer { state[name] }

  /// Counts a batch for every layer whose statistics it moved.
  func countBatch(where moves: (_ layer: String) -> Bool) {
    for tensor in network.tensors where tensor.kind == .batchesTracked && moves(tensor.layer) {
      state.batchesTracked[tensor.name, default: 0] += 1
    }
  }

  /// Takes over all values of another state of the network.
  package func assign(_ other: ModelState) {
    state.assign(other)
    for name in store.names { store.touch(name) }
  }

  /// SHA-256 of every tensor's little-endian bytes, by name.
  package func digests() -> [String: String] {
    var digests: [String: String] = [:]
    for tensor in network.tensors {
      if tensor.isFloat {
        digests[tensor.name] = SHA256.hex(of: UnsafeRawBufferPointer(buffer(tensor.name).floats))
      } else {
        let value = Int64(state.batchesTracked[tensor.name] ?? 0).littleEndian
        digests[tensor.name] = withUnsafeBytes(of: value) { SHA256.hex(of: $0) }
      }
    }
    return digests
  }
}
