import CKernels
import COneDNN

/// What computes on this machine, for records and `xrun doctor`.
package enum ComputeLibraries {
  /// The instruction set of our own kernels: `avx512`, `avx2` or `baseline`.
  package static var instructionSet: String { String(cString: xr_isa_name(xr_isa())) }

  /// Versions of the libraries that a provider uses, by name; loads them.
  package static func versions(for provider: ProviderKind) -> [String: String] {
    guard provider == .onednn, xr_onednn_load() == 1 else { return [:] }
    return ["oneDNN": String(cString: xr_onednn_version())]
  }

  /// Why oneDNN cannot be used; nil where it can.
  package static var oneDNNProblem: String? {
    xr_onednn_load() == 1 ? nil : String(cString: xr_onednn_problem())
  }
}

extension ComputeLibraries {
  /// A line for each library: its version, or why it is not used.
  package static func report() -> [String] {
    let version = versions(for: .onednn)["oneDNN"]
    return ["oneDNN      " + (version ?? "not used: \(oneDNNProblem ?? "")")]
  }
}
