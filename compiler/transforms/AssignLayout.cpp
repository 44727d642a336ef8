// assign-layout: maps get the channels next to each other in memory.
#include "compiler/transforms/Parameters.h"
#include "compiler/transforms/Passes.h"

namespace fovea {
#define GEN_PASS_DEF_ASSIGNLAYOUTPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace fovea

using namespace mlir;
using namespace fovea;

/// `type` in the memory order of kernels: n, h, w, c for a map, any other as it is.
static RankedTensorType kernelLayout(RankedTensorType type) {
  SmallVector<StringRef> order{"n", "h", "w", "c"};
  SmallVector<int64_t> shape;
  for (StringRef axis : order)
    shape.push_back(hvn::axisSize(type, axis, /*absent=*/-1));
  if (type.getRank() != 4 || llvm::is_contained(shape, -1))
    return type;
  return hvn::axisTensorLike(type, shape, order);
}

/// `value` as a tensor of the type `type`, which has the same axes.
static Value permuteTo(OpBuilder &builder, Location loc, Value value, RankedTensorType type) {
  return builder.createOrFold<hvn::PermuteOp>(loc, type, value);
}

static Value toKernelLayout(OpBuilder &builder, Location loc, Value value) {
  return permuteTo(builder, loc, value, kernelLayout(cast<RankedTensorType>(value.getType())));
}

namespace {
struct AssignLayoutPass : fovea::impl::AssignLayoutPassBase<AssignLayoutPass> {
  void runOnOperation() override {
    func::FuncOp network = getOperation();
    if (network.isExternal() || isWeightsFunction(network))
      return;
    OpBuilder builder(&getContext());
    // A reshape is about the memory order that was written down.
    llvm::DenseMap<Operation *, RankedTensorType> reshaped;
    network.walk([&](hvn::ReshapeOp op) { reshaped[op] = op.getInput().getType(); });

    SmallVector<Operation *> ops(llvm::make_pointer_range(network.getBody().front()));
    builder.setInsertionPointToStart(&network.getBody().front());
    for (BlockArgument input : network.getArguments()) {
      Value permuted = toKernelLayout(builder, network.getLoc(), input);
      if (permuted != input)
        input.replaceAllUsesExcept(permuted, permuted.getDefiningOp());
    }
    for (Operation *op : ops) {
      if (op->hasTrait<OpTrait::IsTerminator>())
        restoreOperands(builder, op, network.getResultTypes());
      else if (!isParameterOp(op) && failed(assign(builder, op, reshaped)))
        return signalPassFailure();
    }
    for (Operation *op : llvm::reverse(ops))
      if (isOpTriviallyDead(op))
        op->erase();
  }

  static void restoreOperands(OpBuilder &builder, Operation *op, TypeRange types) {
    builder.setInsertionPoint(op);
    for (auto [operand, type] : llvm::zip_equal(op->getOpOperands(), types))
      operand.set(permuteTo(builder, op->getLoc(), operand.get(), cast<RankedTensorType>(type)));
  }

  /// Gives the results of `op` their layout; its operands have theirs.
  static LogicalResult assign(OpBuilder &builder, Operation *op,
                              const llvm::DenseMap<Operation *, RankedTensorType> &reshaped) {
    builder.setInsertionPoint(op);
    if (auto permute = dyn_cast<hvn::PermuteOp>(op)) {
      RankedTensorType type = kernelLayout(permute.getType());
      permute.getResult().replaceAllUsesWith(permuteTo(builder, op->getLoc(), permute.getInput(), type));
      return success();
    }
    if (auto reshape = dyn_cast<hvn::ReshapeOp>(op)) {
      reshape.getInputMutable().assign(permuteTo(builder, op->getLoc(), reshape.getInput(), reshaped.lookup(op)));
      builder.setInsertionPointAfter(op);
      Value permuted = toKernelLayout(builder, op->getLoc(), reshape.getResult());
      if (permuted != reshape.getResult())
        reshape.getResult().replaceAllUsesExcept(permuted, permuted.getDefiningOp());
      return success();
    }
    for (OpOperand &operand : op->getOpOperands())
      if (isParameter(operand.get()))
        operand.set(toKernelLayout(builder, op->getLoc(), operand.get()));
    SmallVector<Type> types;
    auto inferred = dyn_cast<InferTypeOpInterface>(op);
    if (!inferred)
      return op->emitError()
             << "'" << op->getName()
             << "' is no layer whose layout can be chosen: its result types do not follow from its operands";
    if (failed(inferred.inferReturnTypes(op->getContext(), op->getLoc(), op->getOperands(), op->getAttrDictionary(),
                                         op->getPropertiesStorage(), op->getRegions(), types)))
      return failure();
    for (auto [result, type] : llvm::zip_equal(op->getResults(), types))
      result.setType(type);
    return success();
  }
};
} // namespace
