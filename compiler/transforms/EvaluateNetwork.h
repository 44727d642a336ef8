// The reference meaning of a network or a kernel, op by op, in double precision.
#ifndef FOVEA_COMPILER_TRANSFORMS_EVALUATENETWORK_H
#define FOVEA_COMPILER_TRANSFORMS_EVALUATENETWORK_H

#include "dialect/Reference.h"
#include "mlir/IR/Block.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace fovea {

/// The tensor of the checkpoint under `key`, which has the type `type`; fails after having reported why.
using ParameterLookup =
    llvm::function_ref<mlir::FailureOr<hvn::Tensor>(llvm::StringRef key, mlir::RankedTensorType type)>;

/// Evaluates a function of hvn ops and kernel calls (`func.func` or `kern.func`) on `inputs`, one per argument and of
/// its type. `observe`, if given, sees each op with its results. Frees tensors after their last use. Fails, with an
/// error at the op, on an op without a reference.
mlir::FailureOr<std::vector<hvn::Tensor>>
evaluateNetwork(mlir::FunctionOpInterface function, llvm::ArrayRef<hvn::Tensor> inputs, ParameterLookup lookup,
                llvm::function_ref<void(mlir::Operation *, llvm::ArrayRef<hvn::Tensor>)> observe = nullptr);

} // namespace fovea

#endif
