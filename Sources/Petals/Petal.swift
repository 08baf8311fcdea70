import Tensors

/// One petal, lying along an axis from the flower's centre.
struct Petal {
  let outline: FlowerKind.Outline
  let marking: FlowerKind.Marking
  let main: Shade
  let second: Shade
  /// Unit vector from the centre to the tip, in the flower's plane.
  let axis: SIMD2<Float>
  let length: Float
  /// Greatest half width, in lengths.
  let halfWidth: Float
  /// Sideways displacement of the tip, in lengths.
  let bend: Float
  /// How much of the light this petal receives.
  let gain: Float
  /// Place of the wave along ruffled edges.
  let phase: Float
  /// Dots as (along, across in half widths, radius in lengths).
  let dots: [SIMD3<Float>]

  /// The petal's colour at a place in the flower's plane, where the petal is.
  @inline(__always)
  func shade(at place: SIMD2<Float>) -> Shade? {
    // 1. The petal's own coordinates: u from base to tip, v across.
    let u: Float = (place.x * axis.x + place.y * axis.y) / length
    guard u > 0, u < 1 else { return nil }
    let aside: Float = (place.y * axis.x - place.x * axis.y) / length
    let v: Float = aside - bend * u * u
    let across = abs(v) / halfWidth
    guard across < 1.25 else { return nil }

    // 2. Inside, and how far from the edge, in lengths.
    let margin = min(width(at: u) * halfWidth - abs(v), reach(at: across, side: v) - u)
    guard margin > 0 else { return nil }

    // 3. Colour, then a fold along the axis, a dim base and a dim edge.
    var shade = marked(u: u, v: v, across: across, margin: margin)
    let edge: Float = 0.62 + 0.38 * min(1, margin * 18)
    let base: Float = 0.8 + 0.2 * min(1, u * 2.5)
    let fold: Float = 1 - 0.12 * max(0, 1 - across * 6)
    shade *= gain * edge * base * fold
    return shade
  }

  /// Half width at a place along the axis, 0 to about 1, in greatest half widths.
  @inline(__always)
  private func width(at u: Float) -> Float {
    let rest = 1 - u
    switch outline {
    case .round: return 2 * (u * rest).squareRoot()
    case .pointed: return min(1, 1.7 * u.squareRoot()) * min(1, rest * 1.9 - 0.35 * rest * rest)
    case .lance: return 4 * u * rest
    case .strap: return min(1, 0.35 + 2.2 * u)
    case .spoon:
      let bowl = (u - 0.72) / 0.28
      return max(u < 0.72 ? 0.26 : 0, max(0, 1 - bowl * bowl).squareRoot())
    case .kite: return u < 0.45 ? u / 0.45 : rest / 0.55
    case .toothed, .heart: return min(1, 0.2 + 1.25 * u) * (1 - 0.15 * u)
    case .ruffled: return 2 * (u * rest).squareRoot() * (0.9 + 0.14 * Turn.wave(u * 5 + phase))
    case .waisted: return (u * rest).squareRoot() * (1.25 + 0.75 * Turn.wave(u * 2 + 0.75))
    case .fringed: return min(1, 0.25 + 1.1 * u)
    case .cleft: return 2 * (u * rest).squareRoot()
    }
  }

  /// How far along the axis the petal goes, at a distance from it in half widths.
  @inline(__always)
  private func reach(at across: Float, side v: Float) -> Float {
    switch outline {
    case .strap: return 1 - 0.18 * across * across
    case .toothed: return 0.95 - 0.13 * Turn.zigzag(across * 1.5)
    case .heart: return 1 - 0.26 * max(0, 1 - across * 2.2) - 0.5 * max(0, across - 0.5)
    case .fringed: return 1 - 0.32 * Turn.zigzag(across * 2.5 + 0.25) - 0.1 * across
    case .cleft: return across < 0.3 ? 0.5 + across * 1.66 : 1
    default: return 1
    }
  }

  /// The two colours where the marking puts them.
  @inline(__always)
  private func marked(u: Float, v: Float, across: Float, margin: Float) -> Shade {
    let plain = main.mixed(with: Shade(repeating: 1), 0.14 * u)
    let isSecond: Bool
    switch marking {
    case .plain: isSecond = false
    case .veined: isSecond = Turn.zigzag(across * 2.2 * (1.4 - 0.5 * u)) > 0.68 && u < 0.93
    case .striped: isSecond = across < 0.3 && u < 0.9
    case .spotted, .freckled:
      isSecond = dots.contains { dot in
        let du = u - dot.x
        let dv = v - dot.y * halfWidth
        return du * du + dv * dv < dot.z * dot.z
      }
    case .edged: isSecond = margin < 0.085
    case .eyed: isSecond = u < 0.46
    case .tipped: isSecond = u > 0.72
    case .banded: isSecond = (u > 0.36 && u < 0.52) || (u > 0.7 && u < 0.84)
    case .halved: isSecond = v > 0
    }
    return isSecond ? second : plain
  }
}
