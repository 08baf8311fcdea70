import Glibc
import Graphs
import Kernels
import Models
import Optimizers
import Tensors

// Runs ResNet-18 at 64 px on demand: each line on standard input names a task, each answer is a rate in images/s.
// Benchmarks/compare.py alternates it with the same protocol in PyTorch.

/// One of the three tasks, ready to run.
final class Task {
  private let program: Program
  private let inputs: [String: ProgramInput]
  private let update: () -> Void

  /// - Parameters:
  ///   - trains: nil for evaluation; else which parameters are trained.
  init(batch: Int, threads: Int, trains: ((String) -> Bool)?, provider: ProviderKind) throws {
    guard let backbone = BackboneCatalogue.backbone(named: "resnet18") else {
      fatalError("resnet18 is in the catalogue")
    }
    let network = Network(backbone, classes: 9)
    let state = ModelState(initialized: network, seed: 0)
    let store = ParameterStore()
    for tensor in network.tensors where tensor.isFloat {
      store.set(tensor.name, state[tensor.name])
    }
    let names = Set(network.parameters.map(\.name).filter { trains?($0) ?? false })
    let graph: Graph
    if trains == nil {
      graph = try GraphCompiler.evaluation(
        network.graph(batch: batch, height: 64, width: 64, mode: .evaluation), labelSmoothing: nil)
    } else {
      graph = try GraphCompiler.training(
        network.graph(
          batch: batch, height: 64, width: 64,
          mode: BuildMode(isTraining: true) { names.contains($0) }), labelSmoothing: 0)
    }
    let program = try Program(graph, provider: provider, threads: threads, store: store)
    self.program = program

    let pictures = FloatBuffer(count: batch * 3 * 64 * 64)
    let labels = Int32Buffer(count: batch)
    var stream = RandomStream(seed: 0, purpose: .test)
    for index in 0..<pictures.count { pictures.pointer[index] = Float(stream.normal()) }
    for index in 0..<batch { labels.pointer[index] = Int32(stream.integer(in: 0...8)) }
    inputs =
      trains == nil
      ? ["pictures": .floats(pictures)]
      : ["pictures": .floats(pictures), "labels": .integers(labels)]

    guard let declaration = OptimizerCatalogue.family.declaration("SGD") else {
      fatalError("SGD is in the catalogue")
    }
    let optimizer = SGD(declaration.values(["lr": .number(0.01), "momentum": .number(0.9)]))
    let momenta = names.reduce(into: [String: FloatBuffer]()) {
      $0[$1] = FloatBuffer(count: state[$1].count)
    }
    let ordered = network.parameters.map(\.name).filter(names.contains)
    var step = 0
    update = {
      step += 1
      for name in ordered {
        optimizer.update(
          parameter: state[name], gradient: program.output("gradient/" + name),
          state: momenta[name].map { [$0] } ?? [], step: step, rate: 0.01)
        store.touch(name)
      }
    }
  }

  func run() throws {
    try program.run(inputs: inputs)
    update()
  }

  /// A line for each node, after some runs.
  func profile() throws -> String {
    program.isProfiling = true
    for _ in 0..<5 { try run() }
    program.isProfiling = false
    return program.profileReport()
  }
}

func now() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// Prints a line at once, whatever standard output is.
func answer(_ text: String) {
  print(text)
  fflush(nil)
}

func option(_ name: String) -> String? {
  CommandLine.arguments.firstIndex(of: name).flatMap {
    $0 + 1 < CommandLine.arguments.count ? CommandLine.arguments[$0 + 1] : nil
  }
}

let batch = 128
let threads = option("--threads").flatMap(Int.init) ?? Threads.processors
let provider = option("--provider").flatMap(ProviderKind.init) ?? .best

let forward = try Task(batch: batch, threads: threads, trains: nil, provider: provider)
let step = try Task(batch: batch, threads: threads, trains: { _ in true }, provider: provider)
let head = try Task(
  batch: batch, threads: threads, trains: { $0.hasPrefix("fc.") }, provider: provider)
let tasks = ["forward": forward, "step": step, "fc": head]

answer(
  "xrun provider=\(provider.rawValue) isa=\(ComputeLibraries.instructionSet) threads=\(threads) "
    + ComputeLibraries.versions(for: provider).sorted { $0.key < $1.key }
    .map { "\($0.key)=\($0.value)" }.joined(separator: " "))
while let line = readLine() {
  let words = line.split(separator: " ").map(String.init)
  guard let task = words.last.flatMap({ tasks[$0] }) else {
    answer("unknown task '\(line)'")
    continue
  }
  if words.first == "profile" {
    answer(try task.profile())
    continue
  }
  try task.run()
  let begin = now()
  var count = 0
  while count < 3 || now() - begin < 1.2 {
    try task.run()
    count += 1
  }
  answer("\(Double(batch * count) / (now() - begin))")
}
