import Diagnostics
import Runs

/// The results of all gates of one run, with what tells the run apart.
package struct GateSuite: Sendable {
  /// The run's name, or the experiment's where there is no run yet.
  package let name: String
  package let results: [GateResult]
  /// Why nothing could be run, or gates could not be read, so that there are no results of them; empty where they could.
  package let refusal: [Diagnostic]
  /// What is known of the run, by name.
  package let properties: [(name: String, value: String)]
  /// Of training and validation; nil where nothing is known.
  package let seconds: Double?
  /// When the run ended, ISO 8601 in UTC.
  package let time: String?
  package let host: String?

  package init(_ name: String, _ results: [GateResult]) {
    self.name = name
    self.results = results
    refusal = []
    (properties, seconds, time, host) = ([], nil, nil, nil)
  }

  /// Of what was refused before there was anything to check.
  package init(_ name: String, refusedFor diagnostics: [Diagnostic]) {
    self.name = name
    results = []
    refusal = diagnostics
    (properties, seconds, time, host) = ([], nil, nil, nil)
  }

  /// - Parameter refusal: why gates that belong to the run are not among the results; empty where they are.
  package init(_ run: RunReader, _ results: [GateResult], refusedFor refusal: [Diagnostic] = []) {
    name = run.folder.name
    self.results = results
    self.refusal = refusal
    let record = run.record
    var properties = [(name: "run", value: run.folder.path)]
    if let record {
      properties += [
        ("name", record.name), ("seed", "\(record.seed)"),
        ("configuration", record.configuration), ("status", record.status.rawValue),
        ("xrun", record.version),
      ]
    }
    self.properties = properties
    seconds = run.summary.seconds
    time = record?.ended ?? record?.started
    host = record?.machine.host
  }

  package func count(_ outcome: GateResult.Outcome) -> Int {
    results.count { $0.outcome == outcome }
  }

  /// Whether any gate said no.
  package var hasFailed: Bool { results.contains(where: \.isFailure) }

  /// Whether all that was to be looked at was.
  package var isComplete: Bool { refusal.isEmpty && count(.notChecked) == 0 }
}

extension [GateSuite] {
  package var hasFailed: Bool { contains(where: \.hasFailed) }

  /// Errors and warnings of all gates; with several runs each says which it is about.
  package var diagnostics: [Diagnostic] {
    flatMap { suite in
      suite.refusal
        + suite.results.compactMap { $0.diagnostic(of: count > 1 ? suite.name : nil) }
    }
  }

  /// `1 gate failed, 2 passed`; nothing where there is none.
  package var summary: String {
    let all = flatMap(\.results)
    let failed = all.count(where: \.isFailure)
    let parts = [
      ("failed", failed), ("passed", all.count { $0.outcome == .passed }),
      ("inconclusive", all.count { $0.outcome == .inconclusive && !$0.isFailure }),
      ("not checked", all.count { $0.outcome == .notChecked }),
    ].filter { $0.1 > 0 }
    guard let first = parts.first else { return "" }
    return
      ([Counted.of(first.1, "gate") + " " + first.0] + parts.dropFirst().map { "\($0.1) \($0.0)" })
      .joined(separator: ", ")
  }
}
