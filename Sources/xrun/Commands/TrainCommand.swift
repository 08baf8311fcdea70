import ArgumentParser
import Diagnostics
import Experiments
import Gates
import Glibc
import Images
import Kernels
import Loading
import Pages
import Reports
import Runs
import TensorBoard
import Tensors
import Training

/// `xrun FILE [key=value …]`: the command without a verb.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains an experiment (the verb may be left out).",
    usage: "xrun <file> [<key=value> ...] [options]",
    discussion: """
      Example: xrun experiments/fc_only.yaml optimizer.lr=3e-3 seed=1

      Prints the run folder's path. Ctrl-C ends the run at the next step with its
      weights kept, and code 75; a second Ctrl-C ends it at once. A gate of the
      file, or of --gate, that fails gives code 1.
      Next: 'xrun compare runs/' and 'xrun predict RUN PICTURE…'.
      """)

  // Optional, so that an unknown option is named before the file that is missing too.
  @Argument(help: "An experiment file.")
  var file: String?

  @Argument(help: ArgumentHelp("Values to set, such as optimizer.lr=3e-4.", valueName: "key=value"))
  var overrides: [String] = []

  @OptionGroup var machine: MachineOptions
  @OptionGroup var lints: LintOptions
  @OptionGroup var gating: GateOptions

  @Flag(help: "Print nothing but errors and the run folder's path.")
  var quiet = false

  func run() throws {
    guard let file, !isOverride(file) else {
      throw ValidationError(
        "name an experiment file" + (file.map { " before '\($0)'" } ?? "")
          + ", such as experiments/fc_only.yaml")
    }
    try refuseVerb(file)
    try gating.filingRefusals(of: file) { try train(file) }
  }

  private func train(_ file: String) throws {
    Interrupts.install()
    // 1. Everything that can be wrong is found before a picture is trained on.
    var experiment = try Reading.experiment(file, overrides)
    let given = try gating.gates()
    try Reading.refuse(Gate.problems(of: given, data: experiment.data))
    experiment.gates += given
    let cache = try Reading.store().map { PictureCache($0, experiment) }
    let data = try Reading.data(experiment, scans: true, lints, cache: cache)
    let plan = try Reading.plan(experiment, classes: data.classes.count)
    if !quiet { Reading.lint(plan, data: data, lints) }
    try Reading.refuse(plan.batchProblems(pictures: data.samples(.train)?.count ?? 0))
    let weights = try Reading.weights(plan, classes: data.classes)
    let options = try machine.options(workers: experiment.data.workers)

    // 2. The run.
    let observer = ProgressObserver(isQuiet: quiet)
    let events = TensorBoardObserver(warn: observer.say)
    let session: Session
    Interrupts.begin()
    do {
      session = try Session(
        plan, data: data, weights: weights, source: source(of: file), options: options,
        invocation: Session.Invocation(
          command: CommandLine.arguments, version: XRunVersion.text, commit: XRunVersion.commit),
        observer: ObserverGroup([observer, events]))
    } catch {
      throw withoutChecking(experiment, nil, "\(error)", isBroken: true) { report(error) }
    }
    observer.say("data     \(data.summary)")
    if let report = data.cacheReport {
      for line in CacheText.lines(report) { observer.say("cache    \(line)") }
    }
    observer.say("weights  \(weights.summary)")
    observer.say("run      \(session.folder.path)")
    events.begin(
      settings: RunSettings(file: session.folder.resolved).values,
      configuration: experiment.resolvedYAML(), group: experiment.shortHash, in: session.folder)
    let end = session.run()
    events.end(end, in: session.folder, of: data)
    observer.finish()

    // 3. What came of it.
    switch end {
    case .completed:
      if let best = session.best {
        observer.say(
          "best     \(best.metric) \(Numbers.fixed(best.value, 4)) in phase '\(best.phase)', epoch \(best.epoch)"
        )
      }
      writeReport(session.folder, threads: options.workers, observer)
      Terminal.value(session.folder.path)
      try check(experiment.gates, RunReader(session.folder.path))
    case .stopped(let signal):
      Terminal.error(
        "stopped by \(signal); 'last.safetensors' in \(session.folder.path) has the weights so far")
      throw withoutChecking(
        experiment, session.folder, "the run was stopped by \(signal)", isBroken: false
      ) { Outcome.stopped.exit }
    case .diverged(let error), .failed(let error):
      throw withoutChecking(experiment, session.folder, "\(error)", isBroken: true) {
        report(error)
      }
    }
  }

  /// Holds the gates against the finished run.
  private func check(_ gates: [Gate], _ run: RunReader) throws {
    let suite = GateSuite(run, GateCheck.results(gates, GateSubject(run)))
    try gating.report([suite], isQuiet: quiet)
    if suite.hasFailed { throw Outcome.refused.exit }
    if suite.count(.notChecked) > 0 { throw Outcome.machineFailed.exit }
  }

  /// What ended the run is no gate's fault: the code is its own, and files say that nothing was checked.
  private func withoutChecking(
    _ experiment: Experiment, _ folder: RunFolder?, _ reason: String, isBroken: Bool,
    _ said: () -> ExitCode
  ) -> ExitCode {
    let code = said()
    let results = GateCheck.notChecked(experiment.gates, reason, isBroken: isBroken)
    let suite = folder.map { GateSuite(RunReader($0.path), results) }
    // A file that cannot be written either has been told; the first failure decides.
    try? gating.report([suite ?? GateSuite(experiment.name, results)], isQuiet: quiet)
    return code
  }

  /// The run is done and good, whatever comes of its page.
  private func writeReport(_ folder: RunFolder, threads: Int, _ observer: ProgressObserver) {
    do throws(FileError) {
      try RunPage.write(folder, threads: threads)
      observer.say("report   \(folder.report)")
    } catch {
      Terminal.error("warning: the report was not written: \(error)")
    }
  }

  /// A misspelt verb would be a file that is not there.
  private func refuseVerb(_ word: String) throws {
    guard !word.contains("/"), !word.contains("."), FilePath.entry(at: word) == .none else {
      return
    }
    let verbs = XRun.configuration.subcommands.compactMap { $0.configuration.commandName }
    guard let verb = Suggestion.closest(to: word, among: verbs) else { return }
    throw ValidationError("there is no verb and no file '\(word)'; did you mean 'xrun \(verb)'?")
  }

  private func source(of file: String) throws -> [UInt8] {
    var bytes = FileBytes()
    do { try bytes.read(file) } catch { throw Outcome.wrongInput.exit }
    return Array(bytes.bytes)
  }

  /// Says what ended the run, and gives the exit code for it.
  private func report(_ error: any Error) -> ExitCode {
    guard let error = error as? TrainingError else { return Outcome.bug.exit }
    let (code, outcome): (Diagnostic.Code, Outcome) =
      switch error {
      case .diverged: ("diverged", .diverged)
      case .frozenMoved: ("frozen-moved", .bug)
      case .interrupted: ("stopped", .stopped)
      case .batchShape: ("shape-mismatch", .wrongInput)
      case .noBatches: ("no-batches", .wrongInput)
      case .loading: ("unreadable-picture", .wrongInput)
      case .kernel, .file, .weights: ("machine-failure", .machineFailed)
      }
    Reading.report([Reading.fail(code, error, help: error.help)])
    return outcome.exit
  }
}

/// How commands that compute use the machine.
struct MachineOptions: ParsableArguments {
  @Option(help: "Compute threads; by default one for each processor that may be used.")
  var threads: Int?

  @Option(help: "Kernels from: onednn, openblas or reference; by default the best that is there.")
  var provider: ProviderKind?

  func validate() throws {
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("'--threads' must be from 1 to 256, not \(threads)")
    }
  }

  func options(workers: Int?) throws -> TrainerOptions {
    if let provider, !provider.isAvailable {
      throw Refusal(
        [
          .error(
            "provider-unavailable", "the provider '\(provider.rawValue)' cannot be used here",
            at: nil,
            help: "'xrun doctor' says why")
        ], .machineFailed)
    }
    let processors = Threads.processors
    return TrainerOptions(
      threads: threads ?? processors, workers: workers ?? processors,
      provider: provider ?? .best)
  }
}

extension ProviderKind: ExpressibleByArgument {}
