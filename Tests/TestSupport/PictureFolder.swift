import Foundation
import Images
import Tensors

/// A small image folder of striped pictures whose stripes tell the classes apart.
package enum PictureFolder {
  /// Writes `split/class/number.jpg` for each split with its number of pictures in each class.
  package static func write(
    to folder: String, classes: [String] = ["daisy", "iris", "lily", "rose"],
    pictures: [String: Int] = ["train": 10, "val": 4, "test": 3], size: Int = 40
  ) throws {
    for (split, count) in pictures {
      for (label, name) in classes.enumerated() {
        let path = "\(folder)/\(split)/\(name)"
        try FileManager.default.createDirectory(
          atPath: path, withIntermediateDirectories: true)
        for number in 0..<count {
          let bytes = picture(label, split + "\(number)", size).jpeg(quality: 92)
          try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(number).jpg"))
        }
      }
    }
    let names = classes.map { "\"\($0)\": \"the \($0)\"" }.joined(separator: ", ")
    try "{\(names)}".write(toFile: folder + "/names.json", atomically: true, encoding: .utf8)
  }

  private static func picture(_ label: Int, _ salt: String, _ size: Int) -> Picture {
    var stream = RandomStream(
      seed: 5, purpose: .test, [UInt64(label)] + salt.utf8.map(UInt64.init))
    let colour = (0..<3).map { _ in 60 + stream.integer(in: 0...120) }
    let phase = stream.integer(in: 0...7)
    var bytes: [UInt8] = []
    for row in 0..<size {
      for column in 0..<size {
        let along = [row, column, row + column, row - column + size][label % 4] + phase
        let bright = along / (3 + label / 4) % 2 == 0 ? 70 : 0
        for channel in 0..<3 {
          bytes.append(UInt8(clamping: colour[channel] + bright + stream.integer(in: -9...9)))
        }
      }
    }
    return Picture(width: size, height: size, bytes: bytes)
  }
}
