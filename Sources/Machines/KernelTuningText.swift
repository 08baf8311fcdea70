import Kernels
import Reports

/// What `xrun tune` prints and writes.
package enum KernelTuningText {
  /// Lines are no wider.
  static let width = 80

  /// What is convolved, such as `3x3 stride 2, 64 to 128 channels, 16x16, batch of 128`.
  package static func heading(_ timed: ConvolutionCase) -> String {
    let g = timed.geometry
    return "\(g.kernel)x\(g.kernel)" + (g.stride == 1 ? "" : " stride \(g.stride)")
      + (g.groups == 1 ? "" : " in \(g.groups) groups")
      + ", \(timed.picture[1]) to \(timed.result[1]) channels, "
      + "\(timed.picture[2])x\(timed.picture[3]), batch of \(timed.picture[0])"
  }

  /// One pass: what is chosen with its milliseconds, then all others, fastest first.
  ///
  /// - Parameter current: what the table in use takes, where it is another.
  package static func line(_ timing: ConvolutionTiming, current: ConvolutionAlgorithm?) -> String {
    let name =
      switch timing.timed.pass {
      case .forward: "forward"
      case .inputGradient: "input"
      case .weightGradient: "weights"
      }
    let others = timing.seconds.filter { $0.algorithm != timing.chosen }.map {
      "\($0.algorithm.rawValue)\u{a0}\(milliseconds($0.seconds))"
    }
    var first = "\(timing.chosen.rawValue)\u{a0}\(milliseconds(timing.seconds(of: timing.chosen)))"
    if let current, current != timing.chosen { first += " (now \(current.rawValue))" }
    let words =
      ([first + (others.isEmpty ? "" : ";")]
      + others.enumerated().map { index, other in
        other + (index + 1 < others.count ? "," : "")
      }).flatMap { $0.split(separator: " ") }
    // Names and their numbers stay together.
    let margin = 10
    var lines: [String] = []
    var line = "  " + name + String(repeating: " ", count: margin - 2 - name.count)
    var isEmpty = true
    for word in words {
      if !isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        (line, isEmpty) = (String(repeating: " ", count: margin), true)
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return (lines + [line]).joined(separator: "\n").replacing("\u{a0}", with: " ")
  }

  /// For readers of a table: what was chosen over what.
  static func note(_ timing: ConvolutionTiming) -> String {
    let names = [timing.chosen, timing.rule].map {
      "\(milliseconds(timing.seconds(of: $0))) \($0.rawValue)"
    }
    return "ms for \(timing.timed.picture[0]): " + names.joined(separator: ", ")
  }

  private static func milliseconds(_ seconds: Double?) -> String {
    guard let milliseconds = seconds.map({ $0 * 1e3 }) else { return "-" }
    return Numbers.fixed(milliseconds, milliseconds < 1 ? 3 : milliseconds < 10 ? 2 : 1)
  }

  /// The file of the sources that holds a table's rows, and its text.
  package static func source(
    _ table: KernelTable, instructionSet: String, machine: String
  ) -> (name: String, text: String) {
    let type = (instructionSet == "baseline" ? "Baseline" : instructionSet.uppercased()) + "Rows"
    let rows = table.text.split(separator: "\n").map { "    " + $0 }
    let text =
      [
        "/// Shapes that were measured with `\(instructionSet)`; made by `make tune`, not by hand.",
        "///",
        "/// Pass, kernel, stride, groups, channels of pictures and results, height and width of pictures, algorithm.",
        "/// \(machine)", "enum \(type) {", "  static let text = \"\"\"",
      ] + rows + ["    \"\"\"", "}", ""]
    return (type + ".swift", text.joined(separator: "\n"))
  }
}
