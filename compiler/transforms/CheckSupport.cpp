// check-support: what no kernel exists for is an error here, at the layer's place.
#include "compiler/transforms/Parameters.h"
#include "compiler/transforms/Passes.h"

namespace fovea {
#define GEN_PASS_DEF_CHECKSUPPORTPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace fovea

using namespace mlir;
using namespace fovea;

namespace {
struct CheckSupportPass : fovea::impl::CheckSupportPassBase<CheckSupportPass> {
  void runOnOperation() override {
    func::FuncOp network = getOperation();
    if (network.isExternal() || isWeightsFunction(network))
      return;
    if (!checkStructure(network))
      return signalPassFailure();
    bool ok = checkName(network);
    network.walk([&](Operation *op) {
      ok &= checkSize(op) && checkWeights(op);
      if (isa<func::ReturnOp>(op))
        ok &= checkOutputs(network, op);
    });
    if (!ok)
      signalPassFailure();
  }

  /// A network is a list of layers on tensors: what the passes that follow rely on.
  static bool checkStructure(func::FuncOp network) {
    bool ok = network.getBody().hasOneBlock();
    if (!ok)
      network.emitError() << "a network is one block of layers, without branches";
    auto inputs = llvm::make_filter_range(network.getArgumentTypes(), [](Type type) { return !hvn::isImage(type); });
    for (Type type : llvm::concat<const Type>(llvm::to_vector(inputs), network.getResultTypes()))
      if (!hvn::isAxisTensor(type) || !cast<RankedTensorType>(type).getElementType().isF32()) {
        network.emitError() << "inputs and outputs of a network are static f32 tensors on named axes, found " << type;
        ok = false;
      }
    for (Operation &op : network.getBody().getOps())
      if (!isa_and_nonnull<hvn::HvnDialect>(op.getDialect()) && !isa<func::ReturnOp>(op)) {
        op.emitError() << "'" << op.getName() << "' is no layer";
        ok = false;
      }
    return ok;
  }

  static bool checkName(func::FuncOp network) {
    if (network.getSymName() != weightsFunction)
      return true;
    network.emitError() << "a network cannot be called '" << weightsFunction
                        << "': the compiler keeps the arithmetic on weights under this name";
    return false;
  }

  /// Kernels count bytes in 32 bits.
  static bool checkSize(Operation *op) {
    for (Type type : op->getResultTypes())
      if (hvn::isAxisTensor(type) && hvn::byteSize(type) > INT32_MAX) {
        op->emitError() << "a tensor of " << hvn::byteSize(type) << " bytes, " << hvn::spell(type) << ": at most "
                        << INT32_MAX << " bytes are supported";
        return false;
      }
    return true;
  }

  static bool checkWeights(Operation *op) {
    auto packed = dyn_cast<hvn::PackInterface>(op);
    if (!packed)
      return true;
    for (OpOperand &operand : op->getOpOperands()) {
      if (packed.getPacking(operand.getOperandNumber()) == hvn::Packing::None || isParameter(operand.get()))
        continue;
      op->emitError() << "no kernel for weights that are computed from the network's inputs";
      return false;
    }
    return true;
  }

  /// Every output is computed, in a place of its own.
  static bool checkOutputs(func::FuncOp network, Operation *end) {
    bool ok = true;
    llvm::SmallDenseMap<Value, unsigned> seen;
    for (auto [number, value] : llvm::enumerate(end->getOperands())) {
      Value source = skipReshapes(value);
      std::string name = outputName(network, number);
      if (auto input = dyn_cast<BlockArgument>(source)) {
        end->emitError() << "output '" << name << "' is the input '" << inputName(network, input.getArgNumber())
                         << "' itself: an output must be computed by a layer";
        ok = false;
      } else if (isParameter(source)) {
        end->emitError() << "output '" << name << "' depends on no input";
        ok = false;
      } else if (auto [other, isNew] = seen.try_emplace(source, number); !isNew) {
        end->emitError() << "outputs '" << outputName(network, other->second) << "' and '" << name
                         << "' are the same value: leave one of them out";
        ok = false;
      }
    }
    return ok;
  }
};
} // namespace
