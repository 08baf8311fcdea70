import CKernels
import Graphs
import Tensors

/// Our own depthwise convolutions in blocked layouts.
struct DepthwiseConvolutions: OwnConvolutions {
  let name = "xr:depthwise"
  let addsResidual = false
  let functions = ConvolutionFunctions<xr_depthwise_shape>(
    packedFloats: { shape, _ in xr_depthwise_packed_floats(shape) },
    pack: { shape, weights, packed, _ in xr_depthwise_pack(shape, weights, packed) },
    forward: { shape, x, packed, bias, _, activation, y in
      xr_depthwise_forward(shape, x, packed, bias, activation, y)
    },
    inputGradient: xr_depthwise_input_gradient, weightGradient: xr_depthwise_weight_gradient)

  func shape(_ g: ConvolutionGeometry, _ picture: Shape, _ result: Shape, block: Int)
    -> xr_depthwise_shape?
  {
    guard g.groups == picture[1], g.groups == result[1], g.kernel <= 7, g.stride <= 2 else {
      return nil
    }
    return xr_depthwise_shape(
      n: picture[0], c: picture[1], h: picture[2], w: picture[3], oh: result[2], ow: result[3],
      kernel: g.kernel, stride: g.stride, top: g.padding.top, left: g.padding.left, block: block)
  }
}
