// outline-weights: arithmetic on parameters moves into a function of its own.
#include "compiler/transforms/Parameters.h"
#include "compiler/transforms/Passes.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/CSE.h"

namespace fovea {
#define GEN_PASS_DEF_OUTLINEWEIGHTSPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace fovea

using namespace mlir;
using namespace fovea;

namespace {
struct OutlineWeightsPass : fovea::impl::OutlineWeightsPassBase<OutlineWeightsPass> {
  void runOnOperation() override {
    SmallVector<func::FuncOp> networks = networksOf(getOperation());
    if (networks.size() != 1) {
      emitError(getOperation().getLoc()) << "expected one network in the module, found " << networks.size();
      return signalPassFailure();
    }
    func::FuncOp network = networks.front();
    if (Operation *other = SymbolTable::lookupSymbolIn(getOperation(), weightsFunction)) {
      other->emitError() << "the module has '" << weightsFunction << "' already";
      return signalPassFailure();
    }
    // Equal arithmetic becomes one value, so one weight.
    IRRewriter rewriter(&getContext());
    DominanceInfo dominance(network);
    eliminateCommonSubExpressions(rewriter, dominance, network);

    llvm::SetVector<Value> weights;
    SmallVector<Operation *> arithmetic;
    for (Operation &op : network.getBody().front()) {
      if (isParameterOp(&op)) {
        arithmetic.push_back(&op);
        continue;
      }
      for (Value operand : op.getOperands())
        if (isParameter(operand))
          weights.insert(operand);
    }
    outline(network, arithmetic, weights.takeVector());
  }

  void outline(func::FuncOp network, ArrayRef<Operation *> arithmetic, SmallVector<Value> weights) {
    OpBuilder builder(network);
    builder.setInsertionPointAfter(network);
    auto type = builder.getFunctionType({}, ValueRange(weights).getTypes());
    auto function = func::FuncOp::create(builder, network.getLoc(), weightsFunction, type);
    function.setPrivate();
    builder.setInsertionPointToStart(function.addEntryBlock());
    IRMapping mapping;
    for (Operation *op : arithmetic)
      builder.clone(*op, mapping);
    auto results = llvm::map_to_vector(weights, [&](Value weight) { return mapping.lookup(weight); });
    func::ReturnOp::create(builder, network.getLoc(), results);

    for (auto [index, weight] : llvm::enumerate(weights)) {
      auto isOutside = [&](OpOperand &use) { return !isParameterOp(use.getOwner()); };
      Operation *first = nullptr;
      for (OpOperand &use : weight.getUses())
        if (isOutside(use) && (!first || use.getOwner()->isBeforeInBlock(first)))
          first = use.getOwner();
      builder.setInsertionPoint(first);
      Value read = kern::WeightOp::create(builder, weight.getLoc(), weight.getType(), index);
      weight.replaceUsesWithIf(read, isOutside);
    }
    for (Operation *op : llvm::reverse(arithmetic))
      op->erase();
  }
};
} // namespace
