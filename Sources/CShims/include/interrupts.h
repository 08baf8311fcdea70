#ifndef XR_INTERRUPTS_H
#define XR_INTERRUPTS_H

/// Takes SIGINT, SIGTERM and SIGHUP from now on: each ends the process at once with code 75, since nothing was begun.
/// Writing to a closed pipe becomes an error of the write instead of a signal.
void xr_interrupts_install(void);

/// From now on they are counted, and the second one ends the process at once, with 128 plus its number.
void xr_interrupts_begin(void);

/// How many have come, and the number of the last.
int xr_interrupts_count(void);
int xr_interrupts_last(void);

/// Forgets what has come; for tests.
void xr_interrupts_reset(void);

#endif
