// Literals, names, indices, axis sizes.
#include "dialect/Axes.h"
#include "dialect/Nearest.h"
#include "frontend/Evaluator.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace fovea;
using namespace fovea::net;
using namespace mlir;

static constexpr unsigned maxDepth = 1000;
static constexpr unsigned maxLevels = 64;
static constexpr uint64_t maxSteps = 2'000'000;

bool Evaluator::countStep(ast::Place place) {
  if (++steps <= maxSteps)
    return true;
  source.error(ErrorId::Limit, place) << "the network takes more than " << maxSteps << " steps to build";
  return false;
}

Evaluator::Result Evaluator::evaluate(const ast::Expr &expr) {
  llvm::SaveAndRestore deeper(depth, depth + 1);
  if (depth > maxDepth)
    return source.error(ErrorId::Limit, expr.place)
           << "expressions and calls are nested more than " << maxDepth << " deep";
  if (!countStep(expr.place))
    return failure();
  return std::visit([&](const auto &node) { return evaluate(node, expr); }, expr.node);
}

Evaluator::Result Evaluator::evaluateSingle(const ast::Expr &expr) {
  Result value = evaluate(expr);
  if (succeeded(value) && value->results())
    return source.error(ErrorId::TypeMismatch, expr.place) << "expected one value, found " << value->describe();
  return value;
}

FailureOr<int64_t> Evaluator::evaluateInteger(const ast::Expr &expr, StringRef what) {
  Result value = evaluateSingle(expr);
  if (failed(value))
    return failure();
  if (auto *integer = value->get<int64_t>())
    return *integer;
  return source.error(ErrorId::TypeMismatch, expr.place)
         << "expected an integer as " << what << ", found " << value->describe();
}

FailureOr<bool> Evaluator::evaluateBool(const ast::Expr &expr, StringRef what) {
  Result value = evaluateSingle(expr);
  if (failed(value))
    return failure();
  if (auto *truth = value->get<bool>())
    return *truth;
  return source.error(ErrorId::TypeMismatch, expr.place)
         << "expected true or false as " << what << ", found " << value->describe();
}

FailureOr<std::string> Evaluator::evaluateString(const ast::Expr &expr, StringRef what) {
  Result value = evaluateSingle(expr);
  if (failed(value))
    return failure();
  if (auto *string = value->get<std::string>())
    return *string;
  return source.error(ErrorId::TypeMismatch, expr.place)
         << "expected a string as " << what << ", found " << value->describe();
}

Evaluator::Result Evaluator::evaluate(const ast::StringLiteral &node, const ast::Expr &expr) {
  std::string text;
  for (const ast::StringLiteral::Piece &piece : node.pieces) {
    text += piece.text;
    if (!piece.value)
      continue;
    Result value = evaluateSingle(*piece.value);
    if (failed(value))
      return failure();
    if (auto *integer = value->get<int64_t>())
      text += std::to_string(*integer);
    else if (auto *string = value->get<std::string>())
      text += *string;
    else
      return source.error(ErrorId::TypeMismatch, piece.value->place)
             << "expected an integer or a string inside a string, found " << value->describe();
  }
  if (text.size() > maxStringLength)
    return source.error(ErrorId::Limit, expr.place) << "a string of more than " << maxStringLength << " bytes";
  return Value::of(std::move(text));
}

Evaluator::Result Evaluator::checkLevels(Value value, ast::Place place) {
  if (value.levels() > maxLevels)
    return source.error(ErrorId::Limit, place)
           << "lists and dictionaries are nested more than " << maxLevels << " deep";
  return value;
}

Evaluator::Result Evaluator::evaluate(const ast::ListLiteral &node, const ast::Expr &expr) {
  std::vector<Value> elements;
  for (const ast::ExprPtr &element : node.elements) {
    Result value = evaluateSingle(*element);
    if (failed(value))
      return failure();
    elements.push_back(*value);
  }
  return checkLevels(Value::ofList(std::move(elements)), expr.place);
}

Evaluator::Result Evaluator::evaluate(const ast::DictLiteral &node, const ast::Expr &expr) {
  std::vector<std::pair<std::string, Value>> entries;
  for (const ast::DictLiteral::Entry &entry : node.entries) {
    Result value = evaluateSingle(*entry.value);
    if (failed(value))
      return failure();
    entries.emplace_back(entry.key, *value);
  }
  return checkLevels(Value::ofDict(std::move(entries)), expr.place);
}

Evaluator::Result Evaluator::evaluate(const ast::NameRef &node, const ast::Expr &expr) {
  auto &names = frame().names;
  if (auto found = names.find(node.name); found != names.end())
    return found->second.value;
  if (blocks.contains(node.name) || isFunction(node.name) || llvm::is_contained(layerNames(), node.name))
    return source.error(ErrorId::TypeMismatch, expr.place)
           << quote(node.name) << " is called with arguments: " << node.name << "(...)";
  SmallVector<StringRef> legal(names.keys());
  llvm::sort(legal);
  return source.error(ErrorId::UnknownName, expr.place)
         << "unknown name " << quote(node.name) << nearest(node.name, legal);
}

Evaluator::Result Evaluator::evaluate(const ast::Index &node, const ast::Expr &expr) {
  Result base = evaluateSingle(*node.base);
  if (failed(base))
    return failure();
  if (const List *list = base->list()) {
    FailureOr<int64_t> index = evaluateInteger(*node.index, "an index into a list");
    if (failed(index))
      return failure();
    int64_t size = list->elements.size();
    if (*index >= -size && *index < size)
      return list->elements[*index < 0 ? *index + size : *index];
    return source.error(ErrorId::UnknownElement, node.index->place)
           << "the index " << *index << " is outside of a list of " << size << " values";
  }
  if (const Dict *dict = base->dict()) {
    FailureOr<std::string> key = evaluateString(*node.index, "a key");
    if (failed(key))
      return failure();
    SmallVector<StringRef> legal;
    for (const auto &[name, value] : dict->entries) {
      if (name == *key)
        return value;
      legal.push_back(name);
    }
    InFlightDiagnostic diagnostic = source.error(ErrorId::UnknownElement, node.index->place)
                                    << "the dictionary has no key " << quote(*key) << nearest(*key, legal);
    diagnostic.attachNote(source.location(node.base->place)) << "its keys are " << llvm::join(legal, ", ");
    return diagnostic;
  }
  return source.error(ErrorId::TypeMismatch, expr.place)
         << "expected a list or a dictionary before '[', found " << base->describe();
}

Evaluator::Result Evaluator::evaluate(const ast::AxisSize &node, const ast::Expr &expr) {
  Result base = evaluateSingle(*node.base);
  if (failed(base))
    return failure();
  mlir::Value tensor = base->tensor();
  if (!tensor)
    return source.error(ErrorId::TypeMismatch, expr.place)
           << "expected a tensor before '." << node.axis.name << "', found " << base->describe();
  if (int64_t size = hvn::axisSize(tensor.getType(), node.axis.name, /*absent=*/0))
    return Value::of(size);
  SmallVector<StringRef> legal;
  for (StringAttr axis : hvn::getAxes(tensor.getType()).getNames())
    legal.push_back(axis.getValue());
  InFlightDiagnostic diagnostic = source.error(ErrorId::UnknownAxis, node.axis.place)
                                  << "the tensor has no axis " << quote(node.axis.name)
                                  << nearest(node.axis.name, legal);
  diagnostic.attachNote(tensor.getLoc()) << "the tensor " << hvn::spell(tensor.getType()) << " comes from here";
  return diagnostic;
}

Evaluator::Result Evaluator::evaluate(const ast::Conditional &node, const ast::Expr &) {
  FailureOr<bool> holds = evaluateBool(*node.condition, "a condition");
  if (failed(holds))
    return failure();
  return evaluateSingle(*holds ? *node.accepted : *node.rejected);
}
