import Glibc

extension RandomStream {
  /// A standard normal number (Box and Muller 1958; one of the pair, so that draws stay independent of history).
  package mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * Double.pi * uniform())
  }
}
