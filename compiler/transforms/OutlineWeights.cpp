// outline-weights: arithmetic on parameters moves into a function of its own.
#include "compiler/transforms/Parameters.h"
#include "compiler/transforms/Passes.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/CSE.h"
#include "llvm/ADT/MapVector.h"

namespace fovea {
#define GEN_PASS_DEF_OUTLINEWEIGHTSPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace fovea

using namespace mlir;
using namespace fovea;

namespace {
/// What kernels read of the parameters: the value in a network, and what computes it in the function of the weights.
using Reads = llvm::MapVector<Value, Value>;

struct OutlineWeightsPass : fovea::impl::OutlineWeightsPassBase<OutlineWeightsPass> {
  void runOnOperation() override {
    SmallVector<func::FuncOp> networks = networksOf(getOperation());
    auto isSized = [](func::FuncOp network) { return network->hasAttr("hvn.size"); };
    if (networks.empty() || (networks.size() > 1 && !llvm::all_of(networks, isSized))) {
      emitError(getOperation().getLoc()) << "expected one network in the module, or one for each of several sizes, "
                                         << "found " << networks.size();
      return signalPassFailure();
    }
    if (Operation *other = SymbolTable::lookupSymbolIn(getOperation(), weightsFunction)) {
      other->emitError() << "the module has '" << weightsFunction << "' already";
      return signalPassFailure();
    }
    OpBuilder builder(&getContext());
    builder.setInsertionPointAfter(networks.back());
    Location loc = networks.front().getLoc();
    auto function = func::FuncOp::create(builder, loc, weightsFunction, builder.getFunctionType({}, {}));
    function.setPrivate();
    builder.setInsertionPointToStart(function.addEntryBlock());
    Reads reads;
    for (func::FuncOp network : networks) {
      shareEqual(network);
      collect(network, builder, reads);
    }
    auto end = func::ReturnOp::create(builder, loc, llvm::to_vector(llvm::make_second_range(reads)));
    shareEqual(function);

    llvm::MapVector<Value, int64_t> indices; // of the function's results
    for (auto [read, weight] : llvm::zip_equal(llvm::make_first_range(reads), end.getOperands()))
      replace(read, indices.try_emplace(weight, indices.size()).first->second);
    end.getOperandsMutable().assign(llvm::to_vector(llvm::make_first_range(indices)));
    function.setFunctionType(builder.getFunctionType({}, end.getOperandTypes()));
    for (func::FuncOp network : networks)
      for (Operation &op : llvm::make_early_inc_range(llvm::reverse(network.getBody().front())))
        if (isParameterOp(&op))
          op.erase();
  }

  /// Equal arithmetic becomes one value, so one weight.
  void shareEqual(func::FuncOp function) {
    IRRewriter rewriter(&getContext());
    DominanceInfo dominance(function);
    eliminateCommonSubExpressions(rewriter, dominance, function);
  }

  /// Clones the arithmetic of `network` to where `builder` is.
  static void collect(func::FuncOp network, OpBuilder &builder, Reads &reads) {
    IRMapping mapping;
    for (Operation &op : network.getBody().front()) {
      if (isParameterOp(&op)) {
        builder.clone(op, mapping);
        continue;
      }
      for (Value operand : op.getOperands())
        if (isParameter(operand))
          reads.try_emplace(operand, mapping.lookup(operand));
    }
  }

  /// Makes the kernels that read `value` read result `index` of the function.
  static void replace(Value value, int64_t index) {
    auto isOutside = [](OpOperand &use) { return !isParameterOp(use.getOwner()); };
    Operation *first = nullptr;
    for (OpOperand &use : value.getUses())
      if (isOutside(use) && (!first || use.getOwner()->isBeforeInBlock(first)))
        first = use.getOwner();
    OpBuilder builder(first);
    Value read = kern::WeightOp::create(builder, value.getLoc(), value.getType(), index);
    value.replaceUsesWithIf(read, isOutside);
  }
};
} // namespace
