import CKernels
import COneDNN
import COpenBLAS
import Glibc

/// What computes on this machine, for records and `xrun doctor`.
package enum ComputeLibraries {
  /// The instruction set of our own kernels: `avx512`, `avx2` or `baseline`.
  package static var instructionSet: String { String(cString: xr_isa_name(xr_isa())) }

  /// All that our own kernels know, in rising order.
  package static let instructionSets = ["baseline", "avx2", "avx512"]

  /// Computes as on a processor with no more than this: our own kernels, and oneDNN where it is not loaded yet.
  package static func limit(to instructionSet: String) {
    switch instructionSet {
    case "avx512": xr_isa_limit(XR_ISA_AVX512)
    case "avx2":
      xr_isa_limit(XR_ISA_AVX2)
      setenv("ONEDNN_MAX_CPU_ISA", "AVX2", 1)
    default:
      xr_isa_limit(XR_ISA_BASELINE)
      setenv("ONEDNN_MAX_CPU_ISA", "SSE41", 1)
    }
  }

  /// Versions of the libraries that a provider uses, by name; loads them.
  package static func versions(for provider: ProviderKind) -> [String: String] {
    switch provider {
    case .reference: return [:]
    case .onednn:
      guard xr_onednn_load() == 1 else { return [:] }
      return ["oneDNN": String(cString: xr_onednn_version())]
    case .openblas:
      guard let openBLASVersion else { return [:] }
      return ["OpenBLAS": openBLASVersion + ", core " + openBLASCore]
    }
  }

  /// The best instruction set of the processor among those that our own kernels know.
  package static var bestInstructionSet: String { String(cString: xr_isa_name(xr_isa_best())) }

  /// The instruction set that oneDNN uses, such as `avx512_core`; empty where it cannot be used.
  package static var oneDNNInstructionSet: String {
    xr_onednn_load() == 1 ? String(cString: xr_onednn_isa()) : ""
  }

  /// oneDNN's version; nil where it cannot be used.
  package static var oneDNNVersion: String? { versions(for: .onednn)["oneDNN"] }

  /// OpenBLAS's version; nil where it cannot be used.
  package static var openBLASVersion: String? {
    guard xr_openblas_load() == 1 else { return nil }
    // `OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH …`
    let words = String(cString: xr_openblas_config()).split(separator: " ")
    return words.count > 1 ? String(words[1]) : "of an unknown version"
  }

  /// Why oneDNN cannot be used; nil where it can.
  package static var oneDNNProblem: String? {
    xr_onednn_load() == 1 ? nil : String(cString: xr_onednn_problem())
  }

  /// Why OpenBLAS cannot be used; nil where it can.
  package static var openBLASProblem: String? {
    xr_openblas_load() == 1 ? nil : String(cString: xr_openblas_problem())
  }

  /// The core whose kernels OpenBLAS runs, such as `SkylakeX`; empty where it cannot be used.
  package static var openBLASCore: String {
    xr_openblas_load() == 1 ? String(cString: xr_openblas_core()) : ""
  }

  /// The core that `OPENBLAS_CORETYPE` names, and whether xrun set it for itself; nil where nobody names one.
  package static var openBLASWantedCore: (name: String, isOurs: Bool)? {
    guard xr_openblas_load() == 1 else { return nil }
    let name = String(cString: xr_openblas_wanted_core())
    return name.isEmpty ? nil : (name, xr_openblas_core_is_ours() == 1)
  }
}
