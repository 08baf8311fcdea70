import Models

extension RunRecord {
  /// What is not as a record has it.
  package struct Unreadable: Error {}

  /// Reads `run.json`.
  ///
  /// By hand: among thousands of runs `JSONDecoder` takes most of the time of a command. A test fills every field and
  /// reads it back.
  package static func decode(_ bytes: [UInt8]) throws(Unreadable) -> RunRecord {
    guard let json = try? JSON(bytes) else { throw Unreadable() }
    let fields = try Fields(json, bytes)
    let machine = try fields.object("machine")
    let data = try fields.object("data")
    let weights = try fields.object("weights")
    var record = RunRecord(
      name: try fields.text("name"), seed: try fields.unsigned("seed"),
      configuration: try fields.text("configuration"), command: try fields.texts("command"),
      version: try fields.text("version"), commit: try fields.textIfThere("commit"),
      machine: Machine(
        host: try machine.text("host"), processor: try machine.text("processor"),
        instructionSets: try machine.texts("instruction_sets"),
        computeThreads: try machine.integer("compute_threads"),
        loaderThreads: try machine.integer("loader_threads"),
        provider: try machine.text("provider"),
        libraries: try machine.dictionary("libraries") { $0.text }),
      data: Data(
        fingerprint: try data.text("fingerprint"),
        pictures: try data.dictionary("pictures", Fields.integer),
        classes: try data.integer("classes")),
      weights: Weights(
        source: try weights.text("source"), fingerprint: try weights.textIfThere("fingerprint")),
      started: try fields.text("started"))
    guard let status = Status(rawValue: try fields.text("status")) else { throw Unreadable() }
    record.status = status
    record.phase = try fields.textIfThere("phase")
    record.epoch = try fields.integerIfThere("epoch")
    record.ended = try fields.textIfThere("ended")
    record.heartbeat = try fields.text("heartbeat")
    if let process = try fields.objectIfThere("process") {
      record.process = RunProcess(
        pid: try process.integer("pid"), startTicks: try process.integerIfThere("start_ticks"))
    }
    if let cache = try fields.objectIfThere("cache") {
      record.cache = Cache(
        folder: try cache.text("folder"), pictures: try cache.integer("pictures"),
        cached: try cache.integer("cached"), added: try cache.integer("added"),
        bytes: try cache.integer("bytes"), problems: try cache.texts("problems"))
    }
    if let best = try fields.objectIfThere("best") {
      record.best = Best(
        metric: try best.text("metric"), value: try best.number("value"),
        phase: try best.text("phase"), epoch: try best.integer("epoch"))
    }
    if fields["test"] != nil { record.test = try fields.dictionary("test", Fields.number) }
    record.error = try fields.textIfThere("error")
    return record
  }
}

/// The members of an object, each of the kind that is asked for.
private struct Fields {
  private let members: [JSON.Member]
  private let bytes: [UInt8]

  init(_ json: JSON, _ bytes: [UInt8]) throws(RunRecord.Unreadable) {
    guard case .object(let members) = json else { throw RunRecord.Unreadable() }
    self.members = members
    self.bytes = bytes
  }

  private func member(_ name: String) -> JSON.Member? { members.first { $0.name == name } }

  /// Null is as if it were not there.
  subscript(name: String) -> JSON? {
    guard let value = member(name)?.value else { return nil }
    if case .null = value { return nil }
    return value
  }

  private func value<Value>(
    _ name: String, _ convert: (JSON) -> Value?
  ) throws(RunRecord.Unreadable) -> Value? {
    guard let json = self[name] else { return nil }
    guard let value = convert(json) else { throw RunRecord.Unreadable() }
    return value
  }

  private func needed<Value>(_ value: Value?) throws(RunRecord.Unreadable) -> Value {
    guard let value else { throw RunRecord.Unreadable() }
    return value
  }

  func textIfThere(_ name: String) throws(RunRecord.Unreadable) -> String? {
    try value(name) { $0.text }
  }
  func text(_ name: String) throws(RunRecord.Unreadable) -> String {
    try needed(try textIfThere(name))
  }
  func integerIfThere(_ name: String) throws(RunRecord.Unreadable) -> Int? {
    try value(name, Self.integer)
  }
  func integer(_ name: String) throws(RunRecord.Unreadable) -> Int {
    try needed(try integerIfThere(name))
  }
  func number(_ name: String) throws(RunRecord.Unreadable) -> Double {
    try needed(try value(name, Self.number))
  }
  func objectIfThere(_ name: String) throws(RunRecord.Unreadable) -> Fields? {
    guard let json = self[name] else { return nil }
    return try Fields(json, bytes)
  }
  func object(_ name: String) throws(RunRecord.Unreadable) -> Fields {
    try needed(try objectIfThere(name))
  }
  func texts(_ name: String) throws(RunRecord.Unreadable) -> [String] {
    try needed(
      try value(name) { json -> [String]? in
        guard case .array(let elements) = json else { return nil }
        let texts = elements.compactMap(\.text)
        return texts.count == elements.count ? texts : nil
      })
  }
  func dictionary<Value>(
    _ name: String, _ convert: (JSON) -> Value?
  ) throws(RunRecord.Unreadable) -> [String: Value] {
    guard case .object(let members)? = self[name] else { throw RunRecord.Unreadable() }
    var values: [String: Value] = [:]
    for member in members {
      guard let value = convert(member.value) else { throw RunRecord.Unreadable() }
      values[member.name] = value
    }
    return values
  }

  /// 64 bits without a sign, of which JSON's integers here are half: larger ones are read from the text.
  func unsigned(_ name: String) throws(RunRecord.Unreadable) -> UInt64 {
    let member = try needed(member(name))
    if let value = Self.integer(member.value).flatMap({ UInt64(exactly: $0) }) { return value }
    guard case .number = member.value else { throw RunRecord.Unreadable() }
    let digits = bytes[(member.offset + name.utf8.count + 2)...]
      .drop { !(0x30...0x39).contains($0) }.prefix { (0x30...0x39).contains($0) }
    return try needed(UInt64(String(decoding: digits, as: UTF8.self)))
  }

  static func integer(_ json: JSON) -> Int? {
    guard case .integer(let value) = json else { return json.double.flatMap { Int(exactly: $0) } }
    return value
  }

  /// Infinities are words, as JSON has no numbers for them.
  static func number(_ json: JSON) -> Double? {
    switch json.text {
    case "inf": .infinity
    case "-inf": -.infinity
    case "nan": .nan
    case nil: json.double
    default: nil
    }
  }
}
