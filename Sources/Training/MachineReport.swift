import CShims
import Glibc
import Kernels
import Runs
import Tensors

/// What a run ran on.
package struct MachineReport {
  package init() {}

  package func record(_ options: TrainerOptions) -> RunRecord.Machine {
    RunRecord.Machine(
      host: RunProcess.host, processor: processor,
      instructionSets: [ComputeLibraries.instructionSet],
      computeThreads: options.threads, loaderThreads: options.workers,
      provider: options.provider.rawValue,
      libraries: ComputeLibraries.versions(for: options.provider)
        .merging(Self.pictureLibraries) { computing, _ in computing })
  }

  /// What decodes pictures, by name, as far as the libraries can be asked.
  package static var pictureLibraries: [String: String] {
    [
      "libjpeg-turbo": String(cString: xr_jpeg_version()),
      "libpng": String(cString: xr_png_version()), "zlib": String(cString: xr_zlib_version()),
    ].filter { !$0.value.isEmpty }
  }

  /// The processor's own name.
  package var processor: String {
    guard let file = fopen("/proc/cpuinfo", "r") else { return "?" }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 1024)
    while fgets(&line, Int32(line.count), file) != nil {
      let bytes = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      let text = String(decoding: bytes, as: UTF8.self)
      guard text.hasPrefix("model name"), let colon = text.firstIndex(of: ":") else { continue }
      return String(text[text.index(colon, offsetBy: 2)...].prefix { $0 != "\n" })
    }
    return "?"
  }
}
