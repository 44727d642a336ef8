// Threads on CPUs of their own, for measurements.
#ifndef FOVEA_COMPILER_TOOLS_PINTHREADS_H
#define FOVEA_COMPILER_TOOLS_PINTHREADS_H

#include <sched.h>
#include <set>
#include <sys/types.h>

namespace fovea {

/// Gives the calling thread, and each that starts between the construction and `pin`, a CPU of its own, as far as there
/// are enough. The calling thread may run anywhere again when this goes.
class PinThreads {
public:
  PinThreads();
  PinThreads(const PinThreads &) = delete;
  ~PinThreads();

  void pin();

private:
  cpu_set_t available;
  std::set<pid_t> before;
};

} // namespace fovea

#endif
