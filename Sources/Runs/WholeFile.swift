import Glibc
import Images

/// Reads files of run folders whole; what is no regular file, such as a pipe, is not waited for.
package enum WholeFile {
  /// Why a file has no bytes to give; the message names it.
  package struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
    package let path: String
    package let reason: String

    package init(_ path: String, _ reason: String) {
      self.path = path
      self.reason = reason
    }

    package var description: String { "\(path): \(reason)" }
  }

  package static func read(_ path: String) throws(Problem) -> [UInt8] {
    var file = FileBytes()
    do throws(PictureError) {
      try file.read(path)
    } catch .unreadable(let code) {
      throw Problem(path, String(cString: strerror(code)))
    } catch {
      throw Problem(path, "is no regular file")
    }
    return Array(file.bytes)
  }
}
