// What the processors could do at best, to hold measurements against.
#ifndef PEAK_H
#define PEAK_H

/// GFLOP/s of chained multiply-adds in registers, in single precision, by threads that run at once.
///
/// `width` is the number of floats in a register: 16 needs AVX-512, 8 needs AVX2; else 4.
double peak_flops(int threads, int width, double seconds);

/// GB/s of `a = b + s * c` over arrays beyond the caches, 12 bytes counted for each element; the better of plain and
/// streaming stores. 0 where there is no memory for it.
double peak_bandwidth(int threads, double seconds);
#endif
