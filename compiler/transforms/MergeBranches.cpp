// Part of fold-parameters: sums of layers on one input become one layer (re-parameterisation).
#include "compiler/transforms/FoldPatterns.h"
#include <array>

using namespace mlir;
using namespace fovea;
using hvn::axisSize;
using hvn::ConvOp;
using hvn::LinearOp;

namespace {
/// One spatial axis of a branch: output place p sees the input places p stride - pad + y dilation, y < kernel.
struct Window {
  int64_t kernel = 1, stride = 1, pad = 0, dilation = 1;
};

/// A summand that is a convolution of `input`, whatever op computes it.
struct Branch {
  Value value, input;
  WeightedLayer layer = WeightedLayer(nullptr); ///< if it has weights of its own
  ByParameter scale;                            ///< if it is the input times a parameter per channel
  bool isPool = false;                          ///< the mean of windows; neither of all these: the input itself
  std::array<Window, 2> windows;                ///< along h and w
  bool negative = false;                        ///< subtracted from the sum

  int64_t channels() const { return axisSize(value.getType(), "c"); }
  int64_t groups() const {
    auto conv = layer ? dyn_cast<ConvOp>(layer.op) : ConvOp();
    return conv ? int64_t(conv.getGroups()) : layer ? 1 : channels();
  }
  /// Each channel of the output depends on the same of the input alone.
  bool isPerChannel() const {
    return !layer || (groups() > 1 && groups() == channels() && axisSize(input.getType(), "c") == channels());
  }
  bool isLinear() const { return layer && isa<LinearOp>(layer.op); }
  /// Products per output element.
  int64_t cost() const {
    int64_t taps = windows[0].kernel * windows[1].kernel;
    return layer ? axisSize(layer.weight().getType(), "i") * taps : isPool ? taps : scale ? 1 : 0;
  }
};

/// Where the kernel of a branch stands in the merged one.
struct Merged {
  std::array<Window, 2> windows;
  std::array<std::array<int64_t, 2>, 2>
      before; ///< of the first and second branch: taps of zeros in front, along h and w
  int64_t groups;
};
} // namespace

//===----------------------------------------------------------------------===//
// What can be merged
//===----------------------------------------------------------------------===//

/// A layer that nothing else reads; its input is null if `value` is none.
static Branch matchLayer(Value value) {
  Branch branch;
  branch.value = value;
  WeightedLayer layer(value.getDefiningOp());
  if (!layer || !value.hasOneUse() || isa<hvn::ConvTransposeOp>(layer.op))
    return branch;
  branch.layer = layer;
  branch.input = layer.input();
  if (auto conv = dyn_cast<ConvOp>(layer.op))
    for (auto [i, axis] : {std::pair(0, "y"), {1, "x"}})
      branch.windows[i] = {axisSize(layer.weight().getType(), axis), conv.getStride()[i], conv.getPad()[i],
                           conv.getDilation()[i]};
  return branch;
}

/// `value` as a branch on `input`; its input is null if it is none.
static Branch matchOn(Value value, Value input) {
  if (Branch branch = matchLayer(value); branch.input == input)
    return branch;
  Branch branch;
  branch.value = value;
  if (ByParameter scale = ByParameter::match<hvn::MulOp>(value); scale && scale.data == input && scale.isPerChannel()) {
    branch.scale = scale;
    branch.input = input;
  } else if (auto pool = value.getDefiningOp<hvn::AvgPoolOp>(); pool && pool.getInput() == input &&
                                                                pool.getCountIncludePad() && !pool.getCeilMode() &&
                                                                value.hasOneUse()) {
    branch.isPool = true;
    branch.input = input;
    for (int i : {0, 1})
      branch.windows[i] = {pool.getKernel()[i], pool.getStride()[i], pool.getPad()[i], 1};
  } else if (value == input) {
    branch.input = input;
  }
  return branch;
}

/// One window that has the taps of both; null if there is none. `before` gets the taps in front of each.
static std::optional<Window> unite(const Window &a, const Window &b, std::array<int64_t *, 2> before) {
  if (a.stride != b.stride || (a.kernel > 1 && b.kernel > 1 && a.dilation != b.dilation))
    return std::nullopt;
  Window both{0, a.stride, std::max(a.pad, b.pad), a.kernel > 1 ? a.dilation : b.kernel > 1 ? b.dilation : 1};
  for (auto [window, front] : llvm::zip_equal(ArrayRef{&a, &b}, before)) {
    int64_t shift = both.pad - window->pad;
    if (shift % both.dilation)
      return std::nullopt;
    *front = shift / both.dilation;
    both.kernel = std::max(both.kernel, *front + window->kernel);
  }
  return both;
}

/// How two branches on one input become one: only if that is no more work than both, and the outputs are as many.
static std::optional<Merged> merge(const Branch &a, const Branch &b) {
  Merged merged;
  if (a.groups() != b.groups() && !a.isPerChannel() && !b.isPerChannel())
    return std::nullopt;
  merged.groups = std::min(a.groups(), b.groups());
  int64_t products = axisSize(a.input.getType(), "c") / merged.groups;
  for (auto [i, axis] : {std::pair(0, "h"), {1, "w"}}) {
    std::optional<Window> window = unite(a.windows[i], b.windows[i], {&merged.before[0][i], &merged.before[1][i]});
    if (!window)
      return std::nullopt;
    merged.windows[i] = *window;
    products *= window->kernel;
    int64_t room = axisSize(a.input.getType(), axis) + 2 * window->pad - window->dilation * (window->kernel - 1) - 1;
    if (hvn::getAxes(a.input.getType()).find(axis) >= 0 &&
        (room < 0 || room / window->stride + 1 != axisSize(a.value.getType(), axis)))
      return std::nullopt;
  }
  if (products > a.cost() + b.cost())
    return std::nullopt;
  return merged;
}

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

/// Arithmetic on weights, all of it at one place.
namespace {
struct WeightBuilder {
  PatternRewriter &rewriter;
  Location loc;

  Value constant(double value) { return hvn::ConstantOp::create(rewriter, loc, rewriter.getF64FloatAttr(value)); }
  Value reshape(Value value, ArrayRef<int64_t> shape, ArrayRef<StringRef> axes) {
    return rewriter.createOrFold<hvn::ReshapeOp>(loc, hvn::axisTensor(rewriter.getContext(), shape, axes), value);
  }
  hvn::AxesAttr axes(ArrayRef<StringRef> names) { return hvn::AxesAttr::get(rewriter.getContext(), names); }

  /// On o, i with o = channels and i = channels / groups: 1 where an output channel stands for its own input channel.
  Value identity(int64_t channels, int64_t groups) {
    int64_t size = channels / groups;
    auto iota = [&](StringRef along) {
      return hvn::IotaOp::create(rewriter, loc, rewriter.getStringAttr(along), axes({"o", "i"}),
                                 rewriter.getDenseI64ArrayAttr({size, size}));
    };
    Value difference = hvn::SubOp::create(rewriter, loc, iota("o"), iota("i"));
    Value square = hvn::MulOp::create(rewriter, loc, difference, difference);
    Value one = hvn::ReluOp::create(rewriter, loc, hvn::SubOp::create(rewriter, loc, constant(1), square));
    if (groups == 1)
      return one;
    Value each = hvn::ExpandOp::create(rewriter, loc, one, axes({"g"}), rewriter.getDenseI64ArrayAttr({groups}));
    return reshape(each, {channels, size}, {"o", "i"});
  }

  /// Of a per-channel branch: what it multiplies with, on o, y, x or less.
  Value perChannel(const Branch &branch, bool linear) {
    if (branch.layer)
      return branch.layer.weight();
    int64_t height = branch.windows[0].kernel, width = branch.windows[1].kernel;
    if (branch.isPool) {
      Value tap = reshape(constant(1.0 / (height * width)), {1, 1}, {"y", "x"});
      return hvn::ExpandOp::create(rewriter, loc, tap, axes({"y", "x"}),
                                   rewriter.getDenseI64ArrayAttr({height, width}));
    }
    Value factor = branch.scale ? branch.scale.along(rewriter, "o") : constant(1);
    if (linear)
      return factor;
    return axisSize(factor.getType(), "o", 0) ? reshape(factor, {branch.channels(), 1, 1}, {"o", "y", "x"})
                                              : reshape(factor, {1, 1}, {"y", "x"});
  }

  /// The weight of `branch` for a linear layer, or for a convolution in which `before` taps stand in front of its own.
  Value weight(const Branch &branch, const Merged &merged, ArrayRef<int64_t> before, bool linear) {
    Value value;
    if (branch.isPerChannel()) {
      value = perChannel(branch, linear);
      if (int64_t channels = branch.channels(); merged.groups < channels) {
        Value matrix = identity(channels, merged.groups);
        if (!linear)
          matrix = reshape(matrix, {channels, channels / merged.groups, 1, 1}, {"o", "i", "y", "x"});
        value = hvn::MulOp::create(rewriter, loc, matrix, value);
      }
    } else {
      value = branch.layer.weight();
      if (branch.isLinear() && !linear)
        value = reshape(value, {axisSize(value.getType(), "o"), axisSize(value.getType(), "i"), 1, 1},
                        {"o", "i", "y", "x"});
    }
    SmallVector<int64_t> behind;
    for (int i : {0, 1})
      behind.push_back(merged.windows[i].kernel - before[i] - branch.windows[i].kernel);
    if (llvm::any_of(llvm::concat<const int64_t>(before, behind), [](int64_t taps) { return taps > 0; }))
      value = hvn::PadOp::create(rewriter, loc, value, axes({"y", "x"}), before, behind);
    return sign(branch, value);
  }
  Value bias(const Branch &branch) {
    Value bias = branch.layer ? branch.layer.bias() : Value();
    return bias ? sign(branch, bias) : bias;
  }

private:
  Value sign(const Branch &branch, Value value) {
    return branch.negative ? hvn::MulOp::create(rewriter, loc, value, constant(-1)) : value;
  }
};
} // namespace

/// The layer that computes a + b.
static Value build(PatternRewriter &rewriter, Location loc, const Branch &a, const Branch &b, const Merged &merged) {
  auto isPlain = [](const Window &window) { return window.kernel == 1 && window.stride == 1 && window.pad == 0; };
  bool linear = merged.groups == 1 && llvm::all_of(merged.windows, isPlain) &&
                llvm::none_of(ArrayRef{&a, &b}, [](const Branch *branch) {
                  return branch->isPool || (branch->layer && !branch->isLinear());
                });
  WeightBuilder builder{rewriter, loc};
  bool swap = a.isPerChannel() && !b.isPerChannel(); // the larger first
  const Branch &first = swap ? b : a, &second = swap ? a : b;
  ArrayRef<int64_t> firstBefore = merged.before[swap], secondBefore = merged.before[!swap];
  Value weight = hvn::AddOp::create(rewriter, loc, builder.weight(first, merged, firstBefore, linear),
                                    builder.weight(second, merged, secondBefore, linear));
  Value bias = combine<hvn::AddOp>(rewriter, loc, builder.bias(first), builder.bias(second));
  if (linear)
    return LinearOp::create(rewriter, loc, a.input, weight, bias);
  auto both = [&](int64_t Window::*member) {
    return rewriter.getDenseI64ArrayAttr({merged.windows[0].*member, merged.windows[1].*member});
  };
  return ConvOp::create(rewriter, loc, a.input, weight, bias, both(&Window::stride), both(&Window::pad),
                        both(&Window::dilation), rewriter.getI64IntegerAttr(merged.groups));
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

namespace {
struct Summand {
  Value value;
  bool negative;
};
} // namespace

/// Whether `op` is part of the sum that `type` is the type of.
static bool isSum(Operation *op, Type type) {
  return op && isa<hvn::AddOp, hvn::SubOp>(op) && op->getResult(0).getType() == type;
}

/// The summands of `op`, through sums that nothing else reads.
static void collect(Operation *op, bool negative, SmallVectorImpl<Summand> &summands) {
  for (auto [number, operand] : llvm::enumerate(op->getOperands())) {
    bool minus = negative != (number == 1 && isa<hvn::SubOp>(op));
    if (operand.hasOneUse() && isSum(operand.getDefiningOp(), op->getResult(0).getType()))
      collect(operand.getDefiningOp(), minus, summands);
    else
      summands.push_back({operand, minus});
  }
}

namespace {
/// Two summands that are layers on one input, or one and that input itself, scaled or pooled.
template <typename Sum> struct MergeBranches : OpRewritePattern<Sum> {
  using OpRewritePattern<Sum>::OpRewritePattern;

  LogicalResult matchAndRewrite(Sum op, PatternRewriter &rewriter) const override {
    constexpr size_t most = 16; // every pair is looked at
    if (op->hasOneUse() && isSum(*op->user_begin(), op.getType()))
      return failure(); // the whole sum is looked at there
    SmallVector<Summand> summands;
    collect(op, false, summands);
    if (summands.size() > most)
      return failure();
    for (size_t one = 0; one < summands.size(); ++one) {
      Branch layer = matchLayer(summands[one].value);
      if (!layer.input || layer.value.getType() != op.getType())
        continue;
      layer.negative = summands[one].negative;
      for (size_t other = 0; other < summands.size(); ++other) {
        Branch branch = matchOn(summands[other].value, layer.input);
        if (one == other || !branch.input || branch.value.getType() != op.getType())
          continue;
        branch.negative = summands[other].negative;
        std::optional<Merged> merged = merge(layer, branch);
        if (!merged)
          continue;
        Location loc = rewriter.getFusedLoc({layer.value.getLoc(), branch.value.getLoc(), op.getLoc()});
        Value sum = build(rewriter, loc, layer, branch, *merged);
        summands.erase(summands.begin() + std::max(one, other));
        summands.erase(summands.begin() + std::min(one, other));
        rewriter.replaceOp(op, addAll(rewriter, op, sum, summands));
        return success();
      }
    }
    return failure();
  }

  /// Parameters are added first: they fold into the merged layer.
  static Value addAll(PatternRewriter &rewriter, Sum op, Value sum, ArrayRef<Summand> summands) {
    for (bool parameters : {true, false})
      for (const Summand &summand : summands)
        if (isParameter(summand.value) == parameters)
          sum = summand.negative ? hvn::SubOp::create(rewriter, op.getLoc(), sum, summand.value).getResult()
                                 : hvn::AddOp::create(rewriter, op.getLoc(), sum, summand.value).getResult();
    return sum;
  }
};
} // namespace

void fovea::populateMergeBranchesPatterns(RewritePatternSet &patterns) {
  patterns.add<MergeBranches<hvn::AddOp>, MergeBranches<hvn::SubOp>>(patterns.getContext());
}
