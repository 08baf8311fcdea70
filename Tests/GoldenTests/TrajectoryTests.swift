import Diagnostics
import Experiments
import Foundation
import Graphs
import Kernels
import Models
import Optimizers
import Tensors
import TestSupport
import Training
import XCTest

/// Whole runs of ResNet-18 against torch: the experiments of the folder `Trajectories`, from equal
/// weights and pictures. `Tools/golden/trajectories.py` reads the same files.
final class TrajectoryTests: XCTestCase {
  // MARK: Goldens

  /// What one run gave: a loss for each step, one for each validation, and how far tensors moved.
  private struct Trajectory: Decodable {
    var losses: [Double] = []
    var val: [Double] = []
    /// By name, the norm of the change and its projection, each over the root of the tensor's size.
    var moved: [String: [Double]] = [:]
  }

  private struct Golden: Decodable {
    let one, two: Trajectory
    private enum CodingKeys: String, CodingKey {
      case one = "one thread"
      case two = "two threads"
    }
  }

  private static let folder = "Tests/GoldenTests/Goldens/Trajectories"
  private static let cases = Places.repository + "/Tests/GoldenTests/Trajectories"
  private static let classes = 32
  private static let size = 64
  /// Two digits, so that the order of names is that of the classes.
  private static let names = (0..<classes).map { "class\($0 < 10 ? "0" : "")\($0)" }

  func testGoldensAreWhatTheirGeneratorWrote() throws {
    try GoldenManifest.check(Self.folder, tolerance: Self.tolerance)
  }

  private func goldens() throws -> [String: Golden] {
    let path = "\(Places.repository)/\(Self.folder)/trajectories.json"
    return try JSONDecoder().decode(
      [String: Golden].self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: Self.cases)
      .filter { $0 != "common.yaml" }.map { String($0.dropLast(".yaml".count)) }.sorted()
  }

  /// The manifest has the experiments' hashes: torch ran these very files.
  func testEveryExperimentHasItsGolden() throws {
    struct Manifest: Decodable { let experiments: [String: String] }
    let path = "\(Places.repository)/\(Self.folder)/manifest.json"
    let manifest = try JSONDecoder().decode(
      Manifest.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    let goldens = try goldens()
    XCTAssertEqual(try names(), goldens.keys.sorted(), "run 'make golden'")
    for name in try names() + ["common"] {
      let data = try Data(contentsOf: URL(fileURLWithPath: "\(Self.cases)/\(name).yaml"))
      XCTAssertEqual(
        data.withUnsafeBytes { SHA256.hex(of: $0) }, manifest.experiments["\(name).yaml"],
        "'\(name).yaml' changed: run 'make golden'")
    }
  }

  /// Every optimizer with every argument but those that mean the same everywhere, every scheduler, and every form
  /// of freezing is in some experiment.
  func testExperimentsHaveEveryComponent() throws {
    var written: [String: Set<String>] = [:]
    let folder = try prepared()
    for name in try names() {
      for phase in try load(name, in: folder).phases {
        for component in [phase.optimizer, phase.scheduler].compactMap({ $0 }) {
          let named = component.values.entries.keys.filter {
            if case .written = component.values.origins[$0] { true } else { false }
          }
          written[component.name, default: []].formUnion(named)
        }
      }
    }
    for family in [OptimizerCatalogue.family, SchedulerCatalogue.family] {
      for declaration in family.declarations {
        let missing = Set(declaration.parameters.map(\.name))
          .subtracting(written[declaration.name] ?? [])
        XCTAssertEqual(
          missing, [], "no experiment of \(Self.cases) writes these of '\(declaration.name)'")
      }
    }
  }

  // MARK: Runs

  /// A folder with the experiments, their pictures and their weights.
  private func prepared() throws -> TemporaryFolder {
    let folder = try TemporaryFolder(inMemory: true)
    for name in try names() + ["common"] {
      try FileManager.default.copyItem(
        atPath: "\(Self.cases)/\(name).yaml", toPath: folder("\(name).yaml"))
    }
    for split in ["train", "val"] {
      for label in 0..<Self.classes {
        let path = folder("pictures/\(split)/\(Self.names[label])")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let png = StoredPNG.bytes(
          width: Self.size, height: Self.size, rgb: Self.picture(split, label))
        try Data(png).write(to: URL(fileURLWithPath: path + "/0.png"))
      }
    }
    let network = try network()
    try SafeTensors.write(
      path: folder("weights.safetensors"),
      tensors: network.tensors.filter(\.isFloat).map { tensor in
        SafeTensors.Tensor(
          tensor.name, tensor.shape,
          .float32(FloatBuffer(Formula.values(tensor.name, tensor.shape.dimensions))))
      },
      // The head is kept from a file that names these classes only.
      metadata: WeightsMetadata(classes: Self.names).dictionary)
    return folder
  }

  private func network() throws -> Network {
    Network(
      try XCTUnwrap(BackboneCatalogue.backbone(named: "resnet18")), classes: Self.classes)
  }

  /// Squares of 8 x 8 pixels whose colours belong to the class, and noise.
  private static func picture(_ split: String, _ label: Int) -> [UInt8] {
    let squares = Formula.uniform("class \(label)", 8 * 8 * 3)
    let noise = Formula.uniform("\(split) \(label)", size * size * 3)
    var rgb: [UInt8] = []
    for row in 0..<size {
      for column in 0..<size {
        for channel in 0..<3 {
          let square = squares[(row / 8 * 8 + column / 8) * 3 + channel]
          let value = 128 + 160 * square + 80 * noise[(row * size + column) * 3 + channel]
          rgb.append(UInt8(min(255, max(0, value.rounded(.down)))))
        }
      }
    }
    return rgb
  }

  private func load(_ name: String, in folder: TemporaryFolder) throws -> Experiment {
    let path = folder("\(name).yaml")
    let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    let (experiment, diagnostics) = ExperimentLoader.load(
      SourceText(name: path, bytes: bytes), in: folder.path)
    return try XCTUnwrap(
      experiment, "\(name): \(diagnostics.map(\.message).joined(separator: "; "))")
  }

  private final class Listener: TrainingObserver {
    var trajectory = Trajectory()
    private var before = (loss: 0.0, count: 0)

    func began(phase: PhasePlan, epoch: Int, pictures: Int, split: Split) { before = (0, 0) }
    func advanced(pictures: Int, metrics: EpochMetrics?) {
      guard let metrics else { return }
      // The metrics are the epoch's so far.
      let sum = metrics.loss * Double(metrics.count)
      trajectory.losses.append((sum - before.loss) / Double(metrics.count - before.count))
      before = (sum, metrics.count)
    }
    func ended(
      phase: PhasePlan, epoch: Int, rate: Double, train: EpochMetrics, val: EpochMetrics,
      seconds: Double, rank: EpochRank
    ) { trajectory.val.append(val.loss) }
    func tested(_ metrics: EpochMetrics) {}
    func noted(_ text: String) {}
  }

  /// A tensor's start and what its change is projected on: eleven million of each, made once.
  private var knownNumbers: [String: (start: [Float], weights: [Float])] = [:]

  private func numbers(_ tensor: TensorSpec) -> (start: [Float], weights: [Float]) {
    if let known = knownNumbers[tensor.name] { return known }
    let start = Formula.values(tensor.name, tensor.shape.dimensions)
    let weights = Formula.uniform("projection " + tensor.name, start.count).map(Float.init)
    knownNumbers[tensor.name] = (start, weights)
    return (start, weights)
  }

  private func run(
    _ name: String, by provider: ProviderKind, in folder: TemporaryFolder
  ) throws -> Trajectory {
    let experiment = try load(name, in: folder)
    let data = try XCTUnwrap(
      ExperimentData.find(experiment.data, seed: experiment.seed, scans: true, threads: 2).data)
    let plan = try XCTUnwrap(
      ExperimentPlan.make(experiment, classes: data.classes.count).plan, name)
    let weights = try StartingWeights.make(
      experiment.model, network: plan.network, classes: data.classes, seed: experiment.seed)
    let listener = Listener()
    var model: LiveModel?
    let session = try Session(
      plan, data: data, weights: weights, source: [],
      options: TrainerOptions(threads: 2, workers: 1, provider: provider) { model = $0 },
      invocation: Session.Invocation(command: ["test"], version: "0", commit: nil),
      observer: listener)
    guard case .completed = session.run() else {
      XCTFail("'\(name)' did not complete")
      return listener.trajectory
    }
    // The best weights are in the model now; the last ones are in their file.
    XCTAssertNotNil(model, "no step was taken")
    let last = try SafeTensorsFile(path: session.folder.last)
    for tensor in plan.network.tensors where tensor.isFloat {
      let (start, weights) = numbers(tensor)
      var (squares, projection) = (0.0, 0.0)
      for (index, value) in try last.floats(tensor.name).array.enumerated() {
        let change = Double(value) - Double(start[index])
        squares += change * change
        projection += change * Double(weights[index])
      }
      let root = Double(start.count).squareRoot()
      listener.trajectory.moved[tensor.name] = [squares.squareRoot() / root, projection / root]
    }
    try FileManager.default.removeItem(atPath: session.folder.path)
    return listener.trajectory
  }

  // MARK: Comparison

  /// Relative, as the manifest says; three times torch's distance from itself where that is more.
  private static let tolerance = 1e-3

  func testOneDNN() throws {
    guard ProviderKind.onednn.isAvailable else { throw XCTSkip("no libdnnl on this machine") }
    try check(.onednn)
  }

  func testOpenBLAS() throws { try check(.openblas) }

  private func check(_ provider: ProviderKind) throws {
    let folder = try prepared()
    let goldens = try goldens()
    // Names with commas between them, to run these alone.
    let chosen = Places.environment("XRUN_TRAJECTORY")?.split(separator: ",").map(String.init)
    for name in try names() where chosen?.contains(name) ?? true {
      let golden = try XCTUnwrap(goldens[name], "'\(name)' has no golden: run 'make golden'")
      let found = try run(name, by: provider, in: folder)
      XCTAssertEqual(golden.one.losses.count, 20, name)
      compare(
        "loss of 20 steps", found.losses, golden.one.losses, golden.two.losses, name, provider)
      compare(
        "validation loss after each epoch", found.val, golden.one.val, golden.two.val, name,
        provider)
      compareMoves(found.moved, golden, name, provider)
    }
  }

  /// Each step within the tolerance, or within three times what torch on one thread had differed from itself on two
  /// until then.
  private func compare(
    _ quantity: String, _ found: [Double], _ one: [Double], _ two: [Double], _ name: String,
    _ provider: ProviderKind
  ) {
    guard found.count == one.count, one.count == two.count else {
      return XCTFail("\(name): \(found.count) values, torch has \(one.count)")
    }
    var own = 0.0
    // The step that comes nearest to what is allowed, or oversteps it most.
    var worst = (share: -1.0, difference: 0.0, allowed: Self.tolerance, step: 0)
    for (step, (ours, (a, b))) in zip(found, zip(one, two)).enumerated() {
      own = max(own, abs(a - b) / abs(a))
      let allowed = max(Self.tolerance, 3 * own)
      let difference = ours.isFinite ? abs(ours - a) / abs(a) : .infinity
      if difference / allowed > worst.share {
        worst = (difference / allowed, difference, allowed, step)
      }
    }
    Parity.check(
      .trajectory, name, quantity, against: "torch", provider: provider.rawValue,
      difference: worst.difference, tolerance: worst.allowed, unit: "relative",
      cases: found.count, "Step \(worst.step): \(found) instead of \(one)")
  }

  /// Frozen tensors stay, to the bit; the others move as far as torch's, and to the same side.
  private func compareMoves(
    _ found: [String: [Double]], _ golden: Golden, _ name: String, _ provider: ProviderKind
  ) {
    XCTAssertEqual(Set(found.keys), Set(golden.one.moved.keys), name)
    /// The root of the mean square over all moving tensors of the difference over the tensor's own change.
    func difference(_ other: [String: [Double]]) -> Double {
      let moving = golden.one.moved.filter { $0.value[0] > 0 }
      let squares = moving.map { name, one in
        guard let found = other[name] else { return Double.infinity }
        let gap = zip(found, one).map { abs($0 - $1) }.max() ?? .infinity
        return gap.isFinite ? (gap / one[0]) * (gap / one[0]) : .infinity
      }
      return (squares.reduce(0, +) / Double(max(1, moving.count))).squareRoot()
    }
    for (tensor, one) in golden.one.moved where one[0] == 0 {
      XCTAssertEqual(found[tensor]?[0], 0, "\(name): '\(tensor)' is frozen in torch's run")
    }
    Parity.check(
      .trajectory, name, "changes of all tensors", against: "torch", provider: provider.rawValue,
      difference: difference(found), tolerance: max(1e-2, 3 * difference(golden.two.moved)),
      unit: "of the change", cases: found.count)
  }
}
