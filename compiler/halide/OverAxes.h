// Kernels in which an element depends on all that stand with it on some axes: statistics of these, then the elements.
#ifndef FOVEA_COMPILER_HALIDE_OVERAXES_H
#define FOVEA_COMPILER_HALIDE_OVERAXES_H

#include "compiler/halide/KernelBuilder.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace fovea::halide {

/// Emits an op whose result has its operand's type. Elements that stand together on the axes of its attribute
/// `over` are a *place*: a statistic has a value per place. What is emitted is scheduled by the strategy `over_axes`.
class OverAxes {
public:
  enum Combine { Sum, Largest };

  OverAxes(KernelBuilder &kernel, mlir::Operation *op);

  /// Combines what `term` makes of the elements of a place, given where they stand; a sum is multiplied by `factor`.
  Halide::Expr reduce(llvm::StringRef name, Combine combine, llvm::function_ref<Halide::Expr(const Index &)> term,
                      float factor = 1);
  /// Computes `value`, which is made of statistics, once per place.
  Halide::Expr oncePerPlace(llvm::StringRef name, Halide::Expr value);
  /// Computes `value`, an expression of the loop variables, once per element. Returns the function.
  Halide::Func oncePerElement(llvm::StringRef name, Halide::Expr value);

  /// The element at `index` of a function that `oncePerElement` has returned.
  static Halide::Expr load(Halide::Func function, const Index &index);
  /// Number of elements of a place.
  int64_t count() const;

private:
  Halide::Func stage(const char *kind, llvm::StringRef name);

  KernelBuilder &kernel;
  mlir::Operation *op;
  std::vector<Halide::Var> place; ///< the axes that are not in `over`, innermost first
  Index element;                  ///< an element of the place
  Halide::Expr isNew;             ///< false where the last vector meets elements again; undefined if it does not
  Halide::RDom lanes;             ///< partial results of neighbouring elements; undefined without
};

} // namespace fovea::halide

#endif
