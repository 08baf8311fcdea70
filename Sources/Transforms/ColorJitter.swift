import Declarations
import Images
import Tensors

/// Changes brightness, contrast, saturation and hue by random factors, in random order.
///
/// - Shape: unchanged.
/// - Draws: the order of the four, then the factor of each that is not fixed.
/// - Mirrors: `torchvision.transforms.ColorJitter` on PIL pictures, bit for bit as Pillow 13 does it.
struct ColorJitter: Transform {
  static let brightness = Parameter<Spread>(
    "brightness", default: .around(0),
    doc: "largest change of the factor 1, or [min, max] of the factor")
  static let contrast = Parameter<Spread>(
    "contrast", default: .around(0),
    doc: "largest change of the factor 1, or [min, max] of the factor")
  static let saturation = Parameter<Spread>(
    "saturation", default: .around(0),
    doc: "largest change of the factor 1, or [min, max] of the factor")
  static let hue = Parameter<Spread>(
    "hue",
    .either([.number(NumberRange(0, 0.5)), .list(.number(NumberRange(-0.5, 0.5)), count: 2...2)]),
    default: .around(0), doc: "largest turn as a part of the circle, or [min, max] from -0.5 to 0.5"
  )

  static let declaration = Declaration(
    "ColorJitter", [brightness, contrast, saturation, hue],
    doc: "changes brightness, contrast, saturation and hue at random, in random order",
    mirrors: "torchvision.transforms.ColorJitter",
    source: "Pillow 13.0.0, src/PIL/ImageEnhance.py, src/libImaging/Blend.c and Convert.c",
    formula: """
      brightness  x ← f · x
      contrast    x ← f · x + (1 - f) · m    m: the mean of the picture's greys
      saturation  x ← f · x + (1 - f) · g    g: the pixel's grey
      hue         H ← H + h                  H: the pixel's hue, 1 is once round
      A number v stands for f from max(0, 1 - v) to 1 + v, and for h from -v to v.
      Bytes are cut off at 0 and 255 after each.
      """,
    shape: "unchanged: [3, H, W] bytes",
    draws: "the order of the four, then the factor of each that is not fixed, all uniform",
    example: "ColorJitter: {brightness: 0.2, contrast: 0.1, saturation: 0.1, hue: 0.1}")

  /// Factors are nil where that quantity stays as it is.
  struct Draw: Sendable, Codable {
    /// 0 for brightness, 1 contrast, 2 saturation, 3 hue.
    var order: [Int]
    var brightness: Double?
    var contrast: Double?
    var saturation: Double?
    var hue: Double?
  }

  let brightness: ClosedRange<Double>?
  let contrast: ClosedRange<Double>?
  let saturation: ClosedRange<Double>?
  let hue: ClosedRange<Double>?

  init(_ values: Values) throws(TransformError) {
    func factor(_ parameter: Parameter<Spread>) throws(TransformError) -> ClosedRange<Double>? {
      try values[parameter].range(parameter.name, center: 1, floor: 0, bounds: 0 ... .infinity)
    }
    brightness = try factor(Self.brightness)
    contrast = try factor(Self.contrast)
    saturation = try factor(Self.saturation)
    hue = try values[Self.hue].range("hue", center: 0, bounds: -0.5...0.5)
  }

  func outputShape(for input: ImageShape) throws(TransformError) -> ImageShape {
    try input.picture()
  }

  func isIdentity(for input: ImageShape) -> Bool {
    brightness == nil && contrast == nil && saturation == nil && hue == nil
  }

  func draw(for input: PictureSize, from stream: inout RandomStream) -> Draw {
    func factor(_ range: ClosedRange<Double>?) -> Double? {
      range.map { stream.uniform($0.lowerBound, $0.upperBound) }
    }
    let order = stream.permutation(4)
    let drawn = (factor(brightness), factor(contrast), factor(saturation), factor(hue))
    return Draw(
      order: order, brightness: drawn.0, contrast: drawn.1, saturation: drawn.2, hue: drawn.3)
  }

  func apply(_ draw: Draw, to canvas: inout Canvas) {
    for step in draw.order {
      switch step {
      case 0: if let factor = draw.brightness { canvas.picture.adjustBrightness(factor) }
      case 1: if let factor = draw.contrast { canvas.picture.adjustContrast(factor) }
      case 2: if let factor = draw.saturation { canvas.picture.adjustSaturation(factor) }
      default: if let factor = draw.hue { canvas.picture.adjustHue(factor) }
      }
    }
  }
}
