// Preloaded into fovea: has the process that compiles kernel number $FAULT_KERNEL (from 1, with -j 1; or two with a
// comma) go wrong in the way that $FAULT says, as soon as its limits are set. If $FAULT is "fork", there is no process.
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <sys/resource.h>
#include <unistd.h>

static int kernels = 0;

static bool meant(const char *fault) {
  const char *kernel = getenv("FAULT_KERNEL"), *wanted = getenv("FAULT");
  if (!kernel || !wanted || (fault && strcmp(fault, wanted) != 0))
    return false;
  const char *other = strchr(kernel, ',');
  return atoi(kernel) == kernels || (other && atoi(other + 1) == kernels);
}

static volatile char *keep;
static volatile int turns;

static void misbehave() {
  if (meant("hang"))
    for (;;)
      pause();
  if (meant("spin"))
    for (;;)
      turns = turns + 1;
  if (meant("segv"))
    raise(SIGSEGV);
  if (meant("abort"))
    abort();
  if (meant("exit"))
    _exit(1);
  if (meant("killed"))
    raise(SIGKILL);
  if (meant("memory"))
    for (;;) {
      keep = new char[1 << 24];
      memset(const_cast<char *>(keep), 1, 1 << 24);
    }
  if (meant("malloc")) { // as LLVM does
    while ((keep = static_cast<char *>(malloc(1 << 24))))
      ;
    static const char text[] = "LLVM ERROR: out of memory\n";
    (void)!write(STDERR_FILENO, text, sizeof text - 1);
    abort();
  }
}

extern "C" pid_t fork() {
  ++kernels;
  if (meant("fork")) {
    errno = EAGAIN;
    return -1;
  }
  return reinterpret_cast<pid_t (*)()>(dlsym(RTLD_NEXT, "fork"))();
}

extern "C" int setrlimit(__rlimit_resource_t resource, const rlimit *limits) noexcept {
  using Function = int (*)(__rlimit_resource_t, const rlimit *);
  int result = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "setrlimit"))(resource, limits);
  if (resource == RLIMIT_FSIZE && meant(nullptr)) // the last
    misbehave();
  return result;
}
