/// How a convolution is computed, by its name in kernel tables and `xrun tune`.
package enum ConvolutionAlgorithm: String, Sendable, CaseIterable {
  /// Our F(4x4, 3x3).
  case winograd4 = "winograd_4x4"
  /// Our F(2x2, 3x3).
  case winograd2 = "winograd_2x2"
  /// Ours for maps of 2x2 places.
  case toeplitz2 = "toeplitz_2x2"
  /// Ours for 1x1 kernels: products.
  case oneByOne = "conv_1x1"
  /// Ours where each channel is a group.
  case depthwise
  /// Ours for maps of a few places.
  case smallMap = "small_map"
  /// Ours for 7x7 kernels of stride 2 over pictures.
  case stem = "stem_7x7"
  /// oneDNN's direct kernels.
  case libraryDirect = "library_direct"
  /// oneDNN's Winograd kernels.
  case libraryWinograd = "library_winograd"
  /// Columns and a product, or our loops where each channel is a group: does every shape.
  case columns
}
