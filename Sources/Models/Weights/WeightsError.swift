import Diagnostics
import Tensors

/// Why weights cannot be used.
package enum WeightsError: Error, Sendable {
  case file(FileError)
  /// The file is not what the format says, at a byte counted from its start.
  case damaged(path: String, offset: Int, Damage)
  /// A file of `torch.save` that is damaged or holds what xrun does not read, at a byte counted from its start.
  case torch(path: String, offset: Int, TorchProblem)
  case noTensor(path: String, name: String)
  /// The tensor's elements cannot be read as what is wanted.
  case unsupportedElement(path: String, name: String, ElementType)
  /// The metadata says that the weights belong to another backbone.
  case otherBackbone(path: String, found: String, expected: String)
  /// Tensors outside the head are missing or have another shape.
  case unfitting(LoadReport)
  /// A tensor holds NaN or an infinity. Kernels of ReLU may turn NaN into zero, and so hide it from the loss.
  case notFinite(path: String, name: String)
  /// A value of the metadata is not what its key says.
  case badMetadata(path: String, key: String)
  /// The weights that xrun brings are in none of the places.
  case noBuiltinWeights(file: String, places: [String])
  /// Weights by a torchvision name are in none of the places.
  case noNamedWeights(name: String, backbone: String, places: [String])
  /// A published file is not what its name says.
  case wrongChecksum(path: String, found: String, expected: String)

  /// What is wrong in the bytes of a `.safetensors` file.
  package enum Damage: Sendable, Hashable {
    case tooShort(bytes: Int)
    case headerTooLong(length: UInt64)
    case headerBeyondEnd(length: UInt64, available: Int)
    case notJSON(JSON.Mistake)
    case notAnObject
    case metadataNotText(key: String)
    case badEntry(name: String)
    case unknownElement(name: String, String)
    case badShape(name: String)
    case badOffsets(name: String)
    case wrongLength(name: String, bytes: Int, expected: Int)
    case overlap(name: String, other: String)
    case gap(before: String)
    case beyondEnd(name: String, end: Int, available: Int)
    case trailingBytes(count: Int)
    case cutWhileReading(name: String)
  }
}

// MARK: Wording

extension WeightsError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .damaged(let path, let offset, let damage):
      "'\(path)' is damaged at byte \(offset): \(damage)"
    case .torch(let path, let offset, let problem):
      "'\(path)' cannot be read at byte \(offset): \(problem)"
    case .noTensor(let path, let name): "'\(path)' has no tensor '\(name)'"
    case .unsupportedElement(let path, let name, let element):
      "'\(name)' in '\(path)' has elements of type \(element.rawValue), which cannot be used here"
    case .otherBackbone(let path, let found, let expected):
      "'\(path)' holds weights of '\(found)', not of '\(expected)'"
    case .unfitting(let report): report.mistake
    case .notFinite(let path, let name): "'\(name)' in '\(path)' holds NaN or an infinity"
    case .badMetadata(let path, let key):
      "the metadata '\(key)' of '\(path)' is not what it should be"
    case .noBuiltinWeights(let file, let places):
      "the builtin weights '\(file)' are in none of " + Suggestion.list(places)
    case .noNamedWeights(let name, let backbone, let places):
      PublishedWeights.find(name, of: backbone) == nil
        && !PublishedWeights.names(of: backbone).isEmpty
        ? "'\(backbone)' has no weights '\(name)'"
        : "the weights '\(name)' of '\(backbone)' are not at "
          + Suggestion.list(places, joinedBy: "or")
    case .wrongChecksum(let path, let found, let expected):
      "'\(path)' has the SHA-256 \(found.prefix(expected.utf8.count))…, not \(expected)… as its name says"
    }
  }

  /// What to do, in one line.
  package var help: String? {
    switch self {
    case .file, .noTensor: nil
    case .damaged: "copy or download the file again"
    case .torch(_, _, let problem): problem.help
    case .unsupportedElement: "store the tensor as F32, F16, BF16 or F64"
    case .otherBackbone(_, let found, _): "state 'backbone: \(found)', or other weights"
    case .unfitting: "check that the file was saved from this backbone"
    case .notFinite: "the run that made the file had diverged: take an earlier one"
    case .badMetadata: "the file may have been changed by another program"
    case .noNamedWeights(let name, let backbone, let places): Self.help(name, backbone, places)
    case .wrongChecksum: "remove the file and fetch it again"
    case .noBuiltinWeights: "set XRUN_WEIGHTS_DIR to the folder that holds the file"
    }
  }

  /// How weights by name get to their places.
  private static func help(_ name: String, _ backbone: String, _ places: [String]) -> String {
    guard let published = PublishedWeights.find(name, of: backbone) else {
      let names = PublishedWeights.names(of: backbone)
      return names.isEmpty
        ? "put a .safetensors file with its names there, or state 'weights: <file>'"
        : "write \(Suggestion.list(names, joinedBy: "or"))"
          + (places.first.map { ", or put weights of your own at '\($0)'" } ?? "")
    }
    let command = "xrun fetch \(backbone)" + (name == "IMAGENET1K_V1" ? "" : " \(name)")
    return "run `\(command)`, or put \(published.url) there by hand"
  }
}

extension WeightsError.Damage: CustomStringConvertible {
  package var description: String {
    switch self {
    case .tooShort(let bytes): "a .safetensors file has at least 8 bytes, not \(bytes)"
    case .headerTooLong(let length): "the header would be \(length) bytes long"
    case .headerBeyondEnd(let length, let available):
      "the header would be \(length) bytes long, but only \(available) follow"
    case .notJSON(let mistake): "the header is not JSON: \(mistake.rawValue)"
    case .notAnObject: "the header is not a JSON object"
    case .metadataNotText(let key): "the metadata '\(key)' is not text"
    case .badEntry(let name): "'\(name)' needs exactly 'dtype', 'shape' and 'data_offsets'"
    case .unknownElement(let name, let element): "'\(name)' has the unknown dtype '\(element)'"
    case .badShape(let name): "the shape of '\(name)' is not a list of lengths that fit"
    case .badOffsets(let name): "the offsets of '\(name)' are not a begin and an end"
    case .wrongLength(let name, let bytes, let expected):
      "'\(name)' has \(bytes) bytes, but its shape needs \(expected)"
    case .overlap(let name, let other): "'\(name)' overlaps '\(other)'"
    case .gap(let name): "there are unused bytes before '\(name)'"
    case .beyondEnd(let name, let end, let available):
      "'\(name)' ends at byte \(end) of the data, which has \(available)"
    case .trailingBytes(let count): "\(count) bytes follow the last tensor"
    case .cutWhileReading(let name): "the file became shorter while '\(name)' was read"
    }
  }
}
