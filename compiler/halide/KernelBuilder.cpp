#include "compiler/halide/KernelBuilder.h"

using namespace mlir;
using namespace fovea;
using namespace fovea::halide;

#include "compiler/halide/EmitterInterface.cpp.inc"

/// How Halide calls the element type of `type`.
static Halide::Type elementType(Type type) {
  return cast<RankedTensorType>(type).getElementType().isBF16() ? Halide::BFloat(16) : Halide::Float(32);
}

KernelBuilder::KernelBuilder(kern::FuncOp kernel, const TargetInfo &target) : kernel(kernel), target(target) {
  for (auto [number, argument] : llvm::enumerate(kernel.getBody().getArguments())) {
    auto type = cast<RankedTensorType>(argument.getType());
    Halide::ImageParam parameter(elementType(type), type.getRank(), "in" + std::to_string(number));
    int64_t stride = 1;
    for (int64_t dim = 0; dim < type.getRank(); ++dim) {
      int64_t extent = type.getDimSize(type.getRank() - 1 - dim);
      parameter.dim(dim).set_bounds(0, int(extent)).set_stride(int(stride));
      stride *= extent;
    }
    functions[argument] = parameter;
    parameters.emplace(argument, parameter);
  }
  Operation *terminator = kernel.getBody().front().getTerminator();
  for (Operation &op : kernel.getBody().front().without_terminator()) {
    auto emitter = dyn_cast<EmitterInterface>(op);
    if (!emitter)
      throw Halide::CompileError("no kernel for '" + op.getName().getStringRef().str() + "'");
    emitter.emit(*this);
  }

  for (auto [number, result] : llvm::enumerate(terminator->getOperands())) {
    Halide::Func output("out" + std::to_string(number));
    std::vector<Halide::Var> vars = varsOf(result);
    Halide::Expr element = functions.at(result)(vars);
    output(vars) = elementType(result.getType()) == element.type() ? element : narrow(element);
    auto type = cast<RankedTensorType>(result.getType());
    int64_t stride = 1;
    for (size_t dim = 0; dim < vars.size(); ++dim) {
      int64_t extent = type.getDimSize(vars.size() - 1 - dim);
      output.output_buffer().dim(dim).set_bounds(0, int(extent)).set_stride(int(stride));
      output.bound(vars[dim], 0, int(extent));
      stride *= extent;
    }
    outputs.push_back(output);
  }
}

Halide::Expr KernelBuilder::load(Value value, const Index &index) {
  return Halide::cast(Halide::Float(32), loadStored(value, index));
}

Halide::Expr KernelBuilder::loadStored(Value value, const Index &index) {
  auto type = cast<RankedTensorType>(value.getType());
  std::vector<Halide::Expr> at;
  auto names = hvn::getAxes(type).getNames();
  for (size_t axis = names.size(); axis-- > 0;) {
    auto named = llvm::find_if(index, [&](auto &entry) { return entry.first == names[axis].getValue(); });
    bool repeated = type.getDimSize(axis) == 1 || named == index.end();
    at.push_back(repeated ? Halide::Expr(0) : named->second);
  }
  return functions.at(value)(at);
}

Value KernelBuilder::narrowBehind(Value value) {
  auto cast = value.getDefiningOp<hvn::CastOp>();
  return cast && cast.getInput().getType().getElementType().isBF16() ? cast.getInput() : Value();
}

bool KernelBuilder::isInMemory(Value value) {
  Operation *op = value.getDefiningOp();
  return !op || ((op->hasTrait<hvn::Movement>() || isa<hvn::PermuteOp, hvn::ReshapeOp>(op)) &&
                 llvm::all_of(op->getOperands(), isInMemory));
}

Halide::Expr KernelBuilder::narrow(Halide::Expr element) const { return Halide::cast(Halide::BFloat(16), element); }

Index KernelBuilder::indexOf(Value value) {
  Index index;
  for (StringAttr axis : hvn::getAxes(value.getType()).getNames())
    index.emplace_back(axis.str(), Halide::Var(axis.str()));
  return index;
}

std::vector<Halide::Var> KernelBuilder::varsOf(Value value) {
  std::vector<Halide::Var> vars;
  for (StringAttr axis : llvm::reverse(hvn::getAxes(value.getType()).getNames()))
    vars.emplace_back(axis.str());
  return vars;
}

Halide::Func KernelBuilder::makeFunc(Operation *op, StringRef suffix) {
  // Halide tells calls of functions by their names, and has a function abs of its own.
  StringRef name = isa<hvn::AbsOp>(op) ? "magnitude" : op->getName().stripDialect();
  return Halide::Func((name + suffix).str());
}

void KernelBuilder::define(Value value, Halide::Expr element) {
  Halide::Func function = makeFunc(value.getDefiningOp());
  function(varsOf(value)) = element;
  set(value, function);
}

Anchor &KernelBuilder::accumulate(Operation *op, Halide::Expr init, Halide::Expr term,
                                  std::vector<Halide::RVar> reduction,
                                  Halide::Expr (*combine)(Halide::Expr, Halide::Expr)) {
  Halide::Func function = makeFunc(op);
  std::vector<Halide::Var> vars = varsOf(op->getResult(0));
  function(vars) = init;
  function(vars) = combine(function(vars), term);
  set(op->getResult(0), function);
  return anchors.emplace_back(Anchor{op, function, std::move(reduction)});
}

Value KernelBuilder::argumentBehind(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<kern::UnpackOp, hvn::PermuteOp, hvn::CastOp>(op))
      return {};
    value = op->getOperand(0);
  }
  return value;
}

std::vector<Halide::Argument> KernelBuilder::arguments() {
  std::vector<Halide::Argument> arguments;
  for (Value argument : kernel.getBody().getArguments())
    arguments.push_back(parameters.at(argument));
  return arguments;
}
