import CPixels
import Declarations
import Images

/// Subtracts a mean and divides by a standard deviation, channel by channel, in single precision.
///
/// - Shape: `[C, H, W]`, unchanged; needs one value, or one for each channel.
/// - Draws: nothing.
/// - Mirrors: `torchvision.transforms.Normalize`.
struct Normalize: Transform {
  static let mean = Parameter<[Double]>(
    "mean", .list(.number(.any), count: 1...3), doc: "what is subtracted, for each channel")
  static let std = Parameter<[Double]>(
    "std", .list(.number(.positive), count: 1...3), doc: "what is divided by, for each channel")

  static let declaration = Declaration(
    "Normalize", [mean, std],
    presets: [
      "imagenet": [
        "mean": .list([.number(0.485), .number(0.456), .number(0.406)]),
        "std": .list([.number(0.229), .number(0.224), .number(0.225)]),
      ]
    ],
    doc: "subtracts a mean and divides by a standard deviation, channel by channel",
    mirrors: "torchvision.transforms.Normalize",
    formula: "y[c] = (x[c] - mean[c]) / std[c], in single precision",
    shape: "[3, H, W] floats, unchanged; 'mean' and 'std' have one value, or one for each channel",
    draws: "nothing",
    differs: "there is no 'inplace'; 'std' must be greater than 0; the word 'imagenet' is ours",
    example: "Normalize: {mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]}")

  let mean: [Float]
  let std: [Float]

  init(_ values: Values) {
    mean = values[Self.mean].map(Float.init)
    std = values[Self.std].map(Float.init)
  }

  func outputShape(for input: ImageShape) throws(TransformError) -> ImageShape {
    let input = try input.tensor()
    for (name, list) in [("mean", mean), ("std", std)] {
      guard list.count == 1 || list.count == input.channels else {
        throw .perChannel(name, count: list.count, channels: input.channels)
      }
    }
    return input
  }

  func isIdentity(for input: ImageShape) -> Bool {
    mean.allSatisfy { $0 == 0 } && std.allSatisfy { $0 == 1 }
  }

  func outputRange(for input: ValueRange) -> ValueRange {
    ValueRange(
      channels: input.channels.enumerated().map { channel, range in
        let mean = Double(mean[mean.count == 1 ? 0 : channel])
        let std = Double(std[std.count == 1 ? 0 : channel])
        return (range.lowerBound - mean) / std...(range.upperBound - mean) / std
      })
  }

  func apply(_ draw: NoDraw, to canvas: inout Canvas) {
    guard let planes = canvas.floats.baseAddress else { return }
    let count = canvas.floats.count / 3
    for channel in 0..<3 {
      xr_normalize(
        planes + channel * count, count, mean[mean.count == 1 ? 0 : channel],
        std[std.count == 1 ? 0 : channel])
    }
  }
}
