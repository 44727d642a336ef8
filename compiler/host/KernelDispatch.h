// Programs whose kernels can be exchanged while they run: for the search of schedules.
#ifndef FOVEA_COMPILER_HOST_KERNELDISPATCH_H
#define FOVEA_COMPILER_HOST_KERNELDISPATCH_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace fovea {

/// What a program with dispatched kernels calls in place of a kernel: `kernel` is its number, `arguments` are what a
/// kernel's `_argv` function takes, the address of the worker's first.
using KernelDispatch = int (*)(uint32_t kernel, void **arguments);

/// Gives each of `kernels`, which `module` (in the LLVM dialect) declares, a body that calls the KernelDispatch in the
/// exported variable `symbol`, null at first.
void dispatchKernels(mlir::ModuleOp module, llvm::ArrayRef<std::string> kernels, llvm::StringRef symbol);

} // namespace fovea

#endif
