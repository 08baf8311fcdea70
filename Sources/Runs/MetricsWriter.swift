import Diagnostics
import Glibc
import Tensors

/// Writes `metrics.jsonl` and `timing.jsonl`, a line for each epoch.
package final class MetricsWriter {
  private let metrics: LineFile
  private let timing: LineFile

  package init(_ folder: RunFolder) throws(FileError) {
    metrics = try LineFile(folder.metrics)
    timing = try LineFile(folder.timing)
  }

  /// - Parameters:
  ///   - epoch: of the phase, from 1.
  ///   - step: optimizer steps of the phase so far.
  ///   - rate: the learning rate at the epoch's beginning.
  package func append(
    phase: String, epoch: Int, step: Int, rate: Double, values: [(String, Double)]
  ) throws(FileError) {
    try metrics.append(
      Self.object(
        [
          ("phase", JSONRenderer.quoted(phase)), ("epoch", String(epoch)), ("step", String(step)),
          ("lr", Self.number(rate)),
        ] + values.map { ($0.0, Self.number($0.1)) }))
  }

  /// The last line: what the best weights give on the test split, with the epoch that they are from.
  package func appendTest(
    phase: String, epoch: Int, values: [(String, Double)]
  ) throws(FileError) {
    try metrics.append(
      Self.object(
        [("phase", JSONRenderer.quoted(phase)), ("epoch", String(epoch))]
          + values.map { ($0.0, Self.number($0.1)) }))
  }

  /// - Parameters:
  ///   - waitSeconds: how long training waited for pictures.
  ///   - validationWaitSeconds: how long validation did.
  package func appendTiming(
    phase: String, epoch: Int, trainSeconds: Double, validationSeconds: Double, pictures: Int,
    waitSeconds: Double, validationWaitSeconds: Double
  ) throws(FileError) {
    func seconds(_ value: Double) -> String { Self.number((value * 1000).rounded() / 1000) }
    try timing.append(
      Self.object([
        ("phase", JSONRenderer.quoted(phase)), ("epoch", String(epoch)),
        ("train_seconds", seconds(trainSeconds)), ("val_seconds", seconds(validationSeconds)),
        (
          "train_images_per_second",
          Self.number((Double(pictures) / trainSeconds * 10).rounded() / 10)
        ),
        ("wait_seconds", seconds(waitSeconds)),
        ("val_wait_seconds", seconds(validationWaitSeconds)),
        ("resident_mib", String(Self.residentKiB() >> 10)),
      ]))
  }

  /// The shortest digits that read back as the same number; `null` for what JSON has no number for.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "null" }
    return value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
  }

  private static func object(_ fields: [(String, String)]) -> String {
    "{" + fields.map { JSONRenderer.quoted($0.0) + ":" + $0.1 }.joined(separator: ",") + "}"
  }

  /// Resident memory of this process.
  private static func residentKiB() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    guard fgets(&line, 128, file) != nil else { return 0 }
    let fields = line.prefix { $0 != 0 }.split(separator: 0x20)
    guard fields.count > 1 else { return 0 }
    let pages = Int(String(decoding: fields[1].map { UInt8(bitPattern: $0) }, as: UTF8.self)) ?? 0
    return pages * Int(sysconf(Int32(_SC_PAGESIZE))) >> 10
  }
}
