import Declarations
import Diagnostics
import Experiments
import Models
import Optimizers
import Tensors
import Transforms

/// What `xrun plan` prints: one screen of 80 columns by which an expert can review an experiment.
package struct PlanReport {
  private let plan: ExperimentPlan
  private let data: DataOverview
  private let figures: PlanFigures
  private let time: TimeEstimate?
  private let memory: MemoryEstimate?
  /// What the time is for, such as `2 threads, onednn`.
  private let machine: String
  private let directory: String

  /// - Parameters:
  ///   - time: nil where nothing could be timed.
  ///   - memory: nil where nothing could be run.
  ///   - directory: paths inside it are shown from it on.
  package init(
    _ plan: ExperimentPlan, data: DataOverview, figures: PlanFigures, time: TimeEstimate? = nil,
    memory: MemoryEstimate? = nil, machine: String = "",
    directory: String = FilePath.workingDirectory
  ) {
    self.plan = plan
    self.data = data
    self.figures = figures
    self.time = time
    self.memory = memory
    self.machine = machine
    self.directory = directory
  }

  /// No line is wider.
  static let width = 80
  /// What stands left of the facts.
  private static let margin = 12
  private static var room: Int { width - margin }

  package func text() -> String {
    var lines = head() + [""] + dataLines() + [""]
    lines += pipelineLines() + [""]
    for index in plan.phases.indices { lines += phaseLines(index) }
    lines += [""] + costLines()
    return lines.map { Self.cut($0, Self.width) }.joined(separator: "\n")
  }

  // MARK: What it is

  private func head() -> [String] {
    let experiment = plan.experiment
    let hash = experiment.configurationHash.prefix(8)
    let files = experiment.files.map(shown)
    var head = [
      Self.row(experiment.name, "seed \(experiment.seed), configuration \(hash)")
    ]
    if let first = files.first {
      let rest = files.count > 1 ? " extends \(files.dropFirst().joined(separator: ", "))" : ""
      head.append(Self.row("files", first + rest))
    }
    let network = plan.network
    head.append(
      Self.row(
        "model",
        "\(network.backbone.name), \(Numbers.grouped(network.parameterCount)) parameters, "
          + "head '\(network.backbone.head.layer)'"))
    head.append(Self.row("weights", Self.tail(weights, Self.room)))
    return head
  }

  private var weights: String {
    switch plan.experiment.model.weights {
    case .none: "none: all start at random"
    case .builtin: "builtin"
    case .named(let name): name
    case .file(let path): shown(path)
    case .run(let folder, let checkpoint): shown(folder) + "/" + checkpoint.rawValue
    }
  }

  /// A path inside the working directory from there on.
  private func shown(_ path: String) -> String {
    path.hasPrefix(directory + "/") ? String(path.dropFirst(directory.count + 1)) : path
  }

  // MARK: Data

  private func dataLines() -> [String] {
    let source = data.isBuiltin ? "builtin \(data.source)" : shown(data.source)
    if let assumption = data.assumption {
      let end = "; \(assumption)"
      return [
        Self.row("data", "missing: " + Self.tail(source, Self.room - 9 - end.count) + end)
      ]
    }
    let classes = ", \(Counted.of(data.classes, "class", "classes"))"
    var rows: [[String]] = []
    for split in data.splits {
      guard let small = split.smallest, let large = split.largest else { continue }
      let counts = split.counts
      let balance =
        counts[small] == counts[large]
        ? ["\(counts[small]) in each class", "", ""]
        : [
          named(small, counts), Numbers.fixed(split.median, 1).replacingZeroFraction,
          named(large, counts),
        ]
      rows.append(
        [split.name, (split.isExpected ? "~" : "") + Numbers.grouped(split.pictures)] + balance)
    }
    let isBalanced = rows.allSatisfy { $0[4].isEmpty }
    let title =
      ["", "pictures"]
      + (isBalanced ? ["", "", ""] : ["smallest class", "median", "largest class"])
    var table = PlanGraphReport.aligned([title] + rows, right: [1, 3], indent: "  ")
    table[0] = Self.row(
      "data", Self.tail(source, Self.room - classes.count) + classes)
    if !isBalanced {
      // The title has a line to itself only where the source would not leave room for it.
      table.insert(
        PlanGraphReport.aligned([title] + rows, right: [1, 3], indent: "  ")[0], at: 1)
    }
    return table + missingLines()
  }

  private func named(_ index: Int, _ counts: [Int]) -> String {
    let name = index < data.classNames.count ? data.classNames[index] : "class \(index + 1)"
    return "\(counts[index]) (\(Self.cut(name, 18)))"
  }

  private func missingLines() -> [String] {
    var missing: [String] = []
    for split in data.splits {
      let empty = split.counts.indices.filter { split.counts[$0] == 0 }
      guard !empty.isEmpty else { continue }
      let names = empty.prefix(3).map { $0 < data.classNames.count ? data.classNames[$0] : "?" }
      missing.append(
        "\(split.name) has no pictures of \(empty.count) \(empty.count == 1 ? "class" : "classes"): \(names.joined(separator: ", "))"
          + (empty.count > 3 ? ", …" : ""))
    }
    if data["test"] == nil { missing.append("no test split: nothing is held back to report on") }
    return missing.map { Self.row("  missing", $0) }
  }

  // MARK: Pictures

  /// Each pipeline once, with the phases that it is for where they differ.
  private func pipelineLines() -> [String] {
    let phases = plan.phases
    var lines: [String] = []
    for (word, key) in [("train", \PhasePlan.trainPipeline), ("eval", \PhasePlan.evalPipeline)] {
      var seen: [[ComponentValue]] = []
      for phase in phases where !seen.contains(phase[keyPath: key].components) {
        let pipeline = phase[keyPath: key]
        seen.append(pipeline.components)
        let users = phases.filter { $0[keyPath: key].components == pipeline.components }
        let label = users.count == phases.count ? word : "\(word) \(users[0].index + 1)"
        lines += Self.steps(pipeline, label: label)
      }
    }
    return lines
  }

  private static func steps(_ pipeline: Pipeline, label: String) -> [String] {
    var rows = [("a picture", ImageShape.file, ValueRange.bytes)]
    for (index, component) in pipeline.components.enumerated() {
      let declaration = TransformCatalogue.type(component.name)?.declaration
      rows.append(
        (
          ComponentText.short(component, in: declaration), pipeline.shapes[index],
          pipeline.ranges[index]
        ))
    }
    return rows.enumerated().map { index, step in
      let (name, shape, range) = step
      let cell = cut(name, 35)
      return row(
        index == 0 ? label : "",
        padded(cell, 36) + padded(Self.text(shape), 18) + Self.text(range))
    }
  }

  private static func text(_ shape: ImageShape) -> String {
    let rows = shape.height.map(String.init) ?? "H"
    let columns = shape.width.map(String.init) ?? "W"
    return "[\(shape.channels), \(rows), \(columns)] \(shape.element == .bytes ? "u8" : "f32")"
  }

  static func text(_ range: ValueRange) -> String {
    func short(_ value: Double) -> String {
      Numbers.fixed(value, 2).replacingZeroFraction
    }
    return "\(short(range.lower))..\(short(range.upper))"
  }

  // MARK: Phases

  private func phaseLines(_ index: Int) -> [String] {
    let phase = plan.phases[index]
    let settings = phase.phase
    let counts = phase.parameterCounts
    let names = phase.network.parameters.map(\.name)
    var trained =
      "\(Numbers.grouped(counts.trained)) parameters"
      + " (\(Self.percent(counts.trained, of: counts.trained + counts.frozen))): "
    trained += Self.fitted(
      LayerRanges.text(of: phase.trained, in: names), Self.room - trained.count)
    var frozen = "nothing"
    if counts.frozen > 0 {
      frozen = "\(Numbers.grouped(counts.frozen)): "
      frozen += Self.fitted(
        LayerRanges.text(of: Set(names).subtracting(phase.trained), in: names),
        Self.room - frozen.count)
    }
    var lines = [
      Self.row("phase \(index + 1)", title(of: phase)),
      Self.row("  trained", trained), Self.row("  frozen", frozen),
      Self.row("  norms", batchNorms(figures.phases[index].batchNorms)),
    ]
    lines += optimizer(settings).map { Self.row($0.label, $0.text) }
    lines.append(Self.row("  rate", rate(of: phase)))
    return lines
  }

  private func title(of phase: PhasePlan) -> String {
    let train = phase.phase.train
    var text = "'\(Self.cut(phase.phase.name, 20))', "
    text += "\(phase.phase.epochs) \(phase.phase.epochs == 1 ? "epoch" : "epochs")"
    if let pictures = data["train"]?.pictures {
      let isAbout = data["train"]?.isExpected == true ? "about " : ""
      text += " of \(isAbout)\(Numbers.grouped(phase.steps(pictures: pictures))) steps"
    }
    text += ", batches of \(train.batchSize)"
    if !train.shuffle { text += ", unshuffled" }
    if train.dropLast { text += ", last dropped" }
    if let start = phase.phase.startFrom, phase.index > 0 {
      text += ", from \(start.rawValue) of phase \(phase.index)"
    }
    return text
  }

  private func batchNorms(_ norms: (all: Int, moving: Int)) -> String {
    if norms.all == 0 { return "no batch norm in this network" }
    let layers = "\(norms.all) batch norms"
    if norms.moving == 0 { return "all \(layers) use their running statistics and keep them" }
    if norms.moving == norms.all { return "all \(layers) use and move batch statistics" }
    return
      "\(norms.moving) of \(layers) use and move batch statistics, \(norms.all - norms.moving) stay frozen"
  }

  private func optimizer(_ phase: Phase) -> [(label: String, text: String)] {
    let optimizer = ComponentText.named(
      phase.optimizer, in: OptimizerCatalogue.family.declaration(phase.optimizer.name),
      always: ["lr"])
    let loss = ComponentText.named(
      phase.loss, in: LossCatalogue.family.declaration(phase.loss.name))
    var first = "\(optimizer); \(loss)"
    if let limit = phase.train.clipGradNorm {
      first += "; gradient norm cut to \(Numbers.short(limit))"
    }
    var second = "best \(phase.train.monitor)"
    if let stopping = phase.earlyStopping {
      second = "stops after \(stopping.patience) epochs without better \(phase.train.monitor)"
      if stopping.minDelta > 0 { second += " by \(Numbers.short(stopping.minDelta))" }
    } else {
      second += ", no early stopping"
    }
    let together = "\(first); \(second)"
    if together.count <= Self.room { return [("  optimizer", together)] }
    return [("  optimizer", first), ("", second)]
  }

  private func rate(of phase: PhasePlan) -> String {
    let scheduler =
      phase.phase.scheduler.map {
        ComponentText.named(
          $0, in: SchedulerCatalogue.family.declaration($0.name))
          + " by \(phase.phase.schedulerBy.rawValue)"
      } ?? "constant"
    guard let rates = phase.rates(pictures: data["train"]?.pictures), let first = rates.epochs.first
    else { return "not known without the pictures: \(scheduler)" }
    let last = Numbers.rate(rates.last)
    let start = Numbers.rate(first)
    // The curve gives way to the schedule's arguments.
    let space = Self.room - start.count - last.count - scheduler.count - 4
    let curve = Sparkline.text(rates.epochs, width: min(24, max(8, space)))
    return "\(start) \(curve) \(last)  \(scheduler)"
  }

  // MARK: Cost

  private func costLines() -> [String] {
    var rows = [
      ["", "forward/pic", "step/pic", "arena", "state", "batch"]
        + (time == nil ? [] : ["step", "epoch"])
    ]
    for (index, phase) in figures.phases.enumerated() {
      var row = [
        Self.cut(plan.phases[index].phase.name, 9), Numbers.flops(phase.forwardFlops),
        Numbers.flops(phase.stepFlops), Self.memory(phase.arenaBytes),
        Self.memory(phase.parameterBytes), Self.memory(phase.batchBytes),
      ]
      if let time {
        row += [Self.about(time.phases[index].step), Self.about(time.phases[index].epoch)]
      }
      rows.append(row)
    }
    var lines = PlanGraphReport.aligned(
      rows, right: Set(1..<rows[0].count), indent: "  ", gap: " ")
    lines[0] = "cost" + lines[0].dropFirst(4)
    if let time {
      lines.append(
        Self.row(
          "time",
          "\(mayStopEarly ? "at most " : "")about \(Numbers.duration(time.run)) for the run, "
            + machine))
    }
    if let memory {
      lines.append(Self.row("memory", "about \(Self.memory(memory.peak)) at the peak"))
    }
    return lines
  }

  private var mayStopEarly: Bool { plan.phases.contains { $0.phase.earlyStopping != nil } }

  private static func memory(_ bytes: Int) -> String {
    bytes < 1 << 20
      ? "\((bytes + 1023) >> 10) KiB" : "\(Numbers.grouped((bytes + (1 << 19)) >> 20)) MiB"
  }

  private static func about(_ seconds: Double) -> String {
    seconds < 0.0995
      ? "\(Numbers.fixed(seconds * 1000, 0)) ms"
      : seconds < 1 ? "\(Numbers.fixed(seconds, 2)) s" : Numbers.duration(seconds)
  }

  // MARK: Lines

  private static func row(_ label: String, _ text: String) -> String {
    label.count < margin ? padded(label, margin) + text : label + "  " + text
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// The text, or its beginning and an ellipsis.
  static func cut(_ text: String, _ width: Int) -> String {
    text.count <= width ? text : String(text.prefix(max(0, width - 1))) + "…"
  }

  /// The text, or an ellipsis and its end: of paths the end says most.
  static func tail(_ text: String, _ width: Int) -> String {
    text.count <= width ? text : "…" + String(text.suffix(max(0, width - 1)))
  }

  /// As many parts as fit, and how many more there are.
  static func fitted(_ parts: [String], _ width: Int) -> String {
    let all = parts.joined(separator: ", ")
    if all.count <= width { return all }
    for count in stride(from: parts.count - 1, through: 1, by: -1) {
      let text = parts[..<count].joined(separator: ", ") + " and \(parts.count - count) more"
      if text.count <= width { return text }
    }
    return "\(parts.count) parts"
  }

  private static func percent(_ part: Int, of whole: Int) -> String {
    guard part < whole, part > 0 else { return part == 0 ? "0 %" : "100 %" }
    let value = 100 * Double(part) / Double(whole)
    return (value < 0.01 ? "<0.01" : Numbers.fixed(value, value < 10 ? 2 : 0)) + " %"
  }
}

extension String {
  /// `1.50` as `1.5` and `2.00` as `2`.
  fileprivate var replacingZeroFraction: String {
    guard contains(".") else { return self }
    var text = self
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }
}
