import ArgumentParser
import Diagnostics
import Glibc
import Machines

/// `xrun doctor`
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Says what computes on this machine, and what is wrong with it.",
    discussion: """
      Example: xrun doctor

      Measures for about a second. Ends with code 3 where something stops every run.
      Next: 'xrun explain CODE' says more of a problem.
      """)

  @Flag(help: "As JSON, for other programs; docs/guide/doctor.md has the keys.")
  var json = false

  @Flag(inversion: .prefixedNo, help: "Measure how fast it is.")
  var speed = true

  @Flag(help: "Ask the server of published weights too: five seconds at most.")
  var network = false

  func run() throws {
    let machine = Machine.read(
      version: XRunVersion.text, measures: speed, asksServer: network)
    let problems = MachineProblems.find(in: machine)
    if json {
      Terminal.data(MachineJSON(machine, problems: problems).text())
    } else {
      Terminal.print(MachineText(machine).text() + "\n")
      let format = DiagnosticFormat.text(
        isColoured: Terminal.colours(STDOUT_FILENO), width: Terminal.width(STDOUT_FILENO))
      Terminal.write(
        problems.isEmpty ? "nothing is wrong\n" : problems.rendered(as: format), to: STDOUT_FILENO)
    }
    if problems.hasErrors { throw Outcome.machineFailed.exit }
  }
}
