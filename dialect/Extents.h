// Sizes that a library leaves open within bounds: how axes that depend on them are described.
#ifndef FOVEA_DIALECT_EXTENTS_H
#define FOVEA_DIALECT_EXTENTS_H

#include "mlir/IR/AffineMap.h"
#include "mlir/IR/BuiltinAttributes.h"
#include <optional>

namespace fovea {

/// A size that each call chooses: `least` plus a number of steps, up to `most`.
struct BoundedSize {
  std::string name;
  int64_t least, most, step;

  /// The largest number of steps; `most` may not be reached.
  int64_t steps() const { return (most - least) / step; }
};

/// The attribute `hvn.bounds` of networks and `bounds` of programs: [{least, most, name, step}], and back.
mlir::ArrayAttr toAttribute(llvm::ArrayRef<BoundedSize> sizes, mlir::MLIRContext *context);
llvm::SmallVector<BoundedSize> boundedSizes(mlir::ArrayAttr attribute);

/// Finds the extents of axes as polynomials of numbers of steps, from networks built at some sizes. In each number of
/// steps a polynomial is of degree two at most: a map of h x h pixels as one axis has such an extent.
class ExtentFit {
public:
  /// `steps` has the largest number of steps of each size.
  explicit ExtentFit(llvm::ArrayRef<int64_t> steps);

  /// The numbers of steps at which values are needed, the largest first.
  llvm::ArrayRef<llvm::SmallVector<int64_t>> samples() const { return points; }

  /// The map ()[s0, ...] -> extent through `values`, which belong to the samples; nothing if it has no integer
  /// coefficients.
  std::optional<mlir::AffineMap> fit(llvm::ArrayRef<int64_t> values, mlir::MLIRContext *context) const;

private:
  llvm::SmallVector<int64_t> steps;
  llvm::SmallVector<unsigned> counts; ///< samples along each size, at most three
  llvm::SmallVector<llvm::SmallVector<int64_t>> points;
};

/// Whether `map` is the value of size number `number`.
bool isLengthOf(mlir::AffineMap map, llvm::ArrayRef<BoundedSize> sizes, size_t number);

/// The coefficients of the polynomial `map`: the one with digits p0, p1, ... in base 3, the least first, is that of
/// s0^p0 s1^p1 ...
llvm::SmallVector<int64_t> coefficientsOf(mlir::AffineMap map);

/// The value of `map` at these numbers of steps.
int64_t extentAt(mlir::AffineMap map, llvm::ArrayRef<int64_t> steps);

} // namespace fovea

#endif
