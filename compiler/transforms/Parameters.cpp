#include "compiler/transforms/Parameters.h"
#include "llvm/ADT/SmallPtrSet.h"

using namespace mlir;
using namespace fovea;

bool fovea::isWeightsFunction(func::FuncOp function) {
  return function.getSymName() == weightsFunction && function.isPrivate();
}

bool fovea::isParameterOp(Operation *op) {
  SmallVector<Operation *> open{op};
  llvm::SmallPtrSet<Operation *, 16> seen;
  while (!open.empty()) {
    Operation *next = open.pop_back_val();
    if (!next) // an argument of a function
      return false;
    if (isa<hvn::ParamOp>(next) || !seen.insert(next).second)
      continue;
    if (!isa<hvn::ReferenceInterface>(next)) // cannot be evaluated at compile time
      return false;
    // The first operand, a layer's input, is looked at next: the way to an argument is short.
    for (Value operand : llvm::reverse(next->getOperands()))
      open.push_back(operand.getDefiningOp());
  }
  return true;
}

bool fovea::isParameter(Value value) { return isParameterOp(value.getDefiningOp()); }

Value fovea::roundParameter(Value parameter, Type element) {
  auto type = cast<RankedTensorType>(parameter.getType()), narrow = type.clone(element);
  for (Operation *user : parameter.getUsers())
    if (auto cast = dyn_cast<hvn::CastOp>(user); cast && cast.getType() == narrow)
      return cast;
  OpBuilder builder(parameter.getContext());
  builder.setInsertionPointAfterValue(parameter);
  Value rounded = hvn::CastOp::create(builder, parameter.getLoc(), narrow, parameter);
  auto isSum = [](OpOperand &use) { return isa<hvn::SumOp>(use.getOwner()); };
  if (llvm::any_of(parameter.getUses(), isSum))
    parameter.replaceUsesWithIf(hvn::CastOp::create(builder, parameter.getLoc(), type, rounded), isSum);
  return rounded;
}

Value fovea::skipReshapes(Value value) {
  while (auto reshape = value.getDefiningOp<hvn::ReshapeOp>())
    value = reshape.getInput();
  return value;
}

SmallVector<func::FuncOp> fovea::networksOf(ModuleOp module) {
  SmallVector<func::FuncOp> networks;
  for (auto function : module.getOps<func::FuncOp>())
    if (!function.isExternal() && !isWeightsFunction(function))
      networks.push_back(function);
  return networks;
}

std::string fovea::inputName(func::FuncOp network, unsigned number) {
  auto name = network.getArgAttrOfType<StringAttr>(number, "hvn.name");
  return name ? name.str() : "input" + std::to_string(number);
}

std::string fovea::outputName(func::FuncOp network, unsigned number) {
  auto name = network.getResultAttrOfType<StringAttr>(number, "hvn.name");
  return name ? name.str() : "output" + std::to_string(number);
}

llvm::DenseMap<StringAttr, SmallVector<kern::CallOp>> fovea::callsByKernel(ModuleOp module) {
  llvm::DenseMap<StringAttr, SmallVector<kern::CallOp>> calls;
  module.walk([&](kern::CallOp call) { calls[call.getCalleeAttr().getAttr()].push_back(call); });
  return calls;
}

void fovea::changeWeights(ModuleOp module, llvm::function_ref<void(BlockArgument, ArrayRef<kern::CallOp>)> change) {
  auto allCalls = callsByKernel(module);
  for (auto kernel : module.getOps<kern::FuncOp>()) {
    ArrayRef<kern::CallOp> calls = allCalls[kernel.getSymNameAttr()];
    for (BlockArgument argument : llvm::reverse(kernel.getArguments()))
      if (llvm::all_of(calls,
                       [&](kern::CallOp call) { return isParameter(call->getOperand(argument.getArgNumber())); }))
        change(argument, calls);
    kernel.setFunctionType(
        FunctionType::get(module.getContext(), kernel.getBody().getArgumentTypes(), kernel.getResultTypes()));
  }
}
