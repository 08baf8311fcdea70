import CKernels
import Graphs
import Tensors

/// Our own convolutions over maps of a few places in blocked layouts, where general ones mostly multiply padding.
struct SmallMapConvolutions: OwnConvolutions {
  let name = "xr:small_map"
  let functions = ConvolutionFunctions(
    packedFloats: xr_small_packed_floats, pack: xr_small_pack, forward: xr_small_forward,
    inputGradient: xr_small_input_gradient, weightGradient: xr_small_weight_gradient)

  func shape(_ g: ConvolutionGeometry, _ picture: Shape, _ result: Shape, block: Int)
    -> xr_small_shape?
  {
    // Larger maps would take too much scratch memory.
    guard g.groups == 1, g.kernel <= 7, result[2] * result[3] <= 64, picture[2] * picture[3] <= 64
    else { return nil }
    return xr_small_shape(
      n: picture[0], c: picture[1], h: picture[2], w: picture[3], o: result[1], oh: result[2],
      ow: result[3], kernel: g.kernel, stride: g.stride, top: g.padding.top,
      left: g.padding.left, block: block)
  }
}
