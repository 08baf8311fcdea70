import Glibc

/// Paths from the command line, and where it says `-`, from standard input as they come.
///
/// Not synchronised: one caller at a time.
final class PathArguments {
  private var arguments: ArraySlice<String>
  private let separator: UInt8
  private var isReadingInput = false
  private var input: [UInt8] = []
  /// Where the next path begins in what has come.
  private var start = 0

  /// - Parameter isNullSeparated: paths on standard input end with NUL, not with a line break.
  init(_ arguments: [String], isNullSeparated: Bool) {
    self.arguments = arguments[...]
    separator = isNullSeparated ? 0 : UInt8(ascii: "\n")
  }

  /// The next path's bytes; nil at the end. Empty ones are left out.
  func next() -> [UInt8]? {
    while true {
      if isReadingInput {
        guard let path = nextOfInput() else {
          isReadingInput = false
          continue
        }
        if !path.isEmpty { return path }
      } else if let argument = arguments.popFirst() {
        guard argument == "-" else { return Array(argument.utf8) }
        isReadingInput = true
      } else {
        return nil
      }
    }
  }

  private func nextOfInput() -> [UInt8]? {
    var searched = start
    while true {
      if let end = input[searched...].firstIndex(of: separator) {
        defer { start = end + 1 }
        return Array(input[start..<end])
      }
      searched = input.count - start
      input.removeSubrange(..<start)
      start = 0
      guard read() else {
        // The last one need not end like the others.
        defer { input = [] }
        return input.isEmpty ? nil : input
      }
    }
  }

  /// Appends what is there; false at the end.
  private func read() -> Bool {
    let before = input.count
    let size = 1 << 16
    input += [UInt8](repeating: 0, count: size)
    let count = input.withUnsafeMutableBytes { bytes in
      let free = UnsafeMutableRawBufferPointer(rebasing: bytes[before...])
      while true {
        let count = Glibc.read(STDIN_FILENO, free.baseAddress, free.count)
        if count >= 0 || errno != EINTR { return max(0, count) }
      }
    }
    input.removeLast(size - count)
    return count > 0
  }
}
