/// Values by number, each once.
struct Numbered<Value: Hashable> {
  private(set) var all: [Value] = []
  private var numbers: [Value: UInt32] = [:]

  mutating func number(of value: Value) -> UInt32 {
    if let number = numbers[value] { return number }
    let number = UInt32(all.count)
    all.append(value)
    numbers[value] = number
    return number
  }
}

/// Puts values one after the other, little end first; what many runs have alike stands once in tables, by number.
struct IndexWriter {
  private(set) var bytes: [UInt8] = []
  private(set) var texts = Numbered<String>()
  /// Lists of texts, by the texts' numbers.
  private(set) var lists = Numbered<[UInt32]>()
  private(set) var paths = Numbered<[UInt32]>()
  private(set) var machines = Numbered<RunRecord.Machine>()
  private(set) var data = Numbered<RunRecord.Data>()
  private var nameNumbers: [ObjectIdentifier: UInt32] = [:]
  private var pathNumbers: [ObjectIdentifier: UInt32] = [:]
  /// Keeps objects that are known by identity alive.
  private var kept: [AnyObject] = []

  var count: Int { bytes.count }

  /// One with the same tables and no values yet.
  func emptied() -> IndexWriter {
    var other = self
    other.bytes = []
    return other
  }

  mutating func add(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }
  mutating func add(_ value: Double) { add(value.bitPattern) }
  mutating func add(_ value: Bool) { bytes.append(value ? 1 : 0) }
  mutating func add(_ text: String) { add(texts.number(of: text)) }

  mutating func add<Value>(_ value: Value?, _ write: (inout IndexWriter, Value) -> Void) {
    add(value != nil)
    if let value { write(&self, value) }
  }
  mutating func add(_ value: String?) { add(value) { $0.add($1) } }
  mutating func add(_ value: Double?) { add(value) { $0.add($1) } }
  mutating func add(_ value: Int?) { add(value) { $0.add($1) } }

  mutating func add<Value>(_ values: [Value], _ write: (inout IndexWriter, Value) -> Void) {
    add(UInt32(values.count))
    for value in values { write(&self, value) }
  }
  mutating func add(_ texts: [String]) { add(texts) { $0.add($1) } }

  mutating func addShared(_ texts: [String]) { add(listNumber(of: texts)) }
  mutating func addShared(_ machine: RunRecord.Machine) { add(machines.number(of: machine)) }
  mutating func addShared(_ data: RunRecord.Data) { add(self.data.number(of: data)) }

  mutating func add(_ line: RunLine) {
    add(number(of: line.numbers.names))
    for value in line.numbers.values { add(value) }
    add(number(of: line.words.names))
    for value in line.words.values { add(value) }
  }

  mutating func add(_ settings: RunSettings) {
    let id = ObjectIdentifier(settings.paths)
    if pathNumbers[id] == nil {
      kept.append(settings.paths)
      pathNumbers[id] = paths.number(of: settings.paths.all.map { texts.number(of: $0) })
    }
    add(pathNumbers[id] ?? 0)
    for text in settings.texts { add(text) }
  }

  private mutating func listNumber(of list: [String]) -> UInt32 {
    lists.number(of: list.map { texts.number(of: $0) })
  }

  /// Lines of different runs have names of their own that say the same.
  private mutating func number(of names: RunRowNames) -> UInt32 {
    let id = ObjectIdentifier(names)
    if let number = nameNumbers[id] { return number }
    kept.append(names)
    let number = listNumber(of: names.all)
    nameNumbers[id] = number
    return number
  }
}

/// What the numbers of an index stand for.
final class IndexTables: Sendable {
  let texts: [String]
  let lists: [RunRowNames]
  let paths: [SettingPaths]
  let machines: [RunRecord.Machine]
  let data: [RunRecord.Data]

  init(
    texts: [String] = [], lists: [RunRowNames] = [], paths: [SettingPaths] = [],
    machines: [RunRecord.Machine] = [], data: [RunRecord.Data] = []
  ) {
    self.texts = texts
    self.lists = lists
    self.paths = paths
    self.machines = machines
    self.data = data
  }
}

/// Takes values from the bytes of an index. Beyond their end, and for numbers that stand for nothing, it gives
/// nothing and remembers that.
struct IndexReader {
  // No array: several threads would count its users at each value.
  private let bytes: UnsafeRawBufferPointer
  private let tables: IndexTables
  private(set) var position: Int
  private(set) var isTorn = false

  /// - Parameter bytes: must stay while the reader is used.
  init(_ bytes: UnsafeRawBufferPointer, _ tables: IndexTables, at position: Int) {
    self.bytes = bytes
    self.tables = tables
    self.position = position
  }

  mutating func integer<Value: FixedWidthInteger>(_: Value.Type = Value.self) -> Value {
    let size = MemoryLayout<Value>.size
    guard position >= 0, bytes.count - position >= size else {
      isTorn = true
      return 0
    }
    let value = bytes.loadUnaligned(fromByteOffset: position, as: Value.self)
    position += size
    return Value(littleEndian: value)
  }
  mutating func double() -> Double { Double(bitPattern: integer()) }
  mutating func flag() -> Bool { integer(UInt8.self) == 1 }
  mutating func text() -> String { entry(of: tables.texts) ?? "" }

  mutating func ifThere<Value>(_ read: (inout IndexReader) -> Value) -> Value? {
    flag() ? read(&self) : nil
  }
  mutating func textIfThere() -> String? { ifThere { $0.text() } }
  mutating func doubleIfThere() -> Double? { ifThere { $0.double() } }
  mutating func integerIfThere() -> Int? { ifThere { $0.integer() } }

  mutating func list<Value>(_ read: (inout IndexReader) -> Value) -> [Value] {
    let count = Int(integer(UInt32.self))
    var values: [Value] = []
    // A count is not believed: no more is reserved for it than the bytes may hold.
    values.reserveCapacity(min(count, max(0, bytes.count - position) / 4))
    for _ in 0..<count {
      guard !isTorn else { return [] }
      values.append(read(&self))
    }
    return values
  }
  mutating func texts() -> [String] { list { $0.text() } }

  /// The bytes of texts whose lengths come first.
  mutating func spelledTexts() -> [String] {
    list { $0.integer(UInt32.self) }.map { length in
      guard bytes.count - position >= length else {
        isTorn = true
        return ""
      }
      defer { position += Int(length) }
      return String(
        decoding: UnsafeRawBufferPointer(rebasing: bytes[position..<position + Int(length)]),
        as: UTF8.self)
    }
  }

  mutating func sharedTexts() -> [String] { entry(of: tables.lists)?.all ?? [] }
  mutating func sharedMachine() -> RunRecord.Machine? { entry(of: tables.machines) }
  mutating func sharedData() -> RunRecord.Data? { entry(of: tables.data) }

  mutating func line() -> RunLine {
    let numbers = entry(of: tables.lists) ?? RunRowNames([])
    let values = numbers.all.map { _ in double() }
    let words = entry(of: tables.lists) ?? RunRowNames([])
    return RunLine(
      numbers: RunRow(names: numbers, values: values),
      words: RunRow(names: words, values: words.all.map { _ in text() }))
  }

  mutating func settings() -> RunSettings {
    let paths = entry(of: tables.paths) ?? SettingPaths([])
    return RunSettings(paths, paths.all.map { _ in text() })
  }

  private mutating func entry<Value>(of table: [Value]) -> Value? {
    let number = Int(integer(UInt32.self))
    guard !isTorn, number < table.count else {
      isTorn = true
      return nil
    }
    return table[number]
  }
}
