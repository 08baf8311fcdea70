import ArgumentParser
import Diagnostics
import Experiments
import Images
import Petals
import Reports
import Tensors
import Training

/// `xrun plan FILE [key=value …]`
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Shows what an experiment would do, without doing it.",
    usage: "xrun plan <file> [<key=value> ...] [options]",
    discussion: """
      Example: xrun plan experiments/two_phase.yaml

      One screen to review an experiment by: data, pipelines with shapes and value
      ranges, and for every phase what is trained and frozen, the rates, work,
      memory and about how long it takes on this machine.
      Where pictures or weights are missing the rest is shown, and the code is 2.
      Next: 'xrun FILE' trains.
      """)

  @Argument(help: "An experiment file.")
  var file: String

  @Argument(help: ArgumentHelp("Values to set, such as optimizer.lr=3e-4.", valueName: "key=value"))
  var overrides: [String] = []

  /// What is printed in place of the screen.
  enum Form: String, EnumerableFlag {
    case values, graph, dot, json

    static func help(for value: Form) -> ArgumentHelp? {
      switch value {
      case .values: "Print all values, each with its origin."
      case .graph: "Print the network layer by layer, with parameters and work."
      case .dot: "Print the training graph of a phase for Graphviz."
      case .json: "Print everything as one JSON object."
      }
    }
  }

  @Flag(exclusivity: .exclusive)
  var form: Form?

  @Option(help: "The phase for --graph and --dot, by name; for --dot the first by default.")
  var phase: String?

  @OptionGroup var machine: MachineOptions
  @OptionGroup var lints: LintOptions

  func run() throws {
    if phase != nil, form != .graph, form != .dot {
      throw ValidationError("'--phase' goes with '--graph' or '--dot'")
    }
    // 1. The experiment, whatever files it misses.
    var (loaded, diagnostics) = ExperimentLoader.load(path: file, overrides: overrides)
    Reading.report(diagnostics.notAllowedByComments().allowing(lints.codes))
    let missesFiles = loaded == nil
    if missesFiles {
      (loaded, _) = ExperimentLoader.load(path: file, overrides: overrides, checksFiles: false)
    }
    guard let experiment = loaded else { throw Outcome.wrongInput.exit }
    // 2. Its pictures, counted.
    var found = pictures(of: experiment, missesFiles: missesFiles)
    let plan = try Reading.plan(experiment, classes: found.overview.classes)
    // Which pictures validate decides how many train, so an expected number proves nothing.
    var problems = plan.weightsProblem().map { [$0] } ?? []
    if let train = found.overview["train"], !train.isExpected {
      problems += plan.batchProblems(pictures: train.pictures)
    }
    Reading.report(problems)
    if !problems.isEmpty { found.isWrong = true }
    Reading.lint(plan, data: found.data, lints)
    // 3. What was asked for.
    try print(plan, found)
    if missesFiles || found.isWrong { throw Outcome.wrongInput.exit }
  }

  private struct Pictures {
    var overview: DataOverview
    /// Nil where they were not looked at.
    var data: ExperimentData?
    var isWrong = false
  }

  private func pictures(of experiment: Experiment, missesFiles: Bool) -> Pictures {
    var settings = experiment.data
    // Without their names' file classes go by their folders.
    if let file = settings.classNames, FilePath.entry(at: file) != .file, missesFiles {
      settings.classNames = nil
    }
    // An embedded set that nobody used yet is not drawn for a look at a plan.
    if case .builtin(let name) = settings.source, let set = PetalSet.named(name),
      !set.isWritten(at: set.cacheDirectory()), let overview = DataOverview.builtin(settings)
    {
      return Pictures(overview: overview)
    }
    let (data, diagnostics) = ExperimentData.find(
      settings, seed: experiment.seed, scans: false, splits: false, threads: Threads.processors)
    // What is missing was said already.
    if data != nil || !missesFiles {
      Reading.report(diagnostics.notAllowedByComments().allowing(lints.codes))
    }
    guard let data else { return Pictures(overview: .absent(settings), isWrong: true) }
    return Pictures(overview: data.overview(of: settings), data: data)
  }

  private func print(_ plan: ExperimentPlan, _ pictures: Pictures) throws {
    switch form {
    case .values: Terminal.value(plan.experiment.resolvedYAML())
    case .graph:
      Terminal.print(try PlanGraphReport(plan).text(phase == nil ? plan.phases : [chosen(plan)]))
    case .dot:
      let phase = try chosen(plan)
      let batch = phase.phase.train.batchSize
      Terminal.value(
        try phase.trainingGraph(batch: batch).dot(
          name: "\(plan.experiment.name), phase \(phase.phase.name), batch of \(batch)"))
    case .json, nil:
      let figures = try PlanFigures(plan)
      let options = try machine.options(workers: plan.experiment.data.workers)
      var estimate: (time: TimeEstimate, memory: MemoryEstimate)?
      do {
        estimate = try SpeedProbe.measure(
          plan, data: pictures.overview, samples: pictures.data?.samples(.train) ?? [],
          options: options, isCached: try Reading.store() != nil)
      } catch {
        Terminal.error("time and memory are not estimated: \(error)")
      }
      if form == .json {
        Terminal.data(
          PlanJSON(
            plan, data: pictures.overview, figures: figures, time: estimate?.time,
            memory: estimate?.memory
          ).text())
      } else {
        let threads = "\(options.threads) \(options.threads == 1 ? "thread" : "threads")"
        let isPartial = pictures.data == nil ? ", without loading" : ""
        Terminal.print(
          PlanReport(
            plan, data: pictures.overview, figures: figures, time: estimate?.time,
            memory: estimate?.memory,
            machine: "\(threads), \(options.provider.rawValue)\(isPartial)"
          ).text())
      }
    }
  }

  private func chosen(_ plan: ExperimentPlan) throws -> PhasePlan {
    let name = phase ?? plan.phases[0].phase.name
    if let phase = plan.phases.first(where: { $0.phase.name == name }) { return phase }
    let names = plan.phases.map(\.phase.name)
    throw ValidationError(
      "there is no phase '\(name)'; choose \(Suggestion.list(names, joinedBy: "or"))")
  }
}
