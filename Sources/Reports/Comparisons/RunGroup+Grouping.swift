import Runs
import Tensors

/// The settings of each configuration, read once however many runs share it.
struct ConfigurationSettings {
  private let byConfiguration: [String: RunSettings]

  init(_ runs: [RunReader]) {
    var seen = Set<String>()
    let firsts = runs.filter { seen.insert(Self.key($0)).inserted }
    let reader = SettingsReader()
    let read = Threads.map(firsts.count, threads: RunsFolder.readers) {
      firsts[$0].settings(by: reader)
    }
    var paths: [SettingPaths] = []
    var byConfiguration: [String: RunSettings] = [:]
    for (run, settings) in zip(firsts, read) {
      byConfiguration[Self.key(run)] = settings.sharing(&paths)
    }
    self.byConfiguration = byConfiguration
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
    var rows: [(key: String, runs: [RunReader])] = []
    var places: [String: Int] = [:]
    for run in runs {
      let key =
        paths.map { ComparisonField.text($0, in: configurations.of(run)) ?? "-" }
        ?? ConfigurationSettings.key(run)
      if let place = places[key] {
        rows[place].runs.append(run)
      } else {
        places[key] = rows.count
        rows.append((key, [run]))
      }
    }
    return rows.map { key, runs in
      var seen = Set<String>()
      // Rows of one configuration each have one.
      let firsts =
        paths == nil
        ? [runs[0]] : runs.filter { seen.insert(ConfigurationSettings.key($0)).inserted }
      return RunGroup(
        label: byName.map { "\($0)=\(key)" } ?? label(runs), runs: runs,
        settings: firsts.map { configurations.of($0) })
    }
  }

  private static func label(_ runs: [RunReader]) -> String {
    guard runs.count > 1, let record = runs[0].record else { return runs[0].folder.name }
    return label(record)
  }

  /// What a row of several runs of one configuration is called.
  static func label(_ record: RunRecord) -> String {
    "\(record.name)-\(record.configuration.prefix(8))"
  }
}
