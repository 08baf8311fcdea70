import ArgumentParser
import Diagnostics
import Experiments
import Kernels
import Machines
import Tensors
import Training

/// `xrun tune [FILE …]`
struct TuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tune",
    abstract: "Times the ways to compute convolutions, and shows which are taken.",
    discussion: """
      Examples: xrun tune experiments/fc_only.yaml
                make tune

      Every convolution and gradient of the experiments, in their batches, by each
      algorithm that can do it: milliseconds, the chosen one first. Without a file:
      all backbones at 64 px in batches of 128 and at 224 px in batches of 32, some
      minutes.

      Nothing changes by that. Which algorithm a run takes is compiled in, so that
      equal experiments give equal bytes; in xrun's sources 'make tune' renews it,
      and docs/performance.md says how.
      Next: 'xrun doctor' says what else decides how fast it is.
      """)

  @Argument(help: "Experiment files; their pictures need not be there.")
  var files: [String] = []

  @Option(help: ArgumentHelp("Turns that each algorithm gets; the median counts.", valueName: "n"))
  var rounds = 9

  @Option(help: "Compute threads; by default one for each processor that may be used.")
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "As a processor with no more than avx2 or baseline computes.", valueName: "set"))
  var instructions: String?

  @Option(
    help: ArgumentHelp(
      "Renew this instruction set's rows in Sources/Kernels/Tables.", valueName: "folder"))
  var write: String?

  @Flag(help: "Write even where the machine was busy or slow.")
  var force = false

  func validate() throws {
    if !(1...1000).contains(rounds) { throw ValidationError("'--rounds' must be from 1 to 1000") }
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("'--threads' must be from 1 to 256, not \(threads)")
    }
    if let instructions, !ComputeLibraries.instructionSets.contains(instructions) {
      let names = ComputeLibraries.instructionSets.joined(separator: ", ")
      throw ValidationError("'--instructions' must be one of \(names), not '\(instructions)'")
    }
    if force, write == nil { throw ValidationError("'--force' goes with '--write'") }
  }

  func run() throws {
    if let instructions { ComputeLibraries.limit(to: instructions) }
    let cases = try cases()
    guard ProviderKind.onednn.isAvailable else {
      Reading.report([
        .error(
          "provider-unavailable", "there is one way to compute a convolution without oneDNN",
          at: nil, help: "'xrun doctor' says why oneDNN is not used")
      ])
      throw Outcome.machineFailed.exit
    }
    // 1. The machine before, the convolutions, the machine after.
    let before = Machine.read(version: XRunVersion.text)
    var isGood = judge(before)
    let tuning = try measure(cases)
    let after = Machine.read(version: XRunVersion.text)
    if isGood { isGood = judge(after) }
    if let drift = drift(before.speed, after.speed) {
      isGood = false
      Terminal.error("warning: " + drift)
    }
    // 2. What came of it.
    let table = tuning.table(keeping: files.isEmpty ? KernelTable() : .committed)
    let changes = tuning.timings.count { $0.chosen != $0.rule }
    Terminal.print(
      "\n\(tuning.timings.count) measured; for \(changes) something beats the rules beyond doubt")
    if let write { try store(table, in: write, machine: before, isGood: isGood) }
  }

  private func cases() throws -> [ConvolutionCase] {
    if files.isEmpty { return try KernelTuning.standardCases() }
    var cases: [ConvolutionCase] = []
    for file in files {
      let (experiment, diagnostics) = ExperimentLoader.load(path: file, checksFiles: false)
      guard let experiment else {
        Reading.report(diagnostics.notAllowedByComments())
        throw Outcome.wrongInput.exit
      }
      let data = DataOverview.builtin(experiment.data) ?? .absent(experiment.data)
      cases += try KernelTuning.cases(of: Reading.plan(experiment, classes: data.classes))
    }
    return KernelTuning.unique(cases)
  }

  private func measure(_ cases: [ConvolutionCase]) throws -> KernelTuning {
    var tuning = KernelTuning()
    var heading = ""
    for one in cases {
      if KernelTuningText.heading(one) != heading {
        heading = KernelTuningText.heading(one)
        Terminal.print(heading)
      }
      do {
        let timing = try tuning.measure(
          one, threads: threads ?? Threads.processors, rounds: rounds)
        Terminal.print(
          KernelTuningText.line(
            timing, current: KernelTable.committed.rows[one.key]?.algorithm ?? timing.rule))
      } catch {
        Reading.report([Reading.fail("machine-failure", "\(error)", help: nil)])
        throw Outcome.machineFailed.exit
      }
    }
    return tuning
  }

  // MARK: The machine

  /// Says what spoils times; false where something does.
  private func judge(_ machine: Machine) -> Bool {
    let problems = MachineProblems.speed(machine)
    Reading.report(problems)
    return problems.isEmpty
  }

  private func drift(_ before: Calibration?, _ after: Calibration?) -> String? {
    guard let before, let after, before.own.all > 0 else { return nil }
    let ratio = after.own.all / before.own.all
    guard abs(ratio - 1) > 0.15 else { return nil }
    return "products ran at \(Int(before.own.all)) GFLOP/s before and \(Int(after.own.all)) after:"
      + " measure again"
  }

  private func store(
    _ table: KernelTable, in folder: String, machine: Machine, isGood: Bool
  ) throws {
    guard isGood || force else {
      Terminal.error("error: nothing is written, as these times mislead; '--force' writes them")
      throw Outcome.machineFailed.exit
    }
    let oneDNN = ComputeLibraries.oneDNNVersion ?? ""
    let file = KernelTuningText.source(
      table, instructionSet: ComputeLibraries.instructionSet,
      machine:
        "\(machine.processor.name), \(threads ?? Threads.processors) threads, oneDNN \(oneDNN).")
    let path = folder + "/" + file.name
    try Reading.writing { () throws(FileError) in
      try AtomicFile.write(path: path, text: file.text)
    }
    Terminal.error("\(path): \(table.rows.count) rows; build again to use them")
  }
}
