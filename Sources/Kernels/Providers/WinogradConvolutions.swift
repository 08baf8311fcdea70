import CKernels
import Graphs
import Tensors

/// Our own convolutions by transforms and products: 3x3 kernels of stride 1 in blocked layouts.
struct WinogradConvolutions: OwnConvolutions {
  enum Algorithm { case fourByFour, twoByTwo, toeplitz }
  let algorithm: Algorithm

  var name: String { algorithm.name }
  let functions = ConvolutionFunctions(
    packedFloats: xr_winograd_weights_floats, pack: xr_winograd_weights,
    forward: xr_winograd_forward, inputGradient: xr_winograd_input_gradient,
    weightGradient: xr_winograd_weight_gradient)

  func shape(_ g: ConvolutionGeometry, _ picture: Shape, _ result: Shape, block: Int)
    -> xr_winograd_shape?
  {
    guard g.groups == 1, g.kernel == 3, g.stride == 1, g.padding.top == 1, g.padding.left == 1,
      result[2] == picture[2], result[3] == picture[3],
      algorithm != .toeplitz || (result[2] == 2 && result[3] == 2)
    else { return nil }
    return xr_winograd_shape(
      n: picture[0], c: picture[1], h: picture[2], w: picture[3], o: result[1], oh: result[2],
      ow: result[3], top: g.padding.top, left: g.padding.left, block: block,
      algorithm: algorithm.code)
  }
}

extension WinogradConvolutions.Algorithm {
  fileprivate var name: String {
    switch self {
    case .fourByFour: "xr:winograd_4x4"
    case .twoByTwo: "xr:winograd_2x2"
    case .toeplitz: "xr:toeplitz_2x2"
    }
  }

  fileprivate var code: xr_winograd_algorithm {
    switch self {
    case .fourByFour: XR_WINOGRAD_4
    case .twoByTwo: XR_WINOGRAD_2
    case .toeplitz: XR_TOEPLITZ_2
    }
  }
}
