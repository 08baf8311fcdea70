import Diagnostics
import Experiments
import Glibc
import Petals

extension ExperimentData {
  /// The counts of the pictures that were found.
  ///
  /// Where a part of the training pictures validates and they were not split, the part to be expected is counted.
  package func overview(of settings: DataSettings) -> DataOverview {
    var splits: [DataOverview.Split] = []
    let counted = facts.counts
    for split in Split.allCases {
      guard let counts = counted[split.rawValue] else { continue }
      guard split == .train, samples(.val) == nil,
        case .fraction(let fraction) = settings.validation
      else {
        splits.append(DataOverview.Split(name: split.rawValue, counts: counts))
        continue
      }
      // Both sides of a class get a picture where it has two: see `ContentSplit`.
      let val = counts.map { count in
        count < 2 ? 0 : min(max(1, Int((fraction * Double(count)).rounded())), count - 1)
      }
      splits.append(
        DataOverview.Split(
          name: split.rawValue, counts: zip(counts, val).map { $0 - $1 }, isExpected: true))
      splits.append(
        DataOverview.Split(name: Split.val.rawValue, counts: val, isExpected: true))
    }
    let builtin: String? = if case .builtin(let name) = settings.source { name } else { nil }
    return DataOverview(
      source: builtin ?? folder, isBuiltin: builtin != nil, classNames: classes.map(name),
      classes: classes.count, splits: splits)
  }
}

extension DataOverview {
  /// What an embedded set has, without drawing it; nil where the pictures are no embedded set or a chosen part of one.
  package static func builtin(_ settings: DataSettings) -> DataOverview? {
    guard case .builtin(let name) = settings.source, let set = PetalSet.named(name),
      settings.classes == nil, case .folder("val") = settings.validation,
      settings.trainSplit == "train", settings.testSplit == "test"
    else { return nil }
    return DataOverview(
      source: name, isBuiltin: true, classNames: set.classNames, classes: set.kinds.count,
      splits: PetalSet.Split.allCases.compactMap { split in
        guard let count = set.picturesPerClass[split], count > 0 else { return nil }
        return Split(name: split.rawValue, counts: set.kinds.map { _ in count })
      })
  }

  /// What can be planned with where the pictures cannot be read: the number of classes that the experiment itself
  /// names, or a stated guess.
  package static func absent(_ settings: DataSettings) -> DataOverview {
    let source =
      switch settings.source {
      case .folder(let folder): folder
      case .builtin(let name): name
      }
    if let classes = settings.classes {
      return DataOverview(
        source: source, isBuiltin: false, classNames: classes, classes: classes.count,
        assumption: "\(Counted.of(classes.count, "class", "classes")) by 'data.classes'", splits: []
      )
    }
    if let file = settings.classNames, let names = try? ClassNames.read(file), !names.isEmpty {
      return DataOverview(
        source: source, isBuiltin: false, classNames: [], classes: names.count,
        assumption: "\(Counted.of(names.count, "class", "classes")) by 'data.class_names'",
        splits: [])
    }
    return DataOverview(
      source: source, isBuiltin: false, classNames: [], classes: assumedClasses,
      assumption: "\(assumedClasses) classes are assumed", splits: [])
  }

  /// As many as a flower course has: heads of another size change little of a plan.
  package static let assumedClasses = 100
}
