import Diagnostics
import Reports
import Runs

/// What was frozen in each phase, and the proof: the tensors' digests before and after.
enum FreezeSection {
  static func section(_ run: RunContents) -> Page.Section {
    let title = "Freezing"
    do throws(WholeFile.Problem) {
      let phases = try FreezeReader.read(run.folder.freeze)
      guard !phases.isEmpty else {
        return Page.Section(
          "freezing", title, RunContents.missing("freeze.json names no phase: none had begun."))
      }
      let policies = Dictionary(
        (run.experiment?.phases ?? []).map { ($0.name, $0.freeze) }, uniquingKeysWith: { a, _ in a }
      )
      let parts = phases.map { phase -> HTML in
        let batchNorm = policies[phase.name].map { "bn: \($0.batchNorm.rawValue)" }
        return part(phase, isOnly: phases.count == 1, batchNorm: batchNorm)
      }
      let lead: HTML = """
        <p>The SHA-256 of every tensor, parameters and statistics, was taken before and after each phase. Equal digests are equal bytes.</p>
        """
      return Page.Section("freezing", title, lead + parts.joined())
    } catch {
      return Page.Section(
        "freezing", title,
        RunContents.missing(
          "Nothing can be shown: \(RunContents.within(run.folder, error.description))."))
    }
  }

  private static func part(
    _ phase: FreezeReport.Phase, isOnly: Bool, batchNorm: String?
  ) -> HTML {
    let frozen = phase.tensors.filter(\.isFrozen)
    let trained = phase.tensors.filter { !$0.isFrozen }
    let moved = phase.movedFrozenTensors
    let still = trained.filter { $0.before == $0.after }.map(\.name)
    var html: HTML = isOnly ? "" : "<h3>\(phase.name)</h3>"
    if frozen.isEmpty {
      html += "<p class=\"note\">Nothing was frozen.</p>"
    } else if moved.isEmpty {
      html += """
        <p class="note good"><b>✓ Proved:</b> \(Counted.of(frozen.count, "frozen tensor")), \(frozen.count == 1 ? "the same" : "all the same") before and after.\(batchNorm.map { " (\($0))" } ?? "")</p>
        """
    } else {
      html += """
        <p class="note bad"><b>✗ \(Counted.of(moved.count, "frozen tensor")) changed:</b> \(moved.prefix(12).joined(separator: ", "))\(moved.count > 12 ? " …" : "")</p>
        """
    }
    html += """
      <p>\(Counted.of(trained.count, "tensor")) trained, \(still.isEmpty ? "all" : "\(trained.count - still.count)") of them changed.\(still.isEmpty ? "" : " The same as before: \(list(still)).")</p>
      <details><summary>All \(phase.tensors.count) tensors</summary>
      <div class="scroll tall">\(table(phase).html)</div></details>
      """
    return html
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(6).joined(separator: ", ") + (names.count > 6 ? " …" : "")
  }

  private static func table(_ phase: FreezeReport.Phase) -> SortableTable {
    var table = SortableTable(
      columns: [
        SortableTable.Column(title: "tensor"), SortableTable.Column(title: "policy"),
        SortableTable.Column(title: "bytes"), SortableTable.Column(title: "SHA-256 before"),
        SortableTable.Column(title: "SHA-256 after"),
      ], style: "wide", label: "Tensors of phase \(phase.name)")
    for tensor in phase.tensors {
      let isSame = tensor.before == tensor.after
      let isBroken = tensor.isFrozen && !isSame
      func digest(_ hex: String) -> SortableTable.Cell {
        SortableTable.Cell(html: "<code>\(hex.prefix(16))</code>")
      }
      table.rows.append([
        SortableTable.Cell(html: "<code>\(tensor.name)</code>", key: tensor.name, style: "keep"),
        .text(tensor.isFrozen ? "frozen" : "trained"),
        SortableTable.Cell(
          html: isBroken
            ? "<span class=\"wrong-word\">✗ changed</span>" : isSame ? "same" : "changed",
          style: "keep"), digest(tensor.before), digest(tensor.after),
      ])
    }
    return table
  }
}
