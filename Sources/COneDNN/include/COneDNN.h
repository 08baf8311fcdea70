// oneDNN's convolutions behind a small surface. The library is loaded when it is first wanted; a build without its
// headers, and a machine without it, answer that it is not there.
#ifndef XR_ONEDNN_H
#define XR_ONEDNN_H

/// Loads the library, once. Returns 1 where it can be used. Waiting threads are told not to spin for long, unless
/// the environment says how.
int xr_onednn_load(void);
/// Why it cannot be used; empty where it can or was never asked for.
const char *xr_onednn_problem(void);
/// Its version, such as `2.6.0`.
const char *xr_onednn_version(void);
/// The instruction set in effect, by oneDNN's name, such as `avx512_core`; empty where it is not loaded.
const char *xr_onednn_isa(void);
/// The block of channels of its best layout for the instruction set in effect: 16 with AVX-512, else 8.
int xr_onednn_block(void);
/// Sets the team's size for the calling thread.
void xr_onednn_set_threads(int threads);
/// `GOMP_parallel` of the OpenMP runtime that it uses; null where it has another one.
void *xr_onednn_team(void);

/// Which of the three computations of a convolution is wanted.
enum { XR_ONEDNN_FORWARD = 0, XR_ONEDNN_INPUT_GRADIENT = 1, XR_ONEDNN_WEIGHT_GRADIENT = 2 };
/// The function applied to a forward result.
enum { XR_ONEDNN_NONE = 0, XR_ONEDNN_RELU = 1, XR_ONEDNN_RELU6 = 2 };

/// A convolution: pictures [n, c, h, w], results [n, o, oh, ow].
typedef struct {
  int pass;
  long n, c, h, w, o, oh, ow, kernel, stride, groups;
  long top, left, bottom, right;
  /// 0 where pictures or results lie as in torch, else the block of channels.
  int picture_block, result_block;
  int has_bias, has_sum, activation;
  /// Winograd's algorithm, where the library has it for the shape; else the direct one.
  int winograd;
  /// True for graphs that are trained.
  int is_training;
} xr_onednn_shape;

typedef struct xr_onednn_convolution xr_onednn_convolution;

/// Null where the library has no fast kernel of the algorithm for the shape and layouts.
xr_onednn_convolution *xr_onednn_make(const xr_onednn_shape *shape);
void xr_onednn_free(xr_onednn_convolution *convolution);
/// The library's name for the kernel, such as `jit:avx512_core`.
const char *xr_onednn_name(const xr_onednn_convolution *convolution);

/// Bytes of the copy of the weights that it keeps.
long xr_onednn_weights_bytes(const xr_onednn_convolution *convolution);

/// Bytes that it needs while it runs; each function takes a place for them, aligned for vectors.
long xr_onednn_scratchpad_bytes(const xr_onednn_convolution *convolution);

/// dst = activation(conv(src, weights) + bias + dst where has_sum). `weights` in torch's layout are packed anew
/// where `repack`. Status 0 is success.
int xr_onednn_forward(
    xr_onednn_convolution *convolution, const float *src, const float *weights, int repack, const float *bias,
    float *dst, void *scratchpad);
int xr_onednn_input_gradient(
    xr_onednn_convolution *convolution, const float *diff_dst, const float *weights, int repack, float *diff_src,
    void *scratchpad);
/// `diff_weights` in torch's layout; `diff_bias` where has_bias.
int xr_onednn_weight_gradient(
    xr_onednn_convolution *convolution, const float *src, const float *diff_dst, float *diff_weights,
    float *diff_bias, void *scratchpad);
#endif
