import ArgumentParser
import Diagnostics
import Experiments
import Glibc
import Loading
import Models
import Runs
import Tensors
import Training

/// What commands share: reading an experiment and telling people what is wrong with it.
enum Reading {
  /// The experiment; otherwise all that is wrong goes to standard error and the command ends with code 2.
  static func experiment(_ file: String, _ overrides: [String]) throws -> Experiment {
    let (experiment, diagnostics) = ExperimentLoader.load(path: file, overrides: overrides)
    let told = diagnostics.notAllowedByComments()
    guard let experiment else { throw Refusal(told) }
    report(told)
    return experiment
  }

  /// Prints diagnostics to standard error, coloured where that is a terminal.
  static func report(_ diagnostics: [Diagnostic], as format: DiagnosticFormat? = nil) {
    guard !diagnostics.isEmpty else { return }
    let width = Terminal.isTerminal(STDERR_FILENO) ? Terminal.width(STDERR_FILENO) : nil
    let text = DiagnosticFormat.text(isColoured: Terminal.colours(STDERR_FILENO), width: width)
    // Rendered, nothing in it can do harm, and its colours are to stay.
    Terminal.write(diagnostics.rendered(as: format ?? text) + "\n", to: STDERR_FILENO)
  }

  /// Ends the command where something is wrong.
  static func refuse(_ problems: [Diagnostic]) throws {
    if !problems.isEmpty { throw Refusal(problems) }
  }

  /// The plan; otherwise as `experiment`.
  static func plan(_ experiment: Experiment, classes: Int) throws -> ExperimentPlan {
    let (plan, diagnostics) = ExperimentPlan.make(experiment, classes: classes)
    guard let plan else { throw Refusal(diagnostics) }
    report(diagnostics)
    return plan
  }
}

/// Which warnings are not wanted.
struct LintOptions: ParsableArguments {
  @Option(
    name: .customLong("allow"), parsing: .singleValue,
    help: ArgumentHelp(
      "Warnings not to give, with commas between; 'xrun explain CODE' says what each means.",
      valueName: "code"))
  var allowed: [String] = []

  func validate() throws {
    let known = WarningCodes.all
    for code in codes.sorted() where !known.contains(code) {
      let meant = Suggestion.closest(to: code, among: known).map { "; did you mean '\($0)'?" } ?? ""
      throw ValidationError("there is no warning '\(code)' to allow\(meant)")
    }
  }

  var codes: Set<String> {
    Set(
      allowed.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }.map(
        String.init))
  }
}

extension Reading {
  /// Says what is probably not meant in an experiment that is right.
  static func lint(_ plan: ExperimentPlan, data: ExperimentData?, _ options: LintOptions) {
    report(
      LintCatalogue.findings(in: LintSubject(plan, data: data?.facts)).allowing(options.codes))
  }

  /// The experiment's pictures; otherwise as `experiment`.
  static func data(
    _ experiment: Experiment, scans: Bool, _ options: LintOptions = LintOptions(),
    cache: PictureCache? = nil
  ) throws -> ExperimentData {
    let (data, diagnostics) = ExperimentData.find(
      experiment.data, seed: experiment.seed, scans: scans, threads: Threads.processors,
      cache: cache)
    let told = diagnostics.notAllowedByComments().allowing(options.codes)
    guard let data else { throw Refusal(told) }
    report(told)
    return data
  }

  /// The store of cached pictures that the environment names; nil where it is off.
  static func store() throws -> PictureStore? {
    do {
      return try PictureStore.named(by: { name in getenv(name).map { String(cString: $0) } })
    } catch {
      throw ValidationError("\(error)")
    }
  }

  /// Where indices of runs are kept; nil where the environment turns caches off.
  static var runIndices: RunIndexStore? {
    RunIndexStore.named { name in getenv(name).map { String(cString: $0) } }
  }

  /// One error without a place in a file, as the last word of a command.
  static func fail(_ code: Diagnostic.Code, _ error: some CustomStringConvertible, help: String?)
    -> Diagnostic
  {
    .error(code, "\(error)", at: nil, help: help)
  }

  /// The weights that the experiment starts from; otherwise as `experiment`.
  static func weights(_ plan: ExperimentPlan, classes: [String]) throws -> StartingWeights {
    do {
      return try StartingWeights.make(
        plan.experiment.model, network: plan.network, classes: classes, seed: plan.experiment.seed)
    } catch {
      throw Refusal([plan.experiment.model.diagnostic(error)])
    }
  }
}

extension Reading {
  /// Writes files that were asked for; a failure is told, and ends the command with code 3.
  static func writing(_ body: () throws(FileError) -> Void) throws {
    do throws(FileError) {
      try body()
    } catch {
      report([fail("machine-failure", error, help: nil)])
      throw Outcome.machineFailed.exit
    }
  }

  /// The absolute path of a file to write; otherwise what is wrong with it is said, and the command ends with code 2.
  static func target(_ file: String) throws -> String {
    let target = absolute(file)
    let folder = FilePath.directory(of: target)
    let problem: String? =
      switch (FilePath.entry(at: folder), FilePath.entry(at: target)) {
      case (.none, _): "there is no folder '\(folder)' to write '\(file)' into"
      case (.file, _): "'\(folder)' is no folder to write '\(file)' into"
      case (_, .directory): "'\(file)' is a folder, not a file to write"
      default: nil
      }
    if let problem {
      try refuse([
        .error("missing-folder", problem, at: nil, help: "make the folder, or name another file")
      ])
    }
    return target
  }
}
