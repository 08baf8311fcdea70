/// What a command takes, as the argument parser tells it (`--experimental-dump-help`).
package struct CommandShape: Sendable, Decodable {
  package let commandName: String
  package let abstract: String?
  package let defaultSubcommand: String?
  package let shouldDisplay: Bool?
  package let subcommands: [CommandShape]?
  package let arguments: [Argument]?

  /// A positional argument, an option or a flag.
  package struct Argument: Sendable, Decodable {
    package enum Kind: String, Sendable, Decodable { case positional, option, flag }
    package struct Name: Sendable, Decodable {
      package let kind: String
      package let name: String
      var text: String { (kind == "long" ? "--" : "-") + name }
    }

    package let kind: Kind
    package let shouldDisplay: Bool
    package let isRepeating: Bool
    package let names: [Name]?
    package let valueName: String?
    package let allValues: [String]?
    package let abstract: String?

    /// The first sentence of the help.
    var doc: String {
      let text = abstract ?? ""
      guard let end = text.firstRange(of: ". ") else { return text }
      return String(text[..<end.lowerBound]) + "."
    }
  }

  /// The dump's outermost object.
  package struct Dump: Sendable, Decodable {
    package let command: CommandShape
  }

  func argument(named text: String) -> Argument? {
    arguments?.first { $0.names?.contains { $0.text == text } ?? false }
  }

  var positionals: [Argument] { arguments?.filter { $0.kind == .positional } ?? [] }
}
