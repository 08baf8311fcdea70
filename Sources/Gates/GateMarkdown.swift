import Reports

/// Results of gates as a Markdown table, for the summary of a job.
package enum GateMarkdown {
  package static func render(_ suites: [GateSuite]) -> String {
    suites.map { suite in
      var table = Table([Table.Column("gate"), Table.Column("result"), Table.Column("")])
      for result in suite.results {
        let mark =
          switch result.outcome {
          case .passed: "✅ passed"
          case .failed: "❌ failed"
          case .inconclusive: result.isFailure ? "❌ inconclusive" : "❔ inconclusive"
          case .notChecked: "⚠️ not checked"
          }
        table.add([result.gate.text, mark, result.sentence])
      }
      return "### Gates of \(Table.escaped(suite.name)): \([suite].summary)\n\n\(table.markdown)\n"
    }.joined(separator: "\n")
  }
}
