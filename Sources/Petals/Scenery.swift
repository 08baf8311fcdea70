import Tensors

/// What surrounds a flower: ground or sky out of focus, leaves behind, blades in front. None of it tells the kind.
enum Scenery {
  /// A background out of focus.
  ///
  /// - Draws: the scene, its colours and objects, how far out of focus it is.
  static func background(from stream: inout RandomStream) -> Canvas {
    let scene = stream.integer(in: 0...7)
    var canvas: Canvas
    switch scene {
    case 0, 1, 2:  // Foliage; in a meadow with other flowers.
      canvas = Canvas(filledWith: green(from: &stream) * 0.6)
      for _ in 0..<stream.integer(in: 10...26) {
        leaf(
          on: &canvas, at: anywhere(&stream), length: stream.float(0.3, 0.9),
          green(from: &stream), &stream)
      }
      if scene == 2 {
        for _ in 0..<stream.integer(in: 3...9) {
          let shade = FlowerColours(
            stream.element(of: FlowerKind.Family.allCases), from: &stream
          ).main
          disc(on: &canvas, at: anywhere(&stream), radius: stream.float(0.08, 0.3), shade)
        }
      }
      canvas.blur(radius: stream.integer(in: 1...7))
    case 3:  // Soil or gravel.
      canvas = Canvas(
        filledWith: .hsv(
          stream.float(0.05, 0.12), stream.float(0.15, 0.5), stream.float(0.2, 0.6)))
      for _ in 0..<70 {
        let shade = Shade.hsv(
          stream.float(0.04, 0.13), stream.float(0.1, 0.45), stream.float(0.15, 0.8))
        disc(on: &canvas, at: anywhere(&stream), radius: stream.float(0.03, 0.15), shade)
      }
      canvas.blur(radius: stream.integer(in: 1...3))
    case 4:  // Sky with clouds.
      canvas = Canvas(
        filledWith: .hsv(
          stream.float(0.53, 0.64), stream.float(0.1, 0.65), stream.float(0.6, 0.98)))
      for _ in 0..<stream.integer(in: 0...9) {
        disc(
          on: &canvas, at: anywhere(&stream), radius: stream.float(0.15, 0.5),
          Shade(repeating: stream.float(0.75, 1)))
      }
      canvas.blur(radius: stream.integer(in: 6...14))
    case 5:  // Lights out of focus in the dark.
      canvas = Canvas(filledWith: green(from: &stream) * stream.float(0.1, 0.5))
      for _ in 0..<stream.integer(in: 4...14) {
        let shade = Shade.hsv(
          stream.float(0.1, 0.45), stream.float(0.1, 0.6), stream.float(0.4, 1))
        disc(on: &canvas, at: anywhere(&stream), radius: stream.float(0.06, 0.24), shade)
      }
      canvas.blur(radius: stream.integer(in: 1...4))
    default:  // A plain wall, cloth or shadow of any colour.
      canvas = Canvas(
        filledWith: .hsv(stream.float(0, 1), stream.float(0, 0.7), stream.float(0.05, 0.95)))
    }
    gradient(over: &canvas, strength: stream.float(0, 0.5), &stream)
    return canvas
  }

  /// The stalk, and up to three leaves in focus behind the flower.
  static func stalk(
    on canvas: inout Canvas, from centre: SIMD2<Float>, radius: Float,
    _ stream: inout RandomStream
  ) {
    let shade = green(from: &stream)
    let lean = stream.float(-0.5, 0.5)
    let bow = stream.float(-0.3, 0.3)
    let halfWidth = stream.float(0.025, 0.06) * (0.5 + radius)
    canvas.paint { place, sample in
      let down = place.y - centre.y
      guard down > 0 else { return }
      let offset = abs(place.x - centre.x - lean * down - bow * down * down)
      if offset < halfWidth { sample = shade * (1.05 - 0.5 * offset / halfWidth) }
    }
    for _ in 0..<stream.integer(in: 0...3) {
      let direction = Turn.vector(stream.float(0, 1))
      leaf(
        on: &canvas, at: centre + direction * radius * stream.float(0.5, 1.1),
        length: stream.float(0.5, 1.1) * (0.4 + radius), green(from: &stream), &stream)
    }
  }

  /// Now and then something between the flower and the eye: a blade of grass or a leaf's tip.
  static func foreground(
    on canvas: inout Canvas, centre: SIMD2<Float>, radius: Float, _ stream: inout RandomStream
  ) {
    guard stream.bernoulli(0.3) else { return }
    let direction = Turn.vector(stream.float(0, 1))
    let offset = stream.float(0.35, 1) * radius * (stream.bernoulli(0.5) ? 1 : -1)
    let halfWidth = stream.float(0.025, 0.075)
    let shade = green(from: &stream) * stream.float(0.6, 1.1)
    canvas.paint { place, sample in
      let away = place - centre
      let side = abs(away.y * direction.x - away.x * direction.y - offset)
      if side < halfWidth { sample = shade * (1.05 - 0.4 * side / halfWidth) }
    }
  }

  private static func anywhere(_ stream: inout RandomStream) -> SIMD2<Float> {
    SIMD2(stream.float(-1.15, 1.15), stream.float(-1.15, 1.15))
  }

  private static func green(from stream: inout RandomStream) -> Shade {
    .hsv(stream.float(0.2, 0.42), stream.float(0.3, 0.85), stream.float(0.25, 0.8))
  }

  private static func disc(
    on canvas: inout Canvas, at centre: SIMD2<Float>, radius: Float, _ shade: Shade
  ) {
    canvas.paint(around: centre, reach: radius) { place, sample in
      let away = place - centre
      if (away * away).sum() < radius * radius { sample = shade }
    }
  }

  /// - Draws: direction and slenderness.
  private static func leaf(
    on canvas: inout Canvas, at centre: SIMD2<Float>, length: Float, _ shade: Shade,
    _ stream: inout RandomStream
  ) {
    let axis = Turn.vector(stream.float(0, 1))
    let slender = stream.float(0.12, 0.34)
    canvas.paint(around: centre, reach: length / 2) { place, sample in
      let away = place - centre
      let u = (away * axis).sum() / length + 0.5
      guard u > 0, u < 1 else { return }
      let v = (away.y * axis.x - away.x * axis.y) / length
      let width = 4 * u * (1 - u) * slender
      guard abs(v) < width else { return }
      let vein: Float = abs(v) < 0.015 ? 0.8 : 1
      sample = shade * ((v > 0 ? 1 : 0.86) * vein)
    }
  }

  /// Light falling off across the picture.
  private static func gradient(
    over canvas: inout Canvas, strength: Float, _ stream: inout RandomStream
  ) {
    let direction = Turn.vector(stream.float(0, 1)) * strength
    canvas.paint { place, sample in sample *= 1 + (place * direction).sum() }
  }
}
