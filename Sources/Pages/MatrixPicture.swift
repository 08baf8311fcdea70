import Diagnostics
import Models
import Reports

/// A confusion matrix drawn: with numbers while there are few classes, else a square of cells.
///
/// Rows are what pictures are, columns what they are called. Cells are coloured by their share of the row.
struct MatrixPicture {
  let confusion: Confusion
  let names: [String]

  /// Up to so many classes the cells have numbers.
  private static let mostNumbered = 16
  /// The most cells that are drawn, the fullest: a page must stay small however many classes there are.
  private static let mostCells = 12_000

  init(_ confusion: Confusion, names: [String]) {
    self.confusion = confusion
    self.names = names
  }

  var html: HTML { names.count <= Self.mostNumbered ? table : square }

  // MARK: With numbers

  private var table: HTML {
    let heads = names.map { "<th scope=\"col\">\($0)</th>" as HTML }
    let rows = confusion.counts.enumerated().map { place, row -> HTML in
      let cells = names.indices.map { column -> HTML in
        let count = row[column] ?? 0
        let style = count == 0 ? "none" : column == place ? "right" : "wrong"
        return "<td class=\"\(style)\">\(count == 0 ? "·" : "\(count)")</td>"
      }
      return "<tr><th scope=\"row\">\(names[place])</th>\(cells.joined())</tr>\n"
    }
    return """
      <p class="muted small">Rows: what pictures are. Columns: what they are called.</p>
      <div class="scroll"><table class="heat" data-matrix="\(data.text())">
      <thead><tr><th scope="col">is ↓ called →</th>\(heads.joined())</tr></thead>
      <tbody>
      \(rows.joined())</tbody></table></div>
      """
  }

  // MARK: Without

  private struct Cell { let row, column, count, level: Int }

  /// The fullest cells, in the order of rows and columns.
  private var cells: (shown: [Cell], hidden: Int) {
    var all: [Cell] = []
    for (row, counts) in confusion.counts.enumerated() {
      let total = counts.values.reduce(0, +)
      for (column, count) in counts {
        let share = Double(count) / Double(total)
        let level = [0.1, 0.25, 0.5, 0.75].count { share > $0 } + 1
        all.append(Cell(row: row, column: column, count: count, level: level))
      }
    }
    all.sort { ($1.count, $0.row, $0.column) < ($0.count, $1.row, $1.column) }
    let shown = all.prefix(Self.mostCells).sorted { ($0.row, $0.column) < ($1.row, $1.column) }
    return (shown, all.count - shown.count)
  }

  private var square: HTML {
    let (shown, hidden) = cells
    let size = names.count
    var paths = HTML()
    for isHit in [false, true] {
      for level in 1...5 {
        let members = shown.filter { ($0.row == $0.column) == isHit && $0.level == level }
        guard !members.isEmpty else { continue }
        let path = members.map { "M\($0.column) \($0.row)h1v1h-1z" }.joined()
        paths += "<path class=\"\(isHit ? "hit" : "miss") level\(level)\" d=\"\(path)\"/>\n"
      }
    }
    let note = hidden > 0 ? " The \(Numbers.grouped(hidden)) emptiest cells are not drawn." : ""
    return """
      <figure class="matrix matrix-box" data-matrix="\(data.text())">
      <div>
      <p class="small">Each row is a class, from top to bottom in the order of the classes; each column what its pictures are called, in the same order from left to right. The diagonal is right.\(note)</p>
      \(Self.legend)
      <p class="readout">Point at a cell to read its two classes.</p>
      </div>
      <svg viewBox="0 0 \(size) \(size)" shape-rendering="crispEdges" role="img" aria-label="Confusion matrix of \(size) classes">
      <rect class="cross" x="0" y="0" width="\(size)" height="1"/><rect class="cross" x="0" y="0" width="1" height="\(size)"/>
      \(paths)</svg>
      </figure>
      """
  }

  private static let legend: HTML = {
    func row(_ name: String, _ style: String) -> HTML {
      let levels = (1...5).map { level -> HTML in
        "<svg viewBox=\"0 0 4 1\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"\(style) level\(level)\" width=\"4\" height=\"1\"/></svg>"
      }
      return "<span>\(name)</span>\(levels.joined())"
    }
    let ends = ["10", "25", "50", "75", "100"].map { "<span>≤\u{A0}\($0)</span>" as HTML }
    return """
      <div class="legend">\(row("right", "hit"))\(row("wrong", "miss"))<span>% of row</span>\(ends.joined())</div>
      """
  }()

  /// What the script and other programs read: counts as row, column, count, one after the other.
  private var data: JSON {
    .object([
      "names": .array(names.map(JSON.string)),
      "classes": .array(confusion.classes.map(JSON.string)),
      "totals": .array(confusion.counts.map { .integer($0.values.reduce(0, +)) }),
      "cells": .array(
        cells.shown.flatMap { [.integer($0.row), .integer($0.column), .integer($0.count)] }),
    ])
  }
}
