import Glibc

extension Picture {
  /// Writes a picture of chosen rows and columns of this one, in any order and number; `fill` where one is negative.
  package borrowing func pick(
    rows: [Int], columns: [Int], into target: inout Picture, fill: (UInt8, UInt8, UInt8)
  ) {
    precondition(
      target.height == rows.count && target.width == columns.count, "a place for each pixel")
    let runs = Self.runs(of: columns)
    let width = width
    let stride = columns.count * 3
    withBytes { old in
      target.withMutableBytes { new in
        for (number, row) in rows.enumerated() {
          let line = new + number * stride
          if row < 0 {
            Self.fill(line, columns.count, fill)
            continue
          }
          for run in runs {
            let place = line + run.place * 3
            if run.from < 0 {
              Self.fill(place, run.count, fill)
            } else {
              memcpy(place, old + (row * width + run.from) * 3, run.count * 3)
            }
          }
        }
      }
    }
  }

  /// Neighbours that stay neighbours are copied at once, as are those to be filled.
  private static func runs(of columns: [Int]) -> [(place: Int, from: Int, count: Int)] {
    var runs: [(place: Int, from: Int, count: Int)] = []
    for (place, from) in columns.enumerated() {
      if let last = runs.last,
        from < 0 ? last.from < 0 : last.from >= 0 && last.from + last.count == from
      {
        runs[runs.count - 1].count += 1
      } else {
        runs.append((place, from, 1))
      }
    }
    return runs
  }

  private static func fill(
    _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ colour: (UInt8, UInt8, UInt8)
  ) {
    var pixel = bytes
    for _ in 0..<count {
      pixel[0] = colour.0
      pixel[1] = colour.1
      pixel[2] = colour.2
      pixel += 3
    }
  }
}
