import Glibc
import Tensors

/// Writes `steps.csv`: the loss of each training step.
///
/// Lines are gathered for up to a second, so that a step does not wait for them, and written whole.
package final class StepsWriter {
  static let header = "phase,epoch,step,loss"

  private let file: LineFile
  private var pending: [String] = []
  private var lastWrite = ContinuousClock.now

  package init(_ folder: RunFolder) throws(FileError) {
    let isNew = access(folder.steps, F_OK) != 0
    file = try LineFile(folder.steps)
    if isNew { try file.append(Self.header) }
  }

  /// - Parameters:
  ///   - epoch: of the phase, from 1.
  ///   - step: of the phase, from 1.
  ///   - loss: the mean over the batch's pictures, before the step's update.
  package func append(phase: String, epoch: Int, step: Int, loss: Double) throws(FileError) {
    // The shortest digits that read back as the same number.
    pending.append("\(PredictionsWriter.field(phase)),\(epoch),\(step),\(loss)")
    if ContinuousClock.now - lastWrite >= .seconds(1) { try flush() }
  }

  /// Writes what is gathered.
  package func flush() throws(FileError) {
    lastWrite = .now
    guard !pending.isEmpty else { return }
    try file.append(pending.joined(separator: "\n"))
    pending = []
  }
}

/// Reads `steps.csv` back.
package enum StepsReader {
  /// A training step.
  package struct Step: Sendable, Hashable {
    package let phase: String
    package let epoch: Int
    package let step: Int
    package let loss: Double

    /// Whether it is the same step.
    package func isPlace(of other: Step) -> Bool {
      phase == other.phase && epoch == other.epoch && step == other.step
    }
  }

  /// All whole lines: of a run that goes on, or was killed, the last one may be torn.
  package static func read(_ path: String) throws(WholeFile.Problem) -> [Step] {
    let (records, _) = CSVRecords.read(try WholeFile.read(path))
    guard let header = records.first else { throw WholeFile.Problem(path, "is empty") }
    var columns: [Int] = []
    for name in StepsWriter.header.split(separator: ",").map(String.init) {
      guard let column = header.firstIndex(of: name) else {
        throw WholeFile.Problem(path, "has no column '\(name)'")
      }
      columns.append(column)
    }
    var steps: [Step] = []
    steps.reserveCapacity(records.count - 1)
    for (number, record) in records.dropFirst().enumerated() {
      guard record.count == header.count, let epoch = Int(record[columns[1]]),
        let step = Int(record[columns[2]]), let loss = Double(record[columns[3]])
      else { throw WholeFile.Problem(path, "row \(number + 1) is damaged") }
      steps.append(Step(phase: record[columns[0]], epoch: epoch, step: step, loss: loss))
    }
    return steps
  }
}
