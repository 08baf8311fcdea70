import Tensors

/// The kinds of flower in each set.
enum Flora {
  /// Seven groups of four. Within a group the colour is the same and neighbours differ in one or two features, so that
  /// no single feature tells a class.
  static let petals: [FlowerKind] = [
    FlowerKind(5, .round, .striped, .single, .button, .lilac),
    FlowerKind(8, .round, .striped, .single, .button, .lilac),
    FlowerKind(5, .cleft, .striped, .single, .button, .lilac),
    FlowerKind(5, .round, .striped, .pinwheel, .button, .lilac),

    FlowerKind(6, .pointed, .plain, .single, .trumpet, .gold),
    FlowerKind(6, .pointed, .plain, .single, .stamens, .gold),
    FlowerKind(6, .heart, .plain, .single, .trumpet, .gold),
    FlowerKind(4, .pointed, .plain, .single, .stamens, .gold),

    FlowerKind(13, .strap, .plain, .single, .disc, .snow),
    FlowerKind(13, .lance, .plain, .single, .disc, .snow),
    FlowerKind(13, .strap, .tipped, .single, .disc, .snow),
    FlowerKind(8, .strap, .plain, .double, .disc, .snow),

    FlowerKind(5, .heart, .eyed, .single, .button, .rose),
    FlowerKind(5, .heart, .banded, .single, .button, .rose),
    FlowerKind(5, .fringed, .eyed, .single, .button, .rose),
    FlowerKind(5, .heart, .eyed, .umbel, .button, .rose),

    FlowerKind(3, .pointed, .spotted, .orchid, .throat, .coral),
    FlowerKind(6, .pointed, .spotted, .alternate, .stamens, .coral),
    FlowerKind(6, .pointed, .freckled, .single, .stamens, .coral),
    FlowerKind(6, .ruffled, .spotted, .single, .stamens, .coral),

    FlowerKind(10, .spoon, .edged, .single, .star, .azure),
    FlowerKind(10, .kite, .edged, .single, .star, .azure),
    FlowerKind(5, .kite, .edged, .fan, .star, .azure),
    FlowerKind(10, .spoon, .halved, .single, .star, .azure),

    FlowerKind(8, .toothed, .plain, .rosette, .button, .crimson),
    FlowerKind(8, .toothed, .edged, .double, .button, .crimson),
    FlowerKind(8, .fringed, .plain, .rosette, .button, .crimson),
    FlowerKind(8, .waisted, .plain, .single, .throat, .crimson),
  ]

  /// Features that only `petals` has, so that a backbone trained on the other set still has something to learn.
  private static let outlinesKeptBack: Set<FlowerKind.Outline> = [.heart, .fringed, .cleft]
  private static let markingsKeptBack: Set<FlowerKind.Marking> = [.banded]
  private static let arrangementsKeptBack: Set<FlowerKind.Arrangement> = [.pinwheel]

  /// Kinds drawn at random from the features not kept back, all different, and none of `petals`.
  static func pretraining(classes: Int) -> [FlowerKind] {
    var stream = RandomStream(seed: 0, purpose: .generator, [80])
    let outlines = FlowerKind.Outline.allCases.filter { !outlinesKeptBack.contains($0) }
    let markings = FlowerKind.Marking.allCases.filter { !markingsKeptBack.contains($0) }
    let arrangements = FlowerKind.Arrangement.allCases.filter { !arrangementsKeptBack.contains($0) }
    var kinds: [FlowerKind] = []
    var taken = Set(petals)
    while kinds.count < classes {
      // One flower in two is single, as in gardens.
      let isSingle = stream.bernoulli(0.45)
      let arrangement = isSingle ? .single : stream.element(of: arrangements)
      let kind = FlowerKind(
        stream.element(of: counts(for: arrangement)), stream.element(of: outlines),
        stream.element(of: markings), arrangement,
        stream.element(of: FlowerKind.Heart.allCases),
        stream.element(of: FlowerKind.Family.allCases))
      if taken.insert(kind).inserted { kinds.append(kind) }
    }
    return kinds
  }

  private static func counts(for arrangement: FlowerKind.Arrangement) -> [Int] {
    switch arrangement {
    case .single, .double, .pinwheel: return [3, 4, 5, 6, 8, 10, 13]
    case .rosette: return [6, 7, 8, 10]
    case .orchid: return [3, 5]
    case .alternate: return [6, 8, 10, 16]
    case .umbel: return [4, 5, 6]
    case .fan: return [5, 6, 7, 8]
    }
  }
}
