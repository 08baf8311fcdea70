import Diagnostics
import Experiments
import Glibc
import Images
import Loading
import Models
import Petals
import Runs
import Tensors

/// The parts of a data set.
package enum Split: String, Sendable, CaseIterable {
  case train, val, test
}

/// An experiment's pictures: found, aligned by class name and, where wanted, each of them decoded once.
package struct ExperimentData: Sendable {
  /// The data folder; for embedded sets where they were written.
  package let folder: String
  /// Class folder names in the order of the logits.
  package let classes: [String]
  /// Names for people, by folder name.
  package let classNames: [String: String]
  /// SHA-256 over all paths and contents; empty where the pictures were not scanned.
  package let fingerprint: String
  private let samples: [Split: [Sample]]
  /// SHA-256 of the samples' files; empty where the pictures were not scanned.
  private let digests: [Split: [String]]
  private let cache: PictureCache?
  /// Files of two splits that hold the same bytes; nil where the pictures were not scanned.
  private let duplicates: [(String, String)]?

  /// The samples of a split; nil where the experiment has none.
  package func samples(_ split: Split) -> [Sample]? { samples[split] }

  /// Pictures by split.
  package var counts: [String: Int] {
    Dictionary(uniqueKeysWithValues: samples.map { ($0.key.rawValue, $0.value.count) })
  }

  /// Every picture by name, split by split.
  package var pictures: [PictureList.Entry] {
    Split.allCases.flatMap { split in
      let contents = digests[split] ?? []
      return (samples[split] ?? []).enumerated().map { index, sample in
        PictureList.Entry(
          split: split.rawValue, path: sample.path, label: classes[sample.label],
          digest: index < contents.count ? contents[index] : "")
      }
    }
  }

  /// What lints look at.
  package var facts: DataFacts {
    let counts = samples.map { split, samples in
      var counts = [Int](repeating: 0, count: classes.count)
      for sample in samples { counts[sample.label] += 1 }
      return (split.rawValue, counts)
    }
    return DataFacts(
      classes: classes, counts: Dictionary(uniqueKeysWithValues: counts), duplicates: duplicates)
  }

  /// One line for people.
  package var summary: String {
    let parts = Split.allCases.compactMap { split in
      samples[split].map { "\($0.count) \(split.rawValue)" }
    }
    return
      "\(folder): \(parts.joined(separator: ", ")) pictures of \(Counted.of(classes.count, "class", "classes"))"
  }

  /// What a class is called: by the class-name file, else by its folder.
  package func name(of folder: String) -> String { classNames[folder] ?? folder }

  /// What the run has of the cache; nil where it is off.
  package var cacheReport: PictureCache.Report? {
    guard let cache else { return nil }
    var parts: [PictureCache.Use: [String]] = [:]
    for (split, digests) in digests {
      parts[split == .train ? .train : .eval, default: []] += digests
    }
    return cache.report(parts)
  }

  // MARK: Finding

  /// Finds an experiment's pictures.
  ///
  /// - Parameter scans: decodes every picture, so that a bad one is named before training starts. A part of the
  ///   training pictures as validation is chosen by content, so it is always read.
  /// - Parameter cache: is filled by the look at the pictures, and read by the loaders.
  /// - Parameter splits: false to leave a part for validation among the training pictures, unread.
  /// - Returns: the data where nothing is wrong, and all that is wrong or odd.
  package static func find(
    _ settings: DataSettings, seed: UInt64, scans: Bool, splits splitsPart: Bool = true,
    threads: Int, cache: PictureCache? = nil
  ) -> (data: ExperimentData?, diagnostics: [Diagnostic]) {
    // 1. The folder.
    let folder: String
    let span = settings.places.span(of: "folder") ?? settings.places.section
    switch settings.source {
    case .folder(let path): folder = path
    case .builtin(let name):
      switch builtin(name, settings, threads: threads) {
      case .success(let path): folder = path
      case .failure(let problem): return (nil, [problem.diagnostic])
      }
    }
    // 2. Its pictures.
    var splits = [(Split.train, settings.trainSplit)]
    if case .folder(let name) = settings.validation { splits.append((.val, name)) }
    if let test = settings.testSplit, isFolder(folder + "/" + test) { splits.append((.test, test)) }
    var (found, diagnostics) = ImageFolder.read(
      folder, splits: splits.map(\.1), chosen: settings.classes, at: span,
      classAt: settings.span(ofClass:))
    if case .fraction = settings.validation, settings.trainSplit != "val",
      settings.testSplit != "val", isFolder(folder + "/val")
    {
      diagnostics.append(
        .warning(
          "unused-split", "'\(folder)/val' is not used", at: settings.places.span(of: "splits.val"),
          help: "the validation pictures are a part of the training ones; name the folder to use it"
        ))
    }
    // 3. Their names.
    var names: [String: String] = [:]
    if let file = settings.classNames ?? builtinNames(settings, folder) {
      do {
        names = try ClassNames.read(file)
      } catch {
        diagnostics.append(
          .error(
            "bad-class-names", "'\(file)' \(error)", at: settings.places.span(of: "class_names"),
            help: "it must be a JSON object from class folder to name"))
      }
      let unnamed = (found?.classes ?? []).filter { names[$0] == nil }
      if let first = unnamed.first, !names.isEmpty {
        diagnostics.append(
          .warning(
            "class-without-name",
            "'\(file)' has no name for \(Counted.of(unnamed.count, "class", "classes")), such as '\(first)'",
            at: settings.places.span(of: "class_names"), help: "their folder names are shown"))
      }
    }
    guard let found, !diagnostics.contains(where: { $0.severity == .error }) else {
      return (nil, diagnostics)
    }
    // 4. A look at each, and the validation part where it is a part of the training pictures.
    var samples = Dictionary(uniqueKeysWithValues: splits.map { ($0.0, found[$0.1]) })
    var digests: [Split: [String]] = [:]
    var fingerprint = ""
    var duplicates: [(String, String)]?
    var needsScan = scans
    if splitsPart, case .fraction = settings.validation { needsScan = true }
    if needsScan {
      var fraction: Double?
      if case .fraction(let part) = settings.validation { fraction = part }
      let scanned = splits.map { split, _ in
        let pictures = samples[split] ?? []
        let scan =
          cache?.scan(
            pictures,
            uses: Self.uses(
              of: pictures, split, fraction: fraction, seed: seed, threads: threads),
            threads: threads) ?? PictureScan(pictures, threads: threads)
        return (split: split, scan: scan)
      }
      for (_, scan) in scanned { diagnostics += problems(of: scan, at: span) }
      guard !diagnostics.contains(where: { $0.severity == .error }) else {
        return (nil, diagnostics)
      }
      duplicates = Self.duplicates(
        scanned.map { (samples[$0.split] ?? [], $0.scan.digests) })
      fingerprint = PictureScan.fingerprint(
        scanned.map { (samples[$0.split] ?? [], $0.scan.digests) })
      for (split, scan) in scanned { digests[split] = scan.digests }
      if let fraction, let all = samples[.train], let contents = digests[.train] {
        let parts = ContentSplit.split(all, digests: contents, fraction: fraction, seed: seed)
        samples[.train] = parts.train.map { all[$0] }
        samples[.val] = parts.val.map { all[$0] }
        digests[.train] = parts.train.map { contents[$0] }
        digests[.val] = parts.val.map { contents[$0] }
      }
    }
    return (
      ExperimentData(
        folder: folder, classes: found.classes, classNames: names, fingerprint: fingerprint,
        samples: samples, digests: digests, cache: cache, duplicates: duplicates), diagnostics
    )
  }

  /// What pictures of a split's folder are used for.
  ///
  /// Which of them validate must be known before they are cached, as their transforms differ; that takes a look at
  /// their bytes of its own.
  private static func uses(
    of samples: [Sample], _ split: Split, fraction: Double?, seed: UInt64, threads: Int
  ) -> [PictureCache.Use] {
    var uses = [PictureCache.Use](repeating: split == .train ? .train : .eval, count: samples.count)
    if split == .train, let fraction {
      let contents = PictureScan.digests(of: samples, threads: threads)
      let parts = ContentSplit.split(samples, digests: contents, fraction: fraction, seed: seed)
      for index in parts.val { uses[index] = .eval }
    }
    return uses
  }

  /// Why an embedded set is not there.
  private struct BuiltinProblem: Error { let diagnostic: Diagnostic }

  /// The folder of an embedded set, which is written where it is not there yet.
  private static func builtin(
    _ name: String, _ settings: DataSettings, threads: Int
  ) -> Result<String, BuiltinProblem> {
    let span = settings.places.span(of: "builtin")
    guard let set = PetalSet.named(name) else {
      let label = Suggestion.label(for: name, among: PetalSet.all.map(\.name))
      return .failure(
        BuiltinProblem(
          diagnostic: .error(
            "unknown-builtin", "there is no embedded set '\(name)'", at: span, label: label)))
    }
    do {
      return .success(try set.materialized(threads: threads))
    } catch {
      return .failure(BuiltinProblem(diagnostic: .error("unwritable-cache", "\(error)", at: span)))
    }
  }

  /// Finds the pictures of one split alone, of the classes that weights are for; no other folder is looked at.
  ///
  /// - Returns: nil for data where something is wrong; no diagnostics, too, where there is no such split.
  ///   `others` are class folders of the split that are none of the classes: their pictures are left out.
  package static func find(
    _ split: Split, of classes: [String], _ settings: DataSettings, seed: UInt64, threads: Int
  ) -> (data: ExperimentData?, folder: String, others: [String], diagnostics: [Diagnostic]) {
    let folder: String
    switch settings.source {
    case .folder(let path): folder = path
    case .builtin(let name):
      switch builtin(name, settings, threads: threads) {
      case .success(let path): folder = path
      case .failure(let problem): return (nil, name, [], [problem.diagnostic])
      }
    }
    // A part of the training pictures is found among all of them.
    var fraction: Double?
    let place: String?
    switch (split, settings.validation) {
    case (.train, .fraction(let part)), (.val, .fraction(let part)):
      fraction = part
      place = settings.trainSplit
    case (.train, _): place = settings.trainSplit
    case (.val, .folder(let name)): place = name
    case (.test, _): place = settings.testSplit
    }
    guard let place, isFolder(folder + "/" + place) else { return (nil, folder, [], []) }
    let span = settings.places.span(of: "folder") ?? settings.places.section
    let (found, others, problems) = ImageFolder.read(folder, split: place, known: classes, at: span)
    var diagnostics = problems
    guard let found else { return (nil, folder, others, diagnostics) }
    var samples = [split: found[place]]
    if let fraction {
      let all = found[place]
      let scan = PictureScan(all, threads: threads)
      diagnostics += Self.problems(of: scan, at: span)
      guard scan.failures.isEmpty else { return (nil, folder, others, diagnostics) }
      let parts = ContentSplit.split(all, digests: scan.digests, fraction: fraction, seed: seed)
      samples[split] = (split == .train ? parts.train : parts.val).map { all[$0] }
    }
    let data = ExperimentData(
      folder: folder, classes: classes, classNames: [:], fingerprint: "", samples: samples,
      digests: [:], cache: nil, duplicates: nil)
    return (data, folder, others, diagnostics)
  }

  /// The split that stands for a folder without splits.
  static let wholeSplit = Split.val

  /// Finds the pictures of a folder that holds class folders itself, of the classes that weights are for.
  ///
  /// - Returns: as for one split; the pictures are those of `wholeSplit`, and named as those of a split that has the
  ///   folder's name.
  static func find(
    whole folder: String, of classes: [String], at span: Span?
  ) -> (data: ExperimentData?, folder: String, others: [String], diagnostics: [Diagnostic]) {
    let name = folder.split(separator: "/").last.map(String.init) ?? "."
    let parent = FilePath.directory(of: folder)
    let (found, others, diagnostics) = ImageFolder.read(
      parent, split: name, known: classes, at: span)
    guard let found else { return (nil, folder, others, diagnostics) }
    let data = ExperimentData(
      folder: parent, classes: classes, classNames: [:], fingerprint: "",
      samples: [wholeSplit: found[name]], digests: [:], cache: nil, duplicates: nil)
    return (data, folder, others, diagnostics)
  }

  private static func builtinNames(_ settings: DataSettings, _ folder: String) -> String? {
    guard case .builtin = settings.source else { return nil }
    return folder + "/" + PetalSet.classNamesFile
  }

  /// Pairs of files of two splits with the same bytes: each file with the first such one of a split before.
  private static func duplicates(
    _ parts: [(samples: [Sample], digests: [String])]
  ) -> [(String, String)] {
    var firsts: [String: (part: Int, path: String)] = [:]
    var pairs: [(String, String)] = []
    for (part, (samples, digests)) in parts.enumerated() {
      for (sample, digest) in zip(samples, digests) {
        if let first = firsts[digest] {
          if first.part != part { pairs.append((first.path, sample.path)) }
        } else {
          firsts[digest] = (part, sample.path)
        }
      }
    }
    return pairs
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func problems(of scan: PictureScan, at span: Span?) -> [Diagnostic] {
    scan.failures.map { sample, error in
      .error(
        "undecodable-picture", "'\(sample.file)' \(error)", at: span, help: error.help)
    }
      + scan.misnamed.map { sample, format in
        .warning(
          "misnamed-picture", "'\(sample.file)' is a \(format.rawValue) file by its content",
          at: span, help: "it is read as what it is; rename it to silence this")
      }
  }

  // MARK: Reading

  func trainLoader(_ phase: PhasePlan, options: TrainerOptions) -> Loader {
    let train = phase.phase.train
    return Loader(
      samples[.train] ?? [], pipeline: phase.trainPipeline,
      cached: digests[.train].flatMap { cache?.pictures(phase.trainPipeline, digests: $0) },
      Loader.Settings(
        batchSize: train.batchSize, shuffle: train.shuffle, dropLast: train.dropLast,
        seed: phase.seed, phase: phase.index, workers: options.workers))
  }

  func evalLoader(_ split: Split, _ phase: PhasePlan, options: TrainerOptions) -> Loader {
    Loader(
      samples[split] ?? [], pipeline: phase.evalPipeline,
      cached: digests[split].flatMap { cache?.pictures(phase.evalPipeline, digests: $0) },
      Loader.Settings(
        batchSize: phase.phase.train.batchSize, seed: phase.seed, phase: phase.index,
        workers: options.workers))
  }

  /// What logits say of a picture.
  func prediction(
    _ split: Split, sample: Int, logits: UnsafeBufferPointer<Float>
  ) -> Prediction {
    let sample = (samples[split] ?? [])[sample]
    let ranking = Ranking(logits)
    return Prediction(
      path: sample.path, label: classes[sample.label],
      top: ranking.top(5).map { (classes[$0], ranking.probabilities[$0]) },
      labelProbability: ranking.probabilities[sample.label])
  }
}

/// Softmax over logits, and the classes by it.
package struct Ranking {
  package let probabilities: [Float]

  package init(_ logits: UnsafeBufferPointer<Float>) {
    let greatest = logits.max() ?? 0
    let powers = logits.map { exp(Double($0 - greatest)) }
    let sum = powers.reduce(0, +)
    probabilities = powers.map { Float($0 / sum) }
  }

  /// The likeliest classes, the likeliest first; of equal ones the lower comes first.
  package func top(_ count: Int) -> [Int] {
    Array(
      probabilities.indices.sorted {
        probabilities[$0] > probabilities[$1] || (probabilities[$0] == probabilities[$1] && $0 < $1)
      }
      .prefix(count))
  }
}
