import ArgumentParser
import Kernels
import Tensors
import Training

/// `xrun doctor`
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Says what computes on this machine, and what is wrong with it.",
    discussion: "Example: xrun doctor")

  func run() throws {
    let report = MachineReport()
    Terminal.print("xrun        \(XRunVersion.text)")
    Terminal.print("processor   \(report.processor), \(Threads.processors) usable")
    Terminal.print("kernels     \(ComputeLibraries.instructionSet)")
    Terminal.print("provider    \(ProviderKind.best.rawValue)")
    for line in ComputeLibraries.report() { Terminal.print(line) }
  }
}
