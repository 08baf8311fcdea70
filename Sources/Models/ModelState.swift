import Tensors

/// A network's tensors with their values: parameters, running statistics and torch's batch counters.
///
/// Buffers are shared, not copied, with the programs that train them.
package struct ModelState: Sendable {
  /// In the order of torch's `state_dict`.
  package let tensors: [TensorSpec]
  /// The buffers of parameters and running statistics, by name.
  package let floats: [String: FloatBuffer]
  /// How many batches moved each layer's running statistics, by the counter's name.
  package var batchesTracked: [String: Int]

  /// All values as zeros.
  package init(zeros network: Network) {
    self.init(
      network.tensors,
      floats: Dictionary(
        uniqueKeysWithValues: network.tensors.filter(\.isFloat).map {
          ($0.name, FloatBuffer(count: $0.shape.count))
        }))
  }

  /// The network as it starts without weights, the same for any number of threads.
  package init(initialized network: Network, seed: UInt64, threads: Int = Threads.processors) {
    self.init(zeros: network)
    let jobs = tensors.filter(\.isFloat).flatMap { tensor in
      let initialization = network.initialization(of: tensor)
      return initialization.parts(of: tensor).map {
        (buffer: self[tensor.name], tensor: tensor, initialization: initialization, part: $0)
      }
    }
    Threads.forEach(jobs.count, threads: threads) { index in
      let job = jobs[index]
      job.initialization.fill(job.buffer, job.tensor, seed: seed, part: job.part)
    }
  }

  init(_ tensors: [TensorSpec], floats: [String: FloatBuffer]) {
    self.tensors = tensors
    self.floats = floats
    batchesTracked = Dictionary(
      uniqueKeysWithValues: tensors.filter { !$0.isFloat }.map { ($0.name, 0) })
  }

  /// The buffer of a parameter or running statistic of the network.
  package subscript(name: String) -> FloatBuffer {
    guard let buffer = floats[name] else {
      preconditionFailure("'\(name)' is a tensor of the network")
    }
    return buffer
  }

  func fill(_ tensor: TensorSpec, _ initialization: Initialization, seed: UInt64) {
    guard tensor.isFloat else { return }
    initialization.fill(self[tensor.name], tensor, seed: seed)
  }

  /// The same values in buffers of its own.
  package func copy() -> ModelState {
    var other = ModelState(tensors, floats: floats.mapValues { $0.copy() })
    other.batchesTracked = batchesTracked
    return other
  }

  /// Takes over the values of a state of the same network; the buffers stay.
  package mutating func assign(_ other: ModelState) {
    for (name, buffer) in floats { buffer.assign(other[name]) }
    batchesTracked = other.batchesTracked
  }

  /// The tensors to write. As halves only matrices and kernels are: statistics may exceed a half's range, and
  /// vectors weigh little.
  package func stored(asHalves: Bool = false) -> [SafeTensors.Tensor] {
    tensors.map { tensor in
      guard tensor.isFloat else {
        return SafeTensors.Tensor(
          tensor.name, tensor.shape, .integers([batchesTracked[tensor.name] ?? 0]))
      }
      let buffer = self[tensor.name]
      return SafeTensors.Tensor(
        tensor.name, tensor.shape,
        asHalves && tensor.shape.rank > 1 ? .float16(buffer) : .float32(buffer))
    }
  }
}

extension Network {
  /// How a tensor starts without weights; running statistics as torch's batch norm has them.
  package func initialization(of tensor: TensorSpec) -> Initialization {
    switch tensor.kind {
    case .parameter: backbone.initialization(of: tensor)
    case .runningMean, .batchesTracked: .zeros
    case .runningVariance: .ones
    }
  }
}
