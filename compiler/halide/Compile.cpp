#include "compiler/halide/Compile.h"
#include "compiler/halide/EmitKernel.h"
#include "mlir/IR/Diagnostics.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace mlir;
using namespace fovea;

namespace {
/// A file in memory that a child process fills and this one reads.
class SharedFile {
public:
  SharedFile() : descriptor(memfd_create("fovea-kernel", MFD_CLOEXEC)) {}
  SharedFile(SharedFile &&other) : descriptor(std::exchange(other.descriptor, -1)) {}
  ~SharedFile() {
    if (descriptor >= 0)
      close(descriptor);
  }

  bool valid() const { return descriptor >= 0; }
  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor); }
  void write(llvm::StringRef text) const {
    while (!text.empty()) {
      ssize_t written = pwrite(descriptor, text.data(), text.size(), lseek(descriptor, 0, SEEK_END));
      if (written <= 0)
        return;
      text = text.drop_front(written);
    }
  }
  std::string read() const {
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

private:
  int descriptor;
};

/// A kernel under compilation in a child process.
struct Job {
  kern::FuncOp kernel;
  pid_t process = -1;
  SharedFile object = {}, assembly = {}, stmt = {}, error = {}, facts = {};
};
} // namespace

/// The child's life: compiles the kernel and never returns.
[[noreturn]] static void runChild(Job &job, const CompileOptions &options) {
  rlimit noCore{0, 0};
  setrlimit(RLIMIT_CORE, &noCore);
  // Whatever a library prints on its way down must not reach the user raw.
  int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  dup2(null, STDOUT_FILENO);
  dup2(null, STDERR_FILENO);
  halide::KernelPaths paths{job.object.path(), options.assembly ? job.assembly.path() : "",
                            options.stmt ? job.stmt.path() : ""};
  halide::KernelFacts facts;
  std::string error;
  bool ok = succeeded(halide::emitKernel(job.kernel, options.target, paths, facts, error));
  if (ok)
    job.facts.write(llvm::StringRef(reinterpret_cast<const char *>(&facts), sizeof facts));
  else
    job.error.write(error);
  _exit(ok ? 0 : 1);
}

/// What became of a finished job.
static FailureOr<KernelObject> collect(Job &job, int status) {
  auto name = job.kernel.getSymName();
  if (WIFSIGNALED(status)) {
    job.kernel.emitError("internal error: the compiler of kernel '")
        << name << "' crashed (signal " << WTERMSIG(status) << ")";
    return failure();
  }
  if (WEXITSTATUS(status) != 0) {
    std::string text = job.error.read();
    job.kernel.emitError("internal error: kernel '")
        << name << "' cannot be compiled: " << (text.empty() ? "no reason was given" : llvm::StringRef(text).rtrim());
    return failure();
  }
  halide::KernelFacts facts;
  std::string bytes = job.facts.read();
  memcpy(&facts, bytes.data(), std::min(bytes.size(), sizeof facts));
  return KernelObject{name.str(),       job.object.read(),   facts.scratchBytes,
                      facts.stackBytes, job.assembly.read(), job.stmt.read()};
}

FailureOr<std::vector<KernelObject>> fovea::compileKernels(ModuleOp module, const CompileOptions &options) {
  auto kernels = llvm::to_vector(module.getOps<kern::FuncOp>());
  for (kern::FuncOp kernel : kernels)
    if (!kernel.getScheduleAttr())
      return kernel.emitError("kernel '") << kernel.getSymName() << "' has no schedule", failure();

  std::vector<KernelObject> objects(kernels.size());
  std::map<pid_t, std::pair<size_t, Job>> running;
  size_t next = 0, done = 0;
  bool failed = false;
  while (done < next || (next < kernels.size() && !failed)) {
    if (next < kernels.size() && !failed && running.size() < size_t(std::max(options.jobs, 1))) {
      Job job{kernels[next]};
      job.process = job.object.valid() && job.facts.valid() ? fork() : -1;
      if (job.process < 0)
        return kernels[next].emitError("cannot start a process to compile kernel '")
                   << kernels[next].getSymName() << "': " << strerror(errno),
               failure();
      if (job.process == 0)
        runChild(job, options);
      pid_t process = job.process;
      running.emplace(process, std::pair(next++, std::move(job)));
      continue;
    }
    int status;
    pid_t process = waitpid(-1, &status, 0);
    auto finished = running.find(process);
    if (finished == running.end())
      continue;
    auto &[number, job] = finished->second;
    FailureOr<KernelObject> object = collect(job, status);
    failed |= mlir::failed(object);
    ++done;
    if (succeeded(object)) {
      if (options.progress)
        options.progress(int(done), int(kernels.size()), object->name);
      objects[number] = std::move(*object);
    }
    running.erase(finished);
  }
  if (failed)
    return failure();
  return objects;
}
