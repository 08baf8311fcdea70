import Images
import Tensors
import Transforms

/// Decodes and transforms pictures on threads of its own into a bounded ring of batches.
///
/// The order and every pixel are functions of the seed, the phase, the epoch and the samples, not of the number of
/// workers: a worker takes the next row of the next batch, and every row has its place beforehand.
package final class Loader {
  /// What an epoch's order and draws are functions of, beside the samples.
  package struct Settings: Sendable {
    package var batchSize: Int
    package var shuffle: Bool
    /// Leaves out a last batch that is smaller than the others.
    package var dropLast: Bool
    package var seed: UInt64
    package var phase: Int
    package var workers: Int
    /// Batches that may be ready or in work at a time; the consumer's own included.
    package var slots: Int

    package init(
      batchSize: Int, shuffle: Bool = false, dropLast: Bool = false, seed: UInt64 = 0,
      phase: Int = 0, workers: Int, slots: Int = 4
    ) {
      self.batchSize = batchSize
      self.shuffle = shuffle
      self.dropLast = dropLast
      self.seed = seed
      self.phase = phase
      self.workers = workers
      self.slots = slots
    }
  }

  private let ring: Ring
  private let workers: [Threads.Worker]
  private let settings: Settings
  private let samples: [Sample]
  private let cached: CachedPictures?

  /// - Parameter cached: the samples' pictures with the pipeline's prefix behind them, as far as they are there.
  package init(
    _ samples: [Sample], pipeline: Pipeline, cached: CachedPictures? = nil, _ settings: Settings
  ) {
    self.samples = samples
    self.settings = settings
    self.cached = cached
    let ring = Ring(samples, pipeline: pipeline, cached: cached, settings)
    self.ring = ring
    workers = (0..<max(1, settings.workers)).map { _ in Threads.Worker { ring.work() } }
  }

  deinit {
    ring.stop()
    for worker in workers { worker.join() }
  }

  /// Bytes of the ring's batches.
  ///
  /// - Parameters:
  ///   - count: how many samples there are.
  ///   - elements: of one picture's tensor.
  package static func ringBytes(_ settings: Settings, count: Int, elements: Int) -> Int {
    let rows = min(settings.batchSize, max(1, count))
    return max(2, settings.slots) * rows * (elements + 1) * 4
  }

  /// How many pictures an epoch gives.
  package var pictureCount: Int {
    settings.dropLast ? samples.count / settings.batchSize * settings.batchSize : samples.count
  }
  /// How many batches an epoch gives.
  package var batchCount: Int {
    (pictureCount + settings.batchSize - 1) / settings.batchSize
  }

  /// Begins an epoch; what was left of another is dropped. Epochs count from 0.
  package func start(epoch: Int) {
    var order = Array(samples.indices)
    if settings.shuffle {
      var stream = RandomStream(
        seed: settings.seed, purpose: .shuffle, [UInt64(settings.phase), UInt64(epoch)])
      order = stream.permutation(samples.count)
    }
    ring.start(epoch: epoch, order: Array(order.prefix(pictureCount)))
  }

  /// The next batch of the epoch, waiting for it where needed; nil after the last. Ends the one before.
  ///
  /// - Throws: of a batch in which something cannot be read, the first that cannot. The epoch goes on behind it.
  package func next() throws(LoadingError) -> Batch? {
    switch ring.next() {
    case .success(let batch): return batch
    case .failure(let error): throw error
    }
  }

  /// What could not be read of the epoch so far, in its order.
  package var failures: [LoadingError] { ring.allFailures }

  /// Seconds that `next` has waited since this was last asked.
  package func takeWaitSeconds() -> Double { ring.takeWaitSeconds() }

  /// What is wrong with cached pictures, which were made from their files instead, since this was last asked.
  package func takeCacheProblems() -> [String] { cached?.takeProblems() ?? [] }
}

/// What the workers and the consumer share; everything mutable is guarded by the lock.
private final class Ring: @unchecked Sendable {
  private struct Slot {
    var remaining = 0
    var error: (row: Int, LoadingError)?
  }
  /// One row to fill.
  private struct Ticket {
    let slot: Int
    let row: Int
    let sample: Int
    let epoch: Int
    /// In the epoch's order.
    let position: Int
  }

  private let samples: [Sample]
  private let pipeline: Pipeline
  private let cached: CachedPictures?
  private let prefixCount: Int
  private let settings: Loader.Settings
  private let elements: Int
  private let lock = Condition()

  /// The buffers of the slots; workers write rows of their own without the lock.
  private let batches: [Batch]
  private var slots: [Slot]
  private var order: [Int] = []
  private var epoch = 0
  /// The next row to be given out.
  private var position = 0
  /// Batches that the consumer has taken.
  private var taken = 0
  /// Batches that the consumer is done with.
  private var released = 0
  /// Rows in work, of any epoch: buffers may not be given to a new epoch before they are done.
  private var inWork = 0
  private var isStopped = false
  private var waitSeconds = 0.0
  private var failures: [(position: Int, error: LoadingError)] = []

  init(
    _ samples: [Sample], pipeline: Pipeline, cached: CachedPictures?, _ settings: Loader.Settings
  ) {
    self.samples = samples
    self.pipeline = pipeline
    self.cached = cached
    prefixCount = pipeline.prefixCount
    self.settings = settings
    elements = pipeline.outputShape.count
    let elements = elements
    // A batch holds no more pictures than there are.
    let rows = min(settings.batchSize, max(1, samples.count))
    batches = (0..<max(2, settings.slots)).map { _ in Batch(size: rows, elements: elements) }
    slots = batches.map { _ in Slot() }
  }

  func start(epoch: Int, order: [Int]) {
    lock.locked {
      // No more rows of the old epoch are given out; those in work end first.
      self.order = []
      position = 0
      while inWork > 0 { lock.wait() }
      self.epoch = epoch
      self.order = order
      taken = 0
      released = 0
      failures = []
      for index in slots.indices {
        slots[index].remaining = 0
        slots[index].error = nil
      }
      lock.broadcast()
    }
  }

  func stop() {
    lock.locked {
      isStopped = true
      lock.broadcast()
    }
  }

  var allFailures: [LoadingError] {
    lock.locked { failures.sorted { $0.position < $1.position }.map(\.error) }
  }

  func takeWaitSeconds() -> Double {
    lock.locked {
      defer { waitSeconds = 0 }
      return waitSeconds
    }
  }

  /// What a worker's thread does until the loader goes.
  func work() {
    var canvas = Canvas()
    var file = FileBytes()
    while let ticket = take() {
      let batch = batches[ticket.slot]
      let sample = samples[ticket.sample]
      var failure: LoadingError?
      let isCached = cached?.load(ticket.sample, into: &canvas.picture) ?? false
      if !isCached {
        do throws(PictureError) {
          try file.read(sample.file)
          try pipeline.decode(file.bytes, into: &canvas)
        } catch {
          failure = .picture(path: sample.file, error)
        }
      }
      if failure == nil {
        let destination = UnsafeMutableBufferPointer(
          start: batch.pictures.pointer + ticket.row * elements, count: elements)
        do throws(PipelineError) {
          try pipeline.run(
            on: &canvas, from: isCached ? prefixCount : 0, seed: settings.seed,
            at: SamplePlace(
              phase: settings.phase, epoch: ticket.epoch, sample: sample.identity),
            into: destination)
        } catch {
          failure = .transform(path: sample.file, error)
        }
      }
      batch.labels.pointer[ticket.row] = Int32(sample.label)
      finish(ticket, failure)
    }
  }

  /// The next row whose batch has a free slot; waits for one. Nil at the end.
  private func take() -> Ticket? {
    lock.locked {
      while !isStopped {
        let batch = position / settings.batchSize
        if position < order.count, batch < released + slots.count {
          let slot = batch % slots.count
          let row = position % settings.batchSize
          if row == 0 {
            let first = batch * settings.batchSize
            let members = order[first..<min(order.count, first + settings.batchSize)]
            slots[slot].remaining = members.count
            slots[slot].error = nil
            batches[slot].count = members.count
            batches[slot].samples = Array(members)
          }
          defer { position += 1 }
          inWork += 1
          return Ticket(
            slot: slot, row: row, sample: order[position], epoch: epoch, position: position)
        }
        lock.wait()
      }
      return nil
    }
  }

  private func finish(_ ticket: Ticket, _ failure: LoadingError?) {
    lock.locked {
      inWork -= 1
      slots[ticket.slot].remaining -= 1
      if let failure {
        failures.append((ticket.position, failure))
        if ticket.row < slots[ticket.slot].error?.row ?? .max {
          slots[ticket.slot].error = (ticket.row, failure)
        }
      }
      if inWork == 0 || slots[ticket.slot].remaining == 0 { lock.broadcast() }
    }
  }

  func next() -> Result<Batch?, LoadingError> {
    let begin = ContinuousClock.now
    return lock.locked {
      // The batch before is done with.
      if released < taken {
        released = taken
        lock.broadcast()
      }
      guard taken * settings.batchSize < order.count else { return .success(nil) }
      let slot = taken % slots.count
      // Not begun, or begun and not done.
      while position <= taken * settings.batchSize || slots[slot].remaining > 0 { lock.wait() }
      let waited = (ContinuousClock.now - begin).components
      waitSeconds += Double(waited.seconds) + Double(waited.attoseconds) * 1e-18
      taken += 1
      if let error = slots[slot].error { return .failure(error.1) }
      return .success(batches[slot])
    }
  }
}
