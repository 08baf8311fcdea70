import Tensors

/// One flower: an individual of a kind, with its own colours and irregularities, placed in the picture.
struct Flower {
  let kind: FlowerKind
  let centre: SIMD2<Float>
  let radius: Float
  /// Direction and strength (1 is none) of the foreshortening by a tilted view.
  let tiltAxis: SIMD2<Float>
  let tilt: Float
  private let petals: [Petal]
  private let heart: Heart

  private struct Heart {
    let kind: FlowerKind.Heart
    let radius: Float
    let main: Shade
    let second: Shade
    let turn: Float
    let spokes: Int
  }

  /// - Draws: the individual's colours, its form, then every petal in order.
  init(
    _ kind: FlowerKind, at centre: SIMD2<Float>, radius: Float, light: SIMD2<Float>,
    colours: FlowerColours, from stream: inout RandomStream
  ) {
    self.kind = kind
    self.centre = centre
    self.radius = radius
    tiltAxis = Turn.vector(stream.float(0, 1))
    tilt = stream.float(0.68, 1)

    let turn = kind.arrangement == .fan ? stream.float(-0.06, 0.06) : stream.float(0, 1)
    petals = Self.petals(of: kind, turn: turn, light: light, colours, from: &stream)
    heart = Heart(
      kind: kind.heart, radius: Self.heartRadius(of: kind.heart) * stream.float(0.85, 1.2),
      main: colours.heart, second: colours.heartSecond, turn: stream.float(0, 1),
      spokes: stream.integer(in: 7...11))
  }

  private static func heartRadius(of heart: FlowerKind.Heart) -> Float {
    switch heart {
    case .button: return 0.13
    case .disc: return 0.3
    case .stamens: return 0.34
    case .trumpet: return 0.36
    case .star: return 0.26
    case .throat: return 0.2
    }
  }

  /// All petals, those underneath first.
  private static func petals(
    of kind: FlowerKind, turn: Float, light: SIMD2<Float>, _ colours: FlowerColours,
    from stream: inout RandomStream
  ) -> [Petal] {
    let count = kind.count
    let breadth = stream.float(0.85, 1.18)
    let wobble = stream.float(0.01, 0.07)
    let chirality: Float = stream.bernoulli(0.5) ? 1 : -1
    let rings: [(length: Float, offset: Float)]
    switch kind.arrangement {
    case .double: rings = [(1, 0), (0.64, 0.5)]
    case .rosette: rings = [(1, 0), (0.74, 0.5), (0.5, 0.2)]
    default: rings = [(1, 0)]
    }

    var petals: [Petal] = []
    for ring in rings {
      for index in 0..<count {
        // 1. Direction and length, by arrangement.
        var angle = (Float(index) + ring.offset) / Float(count)
        var length = ring.length
        var widening: Float = 1
        switch kind.arrangement {
        case .fan:
          // A side view: the petals share the upper two fifths of the circle.
          angle = -0.25 + (Float(index) + 0.5 - Float(count) / 2) / Float(count) * 0.46
        case .alternate where index % 2 == 1: length *= 0.62
        case .orchid where index == 0:
          length *= 0.95
          widening = 1.75
        case .orchid: length *= index % 2 == 0 ? 0.95 : 0.72
        default: break
        }
        angle += turn + stream.float(-wobble, wobble) / Float(count).squareRoot()
        length *= 1 + stream.float(-1.4, 1.4) * wobble

        // 2. Light from one side, and each petal's own lot.
        let axis = Turn.vector(angle)
        let facing = (axis * light).sum()
        let gain = (1 + 0.16 * facing) * stream.float(0.92, 1.06)
        let bend = kind.arrangement == .pinwheel ? 0.42 * chirality : stream.float(-0.05, 0.05)
        petals.append(
          Petal(
            outline: kind.outline, marking: kind.marking, main: colours.main,
            second: colours.second, axis: axis, length: length,
            halfWidth: halfWidth(of: kind) * breadth * widening, bend: bend,
            gain: ring.length < 1 ? gain * 1.05 : gain, phase: stream.float(0, 1),
            dots: dots(of: kind.marking, from: &stream)))
      }
    }
    return petals
  }

  /// Petals share the circle, but narrow outlines stay narrow when there is room.
  private static func halfWidth(of kind: FlowerKind) -> Float {
    let share = kind.arrangement == .fan ? 0.62 : 1.0
    let room = 2.7 / Float(kind.count) * Float(share)
    switch kind.outline {
    case .round, .ruffled, .cleft: return min(0.48, room)
    case .pointed, .heart, .toothed, .fringed: return min(0.5, room)
    case .kite: return min(0.4, room)
    case .waisted: return min(0.42, room)
    case .lance: return min(0.19, room * 0.75)
    case .strap: return min(0.15, room * 0.6)
    case .spoon: return min(0.25, room * 0.8)
    }
  }

  private static func dots(
    of marking: FlowerKind.Marking, from stream: inout RandomStream
  ) -> [SIMD3<Float>] {
    switch marking {
    case .spotted:
      return (0..<6).map { index in
        SIMD3(0.3 + 0.1 * Float(index), stream.float(-0.6, 0.6), stream.float(0.05, 0.075))
      }
    case .freckled:
      return (0..<16).map { _ in
        SIMD3(stream.float(0.2, 0.9), stream.float(-0.8, 0.8), stream.float(0.022, 0.036))
      }
    default: return []
    }
  }

  /// Paints the flower: its petals, then its heart.
  func paint(on canvas: inout Canvas) {
    for petal in petals {
      canvas.paint(around: centre, reach: radius * 1.25) { place, shade in
        if let petal = petal.shade(at: plane(place)) { shade = petal }
      }
    }
    paintHeart(on: &canvas)
  }

  /// From the picture to the flower's plane, where petals are about 1 long.
  @inline(__always)
  private func plane(_ place: SIMD2<Float>) -> SIMD2<Float> {
    let offset = (place - centre) / radius
    let along = (offset * tiltAxis).sum()
    return offset + tiltAxis * (along * (1 / tilt - 1))
  }

  private func paintHeart(on canvas: inout Canvas) {
    let heart = heart
    let spokes = (0..<heart.spokes).map {
      Turn.vector(heart.turn + Float($0) / Float(heart.spokes))
    }
    canvas.paint(around: centre, reach: radius * heart.radius * 1.2) { place, shade in
      let q = plane(place)
      let distance = (q * q).sum().squareRoot() / heart.radius
      guard distance < 1.1 else { return }
      switch heart.kind {
      case .button:
        if distance < 1 { shade = heart.main * (1.05 - 0.4 * distance * distance) }
      case .disc:
        // A dome of florets: a grid of dots, finer towards the middle.
        guard distance < 1 else { return }
        let grain = Turn.wave(q.x * 14 + q.y * 5) * Turn.wave(q.y * 14 - q.x * 5)
        let base = heart.second.mixed(with: heart.main, min(1, distance * 1.3))
        shade = base * (1.05 - 0.45 * distance * distance + 0.22 * grain)
      case .stamens:
        if distance < 0.3 {
          shade = heart.second * (1.1 - distance)
          return
        }
        for spoke in spokes {
          let along = (q * spoke).sum() / heart.radius
          guard along > 0 else { continue }
          let side = abs(q.y * spoke.x - q.x * spoke.y) / heart.radius
          let tip = (along - 0.9) * (along - 0.9) + side * side
          if tip < 0.016 {
            shade = heart.main
          } else if side < 0.035, along < 0.9 {
            shade = heart.second * 0.9
          }
        }
      case .trumpet:
        // A cup seen from above: a frilled rim round a dark throat.
        var rim: Float = 1
        for spoke in spokes {
          let nearness = (q * spoke).sum() / heart.radius
          rim = max(rim, min(1.09, 0.4 + 0.66 * nearness))
        }
        guard distance < rim else { return }
        let isLip = distance > 0.74
        shade = isLip ? heart.main : heart.second * (0.35 + 0.75 * distance)
        if distance > 0.98 { shade *= 0.72 }
      case .star:
        var best: Float = 0
        for index in stride(from: 0, to: spokes.count, by: 2) {
          let along = (q * spokes[index]).sum() / heart.radius
          let side = abs(q.y * spokes[index].x - q.x * spokes[index].y) / heart.radius
          if along > 0 { best = max(best, 1 - along - side * 2.6) }
        }
        if best > 0 || distance < 0.38 { shade = heart.main * (0.8 + 0.35 * min(1, best + 0.2)) }
      case .throat:
        if distance < 1 {
          shade = (heart.second * 0.3).mixed(with: shade, distance * distance * distance)
        }
      }
    }
  }
}
