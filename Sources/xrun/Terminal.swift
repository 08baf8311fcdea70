import Glibc

/// The two streams: results to standard output, everything else to standard error.
enum Terminal {
  static func print(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }
  static func error(_ text: String) { write(text + "\n", to: STDERR_FILENO) }

  static func write(_ text: String, to descriptor: Int32) {
    var text = text
    text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count, let start = bytes.baseAddress {
        let count = Glibc.write(descriptor, start + done, bytes.count - done)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return failed(descriptor, errno) }
        done += count
      }
    }
  }

  /// Results that are lost end the command. A reader that went away, as `| head` does, has what it wanted; what the
  /// command has still to do, such as to check gates, is done all the same.
  private static func failed(_ descriptor: Int32, _ code: Int32) {
    guard descriptor == STDOUT_FILENO, code != EPIPE else { return }
    error(
      "error[machine-failure]: cannot write standard output: \(String(cString: strerror(code)))")
    exit(Outcome.machineFailed.rawValue)
  }

  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Whether to colour: a terminal, and `NO_COLOR` is not set (no-color.org).
  static func colours(_ descriptor: Int32) -> Bool {
    guard isTerminal(descriptor) else { return false }
    if let value = getenv("NO_COLOR"), value.pointee != 0 { return false }
    return true
  }

  /// The columns that a table may take on standard output: whatever it wants where that is no terminal.
  static var tableWidth: Int { isTerminal(STDOUT_FILENO) ? width(STDOUT_FILENO) : Int.max }

  /// The terminal's width in columns; 80 where none is known.
  static func width(_ descriptor: Int32) -> Int {
    var size = winsize()
    if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    if let columns = getenv("COLUMNS"), let width = Int(String(cString: columns)) { return width }
    return 80
  }
}
