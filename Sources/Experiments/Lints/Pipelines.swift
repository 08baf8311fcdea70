import Declarations
import Diagnostics
import Models

/// What lints ask of a list of transforms.
extension [ComponentValue] {
  /// The last one of a name.
  func last(named name: String) -> ComponentValue? { last { $0.name == name } }

  /// The mean and deviation of its `Normalize`, one for each channel; nil where it has none.
  var normalization: Normalization? {
    guard let step = last(named: "Normalize") else { return nil }
    func channels(_ name: String) -> [Double]? {
      guard case .list(let values)? = step.values.entries[name] else { return nil }
      let numbers = values.compactMap(\.double)
      return numbers.count == 1 ? [Double](repeating: numbers[0], count: 3) : numbers
    }
    guard let mean = channels("mean"), let std = channels("std") else { return nil }
    return Normalization(mean: mean, std: std)
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
