import Declarations
import Experiments
import Models
import Tensors
import Transforms

/// What `xrun plan --json` prints; `docs/plan.md` says what each key means.
package struct PlanJSON {
  private let plan: ExperimentPlan
  private let data: DataOverview
  private let figures: PlanFigures
  private let time: TimeEstimate?
  private let memory: MemoryEstimate?

  /// - Parameters:
  ///   - time: nil where nothing could be timed.
  ///   - memory: nil where nothing could be run.
  package init(
    _ plan: ExperimentPlan, data: DataOverview, figures: PlanFigures, time: TimeEstimate? = nil,
    memory: MemoryEstimate? = nil
  ) {
    self.plan = plan
    self.data = data
    self.figures = figures
    self.time = time
    self.memory = memory
  }

  package func text() -> String { value.text() }

  private var value: JSON {
    let experiment = plan.experiment
    return .object([
      "name": .string(experiment.name),
      "seed": Int(exactly: experiment.seed).map { .integer($0) }
        ?? .number(Double(experiment.seed)),
      "configuration": .string(experiment.configurationHash),
      "files": .array(experiment.files.map { .string($0) }),
      "data": dataValue,
      "model": model,
      "phases": .array(plan.phases.indices.map(phase)),
      "time": time.map { .object(["run_seconds": .number($0.run)]) } ?? .null,
      "memory": memory.map(Self.bytes) ?? .null,
    ])
  }

  private static func bytes(_ memory: MemoryEstimate) -> JSON {
    .object([
      "peak_bytes": .integer(memory.peak), "base_bytes": .integer(memory.base),
      "phases": .array(
        memory.phases.map { phase in
          .object([
            "arena": .integer(phase.arena), "programs": .integer(phase.programs),
            "states": .integer(phase.states), "batches": .integer(phase.batches),
          ])
        }),
    ])
  }

  private var dataValue: JSON {
    .object([
      "source": .string(data.source),
      "is_builtin": .boolean(data.isBuiltin),
      "is_missing": .boolean(data.assumption != nil),
      "assumption": data.assumption.map { .string($0) } ?? .null,
      "classes": .integer(data.classes),
      "class_names": .array(data.classNames.map { .string($0) }),
      "splits": .array(
        data.splits.map { split in
          .object([
            "name": .string(split.name),
            "pictures": .integer(split.pictures),
            "is_expected": .boolean(split.isExpected),
            "smallest_class": split.smallest.map { .integer(split.counts[$0]) } ?? .null,
            "median_class": split.median.map { .number($0) } ?? .null,
            "largest_class": split.largest.map { .integer(split.counts[$0]) } ?? .null,
            "pictures_by_class": .array(split.counts.map { .integer($0) }),
          ])
        }),
    ])
  }

  private var model: JSON {
    let weights: String =
      switch plan.experiment.model.weights {
      case .none: "none"
      case .builtin: "builtin"
      case .named(let name): name
      case .file(let path): path
      case .run(let folder, let checkpoint): folder + "/" + checkpoint.rawValue
      }
    return .object([
      "backbone": .string(plan.network.backbone.name),
      "weights": .string(weights),
      "head": .string(plan.network.backbone.head.layer),
      "parameters": .integer(plan.network.parameterCount),
    ])
  }

  private func phase(_ index: Int) -> JSON {
    let phase = plan.phases[index]
    let costs = figures.phases[index]
    let pictures = data["train"]?.pictures
    let counts = phase.parameterCounts
    let names = phase.network.parameters.map(\.name)
    let frozen = Set(names).subtracting(phase.trained)
    let rates = phase.rates(pictures: pictures)
    func list(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }
    let settings = phase.phase
    let trained: JSON = .object([
      "parameters": .integer(counts.trained),
      "layers": list(LayerRanges.text(of: phase.trained, in: names)),
      "names": list(names.filter(phase.trained.contains)),
    ])
    let frozenValue: JSON = .object([
      "parameters": .integer(counts.frozen),
      "layers": list(LayerRanges.text(of: frozen, in: names)),
    ])
    let norms: JSON = .object([
      "layers": .integer(costs.batchNorms.all),
      "using_batch_statistics": .integer(costs.batchNorms.moving),
    ])
    let flops: JSON = .object([
      "forward": .integer(costs.forwardFlops), "step": .integer(costs.stepFlops),
    ])
    let memory: JSON = .object([
      "arena": .integer(costs.arenaBytes), "parameters_and_state": .integer(costs.parameterBytes),
      "batch": .integer(costs.batchBytes),
    ])
    let steps: JSON = pictures.map { .integer(phase.steps(pictures: $0)) } ?? .null
    let start: JSON = settings.startFrom.map { .string($0.rawValue) } ?? .null
    let scheduler: JSON = settings.scheduler.map(Self.component) ?? .null
    let by: JSON = settings.scheduler == nil ? .null : .string(settings.schedulerBy.rawValue)
    let epochRates: JSON = rates.map { .array($0.epochs.map { .number($0) }) } ?? .null
    let lastRate: JSON = rates.map { .number($0.last) } ?? .null
    let clipping: JSON = settings.train.clipGradNorm.map { .number($0) } ?? .null
    return .object([
      "name": .string(settings.name), "start_from": start, "epochs": .integer(settings.epochs),
      "batch_size": .integer(settings.train.batchSize), "steps_per_epoch": steps,
      "trained": trained, "frozen": frozenValue, "batch_norms": norms,
      "optimizer": Self.component(settings.optimizer), "loss": Self.component(settings.loss),
      "scheduler": scheduler, "scheduler_by": by, "rates": epochRates, "last_rate": lastRate,
      "clip_grad_norm": clipping, "monitor": .string(settings.train.monitor),
      "early_stopping": Self.stopping(settings.earlyStopping),
      "train_pipeline": Self.pipeline(phase.trainPipeline),
      "eval_pipeline": Self.pipeline(phase.evalPipeline),
      "flops_per_picture": flops, "memory_bytes": memory, "time": seconds(index),
    ])
  }

  private func seconds(_ index: Int) -> JSON {
    guard let own = time?.phases[index] else { return .null }
    return .object([
      "step_seconds": .number(own.step), "loading_seconds_per_picture": .number(own.loading),
      "epoch_seconds": .number(own.epoch), "phase_seconds": .number(own.all),
    ])
  }

  private static func stopping(_ stopping: EarlyStopping?) -> JSON {
    guard let stopping else { return .null }
    return .object([
      "patience": .integer(stopping.patience), "min_delta": .number(stopping.minDelta),
    ])
  }

  /// Each step with the shape and the values that it gives; null for lengths that depend on the file.
  private static func pipeline(_ pipeline: Pipeline) -> JSON {
    .array(
      pipeline.components.indices.map { index in
        let shape = pipeline.shapes[index]
        let range = pipeline.ranges[index]
        guard case .object(let component) = component(pipeline.components[index]) else {
          return .null
        }
        let shapes: [JSON] = [
          .integer(shape.channels), shape.height.map { .integer($0) } ?? .null,
          shape.width.map { .integer($0) } ?? .null,
        ]
        return .object(
          component + [
            JSON.Member("shape", .array(shapes)),
            JSON.Member("element", .string(shape.element == .bytes ? "u8" : "f32")),
            JSON.Member("range", .array([.number(range.lower), .number(range.upper)])),
          ])
      })
  }

  private static func component(_ component: ComponentValue) -> JSON {
    .object([
      "component": .string(component.name),
      "arguments": .object(
        component.values.entries.sorted { $0.key < $1.key }.map {
          JSON.Member($0.key, value($0.value))
        }),
    ])
  }

  private static func value(_ declared: DeclaredValue) -> JSON {
    switch declared {
    case .null: .null
    case .boolean(let value): .boolean(value)
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .string(let text): .string(text)
    case .list(let values): .array(values.map(value))
    case .component(let inner): component(inner)
    }
  }
}
