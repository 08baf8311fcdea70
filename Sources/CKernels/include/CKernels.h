// Our own compute kernels. Every instruction set has its own translation unit; the best one that the processor
// has is chosen once, at the first call.
#ifndef XR_CKERNELS_H
#define XR_CKERNELS_H
#include "xr_bias.h"
#include "xr_columns.h"
#include "xr_conv1x1.h"
#include "xr_depthwise.h"
#include "xr_gemm.h"
#include "xr_isa.h"
#include "xr_layout.h"
#include "xr_network.h"
#include "xr_normals.h"
#include "xr_optimizers.h"
#include "xr_pool.h"
#include "xr_small.h"
#include "xr_winograd.h"
#endif
