// A kernel on its way to Halide: the functions of its values, and what a strategy needs to schedule them.
#ifndef FOVEA_COMPILER_HALIDE_KERNELBUILDER_H
#define FOVEA_COMPILER_HALIDE_KERNELBUILDER_H

#include "Halide.h"
#include "compiler/halide/Target.h"
#include "compiler/halide/Transpose.h"
#include "dialect/KernOps.h"
#include "llvm/ADT/DenseMap.h"

namespace fovea::halide {

/// Where an element stands: an expression per axis name. Axes that a tensor lacks are ignored.
using Index = std::vector<std::pair<std::string, Halide::Expr>>;

/// The length of an axis: a number, or in a kernel for bounded sizes what each call says.
struct Extent {
  int64_t most;     ///< what schedules are chosen for
  Halide::Expr now; ///< at the call; the same number if it is no other
  int64_t unit;     ///< divides it at every call
  bool isOpen;

  /// An axis that is as long at every call.
  Extent(int64_t size) : Extent(size, int(size), size, /*isOpen=*/false) {}
  Extent(int64_t most, Halide::Expr now, int64_t unit, bool isOpen)
      : most(most), now(std::move(now)), unit(unit), isOpen(isOpen) {}

  /// Of both axes as one.
  Extent operator*(const Extent &other) const;
  /// How many pieces of `size` cover it.
  Extent pieces(int64_t size) const;
};

/// An op that sums, whose accumulator is kept in registers.
struct Anchor {
  mlir::Operation *op;
  Halide::Func accumulator;
  std::vector<Halide::RVar> reduction;             ///< innermost first
  std::optional<Halide::RVar> pair = {};           ///< two neighbours along bf16 weights, inside of `reduction`
  bool multipliesPairs = false;                    ///< what these are multiplied with is bf16, too
  Halide::Func padded = {};                        ///< the input with zeros around it, if it has to be stored
  mlir::Value weight = {};                         ///< the kernel's argument that holds the packed weight, if any
  std::map<std::string, Halide::Func> stages = {}; ///< what the op computes on the way, by its family's names
  TransposedTile turned = {};                      ///< tiles of an operand that is read in another order, if any
};

class KernelBuilder {
public:
  /// Emits the body of `kernel`, which has a schedule.
  KernelBuilder(kern::FuncOp kernel, const TargetInfo &target);

  //===--- for emitters ---===//

  /// The element of `value` at `index`; size-1 axes broadcast. Arithmetic is in f32 whatever is stored; a kernel's
  /// result is rounded once, as it is stored.
  Halide::Expr load(mlir::Value value, const Index &index);
  /// The same in the element type of `value`.
  Halide::Expr loadStored(mlir::Value value, const Index &index);
  /// The bf16 tensor that `value` is, widened to f32 to be a factor; null if it is none.
  static mlir::Value narrowBehind(mlir::Value value);
  /// Whether `value` lies in memory: an argument, or what is moved of arguments.
  static bool isInMemory(mlir::Value value);
  /// `element` as an element of a tensor of `type`: rounded to the nearest, ties to even, if that is narrower.
  static Halide::Expr round(Halide::Expr element, mlir::Type type);
  /// The loop variables of `value`, by axis, as an index.
  static Index indexOf(mlir::Value value);
  /// Loop variables of `value`, innermost first.
  static std::vector<Halide::Var> varsOf(mlir::Value value);
  /// Names a new function after `op`.
  static Halide::Func makeFunc(mlir::Operation *op, llvm::StringRef suffix = "");
  /// Sets the function of `value`.
  void set(mlir::Value value, Halide::Func function) { functions[value] = function; }
  /// Defines `value` as an expression of its loop variables.
  void define(mlir::Value value, Halide::Expr element);
  /// Defines the op's one result as an accumulator: `init`, then combined with `term` over `reduction`.
  Anchor &accumulate(
      mlir::Operation *op, Halide::Expr init, Halide::Expr term, std::vector<Halide::RVar> reduction,
      Halide::Expr (*combine)(Halide::Expr, Halide::Expr) = [](Halide::Expr sum, Halide::Expr term) {
        return sum + term;
      });
  /// The kernel's argument behind unpacking, permuting and casts; null for a computed value.
  static mlir::Value argumentBehind(mlir::Value value);

  /// The length of `axis` of a tensor of `type`; 1 if there is no such axis.
  Extent extent(mlir::Type type, llvm::StringRef axis) const;

  int64_t knob(llvm::StringRef name) { return kernel.getScheduleAttr().getKnob(name); }
  unsigned lanes() const { return target.lanes(); }

  //===--- for strategies ---===//

  kern::FuncOp kernel;
  const TargetInfo &target;
  std::vector<Halide::Func> outputs; ///< one per result of the kernel
  std::vector<Anchor> anchors;       ///< in program order
  Halide::Func rows;                 ///< what the first output copies and the moments read, if the kernel has both
  std::vector<Halide::Func> scalars; ///< few numbers that hold for the whole kernel: computed once, before its loops
  Halide::ImageParam &parameter(mlir::Value argument) { return parameters.at(argument); }
  /// The function of `value`.
  Halide::Func function(mlir::Value value) { return functions.at(value); }

  /// Arguments in the order of the kernel's.
  std::vector<Halide::Argument> arguments();

private:
  /// Whether `argument` is the caller's memory, beyond whose end nothing may be read.
  bool isOfCaller(mlir::Value argument) const;

  std::vector<Halide::Param<int>> steps; ///< of the bounded sizes
  llvm::DenseMap<mlir::Value, Halide::Func> functions;
  std::map<mlir::Value, Halide::ImageParam,
           decltype([](mlir::Value a, mlir::Value b) { return a.getAsOpaquePointer() < b.getAsOpaquePointer(); })>
      parameters;
};

} // namespace fovea::halide

#include "compiler/halide/EmitterInterface.h.inc"

#endif
