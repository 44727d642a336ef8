// Compiling of one kernel in a process of its own.
#ifndef FOVEA_COMPILER_HALIDE_KERNELPROCESS_H
#define FOVEA_COMPILER_HALIDE_KERNELPROCESS_H

#include "compiler/halide/Compile.h"
#include "dialect/KernOps.h"
#include <chrono>
#include <optional>

namespace fovea {

/// How compiling of a kernel ended.
struct KernelResult {
  enum Kind { Compiled, Failed, Crashed, NoTime, NoMemory, Killed, NoProcess } kind = Failed;
  KernelObject object = {}; ///< if compiled; nameless
  std::string error = {};   ///< if failed, or without process: why
  int signal = 0;           ///< if crashed
};

/// A file in memory that a child process fills and this one reads.
class SharedFile {
public:
  SharedFile();
  SharedFile(SharedFile &&other) noexcept : descriptor(std::exchange(other.descriptor, -1)) {}
  SharedFile &operator=(SharedFile &&) = delete;
  ~SharedFile();

  bool valid() const { return descriptor >= 0; }
  int get() const { return descriptor; }
  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor); }
  void write(llvm::StringRef text) const;
  std::string read() const;

private:
  int descriptor;
};

/// A kernel under compilation in a child process. The child dies with this process, and gets no more time and memory
/// than the options allow.
class KernelProcess {
public:
  using Clock = std::chrono::steady_clock;

  /// Forks. The function in the object is called `symbol`. Nothing, and errno, if there can be no further process.
  static std::optional<KernelProcess> start(kern::FuncOp kernel, llvm::StringRef symbol, const CompileOptions &options);

  pid_t id() const { return process; }
  Clock::time_point deadline() const { return end; }
  /// Ends a process that has used up its time.
  void stop();
  /// What became of the process, which has ended with `status` of waitpid().
  KernelResult collect(int status) const;

private:
  KernelProcess() = default;
  [[noreturn]] void run(kern::FuncOp kernel, llvm::StringRef symbol, const CompileOptions &options) const;

  pid_t process = -1;
  Clock::time_point end;
  bool stopped = false;
  SharedFile object, assembly, stmt, error, facts, printed;
};

} // namespace fovea

#endif
