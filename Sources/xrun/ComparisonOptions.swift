import ArgumentParser
import Diagnostics
import Experiments
import Reports
import Runs

/// How runs are compared: what `compare` shows and `report` makes a page of.
struct ComparisonOptions: ParsableArguments {
  @Option(help: "What is compared, such as val/acc1, val/loss or test/acc1.")
  var metric: String?

  @Option(help: ArgumentHelp("One row for each value of a setting.", valueName: "setting"))
  var by: String?

  @Option(help: ArgumentHelp("Order the rows by this; by default the metric.", valueName: "field"))
  var sort: String?

  @Flag(help: "Turn the order round.")
  var reverse = false

  @Option(help: ArgumentHelp("Show the first rows only.", valueName: "count"))
  var top: Int?

  @Option(
    help: ArgumentHelp(
      "Show rows for which this holds, with <, <=, >, >=, ==, !=, and, or, not.",
      valueName: "condition"))
  var filter: String?

  @Option(
    help: ArgumentHelp(
      "The row that holds this run is the baseline; it may lie outside of the paths.",
      valueName: "run"))
  var baseline: String?

  @Option(
    help: ArgumentHelp(
      "The largest difference that does not matter: less is equivalent.", valueName: "difference"))
  var margin: Double?

  @Option(help: "How sure claims and intervals are; by default 0.95.")
  var level: Double?

  @Flag(help: "Leave out columns that are the same in all rows.")
  var onlyChanged = false

  func validate() throws {
    if let top, top < 1 { throw ValidationError("--top must be at least 1, not \(top)") }
    if let margin, !(margin >= 0 && margin.isFinite) {
      throw ValidationError("--margin must be 0 or more, not \(margin)")
    }
    if let level, !(level > 0 && level < 1) {
      throw ValidationError("--level must be between 0 and 1, such as 0.95, not \(level)")
    }
  }

  /// The options that were given, by their names.
  var given: [String] {
    let all: [(String, Bool)] = [
      ("--metric", metric != nil), ("--by", by != nil), ("--sort", sort != nil),
      ("--reverse", reverse), ("--top", top != nil), ("--filter", filter != nil),
      ("--baseline", baseline != nil), ("--margin", margin != nil), ("--level", level != nil),
      ("--only-changed", onlyChanged),
    ]
    return all.filter(\.1).map(\.0)
  }

  /// The comparison of these runs, to which the baseline is added where it is none of them; what is wrong with an
  /// option ends the command.
  ///
  /// - Parameter seeking: for how many rows to say how many more seeds would decide; nil for as many as people read.
  func comparison(of found: inout RunPaths.Found, seeking: Int? = nil) throws -> Comparison {
    var options = Comparison.Options()
    options.metric = metric
    options.by = by
    options.sort = sort
    options.isReversed = reverse
    options.top = top
    options.filter = filter
    options.onlyChanged = onlyChanged
    options.margin = margin
    if let level { options.level = level }
    if let seeking { options.seeking = seeking }
    options.baseline = try baseline.map { try added($0, to: &found) }
    let (comparison, mistakes) = Comparison.make(found.runs, options)
    try Reading.refuse(mistakes)
    guard let comparison else { throw Outcome.wrongInput.exit }
    return comparison
  }

  /// A baseline that is no run of the paths is one all the same where it is a run's folder.
  ///
  /// - Returns: what it is called among the runs.
  private func added(_ baseline: String, to found: inout RunPaths.Found) throws -> String {
    guard !NamedRun(baseline).isAny(of: found.runs), FilePath.entry(at: baseline) == .directory
    else { return baseline }
    let run = try RunPaths.single(baseline)
    found.runs.append(run)
    return run.folder.path
  }
}
