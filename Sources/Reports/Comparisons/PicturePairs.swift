import Runs
import Statistics

/// Two trained models on the same pictures, from the predictions that their runs stored.
///
/// It speaks of these two models. Whether their settings differ is a matter of seeds.
package struct PicturePairs: Sendable {
  /// A picture that one of them got right and the other did not.
  package struct Flip: Sendable, Equatable {
    package let path: String
    package let label: String
    /// What each said, and with which probability.
    package let first: (predicted: String, probability: Double)
    package let second: (predicted: String, probability: Double)
    /// Whether the second one is right.
    package let isGained: Bool

    package static func == (a: Flip, b: Flip) -> Bool {
      a.path == b.path && a.label == b.label && a.first == b.first && a.second == b.second
    }
  }

  package let split: String
  package let first: RunReader
  package let second: RunReader
  package let outcomes: PairedOutcomes
  /// The second's accuracy minus the first's, with its interval over pictures; nil without common pictures.
  package let bootstrap: PairedBootstrap?
  /// In the order of the pictures.
  package let flips: [Flip]
  /// Pictures that only one of them has, or that have another label in each.
  package let notShared: Int
  /// Why there is nothing to compare.
  package let problems: [String]
  package let level: Double

  package init(_ first: RunReader, _ second: RunReader, _ split: String, level: Double = 0.95) {
    (self.first, self.second, self.split, self.level) = (first, second, split, level)
    var problems: [String] = []
    func rows(_ run: RunReader) -> [PredictionsReader.Row] {
      do throws(WholeFile.Problem) {
        return try PredictionsReader.read(run.folder.predictions(split))
      } catch {
        problems.append(error.description)
        return []
      }
    }
    let (own, others) = (rows(first), rows(second))
    let byPath = Dictionary(others.map { ($0.path, $0) }) { first, _ in first }
    let pairs = own.compactMap { row in
      byPath[row.path].flatMap { $0.label == row.label ? (row, $0) : nil }
    }
    outcomes = PairedOutcomes(
      first: pairs.map(\.0.isCorrect), second: pairs.map(\.1.isCorrect))
    bootstrap = PairedBootstrap(outcomes, level: level)
    flips = pairs.filter { $0.isCorrect != $1.isCorrect }.map { a, b in
      Flip(
        path: a.path, label: a.label, first: (a.predicted, a.predictedProbability),
        second: (b.predicted, b.predictedProbability), isGained: b.isCorrect)
    }
    notShared = problems.isEmpty ? own.count + others.count - 2 * pairs.count : 0
    if problems.isEmpty, pairs.isEmpty {
      problems.append(
        "\(first.folder.predictions(split)): has no picture in common with "
          + second.folder.predictions(split))
    }
    self.problems = problems
  }

  /// Whether the two differ beyond chance over pictures.
  package var isDifferent: Bool { outcomes.mcNemarPValue <= 1 - level }
}
