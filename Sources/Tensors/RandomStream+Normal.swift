import Glibc

extension RandomStream {
  /// A standard normal number (Box and Muller 1958; one of the pair, so that draws stay independent of history).
  package mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * Double.pi * uniform())
  }

  /// What no normal number lies beyond: the radius of the least positive uniform one, 2^-53.
  package static let normalLimit = (2 * 53 * log(2.0)).squareRoot()
}
