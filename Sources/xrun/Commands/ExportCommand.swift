import ArgumentParser
import Experiments
import Runs
import Training

/// `xrun export RUN FILE`
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes a run's weights to a file of their own.",
    discussion: """
      Example: xrun export runs/fc_only-1a2b3c4d-s0 flowers.safetensors --half

      Names are torchvision's or timm's; the metadata names the classes and the
      transforms.
      Next: state 'weights: flowers.safetensors' in another experiment.
      """)

  @Argument(help: ArgumentHelp("A run folder.", valueName: "run"))
  var runFolder: String

  @Argument(help: "The file to write, ending in .safetensors.")
  var file: String

  @Option(help: "The stored weights: best or last.")
  var weights: Checkpoint = .best

  @Flag(help: "Store matrices and kernels as float16.")
  var half = false

  func validate() throws {
    guard file.hasSuffix(".safetensors") else {
      throw ValidationError("the file must end in .safetensors, and '\(file)' does not")
    }
  }

  func run() throws {
    let target = try Reading.target(file)
    do throws(StoredRun.Failure) {
      let stored = try StoredRun(
        RunFolder(existing: runFolder), checkpoint: weights,
        options: TrainerOptions(threads: 1, workers: 1, provider: .reference))
      try stored.export(to: target, asHalves: half)
    } catch {
      throw Reading.report(error)
    }
    Terminal.value(file)
  }
}
