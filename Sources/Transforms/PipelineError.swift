/// Why a list of transforms is not a pipeline. Numbers are places in the list, from zero.
package enum PipelineError: Error, Sendable, Hashable {
  /// Not in the catalogue; decoding finds this first, with a suggestion.
  case unknown(Int, String)
  /// The component's number and name.
  case step(Int, String, TransformError)
  /// The list ends with a picture.
  case noTensor(count: Int)
  /// The tensor's size depends on the file.
  case sizeUnknown(ImageShape)
}

extension PipelineError: CustomStringConvertible {
  /// The place in the list of the component that is to blame; nil where it is the list.
  package var index: Int? {
    switch self {
    case .unknown(let index, _), .step(let index, _, _): index
    case .noTensor, .sizeUnknown: nil
    }
  }

  /// The argument that is to blame, by name.
  package var parameter: String? {
    if case .step(_, _, let error) = self { error.parameter } else { nil }
  }

  /// A diagnostic's code.
  package var code: String {
    switch self {
    case .unknown: "unknown-component"
    case .step(_, _, .needsPicture), .step(_, _, .needsTensor): "transform-order"
    case .step(_, _, .tooLarge), .step(_, _, .perChannel), .step(_, _, .tooManyPixels):
      "shape-mismatch"
    case .step: "out-of-range"
    case .noTensor: "no-tensor"
    case .sizeUnknown: "size-unknown"
    }
  }

  /// One phrase, as it stands in a diagnostic.
  package var description: String {
    switch self {
    case .unknown(_, let name): "there is no transform '\(name)'"
    case .step(_, let name, let error):
      switch error {
      case .needsPicture, .needsTensor: "'\(name)' \(error.message)"
      default: "\(error.message) (in '\(name)')"
      }
    case .noTensor: "transforms must end in a tensor, but there is no 'ToTensor'"
    case .sizeUnknown(let shape):
      "transforms must give pictures of one size, but theirs is \(shape), whose letters depend on the file"
    }
  }

  /// One line of what to do.
  package var help: String? {
    switch self {
    case .unknown: "write the name of a transform"
    case .step(_, _, let error): error.help
    case .noTensor: "add 'ToTensor'"
    case .sizeUnknown: "add 'CenterCrop' or 'Resize: [height, width]'"
    }
  }
}
