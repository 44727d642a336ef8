// The passes between the network and the host program.
#ifndef FOVEA_COMPILER_TRANSFORMS_PASSES_H
#define FOVEA_COMPILER_TRANSFORMS_PASSES_H

#include "dialect/KernOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace fovea {

#define GEN_PASS_DECL
#include "compiler/transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "compiler/transforms/Passes.h.inc"

} // namespace fovea

#endif
