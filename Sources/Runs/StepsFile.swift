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
    try CSVRecords.table(
      try WholeFile.read(path), path,
      columns: StepsWriter.header.split(separator: ",").map(String.init), mayBeTorn: true
    ) { fields in
      guard let epoch = Int(fields[1]), let step = Int(fields[2]), let loss = Double(fields[3])
      else { return nil }
      return Step(phase: fields[0], epoch: epoch, step: step, loss: loss)
    }
  }
}
