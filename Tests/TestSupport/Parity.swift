import Foundation
import XCTest

/// How far a component is from the one whose name it bears in torch, torchvision, timm or PIL.
///
/// Each claim is checked and recorded at once: `make parity` collects the records into
/// `docs/parity.md`, so that the page says what tests measured and nothing else.
package enum Parity {
  /// The tables of the page.
  package enum Kind: String, Codable, CaseIterable {
    case decoding, transform, layer, backbone, loss, optimizer, scheduler, trajectory
  }

  private struct Record: Encodable {
    let kind: Kind
    let component, quantity, against: String
    let provider: String?
    let difference, tolerance: Double
    let unit: String
    let cases: Int
  }

  /// Fails where `difference` is greater than `tolerance` or no number; records it either way.
  ///
  /// - Parameters:
  ///   - component: as YAML or the graph names it.
  ///   - quantity: what was compared, such as `logits` or `gradients`.
  ///   - against: the library, such as `torchvision`.
  ///   - provider: the kernels that computed it, where that matters.
  ///   - unit: what a difference of 1 is, such as `of the greatest element`.
  ///   - cases: how many goldens this difference is the greatest of.
  package static func check(
    _ kind: Kind, _ component: String, _ quantity: String, against: String,
    provider: String? = nil, difference: Double, tolerance: Double, unit: String, cases: Int = 1,
    _ message: @autoclosure () -> String = "", file: StaticString = #filePath, line: UInt = #line
  ) {
    XCTAssertGreaterThan(cases, 0, "\(component): nothing was compared", file: file, line: line)
    XCTAssertTrue(
      difference <= tolerance,
      "\(kind) \(component)\(provider.map { " by \($0)" } ?? ""): \(quantity) differ by \(difference) \(unit), "
        + "\(tolerance) is allowed. \(message())", file: file, line: line)
    guard let path = Places.environment("XRUN_PARITY") else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let record = Record(
      kind: kind, component: component, quantity: quantity, against: against, provider: provider,
      difference: difference, tolerance: tolerance, unit: unit, cases: cases)
    guard let data = try? encoder.encode(record), let file = fopen(path, "a") else {
      return XCTFail("cannot write '\(path)'")
    }
    defer { fclose(file) }
    let line = data + Data("\n".utf8)
    _ = line.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
  }

  /// The greatest difference between two lists over the greatest element of `expected`; infinite
  /// where the lists are not of one length, are empty, or hold what is no number.
  package static func relativeDifference(_ found: [Float], _ expected: [Float]) -> Double {
    let scale = expected.reduce(0) { max($0, abs(Double($1))) }
    let difference = greatestDifference(found, expected)
    return difference == 0 ? 0 : difference / scale
  }

  /// The greatest difference between two lists; infinite as above.
  package static func greatestDifference(_ found: [Float], _ expected: [Float]) -> Double {
    guard found.count == expected.count, !found.isEmpty else { return .infinity }
    var greatest = 0.0
    for (a, b) in zip(found, expected) {
      let difference = abs(Double(a) - Double(b))
      guard difference.isFinite else { return .infinity }
      greatest = max(greatest, difference)
    }
    return greatest
  }
}
