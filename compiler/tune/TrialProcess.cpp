#include "compiler/tune/TrialProcess.h"
#include <chrono>
#include <csignal>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

bool fovea::runInProcess(llvm::function_ref<bool()> body, double seconds, const std::function<bool()> &cancelled) {
  using Clock = std::chrono::steady_clock;
  pid_t parent = getpid(), process = fork();
  if (process < 0)
    return false;
  if (process == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    _exit(getppid() == parent && body() ? 0 : 1);
  }
  Clock::time_point start = Clock::now();
  int status = 0;
  bool stopped = false;
  while (waitpid(process, &status, WNOHANG) == 0) {
    double passed = std::chrono::duration<double>(Clock::now() - start).count();
    if (!stopped && (passed > seconds || (cancelled && cancelled()))) {
      kill(process, SIGKILL);
      stopped = true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
