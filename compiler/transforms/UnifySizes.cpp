// unify-sizes: one network with open extents, of networks that are the same at several sizes.
#include "compiler/transforms/Parameters.h"
#include "compiler/transforms/Passes.h"
#include "dialect/Extents.h"
#include "llvm/ADT/MapVector.h"

namespace fovea {
#define GEN_PASS_DEF_UNIFYSIZESPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace fovea

using namespace mlir;
using namespace fovea;

namespace {
/// Compares one network, at the largest sizes, with the same at others.
class Unifier {
public:
  Unifier(func::FuncOp network, ArrayRef<func::FuncOp> others, const ExtentFit &fit)
      : network(network), others(others), fit(fit), symbols(network->getParentOfType<ModuleOp>()) {}

  LogicalResult run() {
    SmallVector<Region *> bodies;
    for (func::FuncOp other : others)
      bodies.push_back(&other.getBody());
    if (failed(compareBodies(network.getBody(), bodies)))
      return failure();
    auto calls = llvm::to_vector(network.getOps<kern::CallOp>());
    SmallVector<SmallVector<kern::CallOp>> otherCalls;
    for (func::FuncOp other : others)
      otherCalls.push_back(llvm::to_vector(other.getOps<kern::CallOp>()));
    for (auto [number, call] : llvm::enumerate(calls)) {
      SmallVector<kern::CallOp> twins;
      for (const auto &list : otherCalls)
        twins.push_back(list[number]);
      if (failed(unifyKernels(call, twins)))
        return failure();
    }
    for (func::FuncOp other : others)
      eraseWithKernels(other);
    markOfCaller(calls);
    return success();
  }

private:
  kern::FuncOp kernelOf(kern::CallOp call) { return symbols.lookup<kern::FuncOp>(call.getCallee()); }

  /// Gives the kernel of `call` the extents that its `twins`, the same call at other sizes, show.
  LogicalResult unifyKernels(kern::CallOp call, ArrayRef<kern::CallOp> twins) {
    kern::FuncOp kernel = kernelOf(call);
    SmallVector<Region *> bodies;
    for (kern::CallOp twin : twins)
      bodies.push_back(&kernelOf(twin).getBody());
    for (kern::CallOp twin : twins)
      for (auto [operand, other] : llvm::zip_equal(call.getOperands(), twin.getOperands()))
        if (isParameter(operand) && operand.getType() != other.getType())
          return call.emitError() << "a weight depends on the bounded sizes: it is of type " << operand.getType()
                                  << " or " << other.getType();
    if (failed(compareBodies(kernel.getBody(), bodies)))
      return failure();
    extents.clear();
    fixed.clear();
    if (failed(collect(kernel.getBody(), bodies)))
      return failure();
    if (extents.empty())
      return success();
    for (Operation &op : kernel.getBody().front())
      if (failed(checkSupport(op)))
        return failure();
    Builder builder(kernel.getContext());
    SmallVector<Attribute> attributes;
    for (auto &[axis, now] : extents)
      attributes.push_back(
          kern::ExtentAttr::get(kernel.getContext(), axis.first.getValue(), axis.second, AffineMapAttr::get(now)));
    kernel.setStepsAttr(builder.getDenseI64ArrayAttr(fit.samples().front()));
    kernel.setExtentsAttr(builder.getArrayAttr(attributes));
    return success();
  }

  /// Whether an attribute says no more than the result's shape.
  static bool isShape(Operation &op, StringRef attribute) { return isa<hvn::ResizeOp>(op) && attribute == "size"; }

  /// Ops of the same kinds in the same order, with the same attributes.
  LogicalResult compareBodies(Region &body, ArrayRef<Region *> twins) {
    for (Region *twin : twins) {
      auto ops = body.front().getOperations().begin(), end = body.front().getOperations().end();
      for (Operation &op : twin->front()) {
        if (ops == end || ops->getName() != op.getName())
          return op.emitError() << "at other sizes the network has other kernels here; bounded sizes need one "
                                   "network for all sizes";
        if (!isa<kern::CallOp>(op))
          for (NamedAttribute attribute : ops->getAttrs())
            if (op.getAttr(attribute.getName()) != attribute.getValue() && !isShape(op, attribute.getName()))
              return op.emitError() << "'" << attribute.getName().getValue() << "' depends on the bounded sizes: it is "
                                    << attribute.getValue() << " or " << op.getAttr(attribute.getName())
                                    << "; expected a layer that does the same at all sizes";
        ++ops;
      }
      if (ops != end)
        return ops->emitError() << "at other sizes the network does not have this";
    }
    return success();
  }

  LogicalResult collect(Region &body, ArrayRef<Region *> twins) {
    auto values = [](Region &region) {
      SmallVector<Value> all(region.getArguments());
      for (Operation &op : region.front())
        llvm::append_range(all, op.getResults());
      return all;
    };
    SmallVector<Value> firsts = values(body);
    SmallVector<SmallVector<Value>> rest;
    for (Region *twin : twins)
      rest.push_back(values(*twin));
    for (auto [number, value] : llvm::enumerate(firsts)) {
      auto type = cast<RankedTensorType>(value.getType());
      for (auto [dim, axis] : llvm::enumerate(hvn::getAxes(type).getNames())) {
        SmallVector<int64_t> sizes{type.getDimSize(dim)};
        for (const auto &list : rest)
          sizes.push_back(cast<RankedTensorType>(list[number].getType()).getDimSize(dim));
        if (failed(note(axis, sizes, value.getLoc())))
          return failure();
      }
    }
    return success();
  }

  /// Refuses what kernels cannot do along axes that are open.
  LogicalResult checkSupport(Operation &op) {
    auto isOpen = [&](Value value, StringAttr axis) {
      return extents.contains({axis, hvn::axisSize(value.getType(), axis)});
    };
    auto refuse = [&](Value value, ArrayRef<StringAttr> axes, StringRef why) -> LogicalResult {
      for (StringAttr axis : axes)
        if (isOpen(value, axis))
          return op.emitError() << "the axis '" << axis.getValue() << "' depends on the bounded sizes, and " << why;
      return success();
    };
    auto allAxes = [](Value value) { return hvn::getAxes(value.getType()).getNames(); };
    StringRef unable = "this layer does not support that yet";
    if (auto concat = dyn_cast<hvn::ConcatOp>(op))
      return refuse(concat.getResult(), {concat.getAxisAttr()}, unable);
    if (isa<hvn::ContractOp, hvn::AdaptiveAvgPoolOp, hvn::AdaptiveMaxPoolOp>(op)) {
      for (Value operand : op.getOperands())
        if (failed(refuse(operand, allAxes(operand), unable)))
          return failure();
      return success();
    }
    if (isa<hvn::StandardizeOp, hvn::SoftmaxOp, hvn::L2NormalizeOp>(op))
      return refuse(op.getOperand(0), op.getAttrOfType<hvn::AxesAttr>("over").getNames(), unable);
    if (auto resize = dyn_cast<hvn::ResizeOp>(op))
      for (StringAttr axis : allAxes(resize.getResult())) {
        bool whole = resize.getMode() == "nearest" &&
                     hvn::axisSize(resize.getType(), axis) % hvn::axisSize(resize.getInput().getType(), axis) == 0;
        bool same = resize.getType() == resize.getInput().getType();
        if (!whole && !same &&
            failed(refuse(resize.getInput(), {axis},
                          "there a resize can only repeat elements: "
                          "expected mode \"nearest\" and a whole multiple")))
          return failure();
      }
    return success();
  }

  /// Remembers that an axis of a kernel has these `sizes`.
  LogicalResult note(StringAttr axis, ArrayRef<int64_t> sizes, Location place) {
    std::pair key(axis, sizes.front());
    std::optional<AffineMap> now = fit.fit(sizes, axis.getContext());
    if (!now)
      return emitError(place) << "the axis '" << axis.getValue() << "' does not grow evenly with the bounded sizes";
    if (isa<AffineConstantExpr>(now->getResult(0))) {
      if (extents.contains(key))
        return ambiguous(key, place);
      fixed.insert(key);
      return success();
    }
    auto [known, isNew] = extents.try_emplace(key, *now);
    if (fixed.contains(key) || (!isNew && known->second != *now))
      return ambiguous(key, place);
    return success();
  }

  static LogicalResult ambiguous(std::pair<StringAttr, int64_t> key, Location place) {
    return emitError(place) << "at the largest sizes two axes '" << key.first.getValue() << "' have " << key.second
                            << " elements, at others they differ; choose another largest size";
  }

  /// Kernels must not read beyond the end of inputs and outputs, as they may of other tensors.
  void markOfCaller(ArrayRef<kern::CallOp> calls) {
    llvm::DenseSet<Value> ofCaller(network.getArguments().begin(), network.getArguments().end());
    for (Value output : network.getBody().front().getTerminator()->getOperands())
      ofCaller.insert(skipReshapes(output));
    for (kern::CallOp call : calls)
      for (auto [number, operand] : llvm::enumerate(call.getOperands()))
        if (ofCaller.contains(skipReshapes(operand)))
          kernelOf(call).setArgAttr(unsigned(number), "kern.of_caller", UnitAttr::get(call.getContext()));
  }

  void eraseWithKernels(func::FuncOp other) {
    SmallVector<kern::FuncOp> kernels;
    for (auto call : other.getOps<kern::CallOp>())
      kernels.push_back(kernelOf(call));
    other.erase();
    for (kern::FuncOp kernel : kernels)
      kernel.erase();
  }

  func::FuncOp network;
  ArrayRef<func::FuncOp> others;
  const ExtentFit &fit;
  SymbolTable symbols;
  llvm::MapVector<std::pair<StringAttr, int64_t>, AffineMap> extents; ///< of one kernel, by axis and largest size
  llvm::DenseSet<std::pair<StringAttr, int64_t>> fixed;
};

struct UnifySizesPass : fovea::impl::UnifySizesPassBase<UnifySizesPass> {
  void runOnOperation() override {
    SmallVector<func::FuncOp> others;
    func::FuncOp network;
    for (func::FuncOp function : networksOf(getOperation()))
      if (function->hasAttr("hvn.sample"))
        others.push_back(function);
      else if (function->hasAttr("hvn.bounds"))
        network = function;
    if (!network)
      return;
    SmallVector<int64_t> steps;
    for (const BoundedSize &size : boundedSizes(network->getAttrOfType<ArrayAttr>("hvn.bounds")))
      steps.push_back(size.steps());
    if (failed(Unifier(network, others, ExtentFit(steps)).run()))
      signalPassFailure();
  }
};
} // namespace
