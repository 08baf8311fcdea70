import CKernels
import Graphs
import Tensors

/// Our own convolutions with 1x1 kernels in blocked layouts, as products.
struct OneByOneConvolutions: OwnConvolutions {
  let name = "xr:conv1x1"
  let functions = ConvolutionFunctions(
    packedFloats: xr_conv1x1_packed_floats, pack: xr_conv1x1_pack, forward: xr_conv1x1_forward,
    inputGradient: xr_conv1x1_input_gradient, weightGradient: xr_conv1x1_weight_gradient)

  func shape(_ g: ConvolutionGeometry, _ picture: Shape, _ result: Shape, block: Int)
    -> xr_conv1x1_shape?
  {
    guard g.groups == 1, g.kernel == 1, g.padding == Padding(0) else { return nil }
    return xr_conv1x1_shape(
      n: picture[0], c: picture[1], h: picture[2], w: picture[3], o: result[1], stride: g.stride,
      block: block)
  }
}
