import Tensors

/// The colours of one flower: its family's main colour, and others that say nothing of its kind.
struct FlowerColours {
  let main: Shade
  let second: Shade
  let heart: Shade
  let heartSecond: Shade

  /// - Draws: hue, saturation and value of the main colour, then the second's and the heart's.
  init(_ family: FlowerKind.Family, from stream: inout RandomStream) {
    let form = Self.form(of: family)
    let hue = form.hue + stream.float(-0.045, 0.045)
    let saturation = stream.float(form.saturation.lowerBound, form.saturation.upperBound)
    let value = stream.float(form.value.lowerBound, form.value.upperBound)
    main = .hsv(hue, saturation, value)

    // Markings contrast in lightness; which way is the individual's own affair.
    let brightness = (main * Shade(0.3, 0.59, 0.11)).sum()
    if brightness > 0.62 || (brightness > 0.4 && stream.bernoulli(0.5)) {
      let other = stream.bernoulli(0.5) ? hue + stream.float(-0.06, 0.06) : stream.float(0, 1)
      second = .hsv(other, stream.float(0.6, 0.95), stream.float(0.25, 0.5))
    } else {
      second = .hsv(
        stream.bernoulli(0.4) ? 0.15 : hue, stream.float(0.02, 0.35), stream.float(0.88, 1))
    }

    let isDark = stream.bernoulli(0.3)
    heart =
      isDark
      ? .hsv(stream.float(0.04, 0.1), stream.float(0.5, 0.8), stream.float(0.25, 0.45))
      : .hsv(stream.float(0.09, 0.2), stream.float(0.55, 0.95), stream.float(0.75, 1))
    heartSecond = .hsv(
      stream.float(0.08, 0.3), stream.float(0.4, 0.8), stream.float(0.4, 0.9))
  }

  private static func form(
    of family: FlowerKind.Family
  ) -> (hue: Float, saturation: ClosedRange<Float>, value: ClosedRange<Float>) {
    switch family {
    case .rose: return (0.93, 0.3...0.75, 0.75...1)
    case .lilac: return (0.79, 0.3...0.7, 0.6...0.95)
    case .gold: return (0.13, 0.65...1, 0.8...1)
    case .coral: return (0.035, 0.5...0.85, 0.8...1)
    case .snow: return (0.5, 0...0.12, 0.86...1)
    case .azure: return (0.64, 0.35...0.8, 0.6...0.95)
    case .crimson: return (0.98, 0.75...0.95, 0.5...0.85)
    }
  }
}
