// Data movement inside a kernel: addresses, no loops of its own.
#include "compiler/halide/Family.h"

using namespace mlir;
using namespace fovea;
using namespace fovea::halide;
using Halide::Expr, Halide::Var;

namespace {
struct PermuteEmitter : EmitterInterface::ExternalModel<PermuteEmitter, hvn::PermuteOp> {
  void emit(Operation *op, KernelBuilder &kernel) const {
    kernel.define(op->getResult(0), kernel.load(op->getOperand(0), KernelBuilder::indexOf(op->getResult(0))));
  }
};

/// The element's number in memory order, on the one side and on the other.
struct ReshapeEmitter : EmitterInterface::ExternalModel<ReshapeEmitter, hvn::ReshapeOp> {
  void emit(Operation *op, KernelBuilder &kernel) const {
    auto from = cast<RankedTensorType>(op->getOperand(0).getType());
    auto to = cast<RankedTensorType>(op->getResult(0).getType());
    Expr number = 0;
    for (StringAttr axis : hvn::getAxes(to).getNames())
      number = number * kernel.extent(to, axis).now + Var(axis.str());
    Index index;
    for (StringAttr axis : llvm::reverse(hvn::getAxes(from).getNames())) {
      Expr size = kernel.extent(from, axis).now;
      index.emplace_back(axis.str(), number % size);
      number = number / size;
    }
    kernel.define(op->getResult(0), kernel.load(op->getOperand(0), index));
  }
};

struct SliceEmitter : EmitterInterface::ExternalModel<SliceEmitter, hvn::SliceOp> {
  void emit(Operation *op, KernelBuilder &kernel) const {
    auto slice = cast<hvn::SliceOp>(op);
    Index index = KernelBuilder::indexOf(slice.getResult());
    for (auto &[name, at] : index)
      if (name == slice.getAxis())
        at = at * int(slice.getStep()) + int(slice.getOffset());
    kernel.define(slice.getResult(), kernel.load(slice.getInput(), index));
  }
};

struct PadEmitter : EmitterInterface::ExternalModel<PadEmitter, hvn::PadOp> {
  void emit(Operation *op, KernelBuilder &kernel) const {
    auto pad = cast<hvn::PadOp>(op);
    Index index = KernelBuilder::indexOf(pad.getResult());
    Expr outside = Halide::Internal::const_false();
    for (auto [axis, low] : llvm::zip_equal(pad.getOver().getNames(), pad.getLow()))
      for (auto &[name, at] : index)
        if (axis == name) {
          Expr place = at - int(low);
          Expr size = kernel.extent(pad.getInput().getType(), axis).now;
          outside = outside || place < 0 || place >= size;
          if (pad.getMode() == "reflect")
            place = size - 1 - Halide::cast<int>(abs(size - 1 - Halide::cast<int>(abs(place))));
          else if (pad.getMode() == "circular")
            place = (place + size) % size;
          at = clamp(place, 0, size - 1);
        }
    Expr element = kernel.load(pad.getInput(), index);
    kernel.define(pad.getResult(), pad.getMode() == "zero" ? select(outside, 0.0f, element) : element);
  }
};

struct UnpackEmitter : EmitterInterface::ExternalModel<UnpackEmitter, kern::UnpackOp> {
  void emit(Operation *op, KernelBuilder &kernel) const {
    auto unpack = cast<kern::UnpackOp>(op);
    Index index = KernelBuilder::indexOf(unpack.getResult());
    std::string first = hvn::getAxes(unpack.getType()).getNames().front().str();
    int panel = int(unpack.getPanel());
    index.emplace_back("p", Var(first) / panel);
    index.emplace_back("l", Var(first) % panel);
    if (int together = int(kern::PackOp::inputsTogether(unpack.getType())); together > 1)
      for (auto &[name, at] : index)
        if (name == "i") {
          Expr input = at;
          at = input / together;
          index.emplace_back("b", input % together);
          break;
        }
    kernel.define(unpack.getResult(), kernel.load(unpack.getInput(), index));
  }
};
} // namespace

void fovea::halide::attachShapeEmitters(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, hvn::HvnDialect *) {
    hvn::PadOp::attachInterface<PadEmitter>(*context);
    hvn::PermuteOp::attachInterface<PermuteEmitter>(*context);
    hvn::ReshapeOp::attachInterface<ReshapeEmitter>(*context);
    hvn::SliceOp::attachInterface<SliceEmitter>(*context);
  });
  registry.addExtension(
      +[](MLIRContext *context, kern::KernDialect *) { kern::UnpackOp::attachInterface<UnpackEmitter>(*context); });
}
