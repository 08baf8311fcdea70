import Declarations
import Images
import Tensors

/// Blurs a picture with a Gaussian of random width; beyond its edge it is reflected.
///
/// - Shape: unchanged.
/// - Draws: the standard deviation.
/// - Mirrors: `torchvision.transforms.GaussianBlur` on PIL pictures, which computes in single precision and rounds.
struct GaussianBlur: Transform {
  static let kernelSize = Parameter<KernelSize>(
    "kernel_size", unit: .pixels,
    doc: "side of the square that is averaged, or its [width, height]; odd")
  static let sigma = Parameter<Sigma>(
    "sigma", default: .between(0.1, 2), unit: .pixels,
    doc: "standard deviation of the weights, or its [min, max]")

  static let declaration = Declaration(
    "GaussianBlur", [kernelSize, sigma], doc: "blurs pictures with a Gaussian of random width",
    mirrors: "torchvision.transforms.GaussianBlur",
    formula: """
      y[i, j] = Σ v[a] · u[b] · x[i + a, j + b]
      a and b from -(k - 1) / 2 to (k - 1) / 2, with k of the height and the width
      v and u: exp(-d² / (2 · sigma²)) of the distance d, divided by their sum
      Beyond an edge the picture is reflected, without repeating the edge.
      Computed in single precision, then rounded, halves to even.
      """,
    shape: "unchanged: [3, H, W] bytes; H and W greater than half of the kernel",
    draws: "the standard deviation, uniform",
    example: "GaussianBlur: {kernel_size: 5, sigma: [0.1, 2.0]}")

  struct Draw: Sendable, Codable { var sigma: Double }

  let width: Int
  let height: Int
  let sigma: ClosedRange<Double>

  init(_ values: Values) throws(TransformError) {
    (width, height) = values[Self.kernelSize].sides
    for side in [width, height] where side % 2 == 0 { throw .even("kernel_size", side) }
    switch values[Self.sigma] {
    case .fixed(let value): sigma = value...value
    case .between(let lower, let upper): sigma = try ClosedRange(ends: [lower, upper], of: "sigma")
    }
  }

  func outputShape(for input: ImageShape) throws(TransformError) -> ImageShape {
    let input = try input.picture()
    for (side, length) in [(width, input.width), (height, input.height)] {
      // Reflections do not repeat the edge, so there must be enough beside it.
      guard let length, side / 2 >= length else { continue }
      throw .tooLarge("kernel_size", side, limit: 2 * length - 1)
    }
    return input
  }

  func isIdentity(for input: ImageShape) -> Bool { width == 1 && height == 1 }

  var isRandom: Bool { sigma.lowerBound < sigma.upperBound }

  func draw(for input: PictureSize, from stream: inout RandomStream) -> Draw {
    Draw(sigma: stream.uniform(sigma.lowerBound, sigma.upperBound))
  }

  func apply(_ draw: Draw, to canvas: inout Canvas) {
    let size = canvas.picture.size
    let across = GaussianKernel(count: width, sigma: draw.sigma)
    let down = GaussianKernel(count: height, sigma: draw.sigma)
    canvas.redraw(height: size.height, width: size.width) { source, target in
      source.blur(across: across, down: down, into: &target)
    }
  }
}

/// An odd number of pixels, or one for the width and one for the height, in torchvision's order.
enum KernelSize: ParameterValue, Hashable {
  case one(Int)
  case both(width: Int, height: Int)

  private static let side = Kind.integer(1...255)

  static var kind: Kind { .either([side, .list(side, count: 1...2)]) }

  init?(_ declared: DeclaredValue) {
    if let side = Int(declared) {
      self = .one(side)
      return
    }
    guard let sides = [Int](declared) else { return nil }
    switch sides.count {
    case 1: self = .one(sides[0])
    case 2: self = .both(width: sides[0], height: sides[1])
    default: return nil
    }
  }

  var declared: DeclaredValue {
    switch self {
    case .one(let side): .integer(side)
    case .both(let width, let height): .list([.integer(width), .integer(height)])
    }
  }

  var sides: (width: Int, height: Int) {
    switch self {
    case .one(let side): (side, side)
    case .both(let width, let height): (width, height)
    }
  }
}

/// A standard deviation, or the range it is drawn from.
enum Sigma: ParameterValue, Hashable {
  case fixed(Double)
  case between(Double, Double)

  static var kind: Kind { .either([.number(.positive), .list(.number(.positive), count: 2...2)]) }

  init?(_ declared: DeclaredValue) {
    if let value = declared.double {
      self = .fixed(value)
    } else {
      guard let ends = [Double](declared), ends.count == 2 else { return nil }
      self = .between(ends[0], ends[1])
    }
  }

  var declared: DeclaredValue {
    switch self {
    case .fixed(let value): .number(value)
    case .between(let lower, let upper): .list([.number(lower), .number(upper)])
    }
  }
}
