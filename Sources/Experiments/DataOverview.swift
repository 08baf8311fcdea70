/// What is known of an experiment's pictures by counting them, without opening one.
package struct DataOverview: Sendable {
  /// One part of the pictures.
  package struct Split: Sendable {
    /// `train`, `val` or `test`.
    package let name: String
    /// Pictures of each class, in the order of the classes.
    package let counts: [Int]
    /// Whether the counts are those to be expected: which pictures validate is decided by their contents.
    package let isExpected: Bool

    package init(name: String, counts: [Int], isExpected: Bool = false) {
      self.name = name
      self.counts = counts
      self.isExpected = isExpected
    }

    package var pictures: Int { counts.reduce(0, +) }
    /// The place of the class with the fewest pictures; the first of several.
    package var smallest: Int? { counts.indices.min { (counts[$0], $0) < (counts[$1], $1) } }
    /// The place of the class with the most pictures; the first of several.
    package var largest: Int? { counts.indices.min { (-counts[$0], $0) < (-counts[$1], $1) } }
    /// The median of the classes' counts; nil where there are no classes.
    package var median: Double? {
      guard !counts.isEmpty else { return nil }
      let sorted = counts.sorted()
      return Double(sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
  }

  /// The folder, or the name of an embedded set.
  package let source: String
  package let isBuiltin: Bool
  /// What each class is called, in the order of the logits; empty where they are not known.
  package let classNames: [String]
  /// How many classes the network is planned for.
  package let classes: Int
  /// Where the number of classes comes from, in words, where it is not the data; nil where it is.
  package let assumption: String?
  /// Those that were found.
  package let splits: [Split]

  package init(
    source: String, isBuiltin: Bool, classNames: [String], classes: Int, assumption: String? = nil,
    splits: [Split]
  ) {
    self.source = source
    self.isBuiltin = isBuiltin
    self.classNames = classNames
    self.classes = classes
    self.assumption = assumption
    self.splits = splits
  }

  /// The split of a name, where it was found.
  package subscript(name: String) -> Split? { splits.first { $0.name == name } }
}
