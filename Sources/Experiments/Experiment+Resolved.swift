import Declarations
import Documents
import Models
import Tensors

extension Experiment {
  /// Everything resolved, each value with its origin as a comment; it can be run itself and has the same hash.
  package func resolvedYAML() -> String { yaml(hasOrigins: true) }

  private func yaml(hasOrigins: Bool) -> String {
    var writer = YAMLWriter(hasOrigins: hasOrigins)
    writer.line("name", .string(name), places["name"])
    if let notes { writer.line("notes", .string(notes), places["notes"]) }
    if !tags.isEmpty { writer.line("tags", tags.declared, places["tags"]) }
    writer.line("seed", .integer(Int(clamping: seed)), places["seed"])
    writer.section("data") { data.write(to: &$0) }

    // What all phases have in common stands at the top, as people write it.
    var shared = Set<String>()
    if let first = phases.first {
      if phases.allSatisfy({
        $0.trainTransforms == first.trainTransforms && $0.evalTransforms == first.evalTransforms
      }) {
        shared.insert("transforms")
        first.writeTransforms(to: &writer)
      }
      writer.section("model") { model.write(to: &$0) }
      if phases.allSatisfy({ $0.loss == first.loss }) {
        shared.insert("loss")
        writer.component("loss", first.loss, first.places["loss"])
      }
      if phases.allSatisfy({ $0.train == first.train }) {
        shared.insert("train")
        first.writeTrain(to: &writer)
      }
      if phases.count == 1, first.name == ExperimentBuilder.onlyPhase, first.startFrom == nil {
        first.write(to: &writer, without: shared)
      } else {
        writer.section("phases") { writer in
          for phase in phases {
            writer.element("name", .string(phase.name), phase.places["name"]) {
              if let startFrom = phase.startFrom {
                $0.line("start_from", startFrom.declared, phase.places["start_from"])
              }
              phase.write(to: &$0, without: shared)
            }
          }
        }
      }
    }
    if !gates.isEmpty {
      writer.section("gates") { writer in
        for gate in gates { gate.write(to: &writer) }
      }
    }
    writer.line("runs", .string(runs), places["runs"])
    return writer.text
  }

  /// SHA-256 over what decides the results but for the seed, in hexadecimal.
  package var configurationHash: String { SHA256.hex(of: canonicalText) }

  /// The part of the configuration hash that run folders are named with.
  package var shortHash: String { String(configurationHash.prefix(8)) }

  /// One text per configuration: names, notes, seed and what depends on the machine are left out.
  var canonicalText: String {
    var anonymous = self
    anonymous.name = ""
    anonymous.notes = nil
    anonymous.tags = []
    anonymous.seed = 0
    anonymous.data.workers = nil
    anonymous.gates = []
    anonymous.runs = ""
    // 'test' means the same whether written or not; only whether it must be there differs.
    if data.testSplit == "test" { anonymous.data.places["splits.test"] = .byDefault }
    // One line per value in a fixed order.
    return anonymous.yaml(hasOrigins: false)
  }
}

extension DataSettings {
  fileprivate func write(to writer: inout YAMLWriter) {
    switch source {
    case .folder(let folder): writer.line("folder", .string(folder), places["folder"])
    case .builtin(let name): writer.line("builtin", .string(name), places["builtin"])
    }
    writer.section("splits") { writer in
      writer.line("train", .string(trainSplit), places["splits.train"])
      switch validation {
      case .folder(let folder): writer.line("val", .string(folder), places["splits.val"])
      case .fraction(let fraction):
        writer.section("val") {
          $0.line("fraction", .number(fraction), places["splits.val.fraction"])
        }
      }
      // A name that nobody wrote asks for no folder, and must not when this file is run.
      if case .byDefault? = places["splits.test"] { return }
      writer.line("test", testSplit.declared, places["splits.test"])
    }
    writer.line("class_names", classNames.declared, places["class_names"])
    writer.line("classes", classes.declared, places["classes"])
    writer.line("decode", .string(decode.rawValue), places["decode"])
    writer.line("workers", workers.declared, places["workers"])
  }
}

extension ModelSettings {
  fileprivate func write(to writer: inout YAMLWriter) {
    writer.line("backbone", .string(backbone), places["backbone"])
    let text =
      switch weights {
      case .none: "none"
      case .builtin: "builtin"
      case .named(let name): name
      case .file(let path): path
      case .run(let folder, let checkpoint): "\(folder)/\(checkpoint.rawValue)"
      }
    writer.line("weights", .string(text), places["weights"])
    writer.line("head", .string(head), places["head"])
  }
}

extension Gate {
  fileprivate func write(to writer: inout YAMLWriter) {
    let certainty = { (writer: inout YAMLWriter) in
      if let confidence {
        writer.line("confidence", .number(confidence), places["confidence"])
      }
      if failsInconclusive {
        writer.line("inconclusive", .string("fail"), places["inconclusive"])
      }
    }
    switch rule {
    case .limit:
      let key = GateSection.rules.first {
        if case .written? = places[$0] { true } else { false }
      }
      writer.element("condition", .string(text), key.flatMap { places[$0] }, certainty)
    case .maxDrop(let drop, let baseline):
      writer.element("metric", .string(metric.name), places["metric"]) {
        $0.line("max_drop", .number(drop), places["max_drop"])
        $0.line("baseline", .string(baseline), places["baseline"])
        certainty(&$0)
      }
    }
  }
}

extension Phase {
  fileprivate func writeTransforms(to writer: inout YAMLWriter) {
    writer.section("transforms") {
      $0.components("train", trainTransforms)
      $0.components("eval", evalTransforms)
    }
  }

  fileprivate func writeTrain(to writer: inout YAMLWriter) {
    writer.section("train") {
      $0.line("batch_size", .integer(train.batchSize), places["train.batch_size"])
      $0.line("shuffle", .boolean(train.shuffle), places["train.shuffle"])
      $0.line("drop_last", .boolean(train.dropLast), places["train.drop_last"])
      $0.line("clip_grad_norm", train.clipGradNorm.declared, places["train.clip_grad_norm"])
      $0.line("monitor", .string(train.monitor), places["train.monitor"])
    }
  }

  fileprivate func write(to writer: inout YAMLWriter, without shared: Set<String>) {
    if !shared.contains("transforms") { writeTransforms(to: &writer) }
    if !shared.contains("loss") { writer.component("loss", loss, places["loss"]) }
    if !shared.contains("train") { writeTrain(to: &writer) }
    switch FreezeSection.declared(freeze) {
    case .component(let section):
      writer.section("freeze") {
        for (key, value) in section.values.entries.sorted(by: { $0.key < $1.key }) {
          $0.line(key, value, places["freeze.\(key)"])
        }
      }
    case let word: writer.line("freeze", word, places["freeze"])
    }
    writer.component("optimizer", optimizer, places["optimizer"])
    if let scheduler {
      writer.component("scheduler", scheduler, places["scheduler"])
    } else {
      writer.line("scheduler", .null, places["scheduler"])
    }
    writer.line("epochs", .integer(epochs), places["epochs"])
    if let earlyStopping {
      writer.section("early_stopping") {
        $0.line(
          "patience", .integer(earlyStopping.patience), places["early_stopping.patience"])
        $0.line(
          "min_delta", .number(earlyStopping.minDelta), places["early_stopping.min_delta"])
      }
    } else {
      writer.line("early_stopping", .null, places["early_stopping"])
    }
  }
}
