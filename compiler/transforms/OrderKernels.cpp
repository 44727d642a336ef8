// order-kernels: each kernel runs just before its result is needed.
#include "compiler/transforms/Parameters.h"
#include "compiler/transforms/Passes.h"

namespace fovea {
#define GEN_PASS_DEF_ORDERKERNELSPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace fovea

using namespace mlir;
using namespace fovea;

/// The first op that reads a result of `op`; null when nothing does.
static Operation *firstUser(Operation *op) {
  Operation *first = nullptr;
  for (Operation *user : op->getUsers())
    if (!first || user->isBeforeInBlock(first))
      first = user;
  return first;
}

/// True when `op` is the last to read `value`, so that running it later keeps `value` alive for longer.
static bool isLastUser(Operation *op, Value value) {
  return !isParameter(value) &&
         llvm::all_of(value.getUsers(), [&](Operation *user) { return user == op || user->isBeforeInBlock(op); });
}

namespace {
struct OrderKernelsPass : fovea::impl::OrderKernelsPassBase<OrderKernelsPass> {
  void runOnOperation() override {
    SmallVector<Operation *> calls;
    for (Operation &op : getOperation().getBody().front())
      if (isa<kern::CallOp, hvn::ReshapeOp>(op) && !isParameterOp(&op))
        calls.push_back(&op);
    for (Operation *call : llvm::reverse(calls)) {
      Operation *user = firstUser(call);
      int64_t kept = 0, result = 0;
      for (Value operand : call->getOperands())
        kept += isLastUser(call, operand) ? hvn::byteSize(operand.getType()) : 0;
      for (Value value : call->getResults())
        result += hvn::byteSize(value.getType());
      if (user && kept <= result)
        call->moveBefore(user);
    }
  }
};
} // namespace
