import ArgumentParser
import Diagnostics
import Experiments
import Images
import Pages
import Reports
import Runs
import Training

/// `xrun predict RUN PATH…`
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Names pictures with a run's stored weights.",
    usage: "xrun predict <run> <path> ... [options]",
    discussion: """
      Example: xrun predict runs/fc_only-1a2b3c4d-s0 flower.jpg holiday/

      A path is a picture, a folder, or - for a list of paths on standard input:
      find . -name '*.jpg' -print0 | xrun predict RUN - --null

      The run's own evaluation transforms are used. Folders are searched with all
      below them, in a fixed order; hidden entries and links that lead back are
      left out. Answers come as they are found, in the order of the paths. What
      cannot be read is reported, and the others are named; the exit code is
      then 2.

      Next: docs/guide/predict.md says what JSON and CSV have; html is one
      page with the pictures in it.
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument { case text, json, csv, html }

  @Argument(help: ArgumentHelp("A run folder.", valueName: "run"))
  var runFolder: String

  // Called a path, so that shells complete files and folders.
  @Argument(
    help: ArgumentHelp("JPEG or PNG files, folders, or - for a list.", valueName: "path"))
  var paths: [String]

  @Option(help: "How many classes to show for each picture.")
  var top = 5

  @Option(help: "How to write it: text, json (an object a line), csv or html.")
  var format: Format?

  @Flag(help: "The same as --format json.")
  var json = false

  @Flag(
    name: [.customShort("0"), .customLong("null")],
    help: "The list on standard input is separated by NUL, not by lines.")
  var isNullSeparated = false

  @Option(help: "The stored weights: best or last.")
  var weights: Checkpoint = .best

  @OptionGroup var machine: MachineOptions

  func validate() throws {
    guard (1...1000).contains(top) else {
      throw ValidationError("'--top' must be from 1 to 1000, not \(top)")
    }
    if json, let format, format != .json {
      throw ValidationError("--json and --format \(format.rawValue) exclude each other")
    }
    let lists = paths.filter { $0 == "-" }.count
    guard lists <= 1 else { throw ValidationError("'-' is named \(lists) times; once is enough") }
    if isNullSeparated, lists == 0 {
      throw ValidationError("--null is about a list on standard input: name '-' as a path")
    }
  }

  private var written: Format { json ? .json : format ?? .text }

  /// What stands before and after the answers, and what is written of some of them.
  private struct Form {
    var head: String?
    var tail: String?
    let entries: ([Answer]) -> String
  }

  private func form(_ stored: StoredRun, ranks: Int, threads: Int) -> Form {
    if let text = AnswerText(rawValue: written.rawValue) {
      return Form(head: text.header(ranks: ranks)) { answers in
        answers.map { text.entry($0, ranks: ranks) }.joined()
      }
    }
    let page = AnswersPage(
      run: stored.folder.name, weights: weights.rawValue, threads: threads)
    return Form(head: page.head, tail: page.tail, entries: page.entries)
  }

  func run() throws {
    let options = try machine.options(workers: nil)
    let arguments = PathArguments(paths, isNullSeparated: isNullSeparated)
    var (count, failed) = (0, 0)
    do {
      let stored = try StoredRun(
        RunFolder(existing: runFolder), checkpoint: weights, options: options)
      let ranks = min(top, stored.classes.count)
      let form = form(stored, ranks: ranks, threads: options.workers)
      if let head = form.head { try ResultStream.write(head) }
      try stored.predict(PictureWalk { arguments.next() }, top: top) { answers in
        count += answers.count
        failed += answers.count { $0.problem != nil }
        try ResultStream.write(form.entries(answers))
        Reading.report(answers.compactMap(Self.diagnostic))
      }
      if let tail = form.tail { try ResultStream.write(tail) }
    } catch let failure as StoredRun.Failure {
      throw Reading.report(failure)
    }
    guard failed > 0 else { return }
    if count > 1 { Terminal.error("\(failed) of \(count) paths could not be read") }
    throw Outcome.wrongInput.exit
  }

  private static func diagnostic(_ answer: Answer) -> Diagnostic? {
    answer.problem.map { problem in
      .error(
        problem.code,
        problem.code == "missing-file"
          ? "there is no file '\(answer.path)'" : "'\(answer.path)' \(problem.words)", at: nil,
        help: problem.help)
    }
  }
}
