#include "compiler/transforms/NetworkStatistics.h"
#include "compiler/transforms/Parameters.h"
#include "dialect/LayerNames.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace fovea;

/// Whether `op` of a kernel moves data of the network; the order of weights is settled at compile time.
static bool movesData(Operation &op, kern::CallOp call) {
  if (!op.hasTrait<hvn::Movement>())
    return false;
  auto argument = dyn_cast<BlockArgument>(op.getOperand(0));
  return !argument || !call.getOperand(argument.getArgNumber()).getDefiningOp<kern::WeightOp>();
}

static bool isCopy(kern::FuncOp kernel) {
  return llvm::all_of(kernel.getBody().front().without_terminator(),
                      [](Operation &op) { return op.hasTrait<hvn::Movement>() || isa<kern::UnpackOp>(op); });
}

/// `conv`, the op that a kernel is built around, or all of its ops.
static std::string describe(kern::FuncOp kernel) {
  for (Operation &op : kernel.getBody().getOps())
    if (op.hasTrait<hvn::Anchor>())
      return op.getName().stripDialect().str();
  return kernel.getSymName().rtrim("0123456789").rtrim('_').str();
}

/// The calls that read `value`, through reshapes, and the number of the output that it is, if any.
static std::optional<unsigned> findReaders(Value value, llvm::SetVector<Operation *> &calls) {
  std::optional<unsigned> output;
  for (OpOperand &use : value.getUses())
    if (auto reshape = dyn_cast<hvn::ReshapeOp>(use.getOwner())) {
      if (std::optional<unsigned> found = findReaders(reshape.getResult(), calls))
        output = found;
    } else if (isa<kern::CallOp>(use.getOwner())) {
      calls.insert(use.getOwner());
    } else {
      output = use.getOperandNumber();
    }
  return output;
}

static std::string reasonOf(kern::CallOp call, func::FuncOp network, SymbolTable &symbols) {
  llvm::SetVector<Operation *> readers;
  if (std::optional<unsigned> output = findReaders(call.getResult(0), readers))
    return "output '" + outputName(network, *output) + "' in the caller's order";
  for (Value operand : call.getOperands())
    if (auto input = dyn_cast<BlockArgument>(skipReshapes(operand)))
      return "input '" + inputName(network, input.getArgNumber()) + "' in the caller's order";
  if (readers.size() > 1)
    return "read by " + std::to_string(readers.size()) + " kernels, moved once";
  if (readers.empty())
    return "read by nothing";
  auto reader = symbols.lookup<kern::FuncOp>(cast<kern::CallOp>(readers.front()).getCallee());
  return describe(reader) + " reads it many times, or in rows";
}

NetworkStatistics fovea::statisticsOf(ModuleOp module) {
  NetworkStatistics statistics;
  SymbolTable symbols(module);
  llvm::SmallPtrSet<Operation *, 32> kernels;
  for (func::FuncOp network : networksOf(module))
    network.walk([&](kern::CallOp call) {
      auto kernel = symbols.lookup<kern::FuncOp>(call.getCallee());
      kernels.insert(kernel);
      ++statistics.calls;
      statistics.flops += kernel.getFlops();
      SmallVector<StringRef> moved;
      for (Operation &op : kernel.getBody().front())
        if (movesData(op, call))
          moved.push_back(op.getName().stripDialect());
      if (!isCopy(kernel)) {
        for (StringRef op : moved)
          ++statistics.addresses[op.str()];
        return;
      }
      auto layers = layerNamesIn(call.getLoc());
      statistics.copies.push_back({llvm::join(moved, ", "), layers.empty() ? "" : layers.front().str(),
                                   reasonOf(call, network, symbols), hvn::byteSize(call.getResult(0).getType())});
    });
  statistics.kernels = kernels.size();
  return statistics;
}
