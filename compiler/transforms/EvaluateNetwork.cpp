#include "compiler/transforms/EvaluateNetwork.h"
#include "compiler/transforms/Parameters.h"

using namespace mlir;
using namespace fovea;
using hvn::Tensor;

static FailureOr<std::vector<Tensor>> evaluateCall(kern::CallOp call, ArrayRef<const Tensor *> operands,
                                                   ParameterLookup lookup) {
  auto kernel = SymbolTable::lookupNearestSymbolFrom<kern::FuncOp>(call, call.getCalleeAttr());
  std::vector<Tensor> inputs;
  for (const Tensor *operand : operands)
    inputs.push_back(*operand);
  return evaluateNetwork(kernel, inputs, lookup);
}

static FailureOr<std::vector<Tensor>> evaluateOp(Operation *op, ArrayRef<const Tensor *> operands,
                                                 ParameterLookup lookup) {
  std::vector<Tensor> results;
  if (auto param = dyn_cast<hvn::ParamOp>(op)) {
    FailureOr<Tensor> tensor = lookup(param.getKey(), param.getType());
    if (failed(tensor))
      return failure();
    results.push_back(std::move(*tensor));
    return results;
  }
  if (auto call = dyn_cast<kern::CallOp>(op))
    return evaluateCall(call, operands, lookup);
  auto reference = dyn_cast<hvn::ReferenceInterface>(op);
  if (!reference)
    return op->emitError() << "'" << op->getName() << "' has no reference to evaluate";
  for (Tensor &tensor : reference.evaluate(operands))
    results.push_back(std::move(tensor));
  return results;
}

/// For each op, the values that nothing after it reads.
static llvm::DenseMap<Operation *, SmallVector<Value>> lastUses(Block &block) {
  llvm::DenseMap<Operation *, SmallVector<Value>> dying;
  llvm::DenseSet<Value> seen;
  for (Operation &op : llvm::reverse(block)) {
    for (Value result : op.getResults())
      if (seen.insert(result).second)
        dying[&op].push_back(result);
    for (Value operand : op.getOperands())
      if (seen.insert(operand).second)
        dying[&op].push_back(operand);
  }
  return dying;
}

/// The results of the function `@weights`, for the ops that read them.
static LogicalResult readWeights(Block &block, ParameterLookup lookup, llvm::DenseMap<Value, Tensor> &values) {
  auto reads = llvm::to_vector(block.getOps<kern::WeightOp>());
  if (reads.empty())
    return success();
  auto weights = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
      reads.front(), StringAttr::get(block.getParentOp()->getContext(), weightsFunction));
  if (!weights)
    return reads.front().emitError() << "the module has no function '" << weightsFunction << "'";
  FailureOr<std::vector<Tensor>> tensors = evaluateNetwork(weights, {}, lookup);
  if (failed(tensors))
    return failure();
  for (kern::WeightOp read : reads) {
    if (read.getIndex() >= tensors->size())
      return read.emitError() << "the function '" << weightsFunction << "' has " << tensors->size() << " results";
    values.try_emplace(read.getResult(), (*tensors)[read.getIndex()]);
  }
  return success();
}

FailureOr<std::vector<Tensor>> fovea::evaluateNetwork(FunctionOpInterface function, ArrayRef<Tensor> inputs,
                                                      ParameterLookup lookup,
                                                      llvm::function_ref<void(Operation *, ArrayRef<Tensor>)> observe) {
  Block &block = function.getFunctionBody().front();
  llvm::DenseMap<Value, Tensor> values;
  if (failed(readWeights(block, lookup, values)))
    return failure();
  for (auto [argument, tensor] : llvm::zip_equal(block.getArguments(), inputs))
    values.try_emplace(argument, tensor);
  auto dying = lastUses(block);
  for (Operation &op : block) {
    auto operands = llvm::map_to_vector(op.getOperands(),
                                        [&](Value value) -> const Tensor * { return &values.find(value)->second; });
    if (op.hasTrait<OpTrait::IsTerminator>()) {
      std::vector<Tensor> results;
      for (const Tensor *operand : operands)
        results.push_back(*operand);
      return results;
    }
    if (isa<kern::WeightOp>(op))
      continue;
    FailureOr<std::vector<Tensor>> results = evaluateOp(&op, operands, lookup);
    if (failed(results))
      return failure();
    if (observe)
      observe(&op, *results);
    for (auto [result, tensor] : llvm::zip_equal(op.getResults(), *results))
      values.try_emplace(result, std::move(tensor));
    for (Value value : dying[&op])
      values.erase(value);
  }
  return function.emitError() << "has no end";
}
