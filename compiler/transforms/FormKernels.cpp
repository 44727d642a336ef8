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

static SmallVector<Value> resultsOf(const KernelGroup &group) {
  SmallVector<Value> results{group.last->getResult(0)};
  if (group.moments)
    results.push_back(group.moments->getResult(0));
  return results;
}

static kern::FuncOp outline(const KernelGroup &group, ArrayRef<Value> arguments, Location loc) {
  OpBuilder builder(loc.getContext());
  SmallVector<Value> results = resultsOf(group);
  auto type = builder.getFunctionType(ValueRange(arguments).getTypes(), ValueRange(results).getTypes());
  auto kernel = kern::FuncOp::create(builder, loc, kernelName(group), type, /*schedule=*/nullptr, /*steps=*/nullptr,
                                     /*extents=*/nullptr,
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
  kern::ReturnOp::create(builder, loc,
                         llvm::map_to_vector(results, [&](Value result) { return mapping.lookup(result); }));
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
      SmallVector<Value> results = resultsOf(group);
      auto call = kern::CallOp::create(builder, loc, ValueRange(results).getTypes(), kernel.getSymName(), arguments);
      for (auto [result, called] : llvm::zip_equal(results, call.getResults()))
        result.replaceAllUsesWith(called);
      grouped.insert(group.ops.begin(), group.ops.end());
    }
    SmallVector<Operation *> order(llvm::make_pointer_range(network.getBody().front()));
    for (Operation *op : llvm::reverse(order))
      if (grouped.contains(op) || (isParameterOp(op) && op->use_empty()))
        op->erase();
  }
};
} // namespace
