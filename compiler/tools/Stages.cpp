#include "compiler/tools/Stages.h"
#include "compiler/halide/Families.h"
#include "compiler/host/Passes.h"
#include "compiler/transforms/Passes.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace fovea;

static void addSimplify(OpPassManager &passes, const StageOptions &options) {
  if (options.keepLayers)
    passes.addNestedPass<func::FuncOp>(createKeepLayersPass());
  passes.addPass(createCanonicalizerPass());
  passes.addPass(createCSEPass());
  passes.addNestedPass<func::FuncOp>(createFormAttentionPass());
  passes.addNestedPass<func::FuncOp>(createFoldParametersPass());
  passes.addPass(createCanonicalizerPass());
  passes.addPass(createCSEPass());
  passes.addNestedPass<func::FuncOp>(createCheckSupportPass());
}

static void addKernels(OpPassManager &passes, const StageOptions &options) {
  passes.addNestedPass<func::FuncOp>(createAssignLayoutPass());
  FormKernelsPassOptions formOptions;
  formOptions.fuse = options.fuse;
  passes.addPass(createFormKernelsPass(formOptions));
  passes.addPass(createFlattenPixelsPass());
  if (options.precision == Precision::bf16)
    passes.addPass(createLowerPrecisionPass());
  if (options.storeHalf)
    passes.addPass(createNarrowWeightsPass());
  passes.addPass(createUnifySizesPass());
  passes.addPass(createDeduplicateKernelsPass());
  passes.addPass(createPackWeightsPass());
  passes.addPass(createAssignSchedulesPass(options.target, options.schedules.get(), !options.fuse));
  passes.addNestedPass<func::FuncOp>(createOrderKernelsPass());
  passes.addPass(createOutlineWeightsPass());
}

static void addHost(OpPassManager &passes, const StageOptions &) { passes.addPass(createPlanMemoryPass()); }

static void addLLVM(OpPassManager &passes, const StageOptions &) { passes.addPass(createConvertProgramToLLVMPass()); }

llvm::ArrayRef<StageInfo> fovea::stages() {
  static const StageInfo table[] = {
      {Stage::ast, "ast", "the syntax tree of the .net file", nullptr},
      {Stage::hvn, "hvn", "the network, op by op, as written", nullptr},
      {Stage::simplified, "simplified", "with arithmetic on parameters folded away", addSimplify},
      {Stage::kernels, "kernels", "fused kernels with layouts and schedules", addKernels},
      {Stage::halideStmt, "halide-stmt", "the loops of each kernel", nullptr},
      {Stage::assembly, "asm", "the machine code of each kernel", nullptr},
      {Stage::host, "host", "the memory plan and the calls in order", addHost},
      {Stage::llvm, "llvm", "the host program in the LLVM dialect", addLLVM},
      {Stage::object, "obj", "the host program as an ELF object", nullptr},
  };
  return table;
}

std::optional<Stage> fovea::parseStage(llvm::StringRef name) {
  for (const StageInfo &stage : stages())
    if (stage.name == name)
      return stage.stage;
  return std::nullopt;
}

Stage fovea::stageOf(ModuleOp module) {
  Stage stage = Stage::hvn;
  for (Operation &op : *module.getBody()) {
    if (isa<LLVM::LLVMFuncOp, LLVM::GlobalOp>(op))
      stage = std::max(stage, Stage::llvm);
    else if (isa<kern::ProgramOp>(op))
      stage = std::max(stage, Stage::host);
    else if (isa<kern::FuncOp>(op))
      stage = std::max(stage, Stage::kernels);
  }
  return stage;
}

bool fovea::rejectsNetworks(const Pass &pass) {
  return pass.getArgument() == "check-support" || pass.getArgument() == "unify-sizes";
}
