import Experiments
import Images
import Runs
import Tensors
import Training

/// Writes what a run does for TensorBoard into `tb/` of its folder: scalars while it trains, its settings, and at the
/// end a sheet of predictions.
///
/// Nothing else reads the folder, and nothing depends on it: where it cannot be written, that is said once, and the
/// run goes on.
package final class TensorBoardObserver: TrainingObserver {
  private var file: EventFile?
  private let warn: (_ text: String) -> Void
  /// Optimizer steps of all phases so far.
  private var step = 0

  /// - Parameter warn: hears, in one line, why nothing more is written.
  package init(warn: @escaping (_ text: String) -> Void) { self.warn = warn }

  /// Begins the file with what is known before the first picture.
  ///
  /// - Parameters:
  ///   - settings: by their paths in `resolved.yaml`.
  ///   - configuration: `resolved.yaml` itself.
  ///   - group: what runs that differ in their seed alone have in common.
  package func begin(
    settings: [String: String], configuration: String, group: String, in folder: RunFolder
  ) {
    write { () throws(FileError) in
      let file = try EventFile(in: folder.tensorBoard)
      self.file = file
      try file.append(Events.start())
      let settings = Hyperparameters.named(settings).sorted { $0.key < $1.key }
        .map { (name: $0.key, value: Events.Setting($0.value)) }
      try file.append(
        Events.sessionStart(settings, group: group, folder: folder.realPath ?? folder.path))
      // Four spaces make code of it, whatever is in it.
      let lines = configuration.split(separator: "\n", omittingEmptySubsequences: false)
      try file.append(
        Events.text(tag: "configuration", lines.map { "    " + $0 }.joined(separator: "\n")))
    }
  }

  package func began(phase: PhasePlan, epoch: Int, pictures: Int, split: Split) {}

  package func advanced(pictures: Int, metrics: EpochMetrics?) {
    // Validation takes no step, and has no metrics yet.
    if metrics != nil { step += 1 }
  }

  package func ended(
    phase: PhasePlan, epoch: Int, rate: Double, train: EpochMetrics, val: EpochMetrics,
    seconds: Double, rank: EpochRank
  ) {
    scalars(train.named("train") + val.named("val") + [("lr", rate)])
  }

  package func tested(_ metrics: EpochMetrics) { scalars(metrics.named("test")) }

  package func noted(_ text: String) {}

  /// Ends the file: how the run ended, and where it came to its end, what it says of some validation pictures.
  package func end(_ end: Session.End, in folder: RunFolder, of data: ExperimentData) {
    var isSuccess = false
    if case .completed = end { isSuccess = true }
    if isSuccess, let rows = try? PredictionsReader.read(folder.predictions("val")) {
      let grid = PredictionGrid(
        rows, name: data.name(of:), file: { "\(data.folder)/\($0)" })
      if let sheet = grid.drawn() {
        let event = Events.image(
          tag: "predictions/val", file: sheet.jpeg(quality: 92), width: sheet.width,
          height: sheet.height, step: step)
        write { () throws(FileError) in try file?.append(event) }
      }
    }
    write { () throws(FileError) in
      try file?.append(Events.sessionEnd(isSuccess: isSuccess))
    }
    file = nil
  }

  private func scalars(_ values: [(String, Double)]) {
    write { () throws(FileError) in
      try file?.append(
        Events.scalars(values.map { (tag: $0.0, value: $0.1) }, step: step))
    }
  }

  private func write(_ body: () throws(FileError) -> Void) {
    do {
      try body()
    } catch {
      file = nil
      warn("warning: \(error); the run goes on without events for TensorBoard")
    }
  }
}
