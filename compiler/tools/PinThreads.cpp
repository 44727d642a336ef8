#include "compiler/tools/PinThreads.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <vector>

using namespace fovea;

/// The threads of this process.
static std::set<pid_t> threadIds() {
  std::set<pid_t> ids;
  std::error_code error;
  for (llvm::sys::fs::directory_iterator entry("/proc/self/task", error), end; !error && entry != end;
       entry.increment(error)) {
    pid_t id;
    if (!llvm::sys::path::filename(entry->path()).getAsInteger(10, id))
      ids.insert(id);
  }
  return ids;
}

PinThreads::PinThreads() : before(threadIds()) {
  if (sched_getaffinity(0, sizeof available, &available) != 0)
    CPU_ZERO(&available);
}

PinThreads::~PinThreads() { sched_setaffinity(0, sizeof available, &available); }

void PinThreads::pin() {
  std::vector<pid_t> threads{0}; // the caller
  for (pid_t id : threadIds())
    if (!before.contains(id))
      threads.push_back(id);
  auto thread = threads.begin();
  for (int cpu = 0; cpu < CPU_SETSIZE && thread != threads.end(); ++cpu) {
    if (!CPU_ISSET(cpu, &available))
      continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    sched_setaffinity(*thread++, sizeof one, &one);
  }
}
