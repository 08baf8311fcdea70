import Tensors

/// A tensor that a file of weights has, whatever its format.
package struct WeightsEntry: Sendable, Hashable {
  package let name: String
  package let element: ElementType
  package let shape: Shape

  package init(name: String, element: ElementType, shape: Shape) {
    self.name = name
    self.element = element
    self.shape = shape
  }
}

/// An open file of weights: what is in it is known and checked, tensors are read when asked for.
package protocol WeightsFile: Sendable {
  var path: String { get }
  /// Text by keys that the file says of itself; empty where the format has none.
  var metadata: [String: String] { get }
  /// What people should know of how the file was read, as phrases: `from 'state_dict'`.
  var remarks: [String] { get }
  var contents: [WeightsEntry] { get }
  func content(_ name: String) -> WeightsEntry?
  /// A tensor's values as float32, whatever kind of float they are stored as.
  func floats(_ name: String) throws(WeightsError) -> FloatBuffer
  /// A tensor of 64-bit integers.
  func integers(_ name: String) throws(WeightsError) -> [Int]
}

/// The formats of weights, told apart by the file's name.
package enum WeightsFormat: Sendable {
  case safetensors
  /// What `torch.save` writes: a zip archive or the older row of pickles.
  case torch

  /// `.pth.tar` is the ImageNet example's name for what is no tar archive, `.ckpt` Lightning's.
  package static let torchEndings = [".pth", ".pt", ".bin", ".pth.tar", ".ckpt"]
  /// Every ending of a file that can be read.
  package static let endings = [".safetensors"] + torchEndings

  /// Nil where the ending is none of a weight file.
  package init?(path: String) {
    if path.hasSuffix(".safetensors") {
      self = .safetensors
    } else if Self.torchEndings.contains(where: { path.hasSuffix($0) }) {
      self = .torch
    } else {
      return nil
    }
  }

  /// Opens a file in the format that its name tells; without an ending it is taken for `.safetensors`.
  package static func open(_ path: String) throws(WeightsError) -> any WeightsFile {
    switch WeightsFormat(path: path) {
    case .torch: try TorchFile(path: path)
    case .safetensors, nil: try SafeTensorsFile(path: path)
    }
  }
}

extension SafeTensorsFile: WeightsFile {
  package var remarks: [String] { [] }
  package var contents: [WeightsEntry] { entries.map(Self.described) }
  package func content(_ name: String) -> WeightsEntry? { entry(name).map(Self.described) }

  private static func described(_ entry: Entry) -> WeightsEntry {
    WeightsEntry(name: entry.name, element: entry.element, shape: entry.shape)
  }
}
