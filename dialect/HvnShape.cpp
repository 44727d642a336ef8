// Data movement: shapes, meaning, `.net` calls, folding.
#include "dialect/HvnOps.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/ADT/bit.h"
#include <cmath>

using namespace mlir;
using namespace fovea::hvn;

//===----------------------------------------------------------------------===//
// permute and reshape
//===----------------------------------------------------------------------===//

LogicalResult PermuteOp::verify() {
  RankedTensorType from = getInput().getType(), to = getType();
  bool same = from.getRank() == to.getRank();
  for (StringAttr axis : getAxes(from).getNames())
    same &= axisSize(from, axis) == axisSize(to, axis, /*absent=*/-1);
  if (!same)
    return emitOpError() << "needs the same axes with the same sizes on both sides, found " << from << " and " << to;
  return success();
}

OpFoldResult PermuteOp::fold(FoldAdaptor) {
  if (getInput().getType() == getType())
    return getInput();
  if (auto inner = getInput().getDefiningOp<PermuteOp>(); inner && inner.getInput().getType() == getType())
    return inner.getInput();
  return {};
}

SmallVector<Tensor> PermuteOp::evaluate(ArrayRef<const Tensor *> operands) {
  Tensor result(getType());
  int64_t next = 0;
  forEachIndex(result.type, operands, [&](ArrayRef<int64_t> at) { result.data[next++] = operands[0]->data[at[0]]; });
  return {std::move(result)};
}

LogicalResult ReshapeOp::verify() {
  if (getInput().getType().getNumElements() != getType().getNumElements())
    return emitOpError() << "needs as many elements on both sides, found " << getInput().getType().getNumElements()
                         << " and " << getType().getNumElements();
  return success();
}

OpFoldResult ReshapeOp::fold(FoldAdaptor) {
  if (getInput().getType() == getType())
    return getInput();
  if (auto inner = getInput().getDefiningOp<ReshapeOp>()) {
    getInputMutable().assign(inner.getInput());
    return getResult();
  }
  return {};
}

SmallVector<Tensor> ReshapeOp::evaluate(ArrayRef<const Tensor *> operands) {
  Tensor result(getType());
  result.data = operands[0]->data;
  return {std::move(result)};
}

//===----------------------------------------------------------------------===//
// slice
//===----------------------------------------------------------------------===//

void SliceOp::build(OpBuilder &builder, OperationState &state, Value input, StringRef axis, int64_t offset,
                    int64_t size) {
  build(builder, state, input, axis, offset, size, /*step=*/1);
}

LogicalResult SliceOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                        SmallVectorImpl<Type> &results) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  StringRef axis = adaptor.getAxis();
  int64_t whole = axisSize(input, axis, /*absent=*/-1);
  int64_t offset = adaptor.getOffset(), size = adaptor.getSize(), step = adaptor.getStep();
  if (whole < 0)
    return emitOptionalError(location, "cannot slice the axis ", axis, " of a tensor on ", getAxes(input));
  if (step < 1)
    return emitOptionalError(location, "the step of a slice must be positive, found ", step);
  if (offset < 0 || offset >= whole || size < 1 || (size - 1) > (whole - 1 - offset) / step)
    return emitOptionalError(location, size, " elements from ", offset, " on do not lie in the axis ", axis,
                             " of size ", whole, step > 1 ? " with a step of " : "",
                             step > 1 ? std::to_string(step) : "");
  results.push_back(withAxisSize(input, axis, size));
  return success();
}

const LayerSignature &SliceOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{
      {{"input", A::Tensor, "any tensor"},
       {"part", A::AxisValues, "one axis with the first element and the end, which is not included: t=[1, 197]"}},
      "some elements of an axis; a third number is the step"};
  return signature;
}

LogicalResult SliceOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  const AxisValues &part = call.getAxisValues("part");
  if (part.size() != 1)
    return call.emitError(part.empty() ? "" : part[1].first) << "expected one axis, as in slice(x, t=[1, 197])";
  const auto &[axis, range] = part.front();
  int64_t whole = axisSize(call.inputs[0], axis, /*absent=*/-1);
  if (whole < 0)
    return call.emitError(axis) << "the input has no axis '" << axis << "'; it has " << getAxes(call.inputs[0]);
  if (range.size() != 2 && range.size() != 3)
    return call.emitError(axis) << "expected [first, end] or [first, end, step]";
  int64_t first = range[0], end = range[1], step = range.size() == 3 ? range[2] : 1;
  if (first < 0 || first >= end || end > whole || step < 1)
    return call.emitError(axis) << "expected 0 <= first < end <= " << whole << " (the size of the axis " << axis
                                << ") and a positive step, found [" << range << "]";
  Builder builder(call.context);
  layer.attributes.set("axis", builder.getStringAttr(axis));
  layer.attributes.set("offset", builder.getI64IntegerAttr(first));
  layer.attributes.set("size", builder.getI64IntegerAttr(llvm::divideCeil(end - first, step)));
  if (step > 1)
    layer.attributes.set("step", builder.getI64IntegerAttr(step));
  return success();
}

OpFoldResult SliceOp::fold(FoldAdaptor) { return getInput().getType() == getType() ? getInput() : OpFoldResult(); }

SmallVector<Tensor> SliceOp::evaluate(ArrayRef<const Tensor *> operands) {
  const Tensor &input = *operands[0];
  Tensor result(getType());
  // Where the input has size 1 along the axis there is nothing to step over.
  int64_t stride = input.stride(getAxis()), at = 0;
  forEachIndex(result.type, {&input, &result}, [&](ArrayRef<int64_t> places) {
    int64_t along = result.stride(getAxis()) ? places[1] / result.stride(getAxis()) % getSize() : 0;
    result.data[at++] = input.data[places[0] + (getOffset() + along * (getStep() - 1)) * stride];
  });
  return {std::move(result)};
}

namespace {
/// A slice of a linear layer's output channels is a linear layer with a slice of the weights. All channels of the
/// layer are read through slices, so no work is repeated.
struct SliceOfLinear : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SliceOp op, PatternRewriter &rewriter) const override {
    auto linear = op.getInput().getDefiningOp<LinearOp>();
    if (!linear || op.getAxis() != "c" || op.getStep() != 1)
      return failure();
    for (Operation *user : linear->getUsers())
      if (auto slice = dyn_cast<SliceOp>(user); !slice || slice.getAxis() != "c" || slice.getStep() != 1)
        return failure();
    Location loc = op.getLoc();
    auto cut = [&](Value parameter, StringRef axis) -> Value {
      return SliceOp::create(rewriter, loc, parameter, axis, op.getOffset(), op.getSize());
    };
    Value weight = cut(linear.getWeight(), "o");
    Value bias = linear.getBias() ? cut(linear.getBias(), "c") : Value();
    rewriter.replaceOpWithNewOp<LinearOp>(op, linear.getInput(), weight, bias);
    return success();
  }
};

/// A slice of a tensor whose other axes were moved around is the moved slice: so it comes next to the layer that made
/// the tensor. Only where slices are all that is read.
struct SliceOfMoved : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SliceOp op, PatternRewriter &rewriter) const override {
    Operation *moved = op.getInput().getDefiningOp();
    if (!moved || !leavesAlone(moved, op.getAxis()))
      return failure();
    for (Operation *user : moved->getUsers())
      if (auto slice = dyn_cast<SliceOp>(user); !slice || slice.getAxis() != op.getAxis())
        return failure();
    Value slice = SliceOp::create(rewriter, op.getLoc(), moved->getOperand(0), op.getAxisAttr(), op.getOffsetAttr(),
                                  op.getSizeAttr(), op.getStepAttr());
    Operation *again = rewriter.clone(*moved);
    again->setOperand(0, slice);
    again->getResult(0).setType(op.getType());
    rewriter.replaceOp(op, again);
    return success();
  }

  /// Whether `op` has one operand and hands on each element's place along `axis`.
  static bool leavesAlone(Operation *op, StringRef axis) {
    auto hasNot = [&](AxesAttr axes) { return axes.find(axis) < 0; };
    return llvm::TypeSwitch<Operation *, bool>(op)
        .Case([&](WindowOp window) { return hasNot(window.getOver()) && hasNot(window.getInto()); })
        .Case([&](UnwindowOp unwindow) { return hasNot(unwindow.getOver()) && hasNot(unwindow.getFrom()); })
        .Case([&](RollOp roll) { return hasNot(roll.getOver()); })
        .Case([&](MergeOp merge) { return hasNot(merge.getOver()) && merge.getInto() != axis; })
        .Case([&](UnmergeOp unmerge) { return unmerge.getAxis() != axis && hasNot(unmerge.getInto()); })
        .Default(false);
  }
};
} // namespace

void SliceOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<SliceOfLinear, SliceOfMoved>(context);
}

//===----------------------------------------------------------------------===//
// pad
//===----------------------------------------------------------------------===//

static const SmallVector<StringRef> padModes{"zero", "replicate", "reflect", "circular"};

LogicalResult PadOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                      SmallVectorImpl<Type> &results) {
  auto type = cast<RankedTensorType>(adaptor.getInput().getType());
  ArrayRef<StringAttr> over = adaptor.getOver().getNames();
  if (adaptor.getLow().size() != over.size() || adaptor.getHigh().size() != over.size()) // C2
    return emitOptionalError(location, "low and high take a value for each of the axes ", adaptor.getOver());
  StringRef mode = adaptor.getMode();
  if (!llvm::is_contained(padModes, mode)) // C3
    return emitOptionalError(location, "unknown padding mode '", mode, "'");
  for (auto [axis, low, high] : llvm::zip_equal(over, adaptor.getLow(), adaptor.getHigh())) {
    int64_t size = axisSize(type, axis, /*absent=*/-1);
    if (size < 0) // C1
      return emitOptionalError(location, "cannot pad the axis ", axis.getValue(), " of a tensor on ", getAxes(type));
    if (low < 0 || high < 0)
      return emitOptionalError(location, "padding must not be negative, found ", std::min(low, high));
    int64_t most = mode == "reflect" ? size - 1 : mode == "circular" ? size : INT64_MAX;
    if (std::max(low, high) > most) // C4
      return emitOptionalError(location, mode, " padding of the axis ", axis.getValue(), " of size ", size, " is ",
                               most, " at most, found ", std::max(low, high));
    type = withAxisSize(type, axis, low + size + high);
  }
  results.push_back(type);
  return success();
}

const LayerSignature &PadOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{
      {{"input", A::Tensor, "any tensor"},
       {"mode", A::Word, "what stands around it", std::string("zero"), padModes},
       {"over", A::AxisValues, "axes with the elements before and behind: h=[0, 3], or one number for both: w=1"}},
      "elements around a tensor, as torch.nn.functional.pad"};
  return signature;
}

LogicalResult PadOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  SmallVector<StringRef> axes;
  SmallVector<int64_t> low, high;
  for (const auto &[axis, sides] : call.getAxisValues("over")) {
    if (axisSize(call.inputs[0], axis, /*absent=*/-1) < 0)
      return call.emitError(axis) << "the input has no axis '" << axis << "'; it has " << getAxes(call.inputs[0]);
    if (sides.size() > 2 || llvm::any_of(sides, [](int64_t side) { return side < 0; }))
      return call.emitError(axis) << "expected the number of elements before and behind, none negative";
    axes.push_back(axis);
    low.push_back(sides.front());
    high.push_back(sides.back());
  }
  Builder builder(call.context);
  layer.attributes.set("over", AxesAttr::get(call.context, axes));
  layer.attributes.set("low", builder.getDenseI64ArrayAttr(low));
  layer.attributes.set("high", builder.getDenseI64ArrayAttr(high));
  if (call.getWord("mode") != "zero")
    layer.attributes.set("mode", builder.getStringAttr(call.getWord("mode")));
  return success();
}

int64_t PadOp::sourceOf(int64_t place, int64_t size) {
  if (place >= 0 && place < size)
    return place;
  if (getMode() == "replicate")
    return place < 0 ? 0 : size - 1;
  if (getMode() == "reflect")
    return place < 0 ? -place : 2 * (size - 1) - place;
  if (getMode() == "circular")
    return place < 0 ? place + size : place - size;
  return -1;
}

SmallVector<Tensor> PadOp::evaluate(ArrayRef<const Tensor *> operands) {
  const Tensor &input = *operands[0];
  Tensor result(getType());
  // For each axis of the result the place in the input of each index, in elements; -1 where there is none.
  SmallVector<SmallVector<int64_t>> places;
  for (auto [axis, extent] : llvm::zip_equal(getAxes(result.type).getNames(), result.type.getShape())) {
    int64_t padded = getOver().find(axis), stride = input.stride(axis);
    auto &row = places.emplace_back();
    for (int64_t index = 0; index < extent; ++index) {
      int64_t source = padded < 0 ? index : sourceOf(index - getLow()[padded], input.size(axis));
      row.push_back(source < 0 ? -1 : source * stride);
    }
  }
  for (auto [number, element] : llvm::enumerate(result.data)) {
    int64_t at = 0, left = number;
    for (int64_t axis = result.type.getRank(); axis-- > 0 && at >= 0; left /= result.type.getDimSize(axis)) {
      int64_t place = places[axis][left % result.type.getDimSize(axis)];
      at = place < 0 ? -1 : at + place;
    }
    element = at < 0 ? 0 : input.data[at];
  }
  return {std::move(result)};
}

//===----------------------------------------------------------------------===//
// keep
//===----------------------------------------------------------------------===//

LogicalResult KeepOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                       SmallVectorImpl<Type> &results) {
  results.push_back(adaptor.getInput().getType());
  return success();
}

SmallVector<Tensor> KeepOp::evaluate(ArrayRef<const Tensor *> operands) { return {*operands[0]}; }

//===----------------------------------------------------------------------===//
// cast
//===----------------------------------------------------------------------===//

LogicalResult CastOp::verify() {
  RankedTensorType input = getInput().getType(), result = getType();
  if (input.clone(result.getElementType()) != result) // C1
    return emitOpError() << "changes the element type only; expected " << input.clone(result.getElementType())
                         << ", found " << result;
  return success();
}

/// The nearest bf16: the upper half of an f32.
static double roundToBF16(double value) {
  if (!std::isfinite(value))
    return value;
  uint32_t bits = llvm::bit_cast<uint32_t>(float(value));
  return llvm::bit_cast<float>((bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000u);
}

SmallVector<Tensor> CastOp::evaluate(ArrayRef<const Tensor *> operands) {
  Tensor result(getType());
  Type element = getType().getElementType();
  for (auto [rounded, value] : llvm::zip_equal(result.data, operands[0]->data))
    rounded = element.isBF16() ? roundToBF16(value) : element.isF16() ? double(_Float16(value)) : value;
  return {std::move(result)};
}

//===----------------------------------------------------------------------===//
// split
//===----------------------------------------------------------------------===//

/// Each part is a value; beyond this a split is a slip of the pen.
static constexpr int64_t mostParts = 1024;

LogicalResult SplitOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                        SmallVectorImpl<Type> &results) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  int64_t size = axisSize(input, adaptor.getAxis(), /*absent=*/-1), left = size;
  ArrayRef<int64_t> sizes = adaptor.getSizes();
  if (size < 0) // C1
    return emitOptionalError(location, "cannot split the axis ", adaptor.getAxis(), " of a tensor on ", getAxes(input));
  bool fits = true;
  for (int64_t part : sizes) {
    fits = fits && part > 0 && part <= left;
    left -= part;
    if (fits)
      results.push_back(withAxisSize(input, adaptor.getAxis(), part));
  }
  if (!fits || left) // C2
    return emitOptionalError(location, "cannot split the axis ", adaptor.getAxis(), " of size ", size, " into [", sizes,
                             "]");
  return success();
}

const LayerSignature &SplitOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{{{"input", A::Tensor, "any tensor"},
                                         {"parts", A::Integers, "number of equal parts, or a list of sizes"},
                                         {"axis", A::Axis, "the axis to cut"}},
                                        "an axis cut into parts, as torch.chunk and torch.split"};
  return signature;
}

LogicalResult SplitOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  StringRef axis = call.getAxes("axis").front();
  int64_t size = axisSize(call.inputs[0], axis, /*absent=*/-1);
  if (size < 0)
    return call.emitError("axis") << "the input has no axis '" << axis << "'; it has " << getAxes(call.inputs[0]);
  SmallVector<int64_t> sizes;
  if (call.isInteger("parts")) {
    int64_t parts = call.getInteger("parts");
    if (parts > mostParts)
      return call.emitError("parts") << "cannot cut an axis into more than " << mostParts << " parts, found " << parts;
    if (parts < 1 || size % parts)
      return call.emitError("parts") << "cannot cut the axis " << axis << " of size " << size << " into " << parts
                                     << " equal parts";
    sizes.assign(parts, size / parts);
  } else {
    llvm::append_range(sizes, call.getIntegers("parts"));
  }
  int64_t left = size;
  for (int64_t part : sizes) {
    if (part < 1 || part > left)
      return call.emitError("parts") << "parts of sizes [" << sizes << "] do not fit into the axis " << axis
                                     << " of size " << size;
    left -= part;
  }
  if (left)
    return call.emitError("parts") << "the parts [" << sizes << "] leave " << left << " of the axis " << axis
                                   << " of size " << size << " over";
  Builder builder(call.context);
  layer.attributes.set("axis", builder.getStringAttr(axis));
  layer.attributes.set("sizes", builder.getDenseI64ArrayAttr(sizes));
  return success();
}

SmallVector<Tensor> SplitOp::evaluate(ArrayRef<const Tensor *> operands) {
  SmallVector<Tensor> results;
  OpBuilder builder(getContext());
  int64_t offset = 0;
  for (int64_t size : getSizes()) {
    auto slice = SliceOp::create(builder, getLoc(), getInput(), getAxis(), offset, size);
    results.push_back(std::move(slice.evaluate(operands).front()));
    slice->erase();
    offset += size;
  }
  return results;
}

namespace {
struct SplitToSlices : OpRewritePattern<SplitOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SplitOp op, PatternRewriter &rewriter) const override {
    SmallVector<Value> parts;
    int64_t offset = 0;
    for (int64_t size : op.getSizes()) {
      parts.push_back(SliceOp::create(rewriter, op.getLoc(), op.getInput(), op.getAxis(), offset, size));
      offset += size;
    }
    rewriter.replaceOp(op, parts);
    return success();
  }
};
} // namespace

void SplitOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<SplitToSlices>(context);
}
