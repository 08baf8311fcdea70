import Diagnostics
import Reports
import Runs

/// What a run is and what came of it, in one look.
enum SummarySection {
  /// The run's folder, by its own name wherever the page is made from.
  static func name(_ run: RunContents) -> String {
    RunFolder(existing: run.folder.realPath ?? run.folder.path).name
  }

  // MARK: The page's head

  static func header(_ run: RunContents) -> HTML {
    let state = run.reader.state
    let name = run.reader.record?.name ?? name(run)
    let seed = run.reader.record.map {
      "<span class=\"pill\">seed \(String($0.seed))</span>" as HTML
    }
    return """
      <p class="over">xrun report · \(Self.name(run))</p>
      <div class="heading"><h1>\(name)</h1>\(pill(state))\(seed ?? HTML())</div>
      <dl class="tiles">
      \(tiles(run).joined())</dl>
      """
  }

  static func pill(_ state: RunState?) -> HTML {
    let (style, mark): (String, String) =
      switch state {
      case .completed: ("good", "✓ ")
      case .failed, .diverged, .killed: ("bad", "✗ ")
      case .stopped, .stale, nil: ("warn", "")
      case .running: ("", "")
      }
    return "<span class=\"pill \(style)\">\(mark)\(state?.rawValue ?? "no run.json")</span>"
  }

  private static func tiles(_ run: RunContents) -> [HTML] {
    var tiles: [HTML] = []
    func add(_ title: String, _ value: HTML, _ note: String) {
      tiles.append(
        "<div class=\"tile\"><dt>\(title)</dt><dd>\(value)</dd><dd>\(note)</dd></div>\n")
    }
    let reader = run.reader
    let epochs = Counted.of(reader.epochs.count, "epoch")
    if let best = reader.record?.best {
      let place =
        reader.summary.bestEpoch.map { "epoch \($0) of \(reader.epochs.count)" }
        ?? "epoch \(best.epoch)"
      add("best \(best.metric)", Value.html(best.value), place)
      if best.metric != "val/acc1", let accuracy = reader.best?.numbers["val/acc1"] {
        add("val/acc1 there", Value.html(accuracy), "at the best epoch")
      }
    } else if let accuracy = reader.best?.numbers["val/acc1"] {
      add("best val/acc1", Value.html(accuracy), "of \(epochs)")
    }
    if let test = reader.test?.numbers["test/acc1"] ?? reader.record?.test?["test/acc1"] {
      let count = reader.record?.data.pictures["test"]
      add(
        "test/acc1", Value.html(test),
        count.map { "\(Numbers.grouped($0)) pictures, looked at once" } ?? "looked at once")
    }
    if let seconds = reader.summary.seconds {
      add("time", HTML(text: Numbers.duration(seconds)), "\(epochs), training and validation")
    }
    if let speed = reader.summary.imagesPerSecond {
      add("pictures/s", HTML(text: Numbers.grouped(Int(speed.rounded()))), "while training")
    }
    if let record = reader.record {
      let trained = record.data.pictures["train"].map { "\(Numbers.grouped($0)) to train on" }
      add("classes", "\(record.data.classes)", trained ?? "")
    }
    return tiles
  }

  // MARK: The first section

  static func section(_ run: RunContents) -> Page.Section {
    Page.Section(
      "summary", "Summary", notes(run) + "<dl class=\"facts\">\n\(facts(run).joined())</dl>")
  }

  private static func notes(_ run: RunContents) -> HTML {
    var html = HTML()
    if let error = run.reader.record?.error {
      html += "<p class=\"note bad\"><b>✗ \(run.reader.state?.rawValue ?? "")</b>: \(error)</p>"
    }
    let problems = run.reader.problems.map { RunContents.within(run.folder, $0) }
    if !problems.isEmpty {
      let items = problems.map { "<li>\($0)</li>" as HTML }
      html += """
        <div class="note warn"><b>Not all of the folder can be read</b>: what is missing below is missing there.
        <ul>\(items.joined())</ul></div>
        """
    }
    return html
  }

  private static func facts(_ run: RunContents) -> [HTML] {
    var facts: [HTML] = []
    func add(_ name: String, _ value: HTML) {
      facts.append("<dt>\(name)</dt><dd>\(value)</dd>\n")
    }
    guard let record = run.reader.record else {
      add("run", "<code>\(name(run))</code>")
      return facts
    }
    add("run", "<code>\(name(run))</code>")
    add("command", "<code>\(record.command.joined(separator: " "))</code>")
    let ended = record.ended.map { ", ended <span class=\"keep\">\($0)</span>" as HTML }
    add("started", "<span class=\"keep\">\(record.started)</span>\(ended ?? HTML())")
    if run.reader.state != .completed, let phase = record.phase, let epoch = record.epoch {
      add("came to", "phase \(phase), epoch \(epoch)")
    }
    add("data", data(record, run))
    add("weights", weights(record))
    add("machine", machine(record.machine))
    if let memory = run.reader.summary.residentMiB {
      add("memory", "\(Numbers.fixed(memory, 0)) MiB resident")
    }
    add(
      "xrun",
      "\(record.version)\(record.commit.map { " <code>\($0.prefix(12))</code>" as HTML } ?? HTML())"
    )
    add("configuration", "<code>\(record.configuration)</code>")
    return facts
  }

  private static func data(_ record: RunRecord, _ run: RunContents) -> HTML {
    let counts = ["train", "val", "test"].compactMap { split in
      record.data.pictures[split].map { "\(Numbers.grouped($0)) \(split)" }
    }
    let place: String =
      switch run.experiment?.data.source {
      case .folder(let path)?: path
      case .builtin(let name)?: "\(name), embedded"
      case nil: "?"
      }
    return """
      \(place): \(counts.joined(separator: ", ")) pictures of \(Counted.of(record.data.classes, "class", "classes"))<br>
      <span class="muted small">fingerprint <code>\(record.data.fingerprint)</code></span>
      """
  }

  private static func weights(_ record: RunRecord) -> HTML {
    let fingerprint = record.weights.fingerprint.map {
      "<br><span class=\"muted small\">SHA-256 <code>\($0)</code></span>" as HTML
    }
    return "\(record.weights.source)\(fingerprint ?? HTML())"
  }

  private static func machine(_ machine: RunRecord.Machine) -> HTML {
    let libraries = machine.libraries.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    let sets = machine.instructionSets.joined(separator: ", ")
    return """
      \(machine.host), \(machine.processor)\(sets.isEmpty ? "" : " (\(sets))"); \(Counted.of(machine.computeThreads, "compute thread")), \(Counted.of(machine.loaderThreads, "loader")); \(machine.provider)<br>
      <span class="muted small">\(libraries.joined(separator: ", "))</span>
      """
  }
}
