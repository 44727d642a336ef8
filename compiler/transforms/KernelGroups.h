// Which ops of a network run together: the grouping behind form-kernels.
#ifndef FOVEA_COMPILER_TRANSFORMS_KERNELGROUPS_H
#define FOVEA_COMPILER_TRANSFORMS_KERNELGROUPS_H

#include "compiler/transforms/Parameters.h"
#include "llvm/ADT/SetVector.h"

namespace fovea {

/// Ops that become one kernel. An op may stand in several groups, which then all compute it.
struct KernelGroup {
  llvm::SmallVector<mlir::Operation *> ops; ///< in program order once the grouping is complete
  mlir::Operation *anchor = nullptr;        ///< the latest op marked hvn::Anchor; null for a pointwise kernel
  mlir::Operation *last = nullptr;          ///< the op whose result is the kernel's
  mlir::Operation *moments = nullptr;       ///< hvn.moments of that result, which the kernel returns as well
};

/// The groups of a network in the order of their last ops; every op that is no parameter, no reshape and no terminator
/// is in one. With `fuse` false each op has its own.
std::vector<KernelGroup> groupIntoKernels(mlir::func::FuncOp network, bool fuse);

} // namespace fovea

#endif
