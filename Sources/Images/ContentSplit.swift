import Tensors

/// Takes a validation part out of the training pictures, class by class, by what the pictures are.
///
/// Each picture's side is a function of the seed and its bytes alone, so adding pictures moves no other, and equal
/// pictures stay together. A class of at least two pictures of which all fell on one side gives its extreme
/// picture to the other.
package enum ContentSplit {
  package static func split(
    _ samples: [Sample], digests: [String], fraction: Double, seed: UInt64
  ) -> (train: [Int], val: [Int]) {
    let draws = digests.map { digest -> Double in
      let content = UInt64(digest.prefix(16), radix: 16) ?? 0
      var stream = RandomStream(seed: seed, purpose: .split, [content])
      return stream.uniform()
    }
    var isVal = draws.map { $0 < fraction }
    for members in Dictionary(grouping: samples.indices, by: { samples[$0].label }).values
    where members.count > 1 {
      let byDraw = members.sorted { (draws[$0], samples[$0].path) < (draws[$1], samples[$1].path) }
      if members.allSatisfy({ !isVal[$0] }) { isVal[byDraw[0]] = true }
      if members.allSatisfy({ isVal[$0] }) { isVal[byDraw[byDraw.count - 1]] = false }
    }
    return (
      samples.indices.filter { !isVal[$0] }, samples.indices.filter { isVal[$0] }
    )
  }
}
