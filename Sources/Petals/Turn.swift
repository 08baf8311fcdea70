/// Sine and cosine by basic arithmetic only, so that every machine draws the same bytes whatever its C library.
package enum Turn {
  /// The unit vector at an angle given in turns, counted from the x axis towards the y axis.
  package static func vector(_ turns: Float) -> SIMD2<Float> {
    SIMD2(Float(sine(Double(turns) + 0.25)), Float(sine(Double(turns))))
  }

  /// Taylor's polynomial to the 13th power; the error on a quarter turn is below 1e-8.
  private static func sine(_ turns: Double) -> Double {
    var t = turns - turns.rounded()
    if t > 0.25 { t = 0.5 - t }
    if t < -0.25 { t = -0.5 - t }
    let x = t * 2 * Double.pi
    let s = x * x
    return x
      * (1 - s / 6 * (1 - s / 20 * (1 - s / 42 * (1 - s / 72 * (1 - s / 110 * (1 - s / 156))))))
  }

  /// A smooth wave of period 1 between -1 and 1, made of parabolas.
  package static func wave(_ x: Float) -> Float {
    let t = x - x.rounded(.down)
    return t < 0.5 ? 16 * t * (0.5 - t) : -16 * (t - 0.5) * (1 - t)
  }

  /// A zigzag of period 1 between 0 and 1.
  package static func zigzag(_ x: Float) -> Float {
    let t = x - x.rounded(.down)
    return t < 0.5 ? 2 * t : 2 - 2 * t
  }
}
