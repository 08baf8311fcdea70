import Declarations
import Diagnostics
import Models
import Transforms

/// What lints ask of a list of transforms.
extension [ComponentValue] {
  /// The last one of a name.
  func last(named name: String) -> ComponentValue? { last { $0.name == name } }

  /// What its `Normalize` steps subtract and divide by, all of them together, one for each channel; nil without any.
  var normalization: Normalization? {
    filter { $0.name == "Normalize" }.reduce(nil) { before, step in
      func channels(_ name: String) -> [Double]? {
        guard case .list(let values)? = step.values.entries[name] else { return nil }
        let numbers = values.compactMap(\.double)
        return numbers.count == 1 ? [Double](repeating: numbers[0], count: 3) : numbers
      }
      guard let mean = channels("mean"), let std = channels("std") else { return before }
      guard let before else { return Normalization(mean: mean, std: std) }
      return Normalization(
        mean: zip(before.mean, zip(before.std, mean)).map { $0 + $1.0 * $1.1 },
        std: zip(before.std, std).map { $0 * $1 })
    }
  }

  /// Where its pictures get the size that the network sees.
  func placeOfSize(_ shapes: [ImageShape]) -> Span? {
    let index = indices.last { index in
      index == 0
        || (shapes[index].height, shapes[index].width)
          != (shapes[index - 1].height, shapes[index - 1].width)
    }
    guard let step = index.map({ self[$0] }) else { return nil }
    return step.values.span(of: "size")
  }
}

extension Normalization {
  /// Equal but for rounding: 0.48 and 0.485 are the same statistics.
  func isClose(to other: Normalization) -> Bool {
    zip(mean + std, other.mean + other.std).allSatisfy { abs($0 - $1) <= 0.01 }
  }

  /// As it is written in a file.
  var text: String {
    if isClose(to: .imagenet) { return "imagenet" }
    func list(_ values: [Double]) -> String {
      // One number serves all channels.
      let shown = Set(values).count == 1 ? Array(values.prefix(1)) : values
      return "[" + shown.map { "\($0)" }.joined(separator: ", ") + "]"
    }
    return "{mean: \(list(mean)), std: \(list(std))}"
  }
}
