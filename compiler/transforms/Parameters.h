// Values known at compile time.
#ifndef FOVEA_COMPILER_TRANSFORMS_PARAMETERS_H
#define FOVEA_COMPILER_TRANSFORMS_PARAMETERS_H

#include "dialect/KernOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace fovea {

/// Name of the function that computes what kernels read of the weights.
inline constexpr llvm::StringLiteral weightsFunction = "weights";

/// True of the function that outline-weights made.
bool isWeightsFunction(mlir::func::FuncOp function);

/// True of a tensor that depends on `hvn.param` and `hvn.constant` only.
bool isParameter(mlir::Value value);

/// True of an op all of whose results are parameters.
bool isParameterOp(mlir::Operation *op);

/// `parameter` with its elements rounded to `element`. Where sums of its rows are taken, to make up for a normalization
/// behind the product, they become those of the rounded rows: else the mean of what is multiplied would not cancel.
mlir::Value roundParameter(mlir::Value parameter, mlir::Type element);

/// The tensor behind reshapes, which are other names of the same bytes.
mlir::Value skipReshapes(mlir::Value value);

/// The networks of a module: its functions with a body, but the one of the weights.
llvm::SmallVector<mlir::func::FuncOp> networksOf(mlir::ModuleOp module);

/// Hands each argument of a kernel that gets a parameter at all of its calls to `change`, with these calls, from the
/// last so that the heads of kernels come out in the order of their arguments. Kernels then have the types of their
/// arguments.
void changeWeights(mlir::ModuleOp module,
                   llvm::function_ref<void(mlir::BlockArgument, llvm::ArrayRef<kern::CallOp>)> change);

/// What argument or result `number` of a network is called: its attribute `hvn.name`, else `fallback` and the number.
std::string inputName(mlir::func::FuncOp network, unsigned number);
std::string outputName(mlir::func::FuncOp network, unsigned number);

/// The calls of each kernel of a module.
llvm::DenseMap<mlir::StringAttr, llvm::SmallVector<kern::CallOp>> callsByKernel(mlir::ModuleOp module);

} // namespace fovea

#endif
