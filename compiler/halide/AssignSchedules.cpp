// assign-schedules: each kernel gets the schedule that its family chooses for the target.
#include "compiler/halide/Families.h"
#include "compiler/halide/Family.h"
#include "compiler/halide/ScheduleFile.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassRegistry.h"

using namespace mlir;
using namespace fovea;

namespace {
struct AssignSchedules : PassWrapper<AssignSchedules, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(AssignSchedules)

  AssignSchedules() = default;
  AssignSchedules(const AssignSchedules &other) : PassWrapper(other), pins(other.pins) {
    simplest = other.simplest.getValue();
    targetName = other.targetName.getValue();
  }
  AssignSchedules(StringRef target, const ScheduleFile *pins, bool simplest) : pins(pins) {
    targetName = target.str();
    this->simplest = simplest;
  }

  StringRef getArgument() const override { return "assign-schedules"; }
  StringRef getDescription() const override { return "Give each kernel the schedule that its family chooses"; }

  void runOnOperation() override {
    std::optional<TargetInfo> target = parseTarget(targetName);
    if (!target) {
      getOperation().emitError("unknown target '") << targetName << "'";
      return signalPassFailure();
    }
    bool isProgram = getOperation().walk([](kern::CallOp) { return WalkResult::interrupt(); }).wasInterrupted();
    if (pins && isProgram && failed(splitPinnedLayers(*pins, getOperation())))
      return signalPassFailure();
    std::set<const SchedulePin *> met;
    for (auto kernel : getOperation().getOps<kern::FuncOp>())
      if (!kernel.getScheduleAttr() && failed(assign(kernel, *target, met)))
        signalPassFailure();
    if (pins)
      for (const SchedulePin &pin : pins->pins)
        if (pin.target == target->name && !met.count(&pin))
          emitWarning(pin.place, "no kernel has the signature '") << pin.key << "': the entry changes nothing";
  }

  LogicalResult assign(kern::FuncOp kernel, const TargetInfo &target, std::set<const SchedulePin *> &met) {
    SmallVector<StringRef> fitting;
    kern::ScheduleAttr schedule;
    for (const halide::Family *family : halide::families())
      if (family->matches(kernel)) {
        fitting.push_back(family->strategy.name);
        if (!schedule)
          schedule = simplest ? simplestOf(family->strategy) : family->choose(kernel, target);
      }
    if (!schedule)
      return kernel.emitError("no schedule strategy takes this combination of layers");
    if (const SchedulePin *pin = pins ? findPin(*pins, kernel, target.name) : nullptr) {
      met.insert(pin);
      schedule = scheduleOf(*pin, schedule, fitting);
    }
    if (!schedule)
      return failure();
    kernel.setScheduleAttr(schedule);
    return success();
  }

  /// No vectors, no tiles, one task: every knob at its least.
  kern::ScheduleAttr simplestOf(const kern::Strategy &strategy) {
    SmallVector<std::pair<StringRef, int64_t>> knobs;
    for (const kern::Knob &knob : strategy.knobs)
      knobs.emplace_back(knob.name, knob.minimum);
    return kern::ScheduleAttr::get(&getContext(), strategy.name, knobs);
  }

  const ScheduleFile *pins = nullptr;
  Option<bool> simplest{*this, "simplest", llvm::cl::desc("every knob at its least"), llvm::cl::init(false)};

  Option<std::string> targetName{*this, "target", llvm::cl::desc("target name; host if empty"), llvm::cl::init("")};
};
} // namespace

std::unique_ptr<Pass> fovea::createAssignSchedulesPass(const TargetInfo &target, const ScheduleFile *pins,
                                                       bool simplest) {
  return std::make_unique<AssignSchedules>(target.name, pins, simplest);
}

void fovea::registerAssignSchedulesPass() { PassRegistration<AssignSchedules>(); }
