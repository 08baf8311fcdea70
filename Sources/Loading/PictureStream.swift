import Images
import Tensors
import Transforms

/// Decodes and transforms pictures as they are found, on threads of its own, into a bounded ring of batches.
///
/// Unlike `Loader` it need not know how many there are, and a picture that cannot be read spoils nothing: its row
/// comes with the reason. Rows are in the order in which pictures are found, whatever the number of workers; pixels
/// are as in an evaluation.
package final class PictureStream {
  /// Why a row has no picture.
  package enum Problem: Error, Sendable, Hashable {
    case path(PictureWalk.Problem)
    case picture(PictureError)
    case transform(PipelineError)
  }

  /// What a row of a batch is.
  package struct Row: Sendable, Hashable {
    package let path: String
    /// Where there is one, the row's pixels are what was there before.
    package fileprivate(set) var problem: Problem?
  }

  private let ring: StreamRing
  private let workers: [Threads.Worker]

  /// - Parameter source: gives what is found, one for each call, nil at the end; called by one thread at a time,
  ///   whichever it is.
  package init(
    pipeline: Pipeline, _ settings: Loader.Settings, source: @escaping () -> PictureWalk.Found?
  ) {
    let ring = StreamRing(pipeline: pipeline, settings, source: source)
    self.ring = ring
    workers = (0..<max(1, settings.workers)).map { _ in Threads.Worker { ring.work() } }
  }

  deinit {
    ring.stop()
    for worker in workers { worker.join() }
  }

  /// The next batch with what its rows are, waiting for it where needed; nil after the last. Ends the one before.
  package func next() -> (batch: Batch, rows: [Row])? { ring.next() }
}

/// What the workers and the consumer share; everything mutable but the source is guarded by the lock.
private final class StreamRing: @unchecked Sendable {
  private struct Slot {
    var rows: [PictureStream.Row] = []
    var remaining = 0
  }
  /// One row to fill.
  private struct Ticket {
    let slot: Int
    let row: Int
    let found: PictureWalk.Found
  }

  private let pipeline: Pipeline
  private let settings: Loader.Settings
  private let batchSize: Int
  private let elements: Int
  private let lock = Condition()
  /// Guards the source, which may wait for somebody to name a picture; taken before `lock`, never after it.
  private let sourceLock = Condition()
  private let source: () -> PictureWalk.Found?

  /// The buffers of the slots; workers write rows of their own without the lock.
  private let batches: [Batch]
  private var slots: [Slot]
  /// Rows given to workers so far.
  private var given = 0
  /// Batches that the consumer has taken.
  private var taken = 0
  /// Batches that the consumer is done with.
  private var released = 0
  /// The source has given everything.
  private var isEnded = false
  private var isStopped = false

  init(
    pipeline: Pipeline, _ settings: Loader.Settings, source: @escaping () -> PictureWalk.Found?
  ) {
    self.pipeline = pipeline
    self.settings = settings
    self.source = source
    batchSize = settings.batchSize
    let count = pipeline.outputShape.count
    elements = count
    batches = (0..<max(2, settings.slots)).map { _ in
      Batch(size: settings.batchSize, elements: count)
    }
    self.slots = batches.map { _ in Slot() }
  }

  func stop() {
    lock.locked {
      isStopped = true
      lock.broadcast()
    }
  }

  /// What a worker's thread does until the stream ends or goes.
  func work() {
    var canvas = Canvas()
    var file = FileBytes()
    while let ticket = take() { finish(ticket, fill(ticket, &canvas, &file)) }
  }

  private func fill(
    _ ticket: Ticket, _ canvas: inout Canvas, _ file: inout FileBytes
  ) -> PictureStream.Problem? {
    switch ticket.found {
    case .problem(_, let problem): return .path(problem)
    case .picture(let path):
      do throws(PictureError) {
        try file.read(path)
        try pipeline.decode(file.bytes, into: &canvas)
      } catch {
        return .picture(error)
      }
      let destination = UnsafeMutableBufferPointer(
        start: batches[ticket.slot].pictures.pointer + ticket.row * elements, count: elements)
      do throws(PipelineError) {
        try pipeline.run(
          on: &canvas, seed: settings.seed,
          at: SamplePlace(
            phase: settings.phase, epoch: 0, sample: RandomStream.coordinate(of: path)),
          into: destination)
      } catch {
        return .transform(error)
      }
      return nil
    }
  }

  /// The next row, once its batch has a free slot; nil at the end.
  private func take() -> Ticket? {
    sourceLock.locked {
      let isOpen = lock.locked {
        while !isStopped, given / batchSize >= released + slots.count { lock.wait() }
        return !isStopped && !isEnded
      }
      guard isOpen else { return nil }
      let found = source()
      return lock.locked {
        guard let found else {
          isEnded = true
          lock.broadcast()
          return nil
        }
        let slot = given / batchSize % slots.count
        let row = given % batchSize
        if row == 0 { slots[slot] = Slot() }
        switch found {
        case .picture(let path), .problem(let path, _):
          slots[slot].rows.append(PictureStream.Row(path: path, problem: nil))
        }
        slots[slot].remaining += 1
        given += 1
        return Ticket(slot: slot, row: row, found: found)
      }
    }
  }

  private func finish(_ ticket: Ticket, _ problem: PictureStream.Problem?) {
    lock.locked {
      slots[ticket.slot].rows[ticket.row].problem = problem
      slots[ticket.slot].remaining -= 1
      if slots[ticket.slot].remaining == 0 { lock.broadcast() }
    }
  }

  func next() -> (batch: Batch, rows: [PictureStream.Row])? {
    lock.locked {
      // The batch before is done with.
      if released < taken {
        released = taken
        lock.broadcast()
      }
      let slot = taken % slots.count
      while true {
        let isWhole = given >= (taken + 1) * batchSize || isEnded
        if isWhole, given <= taken * batchSize { return nil }
        if isWhole, slots[slot].remaining == 0 { break }
        lock.wait()
      }
      taken += 1
      let batch = batches[slot]
      batch.count = slots[slot].rows.count
      return (batch, slots[slot].rows)
    }
  }
}

// MARK: Wording

extension PictureStream.Problem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .path(let problem): "\(problem)"
    case .picture(let error): "\(error)"
    case .transform(let error): "does not fit the transforms: \(error)"
    }
  }
}
