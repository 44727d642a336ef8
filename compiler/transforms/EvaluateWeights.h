// The bytes that a library carries as its weights.
#ifndef FOVEA_COMPILER_TRANSFORMS_EVALUATEWEIGHTS_H
#define FOVEA_COMPILER_TRANSFORMS_EVALUATEWEIGHTS_H

#include "compiler/transforms/EvaluateNetwork.h"
#include "mlir/IR/BuiltinOps.h"

namespace fovea {

/// Where each weight lies, in bytes; multiples of 64.
struct WeightPlaces {
  llvm::SmallVector<int64_t> offsets;
  int64_t bytes = 0;
};

/// The places of tensors of these types, in their order.
WeightPlaces placeWeights(mlir::TypeRange types);

/// Evaluates the module's function `@weights` in double precision and rounds its results to their types, each at its
/// place (`placeWeights`); gaps are zero. A module without the function has no weights. A weight beyond the range of
/// f16 that is to be stored so is a user's error.
mlir::FailureOr<std::vector<char>> evaluateWeights(mlir::ModuleOp module, ParameterLookup lookup);

} // namespace fovea

#endif
