import ArgumentParser
import Experiments
import Reports
import Training

/// `xrun plan FILE [key=value …]`
struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Shows what an experiment would do, without doing it.",
    discussion: """
      Example: xrun plan experiments/two_phase.yaml

      Prints the resolved values with their origins, and for every phase what is
      trained, what is frozen, the layers, the work and the memory.
      Next: 'xrun FILE' trains.
      """)

  @Argument(help: "An experiment file.")
  var file: String

  @Argument(help: ArgumentHelp("Values to set, such as optimizer.lr=3e-4.", valueName: "key=value"))
  var overrides: [String] = []

  func run() throws {
    let experiment = try Reading.experiment(file, overrides)
    let data = try Reading.data(experiment, scans: false)
    let plan = try Reading.plan(experiment, classes: data.classes.count)
    Terminal.print(
      try PlanReport(plan, data: data.summary).text())
  }
}
