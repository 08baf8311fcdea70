/// Holm's correction: of several comparisons, the chance that any is claimed wrongly stays at the level of one.
package enum Holm {
  /// P-values that may each be held against the level of the whole family, in the order given.
  ///
  /// - Parameters:
  ///   - pValues: nil where a comparison has none; it is not counted, since it cannot be claimed.
  ///   - unseen: how many more comparisons belong to the family. They count as if each had a p-value of 1, which is
  ///     no smaller than its own, so the level is kept whatever made the others be looked at.
  /// - Source: Holm 1979, "A simple sequentially rejective multiple test procedure".
  package static func adjusted(_ pValues: [Double?], unseen: Int = 0) -> [Double?] {
    let order = ascending(pValues)
    var adjusted = [Double?](repeating: nil, count: pValues.count)
    var greatest = 0.0
    for (rank, index) in order.enumerated() {
      guard let p = pValues[index] else { continue }
      greatest = max(greatest, min(1, p * Double(order.count + unseen - rank)))
      adjusted[index] = greatest
    }
    return adjusted
  }

  /// The places of the values that are there, the smallest value first, equal ones in their order.
  static func ascending(_ values: [Double?]) -> [Int] {
    values.indices.compactMap { index in values[index].map { (index, $0) } }
      .sorted { $0.1 != $1.1 ? $0.1 < $1.1 : $0.0 < $1.0 }
      .map(\.0)
  }
}
