import ArgumentParser
import Diagnostics
import Glibc
import Images
import Reports
import Runs
import Training

/// `xrun predict RUN PICTURE…`
struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Names pictures with a run's best weights.",
    usage: "xrun predict <run> <pictures> ... [options]",
    discussion: """
      Example: xrun predict runs/fc_only-1a2b3c4d-s0 flower.jpg

      The run's own evaluation transforms are used. Pictures that cannot be read
      are reported, and the others are named; the exit code is then 2.
      """)

  @Argument(help: ArgumentHelp("A run folder.", valueName: "run"))
  var runFolder: String

  @Argument(help: "JPEG or PNG files.")
  var pictures: [String]

  @Option(help: "How many classes to show for each picture.")
  var top = 5

  @Flag(help: "Write JSON, one object for each picture.")
  var json = false

  @OptionGroup var machine: MachineOptions

  func validate() throws {
    guard (1...1000).contains(top) else {
      throw ValidationError("'--top' must be from 1 to 1000, not \(top)")
    }
  }

  func run() throws {
    let options = try machine.options(workers: nil)
    let answers: [StoredRun.Answer]
    do throws(StoredRun.Failure) {
      let stored = try StoredRun(
        RunFolder(existing: runFolder), checkpoint: .best, options: options)
      answers = try stored.predict(pictures, top: top)
    } catch {
      throw Reading.report(error)
    }
    for answer in answers { Terminal.print(json ? line(answer) : text(answer)) }
    let problems = answers.compactMap { answer in
      answer.problem.map { problem -> Diagnostic in
        if case .unreadable(ENOENT) = problem {
          return .error(
            "missing-file", "there is no file '\(answer.path)'", at: nil,
            help: "paths are relative to the working directory")
        }
        return .error("undecodable-picture", "'\(answer.path)' \(problem)", at: nil)
      }
    }
    Reading.report(problems)
    if !problems.isEmpty { throw Outcome.wrongInput.exit }
  }

  private func text(_ answer: StoredRun.Answer) -> String {
    guard let top = answer.top else { return "\(answer.path)\n  not read" }
    let names = top.map { entry in
      "  \(Numbers.fixed(Double(entry.probability), 4))  \(entry.name)"
        + (entry.name == entry.folder ? "" : " (\(entry.folder))")
    }
    return ([answer.path] + names).joined(separator: "\n")
  }

  private func line(_ answer: StoredRun.Answer) -> String {
    let path = JSONRenderer.quoted(answer.path)
    guard let top = answer.top else {
      return
        "{\"path\":\(path),\"error\":\(JSONRenderer.quoted(answer.problem.map { "\($0)" } ?? ""))}"
    }
    let entries = top.map {
      "{\"class\":\(JSONRenderer.quoted($0.folder)),\"name\":\(JSONRenderer.quoted($0.name)),\"probability\":\($0.probability)}"
    }
    return "{\"path\":\(path),\"top\":[\(entries.joined(separator: ","))]}"
  }
}
