import Glibc
import Models

/// A run folder as it is found: what can be read, and what is wrong with the rest. Never throws.
package struct RunReader: Sendable {
  package let folder: RunFolder
  package private(set) var record: RunRecord?
  /// A line for each epoch: numbers and words by name.
  package private(set) var metrics: [Line] = []
  package private(set) var timing: [Line] = []
  /// Files that are missing, torn or foreign, each named.
  package private(set) var problems: [String] = []

  /// One line of a `.jsonl` file.
  package struct Line: Sendable {
    package private(set) var numbers: [String: Double] = [:]
    package private(set) var words: [String: String] = [:]

    fileprivate init?(_ text: ArraySlice<UInt8>) {
      guard case .object(let members)? = try? JSON(Array(text)) else { return nil }
      for member in members {
        switch member.value {
        case .integer(let value): numbers[member.name] = Double(value)
        case .number(let value): numbers[member.name] = value
        case .string(let word): words[member.name] = word
        case .null: numbers[member.name] = .nan
        case .boolean, .array, .object: return nil
        }
      }
    }
  }

  package init(_ path: String) {
    folder = RunFolder(existing: path)
    if let bytes = read(folder.record) {
      do {
        record = try RunRecord.decode(bytes)
      } catch {
        problems.append("\(folder.record): is not a record of this version")
      }
    }
    metrics = lines(folder.metrics)
    timing = lines(folder.timing)
  }

  /// How the run stands; nil without a record.
  package var state: RunState? { record?.state() }

  /// The lines of epochs, without the one of the test split.
  package var epochs: [Line] { metrics.filter { $0.numbers["train/loss"] != nil } }
  /// What the best weights gave on the test split.
  package var test: Line? { metrics.last { $0.numbers["test/loss"] != nil } }

  /// The epoch that the record calls the best; else the one with the greatest `val/acc1`.
  package var best: Line? {
    if let best = record?.best,
      let line = epochs.first(where: {
        $0.words["phase"] == best.phase && $0.numbers["epoch"] == Double(best.epoch)
      })
    {
      return line
    }
    return epochs.max { ($0.numbers["val/acc1"] ?? -1) < ($1.numbers["val/acc1"] ?? -1) }
  }

  /// The runs in a folder, the oldest first; folders that hold no run come with a problem.
  package static func all(in runs: String) -> [RunReader] {
    guard let directory = opendir(runs) else { return [] }
    defer { closedir(directory) }
    var readers: [RunReader] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      var status = stat()
      guard !name.hasPrefix("."), stat(runs + "/" + name, &status) == 0,
        status.st_mode & S_IFMT == S_IFDIR
      else { continue }
      readers.append(RunReader(runs + "/" + name))
    }
    // By places: moving what was read of thousands of runs takes longer than the sorting.
    let keys = readers.map { ($0.record?.started ?? "", $0.folder.name) }
    return keys.indices.sorted { keys[$0] < keys[$1] }.map { readers[$0] }
  }

  private mutating func read(_ path: String) -> [UInt8]? {
    do throws(WholeFile.Problem) {
      return try WholeFile.read(path)
    } catch {
      problems.append(error.description)
      return nil
    }
  }

  private mutating func lines(_ path: String) -> [Line] {
    guard let bytes = read(path) else { return [] }
    var found: [Line] = []
    // By bytes: as characters, a carriage return and a line feed are one, and separate nothing.
    let parts = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      if let line = Line(part) {
        found.append(line)
      } else if index == parts.count - 1 {
        if !part.isEmpty { problems.append("\(path): the last line is torn") }
      } else {
        problems.append("\(path): line \(index + 1) is not JSON")
      }
    }
    return found
  }
}
