// pack-weights: kernels read weights in the order in which they compute with them.
#include "compiler/transforms/Parameters.h"
#include "compiler/transforms/Passes.h"

namespace fovea {
#define GEN_PASS_DEF_PACKWEIGHTSPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace fovea

using namespace mlir;
using namespace fovea;

/// Output channels in a panel: a vector of the widest machine, two of others.
static constexpr int64_t panel = 16;

/// How the one user of a kernel's argument wants it; a weight in bf16 is widened before.
static hvn::Packing packingOf(Value value) {
  if (!value.hasOneUse())
    return hvn::Packing::None;
  OpOperand &use = *value.use_begin();
  if (auto cast = dyn_cast<hvn::CastOp>(use.getOwner()))
    return packingOf(cast.getResult());
  auto user = dyn_cast<hvn::PackInterface>(use.getOwner());
  return user ? user.getPacking(use.getOperandNumber()) : hvn::Packing::None;
}

/// The type of a weight in its new order.
static RankedTensorType packedType(RankedTensorType type, hvn::Packing packing) {
  if (packing == hvn::Packing::Panels)
    return kern::PackOp::packedType(type, panel);
  SmallVector<int64_t> shape(type.getShape());
  SmallVector<StringAttr> axes(hvn::getAxes(type).getNames());
  int last = packing == hvn::Packing::FirstLast ? 1 : 2;
  std::rotate(shape.begin(), shape.begin() + last, shape.end());
  std::rotate(axes.begin(), axes.begin() + last, axes.end());
  return hvn::axisTensorLike(type, shape, llvm::to_vector_of<StringRef>(axes));
}

/// Makes `argument` the packed tensor: packs it at each call, and undoes that at the head of the kernel.
static void pack(BlockArgument argument, hvn::Packing packing, ArrayRef<kern::CallOp> calls) {
  auto type = cast<RankedTensorType>(argument.getType());
  RankedTensorType packed = packedType(type, packing);
  bool panels = packing == hvn::Packing::Panels;

  auto builder = OpBuilder::atBlockBegin(argument.getOwner());
  argument.setType(packed);
  OpOperand &use = *argument.use_begin();
  Location loc = use.getOwner()->getLoc();
  Value plain = panels ? kern::UnpackOp::create(builder, loc, type, argument, panel).getResult()
                       : hvn::PermuteOp::create(builder, loc, type, argument).getResult();
  use.set(plain);

  for (kern::CallOp call : calls) {
    builder.setInsertionPoint(call);
    OpOperand &operand = call->getOpOperand(argument.getArgNumber());
    operand.set(panels ? kern::PackOp::create(builder, call.getLoc(), packed, operand.get(), panel).getResult()
                       : hvn::PermuteOp::create(builder, call.getLoc(), packed, operand.get()).getResult());
  }
}

namespace {
struct PackWeightsPass : fovea::impl::PackWeightsPassBase<PackWeightsPass> {
  void runOnOperation() override {
    changeWeights(getOperation(), [](BlockArgument argument, ArrayRef<kern::CallOp> calls) {
      if (hvn::Packing packing = packingOf(argument); packing != hvn::Packing::None)
        pack(argument, packing, calls);
    });
  }
};
} // namespace
