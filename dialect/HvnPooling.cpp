// Pooling layers: shapes, meaning, `.net` calls.
#include "dialect/HvnOps.h"
#include "dialect/Taps.h"
#include <limits>

using namespace mlir;
using namespace fovea::hvn;

/// The axes of a window, vertical first.
static constexpr StringRef windowAxes[] = {"h", "w"};

static LogicalResult checkMap(std::optional<Location> location, Type input) {
  for (StringRef axis : {"n", "c", "h", "w"})
    if (getAxes(input).find(axis) < 0 || getAxes(input).getNames().size() != 4)
      return emitOptionalError(location, "pooling needs an input with the axes n, c, h, w, found ", getAxes(input));
  return success();
}

static LogicalResult checkPair(std::optional<Location> location, StringRef name, ArrayRef<int64_t> pair,
                               int64_t least) {
  if (pair.size() != 2)
    return emitOptionalError(location, name, " takes two values, vertical and horizontal");
  for (int64_t value : pair)
    if (value < least || value > std::numeric_limits<int32_t>::max())
      return emitOptionalError(location, name, " must be at least ", least, " and below 2^31, found ", value);
  return success();
}

//===----------------------------------------------------------------------===//
// Windows of a fixed size
//===----------------------------------------------------------------------===//

namespace {
/// The windows along one axis.
struct Windows {
  int64_t from, kernel, stride, pad, dilation;

  int64_t span() const { return dilation * (kernel - 1) + 1; }

  /// Number of windows; not positive if none fits.
  int64_t count(bool ceilMode) const {
    int64_t room = from + 2 * pad - span();
    int64_t count = llvm::divideFloorSigned(room + (ceilMode ? stride - 1 : 0), stride) + 1;
    return ceilMode && (count - 1) * stride >= from + pad ? count - 1 : count;
  }

  /// The elements of the input in window number `place`, each with weight 1.
  Taps at(int64_t place) const {
    Taps taps;
    int64_t begin = place * stride - pad;
    for (int64_t tap = begin; tap < begin + span(); tap += dilation)
      if (tap >= 0 && tap < from)
        taps.push_back({tap, 1.0});
    return taps;
  }

  /// The same for all windows.
  std::vector<Taps> all(int64_t count) const {
    std::vector<Taps> taps(count);
    for (int64_t place = 0; place < count; ++place)
      taps[place] = at(place);
    return taps;
  }
};
} // namespace

static LogicalResult inferPool(std::optional<Location> location, Type input, ArrayRef<int64_t> kernel,
                               ArrayRef<int64_t> stride, ArrayRef<int64_t> pad, ArrayRef<int64_t> dilation,
                               bool ceilMode, SmallVectorImpl<Type> &results) {
  if (failed(checkMap(location, input)) || failed(checkPair(location, "kernel", kernel, 1)) ||
      failed(checkPair(location, "stride", stride, 1)) || failed(checkPair(location, "pad", pad, 0)) ||
      failed(checkPair(location, "dilation", dilation, 1))) // C1, C2
    return failure();
  auto result = cast<RankedTensorType>(input);
  for (auto [i, axis] : llvm::enumerate(windowAxes)) {
    Windows windows{axisSize(input, axis), kernel[i], stride[i], pad[i], dilation[i]};
    if (windows.pad > windows.span() / 2) // C3
      return emitOptionalError(location, "pad must be at most half of the kernel, which spans ", windows.span(),
                               " along ", axis, ", found ", windows.pad);
    if (windows.pad > 0 && windows.dilation > windows.from) // C5
      return emitOptionalError(location, "with pad, dilation must be at most the size ", windows.from, " along ", axis,
                               ", found ", windows.dilation);
    int64_t count = windows.count(ceilMode);
    if (count < 1) // C4
      return emitOptionalError(location, "a window of ", windows.span(), " does not fit into size ", windows.from,
                               " with pad ", windows.pad, " along ", axis);
    result = withAxisSize(result, axis, count);
  }
  results.push_back(result);
  return success();
}

/// A window of one element that moves by one leaves the input as it is.
static bool isIdentity(ArrayRef<int64_t> kernel, ArrayRef<int64_t> stride) {
  return llvm::all_equal({int64_t(1), kernel[0], kernel[1], stride[0], stride[1]});
}

/// The attributes that both poolings have. The stride is the kernel's size unless it is given.
static LogicalResult resolvePool(const LayerCall &call, ResolvedLayer &layer) {
  Builder builder(call.inputs[0].getContext());
  for (StringRef name : {"kernel", "stride", "pad"}) {
    ArrayRef<int64_t> pair = call.getPair(name);
    if (name == "stride" && pair.empty())
      pair = call.getPair("kernel");
    int64_t least = name == "pad" ? 0 : 1;
    if (std::min(pair[0], pair[1]) < least)
      return call.emitError(name) << "expected a " << name << " of at least " << least << ", found "
                                  << std::min(pair[0], pair[1]);
    layer.attributes.set(name, builder.getDenseI64ArrayAttr(pair));
  }
  layer.attributes.set("ceil_mode", builder.getBoolAttr(call.getBool("ceil_mode")));
  return success();
}

//===----------------------------------------------------------------------===//
// max_pool
//===----------------------------------------------------------------------===//

LogicalResult MaxPoolOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                          SmallVectorImpl<Type> &results) {
  return inferPool(location, adaptor.getInput().getType(), adaptor.getKernel(), adaptor.getStride(), adaptor.getPad(),
                   adaptor.getDilation(), adaptor.getCeilMode(), results);
}

const LayerSignature &MaxPoolOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{
      {{"input", A::Tensor, "a map on n, c, h, w"},
       {"kernel", A::Pair, "window size"},
       {"stride", A::Pair, "step between windows, the window size unless given", SmallVector<int64_t>{}},
       {"pad", A::Pair, "places added on each side, which do not count", SmallVector<int64_t>{0, 0}},
       {"dilation", A::Pair, "step between the elements of a window", SmallVector<int64_t>{1, 1}},
       {"ceil_mode", A::Bool, "whether a window may reach beyond the end", false}},
      "the largest element of each window, as torch.nn.MaxPool2d"};
  return signature;
}

LogicalResult MaxPoolOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  layer.attributes.set("dilation", Builder(call.inputs[0].getContext()).getDenseI64ArrayAttr(call.getPair("dilation")));
  return resolvePool(call, layer);
}

OpFoldResult MaxPoolOp::fold(FoldAdaptor) { return isIdentity(getKernel(), getStride()) ? getInput() : OpFoldResult(); }

SmallVector<Tensor> MaxPoolOp::evaluate(ArrayRef<const Tensor *> operands) {
  Tensor result = *operands[0];
  for (auto [i, axis] : llvm::enumerate(windowAxes)) {
    Windows windows{result.size(axis), getKernel()[i], getStride()[i], getPad()[i], getDilation()[i]};
    result = resample(result, axis, windows.all(axisSize(getType(), axis)), Combine::Largest);
  }
  return {std::move(result)};
}

double MaxPoolOp::getFlops() { return double(getKernel()[0]) * getKernel()[1] * getType().getNumElements(); }

//===----------------------------------------------------------------------===//
// avg_pool
//===----------------------------------------------------------------------===//

LogicalResult AvgPoolOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                          SmallVectorImpl<Type> &results) {
  return inferPool(location, adaptor.getInput().getType(), adaptor.getKernel(), adaptor.getStride(), adaptor.getPad(),
                   {1, 1}, adaptor.getCeilMode(), results);
}

const LayerSignature &AvgPoolOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{
      {{"input", A::Tensor, "a map on n, c, h, w"},
       {"kernel", A::Pair, "window size"},
       {"stride", A::Pair, "step between windows, the window size unless given", SmallVector<int64_t>{}},
       {"pad", A::Pair, "zeros added on each side", SmallVector<int64_t>{0, 0}},
       {"ceil_mode", A::Bool, "whether a window may reach beyond the end", false},
       {"count_include_pad", A::Bool, "whether the mean is of the padding, too", true}},
      "the mean of each window, as torch.nn.AvgPool2d"};
  return signature;
}

LogicalResult AvgPoolOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  layer.attributes.set("count_include_pad",
                       BoolAttr::get(call.inputs[0].getContext(), call.getBool("count_include_pad")));
  return resolvePool(call, layer);
}

OpFoldResult AvgPoolOp::fold(FoldAdaptor) { return isIdentity(getKernel(), getStride()) ? getInput() : OpFoldResult(); }

int64_t AvgPoolOp::countAt(unsigned axis, int64_t place) {
  int64_t begin = place * getStride()[axis] - getPad()[axis], pad = getCountIncludePad() ? getPad()[axis] : 0;
  int64_t end = std::min(begin + getKernel()[axis], axisSize(getInput().getType(), windowAxes[axis]) + pad);
  return end - std::max(begin, -pad);
}

SmallVector<Tensor> AvgPoolOp::evaluate(ArrayRef<const Tensor *> operands) {
  Tensor result = *operands[0];
  for (auto [i, axis] : llvm::enumerate(windowAxes)) {
    Windows windows{result.size(axis), getKernel()[i], getStride()[i], getPad()[i], /*dilation=*/1};
    std::vector<Taps> taps = windows.all(axisSize(getType(), axis));
    for (auto [place, window] : llvm::enumerate(taps))
      for (Tap &tap : window)
        tap.weight = 1.0 / countAt(i, place);
    result = resample(result, axis, taps, Combine::Sum);
  }
  return {std::move(result)};
}

double AvgPoolOp::getFlops() { return double(getKernel()[0]) * getKernel()[1] * getType().getNumElements(); }

namespace {
struct WholeMapToMean : OpRewritePattern<AvgPoolOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(AvgPoolOp op, PatternRewriter &rewriter) const override {
    for (auto [i, axis] : llvm::enumerate(windowAxes))
      if (op.getKernel()[i] != axisSize(op.getInput().getType(), axis) || op.getPad()[i] ||
          axisSize(op.getType(), axis) != 1)
        return failure();
    rewriter.replaceOpWithNewOp<MeanOp>(op, op.getInput(), AxesAttr::get(getContext(), windowAxes), /*keepdim=*/true);
    return success();
  }
};
} // namespace

void AvgPoolOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<WholeMapToMean>(context);
}

//===----------------------------------------------------------------------===//
// Adaptive pooling
//===----------------------------------------------------------------------===//

static LogicalResult inferAdaptive(std::optional<Location> location, Type input, ArrayRef<int64_t> size,
                                   SmallVectorImpl<Type> &results) {
  if (failed(checkMap(location, input)) || failed(checkPair(location, "size", size, 1))) // C1, C2
    return failure();
  auto type = cast<RankedTensorType>(input);
  for (auto [axis, to] : llvm::zip_equal(windowAxes, size))
    type = withAxisSize(type, axis, to);
  results.push_back(type);
  return success();
}

static LogicalResult resolveAdaptive(const LayerCall &call, ResolvedLayer &layer) {
  ArrayRef<int64_t> size = call.getPair("size");
  if (std::min(size[0], size[1]) < 1)
    return call.emitError("size") << "expected a positive size, found " << std::min(size[0], size[1]);
  layer.attributes.set("size", Builder(call.inputs[0].getContext()).getDenseI64ArrayAttr(size));
  return success();
}

static Tensor evaluateAdaptive(const Tensor &input, ArrayRef<int64_t> size, Combine combine) {
  Tensor result = input;
  for (auto [axis, to] : llvm::zip_equal(windowAxes, size))
    result = resample(result, axis, adaptiveTaps(result.size(axis), to), combine);
  return result;
}

/// Windows that do not overlap have one size.
template <typename Op, typename Pool> static LogicalResult adaptiveToPool(Op op, PatternRewriter &rewriter) {
  SmallVector<int64_t> kernel;
  for (auto [axis, to] : llvm::zip_equal(windowAxes, op.getSize())) {
    int64_t from = axisSize(op.getInput().getType(), axis);
    if (from % to)
      return failure();
    kernel.push_back(from / to);
  }
  rewriter.replaceOpWithNewOp<Pool>(op, op.getType(), op.getInput(), kernel, kernel);
  return success();
}

#define FOVEA_ADAPTIVE_POOL(Op, Pool, COMBINE, HELP)                                                                   \
  LogicalResult Op::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,                 \
                                     SmallVectorImpl<Type> &results) {                                                 \
    return inferAdaptive(location, adaptor.getInput().getType(), adaptor.getSize(), results);                          \
  }                                                                                                                    \
  const LayerSignature &Op::getSignature() {                                                                           \
    using A = LayerArgument;                                                                                           \
    static const LayerSignature signature{                                                                             \
        {{"input", A::Tensor, "a map on n, c, h, w"}, {"size", A::Pair, "number of windows"}}, HELP};                  \
    return signature;                                                                                                  \
  }                                                                                                                    \
  LogicalResult Op::resolve(const LayerCall &call, ResolvedLayer &layer) { return resolveAdaptive(call, layer); }      \
  OpFoldResult Op::fold(FoldAdaptor) { return getInput().getType() == getType() ? getInput() : OpFoldResult(); }       \
  SmallVector<Tensor> Op::evaluate(ArrayRef<const Tensor *> operands) {                                                \
    return {evaluateAdaptive(*operands[0], getSize(), COMBINE)};                                                       \
  }                                                                                                                    \
  double Op::getFlops() { return getInput().getType().getNumElements(); }                                              \
  void Op::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {                                   \
    patterns.add(adaptiveToPool<Op, Pool>);                                                                            \
  }

FOVEA_ADAPTIVE_POOL(AdaptiveAvgPoolOp, AvgPoolOp, Combine::Sum,
                    "means of windows of nearly equal size, as torch.nn.AdaptiveAvgPool2d")
FOVEA_ADAPTIVE_POOL(AdaptiveMaxPoolOp, MaxPoolOp, Combine::Largest,
                    "largest elements of windows of nearly equal size, as torch.nn.AdaptiveMaxPool2d")
