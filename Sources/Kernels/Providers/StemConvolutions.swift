import CKernels
import Graphs
import Tensors

/// Our own convolutions with 7x7 kernels of stride 2 over the few channels of pictures that lie as in torch: what
/// ResNets and SqueezeNets begin with.
struct StemConvolutions: OwnConvolutions {
  let name = "xr:stem_7x7"
  let readsPlainPictures = true
  let addsResidual = false
  let functions = ConvolutionFunctions<xr_stem_shape>(
    packedFloats: { shape, _ in xr_stem_weights_floats(shape) },
    pack: { shape, weights, packed, _ in xr_stem_weights(shape, weights, packed) },
    forward: { shape, x, packed, bias, _, activation, y in
      xr_stem_forward(shape, x, packed, bias, activation, y)
    },
    inputGradient: nil, weightGradient: xr_stem_weight_gradient)

  func shape(_ g: ConvolutionGeometry, _ picture: Shape, _ result: Shape, block: Int)
    -> xr_stem_shape?
  {
    guard g.groups == 1, g.kernel == 7, g.stride == 2, picture[1] <= 4 else { return nil }
    return xr_stem_shape(
      n: picture[0], c: picture[1], h: picture[2], w: picture[3], o: result[1], oh: result[2],
      ow: result[3], top: g.padding.top, left: g.padding.left, block: block)
  }
}
