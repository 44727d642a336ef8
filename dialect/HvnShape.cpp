// Data movement: shapes, meaning, `.net` calls, folding.
#include "dialect/HvnOps.h"

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

LogicalResult SliceOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                        SmallVectorImpl<Type> &results) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  StringRef axis = adaptor.getAxis();
  int64_t whole = axisSize(input, axis, /*absent=*/-1);
  int64_t offset = adaptor.getOffset(), size = adaptor.getSize();
  if (whole < 0)
    return emitOptionalError(location, "cannot slice the axis ", axis, " of a tensor on ", getAxes(input));
  if (offset < 0 || size < 1 || offset > whole - size)
    return emitOptionalError(location, "the slice ", offset, " .. ", offset + size, " does not lie in the axis ", axis,
                             " of size ", whole);
  results.push_back(withAxisSize(input, axis, size));
  return success();
}

OpFoldResult SliceOp::fold(FoldAdaptor) { return getInput().getType() == getType() ? getInput() : OpFoldResult(); }

SmallVector<Tensor> SliceOp::evaluate(ArrayRef<const Tensor *> operands) {
  const Tensor &input = *operands[0];
  Tensor result(getType());
  // Along the axis the input is runs of `whole` elements, of which the slice takes `part`.
  int64_t inner = 1;
  for (int64_t size : input.type.getShape().drop_front(getAxes(input.type).find(getAxis()) + 1))
    inner *= size;
  int64_t whole = input.size(getAxis()) * inner, part = getSize() * inner;
  for (int64_t at = 0; at < (int64_t)result.data.size(); ++at)
    result.data[at] = input.data[at / part * whole + getOffset() * inner + at % part];
  return {std::move(result)};
}

namespace {
/// A slice of a linear layer's output channels is a linear layer with a slice of the weights. All channels of the
/// layer are read through slices, so no work is repeated.
struct SliceOfLinear : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SliceOp op, PatternRewriter &rewriter) const override {
    auto linear = op.getInput().getDefiningOp<LinearOp>();
    if (!linear || op.getAxis() != "c")
      return failure();
    for (Operation *user : linear->getUsers())
      if (auto slice = dyn_cast<SliceOp>(user); !slice || slice.getAxis() != "c")
        return failure();
    Location loc = op.getLoc();
    auto cut = [&](Value parameter, StringRef axis) -> Value {
      return SliceOp::create(rewriter, loc, parameter, rewriter.getStringAttr(axis), op.getOffsetAttr(),
                             op.getSizeAttr());
    };
    Value weight = cut(linear.getWeight(), "o");
    Value bias = linear.getBias() ? cut(linear.getBias(), "c") : Value();
    rewriter.replaceOpWithNewOp<LinearOp>(op, linear.getInput(), weight, bias);
    return success();
  }
};
} // namespace

void SliceOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<SliceOfLinear>(context);
}

//===----------------------------------------------------------------------===//
// pad
//===----------------------------------------------------------------------===//

LogicalResult PadOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                      SmallVectorImpl<Type> &results) {
  auto type = cast<RankedTensorType>(adaptor.getInput().getType());
  ArrayRef<StringAttr> over = adaptor.getOver().getNames();
  if (adaptor.getLow().size() != over.size() || adaptor.getHigh().size() != over.size()) // C2
    return emitOptionalError(location, "low and high take a value for each of the axes ", adaptor.getOver());
  for (auto [axis, low, high] : llvm::zip_equal(over, adaptor.getLow(), adaptor.getHigh())) {
    int64_t size = axisSize(type, axis, /*absent=*/-1);
    if (size < 0) // C1
      return emitOptionalError(location, "cannot pad the axis ", axis.getValue(), " of a tensor on ", getAxes(type));
    if (low < 0 || high < 0)
      return emitOptionalError(location, "padding must not be negative, found ", std::min(low, high));
    type = withAxisSize(type, axis, low + size + high);
  }
  results.push_back(type);
  return success();
}

SmallVector<Tensor> PadOp::evaluate(ArrayRef<const Tensor *> operands) {
  const Tensor &input = *operands[0];
  Tensor result(getType());
  int64_t corner = 0; // where the input's first element comes to lie
  for (auto [axis, low] : llvm::zip_equal(getOver().getNames(), getLow()))
    corner += low * result.stride(axis);
  SmallVector<int64_t> strides;
  for (StringAttr axis : getAxes(input.type).getNames())
    strides.push_back(result.stride(axis));
  for (auto [number, element] : llvm::enumerate(input.data)) {
    int64_t at = corner, left = number;
    for (int64_t axis = input.type.getRank(); axis-- > 0; left /= input.type.getDimSize(axis))
      at += left % input.type.getDimSize(axis) * strides[axis];
    result.data[at] = element;
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
// split
//===----------------------------------------------------------------------===//

/// Each part is a value; beyond this a split is a slip of the pen.
static constexpr int64_t mostParts = 1024;

LogicalResult SplitOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                        SmallVectorImpl<Type> &results) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  int64_t size = axisSize(input, adaptor.getAxis(), /*absent=*/-1), parts = adaptor.getParts();
  if (size < 0)
    return emitOptionalError(location, "cannot split the axis ", adaptor.getAxis(), " of a tensor on ", getAxes(input));
  if (parts > mostParts)
    return emitOptionalError(location, "cannot split an axis into more than ", mostParts, " parts, found ", parts);
  if (parts < 1 || size % parts)
    return emitOptionalError(location, "cannot split the axis ", adaptor.getAxis(), " of size ", size, " into ", parts,
                             " equal parts");
  results.append(parts, withAxisSize(input, adaptor.getAxis(), size / parts));
  return success();
}

const LayerSignature &SplitOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{{{"input", A::Tensor, "any tensor"},
                                         {"parts", A::Integer, "number of equal parts"},
                                         {"axis", A::Axis, "the axis to cut"}},
                                        "an axis cut into equal parts, as torch.chunk"};
  return signature;
}

LogicalResult SplitOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  StringRef axis = call.getAxes("axis").front();
  int64_t parts = call.getInteger("parts"), size = axisSize(call.inputs[0], axis, /*absent=*/-1);
  if (size < 0)
    return call.emitError("axis") << "the input has no axis '" << axis << "'; it has " << getAxes(call.inputs[0]);
  if (parts > mostParts)
    return call.emitError("parts") << "cannot cut an axis into more than " << mostParts << " parts, found " << parts;
  if (parts < 1 || size % parts)
    return call.emitError("parts") << "cannot cut the axis " << axis << " of size " << size << " into " << parts
                                   << " equal parts";
  Builder builder(call.inputs[0].getContext());
  layer.attributes.set("axis", builder.getStringAttr(axis));
  layer.attributes.set("parts", builder.getI64IntegerAttr(parts));
  return success();
}

SmallVector<Tensor> SplitOp::evaluate(ArrayRef<const Tensor *> operands) {
  SmallVector<Tensor> results;
  OpBuilder builder(getContext());
  for (auto [part, result] : llvm::enumerate(getResults())) {
    int64_t size = axisSize(result.getType(), getAxis());
    auto slice = SliceOp::create(builder, getLoc(), getInput(), getAxis(), part * size, size);
    results.push_back(std::move(slice.evaluate(operands).front()));
    slice->erase();
  }
  return results;
}

namespace {
struct SplitToSlices : OpRewritePattern<SplitOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(SplitOp op, PatternRewriter &rewriter) const override {
    SmallVector<Value> parts;
    for (Value result : op.getResults()) {
      int64_t size = axisSize(result.getType(), op.getAxis());
      parts.push_back(SliceOp::create(rewriter, op.getLoc(), op.getInput(), op.getAxis(), parts.size() * size, size));
    }
    rewriter.replaceOp(op, parts);
    return success();
  }
};
} // namespace

void SplitOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<SplitToSlices>(context);
}
