// Tensors in double precision, for the reference meaning of every op.
#ifndef FOVEA_DIALECT_REFERENCE_H
#define FOVEA_DIALECT_REFERENCE_H

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <vector>

namespace fovea::hvn {

/// A dense tensor; `data` is in the memory order of `type`, outermost axis first.
struct Tensor {
  mlir::RankedTensorType type;
  std::vector<double> data;

  explicit Tensor(mlir::RankedTensorType type);

  /// Distance in elements between neighbours along `axis`; 0 when the tensor lacks the axis or has it with size 1, so
  /// that the element repeats.
  int64_t stride(llvm::StringRef axis) const;
  /// Size of `axis`, 1 when the tensor lacks it.
  int64_t size(llvm::StringRef axis) const;
};

/// Visits every index of `space` in memory order. `body` gets, for each tensor, the offset of the element that stands
/// at that index when the tensor is broadcast to `space` by axis name.
void forEachIndex(mlir::RankedTensorType space, llvm::ArrayRef<const Tensor *> tensors,
                  llvm::function_ref<void(llvm::ArrayRef<int64_t> offsets)> body);

} // namespace fovea::hvn

#endif
