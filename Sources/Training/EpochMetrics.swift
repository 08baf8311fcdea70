import Tensors

/// Loss and accuracies over all pictures of an epoch, each picture counted once.
package struct EpochMetrics: Sendable {
  package private(set) var count = 0
  private var lossSum = 0.0
  private var correct = 0
  private var correctAmongFive = 0
  private var correctByClass: [Int]
  private var countByClass: [Int]

  package init(classes: Int) {
    correctByClass = [Int](repeating: 0, count: classes)
    countByClass = [Int](repeating: 0, count: classes)
  }

  /// Adds the first `count` pictures of a batch.
  ///
  /// Of equal logits the one of the lower class counts as greater, as in torch's `argmax`.
  ///
  /// - Parameters:
  ///   - logits: `[N, K]`
  ///   - losses: `[N]`, each picture's own
  package mutating func add(
    logits: UnsafeBufferPointer<Float>, losses: UnsafeBufferPointer<Float>, labels: Int32Buffer,
    count batchCount: Int
  ) {
    let classes = countByClass.count
    for picture in 0..<batchCount {
      let row = picture * classes
      let label = Int(labels.pointer[picture])
      let own = logits[row + label]
      var above = 0
      for other in 0..<classes {
        let value = logits[row + other]
        if value > own || (value == own && other < label) || value.isNaN { above += 1 }
      }
      if own.isNaN { above = classes }
      lossSum += Double(losses[picture])
      countByClass[label] += 1
      if above == 0 {
        correct += 1
        correctByClass[label] += 1
      }
      if above < 5 { correctAmongFive += 1 }
    }
    count += batchCount
  }

  /// Mean loss over the pictures; nan before the first.
  package var loss: Double { lossSum / Double(count) }
  /// Share of pictures whose class has the greatest logit.
  package var acc1: Double { Double(correct) / Double(count) }
  /// Share of pictures whose class is among the five greatest logits.
  package var acc5: Double { Double(correctAmongFive) / Double(count) }
  /// Mean over the classes that occur of the share of their pictures that are right.
  package var accPerClassMean: Double {
    let present = countByClass.indices.filter { countByClass[$0] > 0 }
    let sum = present.reduce(0.0) { $0 + Double(correctByClass[$1]) / Double(countByClass[$1]) }
    return sum / Double(present.count)
  }

  /// The metrics by their names in `metrics.jsonl`, with the split in front.
  package func named(_ split: String) -> [(String, Double)] {
    [
      (split + "/loss", loss), (split + "/acc1", acc1), (split + "/acc5", acc5),
      (split + "/acc_per_class_mean", accPerClassMean),
    ]
  }
}
