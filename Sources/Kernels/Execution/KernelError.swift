import Tensors

/// Why a program cannot be made or run.
package enum KernelError: Error, Sendable, CustomStringConvertible {
  case missingParameter(name: String, shape: Shape)
  case wrongParameterSize(name: String, shape: Shape, found: Int)
  case missingInput(name: String)
  case wrongInputSize(name: String, shape: Shape, found: Int)
  case providerUnavailable(ProviderKind)
  /// The values of one step do not fit into memory.
  case outOfMemory(bytes: Int)

  package var description: String {
    switch self {
    case .missingParameter(let name, let shape):
      "the parameter '\(name)' \(shape) has no values"
    case .wrongParameterSize(let name, let shape, let found):
      "the parameter '\(name)' needs \(shape.count) values for its shape \(shape), not \(found)"
    case .missingInput(let name):
      "the input '\(name)' is not given"
    case .wrongInputSize(let name, let shape, let found):
      "the input '\(name)' needs \(shape.count) values for its shape \(shape), not \(found)"
    case .providerUnavailable(let kind):
      "the kernel provider '\(kind.rawValue)' is not available on this machine"
    case .outOfMemory(let bytes):
      "the values of one step need \(bytes >> 20) MiB of memory, which this machine does not give"
    }
  }
}
