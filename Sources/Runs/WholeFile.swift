import Glibc
import Images

/// Reads files of run folders whole; what is no regular file, such as a pipe, is not waited for.
package enum WholeFile {
  /// Why a file has no bytes to give; the message names it.
  package struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
  }

  package static func read(_ path: String) throws(Problem) -> [UInt8] {
    var file = FileBytes()
    do throws(PictureError) {
      try file.read(path)
    } catch .unreadable(let code) {
      throw Problem(description: "\(path): \(String(cString: strerror(code)))")
    } catch {
      throw Problem(description: "\(path): is no regular file")
    }
    return Array(file.bytes)
  }
}
