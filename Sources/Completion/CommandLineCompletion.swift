import Experiments
import Manual

/// What may stand at the cursor of a command line that starts with `xrun`.
package struct CommandLineCompletion {
  private let program: CommandShape

  package init(_ program: CommandShape) {
    self.program = program
  }

  /// - Parameter words: all words up to the cursor, the program first; the last is the one at the cursor, perhaps empty.
  package func candidates(_ words: [String]) -> [Candidate] {
    guard words.count > 1, let current = words.last else { return [] }
    var before = words.dropFirst().dropLast()[...]

    // 1. The verb. Without one it is the default: 'xrun FILE key=value'.
    var command = program.subcommand(program.defaultSubcommand) ?? program
    let isVerbPossible = before.isEmpty
    if let verb = program.subcommand(before.first) {
      command = verb
      before = before.dropFirst()
    } else if before.first == "help" {
      return verbs
    }

    // 2. The words before: which are values of options, which have a place of their own.
    var isOptionsEnd = false
    var taken: Set<String> = []
    var places: [String] = []
    var pending: CommandShape.Argument?
    for word in before {
      if pending != nil {
        pending = nil
      } else if word == "--", !isOptionsEnd {
        isOptionsEnd = true
      } else if word.hasPrefix("-"), !isOptionsEnd {
        let name = word.prefix { $0 != "=" }
        guard let argument = command.argument(named: String(name)) else { continue }
        if !argument.isRepeating { taken.formUnion(argument.names?.map(\.text) ?? []) }
        if argument.kind == .option, name.count == word.count { pending = argument }
      } else {
        places.append(word)
      }
    }

    // 3. What the cursor's word may become.
    if let pending { return values(of: pending, prefix: "") }
    if current.hasPrefix("--"), !isOptionsEnd, let equals = current.firstIndex(of: "=") {
      let argument = command.argument(named: String(current[..<equals]))
      return argument.map { values(of: $0, prefix: String(current[...equals])) } ?? []
    }
    if current.hasPrefix("-"), !isOptionsEnd {
      let own = options(of: command, without: taken)
      return isVerbPossible ? own + options(of: program, without: taken.union(own.words)) : own
    }
    let found = positional(of: command, after: places, current)
    return isVerbPossible && !current.contains("=") ? verbs + found : found
  }

  /// Those that every run has.
  private static let metrics = ["val", "test"].flatMap { split in
    ["acc1", "acc5", "acc_per_class_mean", "loss"].map { "\(split)/\($0)" }
  }

  private var verbs: [Candidate] {
    (program.subcommands ?? []).filter { $0.shouldDisplay ?? true && $0.commandName != "help" }
      .map { .word($0.commandName, doc: $0.abstract ?? "") }
  }

  private func options(of command: CommandShape, without taken: Set<String>) -> [Candidate] {
    (command.arguments ?? []).filter { $0.kind != .positional && $0.shouldDisplay }.compactMap {
      guard let name = $0.names?.first(where: { $0.kind == "long" }) ?? $0.names?.first,
        !taken.contains(name.text)
      else { return nil }
      return .word(name.text, doc: $0.doc)
    }
  }

  /// What an option takes, by its list of values or by what the help calls its value.
  private func values(of argument: CommandShape.Argument, prefix: String) -> [Candidate] {
    if let values = argument.allValues, !values.isEmpty {
      return values.map { .word(prefix + $0, doc: "") }
    }
    switch argument.valueName {
    case "code": return WarningCodes.all.map { .word(prefix + $0, doc: "") }
    case "data", "folder", "run": return [.files(.folders)]
    case "metric": return Self.metrics.map { .word(prefix + $0, doc: "") }
    case "field":
      return (Self.metrics + ["n", "name", "epochs", "time", "images/s", "memory"])
        .map { .word(prefix + $0, doc: "") }
    case "gate": return GateMetric.names.map { .word(prefix + $0, doc: "") }
    case "file", "path": return [.files(.any)]
    default: return []
    }
  }

  private func positional(
    of command: CommandShape, after places: [String], _ current: String
  ) -> [Candidate] {
    let positionals = command.positionals
    let last = positionals.last
    guard
      let argument = places.count < positionals.count
        ? positionals[places.count] : last?.isRepeating == true ? last : nil
    else { return [] }
    switch argument.valueName {
    case "file" where command.takesExperiments:
      // 'check' takes values among its files.
      guard argument.isRepeating, !places.isEmpty else { return [.files(.yaml)] }
      let keys = overrides(current, places)
      return current.contains("=") ? keys : [.files(.yaml)] + keys
    case "key=value": return overrides(current, places)
    case "name": return names
    case "run", "folder", "paths": return [.files(.folders)]
    default: return [.files(.any)]
    }
  }

  private func overrides(_ current: String, _ places: [String]) -> [Candidate] {
    OverrideCompletion(file: places.first).candidates(current).map {
      .word($0.text, doc: $0.doc)
    }
  }

  /// What can be explained.
  private var names: [Candidate] {
    Chapter.allCases.flatMap { Manual.entries(of: $0) }.map { .word($0.name, doc: $0.summary) }
  }
}

extension CommandShape {
  func subcommand(_ name: String?) -> CommandShape? {
    subcommands?.first { $0.commandName == name && name != "help" }
  }

  /// Whether its first argument is an experiment's file: not so for 'export', which writes one.
  var takesExperiments: Bool { positionals.first?.valueName == "file" }
}

extension [Candidate] {
  fileprivate var words: [String] {
    compactMap { if case .word(let text, _) = $0 { text } else { nil } }
  }
}
