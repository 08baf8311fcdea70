#include "include/interrupts.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

// Handlers may touch nothing but this.
static volatile sig_atomic_t count = 0;
static volatile sig_atomic_t last = 0;
static volatile sig_atomic_t has_begun = 0;

static void handle(int number) {
  last = number;
  count = count + 1;
  if (!has_begun) {
    static const char text[] = "\nxrun: stopped by a signal; nothing was started\n";
    ssize_t written = write(2, text, sizeof text - 1);
    (void)written;
    _exit(75);
  }
  if (count > 1) {
    static const char text[] = "\nxrun: ended at once by a second signal\n";
    ssize_t written = write(2, text, sizeof text - 1);
    (void)written;
    _exit(128 + number);
  }
}

void xr_interrupts_install(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = handle;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  sigaction(SIGHUP, &action, NULL);
  signal(SIGPIPE, SIG_IGN);
}

void xr_interrupts_begin(void) { has_begun = 1; }
int xr_interrupts_count(void) { return count; }
int xr_interrupts_last(void) { return last; }
void xr_interrupts_reset(void) {
  count = 0;
  last = 0;
  has_begun = 0;
}
