import Kernels
import Models
import Synchronization
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

  /// SHA-256 of every tensor's little-endian bytes, by name, computed on several threads.
  package func digests(threads: Int = Threads.processors) -> [String: String] {
    let digests = Mutex<[String: String]>([:])
    let (tensors, state) = (network.tensors, state)
    Threads.forEach(tensors.count, threads: threads) { index in
      let tensor = tensors[index]
      let digest: String
      if tensor.isFloat {
        digest = SHA256.hex(of: UnsafeRawBufferPointer(state[tensor.name].floats))
      } else {
        let value = Int64(state.batchesTracked[tensor.name] ?? 0).littleEndian
        digest = withUnsafeBytes(of: value) { SHA256.hex(of: $0) }
      }
      digests.withLock { $0[tensor.name] = digest }
    }
    return digests.withLock { $0 }
  }
}
