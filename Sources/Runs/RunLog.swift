import Diagnostics
import Tensors

/// `log.txt`: what a run said, each line with its time.
package final class RunLog {
  private let file: LineFile

  package init(_ folder: RunFolder) throws(FileError) { file = try LineFile(folder.log) }

  /// A full disk must not end a run because of its log, so failures are not reported.
  package func line(_ text: String) {
    try? file.append("\(RunRecord.now())  \(VisibleText.of(text))")
  }
}
