// Whether a host program can be trusted.
#ifndef FOVEA_COMPILER_HOST_CHECKPROGRAM_H
#define FOVEA_COMPILER_HOST_CHECKPROGRAM_H

#include "dialect/KernOps.h"

namespace fovea {

/// Checks what the code of a program relies on, since a program may also be written by hand: inputs and outputs have
/// distinct names that C can use, and every buffer lies within its space. Reports what does not hold.
llvm::LogicalResult checkProgram(kern::ProgramOp program);

/// Checks the programs of a module, and that they make one library: there is one, or one for each of several sizes as
/// convert-program-to-llvm describes it.
llvm::LogicalResult checkPrograms(mlir::ModuleOp module);

} // namespace fovea

#endif
