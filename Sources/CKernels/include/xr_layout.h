// Copies between torch's layout [N, C, HW] and the blocked one [N, ceil(C / block), HW, block], whose channels
// beyond C are zero.
#ifndef XR_LAYOUT_H
#define XR_LAYOUT_H

void xr_plain_to_blocked(const float *source, float *target, long n, long c, long size, long block);
void xr_blocked_to_plain(const float *source, float *target, long n, long c, long size, long block);
#endif
