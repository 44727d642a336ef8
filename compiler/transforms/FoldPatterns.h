// What the patterns of fold-parameters share.
#ifndef FOVEA_COMPILER_TRANSFORMS_FOLDPATTERNS_H
#define FOVEA_COMPILER_TRANSFORMS_FOLDPATTERNS_H

#include "compiler/transforms/Parameters.h"
#include "mlir/IR/PatternMatch.h"

namespace fovea {

/// A linear or a convolution layer, transposed or not: what a scale and a shift fold into.
struct WeightedLayer {
  mlir::Operation *op = nullptr;

  explicit WeightedLayer(mlir::Operation *candidate) {
    if (candidate && mlir::isa<hvn::LinearOp, hvn::ConvOp, hvn::ConvTransposeOp>(candidate) &&
        llvm::all_of(candidate->getOperands().drop_front(), isParameter))
      op = candidate;
  }
  explicit operator bool() const { return op; }

  mlir::Value input() const { return op->getOperand(0); }
  mlir::Value weight() const { return op->getOperand(1); }
  mlir::Value bias() const { return op->getNumOperands() > 2 ? op->getOperand(2) : mlir::Value(); }
  mlir::Value result() const { return op->getResult(0); }

  /// The weight's axis along which the input's channels stand; empty when no single axis does.
  llvm::StringRef inputAxis() const {
    if (mlir::isa<hvn::ConvTransposeOp>(op))
      return "i";
    auto conv = mlir::dyn_cast<hvn::ConvOp>(op);
    if (!conv || conv.getGroups() == 1)
      return "i";
    return conv.isDepthwise() ? "o" : "";
  }
  /// The same for the output's channels.
  llvm::StringRef outputAxis() const {
    auto conv = mlir::dyn_cast<hvn::ConvTransposeOp>(op);
    if (!conv || conv.getGroups() == 1)
      return "o";
    return conv.isDepthwise() ? "i" : "";
  }
  /// Whether each output sees as many inputs as any other: no padding, and nothing spread.
  bool isUniform() const {
    auto conv = mlir::dyn_cast<hvn::ConvOp>(op);
    return mlir::isa<hvn::LinearOp>(op) || (conv && llvm::all_of(conv.getPad(), [](int64_t pad) { return pad == 0; }));
  }
  /// The same layer with other operands, as the result of `replaced` too.
  mlir::Value rebuild(mlir::PatternRewriter &rewriter, mlir::Operation *replaced, mlir::Value input, mlir::Value weight,
                      mlir::Value bias) const {
    llvm::SmallVector<mlir::Value> operands{input, weight};
    if (bias)
      operands.push_back(bias);
    mlir::OperationState state(rewriter.getFusedLoc({op->getLoc(), replaced->getLoc()}), op->getName(), operands,
                               op->getResultTypes(), op->getAttrs());
    return rewriter.create(state)->getResult(0);
  }
};

/// `mul(data, parameter)` or `add(data, parameter)` that does not change the shape of `data`.
struct ByParameter {
  mlir::Operation *op = nullptr;
  mlir::Value data, parameter;

  template <typename Op> static ByParameter match(mlir::Value value) {
    auto op = value.getDefiningOp<Op>();
    if (!op)
      return {};
    for (auto [data, parameter] :
         {std::pair<mlir::Value, mlir::Value>(op.getLhs(), op.getRhs()), {op.getRhs(), op.getLhs()}})
      if (isParameter(parameter) && !isParameter(data) && data.getType() == op.getType())
        return {op, data, parameter};
    return {};
  }
  explicit operator bool() const { return op; }

  /// Whether the parameter is the same for all pixels.
  bool isPerChannel() const {
    return hvn::axisSize(parameter.getType(), "c") ==
           mlir::cast<mlir::RankedTensorType>(parameter.getType()).getNumElements();
  }
  /// Whether all channels have the same parameter.
  bool isScalar() const {
    return mlir::cast<mlir::RankedTensorType>(parameter.getType()).getNumElements() == 1 &&
           hvn::axisSize(data.getType(), "c") != 1;
  }
  /// A parameter per channel on the one axis `axis` instead of c, or a scalar.
  mlir::Value along(mlir::PatternRewriter &rewriter, llvm::StringRef axis) const {
    mlir::MLIRContext *context = rewriter.getContext();
    auto flat = isScalar() ? hvn::axisTensor(context, {}, {})
                           : hvn::axisTensor(context, {hvn::axisSize(data.getType(), "c")}, {axis});
    return rewriter.createOrFold<hvn::ReshapeOp>(op->getLoc(), flat, parameter);
  }
};

/// Op(lhs, rhs), or the one that there is: a missing bias is null.
template <typename Op>
mlir::Value combine(mlir::PatternRewriter &rewriter, mlir::Location loc, mlir::Value lhs, mlir::Value rhs) {
  if (!lhs || !rhs)
    return lhs ? lhs : rhs;
  return rewriter.createOrFold<Op>(loc, lhs, rhs);
}

/// Sums of layers on one input become one layer.
void populateMergeBranchesPatterns(mlir::RewritePatternSet &patterns);

} // namespace fovea

#endif
