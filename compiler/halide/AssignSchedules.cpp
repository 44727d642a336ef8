// assign-schedules: each kernel gets the schedule that its family chooses for the target.
#include "compiler/halide/Families.h"
#include "compiler/halide/Family.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassRegistry.h"

using namespace mlir;
using namespace fovea;

namespace {
struct AssignSchedules : PassWrapper<AssignSchedules, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(AssignSchedules)

  AssignSchedules() = default;
  AssignSchedules(const AssignSchedules &other) : PassWrapper(other) { targetName = other.targetName.getValue(); }
  explicit AssignSchedules(llvm::StringRef target) { targetName = target.str(); }

  StringRef getArgument() const override { return "assign-schedules"; }
  StringRef getDescription() const override { return "Give each kernel the schedule that its family chooses"; }

  void runOnOperation() override {
    std::optional<TargetInfo> target = parseTarget(targetName);
    if (!target) {
      getOperation().emitError("unknown target '") << targetName << "'";
      return signalPassFailure();
    }
    for (auto kernel : getOperation().getOps<kern::FuncOp>())
      if (!kernel.getScheduleAttr() && failed(assign(kernel, *target)))
        signalPassFailure();
  }

  static LogicalResult assign(kern::FuncOp kernel, const TargetInfo &target) {
    for (const halide::Family *family : halide::families())
      if (family->matches(kernel)) {
        kernel.setScheduleAttr(family->choose(kernel, target));
        return success();
      }
    return kernel.emitError("no schedule strategy takes this combination of layers");
  }

  Option<std::string> targetName{*this, "target", llvm::cl::desc("target name; host if empty"), llvm::cl::init("")};
};
} // namespace

std::unique_ptr<Pass> fovea::createAssignSchedulesPass(const TargetInfo &target) {
  return std::make_unique<AssignSchedules>(target.name);
}

void fovea::registerAssignSchedulesPass() { PassRegistration<AssignSchedules>(); }
