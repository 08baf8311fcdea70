import Tensors

/// `data.csv`: the pictures of a run, so that another run's can be told from them by name.
package enum PictureList {
  /// A picture of a split.
  package struct Entry: Sendable, Hashable {
    package let split: String
    /// Relative to the data folder.
    package let path: String
    /// The class, by its folder.
    package let label: String
    /// The beginning of the content's SHA-256; empty where it is not known.
    package let digest: String

    package init(split: String, path: String, label: String, digest: String) {
      self.split = split
      self.path = path
      self.label = label
      self.digest = String(digest.prefix(PictureList.digits))
    }
  }

  /// Hexadecimal digits of a content: of 64 bits, so that no two pictures have the same by chance.
  static let digits = 16
  /// More pictures are not listed: each run would keep megabytes.
  package static let most = 100_000

  private static let columns = ["split", "path", "label", "sha256"]

  package static func write(_ entries: [Entry], to folder: RunFolder) throws(FileError) {
    var text = columns.joined(separator: ",") + "\n"
    for entry in entries {
      let fields = [entry.split, entry.path, entry.label, entry.digest]
      text += fields.map(PredictionsWriter.field).joined(separator: ",") + "\n"
    }
    try AtomicFile.write(path: folder.pictures, text: text)
  }

  package static func read(_ path: String) throws(WholeFile.Problem) -> [Entry] {
    try CSVRecords.table(try WholeFile.read(path), path, columns: columns) { fields in
      Entry(split: fields[0], path: fields[1], label: fields[2], digest: fields[3])
    }
  }
}
