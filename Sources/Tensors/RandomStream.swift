/// Random numbers without state between uses: every draw is a function of a seed, a purpose and coordinates.
///
/// - Source: Philox4x32-10, Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", section 3.3.
package struct RandomStream: Sendable {
  /// What numbers are drawn for, so that equal coordinates of two purposes are unrelated. Raw values are stable.
  package enum Purpose: UInt32, Sendable {
    case initialization = 1
    case shuffle = 2
    case augmentation = 3
    case dropout = 4
    case split = 5
    case generator = 6
    case resampling = 7
    case test = 99
  }

  private let key0: UInt32
  private let key1: UInt32
  private let high: (UInt32, UInt32, UInt32)
  private var block: UInt32 = 0
  private var words: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
  private var used = 4

  /// A stream for one purpose at a place given by any number of coordinates (epoch, sample, operation …).
  package init(seed: UInt64, purpose: Purpose, _ coordinates: [UInt64] = []) {
    var folding = Folding(seed, purpose)
    for coordinate in coordinates { folding.add(coordinate) }
    self.init(folding)
  }

  /// The same with four coordinates, for loops that must not allocate.
  package init(
    seed: UInt64, purpose: Purpose, _ first: UInt64, _ second: UInt64, _ third: UInt64,
    _ fourth: UInt64
  ) {
    var folding = Folding(seed, purpose)
    folding.add(first)
    folding.add(second)
    folding.add(third)
    folding.add(fourth)
    self.init(folding)
  }

  private init(_ folding: Folding) {
    key0 = UInt32(truncatingIfNeeded: folding.first)
    key1 = UInt32(truncatingIfNeeded: folding.first >> 32)
    high = (
      UInt32(truncatingIfNeeded: folding.second), UInt32(truncatingIfNeeded: folding.second >> 32),
      UInt32(truncatingIfNeeded: folding.third)
    )
  }

  /// Coordinates of any number and size, folded into 160 bits by a fixed mixing function.
  private struct Folding {
    private(set) var first: UInt64
    private(set) var second: UInt64
    private(set) var third: UInt64

    init(_ seed: UInt64, _ purpose: Purpose) {
      first = RandomStream.mixed(seed ^ (UInt64(purpose.rawValue) << 32))
      second = RandomStream.mixed(first ^ 0x9E37_79B9_7F4A_7C15)
      third = RandomStream.mixed(second ^ 0xD1B5_4A32_D192_ED03)
    }

    mutating func add(_ coordinate: UInt64) {
      first = RandomStream.mixed(first ^ coordinate)
      second = RandomStream.mixed(
        second &+ RandomStream.mixed(first ^ 0x9E37_79B9_7F4A_7C15))
      third = RandomStream.mixed(third ^ RandomStream.mixed(second &+ coordinate))
    }
  }

  /// A text as a coordinate: FNV-1a, 64 bits (Fowler, Noll and Vo).
  package static func coordinate(of text: String) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
  }

  /// Sixty-four bits spread by the finaliser of SplitMix64 (Steele et al. 2014).
  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Ten Philox rounds over a counter of four words.
  package static func philox(
    _ counter: (UInt32, UInt32, UInt32, UInt32), key: (UInt32, UInt32)
  ) -> (UInt32, UInt32, UInt32, UInt32) {
    var (c0, c1, c2, c3) = counter
    var (k0, k1) = key
    for _ in 0..<10 {
      let a = UInt64(c0) &* 0xD251_1F53
      let b = UInt64(c2) &* 0xCD9E_8D57
      (c0, c1, c2, c3) = (
        UInt32(truncatingIfNeeded: b >> 32) ^ c1 ^ k0, UInt32(truncatingIfNeeded: b),
        UInt32(truncatingIfNeeded: a >> 32) ^ c3 ^ k1, UInt32(truncatingIfNeeded: a)
      )
      k0 = k0 &+ 0x9E37_79B9
      k1 = k1 &+ 0xBB67_AE85
    }
    return (c0, c1, c2, c3)
  }

  /// What a kernel needs to make any of the stream's words by itself: word i is word i % 4 of the Philox block
  /// whose counter is (i / 4, tail) under the key.
  package var philoxState: (key: (UInt32, UInt32), tail: (UInt32, UInt32, UInt32)) {
    ((key0, key1), high)
  }

  /// Thirty-two uniform bits.
  package mutating func next() -> UInt32 {
    if used == 4 {
      words = Self.philox((block, high.0, high.1, high.2), key: (key0, key1))
      block &+= 1
      used = 0
    }
    defer { used += 1 }
    switch used {
    case 0: return words.0
    case 1: return words.1
    case 2: return words.2
    default: return words.3
    }
  }

  /// A number in `[0, 1)` with 53 random bits.
  package mutating func uniform() -> Double {
    let upper = UInt64(next())
    let lower = UInt64(next())
    return Double((upper << 32 | lower) >> 11) * 0x1p-53
  }

  /// A number in `[lower, upper)`; `lower` where they are equal.
  package mutating func uniform(_ lower: Double, _ upper: Double) -> Double {
    lower + (upper - lower) * uniform()
  }

  /// An integer of the range, each as likely (Lemire 2019, arXiv:1805.10941, with rejection).
  package mutating func integer(in range: ClosedRange<Int>) -> Int {
    let count = UInt64(range.upperBound - range.lowerBound) + 1
    precondition(count <= UInt64(UInt32.max), "ranges of draws fit 32 bits")
    let threshold = (UInt64(1) << 32) % count
    while true {
      let product = UInt64(next()) &* count
      if product & 0xFFFF_FFFF >= threshold { return range.lowerBound + Int(product >> 32) }
    }
  }

  /// True with the given probability.
  package mutating func bernoulli(_ probability: Double) -> Bool { uniform() < probability }

  /// The numbers `0..<count` in random order (Fisher and Yates).
  package mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    guard count > 1 else { return order }
    for last in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(last, integer(in: 0...last))
    }
    return order
  }
}
