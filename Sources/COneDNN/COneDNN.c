#include "COneDNN.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if __has_include(<oneapi/dnnl/dnnl.h>)
#include <oneapi/dnnl/dnnl.h>
#endif

// Version 3 has another interface: such headers count as none.
#if defined(DNNL_VERSION_MAJOR) && DNNL_VERSION_MAJOR == 2
#define XR_HAS_ONEDNN 1
#endif

static char problem[256] = "";
static char version[32] = "";
static const char *isa_name = "";
static int is_usable = 0;
static int block = 8;
static void (*set_threads)(int) = NULL;
static void *team = NULL;

const char *xr_onednn_problem(void) { return problem; }
const char *xr_onednn_version(void) { return version; }
const char *xr_onednn_isa(void) { return isa_name; }
int xr_onednn_block(void) { return block; }
void *xr_onednn_team(void) { return team; }
void xr_onednn_set_threads(int threads) {
  if (set_threads) set_threads(threads);
}

#if !XR_HAS_ONEDNN

int xr_onednn_load(void) {
  snprintf(problem, sizeof problem, "built without oneDNN's headers");
  return is_usable;
}
xr_onednn_convolution *xr_onednn_make(const xr_onednn_shape *shape) {
  (void)shape;
  return NULL;
}
void xr_onednn_free(xr_onednn_convolution *convolution) { (void)convolution; }
const char *xr_onednn_name(const xr_onednn_convolution *convolution) {
  (void)convolution;
  return "";
}
long xr_onednn_weights_bytes(const xr_onednn_convolution *convolution) {
  (void)convolution;
  return 0;
}
long xr_onednn_scratchpad_bytes(const xr_onednn_convolution *convolution) {
  (void)convolution;
  return 0;
}
int xr_onednn_forward(
    xr_onednn_convolution *convolution, const float *src, const float *weights, int repack, const float *bias,
    float *dst, void *scratchpad) {
  (void)convolution, (void)src, (void)weights, (void)repack, (void)bias, (void)dst, (void)scratchpad;
  return -1;
}
int xr_onednn_input_gradient(
    xr_onednn_convolution *convolution, const float *diff_dst, const float *weights, int repack, float *diff_src,
    void *scratchpad) {
  (void)convolution, (void)diff_dst, (void)weights, (void)repack, (void)diff_src, (void)scratchpad;
  return -1;
}
int xr_onednn_weight_gradient(
    xr_onednn_convolution *convolution, const float *src, const float *diff_dst, float *diff_weights,
    float *diff_bias, void *scratchpad) {
  (void)convolution, (void)src, (void)diff_dst, (void)diff_weights, (void)diff_bias, (void)scratchpad;
  return -1;
}

#else

#define FUNCTIONS(X)                       \
  X(version)                               \
  X(get_effective_cpu_isa)                 \
  X(engine_create)                         \
  X(stream_create)                         \
  X(stream_wait)                           \
  X(memory_desc_init_by_tag)               \
  X(memory_desc_equal)                     \
  X(memory_desc_get_size)                  \
  X(memory_create)                         \
  X(memory_destroy)                        \
  X(memory_set_data_handle)                \
  X(post_ops_create)                       \
  X(post_ops_destroy)                      \
  X(post_ops_append_sum)                   \
  X(post_ops_append_eltwise)               \
  X(primitive_attr_create)                 \
  X(primitive_attr_destroy)                \
  X(primitive_attr_set_post_ops)           \
  X(primitive_attr_set_scratchpad_mode)    \
  X(convolution_forward_desc_init)         \
  X(convolution_backward_data_desc_init)   \
  X(convolution_backward_weights_desc_init) \
  X(primitive_desc_create)                 \
  X(primitive_desc_destroy)                \
  X(primitive_desc_query)                  \
  X(primitive_desc_query_md)               \
  X(primitive_create)                      \
  X(primitive_destroy)                     \
  X(primitive_execute)                     \
  X(reorder_primitive_desc_create)

#define FIELD(name) __typeof__(&dnnl_##name) name;
static struct {
  FUNCTIONS(FIELD)
} dnnl;
static dnnl_engine_t engine;
static dnnl_stream_t stream;

// What waits must leave the cores to the threads that load pictures; long spinning takes them away. Beside six
// other jobs on two cores a full step of ResNet-18 took 2.3 s of wall time and 0.67 s of the processors without
// spinning, 6.8 and 1.3 with the runtime's 300,000 turns. Some turns cover the gap between two kernels, and save
// a virtual machine from being woken: with 10,000 an epoch of EfficientNet-Lite0's head took 3 % less than with
// 1,000 (medians of six), and as much beside other jobs. The runtime reads its settings when it is loaded.
static void calm_waiting_threads(void) {
  if (!getenv("OMP_WAIT_POLICY") && !getenv("GOMP_SPINCOUNT")) setenv("GOMP_SPINCOUNT", "10000", 0);
}

static const char *name_of_isa(int isa) {
  // Each of them has the bits of those below it.
  static const struct {
    int bits;
    const char *name;
  } names[] = {
      {dnnl_cpu_isa_avx512_core_amx, "avx512_core_amx"},
      {dnnl_cpu_isa_avx512_core_bf16, "avx512_core_bf16"},
      {dnnl_cpu_isa_avx512_core_vnni, "avx512_core_vnni"},
      {dnnl_cpu_isa_avx512_core, "avx512_core"},
      {dnnl_cpu_isa_avx2_vnni, "avx2_vnni"},
      {dnnl_cpu_isa_avx2, "avx2"},
      {dnnl_cpu_isa_avx, "avx"},
      {dnnl_cpu_isa_sse41, "sse41"},
  };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if ((isa & names[i].bits) == names[i].bits) return names[i].name;
  return "baseline";
}

static void load(void) {
  calm_waiting_threads();
  void *library = dlopen("libdnnl.so.2", RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char *why = dlerror();
    snprintf(problem, sizeof problem, "%s", why ? why : "libdnnl.so.2 cannot be loaded");
    return;
  }
#define FIND(name)                                                                 \
  dnnl.name = (__typeof__(&dnnl_##name))dlsym(library, "dnnl_" #name);             \
  if (!dnnl.name) {                                                                \
    snprintf(problem, sizeof problem, "libdnnl.so.2 has no '%s'", "dnnl_" #name);  \
    return;                                                                        \
  }
  FUNCTIONS(FIND)
  const dnnl_version_t *v = dnnl.version();
  snprintf(version, sizeof version, "%d.%d.%d", v->major, v->minor, v->patch);
  if (v->major != 2 || v->minor < 6) {
    snprintf(problem, sizeof problem, "oneDNN %s is not 2.6 or later of version 2", version);
    return;
  }
  if (dnnl.engine_create(&engine, dnnl_cpu, 0) != dnnl_success ||
      dnnl.stream_create(&stream, engine, dnnl_stream_default_flags) != dnnl_success) {
    snprintf(problem, sizeof problem, "oneDNN makes no engine for this processor");
    return;
  }
  int isa = (int)dnnl.get_effective_cpu_isa();
  isa_name = name_of_isa(isa);
  block = (isa & dnnl_cpu_isa_avx512_core) == dnnl_cpu_isa_avx512_core ? 16 : 8;
  // Its own dependency, loaded already: asked for by name, so that the handle stays valid.
  void *runtime = dlopen("libgomp.so.1", RTLD_NOW | RTLD_NOLOAD);
  if (runtime) {
    set_threads = (void (*)(int))dlsym(runtime, "omp_set_num_threads");
    team = dlsym(runtime, "GOMP_parallel");
  }
  is_usable = 1;
}

int xr_onednn_load(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return is_usable;
}

struct xr_onednn_convolution {
  int pass, has_bias;
  long weights_bytes;
  char name[64];
  dnnl_primitive_t primitive;
  long scratchpad_bytes;
  // Pictures, weights as the kernel wants them, bias, results, what is needed while it runs.
  dnnl_memory_t picture, weights, bias, result, scratchpad;
  // Weights in torch's layout, and the copy between the two; null where they are the same.
  dnnl_memory_t plain_weights;
  dnnl_primitive_t reorder;
};

static int layout(dnnl_memory_desc_t *md, long n, long c, long h, long w, int channels) {
  dnnl_dims_t dims = {n, c, h, w};
  dnnl_format_tag_t tag = channels == 16 ? dnnl_nChw16c : channels == 8 ? dnnl_nChw8c : dnnl_nchw;
  return dnnl.memory_desc_init_by_tag(md, 4, dims, dnnl_f32, tag);
}

// Its fallbacks, `ref:any` and `x64:gemm:jit`, are slower than ours.
static int is_fast(const char *name) { return strncmp(name, "ref", 3) != 0 && !strstr(name, "gemm"); }

// A primitive of one algorithm; its description is left in `made`. Null where there is none that is fast.
static dnnl_primitive_desc_t describe(const xr_onednn_shape *s, dnnl_alg_kind_t algorithm) {
  dnnl_memory_desc_t picture, weights, bias, result;
  dnnl_dims_t grouped = {s->groups, s->o / s->groups, s->c / s->groups, s->kernel, s->kernel};
  dnnl_dims_t single = {s->o, s->c, s->kernel, s->kernel};
  dnnl_dims_t outputs = {s->o}, strides = {s->stride, s->stride};
  dnnl_dims_t before = {s->top, s->left}, after = {s->bottom, s->right};
  if (layout(&picture, s->n, s->c, s->h, s->w, s->picture_block)) return NULL;
  if (layout(&result, s->n, s->o, s->oh, s->ow, s->result_block)) return NULL;
  if (dnnl.memory_desc_init_by_tag(
          &weights, s->groups > 1 ? 5 : 4, s->groups > 1 ? grouped : single, dnnl_f32, dnnl_format_tag_any))
    return NULL;
  if (dnnl.memory_desc_init_by_tag(&bias, 1, outputs, dnnl_f32, dnnl_x)) return NULL;
  const dnnl_memory_desc_t *biased = s->has_bias ? &bias : NULL;
  int is_forward = s->pass == XR_ONEDNN_FORWARD;
  dnnl_prop_kind_t kind = is_forward && !s->is_training ? dnnl_forward_inference : dnnl_forward_training;

  // What it needs while it runs is given to it: the library's own would stay for good.
  dnnl_primitive_attr_t attributes = NULL;
  if (dnnl.primitive_attr_create(&attributes)) return NULL;
  dnnl.primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user);
  if (is_forward && (s->has_sum || s->activation)) {
    dnnl_post_ops_t after_all;
    if (dnnl.post_ops_create(&after_all)) {
      dnnl.primitive_attr_destroy(attributes);
      return NULL;
    }
    if (s->has_sum) dnnl.post_ops_append_sum(after_all, 1);
    if (s->activation == XR_ONEDNN_RELU) dnnl.post_ops_append_eltwise(after_all, 1, dnnl_eltwise_relu, 0, 0);
    if (s->activation == XR_ONEDNN_RELU6) dnnl.post_ops_append_eltwise(after_all, 1, dnnl_eltwise_clip, 0, 6);
    dnnl.primitive_attr_set_post_ops(attributes, after_all);
    dnnl.post_ops_destroy(after_all);
  }
  dnnl_convolution_desc_t forward, wanted;
  dnnl_primitive_desc_t hint = NULL, made = NULL;
  const dnnl_memory_desc_t *forward_bias = s->pass == XR_ONEDNN_INPUT_GRADIENT ? NULL : biased;
  if (dnnl.convolution_forward_desc_init(
          &forward, kind, is_forward ? algorithm : dnnl_convolution_direct, &picture, &weights, forward_bias, &result,
          strides, before, after) == dnnl_success &&
      dnnl.primitive_desc_create(&hint, &forward, attributes, engine, NULL) == dnnl_success) {
    if (is_forward) {
      made = hint;
      hint = NULL;
    } else {
      int status = s->pass == XR_ONEDNN_INPUT_GRADIENT
          ? dnnl.convolution_backward_data_desc_init(
                &wanted, algorithm, &picture, &weights, &result, strides, before, after)
          : dnnl.convolution_backward_weights_desc_init(
                &wanted, algorithm, &picture, &weights, biased, &result, strides, before, after);
      if (status != dnnl_success ||
          dnnl.primitive_desc_create(&made, &wanted, attributes, engine, hint) != dnnl_success)
        made = NULL;
    }
  }
  if (hint) dnnl.primitive_desc_destroy(hint);
  dnnl.primitive_attr_destroy(attributes);
  const char *name = "";
  if (made) dnnl.primitive_desc_query(made, dnnl_query_impl_info_str, 0, &name);
  if (made && !is_fast(name)) {
    dnnl.primitive_desc_destroy(made);
    made = NULL;
  }
  return made;
}

void xr_onednn_free(xr_onednn_convolution *c) {
  if (!c) return;
  if (c->primitive) dnnl.primitive_destroy(c->primitive);
  if (c->reorder) dnnl.primitive_destroy(c->reorder);
  dnnl_memory_t memories[] = {c->picture, c->weights, c->bias, c->result, c->scratchpad, c->plain_weights};
  for (int i = 0; i < 6; i++)
    if (memories[i]) dnnl.memory_destroy(memories[i]);
  free(c);
}

const char *xr_onednn_name(const xr_onednn_convolution *c) { return c->name; }
long xr_onednn_weights_bytes(const xr_onednn_convolution *c) { return c->weights_bytes; }
long xr_onednn_scratchpad_bytes(const xr_onednn_convolution *c) { return c->scratchpad_bytes; }

// Memories, the primitive, and the copy of the weights. Status 0 is success.
static int complete(xr_onednn_convolution *c, const xr_onednn_shape *s, dnnl_primitive_desc_t made) {
  int is_gradient_of_weights = s->pass == XR_ONEDNN_WEIGHT_GRADIENT;
  dnnl_query_t weights_query = is_gradient_of_weights ? dnnl_query_diff_weights_md : dnnl_query_weights_md;
  const dnnl_memory_desc_t *weights = dnnl.primitive_desc_query_md(made, weights_query, 0);
  dnnl_memory_desc_t picture, result, bias, plain;
  dnnl_dims_t grouped = {s->groups, s->o / s->groups, s->c / s->groups, s->kernel, s->kernel};
  dnnl_dims_t single = {s->o, s->c, s->kernel, s->kernel};
  dnnl_dims_t outputs = {s->o};
  if (!weights || layout(&picture, s->n, s->c, s->h, s->w, s->picture_block) ||
      layout(&result, s->n, s->o, s->oh, s->ow, s->result_block) ||
      dnnl.memory_desc_init_by_tag(&bias, 1, outputs, dnnl_f32, dnnl_x) ||
      dnnl.memory_desc_init_by_tag(
          &plain, s->groups > 1 ? 5 : 4, s->groups > 1 ? grouped : single, dnnl_f32,
          s->groups > 1 ? dnnl_goihw : dnnl_oihw))
    return 1;
  if (dnnl.memory_create(&c->picture, &picture, engine, DNNL_MEMORY_NONE) ||
      dnnl.memory_create(&c->result, &result, engine, DNNL_MEMORY_NONE) ||
      dnnl.memory_create(&c->plain_weights, &plain, engine, DNNL_MEMORY_NONE))
    return 1;
  const dnnl_memory_desc_t *scratchpad = dnnl.primitive_desc_query_md(made, dnnl_query_scratchpad_md, 0);
  c->scratchpad_bytes = scratchpad ? (long)dnnl.memory_desc_get_size(scratchpad) : 0;
  if (c->scratchpad_bytes && dnnl.memory_create(&c->scratchpad, scratchpad, engine, DNNL_MEMORY_NONE)) return 1;
  if (s->has_bias && dnnl.memory_create(&c->bias, &bias, engine, DNNL_MEMORY_NONE)) return 1;
  if (!dnnl.memory_desc_equal(weights, &plain)) {
    c->weights_bytes = (long)dnnl.memory_desc_get_size(weights);
    dnnl_primitive_desc_t copy = NULL;
    const dnnl_memory_desc_t *from = is_gradient_of_weights ? weights : &plain;
    const dnnl_memory_desc_t *to = is_gradient_of_weights ? &plain : weights;
    if (dnnl.memory_create(&c->weights, weights, engine, DNNL_MEMORY_ALLOCATE) ||
        dnnl.reorder_primitive_desc_create(&copy, from, engine, to, engine, NULL))
      return 1;
    int status = dnnl.primitive_create(&c->reorder, copy);
    dnnl.primitive_desc_destroy(copy);
    if (status) return status;
  }
  return dnnl.primitive_create(&c->primitive, made);
}

xr_onednn_convolution *xr_onednn_make(const xr_onednn_shape *shape) {
  if (!xr_onednn_load()) return NULL;
  dnnl_primitive_desc_t made = describe(shape, shape->winograd ? dnnl_convolution_winograd : dnnl_convolution_direct);
  if (!made) return NULL;
  xr_onednn_convolution *c = calloc(1, sizeof *c);
  if (!c) {
    dnnl.primitive_desc_destroy(made);
    return NULL;
  }
  c->pass = shape->pass;
  c->has_bias = shape->has_bias;
  const char *name = "";
  dnnl.primitive_desc_query(made, dnnl_query_impl_info_str, 0, &name);
  snprintf(c->name, sizeof c->name, "%s", name);
  int status = complete(c, shape, made);
  dnnl.primitive_desc_destroy(made);
  if (status) {
    xr_onednn_free(c);
    return NULL;
  }
  return c;
}

// The library takes pointers without const; it does not write to what it reads.
static int point(dnnl_memory_t memory, const float *data) {
  return dnnl.memory_set_data_handle(memory, (void *)(size_t)data);
}

static int copy_weights(xr_onednn_convolution *c, int to_plain) {
  dnnl_exec_arg_t arguments[2] = {
      {DNNL_ARG_FROM, to_plain ? c->weights : c->plain_weights},
      {DNNL_ARG_TO, to_plain ? c->plain_weights : c->weights}};
  return dnnl.primitive_execute(c->reorder, stream, 2, arguments);
}

// `arguments` has room for one more.
static int execute(xr_onednn_convolution *c, dnnl_exec_arg_t *arguments, int count, void *scratchpad) {
  if (c->scratchpad) {
    int status = point(c->scratchpad, scratchpad);
    if (status) return status;
    arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_SCRATCHPAD, c->scratchpad};
  }
  return dnnl.primitive_execute(c->primitive, stream, count, arguments);
}

int xr_onednn_forward(
    xr_onednn_convolution *c, const float *src, const float *weights, int repack, const float *bias, float *dst,
    void *scratchpad) {
  int status = point(c->picture, src) | point(c->result, dst);
  if (!c->reorder || repack) status |= point(c->plain_weights, weights);
  if (c->reorder && repack) status |= copy_weights(c, 0);
  dnnl_exec_arg_t arguments[5] = {
      {DNNL_ARG_SRC, c->picture},
      {DNNL_ARG_WEIGHTS, c->reorder ? c->weights : c->plain_weights},
      {DNNL_ARG_DST, c->result}};
  int count = 3;
  if (c->has_bias) {
    status |= point(c->bias, bias);
    arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_BIAS, c->bias};
  }
  if (status) return status;
  status = execute(c, arguments, count, scratchpad);
  return status ? status : (int)dnnl.stream_wait(stream);
}

int xr_onednn_input_gradient(
    xr_onednn_convolution *c, const float *diff_dst, const float *weights, int repack, float *diff_src,
    void *scratchpad) {
  int status = point(c->picture, diff_src) | point(c->result, diff_dst);
  if (!c->reorder || repack) status |= point(c->plain_weights, weights);
  if (c->reorder && repack) status |= copy_weights(c, 0);
  dnnl_exec_arg_t arguments[4] = {
      {DNNL_ARG_DIFF_SRC, c->picture},
      {DNNL_ARG_WEIGHTS, c->reorder ? c->weights : c->plain_weights},
      {DNNL_ARG_DIFF_DST, c->result}};
  if (status) return status;
  status = execute(c, arguments, 3, scratchpad);
  return status ? status : (int)dnnl.stream_wait(stream);
}

int xr_onednn_weight_gradient(
    xr_onednn_convolution *c, const float *src, const float *diff_dst, float *diff_weights, float *diff_bias,
    void *scratchpad) {
  int status = point(c->picture, src) | point(c->result, diff_dst) | point(c->plain_weights, diff_weights);
  dnnl_exec_arg_t arguments[5] = {
      {DNNL_ARG_SRC, c->picture},
      {DNNL_ARG_DIFF_WEIGHTS, c->reorder ? c->weights : c->plain_weights},
      {DNNL_ARG_DIFF_DST, c->result}};
  int count = 3;
  if (c->has_bias) {
    status |= point(c->bias, diff_bias);
    arguments[count++] = (dnnl_exec_arg_t){DNNL_ARG_DIFF_BIAS, c->bias};
  }
  if (status) return status;
  status = execute(c, arguments, count, scratchpad);
  if (!status && c->reorder) status = copy_weights(c, 1);
  return status ? status : (int)dnnl.stream_wait(stream);
}

#endif
