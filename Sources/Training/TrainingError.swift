import Diagnostics
import Graphs
import Images
import Kernels
import Loading
import Models
import Tensors

/// Why a run ends before its end.
package enum TrainingError: Error {
  case kernel(KernelError)
  /// `drop_last` leaves out all pictures there are.
  case noBatches(phase: String)
  /// The last batch of an epoch is too small for the network.
  case batchShape(phase: String, count: Int, ShapeError)
  /// The loss or a gradient is NaN or infinite. Epoch and step count from 1.
  case diverged(phase: String, epoch: Int, step: Int)
  /// Frozen tensors changed: a bug in xrun.
  case frozenMoved(phase: String, tensors: [String])
  /// A signal asked for the end.
  case interrupted(signal: String)
  case loading(LoadingError)
  case file(FileError)
  case weights(WeightsError)
}

// MARK: Wording

extension TrainingError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .kernel(let error): "\(error)"
    case .batchShape(let phase, let count, let error):
      "the last batch of phase '\(phase)' has \(Counted.of(count, "picture")): \(error)"
    case .noBatches(let phase):
      "phase '\(phase)' has no batch: there are fewer pictures than 'batch_size', and 'drop_last' is on"
    case .diverged(let phase, let epoch, let step):
      "the loss or a gradient of phase '\(phase)' is no finite number in epoch \(epoch), step \(step)"
    case .frozenMoved(let phase, let tensors):
      "phase '\(phase)' changed \(Counted.of(tensors.count, "tensor")) that \(tensors.count == 1 ? "was" : "were") frozen, such as "
        + "'\(tensors.first ?? "")'"
    case .interrupted(let signal): "stopped by \(signal)"
    case .loading(let error): "\(error)"
    case .file(let error): "\(error)"
    case .weights(let error): "\(error)"
    }
  }

  /// One line of what to do.
  package var help: String? {
    switch self {
    case .kernel(.outOfMemory): "lower 'train.batch_size', or use smaller pictures"
    case .kernel, .file: nil
    case .noBatches: "lower 'train.batch_size', or set 'drop_last: false'"
    case .batchShape: "set 'train: {drop_last: true}', or another 'batch_size'"
    case .diverged: "lower the learning rate, or set 'train: {clip_grad_norm: 1.0}'"
    case .frozenMoved: "this is a bug in xrun; 'freeze.json' has the tensors"
    case .interrupted: nil
    case .loading: "the file changed or went away while training; put it back and run again"
    case .weights(let error): error.help
    }
  }
}
