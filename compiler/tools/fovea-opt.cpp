// fovea-opt: runs passes on printed IR.
#include "compiler/halide/Families.h"
#include "compiler/host/Passes.h"
#include "compiler/transforms/Passes.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry.insert<mlir::func::FuncDialect, mlir::LLVM::LLVMDialect>();
  fovea::registerHalideFamilies(registry);
  fovea::registerAssignSchedulesPass();
  fovea::registerTransformsPasses();
  fovea::registerHostPasses();
  mlir::registerTransformsPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "Fovea's pass driver\n", registry));
}
