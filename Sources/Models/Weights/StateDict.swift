import Diagnostics

/// The state dict in what was saved: it itself, or an entry of a checkpoint.
///
/// Of a checkpoint's entries the first of `keys` is taken that is a dictionary with tensors: averaged weights before
/// the plain ones, as timm takes them and torchvision publishes them. Where none of these is there, the only
/// dictionary with tensors is taken.
struct StateDict {
  /// In the order of the dictionary.
  private(set) var tensors: [(String, TorchTensor)] = []
  /// Which entry was taken, where it is not all.
  private(set) var remarks: [String] = []

  static let keys = [
    "state_dict_ema", "model_ema", "ema_state_dict", "ema", "state_dict", "model_state_dict",
    "model", "module", "net", "network", "weights", "params",
  ]

  init(in reader: PickleReader, root: Int, path: String) throws(WeightsError) {
    var search = Search(reader)
    var place = root
    var taken: [String] = []
    var others: [String] = []
    // Checkpoints of checkpoints are rare, and three levels are more than any.
    for _ in 0..<3 {
      guard let entries = reader.entries(of: place) else {
        throw .torch(
          path: path, offset: 0, .noStateDict(found: Self.description(of: place, in: reader)))
      }
      guard let next = try Self.entry(of: entries, &search, path) else { break }
      taken.append(next.name)
      others += search.dictionaries(among: entries).map(\.name).filter { $0 != next.name }
      place = next.place
    }
    var known = Set<String>()
    for (name, place) in reader.entries(of: place) ?? [] {
      guard case .tensor(let tensor) = reader.nodes[place] else { continue }
      // Python's dictionaries keep the last of equal keys, but writers do not make them.
      guard known.insert(name).inserted else {
        throw .torch(path: path, offset: tensor.place, .tensorTwice(name))
      }
      tensors.append((name, tensor))
    }
    guard !tensors.isEmpty else {
      throw .torch(
        path: path, offset: 0, .noStateDict(found: Self.description(of: place, in: reader)))
    }
    if !taken.isEmpty {
      let path = taken.map { "'\($0)'" }.joined(separator: " in ")
      remarks = [
        "from \(path)" + (others.isEmpty ? "" : ", not \(Suggestion.list(others, joinedBy: "or"))")
      ]
    }
  }

  /// The entry to go into; nil where the dictionary is itself the state dict.
  private static func entry(
    of entries: [(name: String, place: Int)], _ search: inout Search, _ path: String
  ) throws(WeightsError) -> (name: String, place: Int)? {
    let inner = search.dictionaries(among: entries)
    for key in keys {
      if let found = inner.first(where: { $0.name == key }) { return found }
    }
    if inner.isEmpty || entries.contains(where: { search.isTensor($0.place) }) { return nil }
    guard inner.count == 1 else {
      throw .torch(path: path, offset: 0, .severalStateDicts(inner.map(\.name)))
    }
    return inner[0]
  }

  /// Which dictionaries have tensors; each is looked at once, however often it stands in the file.
  private struct Search {
    private let reader: PickleReader
    private var known: [Int: Bool] = [:]
    private var knownInner: [Int: Bool] = [:]

    init(_ reader: PickleReader) {
      self.reader = reader
    }

    func isTensor(_ place: Int) -> Bool {
      if case .tensor = reader.nodes[place] { true } else { false }
    }

    /// Entries that are dictionaries with tensors in them, or with a dictionary of a known name that has some.
    mutating func dictionaries(
      among entries: [(name: String, place: Int)]
    ) -> [(name: String, place: Int)] {
      entries.filter { entry in
        if let known = known[entry.place] { return known }
        let holds = (reader.entries(of: entry.place) ?? []).contains { inner in
          isTensor(inner.place)
            || StateDict.keys.contains(inner.name) && directlyHoldsTensors(inner.place)
        }
        known[entry.place] = holds
        return holds
      }
    }

    private mutating func directlyHoldsTensors(_ place: Int) -> Bool {
      if let known = knownInner[place] { return known }
      let holds = (reader.entries(of: place) ?? []).contains { isTensor($0.place) }
      knownInner[place] = holds
      return holds
    }
  }

  private static func description(of place: Int, in reader: PickleReader) -> String {
    switch reader.nodes[place] {
    case .dictionary:
      switch reader.entries(of: place) ?? [] {
      case let entries where entries.isEmpty: "a dictionary without names"
      case let entries:
        "a dictionary with \(Suggestion.list(entries.prefix(8).map(\.name)))"
          + (entries.count > 8 ? " and more" : "")
      }
    case .tensor: "a single tensor"
    case .list, .tuple: "a list"
    default: "a single value"
    }
  }
}

extension PickleReader {
  /// The entries of a dictionary whose keys are text; nil for other objects.
  func entries(of place: Int) -> [(name: String, place: Int)]? {
    guard case .dictionary(let members) = nodes[place] else { return nil }
    return stride(from: 0, to: members.count - 1, by: 2).compactMap { index in
      guard case .text(let name) = nodes[members[index]] else { return nil }
      return (name, members[index + 1])
    }
  }

  /// The value of a dictionary's key.
  func value(of key: String, in place: Int) -> Node? {
    entries(of: place)?.last { $0.name == key }.map { nodes[$0.place] }
  }
}
