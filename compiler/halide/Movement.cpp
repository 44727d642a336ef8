// Elements put elsewhere: addresses, no loops of their own.
#include "compiler/halide/Family.h"
#include <numeric>

using namespace mlir;
using namespace fovea;
using namespace fovea::halide;
using Halide::Expr;

/// The entry of `index` for `axis`; null when there is none.
static Expr *find(Index &index, StringRef axis) {
  auto entry = llvm::find_if(index, [&](auto &named) { return named.first == axis; });
  return entry == index.end() ? nullptr : &entry->second;
}

/// `place` on a circle of `size`, for a place that is at most one turn away.
static Expr wrap(Expr place, int64_t shift, const Extent &size) {
  if (shift == 0)
    return place;
  Expr by = size.isOpen ? (int(shift) % size.now + size.now) % size.now
                        : Expr(int((shift % size.most + size.most) % size.most));
  return (place + by) % size.now;
}

namespace {
template <typename Op> struct MovementEmitter : EmitterInterface::ExternalModel<MovementEmitter<Op>, Op> {
  void emit(Operation *op, KernelBuilder &kernel) const {
    Index index = KernelBuilder::indexOf(op->getResult(0));
    kernel.define(op->getResult(0), element(cast<Op>(op), kernel, index));
  }
  static Expr element(Op op, KernelBuilder &kernel, Index &index);
};
} // namespace

int64_t fovea::halide::concatUnit(hvn::ConcatOp op) {
  if (hvn::getAxes(op.getType()).getNames().back() != op.getAxis())
    return 1;
  int64_t unit = 16;
  for (Value input : op.getInputs())
    unit = std::gcd(unit, hvn::axisSize(input.getType(), op.getAxis()));
  return unit;
}

/// The first input that reaches beyond the place, with the place counted from its beginning; in units, so that a vector
/// within one input is read as one.
template <> Expr MovementEmitter<hvn::ConcatOp>::element(hvn::ConcatOp op, KernelBuilder &kernel, Index &index) {
  if (kernel.extent(op.getType(), op.getAxis()).isOpen)
    throw Halide::CompileError("tensors are joined along the axis '" + op.getAxis().str() +
                               "', which has bounds: not supported yet");
  int64_t end = hvn::axisSize(op.getType(), op.getAxis()), unit = concatUnit(op);
  Expr place = *find(index, op.getAxis()), block = place / int(unit), result;
  for (Value input : llvm::reverse(op.getInputs())) {
    int64_t size = hvn::axisSize(input.getType(), op.getAxis()), begin = end - size;
    *find(index, op.getAxis()) =
        clamp(block - int(begin / unit), 0, int(size / unit - 1)) * int(unit) + place % int(unit);
    Expr here = kernel.load(input, index);
    result = result.defined() ? select(likely(block < int(end / unit)), here, result) : here;
    end = begin;
  }
  return result;
}

template <> Expr MovementEmitter<hvn::ExpandOp>::element(hvn::ExpandOp op, KernelBuilder &kernel, Index &index) {
  return kernel.load(op.getInput(), index);
}

template <> Expr MovementEmitter<hvn::RollOp>::element(hvn::RollOp op, KernelBuilder &kernel, Index &index) {
  for (auto [axis, by] : llvm::zip_equal(op.getOver().getNames(), op.getBy())) {
    Expr *place = find(index, axis);
    *place = wrap(*place, -by, kernel.extent(op.getType(), axis));
  }
  return kernel.load(op.getInput(), index);
}

template <> Expr MovementEmitter<hvn::WindowOp>::element(hvn::WindowOp op, KernelBuilder &kernel, Index &index) {
  for (auto [axis, window, size, shift] :
       llvm::zip_equal(op.getOver().getNames(), op.getInto().getNames(), op.getSize(), op.getShift())) {
    Expr *place = find(index, axis);
    *place = wrap(*find(index, window) * int(size) + *place, shift, kernel.extent(op.getInput().getType(), axis));
  }
  return kernel.load(op.getInput(), index);
}

template <> Expr MovementEmitter<hvn::UnwindowOp>::element(hvn::UnwindowOp op, KernelBuilder &kernel, Index &index) {
  for (auto [axis, window, shift] : llvm::zip_equal(op.getOver().getNames(), op.getFrom().getNames(), op.getShift())) {
    int size = int(hvn::axisSize(op.getInput().getType(), axis));
    Expr *place = find(index, axis);
    Expr whole = wrap(*place, -shift, kernel.extent(op.getType(), axis));
    *place = whole % size;
    index.emplace_back(window.str(), whole / size);
  }
  return kernel.load(op.getInput(), index);
}

/// Zero outside of the input.
template <> Expr MovementEmitter<hvn::UnfoldOp>::element(hvn::UnfoldOp op, KernelBuilder &kernel, Index &index) {
  Expr outside = Halide::Internal::const_false();
  for (auto [number, axis, tap] : {std::tuple(0, "h", "y"), {1, "w", "x"}}) {
    int64_t size = hvn::axisSize(op.getInput().getType(), axis), pad = op.getPad()[number];
    int64_t dilation = op.getDilation()[number], stride = op.getStride()[number];
    int64_t last = (hvn::axisSize(op.getType(), axis) - 1) * stride + (op.getKernel()[number] - 1) * dilation - pad;
    Expr *entry = find(index, axis), now = kernel.extent(op.getInput().getType(), axis).now;
    Expr place = *entry * int(stride) + *find(index, tap) * int(dilation) - int(pad);
    if (pad > 0)
      outside = outside || place < 0;
    if (last >= size)
      outside = outside || place >= now;
    *entry = clamp(place, 0, now - 1);
  }
  return select(outside, 0.0f, kernel.load(op.getInput(), index));
}

template <> Expr MovementEmitter<hvn::GatherOp>::element(hvn::GatherOp op, KernelBuilder &kernel, Index &index) {
  int size = int(hvn::axisSize(op.getTable().getType(), op.getAxis()));
  Expr place = kernel.load(op.getIndex(), index);
  place = Halide::strict_float(select(place > 0.0f, place, 0.0f)); // NaN is no place
  Expr entry = clamp(Halide::cast<int>(round(min(place, float(size)))), 0, size - 1);
  Index at;
  for (StringAttr axis : hvn::getAxes(op.getTable().getType()).getNames())
    at.emplace_back(axis.str(), axis == op.getAxis() ? entry : *find(index, axis));
  return kernel.load(op.getTable(), at);
}

void fovea::halide::attachMovementEmitters(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, hvn::HvnDialect *) {
    hvn::ConcatOp::attachInterface<MovementEmitter<hvn::ConcatOp>>(*context);
    hvn::ExpandOp::attachInterface<MovementEmitter<hvn::ExpandOp>>(*context);
    hvn::GatherOp::attachInterface<MovementEmitter<hvn::GatherOp>>(*context);
    hvn::RollOp::attachInterface<MovementEmitter<hvn::RollOp>>(*context);
    hvn::UnfoldOp::attachInterface<MovementEmitter<hvn::UnfoldOp>>(*context);
    hvn::UnwindowOp::attachInterface<MovementEmitter<hvn::UnwindowOp>>(*context);
    hvn::WindowOp::attachInterface<MovementEmitter<hvn::WindowOp>>(*context);
  });
}
