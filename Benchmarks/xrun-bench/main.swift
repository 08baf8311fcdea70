import CKernels
import CPeak
import Glibc
import Kernels
import Tensors

// Runs parts of xrun on demand: each line on standard input names a task, each answer is one line.
// Benchmarks/compare.py alternates it with the same protocol in PyTorch.
//
//   forward|step|fc NETWORK SIDE BATCH SECONDS   images/s
//   profile TASK NETWORK SIDE BATCH SECONDS      a JSON list of nodes
//   memory TASK NETWORK SIDE BATCH               MiB that this process has had resident at most
//   pipeline FOLDER SECONDS                      images/s of the loader alone, from files
//   cached FOLDER CACHE SECONDS                  from a cache in the folder CACHE
//   peak flops|bandwidth SECONDS                 GFLOP/s or GB/s that the processors can do
//
// Options: --threads N, --provider NAME, --isa avx512|avx2|baseline.

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

/// The most that this process, not the one that started it, has had in memory.
func peakResidentMiB() -> Double {
  guard let file = fopen("/proc/self/status", "r") else { return .nan }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 256)
  while fgets(&line, Int32(line.count), file) != nil {
    let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let words = text.split(whereSeparator: \.isWhitespace)
    if words.first == "VmHWM:", words.count > 1, let kib = Double(words[1]) { return kib / 1024 }
  }
  return .nan
}

let threads = option("--threads").flatMap(Int.init) ?? Threads.processors
let provider = option("--provider").flatMap(ProviderKind.init) ?? .best
if let isa = option("--isa") {
  // The libraries have switches of their own, which the environment sets.
  xr_isa_limit(isa == "baseline" ? XR_ISA_BASELINE : isa == "avx2" ? XR_ISA_AVX2 : XR_ISA_AVX512)
}

/// Tasks of the network that was asked for last: those of several do not fit in memory together.
var ready: [NetworkTask.Kind: NetworkTask] = [:]

@MainActor func task(_ kind: NetworkTask.Kind) throws -> NetworkTask {
  if let task = ready[kind] { return task }
  ready = ready.filter {
    ($0.key.network, $0.key.side, $0.key.batch) == (kind.network, kind.side, kind.batch)
  }
  let task = try NetworkTask(kind, threads: threads, provider: provider)
  ready[kind] = task
  return task
}

@MainActor func reply(_ words: [String]) throws -> String? {
  let rest = words.dropFirst()
  let seconds = words.last.flatMap(Double.init) ?? 1
  switch words.first {
  case "profile": return try NetworkTask.Kind(rest).map { try task($0).profile(seconds: seconds) }
  case "memory":
    guard let kind = NetworkTask.Kind(rest) else { return nil }
    let task = try task(kind)
    for _ in 0..<4 { try task.run() }
    return "\(peakResidentMiB())"
  case "pipeline":
    guard let folder = rest.first else { return nil }
    return
      "\(try PipelineTask.rate(folder: folder, cache: nil, threads: threads, seconds: seconds))"
  case "cached":
    guard words.count > 2 else { return nil }
    return
      "\(try PipelineTask.rate(folder: words[1], cache: words[2], threads: threads, seconds: seconds))"
  case "peak":
    if rest.first == "bandwidth" { return "\(peak_bandwidth(Int32(threads), seconds))" }
    let isa = xr_isa()
    let width: Int32 = isa == XR_ISA_AVX512 ? 16 : isa == XR_ISA_AVX2 ? 8 : 4
    return "\(peak_flops(Int32(threads), width, seconds))"
  default: return try NetworkTask.Kind(words).map { "\(try task($0).rate(seconds: seconds))" }
  }
}

answer(
  "xrun provider=\(provider.rawValue) isa=\(ComputeLibraries.instructionSet) threads=\(threads) "
    + ComputeLibraries.versions(for: provider).sorted { $0.key < $1.key }
    .map { "\($0.key)=\($0.value)" }.joined(separator: " "))
while let line = readLine() {
  do {
    answer(try reply(line.split(separator: " ").map(String.init)) ?? "unknown task '\(line)'")
  } catch {
    answer("failed: \(error)")
  }
}
