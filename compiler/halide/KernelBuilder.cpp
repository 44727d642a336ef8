#include "compiler/halide/KernelBuilder.h"

using namespace mlir;
using namespace fovea;
using namespace fovea::halide;

#include "compiler/halide/EmitterInterface.cpp.inc"

/// How Halide calls the element type of `type`.
static Halide::Type elementType(Type type) {
  Type element = cast<RankedTensorType>(type).getElementType();
  return element.isBF16() ? Halide::BFloat(16) : element.isF16() ? Halide::Float(16) : Halide::Float(32);
}

/// The value of `expr`, whose symbols are `steps`.
static Halide::Expr toHalide(AffineExpr expr, ArrayRef<Halide::Param<int>> steps) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return int(constant.getValue());
  if (auto symbol = dyn_cast<AffineSymbolExpr>(expr))
    return steps[symbol.getPosition()];
  auto binary = cast<AffineBinaryOpExpr>(expr);
  Halide::Expr lhs = toHalide(binary.getLHS(), steps), rhs = toHalide(binary.getRHS(), steps);
  return expr.getKind() == AffineExprKind::Add ? lhs + rhs : lhs * rhs;
}

Extent Extent::pieces(int64_t size) const {
  return {int64_t(llvm::divideCeil(most, size)), simplify((now + int(size - 1)) / int(size)),
          unit % size ? 1 : unit / size, isOpen};
}

Extent Extent::operator*(const Extent &other) const {
  return {most * other.most, simplify(now * other.now), unit * other.unit, isOpen || other.isOpen};
}

Extent KernelBuilder::extent(Type type, StringRef axis) const {
  int64_t most = hvn::axisSize(type, axis);
  if (ArrayAttr extents = const_cast<kern::FuncOp &>(kernel).getExtentsAttr())
    for (auto extent : extents.getAsRange<kern::ExtentAttr>())
      if (extent.getAxis() == axis && extent.getMost() == most) {
        AffineExpr now = extent.getNow().getValue().getResult(0);
        return {most, toHalide(now, steps), now.getLargestKnownDivisor(), /*isOpen=*/true};
      }
  return most;
}

bool KernelBuilder::isOfCaller(Value argument) const {
  auto block = dyn_cast<BlockArgument>(argument);
  return block && const_cast<kern::FuncOp &>(kernel).getArgAttr(block.getArgNumber(), "kern.of_caller");
}

KernelBuilder::KernelBuilder(kern::FuncOp kernel, const TargetInfo &target) : kernel(kernel), target(target) {
  for (auto [number, most] : llvm::enumerate(kernel.getSteps().value_or(ArrayRef<int64_t>()))) {
    steps.emplace_back("s" + std::to_string(number));
    steps.back().set_range(0, int(most));
  }
  for (auto [number, argument] : llvm::enumerate(kernel.getBody().getArguments())) {
    auto type = cast<RankedTensorType>(argument.getType());
    Halide::ImageParam parameter(elementType(type), type.getRank(), "in" + std::to_string(number));
    Halide::Expr stride = 1;
    for (auto [dim, axis] : llvm::enumerate(llvm::reverse(hvn::getAxes(type).getNames()))) {
      Halide::Expr size = extent(type, axis).now;
      parameter.dim(int(dim)).set_bounds(0, size).set_stride(stride);
      stride = simplify(stride * size);
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
    output(vars) = round(element, result.getType());
    auto type = cast<RankedTensorType>(result.getType());
    Halide::Expr stride = 1;
    for (size_t dim = 0; dim < vars.size(); ++dim) {
      Halide::Expr size = extent(type, vars[dim].name()).now;
      output.output_buffer().dim(int(dim)).set_bounds(0, size).set_stride(stride);
      output.bound(vars[dim], 0, size);
      stride = simplify(stride * size);
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
    if (Extent size = extent(type, names[axis]); size.isOpen && isOfCaller(value))
      at.back() = clamp(at.back(), 0, size.now - 1); // the last tile may reach beyond
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

Halide::Expr KernelBuilder::round(Halide::Expr element, Type type) { return Halide::cast(elementType(type), element); }

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
  std::vector<Halide::Argument> arguments(steps.begin(), steps.end());
  for (Value argument : kernel.getBody().getArguments())
    arguments.push_back(parameters.at(argument));
  return arguments;
}
