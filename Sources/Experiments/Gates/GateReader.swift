import Declarations
import Diagnostics
import Documents

/// From the values of one gate to the gate, and what is wrong with them together.
struct GateReader {
  private(set) var diagnostics: [Diagnostic] = []
  /// The absolute folder of a run by the text that names it, and where that is written.
  private let run: (String, Span?) -> String

  init(run: @escaping (String, Span?) -> String) {
    self.run = run
  }

  /// Confidence where none is stated and only a stated one makes sense.
  static let standardConfidence = 0.95

  mutating func gate(_ values: Values) -> Gate? {
    // What was wrong alone has been said.
    guard GateSection.declaration.parameters.allSatisfy({ values.entries[$0.name] != nil }) else {
      return nil
    }
    let place = values.span
    let written = GateSection.rules.filter { values.entries[$0] != .null }
    guard let first = written.first else {
      report(
        .error(
          "missing-key",
          "a gate needs one of \(Suggestion.list(GateSection.rules, joinedBy: "and"))",
          at: place, help: "for example '{metric: test/acc1, at_least: 0.85}'"))
      return nil
    }
    guard written.count == 1 else {
      report(
        .error(
          "conflicting-keys", "a gate takes one of \(Suggestion.list(GateSection.rules))",
          at: values.span(of: written[1]), labels: .at(values.span(of: first), "the first"),
          help: "make two gates of them"))
      return nil
    }
    guard let (metric, rule) = rule(values, first) else { return nil }
    if first != GateSection.maxDrop.name, case .string? = values.entries["baseline"] {
      bad("'baseline' is for 'max_drop' alone", values.span(of: "baseline"), "leave it out")
      return nil
    }
    // Certainty.
    let stated = values[GateSection.confidence]
    if stated != nil, first != GateSection.maxDrop.name, !metric.isProportion {
      bad(
        "chance is known of shares of pictures alone, not of '\(metric.name)'",
        values.span(of: "confidence"),
        "leave 'confidence' out, or take \(Suggestion.list(GateMetric.proportions, joinedBy: "or"))"
      )
      return nil
    }
    let isDrop = first == GateSection.maxDrop.name
    let confidence = stated ?? (isDrop ? Self.standardConfidence : nil)
    let fails = values[GateSection.inconclusive] == "fail"
    if fails, confidence == nil {
      bad(
        "without 'confidence' a gate is never inconclusive", values.span(of: "inconclusive"),
        "leave 'inconclusive' out, or state a 'confidence'")
      return nil
    }
    return Gate(
      metric, rule, confidence: confidence, failsInconclusive: fails,
      places: Places(values.origins, section: values.span))
  }

  private mutating func rule(
    _ values: Values, _ key: String
  ) -> (metric: GateMetric, rule: Gate.Rule)? {
    let name = values[GateSection.metric]
    // 1. A text says all.
    if let text = values[GateSection.condition] {
      if name != nil {
        report(
          .error(
            "conflicting-keys", "the metric stands in 'condition' already",
            at: values.span(of: "metric"), labels: .at(values.span(of: "condition"), "here"),
            help: "leave 'metric' out"))
        return nil
      }
      let (condition, mistake) = GateCondition.parse(text, at: values.span(of: "condition"))
      if let mistake { report(mistake) }
      return condition.map { ($0.metric, .limit($0.comparator, $0.limit)) }
    }
    // 2. Else a metric, and one limit.
    guard let name, let metric = GateMetric(name) else {
      report(
        .error(
          "missing-key", "'\(key)' needs a 'metric'", at: values.span(of: key),
          help: "'metric': \(GateSection.metric.doc)"))
      return nil
    }
    if let drop = values[GateSection.maxDrop] {
      guard let baseline = values[GateSection.baseline] else {
        report(
          .error(
            "missing-key", "'max_drop' needs a 'baseline'", at: values.span(of: key),
            help: "'baseline': \(GateSection.baseline.doc)"))
        return nil
      }
      guard metric.isPaired else {
        bad(
          "'max_drop' counts pictures that are right, so it cannot be about '\(name)'",
          values.span(of: "metric"), "take \(Suggestion.list(GateMetric.paired, joinedBy: "or"))")
        return nil
      }
      return (metric, .maxDrop(drop, baseline: run(baseline, values.span(of: "baseline"))))
    }
    let (comparator, limit) =
      values[GateSection.atLeast].map { (Gate.Comparator.atLeast, $0) }
      ?? (.atMost, values[GateSection.atMost] ?? .nan)
    if let problem = Self.rangeProblem(metric, limit) {
      report(
        .error(
          "bad-gate", problem.message, at: values.span(of: key), label: problem.label,
          help: "accuracies are shares, losses and measurements are not negative"))
      return nil
    }
    return (metric, .limit(comparator, limit))
  }

  /// Why a value that a metric cannot have is no limit; nil where it can.
  static func rangeProblem(
    _ metric: GateMetric, _ limit: Double
  ) -> (message: String, label: String)? {
    if metric.isAccuracy, limit > 1 || limit < 0 {
      let isPercent = limit > 1 && limit <= 100
      return (
        "'\(metric.name)' is from 0 to 1, never \(Gate.number(limit))",
        isPercent ? "write \(Gate.number(limit / 100))" : ""
      )
    }
    return limit < 0 ? ("'\(metric.name)' is never negative", "") : nil
  }

  private mutating func bad(_ message: String, _ span: Span?, _ help: String) {
    report(.error("bad-gate", message, at: span, help: help))
  }

  private mutating func report(_ diagnostic: Diagnostic) { diagnostics.append(diagnostic) }
}

extension Gate {
  /// A gate of the command line: a text, or a mapping as in a file.
  ///
  /// - Parameter directory: what a baseline is relative to, absolute.
  package static func parse(
    argument text: String, in directory: String = FilePath.workingDirectory
  ) -> (gate: Gate?, diagnostics: [Diagnostic]) {
    let source = SourceText(name: "<argument --gate>", text: text, isFile: false)
    let whole = Span(source, 0..<source.bytes.count)
    var reader = GateReader { path, _ in FilePath.absolute(path, in: directory) }
    guard text.drop(while: \.isWhitespace).first == "{" else {
      var values = GateSection.declaration.values()
      values.span = whole
      values.set(GateSection.condition.name, .string(text), .written(whole))
      return (reader.gate(values), reader.diagnostics)
    }
    let (root, problems) = DocumentParser.parse(source)
    guard let root, !problems.hasErrors else { return (nil, problems) }
    var decoder = Decoder(families: [])
    let values = decoder.section(root, GateSection.declaration)
    let gate = values.flatMap { reader.gate($0) }
    return (gate, (decoder.diagnostics + reader.diagnostics).inOrder(of: [source]))
  }

  /// What is wrong with gates for want of pictures or runs: found before anything is trained.
  package static func problems(of gates: [Gate], data: DataSettings) -> [Diagnostic] {
    gates.flatMap { gate in
      [gate.missingSplit(data), gate.missingBaseline].compactMap { $0 }
    }
  }

  private func missingSplit(_ data: DataSettings) -> Diagnostic? {
    guard metric.split == "test", !ExperimentChecks.hasTest(data) else { return nil }
    let place = places.span(of: metricKey)
    return .error(
      "no-test-split", "the gate is about '\(metric.name)', and the data has no test split",
      at: place, help: "add a folder of test pictures, or take 'val/\(metric.kind)'")
  }

  private var metricKey: String {
    if case .written? = places["metric"] { "metric" } else { "condition" }
  }

  private var missingBaseline: Diagnostic? {
    guard case .maxDrop(_, let baseline) = rule, let split = metric.split else { return nil }
    let place = places.span(of: "baseline")
    if let problem = ExperimentChecks.missing(
      baseline, .directory, at: place, in: FilePath.workingDirectory, baseName: "")
    {
      return .error(
        "missing-run", problem.message, at: place, label: problem.primary?.text ?? "",
        help: "name a run folder; 'runs/NAME' in a file is one of this experiment's 'runs'")
    }
    let names = ["predictions/\(split).csv", "run.json"]
    guard !names.contains(where: { FilePath.entry(at: "\(baseline)/\($0)") == .file }) else {
      return nil
    }
    return .error(
      "missing-run", "'\(baseline)' is no run's folder", at: place,
      help: "a run has 'run.json' and 'predictions'; 'xrun ls' lists runs")
  }
}
