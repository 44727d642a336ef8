// Axes joined, cut, renamed and repeated: shapes, meaning, `.net` calls, folding.
#include "dialect/HvnOps.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace mlir;
using namespace fovea::hvn;

using NamedSizes = SmallVector<std::pair<StringRef, int64_t>>;

static NamedSizes namedSizes(RankedTensorType type) {
  NamedSizes named;
  for (auto [axis, size] : llvm::zip_equal(getAxes(type).getNames(), type.getShape()))
    named.emplace_back(axis.getValue(), size);
  return named;
}

static RankedTensorType typeOf(RankedTensorType like, const NamedSizes &named) {
  return axisTensorLike(like, llvm::to_vector(llvm::make_second_range(named)),
                        llvm::to_vector(llvm::make_first_range(named)));
}

/// The name that `named` has twice; empty if none.
static StringRef repeatedName(const NamedSizes &named) {
  llvm::SmallDenseSet<StringRef> seen;
  for (StringRef axis : llvm::make_first_range(named))
    if (!seen.insert(axis).second)
      return axis;
  return {};
}

static LogicalResult missingAxis(std::optional<Location> location, StringRef axis, Type type) {
  return emitOptionalError(location, "the input has no axis '", axis, "'; it has ", getAxes(type));
}

/// The operand in the order of `order`, element by element: what a reinterpreting op's result is.
static SmallVector<Tensor> reinterpret(const Tensor &input, RankedTensorType order, RankedTensorType type) {
  Tensor result(type);
  int64_t next = 0;
  forEachIndex(order, {&input}, [&](ArrayRef<int64_t> at) { result.data[next++] = input.data[at[0]]; });
  return {std::move(result)};
}

static AxesAttr axesOf(const LayerCall &call, StringRef argument) {
  return AxesAttr::get(call.context, llvm::to_vector_of<StringRef>(call.getAxes(argument)));
}

//===----------------------------------------------------------------------===//
// merge
//===----------------------------------------------------------------------===//

LogicalResult MergeOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                        SmallVectorImpl<Type> &results) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  ArrayRef<StringAttr> over = adaptor.getOver().getNames();
  if (over.empty())
    return emitOptionalError(location, "expected at least one axis to merge");
  int64_t size = 1;
  for (StringAttr axis : over)
    if (int64_t part = axisSize(input, axis, /*absent=*/-1); part < 0) // C1
      return missingAxis(location, axis, input);
    else
      size *= part;
  NamedSizes merged;
  for (auto &[axis, extent] : namedSizes(input))
    if (axis == over.front())
      merged.emplace_back(adaptor.getInto(), size);
    else if (adaptor.getOver().find(axis) < 0)
      merged.emplace_back(axis, extent);
  if (StringRef axis = repeatedName(merged); !axis.empty()) // C2
    return emitOptionalError(location, "the input has another axis '", axis, "' already");
  results.push_back(typeOf(input, merged));
  return success();
}

/// The merged axes side by side, where the first one is.
RankedTensorType MergeOp::getInputOrder(RankedTensorType input) {
  NamedSizes order;
  for (auto &[axis, extent] : namedSizes(input))
    if (axis == getOver().getNames().front().getValue())
      for (StringAttr part : getOver().getNames())
        order.emplace_back(part.getValue(), axisSize(input, part));
    else if (getOver().find(axis) < 0)
      order.emplace_back(axis, extent);
  return typeOf(input, order);
}

const LayerSignature &MergeOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{{{"input", A::Tensor, "any tensor"},
                                         {"over", A::Axes, "the axes that become one, outermost first, as [h, w]"},
                                         {"into", A::Axis, "the name of the new axis"}},
                                        "several axes become one"};
  return signature;
}

LogicalResult MergeOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  layer.attributes.set("over", axesOf(call, "over"));
  layer.attributes.set("into", StringAttr::get(call.context, call.getAxes("into").front()));
  return success();
}

OpFoldResult MergeOp::fold(FoldAdaptor) { return getInput().getType() == getType() ? getInput() : OpFoldResult(); }

SmallVector<Tensor> MergeOp::evaluate(ArrayRef<const Tensor *> operands) {
  return reinterpret(*operands[0], getInputOrder(operands[0]->type), getType());
}

//===----------------------------------------------------------------------===//
// unmerge
//===----------------------------------------------------------------------===//

LogicalResult UnmergeOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                          SmallVectorImpl<Type> &results) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  ArrayRef<int64_t> sizes = adaptor.getSizes();
  ArrayRef<StringAttr> into = adaptor.getInto().getNames();
  int64_t whole = axisSize(input, adaptor.getAxis(), /*absent=*/-1), product = 1;
  if (whole < 0) // C1
    return missingAxis(location, adaptor.getAxis(), input);
  bool fits = sizes.size() == into.size() && !into.empty();
  for (int64_t size : sizes) // the product stays below the axis's size, so it cannot overflow
    fits = fits && size >= 1 && size <= whole / product && (product *= size);
  if (!fits || product != whole) // C2
    return emitOptionalError(location, "the axis ", adaptor.getAxis(), " of size ", whole,
                             " cannot be cut into the sizes [", sizes, "] of ", adaptor.getInto());
  NamedSizes parts;
  for (auto &[axis, extent] : namedSizes(input))
    if (axis != adaptor.getAxis())
      parts.emplace_back(axis, extent);
    else
      for (auto [part, size] : llvm::zip_equal(into, sizes))
        parts.emplace_back(part.getValue(), size);
  if (StringRef axis = repeatedName(parts); !axis.empty()) // C3
    return emitOptionalError(location, "the input has another axis '", axis, "' already");
  results.push_back(typeOf(input, parts));
  return success();
}

RankedTensorType UnmergeOp::getInputOrder(RankedTensorType input) { return input; }

const LayerSignature &UnmergeOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{
      {{"input", A::Tensor, "any tensor"},
       {"axis", A::Axis, "the axis to cut"},
       {"into", A::AxisValues, "its parts with their sizes, outermost first: h=7, w=7"}},
      "one axis becomes several"};
  return signature;
}

LogicalResult UnmergeOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  SmallVector<StringRef> names;
  SmallVector<int64_t> shape;
  for (const auto &[axis, sizes] : call.getAxisValues("into")) {
    if (sizes.size() != 1)
      return call.emitError(axis) << "expected one size for the axis '" << axis << "'";
    names.push_back(axis);
    shape.push_back(sizes.front());
  }
  layer.attributes.set("axis", StringAttr::get(call.context, call.getAxes("axis").front()));
  layer.attributes.set("into", AxesAttr::get(call.context, names));
  layer.attributes.set("sizes", DenseI64ArrayAttr::get(call.context, shape));
  return success();
}

OpFoldResult UnmergeOp::fold(FoldAdaptor) { return getInput().getType() == getType() ? getInput() : OpFoldResult(); }

SmallVector<Tensor> UnmergeOp::evaluate(ArrayRef<const Tensor *> operands) {
  return reinterpret(*operands[0], operands[0]->type, getType());
}

//===----------------------------------------------------------------------===//
// rename
//===----------------------------------------------------------------------===//

LogicalResult RenameOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                         SmallVectorImpl<Type> &results) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  for (StringAttr axis : adaptor.getFrom().getNames())
    if (getAxes(input).find(axis) < 0) // C1
      return missingAxis(location, axis, input);
  if (adaptor.getFrom().getNames().size() != adaptor.getTo().getNames().size()) // C2
    return emitOptionalError(location, "expected as many new names as old ones, found ", adaptor.getFrom(), " and ",
                             adaptor.getTo());
  NamedSizes renamed = namedSizes(input);
  for (StringRef &axis : llvm::make_first_range(renamed))
    if (int64_t at = adaptor.getFrom().find(axis); at >= 0)
      axis = adaptor.getTo().getNames()[at];
  if (StringRef axis = repeatedName(renamed); !axis.empty()) // C3
    return emitOptionalError(location, "two axes would be called '", axis, "'");
  results.push_back(typeOf(input, renamed));
  return success();
}

RankedTensorType RenameOp::getInputOrder(RankedTensorType input) { return input; }

const LayerSignature &RenameOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{{{"input", A::Tensor, "any tensor"},
                                         {"from", A::Axes, "axes of the input, as [q, k]"},
                                         {"to", A::Axes, "their new names, as [h, w]"}},
                                        "axes get other names"};
  return signature;
}

LogicalResult RenameOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  layer.attributes.set("from", axesOf(call, "from"));
  layer.attributes.set("to", axesOf(call, "to"));
  return success();
}

OpFoldResult RenameOp::fold(FoldAdaptor) { return getInput().getType() == getType() ? getInput() : OpFoldResult(); }

SmallVector<Tensor> RenameOp::evaluate(ArrayRef<const Tensor *> operands) {
  return reinterpret(*operands[0], operands[0]->type, getType());
}

//===----------------------------------------------------------------------===//
// expand
//===----------------------------------------------------------------------===//

LogicalResult ExpandOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                         SmallVectorImpl<Type> &results) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  ArrayRef<StringAttr> over = adaptor.getOver().getNames();
  ArrayRef<int64_t> sizes = adaptor.getSizes();
  if (sizes.size() != over.size() || llvm::any_of(sizes, [](int64_t size) { return size < 1; })) // C1
    return emitOptionalError(location, "expected a positive size for each of the axes ", adaptor.getOver());
  NamedSizes expanded;
  for (auto [axis, size] : llvm::zip_equal(over, sizes))
    if (getAxes(input).find(axis) < 0)
      expanded.emplace_back(axis.getValue(), size);
  for (auto &[axis, extent] : namedSizes(input)) {
    int64_t at = adaptor.getOver().find(axis);
    if (at >= 0 && extent != 1) // C2
      return emitOptionalError(location, "the axis ", axis, " has size ", extent, ": only size 1 can be repeated");
    expanded.emplace_back(axis, at >= 0 ? sizes[at] : extent);
  }
  results.push_back(typeOf(input, expanded));
  return success();
}

const LayerSignature &ExpandOp::getSignature() {
  using A = LayerArgument;
  static const LayerSignature signature{
      {{"input", A::Tensor, "any tensor"}, {"over", A::AxisValues, "axes with the sizes that they get: n=8"}},
      "a tensor repeated along axes of size 1, or along new ones"};
  return signature;
}

LogicalResult ExpandOp::resolve(const LayerCall &call, ResolvedLayer &layer) {
  SmallVector<StringRef> names;
  SmallVector<int64_t> shape;
  for (const auto &[axis, sizes] : call.getAxisValues("over")) {
    if (sizes.size() != 1)
      return call.emitError(axis) << "expected one size for the axis '" << axis << "'";
    names.push_back(axis);
    shape.push_back(sizes.front());
  }
  layer.attributes.set("over", AxesAttr::get(call.context, names));
  layer.attributes.set("sizes", DenseI64ArrayAttr::get(call.context, shape));
  return success();
}

OpFoldResult ExpandOp::fold(FoldAdaptor) { return getInput().getType() == getType() ? getInput() : OpFoldResult(); }

SmallVector<Tensor> ExpandOp::evaluate(ArrayRef<const Tensor *> operands) {
  return reinterpret(*operands[0], getType(), getType());
}
