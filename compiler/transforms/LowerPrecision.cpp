// lower-precision: products are of bf16 numbers, and what only they read is stored in bf16.
#include "compiler/transforms/Parameters.h"
#include "compiler/transforms/Passes.h"

namespace fovea {
#define GEN_PASS_DEF_LOWERPRECISIONPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace fovea

using namespace mlir;
using namespace fovea;

/// `type` with another element type.
static RankedTensorType withElement(Type type, bool narrow) {
  Builder builder(type.getContext());
  return cast<RankedTensorType>(type).clone(narrow ? Type(builder.getBF16Type()) : builder.getF32Type());
}

/// The factors of an op's products that are to be bf16; empty where f32 is as good.
static MutableArrayRef<OpOperand> factorsOf(Operation &op) {
  if (auto linear = dyn_cast<hvn::LinearOp>(op)) {
    int64_t channels = hvn::axisSize(linear.getType(), "c"), pixels = linear.getType().getNumElements() / channels;
    if (channels == 1)
      return {};
    // Of one pixel there is little to multiply, and much that depends on it: gates, and the results.
    return pixels == 1 ? op.getOpOperands().slice(1, 1) : op.getOpOperands().take_front(2);
  }
  // Instructions multiply pairs of channels, the same pair for all lanes of a vector.
  constexpr int64_t lanes = 16;
  if (auto conv = dyn_cast<hvn::ConvOp>(op); conv && hvn::axisSize(conv.getWeight().getType(), "i") % 2 == 0 &&
                                             (conv.getGroups() == 1 || conv.outputsPerGroup() % lanes == 0))
    return op.getOpOperands().take_front(2);
  return {};
}

/// Rounds the factors of `kernel`, each once.
static void roundFactors(kern::FuncOp kernel) {
  llvm::DenseMap<Value, Value> rounded;
  for (Operation &op : kernel.getBody().front())
    for (OpOperand &factor : factorsOf(op)) {
      Value &value = rounded[factor.get()];
      if (!value) {
        OpBuilder builder(&op);
        Type type = factor.get().getType();
        Value narrow = hvn::CastOp::create(builder, op.getLoc(), withElement(type, true), factor.get());
        value = hvn::CastOp::create(builder, op.getLoc(), type, narrow);
      }
      factor.set(value);
    }
}

/// A rounding of what `op` moves becomes a rounding of what it reads, so that it reaches the kernel's arguments.
static void roundBefore(hvn::CastOp rounding) {
  Operation *moved = rounding.getInput().getDefiningOp();
  if (!moved || !moved->hasTrait<hvn::Movement>() || !moved->hasOneUse())
    return;
  OpBuilder builder(moved);
  for (OpOperand &operand : moved->getOpOperands()) {
    Type narrow = withElement(operand.get().getType(), true);
    operand.set(hvn::CastOp::create(builder, rounding.getLoc(), narrow, operand.get()));
  }
  moved->getResult(0).setType(rounding.getType());
  rounding.replaceAllUsesWith(moved->getResult(0));
  rounding.erase();
  for (Value operand : moved->getOperands())
    roundBefore(operand.getDefiningOp<hvn::CastOp>());
}

/// Whether `argument` is only rounded.
static bool isRounded(BlockArgument argument) {
  return !argument.use_empty() && llvm::all_of(argument.getUsers(), [](Operation *user) {
    auto cast = dyn_cast<hvn::CastOp>(user);
    return cast && cast.getType().getElementType().isBF16();
  });
}

namespace {
/// An argument or a result of a kernel.
using Port = std::pair<Operation *, unsigned>;

struct LowerPrecisionPass : fovea::impl::LowerPrecisionPassBase<LowerPrecisionPass> {
  void runOnOperation() override {
    auto kernels = llvm::to_vector(getOperation().getOps<kern::FuncOp>());
    for (kern::FuncOp kernel : kernels) {
      roundFactors(kernel);
      for (auto cast : llvm::to_vector(kernel.getOps<hvn::CastOp>()))
        if (cast.getType().getElementType().isBF16())
          roundBefore(cast);
    }
    findNarrow(kernels);
    for (func::FuncOp network : networksOf(getOperation()))
      for (auto call : llvm::to_vector(network.getOps<kern::CallOp>()))
        changeCall(call);
    for (kern::FuncOp kernel : kernels)
      changeKernel(kernel);
  }

  kern::FuncOp kernelOf(kern::CallOp call) { return getOperation().lookupSymbol<kern::FuncOp>(call.getCalleeAttr()); }

  /// The result of a kernel that `value` is another name of, if it is one.
  std::optional<Port> resultBehind(Value value) {
    auto result = dyn_cast<OpResult>(skipReshapes(value));
    auto call = result ? dyn_cast<kern::CallOp>(result.getOwner()) : kern::CallOp();
    if (!call)
      return std::nullopt;
    return Port(kernelOf(call), result.getResultNumber());
  }

  /// Finds what to store in bf16: starts with all that may be, and takes back what stands in another's way.
  void findNarrow(ArrayRef<kern::FuncOp> kernels) {
    for (kern::FuncOp kernel : kernels) {
      for (BlockArgument argument : kernel.getArguments())
        if (isRounded(argument))
          arguments.insert(Port(kernel, argument.getArgNumber()));
      for (unsigned number = 0; number < kernel.getNumResults(); ++number)
        results.insert(Port(kernel, number));
    }
    for (func::FuncOp network : networksOf(getOperation()))
      for (Value output : network.getBody().front().getTerminator()->getOperands())
        if (std::optional<Port> result = resultBehind(output))
          results.erase(*result);
    bool changed = true;
    while (changed) {
      changed = false;
      getOperation().walk([&](kern::CallOp call) {
        for (OpOperand &operand : call->getOpOperands()) {
          if (isParameter(operand.get()))
            continue;
          Port argument(kernelOf(call), operand.getOperandNumber());
          std::optional<Port> result = resultBehind(operand.get());
          if (!result || !results.contains(*result))
            changed |= arguments.erase(argument);
          else if (!arguments.contains(argument))
            changed |= results.erase(*result);
        }
      });
    }
  }

  /// Gives the operands and results of `call` their element types.
  void changeCall(kern::CallOp call) {
    kern::FuncOp kernel = kernelOf(call);
    for (OpOperand &operand : call->getOpOperands())
      if (isParameter(operand.get()) && arguments.contains(Port(kernel, operand.getOperandNumber())))
        operand.set(roundParameter(operand.get(), BFloat16Type::get(&getContext())));
    for (OpResult result : call->getResults())
      if (results.contains(Port(kernel, result.getResultNumber())))
        narrowName(result);
  }

  static void narrowName(Value value) {
    value.setType(withElement(value.getType(), true));
    for (Operation *user : value.getUsers())
      if (auto reshape = dyn_cast<hvn::ReshapeOp>(user))
        narrowName(reshape.getResult());
  }

  void changeKernel(kern::FuncOp kernel) {
    for (BlockArgument argument : kernel.getArguments())
      if (arguments.contains(Port(kernel, argument.getArgNumber()))) {
        argument.setType(withElement(argument.getType(), true));
        for (Operation *rounding : llvm::make_early_inc_range(argument.getUsers())) {
          rounding->getResult(0).replaceAllUsesWith(argument);
          rounding->erase();
        }
      }
    Operation *end = kernel.getBody().front().getTerminator();
    OpBuilder builder(end);
    for (OpOperand &result : end->getOpOperands())
      if (results.contains(Port(kernel, result.getOperandNumber()))) {
        Type narrow = withElement(result.get().getType(), true);
        result.set(hvn::CastOp::create(builder, result.get().getLoc(), narrow, result.get()));
      }
    kernel.setFunctionType(
        FunctionType::get(&getContext(), kernel.getBody().getArgumentTypes(), end->getOperandTypes()));
  }

  llvm::DenseSet<Port> arguments, results; ///< to be stored in bf16
};
} // namespace
