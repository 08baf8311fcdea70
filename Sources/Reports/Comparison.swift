import Diagnostics
import Documents
import Glibc
import Models
import Runs

/// What `xrun compare` prints: runs of one configuration together, with only the settings that differ.
///
/// Means and standard deviations only; it does not say what is better.
package struct Comparison {
  /// Runs of one configuration hash, whatever their seeds.
  package struct Group {
    package var runs: [RunReader]
    /// Settings by dotted path, without those that are not part of the configuration; empty where unreadable.
    package var settings: [String: String]
  }

  package let groups: [Group]
  /// Paths of settings that are not the same in all groups, sorted. Where a group lacks a whole part, such as
  /// `phases`, the part is one path.
  package let differing: [String]
  /// Runs of which it is known that they are not completed, or that left nothing to compare.
  package let unfinished: [RunReader]

  package init(_ runs: [RunReader]) {
    var byHash: [String: Group] = [:]
    unfinished = runs.filter { !Self.isComparable($0) }
    for run in runs where Self.isComparable(run) {
      let hash = run.record?.configuration ?? run.folder.path
      if byHash[hash] == nil {
        byHash[hash] = Group(runs: [], settings: Self.settings(run.folder.resolved))
      }
      byHash[hash]?.runs.append(run)
    }
    groups = byHash.values.sorted {
      let (a, b) = ($0.mean("val/acc1") ?? -1, $1.mean("val/acc1") ?? -1)
      return a != b ? a > b : $0.runs[0].folder.name < $1.runs[0].folder.name
    }
    differing = Self.differing(groups)
  }

  /// Completed, or of a damaged folder in which there is something to show.
  private static func isComparable(_ run: RunReader) -> Bool {
    switch run.record?.status {
    case .completed?: !run.epochs.isEmpty || run.record?.best != nil
    case nil: !run.epochs.isEmpty
    default: false
    }
  }

  /// What cannot be read beside what the runs themselves name.
  package var problems: [String] {
    groups.filter(\.settings.isEmpty).map {
      "\($0.runs[0].folder.resolved): cannot be read, so its settings are not compared"
    }
  }

  /// An object for each configuration; what is not known is null.
  package var json: JSON {
    .array(
      groups.map { group in
        func statistics(_ values: [Double]) -> JSON {
          guard let mean = Group.mean(of: values) else { return .null }
          return .object([
            "mean": .number(mean),
            "standard_deviation": Group.deviation(of: values).map(JSON.number) ?? .null,
          ])
        }
        return .object([
          "runs": .array(group.runs.map { .string($0.folder.path) }),
          "n": .integer(group.runs.count),
          "configuration": .of(group.runs[0].record?.configuration),
          "seeds": .array(
            group.runs.map { run in run.record.map { .integer(Int(clamping: $0.seed)) } ?? .null }),
          "val/acc1": statistics(group.values("val/acc1")),
          "val/loss": statistics(group.values("val/loss")),
          "test/acc1": statistics(group.runs.compactMap(\.testAccuracy)),
          "epochs": .of(group.average { $0.epochs.isEmpty ? nil : Double($0.epochs.count) }),
          "seconds": .of(group.average(Self.seconds)),
          "images_per_second": .of(group.average(Self.speed)),
          "differing": .object(
            differing.map { JSON.Member($0, group.has($0) ? .string(group.text($0)) : .null) }),
        ])
      })
  }

  package func text(width: Int) -> String {
    var columns = [
      Table.Column("run"), Table.Column("n", isNumeric: true),
      Table.Column("val/acc1", isNumeric: true), Table.Column("epoch", isNumeric: true),
      Table.Column("val/loss", isNumeric: true, dropRank: 5),
      Table.Column("test/acc1", isNumeric: true, dropRank: 3),
      Table.Column("epochs", isNumeric: true, dropRank: 6),
      Table.Column("time", isNumeric: true, dropRank: 7),
      Table.Column("images/s", isNumeric: true, dropRank: 8),
    ]
    columns += differing.map { Table.Column($0, dropRank: 2) }
    var table = Table(columns)
    for group in groups {
      let seeds = group.runs.count
      var row = [
        seeds == 1 || group.runs[0].record == nil
          ? group.runs[0].folder.name
          : "\(group.runs[0].record?.name ?? "?")-\(group.runs[0].record?.configuration.prefix(8) ?? "?")",
        String(seeds), group.spread("val/acc1"),
        seeds == 1 ? Numbers.fixed(group.runs[0].best?.numbers["epoch"], 0) : "",
        Numbers.fixed(group.mean("val/loss"), 4),
        group.testSpread(),
        Numbers.fixed(group.average { $0.epochs.isEmpty ? nil : Double($0.epochs.count) }, 0),
        Numbers.duration(group.average(Self.seconds) ?? .nan),
        Numbers.fixed(group.average(Self.speed), 0),
      ]
      row += differing.map(group.text)
      table.add(row)
    }
    var text = table.text(width: width)
    if !unfinished.isEmpty {
      let names = unfinished.map {
        "\($0.folder.name) (\($0.state == .completed ? "no metrics" : $0.state?.rawValue ?? "no run.json"))"
      }
      text += "\n(not compared: \(names.joined(separator: ", ")))"
    }
    return text
  }

  private static func differing(_ groups: [Group]) -> [String] {
    // A group whose settings cannot be read differs in nothing that is known.
    let groups = groups.filter { !$0.settings.isEmpty }
    let paths = Set(groups.flatMap { $0.settings.keys })
    var differing = Set<String>()
    for path in paths where Set(groups.map { $0.settings[path] }).count > 1 {
      // The shortest part of the path that some group has nothing of stands for all below it.
      let parts = path.split(separator: ".")
      let prefix = (1...parts.count).map { parts.prefix($0).joined(separator: ".") }.first {
        prefix in
        groups.contains { !$0.has(prefix) }
      }
      differing.insert(prefix ?? path)
    }
    // Where a part is a word in one group and has settings in others, as `freeze` may, the part says it all.
    let words = differing.filter { path in groups.contains { $0.settings[path] != nil } }
    return differing.filter { path in !words.contains { path.hasPrefix($0 + ".") } }.sorted()
  }

  private static func seconds(_ run: RunReader) -> Double? {
    run.timing.isEmpty
      ? nil
      : run.timing.reduce(0.0) {
        $0 + ($1.numbers["train_seconds"] ?? 0) + ($1.numbers["val_seconds"] ?? 0)
      }
  }

  private static func speed(_ run: RunReader) -> Double? {
    let speeds = run.timing.compactMap { $0.numbers["train_images_per_second"] }
    return speeds.isEmpty ? nil : speeds.reduce(0, +) / Double(speeds.count)
  }

  // MARK: Settings

  /// Not part of the configuration: for people, for the machine, or told in columns of their own.
  private static let aside: Set<String> = ["name", "notes", "tags", "seed", "runs", "data.workers"]

  /// The scalars of a resolved experiment by dotted path; elements of lists by name where they are components.
  static func settings(_ path: String) -> [String: String] {
    guard let text = read(path) else { return [:] }
    let (root, _) = DocumentParser.parse(SourceText(name: path, bytes: text))
    var settings: [String: String] = [:]
    func add(_ node: Documents.Node, _ path: String) {
      switch node.content {
      case .mapping(let entries):
        for entry in entries { add(entry.value, path.isEmpty ? entry.key : path + "." + entry.key) }
      case .sequence(let elements):
        if elements.allSatisfy({ $0.scalar != nil }) {
          settings[path] =
            "[" + elements.compactMap { $0.scalar?.text }.joined(separator: ", ") + "]"
        } else {
          for (index, element) in elements.enumerated() {
            let name = element["name"]?.scalar?.text
            add(element, name.map { path + "." + $0 } ?? "\(path)[\(index)]")
          }
        }
      // What is switched off is the same as what is not there.
      case .scalar(let scalar): settings[path] = node.isNull ? nil : scalar.text
      }
    }
    if let root { add(root, "") }
    for key in settings.keys where aside.contains(key) || key.hasSuffix(".name") {
      settings[key] = nil
    }
    return settings
  }

  private static func read(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
      bytes += chunk[..<count]
    }
    return bytes
  }
}

extension Comparison.Group {
  /// Whether it has a setting, or settings below the path.
  func has(_ path: String) -> Bool {
    settings[path] != nil || settings.keys.contains { $0.hasPrefix(path + ".") }
  }

  /// A setting; of a part with several settings the names of what stands in it.
  package func text(_ path: String) -> String {
    if settings.isEmpty { return "?" }
    if let value = settings[path] { return value }
    let below = settings.filter { $0.key.hasPrefix(path + ".") }.map {
      (key: $0.key.dropFirst(path.count + 1), value: $0.value)
    }.sorted { $0.key < $1.key }
    guard !below.isEmpty else { return "-" }
    if below.count <= 2 { return below.map { "\($0.key)=\($0.value)" }.joined(separator: " ") }
    var names: [Substring] = []
    for entry in below {
      let name = entry.key.prefix { $0 != "." }
      if !names.contains(name) { names.append(name) }
    }
    return names.joined(separator: " ")
  }

  /// The mean over the runs that have the value; nil where none has.
  func average(_ value: (RunReader) -> Double?) -> Double? {
    let values = runs.compactMap(value)
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  /// The mean of a metric at each run's best epoch.
  func mean(_ metric: String) -> Double? { Self.mean(of: values(metric)) }

  /// A metric at each run's best epoch.
  func values(_ metric: String) -> [Double] { runs.compactMap { $0.bestValue(metric) } }

  /// `mean ± standard deviation` (of the sample) where there are several runs.
  func spread(_ metric: String) -> String {
    Self.spread(values(metric))
  }

  func testSpread() -> String { Self.spread(runs.compactMap(\.testAccuracy)) }

  static func mean(of values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  /// Of the sample; nil where there are not two.
  static func deviation(of values: [Double]) -> Double? {
    guard values.count > 1, let mean = mean(of: values) else { return nil }
    let sum = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (sum / Double(values.count - 1)).squareRoot()
  }

  private static func spread(_ values: [Double]) -> String {
    guard let mean = mean(of: values) else { return "-" }
    guard let deviation = deviation(of: values) else { return Numbers.fixed(mean, 4) }
    return "\(Numbers.fixed(mean, 4)) ± \(Numbers.fixed(deviation, 4))"
  }
}

extension RunReader {
  /// A metric at the best epoch; of a run whose metrics are lost what its record keeps.
  fileprivate func bestValue(_ metric: String) -> Double? {
    if let best { return best.numbers[metric] }
    return record?.best?.metric == metric ? record?.best?.value : nil
  }

  fileprivate var testAccuracy: Double? {
    test?.numbers["test/acc1"] ?? record?.test?["test/acc1"]
  }
}

extension JSON {
  fileprivate static func of(_ number: Double?) -> JSON { number.map(JSON.number) ?? .null }
}
