#include "compiler/halide/KernelProcess.h"
#include "compiler/halide/EmitKernel.h"
#include <csignal>
#include <new>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace mlir;
using namespace fovea;

//===----------------------------------------------------------------------===//
// Files in memory
//===----------------------------------------------------------------------===//

SharedFile::SharedFile() : descriptor(memfd_create("fovea-kernel", MFD_CLOEXEC)) {}

SharedFile::~SharedFile() {
  if (descriptor >= 0)
    close(descriptor);
}

void SharedFile::write(llvm::StringRef text) const {
  while (!text.empty()) {
    ssize_t written = pwrite(descriptor, text.data(), text.size(), lseek(descriptor, 0, SEEK_END));
    if (written <= 0)
      return;
    text = text.drop_front(written);
  }
}

std::string SharedFile::read() const {
  struct stat status;
  std::string text(fstat(descriptor, &status) == 0 ? status.st_size : 0, '\0');
  for (size_t at = 0; at < text.size();) {
    ssize_t got = pread(descriptor, text.data() + at, text.size() - at, at);
    if (got <= 0)
      break;
    at += got;
  }
  return text;
}

//===----------------------------------------------------------------------===//
// The child's life
//===----------------------------------------------------------------------===//

/// Exit codes of a child.
enum class Exit { compiled, failed, outOfMemory };

[[noreturn]] static void leave(Exit code) { _exit(int(code)); }

static bool left(int status, Exit code) { return WIFEXITED(status) && WEXITSTATUS(status) == int(code); }

/// Bytes of address space that this process has.
static uint64_t addressSpace() {
  uint64_t pages = 0;
  if (FILE *statm = fopen("/proc/self/statm", "re")) {
    if (fscanf(statm, "%lu", &pages) != 1)
      pages = 0;
    fclose(statm);
  }
  return pages * sysconf(_SC_PAGESIZE);
}

static void limitResources(const CompileOptions &options) {
  auto limit = [](auto resource, rlim_t soft, rlim_t hard) {
    rlimit value{soft, hard};
    setrlimit(resource, &value);
  };
  limit(RLIMIT_CORE, 0, 0);
  // The clock on the wall is the parent's business; this one ends a child whose parent has been stopped.
  limit(RLIMIT_CPU, options.seconds, options.seconds + 1);
  // What is there already, Halide above all, does not count.
  uint64_t bytes = uint64_t(options.megabytes) << 20;
  limit(RLIMIT_AS, addressSpace() + bytes, addressSpace() + bytes);
  limit(RLIMIT_FSIZE, bytes, bytes);
}

void KernelProcess::run(kern::FuncOp kernel, llvm::StringRef symbol, const CompileOptions &options) const {
  // What a library prints on its way down must not reach the user raw.
  dup2(printed.get(), STDOUT_FILENO);
  dup2(printed.get(), STDERR_FILENO);
  std::set_new_handler([] { leave(Exit::outOfMemory); });
  limitResources(options);
  halide::KernelPaths paths{object.path(), options.assembly ? assembly.path() : "", options.stmt ? stmt.path() : ""};
  halide::KernelFacts found;
  std::string reason;
  bool ok = succeeded(halide::emitKernel(kernel, symbol, options.target, paths, found, reason));
  if (ok)
    facts.write(llvm::StringRef(reinterpret_cast<const char *>(&found), sizeof found));
  else
    error.write(reason);
  leave(ok ? Exit::compiled : Exit::failed);
}

//===----------------------------------------------------------------------===//
// The parent's view
//===----------------------------------------------------------------------===//

std::optional<KernelProcess> KernelProcess::start(kern::FuncOp kernel, llvm::StringRef symbol,
                                                  const CompileOptions &options) {
  KernelProcess job;
  for (const SharedFile *file : {&job.object, &job.assembly, &job.stmt, &job.error, &job.facts, &job.printed})
    if (!file->valid())
      return std::nullopt;
  pid_t parent = getpid();
  job.process = fork();
  if (job.process < 0)
    return std::nullopt;
  if (job.process == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
      leave(Exit::failed);
    job.run(kernel, symbol, options);
  }
  job.end = Clock::now() + std::chrono::seconds(options.seconds);
  return job;
}

void KernelProcess::stop() {
  stopped = true;
  kill(process, SIGKILL);
}

KernelResult KernelProcess::collect(int status) const {
  if (left(status, Exit::compiled)) {
    halide::KernelFacts found;
    std::string bytes = facts.read();
    memcpy(&found, bytes.data(), std::min(bytes.size(), sizeof found));
    KernelResult result{KernelResult::Compiled};
    result.object = {{}, object.read(), found.scratchBytes, found.stackBytes, assembly.read(), stmt.read()};
    return result;
  }
  int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  if (stopped || signal == SIGXCPU)
    return {KernelResult::NoTime};
  std::string last = printed.read();
  auto says = [&](llvm::StringRef text) { return llvm::StringRef(last).contains(text); };
  if (left(status, Exit::outOfMemory) || signal == SIGXFSZ || says("out of memory") || says("bad_alloc"))
    return {KernelResult::NoMemory};
  if (signal == SIGKILL)
    return {KernelResult::Killed};
  if (signal)
    return {KernelResult::Crashed, {}, {}, signal};
  std::string text = error.read();
  return {KernelResult::Failed, {}, text.empty() ? "no reason was given" : llvm::StringRef(text).rtrim().str()};
}
