// Files that show a fault of the compiler again.
#ifndef FOVEA_COMPILER_TOOLS_REPRODUCER_H
#define FOVEA_COMPILER_TOOLS_REPRODUCER_H

#include "mlir/IR/BuiltinOps.h"

namespace fovea {

/// Writes `module`, on which `pipeline` fails, to `fovea-reproducer-<hash>.mlir` in the current folder. The hash is
/// that of the content. Returns what to tell the user: the command that replays it, or why the file cannot be written.
std::string reproducePasses(mlir::ModuleOp module, llvm::StringRef pipeline);

/// The same for a kernel with its schedule, which cannot be compiled for `target`.
std::string reproduceKernel(mlir::Operation *kernel, llvm::StringRef target);

} // namespace fovea

#endif
