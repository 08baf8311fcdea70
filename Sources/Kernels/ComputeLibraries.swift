import CKernels
import COneDNN
import COpenBLAS

/// What computes on this machine, for records and `xrun doctor`.
package enum ComputeLibraries {
  /// The instruction set of our own kernels: `avx512`, `avx2` or `baseline`.
  package static var instructionSet: String { String(cString: xr_isa_name(xr_isa())) }

  /// Versions of the libraries that a provider uses, by name; loads them.
  package static func versions(for provider: ProviderKind) -> [String: String] {
    switch provider {
    case .reference: return [:]
    case .onednn:
      guard xr_onednn_load() == 1 else { return [:] }
      return ["oneDNN": String(cString: xr_onednn_version())]
    case .openblas:
      guard xr_openblas_load() == 1 else { return [:] }
      return ["OpenBLAS": openBLASVersion + ", core " + openBLASCore]
    }
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

  private static var openBLASVersion: String {
    // `OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH …`
    let words = String(cString: xr_openblas_config()).split(separator: " ")
    return words.count > 1 ? String(words[1]) : "of an unknown version"
  }
}

extension ComputeLibraries {
  /// A line for each library: its version, or why it is not used; and which core OpenBLAS believes to run on.
  package static func report() -> [String] {
    let version = versions(for: .onednn)["oneDNN"]
    var lines = ["oneDNN      " + (version ?? "not used: \(oneDNNProblem ?? "")")]
    if let problem = openBLASProblem {
      lines.append("OpenBLAS    not used: \(problem); our own products stand in")
    } else {
      lines.append("OpenBLAS    \(openBLASVersion), core \(openBLASCore)")
      if let wanted = openBLASWantedCore {
        let who = wanted.isOurs ? "xrun set" : "the environment sets"
        lines.append("            \(who) OPENBLAS_CORETYPE=\(wanted.name)")
        if wanted.name.lowercased() != openBLASCore.lowercased() {
          lines.append("            it runs another core than was asked for: expect slow products")
        }
      }
    }
    return lines
  }
}
