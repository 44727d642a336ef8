// Schedules as a text that people read and edit: written by the compiler, read back to pin what it chose.
#ifndef FOVEA_COMPILER_HALIDE_SCHEDULEFILE_H
#define FOVEA_COMPILER_HALIDE_SCHEDULEFILE_H

#include "compiler/halide/Target.h"
#include "dialect/KernOps.h"
#include "mlir/IR/BuiltinOps.h"
#include <optional>
#include <set>

namespace fovea {

/// An entry of a schedule file.
struct SchedulePin {
  struct Knob {
    std::string name;
    int64_t value;
    mlir::Location place;
  };

  mlir::Location place;
  std::string target;
  bool ofLayer;    ///< of one layer's kernel, which then is no other layer's; else of all kernels with a signature
  std::string key; ///< the layer's name, or the signature
  mlir::Location strategyPlace;
  std::string strategy;
  std::vector<Knob> knobs; ///< those that are left out are chosen by the compiler
};

/// A schedule file:
///
///     target "x86-64-avx512"
///     kernel "linear_add-0123456789ab" = gemm {tile_c = 1, tile_m = 7}
///     layer "layers.0.mlp.fc1" = gemm {tile_m = 14}
///
/// `//` begins a comment. `target` holds for the entries that follow. What the entries say is checked when they meet
/// their kernels.
struct ScheduleFile {
  std::vector<SchedulePin> pins;

  /// Reads `text`, which diagnostics call `name`; an error has been reported when there is no result.
  static std::optional<ScheduleFile> parse(llvm::StringRef text, llvm::StringRef name, mlir::MLIRContext *context);
};

/// What a kernel computes, as a name: its ops, then a hash of its body, shapes and element types. Neither the kernel's
/// name nor its place nor its schedule count.
std::string signatureOf(kern::FuncOp kernel);

/// Gives the layers that `file` has entries for, for whatever target, a kernel of their own. An unknown layer is an
/// error.
llvm::LogicalResult splitPinnedLayers(const ScheduleFile &file, mlir::ModuleOp module);

/// The entry for `kernel` on `target`, if there is one: one for its layer before one for its signature.
const SchedulePin *findPin(const ScheduleFile &file, kern::FuncOp kernel, llvm::StringRef target);

/// The schedule of an entry; what it leaves out is taken from `chosen`, if that is of the same strategy. Null after an
/// error, reported at the entry: an unknown strategy, one that does not take the kernel (`fitting` do), an unknown or
/// missing knob, an illegal value.
kern::ScheduleAttr scheduleOf(const SchedulePin &pin, kern::ScheduleAttr chosen,
                              llvm::ArrayRef<llvm::StringRef> fitting);

/// The schedules of all kernels of `module` as a schedule file for `target`, with the layers that they are used in.
std::string printSchedules(mlir::ModuleOp module, llvm::StringRef target);

} // namespace fovea

#endif
