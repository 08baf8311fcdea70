import Kernels

/// What tests of kernels share.
enum KernelTests {
  /// The algorithms that this machine has kernels of: the library's Winograd needs AVX-512, and ours blocked layouts.
  static var algorithmsHere: [ConvolutionAlgorithm] {
    guard ProviderKind.onednn.isAvailable else { return [.columns] }
    let isWide = ComputeLibraries.oneDNNInstructionSet.hasPrefix("avx512")
    return ConvolutionAlgorithm.allCases.filter { $0 != .libraryWinograd || isWide }
  }
}
