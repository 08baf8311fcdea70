/// How two classifiers did on the same pictures: how many each of the four outcomes has.
package struct PairedOutcomes: Sendable, Equatable {
  package let bothCorrect: Int
  package let onlyFirstCorrect: Int
  package let onlySecondCorrect: Int
  package let neitherCorrect: Int

  package init(
    bothCorrect: Int, onlyFirstCorrect: Int, onlySecondCorrect: Int, neitherCorrect: Int
  ) {
    precondition(
      min(bothCorrect, onlyFirstCorrect, onlySecondCorrect, neitherCorrect) >= 0,
      "numbers of pictures are not negative")
    self.bothCorrect = bothCorrect
    self.onlyFirstCorrect = onlyFirstCorrect
    self.onlySecondCorrect = onlySecondCorrect
    self.neitherCorrect = neitherCorrect
  }

  /// From what each got right, picture by picture in the same order.
  package init(first: [Bool], second: [Bool]) {
    precondition(first.count == second.count, "both saw the same pictures")
    var counts = [0, 0, 0, 0]
    for (a, b) in zip(first, second) { counts[(a ? 0 : 2) + (b ? 0 : 1)] += 1 }
    self.init(
      bothCorrect: counts[0], onlyFirstCorrect: counts[1], onlySecondCorrect: counts[2],
      neitherCorrect: counts[3])
  }

  package var count: Int { bothCorrect + onlyFirstCorrect + onlySecondCorrect + neitherCorrect }

  /// The second's accuracy minus the first's; nil without pictures.
  package var difference: Double? {
    count == 0 ? nil : Double(onlySecondCorrect - onlyFirstCorrect) / Double(count)
  }

  /// The probability of pictures that differ as one-sidedly as these where neither classifier is better: the exact
  /// test of McNemar 1947, two-sided as `mcnemar(exact=True)` of statsmodels; 1 where no picture differs.
  ///
  /// It speaks of these two trained models, not of their settings: those need seeds.
  package var mcNemarPValue: Double {
    let differing = onlyFirstCorrect + onlySecondCorrect
    let fewer = min(onlyFirstCorrect, onlySecondCorrect)
    return min(1, 2 * Binomial(count: differing, probability: 0.5).cdf(fewer))
  }
}
