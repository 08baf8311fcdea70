/// What an index has of a run. Whoever adds a field here or to what it writes loses no old index: another program file
/// does not read it.
extension IndexWriter {
  mutating func add(_ run: RunReader, _ stamps: RunStamps) {
    for stamp in [stamps.record, stamps.metrics, stamps.timing] { add(stamp) }
    add(run.record) { $0.add($1) }
    add(run.summary)
    add(run.findings) { writer, finding in
      writer.add(finding.file.rawValue)
      writer.add(finding.reason)
    }
    add(run.knownSettings) { writer, known in
      writer.add(known.stamp)
      writer.add(known.settings)
    }
  }

  private mutating func add(_ stamp: FileStamp) {
    add(stamp.exists)
    guard stamp.exists else { return }
    add(stamp.device)
    add(stamp.inode)
    add(stamp.size)
    add(stamp.modified)
    add(stamp.changed)
  }

  private mutating func add(_ summary: RunSummary) {
    add(summary.epochs)
    for line in [summary.best, summary.last, summary.test] { add(line) { $0.add($1) } }
    add(summary.bestEpoch)
    addShared(summary.names)
    add(summary.seconds)
    add(summary.imagesPerSecond)
    add(summary.residentMiB)
    add(summary.hasMetrics)
  }

  private mutating func add(_ record: RunRecord) {
    add(record.status.rawValue)
    add(record.name)
    add(record.seed)
    add(record.configuration)
    add(record.phase)
    add(record.epoch)
    add(record.started)
    add(record.ended)
    add(record.heartbeat)
    add(record.process) { writer, process in
      writer.add(process.pid)
      writer.add(process.startTicks)
    }
    add(record.command)
    add(record.version)
    add(record.commit)
    addShared(record.machine)
    addShared(record.data)
    add(record.cache) { writer, cache in
      writer.add(cache.folder)
      writer.add(cache.pictures)
      writer.add(cache.cached)
      writer.add(cache.added)
      writer.add(cache.bytes)
      writer.add(cache.problems)
    }
    add(record.weights.source)
    add(record.weights.fingerprint)
    add(record.best) { writer, best in
      writer.add(best.metric)
      writer.add(best.value)
      writer.add(best.phase)
      writer.add(best.epoch)
    }
    add(record.test) { writer, test in
      writer.add(Array(test)) { writer, metric in
        writer.add(metric.key)
        writer.add(metric.value)
      }
    }
    add(record.error)
  }

  mutating func add(_ machine: RunRecord.Machine) {
    add(machine.host)
    add(machine.processor)
    add(machine.instructionSets)
    add(machine.computeThreads)
    add(machine.loaderThreads)
    add(machine.provider)
    add(Array(machine.libraries)) { writer, library in
      writer.add(library.key)
      writer.add(library.value)
    }
  }

  mutating func add(_ data: RunRecord.Data) {
    add(data.fingerprint)
    add(Array(data.pictures)) { writer, split in
      writer.add(split.key)
      writer.add(split.value)
    }
    add(data.classes)
  }
}

extension IndexReader {
  /// The run as it was read before; nil where its files are not the same any more.
  mutating func run(_ folder: RunFolder, settling: FileStamp.Time) -> RunReader? {
    let stamps = RunStamps(record: stamp(), metrics: stamp(), timing: stamp())
    guard !isTorn, RunStamps(folder) == stamps else { return nil }
    let record = ifThere { $0.record() } ?? nil
    let summary = summary()
    let findings = list { reader in
      let file = RunStamps.File(rawValue: reader.integer()) ?? .record
      return RunReader.Finding(file: file, reason: reader.text())
    }
    let settings = ifThere { reader in
      let stamp = reader.stamp()
      return RunReader.KnownSettings(settings: reader.settings(), stamp: stamp)
    }
    guard !isTorn else { return nil }
    return RunReader(
      folder, record, summary, findings, stamps, settings: settings, settling: settling)
  }

  private mutating func stamp() -> FileStamp {
    var stamp = FileStamp()
    stamp.exists = flag()
    guard stamp.exists else { return stamp }
    stamp.device = integer()
    stamp.inode = integer()
    stamp.size = integer()
    stamp.modified = integer()
    stamp.changed = integer()
    return stamp
  }

  private mutating func summary() -> RunSummary {
    var summary = RunSummary()
    summary.epochs = integer()
    summary.best = ifThere { $0.line() }
    summary.last = ifThere { $0.line() }
    summary.test = ifThere { $0.line() }
    summary.bestEpoch = integerIfThere()
    summary.names = sharedTexts()
    summary.seconds = doubleIfThere()
    summary.imagesPerSecond = doubleIfThere()
    summary.residentMiB = doubleIfThere()
    summary.hasMetrics = flag()
    return summary
  }

  private mutating func record() -> RunRecord? {
    let status = RunRecord.Status(rawValue: text())
    let (name, seed, configuration): (String, UInt64, String) = (text(), integer(), text())
    let (phase, epoch) = (textIfThere(), integerIfThere())
    let (started, ended, heartbeat) = (text(), textIfThere(), text())
    let process = ifThere { RunProcess(pid: $0.integer(), startTicks: $0.integerIfThere()) }
    let (command, version, commit) = (texts(), text(), textIfThere())
    let (machine, data) = (sharedMachine(), sharedData())
    let cache = ifThere { reader in
      RunRecord.Cache(
        folder: reader.text(), pictures: reader.integer(), cached: reader.integer(),
        added: reader.integer(), bytes: reader.integer(), problems: reader.texts())
    }
    let weights = RunRecord.Weights(source: text(), fingerprint: textIfThere())
    let best = ifThere { reader in
      RunRecord.Best(
        metric: reader.text(), value: reader.double(), phase: reader.text(),
        epoch: reader.integer())
    }
    let test = ifThere { reader in reader.dictionary { $0.double() } }
    let error = textIfThere()
    guard !isTorn, let status, let machine, let data else { return nil }
    var record = RunRecord(
      name: name, seed: seed, configuration: configuration, command: command, version: version,
      commit: commit, machine: machine, data: data, weights: weights, started: started)
    record.status = status
    record.phase = phase
    record.epoch = epoch
    record.ended = ended
    record.heartbeat = heartbeat
    record.process = process
    record.cache = cache
    record.best = best
    record.test = test
    record.error = error
    return record
  }

  mutating func machine() -> RunRecord.Machine {
    RunRecord.Machine(
      host: text(), processor: text(), instructionSets: texts(), computeThreads: integer(),
      loaderThreads: integer(), provider: text(), libraries: dictionary { $0.text() })
  }

  mutating func data() -> RunRecord.Data {
    RunRecord.Data(
      fingerprint: text(), pictures: dictionary { $0.integer() }, classes: integer())
  }

  private mutating func dictionary<Value>(
    _ read: (inout IndexReader) -> Value
  ) -> [String: Value] {
    let entries = list { reader in (reader.text(), read(&reader)) }
    return Dictionary(entries) { first, _ in first }
  }
}
