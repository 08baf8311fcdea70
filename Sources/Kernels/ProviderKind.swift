/// Where kernels come from.
package enum ProviderKind: String, Sendable, CaseIterable {
  /// Plain loops: the meaning, slowly.
  case reference
  /// Products by OpenBLAS, or by ours where it is missing, and our own kernels, over torch's layout.
  case openblas
  /// Convolutions by oneDNN and our own kernels, over blocked layouts.
  case onednn

  /// oneDNN where its library loads, else OpenBLAS and ours.
  package static var best: ProviderKind { onednn.isAvailable ? .onednn : .openblas }

  /// Whether programs can be made with it on this machine.
  package var isAvailable: Bool {
    switch self {
    case .reference, .openblas: true
    case .onednn: ComputeThreads.hasOneDNN
    }
  }

  /// The tables that are asked for a kernel, best first.
  func providers() throws(KernelError) -> [any Provider] {
    guard isAvailable else { throw .providerUnavailable(self) }
    switch self {
    case .reference: return [ReferenceProvider()]
    case .openblas: return [ConvolutionProvider.plain(), OwnProvider(), ReferenceProvider()]
    case .onednn:
      return [ConvolutionProvider.blocked(), OwnProvider(), ReferenceProvider()]
    }
  }
}
