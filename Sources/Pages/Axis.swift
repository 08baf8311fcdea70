import Glibc
import Reports

/// An axis of a drawing: where a value stands, and which values are written beside it.
struct Axis {
  /// The values at both ends.
  let low: Double
  let high: Double
  /// Powers of ten instead of sums.
  let isLogarithmic: Bool
  private(set) var ticks: [Double]

  /// - Parameters:
  ///   - bounds: what the axis must not go beyond, such as 0 and 1 of an accuracy.
  ///   - allowsLogarithm: whether positive values over more than a decade may be shown by their powers of ten.
  init(
    _ values: some Sequence<Double>, within bounds: ClosedRange<Double>? = nil,
    allowsLogarithm: Bool = false
  ) {
    let finite = values.filter(\.isFinite)
    let least = finite.min() ?? 0
    let most = finite.max() ?? 1
    if allowsLogarithm, least > 0, most / least >= 20 {
      isLogarithmic = true
      low = pow(10, log10(least).rounded(.down))
      high = pow(10, log10(most).rounded(.up))
      let decades = Int(log10(low).rounded())...Int(log10(high).rounded())
      let stride = (decades.count + 4) / 5
      ticks = decades.enumerated().filter { $0.offset % stride == 0 }.map {
        pow(10, Double($0.element))
      }
      return
    }
    isLogarithmic = false
    let spread = most - least
    // Equal values get room on both sides, or the line would lie on the frame.
    let room = spread > 0 ? spread : Swift.max(abs(most) * 0.5, 1e-9)
    let step = Self.step(room / 4)
    var low = (least / step).rounded(.down) * step
    var high = (most / step).rounded(.up) * step
    if spread == 0 {
      low = least - room
      high = most + room
    }
    if let bounds {
      low = Swift.max(low, bounds.lowerBound)
      high = Swift.min(high, bounds.upperBound)
    }
    if !(high > low) { high = low + 1 }
    let first = (low / step - 1e-9).rounded(.up)
    let last = (high / step + 1e-9).rounded(.down)
    let ticks =
      first <= last ? (0...Int(last - first)).map { (first + Double($0)) * step } : [low, high]
    // Nothing lies beyond the outermost ticks of equal values.
    self.low = spread == 0 && ticks.count > 2 ? ticks[0] : low
    self.high = spread == 0 && ticks.count > 2 ? ticks[ticks.count - 1] : high
    self.ticks = ticks
  }

  /// 1, 2 or 5 times a power of ten, at least as large.
  private static func step(_ size: Double) -> Double {
    let power = pow(10, log10(size).rounded(.down))
    for factor in [1.0, 2, 5] where factor * power >= size * (1 - 1e-9) { return factor * power }
    return 10 * power
  }

  /// From 0 at the low end to 1 at the high one; nil for what cannot be shown.
  func share(_ value: Double) -> Double? {
    guard value.isFinite else { return nil }
    guard isLogarithmic else { return (value - low) / (high - low) }
    return value > 0 ? (log10(value) - log10(low)) / (log10(high) - log10(low)) : nil
  }

  /// A tick in as few digits as tell it from its neighbours.
  func label(_ tick: Double) -> String {
    if isLogarithmic { return Numbers.short(Numbers.tidy(tick)) }
    guard ticks.count > 1 else { return Numbers.short(Numbers.tidy(tick)) }
    let step = ticks[1] - ticks[0]
    let digits = Swift.max(0, -Int((log10(step) + 1e-9).rounded(.down)))
    return digits > 6 ? Numbers.short(Numbers.tidy(tick)) : Numbers.fixed(tick, digits)
  }
}

extension Numbers {
  /// To twelve digits: what adding and multiplying steps has left in the last ones is not read.
  static func tidy(_ value: Double) -> Double {
    guard value != 0, value.isFinite else { return 0 }
    let scale = pow(10, 11 - log10(abs(value)).rounded(.down))
    return scale.isFinite ? (value * scale).rounded() / scale : value
  }
}
