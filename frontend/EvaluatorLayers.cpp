// Calls of layers, driven by what each op says about itself (hvn::LayerInterface).
#include "dialect/HvnOps.h"
#include "dialect/Nearest.h"
#include "frontend/Evaluator.h"
#include "llvm/ADT/ScopeExit.h"

using namespace fovea;
using namespace fovea::net;
using namespace mlir;
using hvn::LayerArgument;
using hvn::LayerValue;

/// Integers given to layers stay in this range, so that arithmetic on a few of them cannot overflow 64 bits.
static constexpr int64_t maxLayerInteger = std::numeric_limits<int32_t>::max();

/// What a kind of argument takes, for messages.
static StringRef describe(LayerArgument::Kind kind) {
  switch (kind) {
  case LayerArgument::Tensor:
    return "a tensor";
  case LayerArgument::Bool:
    return "true or false";
  case LayerArgument::Integer:
    return "an integer";
  case LayerArgument::Pair:
    return "an integer or a list of two";
  case LayerArgument::Number:
    return "a number";
  case LayerArgument::Axes:
    return "a list of axes, as in [h, w],";
  case LayerArgument::Axis:
    return "an axis, as in c,";
  }
}

Evaluator::Result Evaluator::callLayer(const ast::Call &call, RegisteredOperationName op) {
  auto *layer = op.getInterface<hvn::LayerInterface>();
  const hvn::LayerSignature &signature = layer->getSignature();
  SmallVector<Slot> slots;
  for (const LayerArgument &argument : signature.arguments)
    slots.push_back({argument.name, !argument.fallback});
  FailureOr<Arguments> arguments = bindArguments(call, slots, std::nullopt);
  FailureOr<std::string> scope = failed(arguments) ? FailureOr<std::string>() : scopeOf(call);
  int64_t scopeNumber = call.scope ? ++scopeCount : frame().scopeNumber;
  if (failed(scope))
    return failure();

  hvn::LayerCall bound;
  SmallVector<mlir::Value> operands;
  if (failed(evaluateArguments(call, signature, *arguments, bound, operands)))
    return failure();
  operandsInQuestion = operands;
  llvm::scope_exit answered([&] { operandsInQuestion.clear(); });
  auto emitError = [&](StringRef name) -> InFlightDiagnostic {
    auto slot = llvm::find_if(slots, [&](const Slot &slot) { return slot.name == name; });
    const ast::Argument *given = slot == slots.end() ? nullptr : (*arguments)[slot - slots.begin()];
    return source.error(ErrorId::LayerArgument, given ? given->value->place : call.callee.place);
  };
  bound.emitError = emitError;
  hvn::ResolvedLayer resolved;
  if (failed(layer->resolve(bound, resolved)))
    return failure();
  for (const hvn::ResolvedLayer::Parameter &parameter : resolved.parameters) {
    FailureOr<mlir::Value> value = network.parameter(join(*scope, parameter.name), parameter.shape, parameter.axes,
                                                     call.callee.place, scopeNumber);
    if (failed(value))
      return failure();
    operands.push_back(*value);
  }
  std::string label = call.scope ? *scope : join(*scope, call.callee.name);
  FailureOr<Operation *> created =
      network.create(op.getStringRef(), operands, resolved.attributes, label, call.callee.place);
  if (failed(created))
    return failure();
  std::vector<Value> results;
  for (mlir::Value result : (*created)->getResults())
    results.push_back(Value::of(result));
  return Value::ofResults(std::move(results));
}

LogicalResult Evaluator::evaluateArguments(const ast::Call &call, const hvn::LayerSignature &signature,
                                           const Arguments &arguments, hvn::LayerCall &bound,
                                           SmallVectorImpl<mlir::Value> &operands) {
  for (auto [argument, given] : llvm::zip_equal(signature.arguments, arguments)) {
    if (!given) {
      bound.values.try_emplace(argument.name, *argument.fallback);
    } else if (argument.kind == LayerArgument::Tensor) {
      Result value = evaluateSingle(*given->value);
      if (failed(value))
        return failure();
      if (!value->tensor())
        return source.error(ErrorId::TypeMismatch, given->value->place)
               << "expected a tensor as the argument " << quote(argument.name) << " of " << quote(call.callee.name)
               << ", found " << value->describe();
      operands.push_back(value->tensor());
      bound.inputs.push_back(cast<RankedTensorType>(value->tensor().getType()));
    } else {
      FailureOr<LayerValue> value = evaluateArgument(argument, *given->value, call);
      if (failed(value))
        return failure();
      bound.values.try_emplace(argument.name, std::move(*value));
    }
  }
  return success();
}

FailureOr<LayerValue> Evaluator::evaluateArgument(const LayerArgument &argument, const ast::Expr &expr,
                                                  const ast::Call &call) {
  if (argument.kind == LayerArgument::Axes || argument.kind == LayerArgument::Axis)
    return axisNames(argument, expr);
  Result value = evaluateSingle(expr);
  if (failed(value))
    return failure();
  auto mismatch = [&] {
    return source.error(ErrorId::TypeMismatch, expr.place)
           << "expected " << describe(argument.kind) << " as the argument " << quote(argument.name) << " of "
           << quote(call.callee.name) << ", found " << value->describe();
  };
  SmallVector<int64_t> integers;
  if (auto *integer = value->get<int64_t>())
    integers.push_back(*integer);
  if (const List *list = value->list(); list && argument.kind == LayerArgument::Pair)
    for (const Value &element : list->elements) {
      if (!element.get<int64_t>())
        return mismatch();
      integers.push_back(*element.get<int64_t>());
    }
  for (int64_t integer : integers)
    if (integer < -maxLayerInteger || integer > maxLayerInteger)
      return source.error(ErrorId::NumberRange, expr.place)
             << "the integer " << integer << " is too large for a layer; the limit is " << maxLayerInteger;

  switch (argument.kind) {
  case LayerArgument::Bool:
    if (auto *truth = value->get<bool>())
      return LayerValue(*truth);
    return mismatch();
  case LayerArgument::Integer:
    if (integers.size() == 1)
      return LayerValue(integers[0]);
    return mismatch();
  case LayerArgument::Pair:
    if (value->get<int64_t>())
      integers.push_back(integers[0]);
    if (integers.size() == 2)
      return LayerValue(integers);
    return mismatch();
  case LayerArgument::Number:
    if (std::optional<double> number = value->number())
      return LayerValue(*number);
    return mismatch();
  default:
    return mismatch();
  }
}

/// The names are taken as they are written, not evaluated.
FailureOr<LayerValue> Evaluator::axisNames(const LayerArgument &argument, const ast::Expr &expr) {
  auto mismatch = [&](ast::Place place) {
    return source.error(ErrorId::TypeMismatch, place) << "expected " << describe(argument.kind) << " as the argument "
                                                      << quote(argument.name) << "; axes are plain names";
  };
  SmallVector<std::string> names;
  auto add = [&](const ast::Expr &element) -> LogicalResult {
    auto *reference = std::get_if<ast::NameRef>(&element.node);
    if (!reference)
      return mismatch(element.place);
    if (llvm::is_contained(names, reference->name))
      return source.error(ErrorId::DuplicateName, element.place)
             << "the axis " << quote(reference->name) << " stands twice";
    names.push_back(reference->name.str());
    return success();
  };
  if (argument.kind == LayerArgument::Axis)
    return failed(add(expr)) ? FailureOr<LayerValue>() : LayerValue(names);
  auto *list = std::get_if<ast::ListLiteral>(&expr.node);
  if (!list)
    return mismatch(expr.place);
  for (const ast::ExprPtr &element : list->elements)
    if (failed(add(*element)))
      return failure();
  return LayerValue(names);
}
