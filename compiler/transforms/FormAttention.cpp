// form-attention: contractions around a softmax become one op.
#include "compiler/transforms/Passes.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace fovea {
#define GEN_PASS_DEF_FORMATTENTIONPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace fovea

using namespace mlir;
using namespace fovea;

/// The op behind `value`, if nothing else reads it.
template <typename Op> static Op onlyUseOf(Value value) { return value.hasOneUse() ? value.getDefiningOp<Op>() : Op(); }

static bool sameSet(ArrayRef<StringRef> a, ArrayRef<StringRef> b) {
  return a.size() == b.size() && llvm::all_of(a, [&](StringRef axis) { return llvm::is_contained(b, axis); });
}

static SmallVector<StringRef> namesOf(hvn::AxesAttr axes) {
  return llvm::map_to_vector(axes.getNames(), [](StringAttr axis) { return axis.getValue(); });
}

namespace {
/// contract(softmax(contract(q, k) * scale + bias), v), with its operands in either order.
struct Match {
  hvn::ContractOp scores;
  Value query, key, value, bias; ///< bias may be null
  double scale = 1;
  SmallVector<StringRef> queries, keys, batch; ///< axes
  StringRef depth, width;                      ///< the channels of queries and keys, and of values

  bool matchScores(Value softmaxInput) {
    if (auto add = onlyUseOf<hvn::AddOp>(softmaxInput)) {
      bool first = onlyUseOf<hvn::ContractOp>(add.getLhs()) || onlyUseOf<hvn::MulOp>(add.getLhs());
      bias = add.getOperand(first ? 1 : 0);
      softmaxInput = add.getOperand(first ? 0 : 1);
      if (softmaxInput.getType() != add.getType())
        return false;
    }
    if (auto mul = onlyUseOf<hvn::MulOp>(softmaxInput)) {
      FloatAttr factor;
      bool last = matchPattern(mul.getRhs(), m_Constant(&factor));
      if (!last && !matchPattern(mul.getLhs(), m_Constant(&factor)))
        return false;
      scale = factor.getValueAsDouble();
      softmaxInput = mul.getOperand(last ? 0 : 1);
    }
    scores = onlyUseOf<hvn::ContractOp>(softmaxInput);
    return bool(scores);
  }

  bool match(hvn::ContractOp op) {
    bool first = bool(onlyUseOf<hvn::SoftmaxOp>(op.getLhs()));
    auto softmax = onlyUseOf<hvn::SoftmaxOp>(op.getOperand(first ? 0 : 1));
    if (!softmax || !matchScores(softmax.getInput()))
      return false;
    value = op.getOperand(first ? 1 : 0);
    keys = namesOf(softmax.getOver());
    batch = scores.getBatch();
    unsigned keySide = sameSet(scores.getOwn(1), keys) ? 1 : 0;
    key = scores.getOperand(keySide);
    query = scores.getOperand(1 - keySide);
    queries = scores.getOwn(1 - keySide);
    SmallVector<StringRef> widths = op.getOwn(first ? 1 : 0);
    if (!sameSet(scores.getOwn(keySide), keys) || !sameSet(namesOf(op.getOver()), keys) ||
        !sameSet(op.getBatch(), batch) || queries.empty() || scores.getOver().getNames().size() != 1 ||
        widths.size() != 1)
      return false;
    depth = scores.getOver().getNames().front();
    width = widths.front();
    return canRename();
  }

  /// Whether channels can be called c, and the bias's tokens, each one axis, q and k.
  bool canRename() const {
    for (ArrayRef<StringRef> axes : {ArrayRef(queries), ArrayRef(keys), ArrayRef(batch)})
      if (llvm::is_contained(axes, "c"))
        return false;
    if (!bias)
      return true;
    for (StringRef taken : {"head", "q", "k"})
      if (llvm::is_contained(batch, taken))
        return false;
    return queries.size() == 1 && keys.size() == 1;
  }
};

struct FormAttention : OpRewritePattern<hvn::ContractOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(hvn::ContractOp op, PatternRewriter &rewriter) const override {
    Match match;
    if (!match.match(op))
      return failure();
    Location loc = op.getLoc();
    auto axes = [&](ArrayRef<StringRef> names) { return hvn::AxesAttr::get(op.getContext(), names); };
    auto rename = [&](Value tensor, SmallVector<std::pair<StringRef, StringRef>> names) -> Value {
      llvm::erase_if(names, [&](auto name) {
        return name.first == name.second || hvn::getAxes(tensor.getType()).find(name.first) < 0;
      });
      SmallVector<StringRef> from(llvm::make_first_range(names)), to(llvm::make_second_range(names));
      return names.empty() ? tensor : hvn::RenameOp::create(rewriter, loc, tensor, axes(from), axes(to)).getResult();
    };
    Value query = rename(match.query, {{match.depth, "c"}}), key = rename(match.key, {{match.depth, "c"}});
    Value value = rename(match.value, {{match.width, "c"}});
    Value bias;
    if (match.bias)
      bias = rename(match.bias, {{match.queries.front(), "q"}, {match.keys.front(), "k"}});
    Value result = hvn::AttentionOp::create(rewriter, loc, query, key, value, bias, /*regionIds=*/Value(),
                                            rewriter.getI64IntegerAttr(1), rewriter.getF64FloatAttr(match.scale),
                                            rewriter.getStringAttr("softmax"), axes(match.queries), axes(match.keys));
    result = rename(result, {{"c", match.width}});
    rewriter.replaceOp(op, rewriter.createOrFold<hvn::PermuteOp>(loc, op.getType(), result));
    return success();
  }
};

struct FormAttentionPass : fovea::impl::FormAttentionPassBase<FormAttentionPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<FormAttention>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
