import COneDNN
import Graphs
import Tensors

/// Convolutions, each by the algorithm that the table names, over oneDNN's blocked layout or over torch's.
struct ConvolutionProvider: Provider {
  /// Channels that lie together; nil for torch's layout.
  private let block: Int?
  private let columns: OpenBLASProvider

  /// Blocked layouts, as the library likes them best.
  static func blocked() -> ConvolutionProvider {
    ConvolutionProvider(
      block: Int(xr_onednn_block()), columns: OpenBLASProvider(usesLibrary: false))
  }

  /// torch's layout throughout.
  static func plain() -> ConvolutionProvider {
    ConvolutionProvider(block: nil, columns: OpenBLASProvider())
  }

  func preferredLayout(for value: Value) -> Layout {
    guard let block, value.shape.rank == 4 else { return .plain }
    return .blocked(block)
  }

  func sharedInput(of node: Node, in graph: Graph) -> Int? { OwnProvider.sharedInput(of: node) }

  func kernel(for request: NodeRequest) -> (any Kernel)? {
    guard let shape = ConvolutionShape(request.node, in: request.graph) else { return nil }
    for algorithm in request.table.preferences(for: shape, block: block) {
      if let kernel = kernel(for: request, by: algorithm) {
        return ConvolutionKernel(algorithm, kernel)
      }
    }
    return nil
  }

  /// Nil where the algorithm cannot do the node as its values lie.
  private func kernel(
    for request: NodeRequest, by algorithm: ConvolutionAlgorithm
  ) -> (any Kernel)? {
    switch algorithm {
    case .winograd4: WinogradConvolutions(algorithm: .fourByFour).kernel(for: request)
    case .winograd2: WinogradConvolutions(algorithm: .twoByTwo).kernel(for: request)
    case .toeplitz2: WinogradConvolutions(algorithm: .toeplitz).kernel(for: request)
    case .oneByOne: OneByOneConvolutions().kernel(for: request)
    case .depthwise: DepthwiseConvolutions().kernel(for: request)
    case .smallMap: SmallMapConvolutions().kernel(for: request)
    case .stem: StemConvolutions().kernel(for: request)
    case .libraryDirect:
      block == nil ? nil : OneDNNConvolutions(isWinograd: false).kernel(for: request)
    case .libraryWinograd:
      block == nil ? nil : OneDNNConvolutions(isWinograd: true).kernel(for: request)
    case .columns:
      columns.kernel(for: request) ?? ReorderingKernel(request, [columns])
    }
  }
}

/// A convolution's kernel, and the algorithm that it is one of.
private final class ConvolutionKernel: Kernel {
  let algorithm: ConvolutionAlgorithm?
  private let inner: any Kernel
  var name: String { inner.name }
  var bytes: Int { inner.bytes }
  var workspaceBytes: Int { inner.workspaceBytes }

  init(_ algorithm: ConvolutionAlgorithm, _ inner: any Kernel) {
    self.algorithm = algorithm
    self.inner = inner
  }

  func run(_ context: borrowing RunContext) { inner.run(context) }
}
