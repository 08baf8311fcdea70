import ArgumentParser
import Diagnostics
import Glibc
import Models

/// `xrun fetch BACKBONE [NAME]`
struct FetchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Downloads published weights, checked, to where experiments find them.",
    discussion: """
      Example: xrun fetch resnet18

      The file's checksum is in its published name. It goes to XRUN_WEIGHTS_DIR or
      to ~/.cache/xrun/weights. XRUN_MIRROR names another server's folder with the
      same files. A download that broke off goes on where it ended.
      Next: state 'weights: IMAGENET1K_V1' in an experiment.
      """)

  @Argument(help: "The model, such as resnet18; 'xrun explain' lists all.")
  var backbone: String

  @Argument(help: "torchvision's name of the weights.")
  var name: String = "IMAGENET1K_V1"

  func run() throws {
    // 1. Which file that is.
    let names = PublishedWeights.names(of: backbone)
    guard !names.isEmpty else {
      let known = BackboneCatalogue.names
      let near = Suggestion.closest(to: backbone, among: known).map { "did you mean '\($0)'?" }
      try Reading.refuse([
        Reading.fail(
          "unknown-backbone", "there are no published weights of '\(backbone)'",
          help: near ?? "choose \(Suggestion.list(known, joinedBy: "or"))")
      ])
      return
    }
    guard let weights = PublishedWeights.find(name, of: backbone) else {
      try Reading.refuse([
        Reading.fail(
          "unknown-weights", "'\(backbone)' has no published weights '\(name)'",
          help: "it has \(Suggestion.list(names))")
      ])
      return
    }
    guard let folder = NamedWeights.folders.first else {
      throw ValidationError("neither XRUN_WEIGHTS_DIR nor HOME says where to put the file")
    }

    // 2. The file.
    let download = WeightsDownload(weights, to: folder)
    do {
      Terminal.error("fetching \(download.url)")
      let outcome = try download.run(showsProgress: Terminal.redraws(STDERR_FILENO))
      if outcome == .wasThere { Terminal.error("the file is there already, and has its checksum") }
    } catch {
      Reading.report([Reading.fail("failed-download", error, help: error.help)])
      throw Outcome.machineFailed.exit
    }
    Terminal.value(download.target)
  }
}
