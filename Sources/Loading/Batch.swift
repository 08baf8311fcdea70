import Images
import Tensors
import Transforms

/// Pictures ready for the network. Belongs to the loader: it holds until the next one is asked for.
package final class Batch: @unchecked Sendable {
  // Written by workers, each its own rows, and handed over under the loader's lock.

  /// `[batch size, C, H, W]`, or fewer rows where there are fewer samples; rows from `count` on hold what was there before.
  package let pictures: FloatBuffer
  /// `[batch size]`
  package let labels: Int32Buffer
  /// How many rows are pictures of this batch.
  package internal(set) var count = 0
  /// The place of each row's picture in the loader's samples.
  package internal(set) var samples: [Int] = []

  init(size: Int, elements: Int) {
    pictures = FloatBuffer(count: size * elements)
    labels = Int32Buffer(count: size)
  }

  /// Pictures of even noise from -1 to 1 and of the first class, to time what is done with a batch: what takes
  /// a branch for each number would be too fast over black ones.
  package static func noise(count: Int, elements: Int) -> Batch {
    let batch = Batch(size: count, elements: elements)
    batch.count = count
    var state: UInt32 = 1
    for index in 0..<batch.pictures.count {
      state = state &* 1_664_525 &+ 1_013_904_223
      batch.pictures.pointer[index] = Float(Int32(bitPattern: state)) * 0x1p-31
    }
    return batch
  }
}

/// Why a picture did not get into its batch.
package enum LoadingError: Error, Sendable {
  case picture(path: String, PictureError)
  case transform(path: String, PipelineError)
}

extension LoadingError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .picture(let path, let error): "'\(path)' \(error)"
    case .transform(let path, let error): "'\(path)': \(error)"
    }
  }

  /// One line of what to do.
  package var help: String? {
    switch self {
    case .picture(_, let error): error.help
    case .transform(_, let error): error.help
    }
  }
}
