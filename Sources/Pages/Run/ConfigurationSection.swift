import Runs

/// The resolved experiment, each value with where it came from.
enum ConfigurationSection {
  static func section(_ run: RunContents) -> Page.Section {
    let title = "Configuration"
    do throws(WholeFile.Problem) {
      let bytes = try WholeFile.read(run.folder.resolved)
      let lines = String(decoding: bytes, as: UTF8.self).split(
        separator: "\n", omittingEmptySubsequences: false
      ).map(line)
      let body: HTML = """
        <p>Everything that was decided, with where from: <b>bold</b> is what somebody wrote, pale is a default. resolved.yaml is this text, and can be run itself.</p>
        <div class="scroll"><pre class="yaml code">\(lines.joined(separator: "\n"))</pre></div>
        """
      return Page.Section("configuration", title, body)
    } catch {
      return Page.Section(
        "configuration", title,
        RunContents.missing(
          "Nothing can be shown: \(RunContents.within(run.folder, error.description))."))
    }
  }

  /// A line with its origin, which stands behind the last `  # `, told apart.
  private static func line(_ line: Substring) -> HTML {
    guard let mark = line.ranges(of: "  # ").last else { return "\(line)" }
    let value = line[..<mark.lowerBound]
    let origin = line[mark.upperBound...]
    let style = origin == "default" ? "default" : "given"
    return "<span class=\"\(style)\">\(value)</span>  <span class=\"origin\"># \(origin)</span>"
  }
}
