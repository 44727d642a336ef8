// deduplicate-kernels: equal kernels become one.
#include "compiler/transforms/Parameters.h"
#include "compiler/transforms/Passes.h"
#include "mlir/IR/OperationSupport.h"

namespace fovea {
#define GEN_PASS_DEF_DEDUPLICATEKERNELSPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace fovea

using namespace mlir;
using namespace fovea;

static bool areEqual(kern::FuncOp lhs, kern::FuncOp rhs) {
  return lhs.getFunctionType() == rhs.getFunctionType() && lhs.getScheduleAttr() == rhs.getScheduleAttr() &&
         lhs.getExtentsAttr() == rhs.getExtentsAttr() && lhs.getArgAttrsAttr() == rhs.getArgAttrsAttr() &&
         OperationEquivalence::isRegionEquivalentTo(&lhs.getBody(), &rhs.getBody(),
                                                    OperationEquivalence::IgnoreLocations);
}

namespace {
struct DeduplicateKernelsPass : fovea::impl::DeduplicateKernelsPassBase<DeduplicateKernelsPass> {
  void runOnOperation() override {
    auto calls = callsByKernel(getOperation());
    llvm::DenseMap<FunctionType, SmallVector<kern::FuncOp>> distinct;
    for (auto kernel : llvm::make_early_inc_range(getOperation().getOps<kern::FuncOp>())) {
      SmallVector<kern::FuncOp> &candidates = distinct[kernel.getFunctionType()];
      auto twin = llvm::find_if(candidates, [&](kern::FuncOp other) { return areEqual(kernel, other); });
      if (twin == candidates.end()) {
        candidates.push_back(kernel);
        continue;
      }
      for (kern::CallOp call : calls[kernel.getSymNameAttr()])
        call.setCallee(twin->getSymName());
      kernel.erase();
    }
  }
};
} // namespace
