// A shim for LD_PRELOAD that replaces the pass cse: it does what PASS_FAULT says instead.
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Transforms/Passes.h"
#include <cstdlib>

namespace {
struct Fault : mlir::PassWrapper<Fault, mlir::OperationPass<>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(Fault)

  llvm::StringRef getArgument() const override { return "cse"; }
  void runOnOperation() override {
    llvm::StringRef fault = getenv("PASS_FAULT");
    mlir::Operation *network = &getOperation()->getRegion(0).front().front();
    if (fault == "fail")
      signalPassFailure();
    else if (fault == "verifier") // no layer can be there without its function's end
      network->getRegion(0).front().getTerminator()->erase();
    else if (fault == "abort")
      abort();
    else if (fault == "segv")
      *static_cast<volatile int *>(nullptr) = 0;
  }
};
} // namespace

std::unique_ptr<mlir::Pass> mlir::createCSEPass() { return std::make_unique<Fault>(); }
