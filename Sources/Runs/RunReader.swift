import Diagnostics
import FoundationEssentials
import Glibc

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
      guard
        let fields = try? JSONDecoder().decode(
          [String: Field].self, from: FoundationEssentials.Data(text))
      else { return nil }
      for (name, field) in fields {
        switch field {
        case .number(let value): numbers[name] = value
        case .word(let word): words[name] = word
        case .none: numbers[name] = .nan
        }
      }
    }

    private enum Field: Decodable {
      case number(Double)
      case word(String)
      case none
      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
          self = .none
        } else if let number = try? container.decode(Double.self) {
          self = .number(number)
        } else {
          self = .word(try container.decode(String.self))
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
    return readers.sorted {
      ($0.record?.started ?? "", $0.folder.name) < ($1.record?.started ?? "", $1.folder.name)
    }
  }

  private mutating func read(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "r") else {
      problems.append("\(path): \(String(cString: strerror(errno)))")
      return nil
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    guard ferror(file) == 0 else {
      problems.append("\(path): \(String(cString: strerror(errno)))")
      return nil
    }
    return bytes
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
