import Glibc

extension Picture {
  /// Writes the window of `target`'s size whose corner is at `top` and `left`; black outside the picture.
  package borrowing func crop(top: Int, left: Int, into target: inout Picture) {
    let columns = target.width
    let rows = target.height
    let width = width
    let height = height
    // The part of each row that lies in this picture.
    let first = min(max(0, -left), columns)
    let end = max(first, min(columns, width - left))
    withBytes { old in
      target.withMutableBytes { new in
        for row in 0..<rows {
          let line = new + row * columns * 3
          guard row + top >= 0 && row + top < height else {
            memset(line, 0, columns * 3)
            continue
          }
          memset(line, 0, first * 3)
          memset(line + end * 3, 0, (columns - end) * 3)
          guard end > first else { continue }
          memcpy(
            line + first * 3, old + ((row + top) * width + left + first) * 3, (end - first) * 3)
        }
      }
    }
  }

  /// Exchanges left and right.
  package mutating func flipHorizontally() {
    let width = width
    let height = height
    guard width > 0 else { return }
    withMutableBytes { bytes in
      for row in 0..<height {
        var left = bytes + row * width * 3
        var right = left + (width - 1) * 3
        while left < right {
          for channel in 0..<3 {
            let byte = left[channel]
            left[channel] = right[channel]
            right[channel] = byte
          }
          left += 3
          right -= 3
        }
      }
    }
  }

  /// Exchanges top and bottom.
  package mutating func flipVertically() {
    let stride = width * 3
    let height = height
    withMutableBytes { bytes in
      for row in 0..<(height / 2) {
        let upper = bytes + row * stride
        let lower = bytes + (height - 1 - row) * stride
        for column in 0..<stride {
          let byte = upper[column]
          upper[column] = lower[column]
          lower[column] = byte
        }
      }
    }
  }

  /// Writes the picture after a quarter turn; `target` has width and height exchanged.
  package borrowing func turn(counterclockwise: Bool, into target: inout Picture) {
    precondition(target.width == height && target.height == width, "a turn exchanges the sides")
    let columns = target.width
    let rows = target.height
    let width = width
    let height = height
    withBytes { old in
      target.withMutableBytes { new in
        for row in 0..<rows {
          for column in 0..<columns {
            let from =
              counterclockwise
              ? column * width + (width - 1 - row) : (height - 1 - column) * width + row
            memcpy(new + (row * columns + column) * 3, old + from * 3, 3)
          }
        }
      }
    }
  }
}
