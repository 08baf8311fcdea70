import Runs

/// What is not the same in two runs, from what their folders hold.
package struct RunDifference: Sendable {
  /// One thing that differs; nil where a run does not have it.
  package struct Item: Sendable, Equatable {
    package let name: String
    package let first: String?
    package let second: String?
    /// Where each came from, for settings.
    package var firstOrigin = ""
    package var secondOrigin = ""
  }

  /// Things of one kind.
  package struct Section: Sendable, Equatable {
    package let name: String
    package let items: [Item]
    /// Whether both runs say something of it: else it is not known to be the same.
    package let isKnown: Bool
    /// Why it is not known though both say something of it.
    package var doubt: String?
  }

  package let first: RunReader
  package let second: RunReader
  package let sections: [Section]
  /// Pictures that are not the same in both, by split.
  package let files: [FileDifference]
  /// Whether both runs list all their pictures: else `files` is about those that both predicted.
  package let areFilesComplete: Bool
  /// What the losses of single steps say.
  let steps: StepParting.Finding
  /// Where the numbers of training part; nil where they never do, or where there are none.
  package let parting: Parting?
  /// The predictions, by split.
  package let pictures: [PicturePairs]

  /// The first epoch at which something that was computed differs.
  package struct Parting: Sendable, Equatable {
    /// Counted over all phases from 1.
    package let epoch: Int
    /// Of optimizer steps at its end.
    package let step: Int?
    package let items: [Item]
  }

  package init(_ first: RunReader, _ second: RunReader) {
    (self.first, self.second) = (first, second)
    sections = Self.sections(first, second)
    parting = Self.parting(first, second)
    steps = StepParting.find(first.folder, second.folder)
    let splits = ["val", "test"]
    (files, areFilesComplete) = FileDifference.all(first.folder, second.folder)
    pictures = splits.map { PicturePairs(first, second, $0) }.filter(\.problems.isEmpty)
  }

  /// The first step at which their losses part; nil where they never do, and where not both runs have steps.
  package var stepParting: StepParting? {
    guard case .parting(let parting) = steps else { return nil }
    return parting
  }

  /// Whether nothing differs but the machine.
  package var isSame: Bool {
    let results = sections.filter { $0.name != "machine" }
    return results.allSatisfy { $0.items.isEmpty && $0.isKnown } && files.isEmpty && parting == nil
      && stepParting == nil
      && pictures.allSatisfy(\.flips.isEmpty)
  }

  private static func sections(_ first: RunReader, _ second: RunReader) -> [Section] {
    let (a, b) = (first.record, second.record)
    func section(_ name: String, _ values: (RunRecord) -> [(String, String?)]) -> Section {
      guard let a, let b else { return Section(name: name, items: [], isKnown: false) }
      return Section(name: name, items: items(values(a), values(b)), isKnown: true)
    }
    return [
      settings(first, second),
      code(
        section("code") { [("version", $0.version), ("commit", $0.commit)] }, first, second),
      section("weights") { [("from", $0.weights.source), ("SHA-256", $0.weights.fingerprint)] },
      section("data") { record in
        [("fingerprint", record.data.fingerprint), ("classes", "\(record.data.classes)")]
          + record.data.pictures.sorted { $0.key < $1.key }.map {
            ("\($0.key) pictures", "\($0.value)")
          }
      },
      section("machine") { record in
        let machine = record.machine
        return [
          ("host", machine.host), ("processor", machine.processor),
          ("instruction sets", machine.instructionSets.joined(separator: " ")),
          ("compute threads", "\(machine.computeThreads)"),
          ("loader threads", "\(machine.loaderThreads)"), ("provider", machine.provider),
        ] + machine.libraries.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
      },
      section("results") { record in
        [
          ("status", record.status.rawValue),
          ("best epoch", record.best.map { "\($0.phase) \($0.epoch)" }),
        ] + (record.best.map { [($0.metric, "\($0.value)")] } ?? [])
          + (record.test ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
      },
    ]
  }

  /// Two builds of one version may be of any code: only a commit without changes to it says that they are the same.
  private static func code(_ section: Section, _ first: RunReader, _ second: RunReader) -> Section {
    guard section.isKnown, section.items.isEmpty, let record = first.record,
      first.folder.realPath != second.folder.realPath
    else { return section }
    guard let commit = record.commit else {
      return Section(
        name: section.name, items: [], isKnown: false,
        doubt: "both are version \(record.version), built without a commit, which 'make' stores")
    }
    guard commit.hasSuffix("-dirty") else { return section }
    return Section(
      name: section.name, items: [], isKnown: false,
      doubt: "both were built from \(commit), with changes that are in no commit")
  }

  /// What differs of two lists of names with values; names stand in the order of the first list.
  private static func items(_ a: [(String, String?)], _ b: [(String, String?)]) -> [Item] {
    let (first, second) = (
      Dictionary(a) { first, _ in first }, Dictionary(b) { first, _ in first }
    )
    let names = a.map(\.0) + b.map(\.0).filter { first[$0] == nil }
    return names.compactMap { name in
      let (x, y) = (first[name] ?? nil, second[name] ?? nil)
      return x == y ? nil : Item(name: name, first: x, second: y)
    }
  }

  /// All settings, also those that are no part of the configuration, but for the folder of runs.
  private static func settings(_ first: RunReader, _ second: RunReader) -> Section {
    func leaves(_ run: RunReader) -> [ResolvedFile.Leaf] {
      ResolvedFile.leaves(run.folder.resolved).filter { $0.path != "runs" }
    }
    let (a, b) = (leaves(first), leaves(second))
    func byPath(_ leaves: [ResolvedFile.Leaf]) -> [String: ResolvedFile.Leaf] {
      Dictionary(leaves.map { ($0.path, $0) }) { first, _ in first }
    }
    let (mine, theirs) = (byPath(a), byPath(b))
    let paths = a.map(\.path) + b.map(\.path).filter { mine[$0] == nil }
    let items = paths.compactMap { path -> Item? in
      let (x, y) = (mine[path], theirs[path])
      guard x?.text != y?.text else { return nil }
      return Item(
        name: path, first: x?.text, second: y?.text, firstOrigin: x?.origin ?? "",
        secondOrigin: y?.origin ?? "")
    }
    return Section(name: "settings", items: items, isKnown: !a.isEmpty && !b.isEmpty)
  }

  private static func parting(_ first: RunReader, _ second: RunReader) -> Parting? {
    for (index, (a, b)) in zip(first.epochs, second.epochs).enumerated() {
      // The rate is set, not computed; the step is told beside.
      let names = Set(a.numbers.keys).union(b.numbers.keys).subtracting(["epoch", "step", "lr"])
      let items = names.sorted().compactMap { name -> Item? in
        let (x, y) = (a.numbers[name], b.numbers[name])
        // What is no number is the same as what is no number.
        guard x != y, !((x?.isNaN ?? false) && (y?.isNaN ?? false)) else { return nil }
        return Item(
          name: name, first: x.map { Numbers.short($0) }, second: y.map { Numbers.short($0) })
      }
      if !items.isEmpty {
        return Parting(
          epoch: index + 1,
          step: a.numbers["step"].flatMap { Int(exactly: $0) }, items: items)
      }
    }
    return nil
  }
}
