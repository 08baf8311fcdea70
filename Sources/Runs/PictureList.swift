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
    let (records, isTorn) = CSVRecords.read(try WholeFile.read(path))
    guard !isTorn else { throw WholeFile.Problem(path, "the last line is torn") }
    guard let header = records.first else { throw WholeFile.Problem(path, "is empty") }
    var places: [Int] = []
    for name in columns {
      guard let place = header.firstIndex(of: name) else {
        throw WholeFile.Problem(path, "has no column '\(name)'")
      }
      places.append(place)
    }
    var entries: [Entry] = []
    entries.reserveCapacity(records.count - 1)
    for (number, record) in records.dropFirst().enumerated() {
      guard record.count == header.count else {
        throw WholeFile.Problem(path, "row \(number + 1) is damaged")
      }
      entries.append(
        Entry(
          split: record[places[0]], path: record[places[1]], label: record[places[2]],
          digest: record[places[3]]))
    }
    return entries
  }
}
