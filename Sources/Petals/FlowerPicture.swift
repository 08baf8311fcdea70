import Images
import Tensors

/// One finished picture: a flower of a kind in its surroundings, as a camera would keep it.
struct FlowerPicture {
  /// Packed RGB, rows from the top, `Canvas.side` pixels a side.
  let pixels: [UInt8]
  /// libjpeg's quality, part of the draw like the light.
  let quality: Int

  /// - Draws: scene, composition, flower, camera, in this order.
  init(of kind: FlowerKind, from stream: inout RandomStream) {
    // 1. The scene.
    let light = Turn.vector(stream.float(0, 1))
    var canvas = Scenery.background(from: &stream)
    let radius = stream.float(0.5, 0.92)
    let slack = 1.08 - radius
    let centre = SIMD2(stream.float(-slack, slack), stream.float(-slack, slack)) * 0.8

    // 2. The flower or flowers, and what stands behind and before them.
    Scenery.stalk(on: &canvas, from: centre, radius: radius, &stream)
    let colours = FlowerColours(kind.family, from: &stream)
    if stream.bernoulli(0.25) {
      // A sister flower, half hidden.
      let away = centre + Turn.vector(stream.float(0, 1)) * stream.float(0.9, 1.3)
      Flower(
        kind, at: away, radius: radius * stream.float(0.5, 0.8), light: light, colours: colours,
        from: &stream
      ).paint(on: &canvas)
    }
    Self.blossoms(of: kind, at: centre, radius, light, colours, on: &canvas, &stream)
    Scenery.foreground(on: &canvas, centre: centre, radius: radius, &stream)

    // 3. The camera.
    canvas.blur(radius: stream.bernoulli(0.3) ? 1 : 0)
    pixels = Self.developed(canvas, light: light, from: &stream)
    quality = stream.integer(in: 78...95)
  }

  /// The picture as a JPEG file.
  func jpeg() -> [UInt8] {
    Picture(width: Canvas.side, height: Canvas.side, bytes: pixels).jpeg(quality: quality)
  }

  /// One flower, or the umbel's many.
  private static func blossoms(
    of kind: FlowerKind, at centre: SIMD2<Float>, _ radius: Float, _ light: SIMD2<Float>,
    _ colours: FlowerColours, on canvas: inout Canvas, _ stream: inout RandomStream
  ) {
    guard kind.arrangement == .umbel else {
      Flower(kind, at: centre, radius: radius, light: light, colours: colours, from: &stream)
        .paint(on: &canvas)
      return
    }
    let turn = stream.float(0, 1)
    let places = (0..<6).map { Turn.vector(turn + Float($0) / 6) * 0.62 } + [.zero]
    for place in places {
      let jitter = SIMD2(stream.float(-0.06, 0.06), stream.float(-0.06, 0.06))
      Flower(
        kind, at: centre + (place + jitter) * radius, radius: radius * stream.float(0.4, 0.48),
        light: light, colours: colours, from: &stream
      ).paint(on: &canvas)
    }
  }

  /// Light, white balance, contrast and noise; then bytes.
  private static func developed(
    _ canvas: Canvas, light: SIMD2<Float>, from stream: inout RandomStream
  ) -> [UInt8] {
    let exposure = stream.float(0.72, 1.18)
    let slope = light * stream.float(0, 0.22)
    let balance = Shade(
      stream.float(0.9, 1.1), stream.float(0.94, 1.06), stream.float(0.88, 1.12))
    let contrast = stream.float(-0.25, 0.35)
    let grain = stream.float(0.01, 0.06)
    let mono = grain * 0.7

    let samples = canvas.pixels()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(samples.count * 3)
    for (index, sample) in samples.enumerated() {
      let x = Float(index % Canvas.side) / Float(Canvas.side / 2) - 1
      let y = Float(index / Canvas.side) / Float(Canvas.side / 2) - 1
      var shade = sample * balance * (exposure * (1 + slope.x * x + slope.y * y))
      shade.clamp(lowerBound: Shade(repeating: 0), upperBound: Shade(repeating: 1))
      // A curve through black, middle grey and white; no power function, which machines disagree on.
      shade += shade * (shade - 0.5) * (1 - shade) * (2 * contrast)
      shade += Shade(repeating: mono * noise(&stream))
      shade += Shade(noise(&stream), noise(&stream), noise(&stream)) * (grain * 0.5)
      shade.clamp(lowerBound: Shade(repeating: 0), upperBound: Shade(repeating: 1))
      for channel in 0..<3 { bytes.append(UInt8((shade[channel] * 255).rounded())) }
    }
    return bytes
  }

  /// About standard normal: the sum of four bytes of one draw (variance 4 · (256² - 1) / 12).
  @inline(__always)
  private static func noise(_ stream: inout RandomStream) -> Float {
    let word = stream.next()
    let sum = (word & 255) + (word >> 8 & 255) + (word >> 16 & 255) + (word >> 24)
    return (Float(sum) - 510) * (1 / 147.8)
  }
}
