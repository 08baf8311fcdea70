import Tensors
import TestSupport

/// A tensor of a golden in eight numbers; `Tools/golden/compact.py` computes the same of torch's.
struct CompactTensor: Decodable {
  /// Where the greatest element is.
  let place: Int
  let greatest, norm: Double
  /// The products with two formula vectors of variance 1: an error of any kind changes them by its norm.
  let products: [Double]
  /// Elements spread over the tensor.
  let entries: [Double]

  /// A prime, so that no row or column of a matrix meets one part of the vectors again and again.
  private static let period = 65521
  private static let vectors = ["a", "b"].map { name in
    Formula.uniform("projection \(name)", period).map { $0 * 12.0.squareRoot() }
  }

  init(from decoder: any Decoder) throws {
    var values = try decoder.unkeyedContainer()
    place = try values.decode(Int.self)
    greatest = try values.decode(Double.self)
    norm = try values.decode(Double.self)
    products = [try values.decode(Double.self), try values.decode(Double.self)]
    var entries: [Double] = []
    while !values.isAtEnd { entries.append(try values.decode(Double.self)) }
    self.entries = entries
  }

  /// Norm and products in parts of the golden's norm, elements in parts of its greatest one.
  ///
  /// - Parameter scale: what the norm is measured by where the golden vanishes.
  func distance(of found: [Float], scale: Double? = nil) -> Double {
    guard found.count > place, !entries.isEmpty else { return .infinity }
    var (square, sums) = (0.0, [0.0, 0.0])
    for start in stride(from: 0, to: found.count, by: Self.period) {
      let count = min(Self.period, found.count - start)
      for (index, vector) in Self.vectors.enumerated() {
        var sum = 0.0
        for offset in 0..<count { sum += Double(found[start + offset]) * vector[offset] }
        sums[index] += sum
      }
      for offset in 0..<count {
        square += Double(found[start + offset]) * Double(found[start + offset])
      }
    }
    let foundNorm = square.squareRoot()
    guard foundNorm.isFinite else { return .infinity }
    guard norm > 0 else { return scale.map { foundNorm / $0 } ?? .infinity }
    var worst = abs(foundNorm - norm) / norm
    for (a, b) in zip(sums, products) { worst = max(worst, abs(a - b) / norm) }
    worst = max(worst, abs(Double(found[place]) - greatest) / abs(greatest))
    for (index, entry) in entries.enumerated() {
      let element = found[found.count * (2 * index + 1) / (2 * entries.count)]
      worst = max(worst, abs(Double(element) - entry) / abs(greatest))
    }
    return worst
  }
}

/// Shifts that a golden moved so that no activation lies at a kink; see `Tools/golden/kinks.py`.
struct Nudges: Decodable {
  private static let step = 0.1
  let salts: [String: [String: Int]]

  init(from decoder: any Decoder) throws {
    salts = try decoder.singleValueContainer().decode([String: [String: Int]].self)
  }

  /// Moves the shifts in place.
  func apply(to name: String, _ values: inout [Float]) {
    for (channel, salt) in salts[name] ?? [:] {
      guard let channel = Int(channel) else { preconditionFailure("channels are numbers") }
      let shift = Formula.uniform("\(name)#\(salt)", channel + 1)[channel] * Self.step
      values[channel] = Float(Double(values[channel]) + shift)
    }
  }
}
