// The road from `.net` text to machine code, in one table: for --emit, its help, and the driver.
#ifndef FOVEA_COMPILER_TOOLS_STAGES_H
#define FOVEA_COMPILER_TOOLS_STAGES_H

#include "compiler/halide/ScheduleFile.h"
#include "compiler/halide/Target.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include <optional>

namespace fovea {

enum class Stage { ast, hvn, simplified, kernels, halideStmt, assembly, host, llvm, object };

/// Of the factors of products.
enum class Precision { f32, bf16 };

struct StageOptions {
  TargetInfo target;               ///< the best of `targets`: what the kernels in the module are scheduled for
  std::vector<TargetInfo> targets; ///< of the library, best first
  Precision precision = Precision::f32;
  bool storeHalf = false;                        ///< weights are f16 in memory, where they are not bf16
  bool fuse = true;                              ///< false: an op per kernel, the simplest schedules
  std::shared_ptr<const ScheduleFile> schedules; ///< instead of the compiler's choice; may be null
  bool keepLayers = false;                       ///< the value of every layer becomes an output
};

struct StageInfo {
  Stage stage;
  llvm::StringLiteral name, help;
  /// Appends the passes that lead here from the stage before; null where none do.
  void (*addPasses)(mlir::OpPassManager &, const StageOptions &);
};

/// All stages, in order.
llvm::ArrayRef<StageInfo> stages();

std::optional<Stage> parseStage(llvm::StringRef name);

/// The stage that a printed module is in, by the ops it holds.
Stage stageOf(mlir::ModuleOp module);

/// True of a pass that rejects networks; any other pass that fails is at fault itself.
bool rejectsNetworks(const mlir::Pass &pass);

} // namespace fovea

#endif
