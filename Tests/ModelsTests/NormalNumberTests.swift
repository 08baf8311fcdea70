import CKernels
import Glibc
import Models
import Tensors
import XCTest

/// The fast normal numbers of new weights against the plain formula.
final class NormalNumberTests: XCTestCase {
  private let stream = RandomStream(seed: 5, purpose: .initialization, [9])

  private func fast(_ count: Int, first: Int = 0, deviation: Double) -> [Float] {
    let (key, tail) = stream.philoxState
    var numbers = [Float](repeating: .nan, count: count)
    xr_normals(
      [key.0, key.1], [tail.0, tail.1, tail.2], UInt32(first), deviation, &numbers, count)
    return numbers
  }

  /// Box and Muller in the C library's arithmetic, from the stream's uniform numbers.
  private func plain(_ count: Int, deviation: Double) -> [Float] {
    var stream = stream
    var numbers: [Float] = []
    while numbers.count < count {
      let radius = deviation * (-2 * log(1 - stream.uniform())).squareRoot()
      let angle = 2 * Double.pi * stream.uniform()
      numbers += [Float(radius * cos(angle)), Float(radius * sin(angle))]
    }
    return Array(numbers.prefix(count))
  }

  func testNumbersAreThoseOfTheFormula() {
    let deviation = 0.03
    let (found, expected) = (
      fast(400_001, deviation: deviation), plain(400_001, deviation: deviation)
    )
    var different = 0
    for (one, other) in zip(found, expected) {
      // Near a quarter of the circle the C library's angle, rounded, is off by more than the number is long.
      XCTAssertEqual(Double(one), Double(other), accuracy: max(Double(other.ulp), 1e-17))
      if one != other { different += 1 }
    }
    // Both are right to the last digits of a double, so that rounding to single precision hardly ever tells.
    XCTAssertLessThan(different, 10)
  }

  func testEveryInstructionSetGivesTheSameBits() {
    defer { xr_isa_limit(XR_ISA_AVX512) }
    xr_isa_limit(XR_ISA_BASELINE)
    let expected = fast(70_003, deviation: 1).map(\.bitPattern)
    for set in [XR_ISA_AVX2, XR_ISA_AVX512] {
      xr_isa_limit(set)
      XCTAssertEqual(fast(70_003, deviation: 1).map(\.bitPattern), expected)
    }
  }

  func testPartsAreThoseOfTheWhole() {
    let whole = fast(1_000, deviation: 2)
    for (first, count) in [(0, 1), (1, 16), (7, 33), (250, 500), (499, 2)] {
      XCTAssertEqual(
        fast(count, first: first, deviation: 2), Array(whole[2 * first..<2 * first + count]))
    }
  }

  func testThreadsDoNotMatter() throws {
    let backbone = try XCTUnwrap(BackboneCatalogue.backbone(named: "resnet18"))
    let network = Network(backbone, classes: 4)
    let (one, three) = (
      ModelState(initialized: network, seed: 2, threads: 1),
      ModelState(initialized: network, seed: 2, threads: 3)
    )
    for tensor in network.tensors where tensor.isFloat {
      XCTAssertEqual(one[tensor.name].array, three[tensor.name].array, tensor.name)
    }
  }
}
