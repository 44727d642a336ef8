#include "frontend/Value.h"
#include "dialect/Axes.h"
#include "frontend/SourceFiles.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace fovea::net;

Value Value::ofList(std::vector<Value> elements) {
  unsigned levels = 1;
  for (const Value &element : elements)
    levels = std::max(levels, element.levels() + 1);
  return of(std::make_shared<const List>(List{std::move(elements), levels}));
}

Value Value::ofDict(std::vector<std::pair<std::string, Value>> entries) {
  unsigned levels = 1;
  for (const auto &[key, value] : entries)
    levels = std::max(levels, value.levels() + 1);
  return of(std::make_shared<const Dict>(Dict{std::move(entries), levels}));
}

Value Value::ofResults(std::vector<Value> values) {
  if (values.size() == 1)
    return std::move(values.front());
  return of(std::make_shared<const Results>(Results{std::move(values)}));
}

template <typename T> static const T *pointee(const std::shared_ptr<const T> *shared) {
  return shared ? shared->get() : nullptr;
}
const List *Value::list() const { return pointee(get<std::shared_ptr<const List>>()); }
const Dict *Value::dict() const { return pointee(get<std::shared_ptr<const Dict>>()); }
const Results *Value::results() const { return pointee(get<std::shared_ptr<const Results>>()); }

unsigned Value::levels() const { return list() ? list()->levels : dict() ? dict()->levels : 0; }

mlir::Value Value::tensor() const {
  auto *tensor = get<mlir::Value>();
  return tensor ? *tensor : mlir::Value();
}

std::optional<double> Value::number() const {
  if (auto *integer = get<int64_t>())
    return static_cast<double>(*integer);
  if (auto *number = get<double>())
    return *number;
  return std::nullopt;
}

std::string Value::describe() const {
  if (auto *truth = get<bool>())
    return *truth ? "true" : "false";
  if (auto *integer = get<int64_t>())
    return "the integer " + std::to_string(*integer);
  if (auto *number = get<double>())
    return "the number " + llvm::formatv("{0}", *number).str();
  if (auto *string = get<std::string>())
    return "the string " + quote(*string);
  if (mlir::Value value = tensor())
    return "a tensor " + hvn::spell(value.getType());
  if (auto *values = list())
    return "a list of " + std::to_string(values->elements.size()) +
           (values->elements.size() == 1 ? " value" : " values");
  if (auto *values = results())
    return std::to_string(values->values.size()) + " results";
  return "a dictionary";
}
