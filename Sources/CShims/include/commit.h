#ifndef XR_COMMIT_H
#define XR_COMMIT_H

/// The commit that this was built from; empty where the build was not told.
const char *xr_commit(void);

#endif
