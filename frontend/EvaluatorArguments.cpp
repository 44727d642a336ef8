// What layers are called with: tensors, numbers, words, axes.
#include "dialect/HvnOps.h"
#include "dialect/Nearest.h"
#include "frontend/Evaluator.h"

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
  case LayerArgument::OptionalTensor:
    return "a tensor";
  case LayerArgument::Tensors:
    return "a list of tensors";
  case LayerArgument::Bool:
    return "true or false";
  case LayerArgument::Integer:
    return "an integer";
  case LayerArgument::Integers:
    return "an integer or a list of integers";
  case LayerArgument::Pair:
    return "an integer or a list of two";
  case LayerArgument::Number:
    return "a number";
  case LayerArgument::Numbers:
    return "a number or a list of numbers";
  case LayerArgument::Word:
    return "a string";
  case LayerArgument::Axes:
    return "a list of axes, as in [h, w],";
  case LayerArgument::Axis:
    return "an axis, as in c,";
  case LayerArgument::AxisValues:
    return "integers for axes, as in h=7,";
  }
}

LogicalResult Evaluator::evaluateArguments(const ast::Call &call, const hvn::LayerSignature &signature,
                                           const Arguments &arguments, const Arguments &axes, hvn::LayerCall &bound,
                                           LayerOperands &operands) {
  for (auto [number, argument] : llvm::enumerate(signature.arguments)) {
    if (argument.kind == LayerArgument::AxisValues) {
      FailureOr<hvn::AxisValues> values = axisValues(axes, call);
      if (failed(values))
        return failure();
      bound.values.try_emplace(argument.name, std::move(*values));
      continue;
    }
    const ast::Argument *given = arguments[number];
    if (argument.isTensor()) {
      if (failed(evaluateTensors(argument, given, call, bound, operands)))
        return failure();
    } else if (!given) {
      bound.values.try_emplace(argument.name, *argument.fallback);
    } else {
      FailureOr<LayerValue> value = evaluateArgument(argument, *given->value, call);
      if (failed(value))
        return failure();
      bound.values.try_emplace(argument.name, std::move(*value));
    }
  }
  return success();
}

LogicalResult Evaluator::evaluateTensors(const LayerArgument &argument, const ast::Argument *given,
                                         const ast::Call &call, hvn::LayerCall &bound, LayerOperands &operands) {
  SmallVector<Value> found;
  if (given) {
    Result value = evaluateSingle(*given->value);
    if (failed(value))
      return failure();
    const List *list = argument.kind == LayerArgument::Tensors ? value->list() : nullptr;
    if (list)
      llvm::append_range(found, list->elements);
    else
      found.push_back(*value);
    auto other = llvm::find_if(found, [](const Value &element) { return !element.tensor(); });
    if (other != found.end() || found.empty() || (argument.kind == LayerArgument::Tensors && !list))
      return source.error(ErrorId::TypeMismatch, given->value->place)
             << "expected " << describe(argument.kind) << " as the argument " << quote(argument.name) << " of "
             << quote(call.callee.name) << ", found " << (other == found.end() ? *value : *other).describe();
  }
  for (const Value &tensor : found) {
    auto type = cast<RankedTensorType>(tensor.tensor().getType());
    operands.values.push_back(tensor.tensor());
    bound.inputs.push_back(type);
    if (argument.kind != LayerArgument::Tensors)
      bound.tensors[argument.name] = type;
  }
  operands.segments.push_back(found.size());
  return success();
}

FailureOr<SmallVector<int64_t>> Evaluator::layerIntegers(const Value &value, ast::Place place) {
  SmallVector<Value> elements{value};
  if (const List *list = value.list())
    elements.assign(list->elements.begin(), list->elements.end());
  SmallVector<int64_t> integers;
  for (const Value &element : elements) {
    auto *integer = element.get<int64_t>();
    if (!integer)
      return SmallVector<int64_t>();
    if (*integer < -maxLayerInteger || *integer > maxLayerInteger)
      return source.error(ErrorId::NumberRange, place)
             << "the integer " << *integer << " is too large for a layer; the limit is " << maxLayerInteger;
    integers.push_back(*integer);
  }
  return integers;
}

FailureOr<hvn::AxisValues> Evaluator::axisValues(const Arguments &axes, const ast::Call &call) {
  hvn::AxisValues values;
  for (const ast::Argument *axis : axes) {
    Result value = evaluateSingle(*axis->value);
    if (failed(value))
      return failure();
    FailureOr<SmallVector<int64_t>> integers = layerIntegers(*value, axis->value->place);
    if (failed(integers))
      return failure();
    if (integers->empty())
      return source.error(ErrorId::TypeMismatch, axis->value->place)
             << "expected " << describe(LayerArgument::Integers) << " for the axis " << quote(axis->name->name)
             << " of " << quote(call.callee.name) << ", found " << value->describe();
    values.emplace_back(axis->name->name.str(), std::move(*integers));
  }
  return values;
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
  FailureOr<SmallVector<int64_t>> integers = layerIntegers(*value, expr.place);
  if (failed(integers))
    return failure();
  bool isList = value->list();

  switch (argument.kind) {
  case LayerArgument::Bool:
    if (auto *truth = value->get<bool>())
      return LayerValue(*truth);
    return mismatch();
  case LayerArgument::Integer:
    if (integers->size() == 1 && !isList)
      return LayerValue(integers->front());
    return mismatch();
  case LayerArgument::Integers:
    if (!integers->empty())
      return isList ? LayerValue(*integers) : LayerValue(integers->front());
    return mismatch();
  case LayerArgument::Pair:
    if (integers->size() == 1 && !isList)
      integers->push_back(integers->front());
    if (integers->size() == 2)
      return LayerValue(*integers);
    return mismatch();
  case LayerArgument::Number:
    if (std::optional<double> number = value->number())
      return LayerValue(*number);
    return mismatch();
  case LayerArgument::Numbers: {
    SmallVector<double> numbers;
    for (const Value &element : isList ? ArrayRef<Value>(value->list()->elements) : ArrayRef<Value>(*value)) {
      std::optional<double> number = element.number();
      if (!number)
        return mismatch();
      numbers.push_back(*number);
    }
    return LayerValue(std::move(numbers));
  }
  case LayerArgument::Word:
    if (auto *word = value->get<std::string>()) {
      if (llvm::is_contained(argument.choices, *word))
        return LayerValue(*word);
      return source.error(ErrorId::LayerArgument, expr.place)
             << "unknown " << argument.name << " " << quote(*word) << nearest(*word, argument.choices);
    }
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
