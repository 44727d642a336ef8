// assign-schedules: each kernel gets the schedule that its family chooses for the target.
#include "compiler/halide/Families.h"
#include "compiler/halide/Family.h"
#include "mlir/Pass/PassRegistry.h"

using namespace mlir;
using namespace fovea;

namespace {
struct AssignSchedules : PassWrapper<AssignSchedules, OperationPass<kern::FuncOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(AssignSchedules)

  AssignSchedules() = default;
  AssignSchedules(const AssignSchedules &other) : PassWrapper(other) { targetName = other.targetName.getValue(); }
  explicit AssignSchedules(llvm::StringRef target) { targetName = target.str(); }

  StringRef getArgument() const override { return "assign-schedules"; }
  StringRef getDescription() const override { return "Give each kernel the schedule that its family chooses"; }

  void runOnOperation() override {
    kern::FuncOp kernel = getOperation();
    if (kernel.getScheduleAttr())
      return;
    std::optional<TargetInfo> target = parseTarget(targetName);
    if (!target) {
      kernel.emitError("unknown target '") << targetName << "'";
      return signalPassFailure();
    }
    for (const halide::Family *family : halide::families())
      if (family->matches(kernel))
        return kernel.setScheduleAttr(family->choose(kernel, *target));
    kernel.emitError("no schedule strategy takes this combination of layers");
    signalPassFailure();
  }

  Option<std::string> targetName{*this, "target", llvm::cl::desc("target name; host if empty"), llvm::cl::init("")};
};
} // namespace

std::unique_ptr<Pass> fovea::createAssignSchedulesPass(const TargetInfo &target) {
  return std::make_unique<AssignSchedules>(target.name);
}

void fovea::registerAssignSchedulesPass() { PassRegistration<AssignSchedules>(); }
