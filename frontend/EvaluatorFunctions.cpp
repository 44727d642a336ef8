// Functions on numbers and lists: len, min, max, floor_div, ceil_div, int.
#include "frontend/Evaluator.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace fovea;
using namespace fovea::net;
using namespace mlir;

ArrayRef<StringRef> Evaluator::functionNames() {
  static constexpr StringRef names[] = {"ceil_div", "floor_div", "int", "len", "max", "min"};
  return names;
}

bool Evaluator::isFunction(StringRef name) { return llvm::is_contained(functionNames(), name); }

Evaluator::Result Evaluator::callFunction(const ast::Call &call) {
  auto [name, place] = call.callee;
  if (call.scope)
    return source.error(ErrorId::ArgumentCount, call.scope->place)
           << "the function " << quote(name) << " has no parameters and takes no scope";
  SmallVector<Value> values;
  for (const ast::Argument &argument : call.arguments) {
    if (argument.name)
      return source.error(ErrorId::UnknownArgument, argument.name->place)
             << "the function " << quote(name) << " takes arguments without names";
    Result value = evaluateSingle(*argument.value);
    if (failed(value))
      return failure();
    values.push_back(*value);
  }
  size_t arity = name == "len" || name == "int" ? 1 : name == "min" || name == "max" ? values.size() : 2;
  if (values.size() != arity)
    return source.error(ErrorId::ArgumentCount, place)
           << quote(name) << " takes " << arity << (arity == 1 ? " argument" : " arguments") << ", found "
           << values.size();
  if (name == "len")
    return lengthOf(values[0], call);
  if (name == "int")
    return truncate(values[0], call);
  if (name == "min" || name == "max")
    return extreme(values, call);
  return divideRounding(values[0], values[1], call);
}

Evaluator::Result Evaluator::lengthOf(const Value &value, const ast::Call &call) {
  if (const List *list = value.list())
    return Value::of<int64_t>(list->elements.size());
  if (const Dict *dict = value.dict())
    return Value::of<int64_t>(dict->entries.size());
  return source.error(ErrorId::TypeMismatch, call.arguments[0].value->place)
         << "expected a list or a dictionary as the argument of 'len', found " << value.describe();
}

Evaluator::Result Evaluator::truncate(const Value &value, const ast::Call &call) {
  if (value.get<int64_t>())
    return value;
  // Doubles in this range are exact in 64 bits.
  if (auto *number = value.get<double>(); number && std::abs(*number) < 9e18)
    return Value::of(static_cast<int64_t>(*number));
  return source.error(ErrorId::TypeMismatch, call.arguments[0].value->place)
         << "expected a number that fits into 64 bits as the argument of 'int', found " << value.describe();
}

Evaluator::Result Evaluator::extreme(ArrayRef<Value> values, const ast::Call &call) {
  if (values.size() == 1 && values[0].list())
    values = values[0].list()->elements;
  if (values.empty())
    return source.error(ErrorId::ArgumentCount, call.callee.place)
           << quote(call.callee.name) << " needs at least one number";
  for (const Value &value : values)
    if (!value.number())
      return source.error(ErrorId::TypeMismatch, call.callee.place)
             << quote(call.callee.name) << " takes numbers, or one list of numbers, found " << value.describe();
  auto isLess = [](const Value &lhs, const Value &rhs) {
    auto *left = lhs.get<int64_t>(), *right = rhs.get<int64_t>();
    return left && right ? *left < *right : *lhs.number() < *rhs.number();
  };
  return call.callee.name == "min" ? *llvm::min_element(values, isLess) : *llvm::max_element(values, isLess);
}

Evaluator::Result Evaluator::divideRounding(const Value &lhs, const Value &rhs, const ast::Call &call) {
  auto *dividend = lhs.get<int64_t>(), *divisor = rhs.get<int64_t>();
  if (!dividend || !divisor)
    return source.error(ErrorId::TypeMismatch, call.callee.place)
           << quote(call.callee.name) << " takes integers, found " << lhs.describe() << " and " << rhs.describe();
  if (*divisor == 0)
    return source.error(ErrorId::Arithmetic, call.callee.place) << "division of " << *dividend << " by zero";
  if (*divisor == -1)
    return integerArithmetic(ast::Operator::Sub, 0, *dividend, call.callee.place);
  return Value::of(call.callee.name == "floor_div" ? llvm::divideFloorSigned(*dividend, *divisor)
                                                   : llvm::divideCeilSigned(*dividend, *divisor));
}
