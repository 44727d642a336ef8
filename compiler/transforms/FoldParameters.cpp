// fold-parameters: scales and shifts by parameters move into the layers around them.
#include "compiler/transforms/FoldPatterns.h"
#include "compiler/transforms/Passes.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace fovea {
#define GEN_PASS_DEF_FOLDPARAMETERSPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace fovea

using namespace mlir;
using namespace fovea;
using hvn::axisSize;
using hvn::ConvOp;
using hvn::LinearOp;

/// Whether `value`, which one op reads, is a layer's result up to scales and shifts: these fold into that layer, and
/// are gone for all who read them.
static bool foldsBehind(Value value) {
  if (!value.hasOneUse())
    return false;
  if (WeightedLayer layer(value.getDefiningOp()); layer)
    return !layer.outputAxis().empty();
  ByParameter inner = ByParameter::match<hvn::MulOp>(value);
  if (!inner)
    inner = ByParameter::match<hvn::AddOp>(value);
  return inner && inner.isPerChannel() && foldsBehind(inner.data);
}

//===----------------------------------------------------------------------===//
// In front of a layer
//===----------------------------------------------------------------------===//

namespace {
/// layer(x * s): the weights that read channel c are multiplied by s(c). Padding is zero before and after.
template <typename Layer> struct ScaleIntoNextLayer : OpRewritePattern<Layer> {
  using OpRewritePattern<Layer>::OpRewritePattern;

  LogicalResult matchAndRewrite(Layer op, PatternRewriter &rewriter) const override {
    WeightedLayer layer(op);
    ByParameter scale = ByParameter::match<hvn::MulOp>(op.getInput());
    if (!layer || !scale || !scale.isPerChannel() || foldsBehind(scale.data) || layer.inputAxis().empty())
      return failure();
    Value factor = scale.along(rewriter, layer.inputAxis());
    Value weight = hvn::MulOp::create(rewriter, op.getLoc(), layer.weight(), factor);
    rewriter.replaceOp(op, layer.rebuild(rewriter, scale.op, scale.data, weight, layer.bias()));
    return success();
  }
};

/// layer(x + t): the bias grows by what the layer makes of t.
template <typename Layer> struct ShiftIntoNextLayer : OpRewritePattern<Layer> {
  using OpRewritePattern<Layer>::OpRewritePattern;

  LogicalResult matchAndRewrite(Layer op, PatternRewriter &rewriter) const override {
    WeightedLayer layer(op);
    ByParameter shift = ByParameter::match<hvn::AddOp>(op.getInput());
    if (!layer || !shift || !shift.isPerChannel() || foldsBehind(shift.data) || layer.inputAxis().empty() ||
        !layer.isUniform())
      return failure();
    Value addend = shift.along(rewriter, layer.inputAxis());
    Location loc = op.getLoc();
    Value product = hvn::MulOp::create(rewriter, loc, layer.weight(), addend);
    SmallVector<StringAttr> taps(hvn::getAxes(product.getType()).getNames().drop_front());
    auto over = hvn::AxesAttr::get(rewriter.getContext(), ArrayRef<StringAttr>(taps));
    Value sum = hvn::SumOp::create(rewriter, loc, product, over, rewriter.getBoolAttr(false));
    auto biasType = hvn::axisTensor(rewriter.getContext(), {axisSize(layer.weight().getType(), "o")}, {"c"});
    Value moved = hvn::ReshapeOp::create(rewriter, loc, biasType, sum);
    Value bias = combine<hvn::AddOp>(rewriter, loc, layer.bias(), moved);
    rewriter.replaceOp(op, layer.rebuild(rewriter, shift.op, shift.data, layer.weight(), bias));
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Behind a layer
//===----------------------------------------------------------------------===//

/// layer(x) * s: the weights that make channel c are multiplied by s(c), and its bias.
struct ScaleIntoLayer : OpRewritePattern<hvn::MulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(hvn::MulOp op, PatternRewriter &rewriter) const override {
    ByParameter scale = ByParameter::match<hvn::MulOp>(op);
    WeightedLayer layer(scale ? scale.data.getDefiningOp() : nullptr);
    if (!layer || !scale.isPerChannel() || !layer.result().hasOneUse())
      return failure();
    StringRef axis = layer.outputAxis();
    if (axis.empty() && !scale.isScalar())
      return failure();
    Location loc = op.getLoc();
    Value weight = hvn::MulOp::create(rewriter, loc, layer.weight(), scale.along(rewriter, axis));
    Value bias;
    if (layer.bias())
      bias = hvn::MulOp::create(rewriter, loc, layer.bias(), scale.along(rewriter, "c"));
    rewriter.replaceOp(op, layer.rebuild(rewriter, op, layer.input(), weight, bias));
    return success();
  }
};

/// layer(x) + t: t becomes part of the bias.
struct ShiftIntoLayer : OpRewritePattern<hvn::AddOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(hvn::AddOp op, PatternRewriter &rewriter) const override {
    ByParameter shift = ByParameter::match<hvn::AddOp>(op);
    WeightedLayer layer(shift ? shift.data.getDefiningOp() : nullptr);
    if (!layer || !shift.isPerChannel() || !layer.result().hasOneUse())
      return failure();
    if (shift.isScalar() && !layer.bias()) // a bias has a value per channel
      return failure();
    Value bias = combine<hvn::AddOp>(rewriter, op.getLoc(), layer.bias(), shift.along(rewriter, "c"));
    rewriter.replaceOp(op, layer.rebuild(rewriter, op, layer.input(), layer.weight(), bias));
    return success();
  }
};

/// x - t becomes x + (-t), which the patterns above know.
struct SubtractedParameter : OpRewritePattern<hvn::SubOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(hvn::SubOp op, PatternRewriter &rewriter) const override {
    if (isParameter(op.getLhs()) || !isParameter(op.getRhs()))
      return failure();
    Value minusOne = hvn::ConstantOp::create(rewriter, op.getLoc(), rewriter.getF64FloatAttr(-1));
    Value negated = rewriter.createOrFold<hvn::MulOp>(op.getLoc(), op.getRhs(), minusOne);
    rewriter.replaceOpWithNewOp<hvn::AddOp>(op, op.getLhs(), negated);
    return success();
  }
};

/// x / s becomes x * (1 / s).
struct DividedByParameter : OpRewritePattern<hvn::DivOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(hvn::DivOp op, PatternRewriter &rewriter) const override {
    if (isParameter(op.getLhs()) || !isParameter(op.getRhs()))
      return failure();
    Value one = hvn::ConstantOp::create(rewriter, op.getLoc(), rewriter.getF64FloatAttr(1));
    Value inverse = rewriter.createOrFold<hvn::DivOp>(op.getLoc(), one, op.getRhs());
    rewriter.replaceOpWithNewOp<hvn::MulOp>(op, op.getLhs(), inverse);
    return success();
  }
};

//===----------------------------------------------------------------------===//
// Means, differences and normalization
//===----------------------------------------------------------------------===//

/// mean(x * s) = mean(x) * s and mean(x + t) = mean(x) + t, when s and t do not vary over the reduced axes. Behind the
/// mean there is less to multiply, and the next layer takes it.
template <typename Op> struct MeanBeforeParameter : OpRewritePattern<hvn::MeanOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(hvn::MeanOp op, PatternRewriter &rewriter) const override {
    ByParameter inner = ByParameter::match<Op>(op.getInput());
    if (!inner || llvm::any_of(op.getOver().getNames(), [&](StringAttr axis) {
          return hvn::getAxes(inner.parameter.getType()).find(axis) >= 0;
        }))
      return failure();
    Value mean = hvn::MeanOp::create(rewriter, op.getLoc(), inner.data, op.getOver(), op.getKeepdimAttr());
    rewriter.replaceOp(op, Op::create(rewriter, inner.op->getLoc(), mean, inner.parameter));
    return success();
  }
};

/// Whether each result is the mean of elements of the input, with no zeros among them.
static bool isMeanOfElements(hvn::AvgPoolOp op) {
  return !op.getCountIncludePad() || llvm::all_of(op.getPad(), [](int64_t pad) { return pad == 0; });
}

static Value poolAlike(PatternRewriter &rewriter, hvn::AvgPoolOp op, Value input) {
  return hvn::AvgPoolOp::create(rewriter, op.getLoc(), TypeRange(op.getType()), ValueRange(input), op->getAttrs());
}

/// avg_pool(x * s) = avg_pool(x) * s and, if no zeros count, avg_pool(x + t) = avg_pool(x) + t, when s and t do not
/// vary over h and w.
template <typename Op> struct PoolBeforeParameter : OpRewritePattern<hvn::AvgPoolOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(hvn::AvgPoolOp op, PatternRewriter &rewriter) const override {
    ByParameter inner = ByParameter::match<Op>(op.getInput());
    if (!inner || !inner.isPerChannel() || foldsBehind(inner.data) ||
        (std::is_same_v<Op, hvn::AddOp> && !isMeanOfElements(op)))
      return failure();
    rewriter.replaceOp(op,
                       Op::create(rewriter, inner.op->getLoc(), poolAlike(rewriter, op, inner.data), inner.parameter));
    return success();
  }
};

/// avg_pool(normalize(x, moments)) = normalize(avg_pool(x), moments), if no zeros count.
struct PoolBeforeNormalize : OpRewritePattern<hvn::AvgPoolOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(hvn::AvgPoolOp op, PatternRewriter &rewriter) const override {
    auto normalize = op.getInput().getDefiningOp<hvn::NormalizeOp>();
    if (!normalize || normalize.getSums() || !isMeanOfElements(op))
      return failure();
    rewriter.replaceOp(op, hvn::NormalizeOp::create(rewriter, normalize.getLoc(),
                                                    poolAlike(rewriter, op, normalize.getInput()),
                                                    normalize.getMoments(), Value(), normalize.getEpsAttr()));
    return success();
  }
};

/// x * s - y * s = (x - y) * s.
struct DifferenceBeforeScale : OpRewritePattern<hvn::SubOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(hvn::SubOp op, PatternRewriter &rewriter) const override {
    ByParameter lhs = ByParameter::match<hvn::MulOp>(op.getLhs()), rhs = ByParameter::match<hvn::MulOp>(op.getRhs());
    if (!lhs || !rhs || lhs.parameter != rhs.parameter || lhs.data.getType() != op.getType() ||
        rhs.data.getType() != op.getType())
      return failure();
    Value difference = hvn::SubOp::create(rewriter, op.getLoc(), lhs.data, rhs.data);
    rewriter.replaceOp(op, hvn::MulOp::create(rewriter, lhs.op->getLoc(), difference, lhs.parameter));
    return success();
  }
};

/// (x + t) - (y + t) = x - y.
struct DifferenceOfShifted : OpRewritePattern<hvn::SubOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(hvn::SubOp op, PatternRewriter &rewriter) const override {
    ByParameter lhs = ByParameter::match<hvn::AddOp>(op.getLhs()), rhs = ByParameter::match<hvn::AddOp>(op.getRhs());
    if (!lhs || !rhs || lhs.parameter != rhs.parameter || lhs.data.getType() != op.getType() ||
        rhs.data.getType() != op.getType())
      return failure();
    rewriter.replaceOp(op, hvn::SubOp::create(rewriter, op.getLoc(), lhs.data, rhs.data));
    return success();
  }
};

/// linear((x - mean) / deviation, W, b) = (linear(x, W) - mean * rows(W)) / deviation + b, where rows(W) sums the rows
/// of W: no normalized copy of x is made.
struct NormalizeBehindLinear : OpRewritePattern<LinearOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(LinearOp op, PatternRewriter &rewriter) const override {
    auto normalize = op.getInput().getDefiningOp<hvn::NormalizeOp>();
    if (!WeightedLayer(op) || !normalize || normalize.getSums() || axisSize(normalize.getMoments().getType(), "g") != 1)
      return failure();
    Location loc = rewriter.getFusedLoc({op.getLoc(), normalize.getLoc()});
    auto over = hvn::AxesAttr::get(rewriter.getContext(), ArrayRef<StringRef>{"i"});
    Value rows = hvn::SumOp::create(rewriter, loc, op.getWeight(), over, rewriter.getBoolAttr(false));
    auto type = hvn::axisTensor(rewriter.getContext(), {axisSize(op.getType(), "c")}, {"c"});
    Value sums = hvn::ReshapeOp::create(rewriter, loc, type, rows);
    Value linear = LinearOp::create(rewriter, op.getLoc(), normalize.getInput(), op.getWeight(), Value());
    Value result =
        hvn::NormalizeOp::create(rewriter, loc, linear, normalize.getMoments(), sums, normalize.getEpsAttr());
    if (op.getBias())
      result = hvn::AddOp::create(rewriter, loc, result, op.getBias());
    rewriter.replaceOp(op, result);
    return success();
  }
};

struct FoldParametersPass : fovea::impl::FoldParametersPassBase<FoldParametersPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<ScaleIntoNextLayer<LinearOp>, ScaleIntoNextLayer<ConvOp>, ScaleIntoNextLayer<hvn::ConvTransposeOp>,
                 ShiftIntoNextLayer<LinearOp>, ShiftIntoNextLayer<ConvOp>, ScaleIntoLayer, ShiftIntoLayer,
                 SubtractedParameter, DividedByParameter, MeanBeforeParameter<hvn::MulOp>,
                 MeanBeforeParameter<hvn::AddOp>, PoolBeforeParameter<hvn::MulOp>, PoolBeforeParameter<hvn::AddOp>,
                 PoolBeforeNormalize, DifferenceBeforeScale, DifferenceOfShifted, NormalizeBehindLinear>(&getContext());
    populateMergeBranchesPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
