import Declarations
import Diagnostics
import Models

/// From the values of each section to one experiment: phases filled from the top level, paths made absolute.
///
/// A part that was wrong is left out without a further word.
struct ExperimentBuilder {
  let files: ExperimentFiles
  let families: Families
  private(set) var diagnostics: [Diagnostic] = []
  private var data: DataSettings?
  private var model: ModelSettings?
  private var gates: [Gate] = []
  /// Freeze policies that are right by themselves, with their places.
  private var policies: [(policy: FreezePolicy, places: Places)] = []
  /// The data's folder where other keys of 'data' are wrong.
  private var looseFolder: (path: String, span: Span?)?

  init(files: ExperimentFiles, families: Families) {
    self.files = files
    self.families = families
  }

  mutating func experiment(_ values: Values) -> Experiment? {
    let runs = values.checked(ExperimentSection.runs).map {
      $0.map { absolute($0, values, "runs") }
        ?? FilePath.absolute("runs", in: FilePath.workingDirectory)
    }
    self.runs = runs.map { ($0, values.span(of: "runs")) }
    data = values.checked(ExperimentSection.data).flatMap { dataSettings($0.values) }
    model = values.checked(ExperimentSection.model).flatMap {
      modelSettings($0.values, runs: runs ?? "")
    }
    let phases = phases(values)
    let gates = gates(values, runs: runs ?? "")
    let name = values.checked(ExperimentSection.name)
    if let name, let problem = ExperimentChecks.name(name) {
      diagnostics.append(
        .error(
          "bad-name", "'name' \(problem)", at: values.span(of: ExperimentSection.name.name),
          help: "run folders are called after it"))
    }
    guard let name, let runs, let data, let model, let phases, let gates,
      let notes = values.checked(ExperimentSection.notes),
      let tags = values.checked(ExperimentSection.tags),
      let seed = values.checked(ExperimentSection.seed)
    else { return nil }
    var places = Places(section: values.span)
    for key in ["name", "notes", "tags", "seed", "runs", "data", "model", "phases"] {
      places[key] = values.origins[key]
    }
    var experiment = Experiment(
      name: name, notes: notes, tags: tags, seed: UInt64(seed), data: data, model: model,
      phases: phases, runs: runs, files: files.paths, places: places)
    experiment.gates = gates
    experiment.overridden = overridden(values)
    return experiment
  }

  /// Gates as they may be, also where others are wrong; nil where one is.
  private mutating func gates(_ values: Values, runs: String) -> [Gate]? {
    guard let written = values.checked(ExperimentSection.gates) else { return nil }
    let files = files
    var reader = GateReader { text, span in
      Self.run(text, in: files.directory(of: span), runs: runs)
    }
    let sections = written ?? []
    gates = sections.compactMap { reader.gate($0.values) }
    diagnostics += reader.diagnostics
    return gates.count == sections.count ? gates : nil
  }

  /// What the top level states and each phase states again.
  private func overridden(_ top: Values) -> [OverriddenKey] {
    guard let phases = top.checked(ExperimentSection.phases) ?? nil else { return [] }
    func overridden(_ section: Values, _ path: String, in own: [Values?]) -> [OverriddenKey] {
      section.entries.keys.sorted().compactMap { key in
        guard case .written(let span)? = section.origins[key],
          own.allSatisfy({ $0.map { isWritten(key, in: $0) } ?? false })
        else { return nil }
        return OverriddenKey(name: path + key, span: span)
      }
    }
    var found: [OverriddenKey] = []
    for parameter in PhaseSection.inherited.map(\.erased) {
      guard case .written(let span)? = top.origins[parameter.name] else { continue }
      // These two are laid over each other key by key.
      if [PhaseSection.train.name, PhaseSection.transforms.name].contains(parameter.name) {
        guard case .component(let section)? = top.entries[parameter.name] else { continue }
        let own = phases.map { phase -> Values? in
          guard case .component(let section)? = phase.values.entries[parameter.name] else {
            return nil
          }
          return section.values
        }
        found += overridden(section.values, parameter.name + ".", in: own)
      } else if phases.allSatisfy({ isWritten(parameter.name, in: $0.values) }) {
        found.append(OverriddenKey(name: parameter.name, span: span))
      }
    }
    return found
  }

  /// The folder of runs, where it is known.
  private var runs: (path: String, span: Span?)?

  /// What must be there in the file system, as far as it is known.
  mutating func checkFiles() {
    let files = files
    if let data {
      diagnostics += ExperimentChecks.files(of: data) { files.directory(of: $0) }
      diagnostics += ExperimentChecks.builtin(data)
      diagnostics += Gate.problems(of: gates, data: data)
    } else if let looseFolder,
      let problem = ExperimentChecks.missing(
        looseFolder.path, .directory, at: looseFolder.span,
        in: files.directory(of: looseFolder.span))
    {
      diagnostics.append(problem)
    }
    if let runs { diagnostics += ExperimentChecks.files(ofRuns: runs.path, at: runs.span) }
    if let model {
      diagnostics += ExperimentChecks.files(of: model) { files.directory(of: $0) }
    }
  }

  /// A path of the experiment, relative to the file that it is written in.
  private func absolute(_ path: String, _ values: Values, _ key: String) -> String {
    FilePath.absolute(path, in: files.directory(of: values.span(of: key)))
  }

  // MARK: Data

  private mutating func dataSettings(_ values: Values) -> DataSettings? {
    let folder = values.checked(DataSection.folder)
    let builtin = values.checked(DataSection.builtin)
    var source: DataSettings.Source?
    switch (folder, builtin) {
    case (.some(.some), .some(.some)):
      diagnostics.append(
        .error(
          "conflicting-keys", "'data' takes one of 'folder' and 'builtin'",
          at: values.span(of: "builtin"),
          labels: .at(values.span(of: "folder"), "the first"),
          help: "remove one of the two"))
    case (.some(.some(let folder)), _):
      let path = absolute(folder, values, "folder")
      source = .folder(path)
      looseFolder = (path, values.span(of: "folder"))
    case (_, .some(.some(let builtin))): source = .builtin(builtin)
    case (.some(.none), .some(.none)):
      diagnostics.append(
        .error(
          "missing-key", "'data' needs 'folder' or 'builtin'", at: values.span,
          help: "'folder': \(DataSection.folder.doc)"))
    default: break
    }
    let splits = values.checked(DataSection.splits)?.values
    let validation: DataSettings.Validation? =
      switch splits?.checked(SplitsSection.val) {
      case .string(let folder)?: .folder(folder)
      case .component(let section)?:
        section.values.checked(FractionSection.fraction).map { .fraction($0) }
      default: nil
      }
    guard let source, let train = splits?.checked(SplitsSection.train), let validation,
      let test = splits?.checked(SplitsSection.test),
      let classNames = values.checked(DataSection.classNames),
      let classes = values.checked(DataSection.classes),
      let workers = values.checked(DataSection.workers),
      let decode = values.checked(DataSection.decode)
    else { return nil }
    looseFolder = nil
    let base: String =
      switch source {
      case .folder(let folder): folder
      case .builtin: files.directory(of: values.span(of: "class_names"))
      }
    return DataSettings(
      source: source, trainSplit: train, validation: validation, testSplit: test,
      classNames: classNames.map { FilePath.absolute($0, in: base) }, classes: classes,
      workers: workers, decode: decode, places: places(of: values))
  }

  // MARK: Model

  private mutating func modelSettings(_ values: Values, runs: String) -> ModelSettings? {
    let backbone = values.checked(ModelSection.backbone)
    if let backbone, !families.backbones.contains(backbone) {
      diagnostics.append(
        .error(
          "unknown-backbone", "there is no backbone '\(backbone)'",
          at: values.span(of: "backbone"),
          label: Suggestion.label(for: backbone, among: families.backbones),
          help: Suggestion.isFew(families.backbones)
            ? "choose \(Suggestion.list(families.backbones, joinedBy: "or"))"
            : "backbones have torchvision's and timm's names, such as 'resnet18'"))
    }
    let written = values.checked(ModelSection.weights)
    let weights = written.flatMap {
      self.weights($0, in: files.directory(of: values.span(of: "weights")), runs: runs)
    }
    if let written, weights == nil {
      let words = ["none", "builtin", "IMAGENET1K_V1", "IMAGENET1K_V2"]
      let foreign = Self.foreignEnding(of: written)
      diagnostics.append(
        .error(
          "unknown-weights",
          foreign.map { "'weights' cannot be '\(written)': xrun does not read '\($0)' files" }
            ?? "'weights' cannot be '\(written)'", at: values.span(of: "weights"),
          label: foreign == nil
            ? ExperimentChecks.nearEnding(written).map { "did you mean '\($0)'?" }
              ?? Suggestion.label(for: written, among: words)
            : "",
          help: foreign == nil
            ? "write \(ModelSection.weights.doc)"
            : "save its state dict as .safetensors or with torch.save as .pth, and name that file"))
    }
    guard let backbone, let weights, let head = values.checked(ModelSection.head) else {
      return nil
    }
    return ModelSettings(
      backbone: backbone, weights: weights, head: head, places: places(of: values))
  }

  /// The ending of a file of weights that cannot be read; nil for all else.
  private static func foreignEnding(of text: String) -> String? {
    let endings = [
      ".pkl", ".tar", ".onnx", ".h5", ".keras", ".npz", ".npy",
      ".pb", ".tflite", ".mar", ".zip", ".gz",
    ]
    let lowered = text.lowercased()
    return endings.first { lowered.hasSuffix($0) }
  }

  /// By its form alone, never by what happens to be in the file system.
  private func weights(_ text: String, in directory: String, runs: String) -> ModelSettings.Weights?
  {
    if text == "none" { return ModelSettings.Weights.none }
    if text == "builtin" { return .builtin }
    if WeightsFormat(path: text) != nil { return .file(FilePath.absolute(text, in: directory)) }
    if Self.foreignEnding(of: text) != nil { return nil }
    if text.contains("/") {
      var path = text
      var checkpoint = Checkpoint.best
      while path.count > 1, path.hasSuffix("/") { path.removeLast() }
      for candidate in Checkpoint.allCases where path.hasSuffix("/\(candidate.rawValue)") {
        checkpoint = candidate
        path.removeLast(candidate.rawValue.count + 1)
        break
      }
      return .run(Self.run(path, in: directory, runs: runs), checkpoint)
    }
    let isName = text.utf8.allSatisfy {
      (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_")
    }
    return isName && text.utf8.first.map { (0x41...0x5A).contains($0) } ?? false
      ? .named(text) : nil
  }

  /// `runs/NAME` is a run of this experiment's runs folder, wherever that is.
  private static func run(_ path: String, in directory: String, runs: String) -> String {
    path.hasPrefix("runs/")
      ? FilePath.absolute(String(path.dropFirst(5)), in: runs)
      : FilePath.absolute(path, in: directory)
  }

  // MARK: Phases

  /// What a file without `phases` calls its one phase.
  static let onlyPhase = "main"

  private mutating func phases(_ top: Values) -> [Phase]? {
    guard let written = top.checked(ExperimentSection.phases) else { return nil }
    guard let written else {
      return phase(nil, top, isFirst: true, name: Self.onlyPhase).map { [$0] }
    }
    // 1. What belongs to one phase cannot be said of all.
    for parameter in PhaseSection.phaseOnly.map(\.erased) {
      if case .written(let span)? = top.origins[parameter.name] {
        diagnostics.append(
          .error(
            "conflicting-keys", "'\(parameter.name)' belongs to a phase, and there are 'phases'",
            at: span,
            labels: .at(top.span(of: ExperimentSection.phases.name), "the first phase"),
            help: "write it in each phase"))
      }
    }
    // 2. Names are what overrides and metrics tell phases apart by.
    var names: [String: Span?] = [:]
    for phase in written {
      guard let name = phase.values.checked(PhaseSection.name) else { continue }
      let span = phase.values.span(of: "name")
      if let first = names[name] {
        diagnostics.append(
          .error(
            "duplicate-name", "two phases are called '\(name)'", at: span,
            labels: .at(first, "the first"),
            help: "give each phase a name of its own"))
      } else {
        names.updateValue(span, forKey: name)
        if let problem = ExperimentChecks.name(name) {
          diagnostics.append(
            .error(
              "bad-name", "'name' \(problem)", at: span,
              help: "overrides and metrics are called after it"))
        }
      }
    }
    let phases = written.enumerated().map { index, section in
      phase(section.values, top, isFirst: index == 0, name: nil)
    }
    return phases.contains { $0 == nil } ? nil : phases.compactMap { $0 }
  }

  private mutating func phase(
    _ own: Values?, _ top: Values, isFirst: Bool, name given: String?
  ) -> Phase? {
    let owner = own == nil ? "an experiment" : "a phase"
    let place = own?.span ?? top.span
    var places = Places(section: place)

    /// The phase's own values where it has the key, else the top level's.
    func holder(_ key: String) -> Values {
      guard let own, isWritten(key, in: own) else { return top }
      return own
    }
    for parameter in PhaseSection.inherited.map(\.erased) {
      places[parameter.name] = holder(parameter.name).origins[parameter.name]
    }
    let holderOfOwn = own ?? top
    for key in ["name", "start_from", "epochs", "early_stopping"] {
      places[key] = holderOfOwn.origins[key]
    }

    // 1. Keys of one value.
    let name = given ?? own?.checked(PhaseSection.name)
    let startFrom: Checkpoint?? = own.map { $0.checked(PhaseSection.startFrom) } ?? .some(nil)
    if isFirst, case .some(.some) = startFrom {
      diagnostics.append(
        .error(
          "nothing-before", "'start_from' needs a phase before, and this is the first",
          at: own?.span(of: "start_from"), help: "a run's weights go into 'model.weights'"))
    }
    let epochs = required(PhaseSection.epochs, in: holderOfOwn, owner: owner, at: place)
    let stopping = earlyStopping(holderOfOwn, &places)

    // 2. Components.
    let optimizer = required(
      PhaseSection.optimizer, in: holder("optimizer"), owner: owner, at: place)
    for problem in optimizer.map({ ExperimentChecks.optimizer($0, families: families) }) ?? [] {
      reportOnce(problem)
    }
    let loss = holder("loss").checked(PhaseSection.loss)
    let scheduler = holder("scheduler").checked(PhaseSection.scheduler)

    // 3. Sections.
    let freezing = holder("freeze")
    let freeze = freezing.checked(PhaseSection.freeze).flatMap {
      policy($0, freezing, &places)
    }
    let train = train(own, top, &places)
    let transforms = transforms(own, top, at: place, &places)

    guard let name, let startFrom, let epochs, let stopping, let optimizer, let loss,
      let scheduler, let freeze, let train, let transforms
    else { return nil }
    let by = scheduler?.values.checked(PhaseSection.by) ?? .epoch
    return Phase(
      name: name, startFrom: startFrom, freeze: freeze, loss: loss, optimizer: optimizer,
      scheduler: scheduler, schedulerBy: by, epochs: epochs, earlyStopping: stopping,
      train: train, trainTransforms: transforms.train, evalTransforms: transforms.eval,
      places: places)
  }

  /// Written, be it right or wrong: what was wrong has no origin and no value.
  private func isWritten(_ key: String, in values: Values) -> Bool {
    if case .byDefault? = values.origins[key] { return false }
    return true
  }

  private mutating func required<Value>(
    _ parameter: Parameter<Value?>, in values: Values, owner: String, at span: Span?
  ) -> Value? {
    guard let checked = values.checked(parameter) else { return nil }
    if checked == nil {
      reportOnce(
        .error(
          "missing-key", "\(owner) needs '\(parameter.name)'",
          at: isWritten(parameter.name, in: values) ? values.span(of: parameter.name) : span,
          help: "'\(parameter.name)': \(parameter.doc)"))
    }
    return checked
  }

  private mutating func earlyStopping(_ values: Values, _ places: inout Places) -> EarlyStopping?? {
    guard let section = values.checked(PhaseSection.earlyStopping) else { return nil }
    guard let section else { return .some(nil) }
    places.take(section.values, under: "early_stopping")
    guard let patience = section.values.checked(EarlyStoppingSection.patience),
      let minDelta = section.values.checked(EarlyStoppingSection.minDelta)
    else { return nil }
    return EarlyStopping(patience: patience, minDelta: minDelta)
  }

  private mutating func policy(
    _ value: DeclaredValue, _ values: Values, _ places: inout Places
  ) -> FreezePolicy? {
    if case .component(let section) = value { places.take(section.values, under: "freeze") }
    // Of several phases that inherit one policy, one message.
    var problems: [Diagnostic] = []
    let policy = FreezeSection.policy(value, span: values.span(of: "freeze"), &problems)
    for problem in problems { reportOnce(problem) }
    if let policy { policies.append((policy, places)) }
    return policy
  }

  /// Selectors that match nothing, where other mistakes keep the experiment from being planned.
  mutating func checkFreezing() {
    guard let model, let backbone = BackboneCatalogue.backbone(named: model.backbone) else {
      return
    }
    guard policies.contains(where: { $0.policy.selection != .none }) else { return }
    // Names do not depend on the number of classes.
    let network = Network(backbone, classes: 2)
    for (policy, places) in policies {
      for mistake in policy.mistakes(in: network) {
        reportOnce(
          mistake.diagnostic(policy, places, backbone: model.places.span(of: "backbone")))
      }
    }
  }

  /// The top level's settings with the phase's over them, key by key.
  private func train(_ own: Values?, _ top: Values, _ places: inout Places) -> TrainSettings? {
    guard var merged = top.checked(PhaseSection.train)?.values else { return nil }
    if let own {
      guard let section = own.checked(PhaseSection.train)?.values else { return nil }
      for parameter in TrainSection.declaration.parameters {
        let name = parameter.name
        guard isWritten(name, in: section) else { continue }
        guard let value = section.entries[name], let origin = section.origins[name] else {
          return nil
        }
        merged.set(name, value, origin)
      }
    }
    places.take(merged, under: "train")
    return TrainSection.settings(merged)
  }

  private mutating func transforms(
    _ own: Values?, _ top: Values, at span: Span?, _ places: inout Places
  ) -> (train: [ComponentValue], eval: [ComponentValue])? {
    func section(_ values: Values?) -> Values?? {
      guard let values else { return .some(nil) }
      return values.checked(PhaseSection.transforms).map { $0?.values }
    }
    guard let inner = section(own), let outer = section(top) else { return nil }
    func pick(_ parameter: Parameter<[ComponentValue]?>) -> [ComponentValue]? {
      let holder = inner.flatMap { isWritten(parameter.name, in: $0) ? $0 : nil } ?? outer
      guard let holder else {
        reportOnce(missing(parameter, top.span))
        return nil
      }
      guard let value = holder.checked(parameter) else { return nil }
      if value == nil { reportOnce(missing(parameter, holder.span ?? top.span)) }
      places["transforms.\(parameter.name)"] = holder.origins[parameter.name]
      if let value {
        let span = holder.span(of: parameter.name)
        if let problem = ExperimentChecks.pipeline(value, at: span, families: families) {
          reportOnce(problem)
        }
      }
      return value
    }
    let train = pick(TransformsSection.train)
    let eval = pick(TransformsSection.eval)
    guard let train, let eval else { return nil }
    return (train, eval)
  }

  private func missing(_ parameter: Parameter<[ComponentValue]?>, _ span: Span?) -> Diagnostic {
    .error(
      "missing-key", "an experiment needs 'transforms.\(parameter.name)'", at: span,
      help: "'transforms.\(parameter.name)': \(parameter.doc)")
  }

  private func places(of values: Values) -> Places {
    var places = Places(section: values.span)
    places.take(values, under: "")
    return places
  }

  /// What several phases share is reported for the first of them.
  private mutating func reportOnce(_ diagnostic: Diagnostic) {
    let isKnown = diagnostics.contains {
      $0.code == diagnostic.code && $0.message == diagnostic.message
        && $0.primary?.span.range == diagnostic.primary?.span.range
        && $0.primary?.span.source === diagnostic.primary?.span.source
    }
    if !isKnown { diagnostics.append(diagnostic) }
  }
}

extension Places {
  /// The origins of a section's values, those of sections in it too.
  mutating func take(_ values: Values, under prefix: String) {
    for (key, origin) in values.origins {
      let path = prefix.isEmpty ? key : "\(prefix).\(key)"
      self[path] = origin
      if case .component(let section)? = values.entries[key] {
        take(section.values, under: path)
      }
    }
  }
}
