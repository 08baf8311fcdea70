import Glibc
import Images
import Synchronization

/// A run folder as it is found: what can be read, and what is wrong with the rest. Never throws.
///
/// A class, since commands hand around thousands of them.
package final class RunReader: Sendable {
  package typealias Line = RunLine

  package let folder: RunFolder
  package let record: RunRecord?
  /// What the lines come to.
  package let summary: RunSummary
  /// What is wrong with its files.
  let findings: [Finding]
  /// The files as they were when they were read; nil where they were changing, or have changed just before.
  let stamps: RunStamps?
  private let details: Mutex<Details>

  /// Something that is wrong with a file.
  struct Finding: Sendable, Equatable {
    let file: RunStamps.File
    let reason: String
  }

  /// For how long files must not have changed to be believed to stay.
  private let settling: FileStamp.Time
  /// Whether it was read from the folder, not from an index.
  let isFresh: Bool

  /// What is read when it is asked for.
  private struct Details: Sendable {
    var lines: [RunStamps.File: [RunLine]] = [:]
    var settings: KnownSettings?
    /// Whether the settings are those of the file as it is now.
    var areSettingsRead = false
    /// Whether an index does not have the settings yet.
    var areSettingsNew = false
  }

  /// Settings, and the stamp of their file; nil where it was changing, or has changed just before.
  struct KnownSettings: Sendable {
    var settings: RunSettings
    var stamp: FileStamp?
  }

  package convenience init(_ path: String) { self.init(RunFolder(existing: path), files: nil) }

  /// Reads everything now.
  ///
  /// - Parameter files: how the files were before, where it is worth knowing whether they stayed the same. Then the
  ///   lines are let go, as those of thousands of runs take much room, and read again if somebody wants them.
  init(_ folder: RunFolder, files: (before: RunStamps, settling: FileStamp.Time)?) {
    self.folder = folder
    settling = files?.settling ?? FileStamp.settling
    let begun = FileStamp.now()
    var record: RunRecord?
    var (findings, unread): ([Finding], [RunStamps.File]) = ([], [])
    func contents(_ file: RunStamps.File) -> [UInt8]? {
      do throws(WholeFile.Problem) {
        return try WholeFile.read(file.path(in: folder))
      } catch {
        findings.append(Finding(file: file, reason: error.reason))
        unread.append(file)
        return nil
      }
    }
    if let bytes = contents(.record) {
      do {
        record = try RunRecord.decode(bytes)
      } catch {
        findings.append(Finding(file: .record, reason: "is not a record of this version"))
      }
    }
    let metrics = Self.lines(contents(.metrics) ?? [], of: .metrics, &findings)
    let timing = Self.lines(contents(.timing) ?? [], of: .timing, &findings)
    self.record = record
    self.findings = findings
    summary = RunSummary(metrics: metrics, timing: timing, record)
    // A file that is there and could not be read may be readable next time, though it stays the same.
    if let files, let after = RunStamps(folder), after == files.before,
      after.areSettled(before: begun - files.settling),
      !unread.contains(where: { after[$0].exists })
    {
      stamps = after
    } else {
      stamps = nil
    }
    isFresh = true
    details = Mutex(Details(lines: files == nil ? [.metrics: metrics, .timing: timing] : [:]))
  }

  /// As it was read before.
  init(
    _ folder: RunFolder, _ record: RunRecord?, _ summary: RunSummary, _ findings: [Finding],
    _ stamps: RunStamps, settings: KnownSettings?, settling: FileStamp.Time
  ) {
    self.folder = folder
    self.settling = settling
    self.record = record
    self.summary = summary
    self.findings = findings
    self.stamps = stamps
    isFresh = false
    details = Mutex(Details(settings: settings))
  }

  /// Files that are missing, torn or foreign, each named; of a folder that holds no run, one line with all of them.
  package var problems: [String] {
    if !isRun, !findings.isEmpty { return [nothing] }
    return findings.map { "\($0.file.path(in: folder)): \($0.reason)" }
  }

  /// `runs/notes: holds no run (run.json, metrics.jsonl, timing.jsonl: No such file or directory)`
  private var nothing: String {
    var reasons: [String] = []
    for finding in findings where !reasons.contains(finding.reason) {
      reasons.append(finding.reason)
    }
    let parts = reasons.map { reason in
      let names = findings.filter { $0.reason == reason }.map(\.file.name)
      return "\(names.joined(separator: ", ")): \(reason)"
    }
    return "\(folder.path): holds no run (\(parts.joined(separator: "; ")))"
  }

  /// Whether the folder holds a run at all.
  package var isRun: Bool { record != nil || summary.hasMetrics }

  /// How the run stands; nil without a record.
  package var state: RunState? { record?.state() }

  /// A line for each epoch, and one of the test split.
  package var metrics: [RunLine] { lines(of: .metrics) }
  package var timing: [RunLine] { lines(of: .timing) }

  /// The lines of epochs, without the one of the test split.
  package var epochs: [RunLine] { metrics.filter(RunSummary.isEpoch) }
  /// What the best weights gave on the test split.
  package var test: RunLine? { summary.test }
  /// The epoch that the record calls the best; else the one with the greatest `val/acc1`.
  package var best: RunLine? { summary.best }

  private func lines(of file: RunStamps.File) -> [RunLine] {
    if let lines = details.withLock({ $0.lines[file] }) { return lines }
    // What is wrong with the file was said when it was read first.
    var findings: [Finding] = []
    let lines = Self.lines(
      (try? WholeFile.read(file.path(in: folder))) ?? [], of: file, &findings)
    details.withLock { $0.lines[file] = lines }
    return lines
  }

  /// The settings of `resolved.yaml`, read once; none where it cannot be read.
  package var settings: RunSettings { settings(by: SettingsReader()) }

  /// The same, read by one that knows the settings of other runs.
  package func settings(by reader: SettingsReader) -> RunSettings {
    let (known, isRead) = details.withLock { ($0.settings, $0.areSettingsRead) }
    if let known, isRead { return known.settings }
    let before = FileStamp(folder.resolved)
    if let known, let stamp = known.stamp, stamp == before {
      details.withLock { $0.areSettingsRead = true }
      return known.settings
    }
    let settledBefore = FileStamp.now() - settling
    let settings = reader.settings(file: folder.resolved)
    let after = FileStamp(folder.resolved)
    let isSettled = before == after && after?.isSettled(before: settledBefore) ?? false
    details.withLock {
      $0.settings = KnownSettings(settings: settings, stamp: isSettled ? after : nil)
      $0.areSettingsRead = true
      $0.areSettingsNew = isSettled
    }
    return settings
  }

  /// The settings, where they are known with their stamp.
  var knownSettings: (settings: RunSettings, stamp: FileStamp)? {
    details.withLock { $0.settings }.flatMap { known in known.stamp.map { (known.settings, $0) } }
  }

  /// Whether an index could have more of it than it has.
  var hasNews: Bool { stamps != nil && (isFresh || details.withLock { $0.areSettingsNew }) }

  /// The runs in a folder, the oldest first; folders that hold no run come with a problem.
  package static func all(in runs: String) -> [RunReader] { RunsFolder(runs).runs }

  // MARK: Files

  private static func lines(
    _ bytes: [UInt8], of file: RunStamps.File, _ findings: inout [Finding]
  ) -> [RunLine] {
    var found: [RunLine] = []
    var parser = RunLineParser()
    var start = 0
    var number = 1
    // By bytes: as characters, a carriage return and a line feed are one, and separate nothing.
    while true {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
      let range = start..<(end ?? bytes.count)
      if let line = parser.line(bytes, range) {
        found.append(line)
      } else if end == nil {
        if !range.isEmpty { findings.append(Finding(file: file, reason: "the last line is torn")) }
      } else {
        findings.append(Finding(file: file, reason: "line \(number) is not JSON"))
      }
      guard let end else { return found }
      start = end + 1
      number += 1
    }
  }
}
