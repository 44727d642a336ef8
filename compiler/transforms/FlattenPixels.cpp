// flatten-pixels: kernels that treat all pixels alike see them as one axis.
#include "compiler/transforms/Parameters.h"
#include "compiler/transforms/Passes.h"
#include "mlir/IR/Iterators.h"

namespace fovea {
#define GEN_PASS_DEF_FLATTENPIXELSPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace fovea

using namespace mlir;
using namespace fovea;

/// Name of the axis that takes the place of the pixels' axes.
static constexpr llvm::StringLiteral flatAxis = "m";

namespace {
/// Axes that become one, outermost first, and their sizes.
struct Collapse {
  SmallVector<StringRef> axes;
  int64_t size = 1; ///< of the flat axis where it is not broadcast

  bool touches(RankedTensorType type) const {
    return llvm::any_of(axes, [&](StringRef axis) { return hvn::getAxes(type).find(axis) >= 0; });
  }

  int64_t product(RankedTensorType type) const {
    int64_t product = 1;
    for (StringRef axis : axes)
      product *= hvn::axisSize(type, axis);
    return product;
  }

  /// Whether the axes stand side by side in `type`, all broadcast or none; tokens of keys have a number of their own.
  bool fits(RankedTensorType type, bool ofKeys) const {
    if (!touches(type))
      return true;
    int64_t first = hvn::getAxes(type).find(axes.front());
    if (first < 0 || hvn::getAxes(type).find(flatAxis) >= 0)
      return false;
    for (auto [offset, axis] : llvm::enumerate(axes))
      if (hvn::getAxes(type).find(axis) != first + int64_t(offset))
        return false;
    return ofKeys || product(type) == size || product(type) == 1;
  }

  RankedTensorType apply(RankedTensorType type) const {
    if (!touches(type))
      return type;
    SmallVector<int64_t> shape;
    SmallVector<StringRef> names;
    for (auto [axis, extent] : llvm::zip_equal(hvn::getAxes(type).getNames(), type.getShape())) {
      if (!llvm::is_contained(axes, axis.getValue())) {
        names.push_back(axis);
        shape.push_back(extent);
      } else if (axis.getValue() == axes.front()) {
        names.push_back(flatAxis);
        shape.push_back(product(type));
      }
    }
    return hvn::axisTensorLike(type, shape, names);
  }

  /// `list` with the flat axis instead of the collapsed ones, at the place of the first that is there.
  hvn::AxesAttr apply(hvn::AxesAttr list) const {
    SmallVector<StringRef> names;
    for (StringAttr axis : list.getNames())
      if (!llvm::is_contained(axes, axis.getValue()))
        names.push_back(axis);
      else if (!llvm::is_contained(names, flatAxis))
        names.push_back(flatAxis);
    return hvn::AxesAttr::get(list.getContext(), names);
  }

  /// Whether tokens on `tokens` keep their numbers: all collapsed axes are among them, side by side and in order, or
  /// none.
  bool keepsNumbers(hvn::AxesAttr tokens) const {
    int64_t first = tokens.find(axes.front());
    for (auto [offset, axis] : llvm::enumerate(axes))
      if (tokens.find(axis) != (first < 0 ? -1 : first + int64_t(offset)))
        return false;
    return true;
  }

  /// Whether an attention stays what it is. Axes of its bias are called q and k, whatever the tokens' are.
  bool fits(hvn::AttentionOp op) const {
    bool mistaken = op.getBias() && touches(cast<RankedTensorType>(op.getBias().getType()));
    return !mistaken && keepsNumbers(op.getQueries()) && keepsNumbers(op.getKeys());
  }

  /// Whether a reduction over `over` treats the collapsed axes alike: all go, or none; axes of size 1 are free.
  bool fits(hvn::AxesAttr over, RankedTensorType input) const {
    bool all = true, none = true;
    for (StringRef axis : axes) {
      bool reduced = over.find(axis) >= 0;
      all &= reduced || hvn::axisSize(input, axis) == 1;
      none &= !reduced;
    }
    return all || none;
  }
};
} // namespace

/// The axes that an op reduces, or over which it takes statistics; null for other ops.
static hvn::AxesAttr reducedAxes(Operation *op) {
  bool reduces = isa<hvn::MeanOp, hvn::SumOp, hvn::AmaxOp, hvn::StandardizeOp, hvn::L2NormalizeOp, hvn::SoftmaxOp>(op);
  return reduces ? op->getAttrOfType<hvn::AxesAttr>("over") : hvn::AxesAttr();
}

/// Whether an op does the same to each pixel, wherever it stands.
static bool treatsPixelsAlike(Operation *op) {
  if (auto slice = dyn_cast<hvn::SliceOp>(op))
    return slice.getAxis() == "c";
  if (auto concat = dyn_cast<hvn::ConcatOp>(op))
    return concat.getAxis() == "c";
  return op->hasTrait<hvn::Pointwise>() || op->hasTrait<OpTrait::ConstantLike>() || reducedAxes(op) ||
         isa<hvn::LinearOp, hvn::AttentionOp, kern::UnpackOp, kern::ReturnOp>(op);
}

static SmallVector<Value> valuesIn(kern::FuncOp kernel) {
  SmallVector<Value> values(kernel.getArguments());
  kernel.walk([&](Operation *op) { llvm::append_range(values, op->getResults()); });
  return values;
}

/// Whether `value` is only read as keys or values of an attention, whose tokens are not the result's pixels.
static bool isOfKeys(Value value) {
  return !value.use_empty() && llvm::all_of(value.getUses(), [](OpOperand &use) {
    auto attention = dyn_cast<hvn::AttentionOp>(use.getOwner());
    return attention && llvm::is_contained({attention.getKey(), attention.getValue()}, use.get()) &&
           use.get() != attention.getQuery();
  });
}

/// Axes to collapse, best first: all places of the first result, then fewer and fewer from the outside. The batch of an
/// attention is not among them.
static SmallVector<SmallVector<StringRef>> candidatesOf(kern::FuncOp kernel) {
  SmallVector<StringRef> places;
  hvn::AxesAttr tokens;
  for (auto attention : kernel.getOps<hvn::AttentionOp>())
    tokens = attention.getQueries();
  RankedTensorType widest;
  for (Value value : valuesIn(kernel)) // the result of a reduction lacks axes
    if (auto type = cast<RankedTensorType>(value.getType());
        hvn::getAxes(type).find("c") >= 0 && !isOfKeys(value) && (!widest || type.getRank() > widest.getRank()))
      widest = type;
  if (widest)
    for (StringAttr axis : hvn::getAxes(widest).getNames())
      if (axis != "c" && (!tokens || tokens.find(axis) >= 0))
        places.push_back(axis);
  SmallVector<SmallVector<StringRef>> candidates;
  for (size_t outer = 0; outer + 2 <= places.size(); ++outer)
    candidates.emplace_back(ArrayRef(places).drop_front(outer));
  return candidates;
}

/// How the pixels of `kernel` can be collapsed: with the batch, if all values allow it, else within an image.
static std::optional<Collapse> findCollapse(kern::FuncOp kernel) {
  for (Operation &op : kernel.getBody().front())
    if (!treatsPixelsAlike(&op))
      return std::nullopt;
  SmallVector<Value> values = valuesIn(kernel);
  for (const SmallVector<StringRef> &axes : candidatesOf(kernel)) {
    auto typeOf = [](Value value) { return cast<RankedTensorType>(value.getType()); };
    Collapse collapse{axes};
    for (Value value : values)
      if (!isOfKeys(value))
        collapse.size = std::max(collapse.size, collapse.product(typeOf(value)));
    bool touches = llvm::any_of(values, [&](Value value) { return collapse.touches(typeOf(value)); });
    bool fits = llvm::all_of(values, [&](Value value) { return collapse.fits(typeOf(value), isOfKeys(value)); });
    for (Operation &op : kernel.getBody().front())
      if (hvn::AxesAttr over = reducedAxes(&op))
        fits &= collapse.fits(over, cast<RankedTensorType>(op.getOperand(0).getType()));
    for (auto attention : kernel.getOps<hvn::AttentionOp>())
      fits &= collapse.fits(attention);
    if (touches && fits)
      return collapse;
  }
  return std::nullopt;
}

static void collapseKernel(kern::FuncOp kernel, const Collapse &collapse) {
  for (BlockArgument argument : kernel.getArguments())
    argument.setType(collapse.apply(cast<RankedTensorType>(argument.getType())));
  for (Operation &op : kernel.getBody().front()) {
    if (hvn::AxesAttr over = reducedAxes(&op))
      op.setAttr("over", collapse.apply(over));
    if (auto attention = dyn_cast<hvn::AttentionOp>(op)) {
      attention.setQueriesAttr(collapse.apply(attention.getQueries()));
      attention.setKeysAttr(collapse.apply(attention.getKeys()));
    }
    for (Value result : op.getResults())
      result.setType(collapse.apply(cast<RankedTensorType>(result.getType())));
  }
  auto convert = [&](ArrayRef<Type> types) {
    return llvm::map_to_vector(types, [&](Type type) -> Type { return collapse.apply(cast<RankedTensorType>(type)); });
  };
  kernel.setFunctionType(
      FunctionType::get(kernel.getContext(), convert(kernel.getArgumentTypes()), convert(kernel.getResultTypes())));
}

/// Makes a call match the kernel's new signature.
static void reshapeCall(kern::CallOp call, kern::FuncOp kernel) {
  OpBuilder builder(call);
  for (auto [operand, type] : llvm::zip_equal(call->getOpOperands(), kernel.getArgumentTypes()))
    operand.set(builder.createOrFold<hvn::ReshapeOp>(call.getLoc(), cast<RankedTensorType>(type), operand.get()));
  builder.setInsertionPointAfter(call);
  for (auto [result, type] : llvm::zip_equal(call.getResults(), kernel.getResultTypes())) {
    auto before = cast<RankedTensorType>(result.getType());
    if (before == type)
      continue;
    result.setType(type);
    auto reshape = hvn::ReshapeOp::create(builder, call.getLoc(), before, result);
    result.replaceAllUsesExcept(reshape.getResult(), reshape);
  }
}

namespace {
struct FlattenPixelsPass : fovea::impl::FlattenPixelsPassBase<FlattenPixelsPass> {
  void runOnOperation() override {
    auto calls = callsByKernel(getOperation());
    for (auto kernel : getOperation().getOps<kern::FuncOp>()) {
      std::optional<Collapse> collapse = findCollapse(kernel);
      if (!collapse)
        continue;
      collapseKernel(kernel, *collapse);
      for (kern::CallOp call : calls[kernel.getSymNameAttr()])
        reshapeCall(call, kernel);
    }
    // Reshapes of reshapes leave the inner ones without use.
    getOperation().walk<WalkOrder::PostOrder, ReverseIterator>([](hvn::ReshapeOp op) {
      if (op->use_empty())
        op.erase();
    });
  }
};
} // namespace
