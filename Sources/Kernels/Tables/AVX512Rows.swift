/// Shapes that were measured with `avx512`; made by `make tune`, not by hand.
///
/// Pass, kernel, stride, groups, channels of pictures and results, height and width of pictures, algorithm.
/// Intel(R) Xeon(R) Processor, 2 threads, oneDNN 2.6.3.
enum AVX512Rows {
  static let text = """
    forward         1 1   1   24  144 16 16 conv_1x1         # ms for 128: 2.08 conv_1x1, 2.11 library_direct
    forward         1 1   1   64   64 16 16 conv_1x1         # ms for 128: 1.43 conv_1x1, 1.53 library_direct
    forward         1 1   1   96   24 16 16 conv_1x1         # ms for 128: 1.33 conv_1x1, 1.60 library_direct
    forward         1 1   1  128   32 14 14 conv_1x1         # ms for 128: 1.25 conv_1x1, 1.55 library_direct
    forward         1 1   1  144   24 16 16 conv_1x1         # ms for 128: 1.50 conv_1x1, 1.65 library_direct
    forward         1 1   1  192 1152  2  2 library_direct   # ms for 128: 1.12 library_direct, 1.23 conv_1x1
    forward         1 1   1  384   64 13 13 conv_1x1         # ms for 32: 1.20 conv_1x1, 1.23 library_direct
    forward         1 1   1  512  128 28 28 conv_1x1         # ms for 32: 16.1 conv_1x1, 23.4 library_direct
    forward         1 1   1  512  256 28 28 conv_1x1         # ms for 32: 35.7 conv_1x1, 44.2 library_direct
    forward         1 1   1  512 2048  7  7 conv_1x1         # ms for 32: 15.4 conv_1x1, 15.2 library_direct
    forward         1 1   1 1152  192  7  7 conv_1x1         # ms for 32: 3.14 conv_1x1, 3.28 library_direct
    forward         1 1   1 2048  512  2  2 library_direct   # ms for 128: 4.29 library_direct, 4.76 conv_1x1
    forward         1 2   1  256  512  4  4 library_direct   # ms for 128: 0.712 library_direct, 0.770 conv_1x1
    forward         1 2   1 1024 2048  4  4 library_direct   # ms for 128: 9.15 library_direct, 8.76 conv_1x1
    forward         1 2   1 1024 2048 14 14 conv_1x1         # ms for 32: 26.2 conv_1x1, 26.4 library_direct
    forward         3 1   1   16   64 14 14 winograd_4x4     # ms for 128: 1.29 winograd_4x4, 1.73 library_direct
    forward         3 1   1   16   64 15 15 winograd_4x4     # ms for 128: 1.52 winograd_4x4, 2.39 library_direct
    forward         3 1   1   16   64 54 54 winograd_4x4     # ms for 32: 3.77 winograd_4x4, 5.08 library_direct
    forward         3 1   1   16   64 55 55 winograd_4x4     # ms for 32: 5.37 winograd_4x4, 11.5 library_direct
    forward         3 1   1   64  256  3  3 small_map        # ms for 128: 1.16 small_map, 1.50 winograd_4x4
    input_gradient  1 1   1   24  144 56 56 conv_1x1         # ms for 32: 6.97 conv_1x1, 8.31 library_direct
    input_gradient  1 1   1   32  128 14 14 conv_1x1         # ms for 128: 1.03 conv_1x1, 1.17 library_direct
    input_gradient  1 1   1   96   24 16 16 conv_1x1         # ms for 128: 1.28 conv_1x1, 1.53 library_direct
    input_gradient  1 1   1  128   32 14 14 conv_1x1         # ms for 128: 1.18 conv_1x1, 1.25 library_direct
    input_gradient  1 1   1  128  512 28 28 conv_1x1         # ms for 32: 18.4 conv_1x1, 24.0 library_direct
    input_gradient  1 1   1  256   48  7  7 conv_1x1         # ms for 128: 0.756 conv_1x1, 0.891 library_direct
    input_gradient  1 1   1  256  128 16 16 conv_1x1         # ms for 128: 9.91 conv_1x1, 11.8 library_direct
    input_gradient  1 1   1  320 1280  7  7 conv_1x1         # ms for 32: 7.01 conv_1x1, 6.81 library_direct
    input_gradient  1 1   1  512  100 13 13 conv_1x1         # ms for 32: 2.93 conv_1x1, 3.04 library_direct
    input_gradient  1 1   1  512 2048  2  2 library_direct   # ms for 128: 4.45 library_direct, 5.03 conv_1x1
    input_gradient  1 1   1  672  192  2  2 library_direct   # ms for 128: 1.01 library_direct, 1.06 conv_1x1
    input_gradient  1 1   1 1024  256 14 14 conv_1x1         # ms for 32: 13.2 conv_1x1, 14.2 library_direct
    input_gradient  1 1   1 1024  512 14 14 conv_1x1         # ms for 32: 25.7 conv_1x1, 28.7 library_direct
    input_gradient  1 1   1 1152  192  2  2 library_direct   # ms for 128: 1.24 library_direct, 1.35 conv_1x1
    input_gradient  1 1   1 2048  512  2  2 library_direct   # ms for 128: 4.25 library_direct, 4.60 conv_1x1
    input_gradient  1 2   1  256  512  4  4 library_direct   # ms for 128: 0.797 library_direct, 0.858 conv_1x1
    input_gradient  1 2   1  256  512 56 56 conv_1x1         # ms for 32: 35.7 conv_1x1, 47.5 library_direct
    input_gradient  3 1   1   16   64 14 14 winograd_4x4     # ms for 128: 2.32 winograd_4x4, 2.87 library_direct
    input_gradient  3 1   1   16   64 15 15 winograd_4x4     # ms for 128: 2.46 winograd_4x4, 2.61 library_direct
    input_gradient  3 1   1   16   64 54 54 winograd_4x4     # ms for 32: 4.96 winograd_4x4, 5.90 library_direct
    input_gradient  3 1   1   16   64 55 55 winograd_4x4     # ms for 32: 6.19 winograd_4x4, 10.8 library_direct
    input_gradient  3 1   1   48  192  3  3 library_direct   # ms for 128: 0.736 library_direct, 1.04 winograd_4x4
    input_gradient  3 1   1   64  256  3  3 library_direct   # ms for 128: 1.23 library_direct, 1.43 winograd_4x4
    input_gradient  3 2   1  128  256  8  8 small_map        # ms for 128: 5.83 small_map, 7.78 library_direct
    input_gradient  3 2   1  256  256  8  8 small_map        # ms for 128: 8.21 small_map, 11.3 library_direct
    input_gradient  3 2 240  240  240  8  8 depthwise        # ms for 128: 0.582 depthwise, 0.865 library_direct
    input_gradient  5 1 480  480  480  4  4 depthwise        # ms for 128: 0.779 depthwise, 0.995 library_direct
    input_gradient  5 1 672  672  672  4  4 depthwise        # ms for 128: 1.27 depthwise, 1.85 library_direct
    input_gradient  5 2 144  144  144 16 16 depthwise        # ms for 128: 1.87 depthwise, 2.06 library_direct
    input_gradient  5 2 672  672  672  4  4 depthwise        # ms for 128: 0.681 depthwise, 1.10 library_direct
    input_gradient  5 2 672  672  672 14 14 depthwise        # ms for 32: 1.67 depthwise, 2.23 library_direct
    weight_gradient 1 1   1  512   64  3  3 conv_1x1         # ms for 128: 0.687 conv_1x1, 0.816 library_direct
    weight_gradient 1 1   1 2048  512  7  7 conv_1x1         # ms for 32: 14.0 conv_1x1, 15.7 library_direct
    weight_gradient 3 1   1   16   64 15 15 library_winograd # ms for 128: 2.19 library_winograd, 2.75 library_direct
    weight_gradient 3 1   1   16   64 54 54 library_winograd # ms for 32: 3.93 library_winograd, 6.16 library_direct
    weight_gradient 3 1   1   16   64 55 55 library_winograd # ms for 32: 4.14 library_winograd, 7.12 library_direct
    weight_gradient 3 1   1   32  128  7  7 library_winograd # ms for 128: 1.34 library_winograd, 2.41 winograd_4x4
    weight_gradient 3 1   1   32  128 14 14 library_winograd # ms for 128: 4.64 library_winograd, 8.24 winograd_4x4
    weight_gradient 3 1   1   32  128 27 27 library_winograd # ms for 32: 5.09 library_winograd, 7.43 winograd_4x4
    weight_gradient 3 1   1   48  192  3  3 small_map        # ms for 128: 0.781 small_map, 1.14 winograd_4x4
    weight_gradient 3 1   1   48  192  7  7 library_winograd # ms for 128: 3.88 library_winograd, 4.27 winograd_4x4
    weight_gradient 3 1   1   48  192 13 13 library_winograd # ms for 32: 3.64 library_winograd, 4.37 winograd_4x4
    weight_gradient 3 1   1   48  192 27 27 library_winograd # ms for 32: 10.4 library_winograd, 14.8 winograd_4x4
    weight_gradient 3 1   1   64   64 16 16 library_winograd # ms for 128: 5.67 library_winograd, 7.77 winograd_4x4
    weight_gradient 3 1   1   64   64 56 56 library_winograd # ms for 32: 12.0 library_winograd, 23.5 winograd_4x4
    weight_gradient 3 1   1   64  256  3  3 small_map        # ms for 128: 1.58 small_map, 1.84 winograd_4x4
    weight_gradient 3 1   1   64  256  7  7 library_winograd # ms for 128: 6.36 library_winograd, 7.16 winograd_4x4
    weight_gradient 3 1   1   64  256 13 13 library_winograd # ms for 32: 6.21 library_winograd, 7.37 winograd_4x4
    weight_gradient 3 1   1   64  256 27 27 library_winograd # ms for 32: 16.6 library_winograd, 19.9 winograd_4x4
    weight_gradient 3 1   1  128  128  8  8 library_winograd # ms for 128: 5.53 library_winograd, 5.72 winograd_4x4
    weight_gradient 3 1   1  128  128 28 28 library_winograd # ms for 32: 11.5 library_winograd, 16.6 winograd_4x4
    weight_gradient 3 2   1  128  256  8  8 small_map        # ms for 128: 6.86 small_map, 8.04 library_direct
    weight_gradient 3 2   1  256  256  8  8 small_map        # ms for 128: 10.8 small_map, 13.5 library_direct
    weight_gradient 3 2  96   96   96 32 32 depthwise        # ms for 128: 3.00 depthwise, 3.47 library_direct
    """
}
