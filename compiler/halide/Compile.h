// Kernels to object code.
#ifndef FOVEA_COMPILER_HALIDE_COMPILE_H
#define FOVEA_COMPILER_HALIDE_COMPILE_H

#include "compiler/halide/KernelCache.h"
#include "compiler/halide/Target.h"
#include "dialect/KernOps.h"
#include "mlir/IR/BuiltinOps.h"
#include <functional>

namespace fovea {

/// A compiled kernel.
struct KernelObject {
  std::string name;
  std::string object;       ///< ELF, relocatable; its function is called `name`
  int64_t scratchBytes = 0; ///< asked of halide_malloc in one run, by one thread, alignment included
  int64_t stackBytes = 0;   ///< of the kernel's own arrays on the stack
  std::string assembly;     ///< if asked for
  std::string stmt;         ///< Halide's lowered loops, if asked for
  bool cached = false;      ///< it was compiled earlier
};

struct CompileOptions {
  TargetInfo target;
  int jobs = 1;                       ///< kernels compiled at the same time
  int seconds = 60;                   ///< that compiling a kernel may take
  int megabytes = 4096;               ///< of memory, likewise
  const KernelCache *cache = nullptr; ///< for objects; assembly and loops are not kept
  /// Called after each kernel.
  std::function<void(int done, int total, llvm::StringRef kernel)> progress = {};
  /// Asked several times a second; true ends the compilation, and what is not compiled has failed for want of time.
  std::function<bool()> cancelled = {};
  /// Keeps a kernel that the compiler fails on, and says how to see that again.
  std::function<std::string(kern::FuncOp kernel)> reproduce = {};
  bool assembly = false, stmt = false;
};

/// The kernels of a module, in its order; complete only when done.
struct CompiledKernels {
  enum { Done, KernelFailed, NoResources } outcome = Done;
  std::vector<KernelObject> objects;
};

/// Compiles every `kern.func` of `module` that is not in the cache. Each is compiled in a process of its own, forked
/// from this one: a crash costs that kernel, and the bytes do not depend on what was compiled before, nor on the
/// kernel's name and place. The caller must not have started threads. Every failure is reported at the kernel's
/// location, with the layers it is made of; the other kernels are compiled all the same.
CompiledKernels compileKernels(mlir::ModuleOp module, const CompileOptions &options);

} // namespace fovea

#endif
