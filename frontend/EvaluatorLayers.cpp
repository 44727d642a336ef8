// Calls of layers, driven by what each op says about itself (hvn::LayerInterface).
#include "dialect/HvnOps.h"
#include "frontend/Evaluator.h"
#include "llvm/ADT/ScopeExit.h"

using namespace fovea;
using namespace fovea::net;
using namespace mlir;
using hvn::LayerArgument;

/// Tells an op with several optional operands which of them there are, unless the layer has said so itself.
static void setSegments(RegisteredOperationName op, ArrayRef<int32_t> arguments, hvn::ResolvedLayer &resolved,
                        MLIRContext *context) {
  static constexpr StringLiteral name = "operandSegmentSizes";
  if (!op.hasTrait<OpTrait::AttrSizedOperandSegments>() || resolved.attributes.get(name))
    return;
  SmallVector<int32_t> segments(arguments);
  segments.append(resolved.parameters.size(), 1);
  resolved.attributes.set(name, DenseI32ArrayAttr::get(context, segments));
}

Evaluator::Result Evaluator::callLayer(const ast::Call &call, RegisteredOperationName op) {
  auto *layer = op.getInterface<hvn::LayerInterface>();
  const hvn::LayerSignature &signature = layer->getSignature();
  SmallVector<Slot> slots;
  bool takesAxes = false;
  for (const LayerArgument &argument : signature.arguments)
    if (argument.kind == LayerArgument::AxisValues)
      takesAxes = true;
    else
      slots.push_back({argument.name, argument.isRequired()});
  Arguments axes;
  FailureOr<Arguments> arguments = bindArguments(call, slots, std::nullopt, takesAxes ? &axes : nullptr);
  FailureOr<std::string> scope = failed(arguments) ? FailureOr<std::string>() : scopeOf(call);
  int64_t scopeNumber = call.scope ? ++scopeCount : frame().scopeNumber;
  if (failed(scope))
    return failure();

  hvn::LayerCall bound;
  LayerOperands operands;
  if (failed(evaluateArguments(call, signature, *arguments, axes, bound, operands)))
    return failure();
  operandsInQuestion = operands.values;
  llvm::scope_exit answered([&] { operandsInQuestion.clear(); });
  auto emitError = [&](StringRef name) -> InFlightDiagnostic {
    auto slot = llvm::find_if(slots, [&](const Slot &slot) { return slot.name == name; });
    const ast::Argument *given = slot == slots.end() ? nullptr : (*arguments)[slot - slots.begin()];
    for (const ast::Argument *axis : axes)
      if (axis->name->name == name)
        given = axis;
    return source.error(ErrorId::LayerArgument, given ? given->value->place : call.callee.place);
  };
  bound.emitError = emitError;
  bound.context = source.getContext();
  hvn::ResolvedLayer resolved;
  if (failed(layer->resolve(bound, resolved)))
    return failure();
  for (const hvn::ResolvedLayer::Parameter &parameter : resolved.parameters) {
    FailureOr<mlir::Value> value = network.parameter(join(*scope, parameter.name), parameter.shape, parameter.axes,
                                                     call.callee.place, scopeNumber);
    if (failed(value))
      return failure();
    if (resolved.isParameter)
      return Value::of(*value);
    operands.values.push_back(*value);
  }
  setSegments(op, operands.segments, resolved, source.getContext());
  std::string label = call.scope ? *scope : join(*scope, call.callee.name);
  FailureOr<Operation *> created =
      network.create(op.getStringRef(), operands.values, resolved.attributes, label, call.callee.place);
  if (failed(created))
    return failure();
  std::vector<Value> results;
  for (mlir::Value result : (*created)->getResults())
    results.push_back(Value::of(result));
  return Value::ofResults(std::move(results));
}
