// form-kernels: ops that run together become a kernel.
#include "compiler/transforms/KernelGroups.h"
#include "compiler/transforms/Passes.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/StringExtras.h"

namespace fovea {
#define GEN_PASS_DEF_FORMKERNELSPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace fovea

using namespace mlir;
using namespace fovea;

/// Ops in a kernel's name; longer kernels are told apart by the number behind it.
static constexpr size_t namedOps = 6;

static std::string kernelName(const KernelGroup &group) {
  SmallVector<StringRef> mnemonics;
  for (Operation *op : ArrayRef(group.ops).take_front(namedOps))
    mnemonics.push_back(op->getName().stripDialect());
  return llvm::join(mnemonics, "_");
}

/// What a group reads from outside: activations first, then parameters, each in order of first use. Constants are
/// computed inside.
static SmallVector<Value> argumentsOf(const KernelGroup &group) {
  llvm::SetVector<Value> activations, parameters;
  for (Operation *op : group.ops)
    for (Value operand : op->getOperands()) {
      Operation *source = operand.getDefiningOp();
      if (source && (llvm::is_contained(group.ops, source) || source->hasTrait<OpTrait::ConstantLike>()))
        continue;
      (isParameter(operand) ? parameters : activations).insert(operand);
    }
  SmallVector<Value> arguments = activations.takeVector();
  llvm::append_range(arguments, parameters);
  return arguments;
}

static kern::FuncOp outline(const KernelGroup &group, ArrayRef<Value> arguments, Location loc) {
  OpBuilder builder(loc.getContext());
  Value result = group.last->getResult(0);
  auto type = builder.getFunctionType(ValueRange(arguments).getTypes(), result.getType());
  auto kernel = kern::FuncOp::create(builder, loc, kernelName(group), type, /*schedule=*/nullptr,
                                     /*sym_visibility=*/nullptr, /*arg_attrs=*/nullptr, /*res_attrs=*/nullptr);
  Block &body = kernel.getBody().emplaceBlock();
  builder.setInsertionPointToStart(&body);
  IRMapping mapping;
  for (Value argument : arguments)
    mapping.map(argument, body.addArgument(argument.getType(), argument.getLoc()));
  for (Operation *op : group.ops) {
    for (Value operand : op->getOperands())
      if (!mapping.contains(operand)) // a constant
        builder.clone(*operand.getDefiningOp(), mapping);
    builder.clone(*op, mapping);
  }
  kern::ReturnOp::create(builder, loc, mapping.lookup(result));
  return kernel;
}

namespace {
struct FormKernelsPass : fovea::impl::FormKernelsPassBase<FormKernelsPass> {
  using FormKernelsPassBase::FormKernelsPassBase;

  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    for (func::FuncOp network : networksOf(getOperation()))
      form(network, symbols);
  }

  void form(func::FuncOp network, SymbolTable &symbols) {
    std::vector<KernelGroup> groups = groupIntoKernels(network, fuse);
    llvm::SetVector<Operation *> grouped;
    for (KernelGroup &group : groups) {
      SmallVector<Location> places(llvm::map_range(group.ops, [](Operation *op) { return op->getLoc(); }));
      Location loc = FusedLoc::get(&getContext(), places);
      SmallVector<Value> arguments = argumentsOf(group);
      kern::FuncOp kernel = outline(group, arguments, loc);
      symbols.insert(kernel);
      OpBuilder builder(group.last);
      Value result = group.last->getResult(0);
      auto call = kern::CallOp::create(builder, loc, result.getType(), kernel.getSymName(), arguments);
      result.replaceAllUsesWith(call.getResult(0));
      grouped.insert(group.ops.begin(), group.ops.end());
    }
    SmallVector<Operation *> order(llvm::make_pointer_range(network.getBody().front()));
    for (Operation *op : llvm::reverse(order))
      if (grouped.contains(op) || (isParameterOp(op) && op->use_empty()))
        op->erase();
  }
};
} // namespace
