import CKernels
import COpenBLAS
import Glibc
import Tensors

/// What the processors give now, measured in about half a second: products, memory, and threads beside each other.
package struct Calibration: Sendable, Hashable {
  /// What one thread does alone, and what all do together.
  package struct Rates: Sendable, Hashable {
    package var one: Double
    package var all: Double
    package init(one: Double, all: Double) {
      self.one = one
      self.all = all
    }
  }

  /// Threads that were measured together.
  package var threads: Int
  /// GFLOP/s of our own kernels, single precision.
  package var own: Rates
  /// GFLOP/s of OpenBLAS; nil where it is not there.
  package var openBLAS: Rates?
  /// GB/s of `a = b + s * c` over arrays beyond the caches, counted as STREAM does; nil where memory was short.
  package var bandwidth: Rates?
  /// How much more two threads do than one: 2 at best; nil with one thread.
  package var twoToOne: Double?
  /// How much of the time the threads had a processor: 1 where nobody else took any.
  package var share: Double

  package init(
    threads: Int, own: Rates, openBLAS: Rates?, bandwidth: Rates?, twoToOne: Double?, share: Double
  ) {
    self.threads = threads
    self.own = own
    self.openBLAS = openBLAS
    self.bandwidth = bandwidth
    self.twoToOne = twoToOne
    self.share = share
  }

  /// GFLOP/s of one thread, of whichever kernels are faster.
  package var best: Double { max(own.one, openBLAS?.one ?? 0) }
}

extension Calibration {
  /// Measures on this many threads.
  ///
  /// One and all threads take turns, so that a change of the machine's state meets both.
  ///
  /// - Parameters:
  ///   - usesMemory: whether 96 MiB may be taken for the bandwidth.
  ///   - seconds: how long each of the turns lasts.
  package static func measure(
    threads: Int = Threads.processors, usesMemory: Bool = true, seconds: Double = 0.03
  ) -> Calibration {
    let hasOpenBLAS = xr_openblas_load() == 1
    let kinds: [Turn.Kind] = hasOpenBLAS ? [.own, .openBLAS] : [.own]
    let arrays = usesMemory ? Arrays(threads: threads) : nil
    // Each thread computes alone.
    let team = xr_pool_threads()
    xr_pool_set_threads(1)
    defer { xr_pool_set_threads(team) }
    // 1. The turns: warm up, then each kind by one and by all threads, three times.
    var turns: [Turn] = kinds.map { Turn(kind: $0, threads: threads, round: -1) }
    let rounds = 3
    for round in 0..<rounds {
      for kind in kinds + (arrays == nil ? [] : [.triad]) {
        turns.append(Turn(kind: kind, threads: 1, round: round))
        if threads > 1 { turns.append(Turn(kind: kind, threads: threads, round: round)) }
        if threads > 2, kind == kinds.last {
          turns.append(Turn(kind: kind, threads: 2, round: round))
        }
      }
    }
    // 2. All threads go by the clock: nobody waits for anybody, so one that comes late costs only itself.
    let crew = (0..<threads).map {
      Member(index: $0, turns: turns, arrays: arrays, seconds: seconds)
    }
    let start = Clock.wall + 0.005
    let workers = crew.map { member in Threads.Worker { member.work(from: start) } }
    for worker in workers { worker.join() }
    // 3. What they did.
    func rate(_ kind: Turn.Kind, _ threads: Int, _ round: Int) -> Double? {
      turns.firstIndex(of: Turn(kind: kind, threads: threads, round: round)).map { turn in
        crew.reduce(0) { $0 + $1.rates[turn] }
      }
    }
    func rates(_ kind: Turn.Kind) -> Rates {
      func best(_ threads: Int) -> Double {
        (0..<rounds).compactMap { rate(kind, threads, $0) }.max() ?? 0
      }
      return Rates(one: best(1), all: best(threads))
    }
    let ratios = (0..<rounds).compactMap { round -> Double? in
      guard threads > 1, let kind = kinds.last, let two = rate(kind, 2, round),
        let one = rate(kind, 1, round), one > 0
      else { return nil }
      return two / one
    }.sorted()
    return Calibration(
      threads: threads, own: rates(.own), openBLAS: hasOpenBLAS ? rates(.openBLAS) : nil,
      bandwidth: arrays == nil ? nil : rates(.triad),
      twoToOne: ratios.isEmpty ? nil : ratios[ratios.count / 2],
      share: min(
        1, crew.reduce(0) { $0 + $1.processorSeconds } / crew.reduce(0) { $0 + $1.seconds }))
  }
}

/// A stretch of time in which some threads do one thing.
private struct Turn: Sendable, Hashable {
  enum Kind: Sendable, Hashable { case own, openBLAS, triad }
  var kind: Kind
  var threads: Int
  /// -1 to warm up.
  var round: Int
}

/// What one thread does in its turns, and what came of it.
private final class Member: @unchecked Sendable {
  // Only its thread touches it until that has ended.
  let index: Int
  private let turns: [Turn]
  private let arrays: Arrays?
  private let length: Double
  /// GFLOP/s or GB/s by turn.
  private(set) var rates: [Double]
  /// In turns of all threads, of the wall clock and of the processors.
  private(set) var seconds = 0.0
  private(set) var processorSeconds = 0.0

  init(index: Int, turns: [Turn], arrays: Arrays?, seconds: Double) {
    self.index = index
    self.turns = turns
    self.arrays = arrays
    length = seconds
    rates = Array(repeating: 0, count: turns.count)
  }

  func work(from start: Double) {
    let product = Product()
    // Memory that the kernels keep for each thread is made before the first turn.
    if turns.contains(where: { $0.kind == .openBLAS }) { product.run(by: .openBLAS) }
    product.run(by: .own)
    // A little room, as a turn ends with a whole product.
    let gap = 0.003
    for (number, turn) in turns.enumerated() where index < turn.threads {
      let begin = start + Double(number) * (length + gap)
      let end = begin + length
      Clock.sleep(until: begin)
      // What is late is late at its own cost.
      let processorsBegin = Clock.processor
      var done = 0.0
      repeat {
        if turn.kind == .triad {
          done += arrays?.step(of: index, threads: turn.threads) ?? 0
        } else {
          product.run(by: turn.kind)
          done += Product.gflops
        }
      } while Clock.wall < end
      let elapsed = Clock.wall - begin
      rates[number] = done / elapsed
      if turn.threads > 1 || turns.allSatisfy({ $0.threads == 1 }), turn.round >= 0 {
        seconds += elapsed
        processorSeconds += Clock.processor - processorsBegin
      }
    }
  }
}

private enum Clock {
  static var wall: Double { read(CLOCK_MONOTONIC) }
  /// That of the calling thread: it stands still while others have the processor.
  static var processor: Double { read(CLOCK_THREAD_CPUTIME_ID) }

  static func sleep(until time: Double) {
    while case let left = time - wall, left > 0 {
      usleep(UInt32(min(left, 0.5) * 1e6) + 1)
    }
  }

  private static func read(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

/// One product of matrices that fit the second cache.
private final class Product {
  /// A multiple of all tiles of ours.
  private static let side = 224
  static let gflops = 2e-9 * Double(side * side * side)
  private let a = FloatBuffer(count: side * side)
  private let b = FloatBuffer(count: side * side)
  private let c = FloatBuffer(count: side * side)

  init() {
    // Ordinary numbers: zeros are faster on some processors, and denormal ones slower on most.
    for index in 0..<a.count {
      a.pointer[index] = Float(index % 7) * 0.25 - 0.5
      b.pointer[index] = Float(index % 5) * 0.5 - 1
    }
  }

  func run(by kind: Turn.Kind) {
    let side = Self.side
    let gemm = kind == .openBLAS ? xr_openblas_sgemm : xr_own_sgemm
    gemm(0, 0, side, side, side, a.pointer, side, b.pointer, side, 0, c.pointer, side)
  }
}

/// Three arrays that no cache holds.
private final class Arrays: @unchecked Sendable {
  // Threads write disjoint parts.
  private static let count = 8 << 20
  private static let piece = 1 << 18
  private let memory: UnsafeMutablePointer<Float>
  /// Where each thread goes on.
  private let positions: UnsafeMutablePointer<Int>

  /// Nil where the system has no memory for it.
  init?(threads: Int) {
    var raw: UnsafeMutableRawPointer?
    guard posix_memalign(&raw, 1 << 21, 3 * Self.count * 4) == 0, let raw else { return nil }
    memory = raw.bindMemory(to: Float.self, capacity: 3 * Self.count)
    positions = .allocate(capacity: threads * 16)
    positions.initialize(repeating: 0, count: threads * 16)
    // Memory belongs to the processor that touches it first.
    Threads.forEach(threads, threads: threads) { [self] index in
      for position in part(of: index, threads: threads) {
        for array in 0..<3 { memory[array * Self.count + position] = Float(array) }
      }
    }
  }

  deinit {
    positions.deallocate()
    free(memory)
  }

  private func part(of index: Int, threads: Int) -> Range<Int> {
    Self.count * index / threads..<Self.count * (index + 1) / threads
  }

  /// One piece of a thread's part; gives the gigabytes that it moved.
  func step(of index: Int, threads: Int) -> Double {
    let part = part(of: index, threads: threads)
    // Sixteen numbers apart, so that threads do not share cache lines.
    var begin = positions[index * 16]
    if !part.contains(begin) { begin = part.lowerBound }
    let end = min(begin + Self.piece, part.upperBound)
    positions[index * 16] = end
    let (a, b, c) = (memory, memory + Self.count, memory + 2 * Self.count)
    for position in begin..<end { a[position] = b[position] + 3 * c[position] }
    return Double(end - begin) * 12e-9
  }
}
