import Experiments
import Reports
import Runs

/// Every run with its own result, and a link to its folder.
enum RunsSection {
  static func section(_ comparison: Comparison, in directory: String) -> Page.Section? {
    let runs = comparison.groups.flatMap { group in group.runs.map { (group, $0) } }
    guard !runs.isEmpty else { return nil }
    let metric = comparison.metric
    var table = SortableTable(
      columns: [
        SortableTable.Column(title: "run"),
        SortableTable.Column(title: metric.name, isNumeric: true),
        SortableTable.Column(title: "seed", isNumeric: true),
        SortableTable.Column(title: "best epoch", isNumeric: true),
        SortableTable.Column(title: "seconds", isNumeric: true),
        SortableTable.Column(title: "row"), SortableTable.Column(title: "report"),
      ], style: "wide runs", hasStyledColumns: true, label: "Runs")
    for (group, run) in runs {
      let path = FilePath.absolute(run.folder.path, in: FilePath.workingDirectory)
      let hasReport = FilePath.entry(at: run.folder.report) == .file
      let seed = run.record.map { String($0.seed) }
      table.rows.append([
        SortableTable.Cell(
          html: "<a href=\"\(link(path, in: directory))/\">\(run.folder.name)</a>"),
        .number(metric.value(of: run)),
        SortableTable.Cell(html: "\(seed ?? "–")", key: seed == nil ? "" : nil),
        run.summary.bestEpoch.map(SortableTable.Cell.count)
          ?? SortableTable.Cell(html: "–", key: ""),
        .number(run.summary.seconds, 1),
        .text(group.label),
        SortableTable.Cell(
          html: hasReport
            ? "<a href=\"\(link(path, in: directory))/report.html\">report</a>" : "–",
          key: hasReport ? nil : ""),
      ])
    }
    let body: HTML = """
      <p class="muted small">Links lead to the folders as they stand to this file.</p>
      <div class="scroll tall">\(table.html)</div>
      """
    return Page.Section("runs", "Runs", body)
  }

  /// A relative address: only letters, digits and `-._~/` stand as they are (RFC 3986, section 2.3).
  static func link(_ path: String, in directory: String) -> String {
    var link = ""
    for byte in FilePath.relative(path, to: directory).utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E, 0x2F:
        link.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        link += digits.count == 1 ? "%0" + digits : "%" + digits
      }
    }
    return link
  }
}
