#ifndef XR_INTERRUPTS_H
#define XR_INTERRUPTS_H

/// Counts SIGINT, SIGTERM and SIGHUP from now on; the second one ends the process at once, with 128 plus its number.
/// Writing to a closed pipe becomes an error of the write instead of a signal.
void xr_interrupts_install(void);

/// How many have come, and the number of the last.
int xr_interrupts_count(void);
int xr_interrupts_last(void);

/// Forgets what has come; for tests.
void xr_interrupts_reset(void);

#endif
