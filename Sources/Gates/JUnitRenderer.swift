import Reports

/// Results of gates as JUnit's XML: a suite for each run, a case for each gate; of what was refused before there was a run
/// one case, with all that is wrong.
///
/// There is no schema of JUnit's own. This is what the common ones have together: that of Ant (windyroad/JUnit-Schema)
/// and that of Jenkins' plugin (`junit-10.xsd`), which pytest goes by.
package enum JUnitRenderer {
  package static func render(_ suites: [GateSuite]) -> String {
    let suites = suites.enumerated().map { self.suite($1, $0) }
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n" + suites.joined()
      + "</testsuites>\n"
  }

  private static func suite(_ suite: GateSuite, _ number: Int) -> String {
    let results = suite.results
    let failures = results.count(where: \.isFailure)
    let errors =
      results.count { $0.outcome == .notChecked && $0.isBroken } + (suite.refusal.isEmpty ? 0 : 1)
    let skipped = results.count { tag($0) == "skipped" }
    var text =
      "  "
      + open(
        "testsuite",
        [
          ("name", suite.name), ("timestamp", withoutZone(suite.time)),
          ("hostname", suite.host ?? "localhost"),
          ("tests", "\(results.count + (suite.refusal.isEmpty ? 0 : 1))"),
          ("failures", "\(failures)"), ("errors", "\(errors)"), ("skipped", "\(skipped)"),
          ("time", Numbers.fixed(suite.seconds ?? 0, 3)), ("package", "xrun"), ("id", "\(number)"),
        ]) + "\n    <properties>\n"
    for property in suite.properties {
      text +=
        "      <property name=\"\(attribute(property.name))\" value=\"\(attribute(property.value))\"/>\n"
    }
    text += "    </properties>\n"
    for result in results { text += self.result(result) }
    if let refusal = refusal(suite) { text += refusal }
    let lines = results.map { $0.line() }.joined(separator: "\n")
    return text + "    <system-out>\(content(lines))</system-out>\n    <system-err></system-err>\n"
      + "  </testsuite>\n"
  }

  private static func result(_ result: GateResult) -> String {
    let source = result.gate.span?.source
    let head = open(
      "testcase",
      [
        ("name", result.gate.text),
        ("classname", source?.isFile == true ? source?.name ?? "" : "--gate"), ("time", "0"),
      ])
    guard let tag = tag(result) else { return "    \(head.dropLast())/>\n" }
    let name = "gate-" + result.outcome.rawValue.replacing(" ", with: "-")
    let inner = open(
      tag,
      [("message", result.sentence)] + (tag == "skipped" ? [] : [("type", name)]))
    return "    \(head)\n      \(inner)\(content(result.line()))</\(tag)>\n    </testcase>\n"
  }

  /// What a run's gates would have been called cannot be known where the experiment is wrong, so it is always this.
  private static let start = "start"

  private static func refusal(_ suite: GateSuite) -> String? {
    guard let first = suite.refusal.first(where: { $0.severity == .error }) ?? suite.refusal.first
    else { return nil }
    let others = suite.refusal.count - 1
    let message = first.message + (others == 0 ? "" : " (and \(others) more)")
    let head = open("testcase", [("name", start), ("classname", suite.name), ("time", "0")])
    let inner = open("error", [("message", message), ("type", first.code.rawValue)])
    let text = suite.refusal.rendered(as: .text(isColoured: false))
    return "    \(head)\n      \(inner)\(content(text))</error>\n    </testcase>\n"
  }

  /// What says how a case ended; nil for one that passed.
  private static func tag(_ result: GateResult) -> String? {
    switch result.outcome {
    case .passed: nil
    case .failed: "failure"
    case .inconclusive: result.isFailure ? "failure" : "skipped"
    case .notChecked: result.isBroken ? "error" : "skipped"
    }
  }

  /// `2026-11-28T15:52:52`: the schema wants no zone, so it is UTC.
  private static func withoutZone(_ time: String?) -> String {
    let text = time ?? "1970-01-01T00:00:00"
    return text.hasSuffix("Z") ? String(text.dropLast()) : text
  }

  private static func open(_ name: String, _ attributes: [(String, String)]) -> String {
    "<\(name)" + attributes.map { " \($0.0)=\"\(attribute($0.1))\"" }.joined() + ">"
  }

  static func attribute(_ text: String) -> String {
    content(text).replacing("\"", with: "&quot;").replacing("\n", with: "&#10;")
  }

  /// Text as content; what XML 1.0 has no place for is shown as `\u{FFFD}`.
  static func content(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\n", "\t": escaped.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
        escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
