import Runs

/// What a network took for what: how often the pictures of each class were called each class.
package struct Confusion: Sendable {
  /// Folder names, in the order of the logits; names that only the predictions have come after them.
  package let classes: [String]
  /// For each class of pictures, how many were called which; what was never said is not there.
  package let counts: [[Int: Int]]
  /// How many pictures there are.
  package let total: Int
  /// How many of them are called what they are.
  package let correct: Int

  /// - Parameter classes: the known ones; may be empty.
  package init(_ rows: [PredictionsReader.Row], classes known: [String]) {
    var places: [String: Int] = [:]
    var classes: [String] = []
    let further = Set(rows.flatMap { [$0.label, $0.predicted] }).subtracting(known).sorted()
    for name in known + further where places[name] == nil {
      places[name] = classes.count
      classes.append(name)
    }
    var counts = [[Int: Int]](repeating: [:], count: classes.count)
    var correct = 0
    for row in rows {
      guard let label = places[row.label], let predicted = places[row.predicted] else { continue }
      counts[label][predicted, default: 0] += 1
      if label == predicted { correct += 1 }
    }
    self.classes = classes
    self.counts = counts
    self.correct = correct
    total = rows.count
  }

  /// Nil without pictures.
  package var accuracy: Double? { total == 0 ? nil : Double(correct) / Double(total) }

  /// A class by what its pictures were called.
  package struct ClassResult: Sendable, Hashable {
    /// Its place among the classes.
    package let place: Int
    /// How many pictures it has.
    package let count: Int
    package let correct: Int
    /// What its pictures were called most often of what they are not, the first class of equal ones.
    package let mistake: Mistake?

    /// Nil for a class without pictures.
    package var accuracy: Double? { count == 0 ? nil : Double(correct) / Double(count) }

    package struct Mistake: Sendable, Hashable {
      package let place: Int
      package let count: Int
    }
  }

  /// In the order of the classes.
  package var perClass: [ClassResult] {
    counts.enumerated().map { place, row in
      let mistake = row.filter { $0.key != place }.max { a, b in
        (a.value, b.key) < (b.value, a.key)
      }
      return ClassResult(
        place: place, count: row.values.reduce(0, +), correct: row[place] ?? 0,
        mistake: mistake.map { ClassResult.Mistake(place: $0.key, count: $0.value) })
    }
  }

  /// The mean over the classes that occur of their accuracies, in the order of the classes; nil without pictures.
  package var meanPerClass: Double? {
    let accuracies = perClass.compactMap(\.accuracy)
    return accuracies.isEmpty ? nil : accuracies.reduce(0.0, +) / Double(accuracies.count)
  }

  /// Pictures of one class that were called another.
  package struct Pair: Sendable, Hashable {
    package let label: Int
    package let predicted: Int
    package let count: Int
    /// How many pictures the class has.
    package let of: Int
    /// How often it went the other way round.
    package let reverse: Int
  }

  /// The most frequent first; of equal ones that of the greater part of its class, then by class.
  package var pairs: [Pair] {
    var pairs: [Pair] = []
    for (label, row) in counts.enumerated() {
      let size = row.values.reduce(0, +)
      for (predicted, count) in row where predicted != label {
        pairs.append(
          Pair(
            label: label, predicted: predicted, count: count, of: size,
            reverse: counts[predicted][label] ?? 0))
      }
    }
    return pairs.sorted { a, b in
      (b.count, a.of, a.label, a.predicted) < (a.count, b.of, b.label, b.predicted)
    }
  }
}
