import ArgumentParser
import Glibc
import Tensors

/// Standard output for results that are written as they come.
enum ResultStream {
  /// Writes all of it.
  ///
  /// - Throws: the command's exit code: success where nobody reads any more, as behind `| head`, for then there is
  ///   nothing left to do; else the reason is told before.
  static func write(_ text: String) throws {
    let bytes = Array(text.utf8)
    do {
      try bytes.withUnsafeBytes {
        try AtomicFile.writeAll($0, to: STDOUT_FILENO, path: "standard output")
      }
    } catch let error as FileError where error.code == EPIPE {
      throw ExitCode.success
    } catch {
      Reading.report([Reading.fail("machine-failure", "\(error)", help: nil)])
      throw Outcome.machineFailed.exit
    }
  }
}
