/// The lengths of a tensor's dimensions, outermost first: `[N, C, H, W]` for pictures.
package struct Shape: Sendable, Hashable, ExpressibleByArrayLiteral, CustomStringConvertible {
  package var dimensions: [Int]

  package init(_ dimensions: [Int]) { self.dimensions = dimensions }
  package init(arrayLiteral elements: Int...) { dimensions = elements }

  package var rank: Int { dimensions.count }
  /// The number of elements; 1 for a scalar.
  package var count: Int { dimensions.reduce(1, *) }
  package subscript(index: Int) -> Int {
    get { dimensions[index] }
    set { dimensions[index] = newValue }
  }
  package var description: String {
    "[" + dimensions.map(String.init).joined(separator: ", ") + "]"
  }
}
