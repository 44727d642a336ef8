// Kernels to object code.
#ifndef FOVEA_COMPILER_HALIDE_COMPILE_H
#define FOVEA_COMPILER_HALIDE_COMPILE_H

#include "compiler/halide/Target.h"
#include "mlir/IR/BuiltinOps.h"
#include <functional>

namespace fovea {

/// A compiled kernel.
struct KernelObject {
  std::string name;
  std::string object;   ///< ELF, relocatable
  int64_t scratchBytes; ///< asked of halide_malloc in one run, by one thread, alignment included
  int64_t stackBytes;   ///< of the kernel's own arrays on the stack
  std::string assembly; ///< if asked for
  std::string stmt;     ///< Halide's lowered loops, if asked for
};

struct CompileOptions {
  TargetInfo target;
  int jobs = 1; ///< kernels compiled at the same time
  /// Called after each kernel.
  std::function<void(int done, int total, llvm::StringRef kernel)> progress = {};
  bool assembly = false, stmt = false;
};

/// Compiles every `kern.func` of `module`, in order. Each kernel is compiled in a process of its own, forked from this
/// one: a crash costs that kernel, and the bytes do not depend on what was compiled before. The caller must not have
/// started threads. Failures are reported at the kernel's location.
mlir::FailureOr<std::vector<KernelObject>> compileKernels(mlir::ModuleOp module, const CompileOptions &options);

} // namespace fovea

#endif
