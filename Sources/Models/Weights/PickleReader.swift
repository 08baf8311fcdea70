import Tensors

/// Builds tensors and plain containers from a pickle, and refuses everything else by its name.
///
/// A pickle is a program for a stack machine that may call any Python function. This reader has no functions to
/// call: the globals that state dicts need are a closed list, each with its meaning written here. Objects are
/// numbers of places in a table, so that deep nesting and cycles cost nothing, and all are counted.
/// - Source: Python's `pickletools`, protocols 2 to 5; torch/serialization.py and torch/_utils.py for the globals.
struct PickleReader {
  /// Of objects, members and pushes together: state dicts need some ten thousand.
  static let limit = 1 << 22

  /// What a pickle built; containers hold places in `nodes`.
  enum Node {
    case none
    case boolean(Bool)
    case integer(Int)
    /// An integer beyond 64 bits, by its bytes, the lowest first.
    case longInteger([UInt8])
    case float(Double)
    case text(String)
    /// Bytes, a device or a type: never looked into.
    case opaque
    case list([Int])
    case tuple([Int])
    /// Keys and values in turn.
    case dictionary([Int])
    case global(PickleGlobal)
    case storage(TorchStorage)
    case tensor(TorchTensor)
  }

  private(set) var nodes: [Node] = []
  /// Every storage that the pickle names, by key.
  private(set) var storages: [String: TorchStorage] = [:]
  private(set) var cursor: ByteCursor
  private var stack: [Int] = []
  private var marks: [Int] = []
  private var memo: [Int: Int] = [:]
  private var count = 0
  private var opcodeOffset = 0

  init(_ cursor: ByteCursor) {
    self.cursor = cursor
  }

  /// Reads one pickle up to its STOP.
  ///
  /// - Returns: the place of what it built.
  mutating func read() throws(WeightsError) -> Int {
    stack = []
    marks = []
    memo = [:]
    while true {
      opcodeOffset = cursor.position
      let opcode = try cursor.byte()
      if opcode == UInt8(ascii: ".") {
        guard marks.isEmpty else { throw problem(.stack) }
        return try pop()
      }
      try execute(opcode)
    }
  }

  private func problem(_ problem: TorchProblem) -> WeightsError {
    cursor.problem(problem, at: opcodeOffset)
  }

  // MARK: The machine

  private mutating func execute(_ opcode: UInt8) throws(WeightsError) {
    switch opcode {
    case 0x80:
      let version = try cursor.byte()
      guard (2...5).contains(version) else { throw problem(.opcode(opcode)) }
    case 0x95: _ = try cursor.number(8)
    case UInt8(ascii: "("):
      try charge(1)
      marks.append(stack.count)
    case UInt8(ascii: "0"):
      if marks.last == stack.count { marks.removeLast() } else { _ = try pop() }
    case UInt8(ascii: "1"): _ = try popToMark()
    case UInt8(ascii: "2"): try repush(try top())

    // Plain values.
    case UInt8(ascii: "N"): try push(.none)
    case 0x88: try push(.boolean(true))
    case 0x89: try push(.boolean(false))
    case UInt8(ascii: "J"):
      try push(.integer(Int(Int32(truncatingIfNeeded: try cursor.number(4)))))
    case UInt8(ascii: "K"): try push(.integer(Int(try cursor.byte())))
    case UInt8(ascii: "M"): try push(.integer(Int(try cursor.number(2))))
    case 0x8A: try pushLong(Int(try cursor.byte()))
    case 0x8B: try pushLong(try cursor.length(4))
    case UInt8(ascii: "G"):
      try push(.float(Double(bitPattern: try cursor.number(8).byteSwapped)))
    case 0x8C, UInt8(ascii: "U"): try pushText(Int(try cursor.byte()))
    case UInt8(ascii: "X"), UInt8(ascii: "T"): try pushText(try cursor.length(4))
    case 0x8D: try pushText(try cursor.length(8))
    case UInt8(ascii: "C"): try pushBytes(Int(try cursor.byte()))
    case UInt8(ascii: "B"): try pushBytes(try cursor.length(4))
    case 0x8E, 0x96: try pushBytes(try cursor.length(8))

    // Containers.
    case UInt8(ascii: "]"), 0x8F: try push(.list([]))
    case UInt8(ascii: ")"): try push(.tuple([]))
    case UInt8(ascii: "}"): try push(.dictionary([]))
    case UInt8(ascii: "l"), 0x91: try push(.list(try popToMark()))
    case UInt8(ascii: "t"): try push(.tuple(try popToMark()))
    case UInt8(ascii: "d"):
      let members = try popToMark()
      guard members.count % 2 == 0 else { throw problem(.stack) }
      try push(.dictionary(members))
    case 0x85, 0x86, 0x87:
      var members: [Int] = []
      for _ in 0..<(opcode - 0x84) { members.insert(try pop(), at: 0) }
      try push(.tuple(members))
    case UInt8(ascii: "a"): try append([try pop()])
    case UInt8(ascii: "e"), 0x90: try append(try popToMark())
    case UInt8(ascii: "s"):
      let value = try pop()
      try setItems([try pop(), value])
    case UInt8(ascii: "u"): try setItems(try popToMark())

    // What was built before.
    case UInt8(ascii: "q"): try remember(Int(try cursor.byte()))
    case UInt8(ascii: "r"): try remember(Int(try cursor.number(4)))
    case 0x94: try remember(memo.count)
    case UInt8(ascii: "h"): try recall(Int(try cursor.byte()))
    case UInt8(ascii: "j"): try recall(Int(try cursor.number(4)))

    // Globals: looked up in a list, never in a module.
    case UInt8(ascii: "c"): try pushGlobal(module: try cursor.line(), name: try cursor.line())
    case 0x93:
      guard case .text(let name) = nodes[try pop()], case .text(let module) = nodes[try pop()]
      else { throw problem(.stack) }
      try pushGlobal(module: module, name: name)
    case UInt8(ascii: "i"):
      let (module, name) = (try cursor.line(), try cursor.line())
      throw problem(.refused(global: module + "." + name))
    case UInt8(ascii: "R"), 0x81:
      let arguments = try pop()
      try call(try pop(), arguments)
    case UInt8(ascii: "b"):
      // Attributes, such as a state dict's `_metadata`, say nothing about its tensors.
      _ = try pop()
      guard case .dictionary = nodes[try top()] else { throw problem(.opcode(opcode)) }
    case UInt8(ascii: "Q"): try pushStorage(try pop())
    default: throw problem(.opcode(opcode))
    }
  }

  private mutating func charge(_ amount: Int) throws(WeightsError) {
    count += amount
    guard count <= Self.limit else { throw problem(.tooManyObjects) }
  }

  private mutating func push(_ node: Node) throws(WeightsError) {
    try charge(1)
    nodes.append(node)
    stack.append(nodes.count - 1)
  }

  private mutating func repush(_ place: Int) throws(WeightsError) {
    try charge(1)
    stack.append(place)
  }

  private func top() throws(WeightsError) -> Int {
    guard let place = stack.last, stack.count > marks.last ?? 0 else { throw problem(.stack) }
    return place
  }

  private mutating func pop() throws(WeightsError) -> Int {
    let place = try top()
    stack.removeLast()
    return place
  }

  private mutating func popToMark() throws(WeightsError) -> [Int] {
    guard let mark = marks.popLast() else { throw problem(.stack) }
    let members = Array(stack[mark...])
    stack.removeSubrange(mark...)
    return members
  }

  private mutating func pushLong(_ length: Int) throws(WeightsError) {
    let bytes = try cursor.take(length)
    guard bytes.count <= 8 else { return try push(.longInteger(bytes)) }
    var value: UInt64 = (bytes.last ?? 0) >= 0x80 ? .max : 0
    for byte in bytes.reversed() { value = value << 8 | UInt64(byte) }
    try push(.integer(Int(Int64(bitPattern: value))))
  }

  private mutating func pushText(_ length: Int) throws(WeightsError) {
    try push(.text(String(decoding: try cursor.take(length), as: UTF8.self)))
  }

  private mutating func pushBytes(_ length: Int) throws(WeightsError) {
    _ = try cursor.take(length)
    try push(.opaque)
  }

  private mutating func append(_ members: [Int]) throws(WeightsError) {
    let place = try top()
    guard case .list(var list) = nodes[place] else { throw problem(.stack) }
    // The table lets go of the list first, so that it grows in place.
    nodes[place] = .none
    list += members
    nodes[place] = .list(list)
  }

  private mutating func setItems(_ members: [Int]) throws(WeightsError) {
    let place = try top()
    guard case .dictionary(var dictionary) = nodes[place], members.count % 2 == 0 else {
      throw problem(.stack)
    }
    nodes[place] = .none
    dictionary += members
    nodes[place] = .dictionary(dictionary)
  }

  private mutating func remember(_ index: Int) throws(WeightsError) {
    try charge(1)
    memo[index] = try top()
  }

  private mutating func recall(_ index: Int) throws(WeightsError) {
    guard let place = memo[index] else { throw problem(.memo(index)) }
    try repush(place)
  }

  // MARK: Globals

  private mutating func pushGlobal(module: String, name: String) throws(WeightsError) {
    guard let global = PickleGlobal(module: module, name: name) else {
      throw problem(.refused(global: module + "." + name))
    }
    try push(.global(global))
  }

  private mutating func call(_ callee: Int, _ arguments: Int) throws(WeightsError) {
    guard case .global(let global) = nodes[callee], case .tuple(let arguments) = nodes[arguments]
    else { throw problem(.stack) }
    let wrong = problem(.badArguments(of: global.description))
    switch global {
    case .orderedDict, .counter:
      guard let first = arguments.first else { return try push(.dictionary([])) }
      switch nodes[first] {
      case .dictionary(let members) where arguments.count == 1:
        try charge(members.count)
        try push(.dictionary(members))
      case .list(let pairs) where arguments.count == 1:
        try charge(2 * pairs.count)
        var members: [Int] = []
        for pair in pairs {
          guard let pair = elements(pair), pair.count == 2 else { throw wrong }
          members += pair
        }
        try push(.dictionary(members))
      default: throw wrong
      }
    case .set, .size:
      guard arguments.count <= 1 else { throw wrong }
      let members = arguments.first.map { elements($0) } ?? []
      guard let members else { throw wrong }
      try charge(members.count)
      try push(global == .set ? .list(members) : .tuple(members))
    case .device: try push(.opaque)
    case .parameter:
      guard let first = arguments.first, case .tensor(let tensor) = nodes[first] else {
        throw wrong
      }
      try push(.tensor(tensor))
    case .tensor(let version):
      guard let tensor = tensor(arguments, version: version) else { throw wrong }
      try push(.tensor(tensor))
    case .element, .storageType: throw wrong
    }
  }

  /// Of a tuple or a list.
  private func elements(_ place: Int) -> [Int]? {
    switch nodes[place] {
    case .tuple(let members), .list(let members): members
    default: nil
    }
  }

  private func lengths(_ place: Int) -> [Int]? {
    guard let members = elements(place), members.count <= 16 else { return nil }
    var lengths: [Int] = []
    for member in members {
      guard case .integer(let length) = nodes[member], length >= 0 else { return nil }
      lengths.append(length)
    }
    return lengths
  }

  /// `_rebuild_tensor(storage, offset, size, stride, …)`; version 3 has the type of the elements as the seventh.
  private func tensor(_ arguments: [Int], version: Int) -> TorchTensor? {
    guard arguments.count >= (version == 1 ? 4 : version == 2 ? 6 : 7),
      case .storage(let storage) = nodes[arguments[0]],
      case .integer(let offset) = nodes[arguments[1]], offset >= 0,
      let shape = lengths(arguments[2]), let strides = lengths(arguments[3]),
      shape.count == strides.count
    else { return nil }
    var element = storage.element
    if version == 3 {
      guard case .global(.element(let named)) = nodes[arguments[6]] else { return nil }
      element = named
    }
    return TorchTensor(
      storage: storage.key, element: element, offset: offset, shape: shape, strides: strides,
      place: opcodeOffset)
  }

  /// `('storage', type, key, location, length)`, in very old files with a view as the sixth.
  private mutating func pushStorage(_ identifier: Int) throws(WeightsError) {
    guard let parts = elements(identifier), parts.count == 5 || parts.count == 6,
      case .text("storage") = nodes[parts[0]],
      case .global(.storageType(let element)) = nodes[parts[1]],
      case .text(let key) = nodes[parts[2]], case .integer(let length) = nodes[parts[4]],
      length >= 0
    else { throw problem(.persistentID) }
    if parts.count == 6 {
      guard case .none = nodes[parts[5]] else { throw problem(.viewedStorage) }
    }
    let storage = TorchStorage(key: key, element: element, length: length, place: opcodeOffset)
    if let known = storages[key], known.element != element || known.length != length {
      throw problem(.storageTwice(key: key))
    }
    storages[key] = storages[key] ?? storage
    try push(.storage(storage))
  }
}

/// The kind of element that a storage or a tensor has.
enum TorchElement: Hashable, Sendable, CustomStringConvertible {
  case known(ElementType)
  /// By its name in torch, such as `ComplexFloatStorage`: refused only where it is read.
  case unknown(String, width: Int)

  /// Bytes of one element.
  var width: Int {
    switch self {
    case .known(let element): element.width
    case .unknown(_, let width): width
    }
  }

  var description: String {
    switch self {
    case .known(let element): element.rawValue
    case .unknown(let name, _): name
    }
  }
}

/// A storage as a pickle names it.
struct TorchStorage: Hashable, Sendable {
  let key: String
  let element: TorchElement
  /// In elements.
  let length: Int
  /// The byte of the file at which it is named.
  let place: Int
}

/// A tensor as a pickle describes it: a view of a storage.
struct TorchTensor: Hashable, Sendable {
  let storage: String
  let element: TorchElement
  /// In elements, as the strides are.
  let offset: Int
  let shape: [Int]
  let strides: [Int]
  /// The byte of the file at which it is built.
  let place: Int
}
