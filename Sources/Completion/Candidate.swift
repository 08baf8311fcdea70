import Experiments

/// What may stand at the cursor.
package enum Candidate: Sendable, Hashable {
  /// A word; the shell puts no space behind one that ends in `=`, `.` or `/`.
  case word(String, doc: String)
  /// The shell's own file names: experiments, any files, or folders.
  case files(Files)

  /// Which files.
  package enum Files: String, Sendable { case yaml, any, folders }

  /// The line for the scripts: `word<tab>what it is`, or `:yaml`, `:any`, `:folders`.
  package var line: String {
    switch self {
    case .word(let text, let doc): doc.isEmpty ? text : "\(text)\t\(doc)"
    case .files(let files): ":\(files.rawValue)"
    }
  }
}
