import CPixels

/// The tables of recent sizes and the memory between the two passes of a resize: one for each worker.
package struct Resizer: ~Copyable {
  private var tables: [ResamplingTable.Key: ResamplingTable] = [:]
  private var between = Picture()

  package init() {}

  /// Writes `source` at the size of `target`, as PIL's `Image.resize` does: two passes in fixed point.
  ///
  /// - Source: Pillow 13.0.0, `Resample.c`; the order of the passes there depends on the sizes.
  package mutating func resize(
    _ source: borrowing Picture, into target: inout Picture, _ interpolation: Interpolation
  ) {
    precondition(source.byteCount > 0 && target.byteCount > 0, "pictures have pixels")
    let isWidthNew = source.width != target.width
    let isHeightNew = source.height != target.height
    if interpolation == .nearest || !(isWidthNew || isHeightNew) {
      source.pickNearest(into: &target)
      return
    }
    if !isHeightNew {
      stretchRows(of: source, into: &target, interpolation, firstRow: 0)
      return
    }
    let vertical = table(.init(interpolation, from: source.height, to: target.height))
    if !isWidthNew {
      stretchColumns(of: source, into: &target, vertical, firstRow: 0)
      return
    }
    let shrunkRows = source.height - target.height
    var between = Picture()
    swap(&between, &self.between)
    if shrunkRows > 0 && shrunkRows > (source.width - target.width) * 2 {
      // Columns first, where that leaves the rows' pass much less to do.
      between.resize(width: source.width, height: target.height)
      stretchColumns(of: source, into: &between, vertical, firstRow: 0)
      stretchRows(of: between, into: &target, interpolation, firstRow: 0)
    } else {
      // Only rows that the columns' pass will look at.
      let last = target.height - 1
      let firstRow = Int(vertical.starts[0])
      let endRow = Int(vertical.starts[last] + vertical.counts[last])
      between.resize(width: target.width, height: endRow - firstRow)
      stretchRows(of: source, into: &between, interpolation, firstRow: firstRow)
      stretchColumns(of: between, into: &target, vertical, firstRow: firstRow)
    }
    swap(&between, &self.between)
  }

  private mutating func table(_ key: ResamplingTable.Key) -> ResamplingTable {
    if let table = tables[key] { return table }
    // Sets of photographs have many sizes; the tables of the latest are enough.
    if tables.count >= 256 { tables.removeAll(keepingCapacity: true) }
    let table = ResamplingTable(key)
    tables[key] = table
    return table
  }

  /// Makes every row as long as those of `target`.
  private mutating func stretchRows(
    of source: borrowing Picture, into target: inout Picture, _ interpolation: Interpolation,
    firstRow: Int
  ) {
    let table = table(.init(interpolation, from: source.width, to: target.width))
    precondition(
      firstRow + target.height <= source.height, "rows are taken from within the picture")
    let stride = source.width * 3
    let rows = Int32(target.height)
    source.withBytes { old in
      target.withMutableBytes { new in
        xr_resample_rows(table.weights, old + firstRow * stride, stride, rows, new)
      }
    }
  }

  /// Makes every column as long as those of `target`; `source` begins at row `firstRow` of the table's.
  private mutating func stretchColumns(
    of source: borrowing Picture, into target: inout Picture, _ table: ResamplingTable,
    firstRow: Int
  ) {
    source.withBytes { old in
      target.withMutableBytes { new in
        xr_resample_columns(table.weights, old, Int32(firstRow), source.width * 3, new)
      }
    }
  }
}

extension Picture {
  /// Writes the picture at the size of `target` by taking for each pixel the nearest one.
  borrowing func pickNearest(into target: inout Picture) {
    let across = Double(Float(width)) / Double(target.width)
    let down = Double(Float(height)) / Double(target.height)
    transform(
      AffineMatrix(across, 0, 0, 0, down, 0), into: &target, .nearest, fill: (0, 0, 0))
  }
}
