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

  /// Whether the axes stand side by side in `type`, all broadcast or none.
  bool fits(RankedTensorType type) const {
    if (!touches(type))
      return true;
    int64_t first = hvn::getAxes(type).find(axes.front());
    if (first < 0 || hvn::getAxes(type).find(flatAxis) >= 0)
      return false;
    for (auto [offset, axis] : llvm::enumerate(axes))
      if (hvn::getAxes(type).find(axis) != first + int64_t(offset))
        return false;
    return product(type) == size || product(type) == 1;
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

  /// `over` with the flat axis instead of the collapsed ones.
  hvn::AxesAttr apply(hvn::AxesAttr over) const {
    SmallVector<StringRef> names;
    for (StringAttr axis : over.getNames())
      if (!llvm::is_contained(axes, axis.getValue()))
        names.push_back(axis);
    if (names.size() != over.getNames().size())
      names.push_back(flatAxis);
    return hvn::AxesAttr::get(over.getContext(), names);
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

static hvn::AxesAttr reducedAxes(Operation *op) {
  if (auto mean = dyn_cast<hvn::MeanOp>(op))
    return mean.getOver();
  if (auto sum = dyn_cast<hvn::SumOp>(op))
    return sum.getOver();
  return {};
}

/// Whether an op does the same to each pixel, wherever it stands.
static bool treatsPixelsAlike(Operation *op) {
  return op->hasTrait<hvn::Pointwise>() || op->hasTrait<OpTrait::ConstantLike>() || reducedAxes(op) ||
         isa<hvn::LinearOp, kern::UnpackOp, kern::ReturnOp>(op);
}

static SmallVector<RankedTensorType> typesIn(kern::FuncOp kernel) {
  SmallVector<RankedTensorType> types;
  for (BlockArgument argument : kernel.getArguments())
    types.push_back(cast<RankedTensorType>(argument.getType()));
  kernel.walk([&](Operation *op) {
    for (Type type : op->getResultTypes())
      if (auto tensor = dyn_cast<RankedTensorType>(type))
        types.push_back(tensor);
  });
  return types;
}

/// How the pixels of `kernel` can be collapsed: with the batch, if all values allow it, else within an image.
static std::optional<Collapse> findCollapse(kern::FuncOp kernel) {
  for (Operation &op : kernel.getBody().front())
    if (!treatsPixelsAlike(&op))
      return std::nullopt;
  SmallVector<RankedTensorType> types = typesIn(kernel);
  for (const SmallVector<StringRef> &axes : {SmallVector<StringRef>{"n", "h", "w"}, SmallVector<StringRef>{"h", "w"}}) {
    Collapse collapse{axes};
    for (RankedTensorType type : types)
      collapse.size = std::max(collapse.size, collapse.product(type));
    bool touches = llvm::any_of(types, [&](RankedTensorType type) { return collapse.touches(type); });
    bool fits = llvm::all_of(types, [&](RankedTensorType type) { return collapse.fits(type); });
    for (Operation &op : kernel.getBody().front())
      if (hvn::AxesAttr over = reducedAxes(&op))
        fits &= collapse.fits(over, cast<RankedTensorType>(op.getOperand(0).getType()));
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
