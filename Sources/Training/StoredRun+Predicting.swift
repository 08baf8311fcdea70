import Diagnostics
import Glibc
import Images
import Kernels
import Loading
import Runs
import Tensors

extension StoredRun {
  /// Pictures in a batch of `predict`, at most: enough to keep the machine busy, few enough to answer soon.
  package static let predictionBatch = 32

  /// Names pictures in the order in which they are found, a batch at a time.
  ///
  /// Pictures are decoded while others are computed; only a few batches are held in memory, however many there are.
  /// A picture's numbers do not depend on those that share its batch.
  ///
  /// - Parameters:
  ///   - walk: finds the pictures.
  ///   - count: how many classes are told of each.
  ///   - each: takes a batch's answers; what it throws ends it.
  /// - Throws: `Failure`, or what `each` throws.
  package func predict(
    _ walk: PictureWalk, top count: Int, each: (_ answers: [Answer]) throws -> Void
  ) throws {
    // 1. Of fewer pictures than a batch has the network need not compute more.
    var walk = walk
    var first: [PictureWalk.Found] = []
    let limit = min(plan.phase.train.batchSize, Self.predictionBatch)
    while first.count < limit, let found = walk.next() { first.append(found) }
    guard !first.isEmpty else { return }
    let batchSize = first.count
    var begun = first.makeIterator()

    // 2. A batch after the other.
    let stream = PictureStream(
      pipeline: plan.evalPipeline,
      Loader.Settings(
        batchSize: batchSize, seed: plan.seed, phase: plan.index, workers: options.workers)
    ) { begun.next() ?? walk.next() }
    let evaluator = try computed { () throws(TrainingError) in
      try Evaluator(plan, pictures: batchSize, model: model, options: options, arena: Arena())
    }
    while let (batch, rows) = stream.next() {
      var logits = UnsafeBufferPointer<Float>(start: nil, count: 0)
      if rows.contains(where: { $0.problem == nil }) {
        logits = try computed { () throws(TrainingError) in try evaluator.logits(of: batch) }
      }
      try each(
        rows.enumerated().map { index, row in
          if let problem = row.problem {
            return Answer(path: row.path, problem: problem.answer(for: row.path))
          }
          let own = logits[index * classes.count..<(index + 1) * classes.count]
          let ranking = Ranking(UnsafeBufferPointer(rebasing: own))
          return Answer(path: row.path, guesses: guesses(ranking, count))
        })
    }
  }

  private func computed<Result>(
    _ body: () throws(TrainingError) -> Result
  ) throws(Failure) -> Result {
    do { return try body() } catch { throw .training(error) }
  }

  private func guesses(_ ranking: Ranking, _ count: Int) -> [Answer.Guess] {
    ranking.top(count).map {
      Answer.Guess(
        label: classes[$0], name: name(of: classes[$0]), probability: ranking.probabilities[$0])
    }
  }
}

extension PictureStream.Problem {
  /// With the code and the help that people see.
  fileprivate func answer(for path: String) -> Answer.Problem {
    switch self {
    case .path(.unreadableFolder):
      Answer.Problem("unreadable-folder", "\(self)", help: help)
    case .path(.noPictures): Answer.Problem("no-pictures", "\(self)", help: help)
    case .path(.notAFile), .path(.notText): Answer.Problem("unreadable-file", "\(self)", help: help)
    case .picture(.unreadable(ENOENT)):
      Answer.Problem(
        "missing-file", "is not there",
        help: path.hasPrefix("/") ? nil : "paths are relative to the working directory")
    case .picture: Answer.Problem("undecodable-picture", "\(self)", help: help)
    case .transform: Answer.Problem("shape-mismatch", "\(self)", help: help)
    }
  }

  private var help: String? {
    switch self {
    case .path(let problem): problem.help
    case .picture(let error): error.help
    case .transform(let error): error.help
    }
  }
}
