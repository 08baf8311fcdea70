import Declarations
import Images
import Tensors

/// Replaces a random rectangle of some pictures by one value, or by noise.
///
/// - Shape: unchanged; a tensor.
/// - Draws: whether to erase, the rectangle's area and shape, at most ten times, its place, then the noise.
/// - Mirrors: `torchvision.transforms.RandomErasing`.
struct RandomErasing: Transform {
  static let p = Parameter<Double>(
    "p", in: .unit, default: 0.5, unit: .probability, doc: "how often a rectangle is erased")
  static let scale = Parameter<[Double]>(
    "scale", .list(.number(.unit), count: 2...2), default: [0.02, 0.33],
    doc: "[min, max] of the rectangle's part of the picture's area")
  static let ratio = Parameter<[Double]>(
    "ratio", .list(.number(.positive), count: 2...2), default: [0.3, 3.3],
    doc: "[min, max] of the rectangle's height over its width")
  static let value = Parameter<ErasingValue>(
    "value", default: .each([0]),
    doc: "what it is replaced by: a number, [red, green, blue], or noise")

  static let declaration = Declaration(
    "RandomErasing", [p, scale, ratio, value],
    doc: "replaces a random rectangle of some pictures by one value or by noise",
    mirrors: "torchvision.transforms.RandomErasing",
    source: "Zhong et al. 2017, arXiv:1708.04896, section 3",
    formula: """
      a uniform from 'scale', ln r uniform between the logarithms of 'ratio'
      h = √(H · W · a · r), w = √(H · W · a / r), rounded to whole pixels
      The first of ten such rectangles that is lower and narrower than the picture
      becomes 'value', its place uniform; where none is, nothing is erased.
      'random' gives each number of it a standard normal one of its own.
      """,
    shape: "[3, H, W] floats, unchanged",
    draws:
      "whether to erase; area and shape of the rectangle, until one of ten fits; its row and its column; then the noise",
    differs: "there is no 'inplace'",
    example: "RandomErasing: {p: 0.5, value: random}")

  /// The rectangle; without rows nothing is erased.
  struct Draw: Sendable, Codable {
    var top, left, height, width: Int
    /// Channel by channel, row by row; only where the value is `random`.
    var noise: [Float]?

    static let nothing = Draw(top: 0, left: 0, height: 0, width: 0)
  }

  let p: Double
  let rectangle: AreaAndRatio
  let value: ErasingValue

  init(_ values: Values) throws(TransformError) {
    p = values[Self.p]
    rectangle = try AreaAndRatio(values, scale: Self.scale, ratio: Self.ratio)
    value = values[Self.value]
  }

  func outputShape(for input: ImageShape) throws(TransformError) -> ImageShape {
    try input.tensor()
  }

  func isIdentity(for input: ImageShape) -> Bool { p == 0 || rectangle.scale.upperBound == 0 }

  func outputRange(for input: ValueRange) -> ValueRange {
    if p == 0 { return input }
    return ValueRange(
      channels: input.channels.enumerated().map { channel, range in
        let erased = value.range(of: channel)
        return min(range.lowerBound, erased.lowerBound)...max(range.upperBound, erased.upperBound)
      })
  }

  func draw(for input: PictureSize, from stream: inout RandomStream) -> Draw {
    guard stream.bernoulli(p) else { return .nothing }
    let (rows, columns) = (input.height, input.width)
    let sides = rectangle.sides(area: rows * columns, from: &stream) { height, width in
      height < Double(rows) && width < Double(columns)
    }
    guard let (height, width) = sides else { return .nothing }
    let top = stream.integer(in: 0...(rows - height))
    let left = stream.integer(in: 0...(columns - width))
    var draw = Draw(top: top, left: left, height: height, width: width)
    if value == .random {
      draw.noise = (0..<3 * height * width).map { _ in Float(stream.normal()) }
    }
    return draw
  }

  func apply(_ draw: Draw, to canvas: inout Canvas) {
    let (rows, columns) = (canvas.picture.height, canvas.picture.width)
    let floats = canvas.floats
    for channel in 0..<3 {
      let level = value.level(of: channel)
      for row in 0..<draw.height {
        let line = (channel * rows + draw.top + row) * columns + draw.left
        let noise = (channel * draw.height + row) * draw.width
        for column in 0..<draw.width {
          floats[line + column] = draw.noise?[noise + column] ?? level
        }
      }
    }
  }
}

/// What is written over a rectangle: `0`, one number for each channel, or `random`.
enum ErasingValue: ParameterValue, Hashable {
  case each([Double])
  case random

  static var kind: Kind {
    .either([
      .number(.any), .list(.number(.any), count: 1...1), .list(.number(.any), count: 3...3),
      .choice(["random"]),
    ])
  }

  init?(_ declared: DeclaredValue) {
    if declared == .string("random") {
      self = .random
    } else if let level = declared.double {
      self = .each([level])
    } else {
      guard let levels = [Double](declared), levels.count == 1 || levels.count == 3 else {
        return nil
      }
      self = .each(levels)
    }
  }

  var declared: DeclaredValue {
    switch self {
    case .random: .string("random")
    case .each(let levels):
      levels.count == 1 ? .number(levels[0]) : .list(levels.map { .number($0) })
    }
  }

  /// A channel's value in single precision; zero for noise.
  func level(of channel: Int) -> Float {
    guard case .each(let levels) = self else { return 0 }
    return Float(levels[levels.count == 1 ? 0 : channel])
  }

  func range(of channel: Int) -> ClosedRange<Double> {
    switch self {
    case .random: -RandomStream.normalLimit...RandomStream.normalLimit
    case .each: Double(level(of: channel))...Double(level(of: channel))
    }
  }
}
