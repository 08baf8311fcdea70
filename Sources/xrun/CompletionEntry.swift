import Completion
import FoundationEssentials
import Glibc

/// What shells ask of the program, before its arguments are parsed.
enum CompletionEntry {
  /// Answers a shell; false where the arguments are a user's.
  static func answered(_ arguments: [String]) -> Bool {
    guard arguments.count > 1 else { return false }
    switch arguments[1] {
    case "---complete":
      answer(Array(arguments.dropFirst(2)))
      return true
    case "--generate-completion-script":
      let named = arguments.count > 2 ? arguments[2] : shellOfUser
      // Another shell is the parser's to refuse.
      guard let script = CompletionScript(rawValue: named) else { return false }
      Terminal.write(script.text, to: STDOUT_FILENO)
      return true
    default: return false
    }
  }

  private static func answer(_ arguments: [String]) {
    let dump = Data(XRun._dumpHelp().utf8)
    guard let program = try? JSONDecoder().decode(CommandShape.Dump.self, from: dump).command
    else { return }
    let completion = CommandLineCompletion(program)
    let candidates: [Candidate]
    if arguments.first == CompletionScript.bash.rawValue {
      guard arguments.count == 3 else { return }
      let line = BashLine(arguments[2], breaks: arguments[1])
      candidates = line.replies(completion.candidates(line.words))
    } else {
      candidates = completion.candidates(Array(arguments.dropFirst()))
    }
    Terminal.write(candidates.map { $0.line + "\n" }.joined(), to: STDOUT_FILENO)
  }

  private static var shellOfUser: String {
    let path = getenv("SHELL").map { String(cString: $0) } ?? ""
    return String(path.split(separator: "/").last ?? "")
  }
}
