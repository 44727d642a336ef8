// The pass between the host program and LLVM.
#ifndef FOVEA_COMPILER_HOST_PASSES_H
#define FOVEA_COMPILER_HOST_PASSES_H

#include "dialect/KernOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace fovea {

#define GEN_PASS_DECL
#include "compiler/host/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "compiler/host/Passes.h.inc"

} // namespace fovea

#endif
