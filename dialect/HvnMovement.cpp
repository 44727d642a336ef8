// Elements put elsewhere: shapes, meaning, `.net` calls, folding.
#include "dialect/HvnOps.h"
#include <cmath>

using namespace mlir;
using namespace fovea::hvn;

static LogicalResult missingAxis(std::optional<Location> location, StringRef axis, Type type) {
  return emitOptionalError(location, "the input has no axis '", axis, "'; it has ", getAxes(type));
}

static AxesAttr axesOf(const LayerCall &call, StringRef argument) {
  return AxesAttr::get(call.context, llvm::to_vector_of<StringRef>(call.getAxes(argument)));
}

/// The integers of `argument`, a value per axis; one alone stands for all.
static FailureOr<SmallVector<int64_t>> perAxis(const LayerCall &call, StringRef argument, size_t axes) {
  if (call.isInteger(argument))
    return SmallVector<int64_t>(axes, call.getInteger(argument));
  SmallVector<int64_t> values(call.getIntegers(argument));
  if (values.size() != axes)
    return call.emitError(argument) << "expected a value for each of " << axes << " axes, found " << values.size();
  return values;
}

/// Moves elements one by one: `source` gives the place in `input` of the element at `index`, which is in the order of
/// the result's axes.
static SmallVector<Tensor> move(RankedTensorType type, llvm::function_ref<double(ArrayRef<int64_t> index)> element) {
  Tensor result(type);
  SmallVector<int64_t> index(type.getRank());
  for (auto [number, value] : llvm::enumerate(result.data)) {
    int64_t left = number;
    for (int64_t axis = type.getRank(); axis-- > 0; left /= type.getDimSize(axis))
      index[axis] = left % type.getDimSize(axis);
    value = element(index);
  }
  return {std::move(result)};
}

/// The value of axis `name` in an index of a tensor of `type`; 0 when it lacks the axis.
static int64_t along(RankedTensorType type, ArrayRef<int64_t> index, StringRef name) {
  int64_t position = getAxes(type).find(name);
  return position < 0 ? 0 : index[position];
}

//===----------------------------------------------------------------------===//
// concat
//===----------------------------------------------------------------------===//

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                         SmallVectorImpl<Type> &results) {
  if (adaptor.getInputs().empty())
    return emitOptionalError(location, "expected at least one tensor");
  auto first = cast<RankedTensorType>(adaptor.getInputs().front().getType());
  StringRef axis = adaptor.getAxis();
  if (axisSize(first, axis, /*absent=*/-1) < 0) // C1
    return missingAxis(location, axis, first);
  int64_t size = 0;
  for (Value input : adaptor.getInputs()) {
    auto type = cast<RankedTensorType>(input.getType());
    bool same = type.getRank() == first.getRank();
    for (StringAttr name : getAxes(first).getNames())
      same = same && axisSize(type, name, /*absent=*/-1) >= 0 &&
             (name == axis || axisSize(type, name) == axisSize(first, name));
    if (!same) // C1, C2
      return emitOptionalError(location, "cannot join tensors that differ in another axis than ", axis, ": ",
                               spell(first), " and ", spell(type));
    size += axisSize(type, axis);
  }
  results.push_back(withAxisSize(first, axis, size));
  return success();
}

const LayerSignature &ConcatOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{
      {{"inputs", A::Tensors, "tensors of the same axes"}, {"axis", A::Axis, "the axis along which they are joined"}},
      "tensors one behind the other along an axis"};
  return signature;
}

LogicalResult ConcatOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  layer.attributes.set("axis", StringAttr::get(call.context, call.getAxes("axis").front()));
  return success();
}

OpFoldResult ConcatOp::fold(FoldAdaptor) { return getInputs().size() == 1 ? getInputs().front() : OpFoldResult(); }

SmallVector<Tensor> ConcatOp::evaluate(ArrayRef<const Tensor *> operands) {
  SmallVector<std::pair<const Tensor *, int64_t>> owners; // by place on the axis: the operand, and the place in it
  for (const Tensor *operand : operands)
    for (int64_t place = 0; place < operand->size(getAxis()); ++place)
      owners.emplace_back(operand, place);
  return move(getType(), [&](ArrayRef<int64_t> index) {
    auto [operand, place] = owners[along(getType(), index, getAxis())];
    int64_t at = place * operand->stride(getAxis());
    for (auto [axis, value] : llvm::zip_equal(getAxes(getType()).getNames(), index))
      at += axis == getAxis() ? 0 : value * operand->stride(axis);
    return operand->data[at];
  });
}

//===----------------------------------------------------------------------===//
// roll
//===----------------------------------------------------------------------===//

LogicalResult RollOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                       SmallVectorImpl<Type> &results) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  for (StringAttr axis : adaptor.getOver().getNames())
    if (axisSize(input, axis, /*absent=*/-1) < 0) // C1
      return missingAxis(location, axis, input);
  if (adaptor.getBy().size() != adaptor.getOver().getNames().size()) // C2
    return emitOptionalError(location, "expected a shift for each of the axes ", adaptor.getOver());
  results.push_back(input);
  return success();
}

const LayerSignature &RollOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{
      {{"input", A::Tensor, "any tensor"},
       {"by", A::AxisValues, "axes with the number of places that elements move: h=-3, w=-3"}},
      "a cyclic shift, as torch.roll"};
  return signature;
}

LogicalResult RollOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  SmallVector<StringRef> axes;
  SmallVector<int64_t> by;
  for (const auto &[axis, values] : call.getAxisValues("by")) {
    if (values.size() != 1)
      return call.emitError(axis) << "expected one number for the axis '" << axis << "'";
    axes.push_back(axis);
    by.push_back(values.front());
  }
  layer.attributes.set("over", AxesAttr::get(call.context, axes));
  layer.attributes.set("by", DenseI64ArrayAttr::get(call.context, by));
  return success();
}

SmallVector<Tensor> RollOp::evaluate(ArrayRef<const Tensor *> operands) {
  const Tensor &input = *operands[0];
  return move(getType(), [&](ArrayRef<int64_t> index) {
    int64_t at = 0;
    for (auto [axis, value] : llvm::zip_equal(getAxes(getType()).getNames(), index)) {
      int64_t number = getOver().find(axis), size = input.size(axis);
      int64_t place = number < 0 ? value : ((value - getBy()[number]) % size + size) % size;
      at += place * input.stride(axis);
    }
    return input.data[at];
  });
}

//===----------------------------------------------------------------------===//
// window and unwindow
//===----------------------------------------------------------------------===//

LogicalResult WindowOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                         SmallVectorImpl<Type> &results) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  ArrayRef<StringAttr> over = adaptor.getOver().getNames(), into = adaptor.getInto().getNames();
  ArrayRef<int64_t> sizes = adaptor.getSize();
  if (over.empty() || into.size() != over.size() || sizes.size() != over.size() ||
      adaptor.getShift().size() != over.size()) // C2
    return emitOptionalError(location, "expected a new axis, a size and a shift for each of the axes ",
                             adaptor.getOver());
  SmallVector<int64_t> shape, windows;
  SmallVector<StringRef> names;
  for (auto [axis, name, size] : llvm::zip_equal(over, into, sizes)) {
    int64_t whole = axisSize(input, axis, /*absent=*/-1);
    if (whole < 0) // C1
      return missingAxis(location, axis, input);
    if (size < 1 || whole % size) // C3
      return emitOptionalError(location, "windows of ", size, " do not divide the axis ", axis.getValue(), " of size ",
                               whole, "; pad it first");
    if (getAxes(input).find(name) >= 0) // C4
      return emitOptionalError(location, "the input has an axis '", name.getValue(), "' already");
    windows.push_back(whole / size);
  }
  bool placed = false;
  for (auto [axis, extent] : llvm::zip_equal(getAxes(input).getNames(), input.getShape())) {
    int64_t number = adaptor.getOver().find(axis);
    if (number >= 0 && !placed) {
      shape.append(windows);
      names.append(into.begin(), into.end());
      placed = true;
    }
    shape.push_back(number < 0 ? extent : sizes[number]);
    names.push_back(axis);
  }
  results.push_back(axisTensorLike(input, shape, names));
  return success();
}

const LayerSignature &WindowOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{
      {{"input", A::Tensor, "any tensor"},
       {"over", A::Axes, "the axes to cut, as [h, w]"},
       {"size", A::Integers, "of a window, for each axis or for all"},
       {"into", A::Axes, "new axes: the windows' numbers, as [a, b]"},
       {"shift", A::Integers, "places by which the windows start later, cyclically", int64_t(0)}},
      "axes cut into windows, as Swin does"};
  return signature;
}

LogicalResult WindowOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  size_t axes = call.getAxes("over").size();
  FailureOr<SmallVector<int64_t>> size = perAxis(call, "size", axes);
  FailureOr<SmallVector<int64_t>> shift = failed(size) ? size : perAxis(call, "shift", axes);
  if (failed(shift))
    return failure();
  layer.attributes.set("over", axesOf(call, "over"));
  layer.attributes.set("into", axesOf(call, "into"));
  layer.attributes.set("size", DenseI64ArrayAttr::get(call.context, *size));
  layer.attributes.set("shift", DenseI64ArrayAttr::get(call.context, *shift));
  return success();
}

SmallVector<Tensor> WindowOp::evaluate(ArrayRef<const Tensor *> operands) {
  const Tensor &input = *operands[0];
  return move(getType(), [&](ArrayRef<int64_t> index) {
    int64_t at = 0;
    for (StringAttr axis : getAxes(input.type).getNames()) {
      int64_t place = along(getType(), index, axis), number = getOver().find(axis), whole = input.size(axis);
      if (number >= 0) {
        place += along(getType(), index, getInto().getNames()[number]) * getSize()[number] + getShift()[number];
        place = (place % whole + whole) % whole;
      }
      at += place * input.stride(axis);
    }
    return input.data[at];
  });
}

LogicalResult UnwindowOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                           SmallVectorImpl<Type> &results) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  ArrayRef<StringAttr> over = adaptor.getOver().getNames(), from = adaptor.getFrom().getNames();
  if (over.empty() || from.size() != over.size() || adaptor.getShift().size() != over.size()) // C2
    return emitOptionalError(location, "expected an axis of windows and a shift for each of the axes ",
                             adaptor.getOver());
  for (StringAttr axis : llvm::concat<const StringAttr>(over, from))
    if (axisSize(input, axis, /*absent=*/-1) < 0) // C1
      return missingAxis(location, axis, input);
  SmallVector<int64_t> shape;
  SmallVector<StringRef> names;
  for (auto [axis, extent] : llvm::zip_equal(getAxes(input).getNames(), input.getShape())) {
    if (adaptor.getFrom().find(axis) >= 0)
      continue;
    int64_t number = adaptor.getOver().find(axis);
    shape.push_back(number < 0 ? extent : extent * axisSize(input, from[number]));
    names.push_back(axis);
  }
  results.push_back(axisTensorLike(input, shape, names));
  return success();
}

const LayerSignature &UnwindowOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{{{"input", A::Tensor, "windows, as the layer window makes them"},
                                         {"over", A::Axes, "the axes that get their whole sizes back, as [h, w]"},
                                         {"from", A::Axes, "the axes of the windows' numbers, which go, as [a, b]"},
                                         {"shift", A::Integers, "that of the layer window", int64_t(0)}},
                                        "windows put together again"};
  return signature;
}

LogicalResult UnwindowOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  FailureOr<SmallVector<int64_t>> shift = perAxis(call, "shift", call.getAxes("over").size());
  if (failed(shift))
    return failure();
  layer.attributes.set("over", axesOf(call, "over"));
  layer.attributes.set("from", axesOf(call, "from"));
  layer.attributes.set("shift", DenseI64ArrayAttr::get(call.context, *shift));
  return success();
}

SmallVector<Tensor> UnwindowOp::evaluate(ArrayRef<const Tensor *> operands) {
  const Tensor &input = *operands[0];
  return move(getType(), [&](ArrayRef<int64_t> index) {
    int64_t at = 0;
    for (auto [axis, value] : llvm::zip_equal(getAxes(getType()).getNames(), index)) {
      int64_t place = value, number = getOver().find(axis), whole = axisSize(getType(), axis);
      if (number >= 0) {
        StringAttr window = getFrom().getNames()[number];
        place = ((place - getShift()[number]) % whole + whole) % whole;
        at += place / input.size(axis) * input.stride(window);
        place %= input.size(axis);
      }
      at += place * input.stride(axis);
    }
    return input.data[at];
  });
}

//===----------------------------------------------------------------------===//
// unfold
//===----------------------------------------------------------------------===//

LogicalResult UnfoldOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                         SmallVectorImpl<Type> &results) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  for (ArrayRef<int64_t> pair : {adaptor.getKernel(), adaptor.getStride(), adaptor.getPad(), adaptor.getDilation()})
    if (pair.size() != 2 || llvm::any_of(pair, [&](int64_t value) { // C2
          return value < (pair.data() == adaptor.getPad().data() ? 0 : 1);
        }))
      return emitOptionalError(location, "kernel, stride and dilation must be positive and padding not negative, two "
                                         "values each");
  for (StringRef axis : {"h", "w"})
    if (getAxes(input).find(axis) < 0) // C1
      return missingAxis(location, axis, input);
  for (StringRef axis : {"y", "x"})
    if (getAxes(input).find(axis) >= 0) // C1
      return emitOptionalError(location, "the input has an axis '", axis, "' already");
  SmallVector<int64_t> shape;
  SmallVector<StringRef> names;
  bool placed = false;
  for (auto [axis, extent] : llvm::zip_equal(getAxes(input).getNames(), input.getShape())) {
    int64_t number = axis == "h" ? 0 : axis == "w" ? 1 : -1, size = extent;
    if (number >= 0) {
      int64_t reach =
          extent + 2 * adaptor.getPad()[number] - adaptor.getDilation()[number] * (adaptor.getKernel()[number] - 1);
      if (reach < 1) // C3
        return emitOptionalError(location, "the kernel of ", adaptor.getKernel()[number],
                                 " does not fit into the axis ", axis.getValue(), " of size ", extent, " with padding ",
                                 adaptor.getPad()[number]);
      size = (reach - 1) / adaptor.getStride()[number] + 1;
    }
    if (number >= 0 && !placed) {
      shape.append(adaptor.getKernel().begin(), adaptor.getKernel().end());
      names.append({"y", "x"});
      placed = true;
    }
    shape.push_back(size);
    names.push_back(axis);
  }
  results.push_back(axisTensorLike(input, shape, names));
  return success();
}

const LayerSignature &UnfoldOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{{{"input", A::Tensor, "n, c, h, w"},
                                         {"kernel", A::Pair, "size of a patch"},
                                         {"stride", A::Pair, "step between patches", SmallVector<int64_t>{1, 1}},
                                         {"pad", A::Pair, "zeros on each side", SmallVector<int64_t>{0, 0}},
                                         {"dilation", A::Pair, "step within a patch", SmallVector<int64_t>{1, 1}}},
                                        "the patch around each place, on new axes y and x"};
  return signature;
}

LogicalResult UnfoldOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  for (StringRef name : {"kernel", "stride", "pad", "dilation"})
    layer.attributes.set(name, DenseI64ArrayAttr::get(call.context, call.getPair(name)));
  return success();
}

SmallVector<Tensor> UnfoldOp::evaluate(ArrayRef<const Tensor *> operands) {
  const Tensor &input = *operands[0];
  return move(getType(), [&](ArrayRef<int64_t> index) {
    int64_t at = 0;
    for (StringAttr axis : getAxes(input.type).getNames()) {
      int64_t place = along(getType(), index, axis);
      if (int64_t number = axis == "h" ? 0 : axis == "w" ? 1 : -1; number >= 0) {
        place = place * getStride()[number] + along(getType(), index, number ? "x" : "y") * getDilation()[number] -
                getPad()[number];
        if (place < 0 || place >= input.size(axis))
          return 0.0;
      }
      at += place * input.stride(axis);
    }
    return input.data[at];
  });
}

//===----------------------------------------------------------------------===//
// gather
//===----------------------------------------------------------------------===//

LogicalResult GatherOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                         SmallVectorImpl<Type> &results) {
  auto table = cast<RankedTensorType>(adaptor.getTable().getType());
  auto index = cast<RankedTensorType>(adaptor.getIndex().getType());
  if (axisSize(table, adaptor.getAxis(), /*absent=*/-1) < 0) // C1
    return missingAxis(location, adaptor.getAxis(), table);
  SmallVector<int64_t> shape;
  SmallVector<StringRef> names;
  for (auto [axis, extent] : llvm::zip_equal(getAxes(table).getNames(), table.getShape())) {
    if (axis == adaptor.getAxis()) {
      llvm::append_range(shape, index.getShape());
      llvm::append_range(names, getAxes(index).getNames());
      continue;
    }
    if (getAxes(index).find(axis) >= 0) // C2
      return emitOptionalError(location, "the index has the axis '", axis.getValue(),
                               "' of the table: rename one of them");
    shape.push_back(extent);
    names.push_back(axis);
  }
  results.push_back(axisTensorLike(table, shape, names));
  return success();
}

const LayerSignature &GatherOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{{{"table", A::Tensor, "any tensor"},
                                         {"index", A::Tensor, "places on an axis of the table"},
                                         {"axis", A::Axis, "that axis"}},
                                        "entries of a table at given places"};
  return signature;
}

LogicalResult GatherOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  layer.attributes.set("axis", StringAttr::get(call.context, call.getAxes("axis").front()));
  return success();
}

SmallVector<Tensor> GatherOp::evaluate(ArrayRef<const Tensor *> operands) {
  const Tensor &table = *operands[0], &places = *operands[1];
  double last = double(table.size(getAxis()) - 1);
  return move(getType(), [&](ArrayRef<int64_t> index) {
    int64_t at = 0, place = 0;
    for (auto [axis, value] : llvm::zip_equal(getAxes(getType()).getNames(), index)) {
      at += axis == getAxis() ? 0 : value * table.stride(axis);
      place += value * places.stride(axis);
    }
    double entry = std::fmin(std::fmax(std::round(places.data[place]), 0), last);
    return table.data[at + int64_t(entry) * table.stride(getAxis())];
  });
}

//===----------------------------------------------------------------------===//
// pixel_shuffle and pixel_unshuffle
//===----------------------------------------------------------------------===//

static LayerSignature pixelSignature(StringRef help) {
  using A = LayerArgument;
  return {{{"input", A::Tensor, "n, c, h, w"}, {"factor", A::Integer, "of height and width"}}, help};
}

static LogicalResult resolvePixels(const LayerCall &call, ResolvedLayer &layer) {
  layer.attributes.set("factor", Builder(call.context).getI64IntegerAttr(call.getInteger("factor")));
  return success();
}

/// Checks the axes of a shuffle's input.
static LogicalResult checkPixels(std::optional<Location> location, RankedTensorType input) {
  for (StringRef axis : {"c", "h", "w"})
    if (getAxes(input).find(axis) < 0)
      return missingAxis(location, axis, input);
  for (StringRef axis : {"y", "x"})
    if (getAxes(input).find(axis) >= 0)
      return emitOptionalError(location, "the input has an axis '", axis, "' already");
  return success();
}

LogicalResult PixelShuffleOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                               SmallVectorImpl<Type> &results) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  if (failed(checkPixels(location, input))) // C1
    return failure();
  int64_t factor = adaptor.getFactor(), channels = axisSize(input, "c");
  if (factor < 1 || factor > channels || channels % (factor * factor)) // C2
    return emitOptionalError(location, "the square of the factor ", factor, " does not divide ", channels, " channels");
  RankedTensorType type = withAxisSize(input, "c", channels / (factor * factor));
  for (StringRef axis : {"h", "w"})
    type = withAxisSize(type, axis, axisSize(type, axis) * factor);
  results.push_back(type);
  return success();
}

const LayerSignature &PixelShuffleOp::getSignature() {
  static const LayerSignature signature = pixelSignature("channels become pixels");
  return signature;
}

LogicalResult PixelShuffleOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  return resolvePixels(call, layer);
}

SmallVector<Tensor> PixelShuffleOp::evaluate(ArrayRef<const Tensor *> operands) {
  const Tensor &input = *operands[0];
  int64_t factor = getFactor();
  return move(getType(), [&](ArrayRef<int64_t> index) {
    int64_t h = along(getType(), index, "h"), w = along(getType(), index, "w"), at = 0;
    for (auto [axis, value] : llvm::zip_equal(getAxes(getType()).getNames(), index)) {
      int64_t place = axis == "c"                  ? (value * factor + h % factor) * factor + w % factor
                      : axis == "h" || axis == "w" ? value / factor
                                                   : value;
      at += place * input.stride(axis);
    }
    return input.data[at];
  });
}

LogicalResult PixelUnshuffleOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                                 SmallVectorImpl<Type> &results) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  if (failed(checkPixels(location, input))) // C1
    return failure();
  int64_t factor = adaptor.getFactor();
  RankedTensorType type = input;
  for (StringRef axis : {"h", "w"}) {
    int64_t size = axisSize(input, axis);
    if (factor < 1 || size % factor) // C2
      return emitOptionalError(location, "the factor ", factor, " does not divide the axis ", axis, " of size ", size);
    type = withAxisSize(type, axis, size / factor);
  }
  results.push_back(withAxisSize(type, "c", axisSize(input, "c") * factor * factor));
  return success();
}

const LayerSignature &PixelUnshuffleOp::getSignature() {
  static const LayerSignature signature = pixelSignature("pixels become channels");
  return signature;
}

LogicalResult PixelUnshuffleOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  return resolvePixels(call, layer);
}

SmallVector<Tensor> PixelUnshuffleOp::evaluate(ArrayRef<const Tensor *> operands) {
  const Tensor &input = *operands[0];
  int64_t factor = getFactor();
  return move(getType(), [&](ArrayRef<int64_t> index) {
    int64_t c = along(getType(), index, "c"), at = 0;
    for (auto [axis, value] : llvm::zip_equal(getAxes(getType()).getNames(), index)) {
      int64_t place = axis == "c"   ? value / (factor * factor)
                      : axis == "h" ? value * factor + c / factor % factor
                      : axis == "w" ? value * factor + c % factor
                                    : value;
      at += place * input.stride(axis);
    }
    return input.data[at];
  });
}

namespace {
/// c -> c, y, x; then h, y -> h and w, x -> w.
struct ShuffleToMerges : OpRewritePattern<PixelShuffleOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PixelShuffleOp op, PatternRewriter &rewriter) const override {
    auto axes = [&](ArrayRef<StringRef> names) { return AxesAttr::get(rewriter.getContext(), names); };
    int64_t factor = op.getFactor();
    Value value = UnmergeOp::create(rewriter, op.getLoc(), op.getInput(), "c", axes({"c", "y", "x"}),
                                    ArrayRef<int64_t>{axisSize(op.getType(), "c"), factor, factor});
    value = MergeOp::create(rewriter, op.getLoc(), value, axes({"h", "y"}), "h");
    rewriter.replaceOpWithNewOp<MergeOp>(op, value, axes({"w", "x"}), "w");
    return success();
  }
};

/// h -> h, y and w -> w, x; then c, y, x -> c.
struct UnshuffleToMerges : OpRewritePattern<PixelUnshuffleOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(PixelUnshuffleOp op, PatternRewriter &rewriter) const override {
    auto axes = [&](ArrayRef<StringRef> names) { return AxesAttr::get(rewriter.getContext(), names); };
    int64_t factor = op.getFactor();
    Value value = op.getInput();
    for (auto [axis, part] : {std::pair<StringRef, StringRef>("h", "y"), {"w", "x"}})
      value = UnmergeOp::create(rewriter, op.getLoc(), value, axis, axes({axis, part}),
                                ArrayRef<int64_t>{axisSize(op.getType(), axis), factor});
    rewriter.replaceOpWithNewOp<MergeOp>(op, value, axes({"c", "y", "x"}), "c");
    return success();
  }
};
} // namespace

void PixelShuffleOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<ShuffleToMerges>(context);
}

void PixelUnshuffleOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<UnshuffleToMerges>(context);
}
