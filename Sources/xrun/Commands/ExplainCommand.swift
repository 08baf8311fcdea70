import ArgumentParser
import Diagnostics
import Glibc
import Manual
import Tensors

/// `xrun explain [NAME|CODE]`
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Explains a component, a key or a message's code.",
    discussion: """
      Examples: xrun explain RandomRotation
                xrun explain train.batch_size
                xrun explain unknown-key

      Without a name: lists all that can be explained.
      Next: 'xrun check FILE' tries what you have learned.
      """)

  @Argument(
    help: ArgumentHelp(
      "A transform, optimizer, scheduler, loss, backbone, key, argument or code.",
      valueName: "name"))
  var name: String?

  @Option(help: .hidden)
  var write: String?

  func run() throws {
    if let write { return try Self.write(to: write) }
    guard let name else { return Terminal.print(Explanation.everything()) }
    switch Explanation.of(name) {
    case .found(let text): Terminal.print(text)
    case .unknown(let suggestion):
      Reading.report([
        .error(
          "unknown-name", "there is nothing called '\(name)' to explain", at: nil,
          help: suggestion.map { "did you mean '\($0)'?" }
            ?? "'xrun explain' lists all that there is")
      ])
      throw Outcome.wrongInput.exit
    }
  }

  /// Writes the reference pages into a folder, and removes those that are none any more.
  private static func write(to folder: String) throws {
    try Reading.writing { () throws(FileError) in
      for change in try ReferenceFolder.renew(folder) { Terminal.error(change) }
    }
  }
}
