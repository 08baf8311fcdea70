import CKernels

/// Which algorithm computes a convolution: rows that were measured, and rules for all other shapes.
///
/// Committed, one for each instruction set, and renewed by `xrun tune`: never timed while a network runs, so that equal
/// experiments give equal bytes.
package struct KernelTable: Sendable {
  /// What a row is found by: the shape of a convolution without its padding.
  package struct Key: Sendable, Hashable {
    package var pass: ConvolutionShape.Pass
    package var kernel, stride, groups, channels, results, height, width: Int

    package init(_ shape: ConvolutionShape) {
      pass = shape.pass
      (kernel, stride, groups) = (shape.kernel, shape.stride, shape.groups)
      (channels, results) = (shape.channels, shape.results)
      (height, width) = (shape.height, shape.width)
    }
  }

  /// A shape for which one algorithm was found to be the fastest.
  package struct Row: Sendable, Hashable {
    package var key: Key
    package var algorithm: ConvolutionAlgorithm
    /// What was measured, for readers.
    package var note = ""

    package init(key: Key, algorithm: ConvolutionAlgorithm, note: String = "") {
      self.key = key
      self.algorithm = algorithm
      self.note = note
    }
  }

  package private(set) var rows: [Key: Row] = [:]
  private var forced: ConvolutionAlgorithm?

  /// Rules alone.
  package init() {}

  package init(_ rows: [Row]) {
    self.rows = Dictionary(rows.map { ($0.key, $0) }) { _, last in last }
  }

  /// The same table, but where an algorithm can do a shape, it does.
  package func forcing(_ algorithm: ConvolutionAlgorithm) -> KernelTable {
    var table = self
    table.forced = algorithm
    return table
  }

  /// Algorithms for a shape, best first; kernels are made of the first that can do it.
  ///
  /// - Parameter block: channels that lie together in the layout of most values; nil in torch's layout.
  func preferences(for shape: ConvolutionShape, block: Int?) -> [ConvolutionAlgorithm] {
    var order = [forced, rows[Key(shape)]?.algorithm].compactMap { $0 }
    order += Self.rules(for: shape, block: block)
    var seen: Set<ConvolutionAlgorithm> = []
    return order.filter { seen.insert($0).inserted }
  }

  /// What does best on most shapes, measured with AVX-512.
  private static func rules(
    for shape: ConvolutionShape, block: Int?
  ) -> [ConvolutionAlgorithm] {
    guard let block else { return [.columns] }
    var order: [ConvolutionAlgorithm] = []
    let channels = min(shape.channels, shape.results)
    let side = min(shape.resultHeight, shape.resultWidth)
    if shape.isPlain3x3, channels >= 32 {
      if (shape.height, shape.width) == (2, 2) { order.append(.toeplitz2) }
      if side >= 3 { order.append(.winograd4) }
    }
    // Forward its transforms cost what its fewer products save.
    if shape.pass == .weightGradient, shape.kernel == 7, shape.stride == 2, shape.channels <= 4,
      side >= 3
    {
      order.append(.stem)
    }
    let places = shape.resultHeight * shape.resultWidth
    if shape.kernel == 1, shape.mostPadding == 0, shape.groups == 1, places <= 4 {
      order.append(.oneByOne)
    }
    // General kernels mostly multiply padding there: 512 channels on 2x2 take the library three times as long.
    if places <= 4, shape.height * shape.width <= 16,
      channels >= block
    {
      order.append(.smallMap)
    }
    if shape.isPlain3x3, side >= 4, channels >= 32, block == 16 { order.append(.libraryWinograd) }
    // The library has no gradient of weights for depthwise kernels of 5x5: there it multiplies matrices of one column.
    return order + [.libraryDirect, .depthwise, .columns]
  }
}

extension KernelTable {
  /// The committed table of the instruction set in use.
  package static var committed: KernelTable {
    switch xr_isa() {
    case XR_ISA_AVX512: avx512
    case XR_ISA_AVX2: avx2
    default: baseline
    }
  }

  private static let avx512 = of(AVX512Rows.text)
  private static let avx2 = of(AVX2Rows.text)
  private static let baseline = of(BaselineRows.text)

  private static func of(_ text: String) -> KernelTable {
    guard let rows = rows(in: text) else {
      preconditionFailure("each line of a committed kernel table is a row")
    }
    return KernelTable(rows)
  }
}

// MARK: As text

extension KernelTable {
  /// The rows of a table's text; nil where a line is none. What follows `#` is for readers.
  package static func rows(in text: String) -> [Row]? {
    var rows: [Row] = []
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
      let words = parts[0].split(separator: " ")
      if words.isEmpty { continue }
      guard words.count == 9, let pass = ConvolutionShape.Pass(rawValue: String(words[0])),
        let algorithm = ConvolutionAlgorithm(rawValue: String(words[8]))
      else { return nil }
      let numbers = words[1..<8].compactMap { Int($0) }
      guard numbers.count == 7 else { return nil }
      let note = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
      rows.append(Row(key: Key(pass, numbers), algorithm: algorithm, note: note))
    }
    return rows
  }

  /// What `rows(in:)` reads, in a fixed order.
  package var text: String {
    let sorted = rows.values.sorted { $0.key < $1.key }
    let cells = sorted.map { $0.key.words + [$0.algorithm.rawValue] }
    let widths = (0..<9).map { column in cells.map { $0[column].count }.max() ?? 0 }
    let lines = zip(cells, sorted).map { cells, row in
      let padded = cells.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 || column == 8 ? cell + space : space + cell
      }
      var line = padded.joined(separator: " ") + (row.note.isEmpty ? "" : " # " + row.note)
      while line.last == " " { line.removeLast() }
      return line
    }
    return lines.joined(separator: "\n")
  }
}

extension KernelTable.Key: Comparable {
  fileprivate init(_ pass: ConvolutionShape.Pass, _ numbers: [Int]) {
    self.pass = pass
    (kernel, stride, groups) = (numbers[0], numbers[1], numbers[2])
    (channels, results) = (numbers[3], numbers[4])
    (height, width) = (numbers[5], numbers[6])
  }

  private var numbers: [Int] { [kernel, stride, groups, channels, results, height, width] }

  fileprivate var words: [String] { [pass.rawValue] + numbers.map(String.init) }

  package static func < (one: Self, other: Self) -> Bool {
    one.pass == other.pass
      ? one.numbers.lexicographicallyPrecedes(other.numbers)
      : one.pass.rawValue < other.pass.rawValue
  }
}
