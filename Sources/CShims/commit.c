#include "include/commit.h"

const char *xr_commit(void) {
#ifdef XRUN_COMMIT
  return XRUN_COMMIT;
#else
  return "";
#endif
}
