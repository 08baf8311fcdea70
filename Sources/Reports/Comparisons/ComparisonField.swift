import Diagnostics
import Runs

/// What a row can be filtered, sorted and grouped by: a metric, a measurement or a setting.
package enum ComparisonField: Sendable, Equatable {
  case metric(Metric)
  case count
  case epochs
  case seconds
  case imagesPerSecond
  case memory
  case name
  /// A setting's paths: several where components name it alike.
  case setting([String])

  package enum Value: Sendable, Equatable {
    case number(Double)
    case text(String)
  }

  /// Fields that are neither metrics nor settings.
  static let measurements: [(name: String, field: ComparisonField)] = [
    ("n", .count), ("name", .name), ("epochs", .epochs), ("time", .seconds),
    ("images/s", .imagesPerSecond), ("memory", .memory),
  ]

  /// Whether it is known before a run is started.
  var isSetting: Bool {
    switch self {
    case .setting, .name: true
    default: false
    }
  }

  /// The field of a name, or why there is none.
  static func named(
    _ name: String, at span: Span, metrics: [Metric], settings: [RunSettings]
  ) -> (field: ComparisonField?, mistake: Diagnostic?) {
    if let own = measurements.first(where: { $0.name == name }) { return (own.field, nil) }
    if let metric = metrics.first(where: { $0.name == name }) { return (.metric(metric), nil) }
    let (paths, mistake) = setting(
      name, at: span, settings, besides: measurements.map(\.name) + metrics.map(\.name),
      help:
        "there are \(Suggestion.list(measurements.map(\.name), joinedBy: "or")), metrics such as "
        + "'val/acc1', and settings such as 'optimizer.lr'")
    return (paths.map { .setting($0) }, mistake)
  }

  /// The paths of a setting, which may have the name of a measurement, as 'epochs' has; or why there are none.
  static func setting(
    named name: String, at span: Span, metrics: [Metric], settings: [RunSettings]
  ) -> (paths: [String]?, mistake: Diagnostic?) {
    let others = measurements.map(\.name) + metrics.map(\.name)
    if others.contains(name), RunSettings.meaning(of: name, in: settings) == .nothing {
      let what = name == "name" ? "no part of the configuration" : "a result"
      return (
        nil,
        .error(
          "unknown-field", "rows are grouped by a setting, and '\(name)' is \(what)", at: span,
          help: "for example 'optimizer.lr'")
      )
    }
    return setting(
      name, at: span, settings, help: "rows are grouped by a setting, such as 'optimizer.lr'")
  }

  /// - Parameter others: names that may be meant, and are no settings.
  private static func setting(
    _ name: String, at span: Span, _ settings: [RunSettings], besides others: [String] = [],
    help: String
  ) -> (paths: [String]?, mistake: Diagnostic?) {
    switch RunSettings.meaning(of: name, in: settings) {
    case .paths(let paths): return (paths, nil)
    case .several(let paths):
      return (
        nil,
        .error(
          "unknown-field", "'\(name)' may be \(list(paths, joinedBy: "or"))", at: span,
          help: "write more of the path")
      )
    case .nothing:
      let paths = RunSettings.allPaths(in: settings)
      let choices = others + paths.flatMap { RunSettings.forms($0).reversed() }
      return (
        nil,
        .error(
          "unknown-field", "these runs have no '\(name)'", at: span,
          label: Suggestion.label(for: name, among: choices), help: help)
      )
    }
  }

  private static func list(_ names: [String], joinedBy word: String = "and") -> String {
    guard names.count > 14 else { return Suggestion.list(names, joinedBy: word) }
    return names.prefix(13).map { "'\($0)'" }.joined(separator: ", ") + " …"
  }

  /// Of a row; nil where it has none, or several.
  func value(of group: RunGroup) -> Value? {
    switch self {
    case .metric(let metric): return Self.number(group.mean(metric))
    case .count: return .number(Double(group.runs.count))
    case .epochs: return Self.number(group.epochs)
    case .seconds: return Self.number(group.seconds)
    case .imagesPerSecond: return Self.number(group.imagesPerSecond)
    case .memory: return Self.number(group.residentMiB)
    case .name: return group.runs.first?.record.map { .text($0.name) }
    case .setting(let paths):
      let texts = Set(group.settings.map { Self.text(paths, in: $0) })
      guard texts.count == 1, let text = texts.first, let text else { return nil }
      return Double(text).map { .number($0) } ?? .text(text)
    }
  }

  /// A setting by any of its paths; nil where it is not there.
  static func text(_ paths: [String], in settings: RunSettings) -> String? {
    paths.first { settings.has($0) }.map { settings.text($0) }
  }

  private static func number(_ value: Double?) -> Value? {
    value.flatMap { $0.isFinite ? .number($0) : nil }
  }

  /// Whether the first of two rows comes first: the better one, the faster one, the smaller setting; what is not
  /// known comes last.
  func precedes(_ a: Value?, _ b: Value?) -> Bool {
    switch (a, b) {
    case (nil, _): return false
    case (_, nil): return true
    case (.number(let x)?, .number(let y)?):
      switch self {
      case .metric(let metric): return metric.isBetter(x, y)
      case .count, .imagesPerSecond: return x > y
      default: return x < y
      }
    case (.text(let x)?, .text(let y)?): return x < y
    case (.number?, .text?): return true
    case (.text?, .number?): return false
    }
  }
}
