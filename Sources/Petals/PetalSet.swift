import Tensors

/// A generated data set of flower pictures, small enough to draw anew wherever it is wanted.
package struct PetalSet: Sendable {
  /// A part of the set; raw values are its folder names.
  package enum Split: String, CaseIterable, Sendable {
    case train, val, test
  }

  /// Raised whenever the same description draws other bytes.
  package static let version = 1

  /// The name by which experiments ask for the set.
  package let name: String
  package let seed: UInt64
  /// Pictures of each class in each split.
  package let picturesPerClass: [Split: Int]
  /// The classes, in the order of `folders`.
  package let kinds: [FlowerKind]

  package init(
    name: String, seed: UInt64, picturesPerClass: [Split: Int], kinds: [FlowerKind]
  ) {
    self.name = name
    self.seed = seed
    self.picturesPerClass = picturesPerClass
    self.kinds = kinds
  }

  /// The set of `data: {builtin: petals}`.
  package static let petals = PetalSet(
    name: "petals", seed: 12, picturesPerClass: [.train: 60, .val: 20, .test: 20],
    kinds: Flora.petals)

  /// Other, more classes, on which the shipped backbone was trained; it shares no class with `petals`.
  package static let pretraining = PetalSet(
    name: "petals-pretraining", seed: 1012, picturesPerClass: [.train: 100, .val: 10, .test: 0],
    kinds: Flora.pretraining(classes: 80))

  /// Every set, by name.
  package static let all = [petals, pretraining]

  /// The set that experiments ask for by this name, if there is one.
  package static func named(_ name: String) -> PetalSet? { all.first { $0.name == name } }

  /// The class folders' names, in order.
  package var folders: [String] {
    let digits = String(kinds.count).utf8.count
    return (1...kinds.count).map { number in
      let text = String(number)
      return String(repeating: "0", count: digits - text.utf8.count) + text
    }
  }

  /// The classes' names for people, in the order of `folders`.
  package var classNames: [String] { kinds.map(\.name) }

  /// Pictures in a split.
  package func count(of split: Split) -> Int { kinds.count * (picturesPerClass[split] ?? 0) }

  /// One picture to be drawn. `number` counts within the class and across splits.
  package struct Item: Sendable {
    package let split: Split
    package let kind: Int
    package let number: Int
  }

  /// Every picture, split by split and class by class.
  package var items: [Item] {
    var items: [Item] = []
    var first = 0
    for split in Split.allCases {
      let count = picturesPerClass[split] ?? 0
      for kind in kinds.indices {
        for number in first..<(first + count) {
          items.append(Item(split: split, kind: kind, number: number))
        }
      }
      first += count
    }
    return items
  }

  /// A picture as drawn, a function of the set's seed, the class and the number alone.
  func picture(_ item: Item) -> FlowerPicture {
    var stream = RandomStream(
      seed: seed, purpose: .generator, [UInt64(item.kind), UInt64(item.number)])
    return FlowerPicture(of: kinds[item.kind], from: &stream)
  }

  /// The picture's pixels before JPEG coding: packed RGB, rows from the top, 64 a side.
  package func pixels(of item: Item) -> [UInt8] { picture(item).pixels }

  /// SHA-256 of everything that decides the set's bytes, in hexadecimal digits.
  package var fingerprint: String {
    var text = "petals \(Self.version)\n\(name)\n\(seed)\n"
    for split in Split.allCases { text += "\(split.rawValue) \(picturesPerClass[split] ?? 0)\n" }
    for kind in kinds {
      text += "\(kind.count) \(kind.outline) \(kind.marking) \(kind.arrangement)"
      text += " \(kind.heart) \(kind.family)\n"
    }
    return SHA256.hex(of: text)
  }
}
