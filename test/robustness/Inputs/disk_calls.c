// Preloaded into fovea: kills it before the call number $KILL_AT of those that change what is on disk, or makes
// renaming and locking last up to $DELAY microseconds longer.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

static void count(void) {
  static int calls;
  const char *last = getenv("KILL_AT");
  if (last && ++calls == atoi(last))
    raise(SIGKILL);
}

static void linger(void) {
  static unsigned seed;
  const char *delay = getenv("DELAY");
  if (!seed)
    seed = getpid();
  if (delay)
    usleep(rand_r(&seed) % atoi(delay));
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int rename(const char *from, const char *to) { return count(), linger(), NEXT(rename)(from, to); }
int fsync(int file) { return count(), NEXT(fsync)(file); }
int flock(int file, int operation) { return count(), linger(), NEXT(flock)(file, operation); }
int rmdir(const char *path) { return count(), NEXT(rmdir)(path); }
int unlink(const char *path) { return count(), NEXT(unlink)(path); }
int remove(const char *path) { return count(), NEXT(remove)(path); }
char *mkdtemp(char *path) { return count(), NEXT(mkdtemp)(path); }
