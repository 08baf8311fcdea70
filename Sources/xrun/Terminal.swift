import Diagnostics
import Glibc

/// The two streams: results to standard output, everything else to standard error.
enum Terminal {
  /// A result for people, of one line or several. No name in it steers a terminal, nor looks like another one.
  static func print(_ text: String) {
    write(VisibleText.of(text, keepsLines: true) + "\n", to: STDOUT_FILENO)
  }

  /// A line for people, as `print`.
  static func error(_ line: String) { write(VisibleText.of(line) + "\n", to: STDERR_FILENO) }

  /// A result for programs, or one that has its colours, as it is.
  static func data(_ text: String) { write(text + "\n", to: STDOUT_FILENO) }

  /// A result that people read and programs take, such as the path of what was made: as it is where no terminal shows
  /// it.
  static func value(_ text: String) {
    if isTerminal(STDOUT_FILENO) { print(text) } else { data(text) }
  }

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

  /// Whether a line can be drawn again: a terminal that takes sequences of control characters.
  ///
  /// `TERM=dumb` is set by who shows characters and nothing else, such as a shell in Emacs.
  static func redraws(_ descriptor: Int32) -> Bool {
    isTerminal(descriptor) && variable("TERM") != "dumb"
  }

  /// Whether to colour: such a terminal, and `NO_COLOR` is not set (no-color.org).
  static func colours(_ descriptor: Int32) -> Bool {
    redraws(descriptor) && (variable("NO_COLOR") ?? "").isEmpty
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// The columns that a table may take on standard output: whatever it wants where that is no terminal.
  static var tableWidth: Int { isTerminal(STDOUT_FILENO) ? width(STDOUT_FILENO) : Int.max }

  /// The terminal's width in columns; 80 where none is known.
  static func width(_ descriptor: Int32) -> Int {
    var size = winsize()
    if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
    if let columns = variable("COLUMNS"), let width = Int(columns) { return width }
    return 80
  }
}
