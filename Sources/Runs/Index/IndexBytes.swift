/// Puts values one after the other, little end first; texts and names of lines stand once in tables, by number.
struct IndexWriter {
  private(set) var bytes: [UInt8] = []
  private(set) var texts: [String] = []
  private(set) var names: [[UInt32]] = []
  private(set) var paths: [[UInt32]] = []
  private var textNumbers: [String: UInt32] = [:]
  private var nameNumbers: [ObjectIdentifier: UInt32] = [:]
  private var pathNumbers: [ObjectIdentifier: UInt32] = [:]
  private var listNumbers: [[UInt32]: UInt32] = [:]
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
  mutating func add(_ text: String) { add(number(of: text)) }

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
      let numbers = settings.paths.all.map { number(of: $0) }
      paths.append(numbers)
      pathNumbers[id] = UInt32(paths.count - 1)
    }
    add(pathNumbers[id] ?? 0)
    for text in settings.texts { add(text) }
  }

  private mutating func number(of text: String) -> UInt32 {
    if let number = textNumbers[text] { return number }
    let number = UInt32(texts.count)
    texts.append(text)
    textNumbers[text] = number
    return number
  }

  /// Lines of different runs have names of their own that say the same.
  private mutating func number(of names: RunRowNames) -> UInt32 {
    let id = ObjectIdentifier(names)
    if let number = nameNumbers[id] { return number }
    kept.append(names)
    let list = names.all.map { self.number(of: $0) }
    let number = listNumbers[list] ?? UInt32(self.names.count)
    if listNumbers[list] == nil {
      listNumbers[list] = number
      self.names.append(list)
    }
    nameNumbers[id] = number
    return number
  }
}

/// What the numbers of an index stand for.
final class IndexTables: Sendable {
  let bytes: [UInt8]
  let texts: [String]
  let names: [RunRowNames]
  let paths: [SettingPaths]

  init(bytes: [UInt8], texts: [String], names: [RunRowNames], paths: [SettingPaths]) {
    (self.bytes, self.texts, self.names, self.paths) = (bytes, texts, names, paths)
  }
}

/// Takes values from the bytes of an index. Beyond their end, and for numbers that stand for nothing, it gives
/// nothing and remembers that.
struct IndexReader {
  let tables: IndexTables
  private(set) var position: Int
  private(set) var isTorn = false

  init(_ tables: IndexTables, at position: Int = 0) {
    self.tables = tables
    self.position = position
  }

  mutating func integer<Value: FixedWidthInteger>(_: Value.Type = Value.self) -> Value {
    let size = MemoryLayout<Value>.size
    guard position >= 0, tables.bytes.count - position >= size else {
      isTorn = true
      return 0
    }
    let value = tables.bytes.withUnsafeBytes {
      Value(littleEndian: $0.loadUnaligned(fromByteOffset: position, as: Value.self))
    }
    position += size
    return value
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
    // A count is not believed: nothing may be reserved for it.
    for _ in 0..<count {
      guard !isTorn else { return [] }
      values.append(read(&self))
    }
    return values
  }
  mutating func texts() -> [String] { list { $0.text() } }

  mutating func line() -> RunLine {
    let numbers = entry(of: tables.names) ?? RunRowNames([])
    let values = numbers.all.map { _ in double() }
    let words = entry(of: tables.names) ?? RunRowNames([])
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
