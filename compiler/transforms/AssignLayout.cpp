// assign-layout: maps get the channels next to each other in memory.
#include "compiler/transforms/Parameters.h"
#include "compiler/transforms/Passes.h"

namespace fovea {
#define GEN_PASS_DEF_ASSIGNLAYOUTPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace fovea

using namespace mlir;
using namespace fovea;

/// `type` in the memory order of kernels, if it has channels: n first, c last, h before w, the others as they are. Any
/// other type as it is.
static RankedTensorType kernelLayout(RankedTensorType type) {
  if (hvn::getAxes(type).find("c") < 0)
    return type;
  SmallVector<StringRef> order;
  bool hasRows = hvn::getAxes(type).find("h") >= 0;
  if (hvn::getAxes(type).find("n") >= 0)
    order.push_back("n");
  for (StringAttr name : hvn::getAxes(type).getNames())
    if (name == "w" && hasRows && !llvm::is_contained(order, "h"))
      order.append({"h", "w"});
    else if (name != "n" && name != "c" && !llvm::is_contained(order, name.getValue()))
      order.push_back(name);
  order.push_back("c");
  auto shape = llvm::map_to_vector(order, [&](StringRef axis) { return hvn::axisSize(type, axis); });
  return hvn::axisTensorLike(type, shape, order);
}

/// `value` as a tensor of the type `type`, which has the same axes.
static Value permuteTo(OpBuilder &builder, Location loc, Value value, RankedTensorType type) {
  while (auto permute = value.getDefiningOp<hvn::PermuteOp>())
    value = permute.getInput();
  return builder.createOrFold<hvn::PermuteOp>(loc, type, value);
}

static Value toKernelLayout(OpBuilder &builder, Location loc, Value value) {
  return permuteTo(builder, loc, value, kernelLayout(cast<RankedTensorType>(value.getType())));
}

/// The type of `op`'s input whose merging gives the axes in the order of `result`.
static RankedTensorType beforeMerge(hvn::MergeOp op, RankedTensorType result) {
  auto input = cast<RankedTensorType>(op.getInput().getType());
  SmallVector<StringRef> order;
  for (StringAttr axis : hvn::getAxes(result).getNames())
    if (axis == op.getInto())
      llvm::append_range(order, op.getOver().getNames());
    else
      order.push_back(axis);
  auto shape = llvm::map_to_vector(order, [&](StringRef axis) { return hvn::axisSize(input, axis); });
  return hvn::axisTensorLike(input, shape, order);
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
    ops.assign(llvm::make_pointer_range(network.getBody().front()).begin(),
               llvm::make_pointer_range(network.getBody().front()).end());
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
      giveLayout(builder, reshape.getResult());
      return success();
    }
    if (auto reinterpret = dyn_cast<hvn::ReinterpretInterface>(op)) {
      auto type = cast<RankedTensorType>(op->getOperand(0).getType());
      op->setOperand(0, permuteTo(builder, op->getLoc(), op->getOperand(0), reinterpret.getInputOrder(type)));
      SmallVector<Type> types;
      if (failed(inferTypes(op, types)))
        return failure();
      if (auto merge = dyn_cast<hvn::MergeOp>(op)) // in the order that puts the result into its layout at once
        if (RankedTensorType wanted = kernelLayout(cast<RankedTensorType>(types.front())); wanted != types.front()) {
          op->setOperand(0, permuteTo(builder, op->getLoc(), op->getOperand(0), beforeMerge(merge, wanted)));
          types.front() = wanted;
        }
      auto reshape = hvn::ReshapeOp::create(builder, op->getLoc(), types.front(), op->getOperand(0));
      op->getResult(0).replaceAllUsesWith(reshape.getResult());
      giveLayout(builder, reshape.getResult());
      return success();
    }
    for (OpOperand &operand : op->getOpOperands())
      if (isParameter(operand.get()))
        operand.set(toKernelLayout(builder, op->getLoc(), operand.get()));
    SmallVector<Type> types;
    if (failed(inferTypes(op, types)))
      return failure();
    for (auto [result, type] : llvm::zip_equal(op->getResults(), types)) {
      result.setType(type);
      giveLayout(builder, result);
    }
    return success();
  }

  static LogicalResult inferTypes(Operation *op, SmallVectorImpl<Type> &types) {
    auto inferred = dyn_cast<InferTypeOpInterface>(op);
    if (!inferred)
      return op->emitError()
             << "'" << op->getName()
             << "' is no layer whose layout can be chosen: its result types do not follow from its operands";
    return inferred.inferReturnTypes(op->getContext(), op->getLoc(), op->getOperands(), op->getAttrDictionary(),
                                     op->getPropertiesStorage(), op->getRegions(), types);
  }

  /// All users of `value` get it in the kernels' layout.
  static void giveLayout(OpBuilder &builder, Value value) {
    builder.setInsertionPointAfter(value.getDefiningOp());
    Value permuted = toKernelLayout(builder, value.getLoc(), value);
    if (permuted != value)
      value.replaceAllUsesExcept(permuted, permuted.getDefiningOp());
  }
};
} // namespace
