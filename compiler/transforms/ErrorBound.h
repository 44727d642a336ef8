// How far f32 arithmetic may be from the reference, element by element.
#ifndef FOVEA_COMPILER_TRANSFORMS_ERRORBOUND_H
#define FOVEA_COMPILER_TRANSFORMS_ERRORBOUND_H

#include "dialect/HvnOps.h"

namespace fovea {

/// A tensor in double precision, and for each element how far a correct f32 computation of it may be away.
struct BoundedTensor {
  hvn::Tensor value;
  std::vector<double> bound;

  /// An exact tensor.
  explicit BoundedTensor(hvn::Tensor tensor) : value(std::move(tensor)), bound(value.data.size(), 0.0) {}
};

/// Evaluates `op` by its reference. An element of K floating-point operations, whose terms count together S (the op's
/// `magnitude`), may be off by (2 + sqrt K) 2^-23 S: rounding errors of a sum grow as sqrt K with near certainty
/// (Higham and Mary, SIAM J. Sci. Comput. 41, 2019). Added to that is what the operands' own errors come to, and where
/// `narrowFactors` says that products are of bf16 numbers, 2^-8 S for the roundings of both factors.
llvm::SmallVector<BoundedTensor>
evaluateBounded(hvn::ReferenceInterface op, llvm::ArrayRef<const BoundedTensor *> operands, bool narrowFactors = false);

} // namespace fovea

#endif
