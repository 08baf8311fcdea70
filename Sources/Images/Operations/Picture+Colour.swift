// Colour as PIL computes it: `Convert.c`, `Blend.c` and `ImageEnhance.py` of Pillow 13.0.0.

import CPixels

extension Picture {
  /// Multiplies by a factor: a blend with black.
  package mutating func adjustBrightness(_ factor: Double) {
    let count = width * height
    withMutableBytes { xr_blend_with_level($0, count, 0, Float(factor)) }
  }

  /// Blends with the mean grey level, rounded, of the whole picture.
  package mutating func adjustContrast(_ factor: Double) {
    let count = width * height
    guard count > 0 else { return }
    let sum = withBytes { xr_sum_of_greys($0, count) }
    let mean = UInt8(Double(sum) / Double(count) + 0.5)
    withMutableBytes { xr_blend_with_level($0, count, mean, Float(factor)) }
  }

  /// Blends each pixel with its grey level.
  package mutating func adjustSaturation(_ factor: Double) {
    let count = width * height
    withMutableBytes { xr_blend_with_grey($0, count, Float(factor)) }
  }

  /// Turns the hue by a part of the circle, from -0.5 to 0.5, through HSV with eight bits each.
  package mutating func adjustHue(_ factor: Double) {
    // Wraps, as torchvision's addition of bytes does.
    let turn = UInt8(truncatingIfNeeded: Int(factor * 255))
    let count = width * height
    withMutableBytes { xr_turn_hue($0, count, turn) }
  }

  /// Replaces each pixel by its grey level, three times.
  package mutating func turnGrey() {
    let count = width * height
    withMutableBytes { xr_turn_grey($0, count) }
  }

  /// Writes red, green and blue one after the other as floats from 0 to 1.
  package borrowing func writeFloats(to planes: UnsafeMutablePointer<Float>) {
    let count = width * height
    withBytes { xr_planes_of_floats($0, count, planes) }
  }
}
