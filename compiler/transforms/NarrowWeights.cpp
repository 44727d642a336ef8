// narrow-weights: what kernels read of the weights is stored in f16.
#include "compiler/transforms/Parameters.h"
#include "compiler/transforms/Passes.h"

namespace fovea {
#define GEN_PASS_DEF_NARROWWEIGHTSPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace fovea

using namespace mlir;
using namespace fovea;

/// Whether `argument` is a tensor of weights that counts: those of a single axis are small, and added as they are.
static bool isLarge(BlockArgument argument) {
  auto type = cast<RankedTensorType>(argument.getType());
  return type.getElementType().isF32() && type.getRank() > 1;
}

/// Makes `argument` f16: narrows it at each call, and widens it at the head of the kernel.
static void narrow(BlockArgument argument, ArrayRef<kern::CallOp> calls) {
  auto type = cast<RankedTensorType>(argument.getType());
  auto builder = OpBuilder::atBlockBegin(argument.getOwner());
  RankedTensorType narrow = type.clone(builder.getF16Type());
  argument.setType(narrow);
  auto wide = hvn::CastOp::create(builder, argument.getLoc(), type, argument);
  argument.replaceAllUsesExcept(wide, wide);
  for (kern::CallOp call : calls) {
    OpOperand &operand = call->getOpOperand(argument.getArgNumber());
    operand.set(roundParameter(operand.get(), narrow.getElementType()));
  }
}

namespace {
struct NarrowWeightsPass : fovea::impl::NarrowWeightsPassBase<NarrowWeightsPass> {
  void runOnOperation() override {
    changeWeights(getOperation(), [](BlockArgument argument, ArrayRef<kern::CallOp> calls) {
      if (!calls.empty() && isLarge(argument))
        narrow(argument, calls);
    });
  }
};
} // namespace
