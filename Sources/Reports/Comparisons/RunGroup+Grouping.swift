import Runs

/// The settings of each configuration, read once however many runs share it.
struct ConfigurationSettings {
  private var byConfiguration: [String: RunSettings] = [:]

  mutating func add(_ run: RunReader) {
    let key = Self.key(run)
    guard byConfiguration[key] == nil else { return }
    byConfiguration[key] = RunSettings(file: run.folder.resolved)
  }

  var all: [RunSettings] { Array(byConfiguration.values) }

  func of(_ run: RunReader) -> RunSettings { byConfiguration[Self.key(run)] ?? RunSettings([:]) }

  /// A run without a record is a configuration of its own.
  static func key(_ run: RunReader) -> String { run.record?.configuration ?? run.folder.path }
}

extension RunGroup {
  /// Rows of one configuration each, or of one value of a setting each.
  ///
  /// - Parameters:
  ///   - paths: where the setting stands; nil for configurations.
  ///   - byName: what the setting is called in labels.
  static func groups(
    _ runs: [RunReader], by paths: [String]?, byName: String?,
    _ configurations: ConfigurationSettings
  ) -> [RunGroup] {
    var order: [String] = []
    var members: [String: [RunReader]] = [:]
    for run in runs {
      let key =
        paths.map { ComparisonField.text($0, in: configurations.of(run)) ?? "-" }
        ?? ConfigurationSettings.key(run)
      if members[key] == nil { order.append(key) }
      members[key, default: []].append(run)
    }
    return order.map { key in
      let runs = members[key] ?? []
      var seen = Set<String>()
      let settings = runs.filter { seen.insert(ConfigurationSettings.key($0)).inserted }.map {
        configurations.of($0)
      }
      return RunGroup(
        label: byName.map { "\($0)=\(key)" } ?? label(runs), runs: runs, settings: settings)
    }
  }

  private static func label(_ runs: [RunReader]) -> String {
    guard runs.count > 1, let record = runs[0].record else { return runs[0].folder.name }
    return "\(record.name)-\(record.configuration.prefix(8))"
  }

  /// Whether a name that people give is this row's, or that of a run in it.
  func answers(to name: String) -> Bool {
    let name = name.count > 1 && name.hasSuffix("/") ? String(name.dropLast()) : name
    let real = RunFolder(existing: name).realPath
    return label == name
      || runs.contains { run in
        run.folder.name == name || run.folder.path == name
          || (run.record.map { "\($0.name)-\($0.configuration.prefix(8))" == name } ?? false)
          || (real != nil && run.folder.realPath == real)
      }
  }
}
