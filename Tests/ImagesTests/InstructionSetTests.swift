import CKernels
import Images
import Tensors
import XCTest

/// Every instruction set gives the bytes of the scalar loops, which the goldens hold to PIL's.
final class InstructionSetTests: XCTestCase {
  private static let wide = [XR_ISA_AVX2, XR_ISA_AVX512].filter {
    $0.rawValue <= xr_isa_best().rawValue
  }

  private func picture(_ width: Int, _ height: Int, _ stream: inout RandomStream) -> Picture {
    // Extremes are where sums are cut off.
    let bytes = (0..<width * height * 3).map { _ in
      let value = stream.integer(in: 0...383)
      return UInt8(value < 64 ? 0 : value >= 320 ? 255 : value - 64)
    }
    return Picture(width: width, height: height, bytes: bytes)
  }

  /// Runs `body` for the scalar loops and for each instruction set, and compares what it gives.
  private func compare<Value: Equatable>(_ words: String, _ body: () -> Value) {
    defer { xr_isa_limit(XR_ISA_AVX512) }
    xr_isa_limit(XR_ISA_BASELINE)
    let expected = body()
    for isa in Self.wide {
      xr_isa_limit(isa)
      XCTAssertTrue(body() == expected, "\(words): \(String(cString: xr_isa_name(isa)))")
    }
  }

  func testResizing() {
    var stream = RandomStream(seed: 1, purpose: .test)
    var sizes = (0..<60).map { _ in
      (0..<4).map { _ in stream.integer(in: 1...stream.integer(in: 1...160)) }
    }
    // Down and up by much, one side alone, columns first, and the benchmark's.
    sizes += [
      [600, 500, 96, 96], [500, 600, 96, 96], [1, 1, 70, 3], [301, 1, 2, 2], [64, 900, 60, 7],
      [90, 31, 31, 31], [31, 90, 31, 31], [17, 5, 233, 99],
    ]
    for size in sizes {
      let source = picture(size[0], size[1], &stream)
      for interpolation in Interpolation.allCases {
        compare("\(size) \(interpolation)") {
          var resizer = Resizer()
          var target = Picture(width: size[2], height: size[3])
          resizer.resize(source, into: &target, interpolation)
          return target.bytes
        }
      }
    }
  }

  func testColour() {
    var stream = RandomStream(seed: 2, purpose: .test)
    for _ in 0..<40 {
      let (width, height) = (stream.integer(in: 1...70), stream.integer(in: 1...9))
      let source = picture(width, height, &stream)
      let factors = [0, 1, 0.37, 1.9, stream.uniform(0, 3), 1e9, -0.5]
      func check(_ words: String, _ change: (inout Picture) -> Void) {
        compare("\(width) x \(height) \(words)") {
          var copy = Picture()
          copy.assign(source)
          change(&copy)
          return copy.bytes
        }
      }
      for factor in factors {
        check("brightness \(factor)") { $0.adjustBrightness(factor) }
        check("contrast \(factor)") { $0.adjustContrast(factor) }
        check("saturation \(factor)") { $0.adjustSaturation(factor) }
      }
      for factor in [0, 0.5, -0.5, 0.1, stream.uniform(-0.5, 0.5)] {
        check("hue \(factor)") { $0.adjustHue(factor) }
      }
      check("grey") { $0.turnGrey() }
      compare("\(width) x \(height) floats") {
        var floats = [Float](repeating: 7, count: source.byteCount)
        floats.withUnsafeMutableBufferPointer { buffer in
          if let start = buffer.baseAddress { source.writeFloats(to: start) }
        }
        return floats
      }
    }
  }

  /// All colours, a sixteenth of them at a time turned by one amount.
  func testHueOfAllColours() {
    for part in 0..<16 {
      let bytes = [UInt8](unsafeUninitializedCapacity: 3 << 20) { bytes, count in
        for index in 0..<(1 << 20) {
          let colour = index << 4 | part
          for channel in 0..<3 {
            bytes[3 * index + channel] = UInt8(truncatingIfNeeded: colour >> (8 * channel))
          }
        }
        count = 3 << 20
      }
      let source = Picture(width: 1 << 10, height: 1 << 10, bytes: bytes)
      compare("part \(part)") {
        var copy = Picture()
        copy.assign(source)
        copy.adjustHue(Double(part) / 16 - 0.5)
        return copy.bytes
      }
    }
  }
}
