// The network as a whole: its parameters, its blocks, what errors say.
#include "frontend/Evaluator.h"
#include "dialect/HvnOps.h"
#include "dialect/Nearest.h"
#include "llvm/ADT/SetVector.h"
#include <cmath>

using namespace fovea;
using namespace fovea::net;
using namespace mlir;

static constexpr size_t maxCallNotes = 5;

Evaluator::Evaluator(const SourceFiles &source, const ast::File &file)
    : source(source), file(file), network(source, file.network->name) {}

OwningOpRef<ModuleOp> Evaluator::run(const ImportOptions &options) {
  ScopedDiagnosticHandler handler(source.getContext(), [&](Diagnostic &diagnostic) {
    explain(diagnostic);
    return failure(); // not handled: it goes on to whoever prints it
  });
  Frame main{*file.network, file.network->name.place, ""};
  frames.push_back(&main);
  if (failed(checkBlocks()) || failed(bindParameters(options)) || run(file.network->body) == Flow::Failed)
    return nullptr;
  return network.finish();
}

void Evaluator::explain(Diagnostic &diagnostic) {
  if (diagnostic.getSeverity() != DiagnosticSeverity::Error)
    return;
  for (mlir::Value operand : llvm::SetVector<mlir::Value>(operandsInQuestion.begin(), operandsInQuestion.end()))
    diagnostic.attachNote(operand.getLoc()) << hvn::spell(operand.getType()) << " comes from here";
  for (Frame *caller : llvm::reverse(ArrayRef(frames).drop_front().take_back(maxCallNotes)))
    diagnostic.attachNote(source.location(caller->callPlace))
        << "in this call of " << quote(caller->definition.name.name);
}

LogicalResult Evaluator::checkBlocks() {
  for (const ast::Definition &block : file.blocks) {
    auto [name, place] = block.name;
    if (isFunction(name) || llvm::is_contained(layerNames(), name))
      return source.error(ErrorId::ReservedName, place) << "a block cannot be called " << quote(name) << ", which is a "
                                                        << (isFunction(name) ? "function" : "layer");
    auto [first, isNew] = blocks.try_emplace(name, &block);
    if (isNew)
      continue;
    InFlightDiagnostic diagnostic = source.error(ErrorId::DuplicateName, place)
                                    << "there is a block " << quote(name) << " already";
    diagnostic.attachNote(source.location(first->second->name.place)) << "it is here";
    return diagnostic;
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

LogicalResult Evaluator::checkNames(const ImportOptions &options) {
  SmallVector<StringRef> legal;
  for (const ast::Parameter &parameter : file.network->parameters)
    legal.push_back(parameter.name.name);
  llvm::StringMap<std::string> given;
  for (const auto &[name, value] : options.parameters) {
    if (!llvm::is_contained(legal, name))
      return source.error(ErrorId::UnknownName, file.network->name.place)
             << "the network has no parameter " << quote(name)
             << (legal.empty() ? "; it has none" : nearest(name, legal));
    auto [first, isNew] = given.try_emplace(name, value);
    if (!isNew && first->second != value)
      return source.error(ErrorId::NetworkParameter, file.network->name.place)
             << "the parameter " << quote(name) << " is given twice, as " << quote(first->second) << " and as "
             << quote(value);
  }
  return success();
}

LogicalResult Evaluator::bindParameters(const ImportOptions &options) {
  if (failed(checkNames(options)))
    return failure();
  for (const ast::Parameter &parameter : file.network->parameters) {
    StringRef name = parameter.name.name;
    auto given = llvm::find_if(options.parameters, [&](const auto &option) { return option.first == name; });
    Result value = failure();
    if (given != options.parameters.end())
      value = parseParameter(parameter, given->second);
    else if (parameter.fallback)
      value = evaluateSingle(*parameter.fallback);
    else
      return source.error(ErrorId::NetworkParameter, parameter.name.place)
             << "the parameter " << quote(name) << " has no default; set it with -p " << name << "=VALUE";
    if (failed(value))
      return failure();
    StringRef type = parameter.type->name;
    if (type == "float" && value->get<int64_t>())
      value = Value::of(*value->number());
    bool fits = type == "string" ? value->get<std::string>() != nullptr
                : type == "int"  ? value->get<int64_t>() != nullptr
                : type == "bool" ? value->get<bool>() != nullptr
                                 : value->get<double>() != nullptr;
    if (!fits)
      return source.error(ErrorId::TypeMismatch, parameter.fallback->place)
             << "expected a default of type " << type << ", found " << value->describe();
    frame().names[name] = {*value, parameter.name.place};
  }
  return success();
}

Evaluator::Result Evaluator::parseParameter(const ast::Parameter &parameter, StringRef text) {
  StringRef type = parameter.type->name;
  int64_t integer;
  double number;
  bool isPlain = llvm::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
  if (type == "string" && isPlain && text.size() <= maxStringLength)
    return Value::of(text.str());
  if (type == "int" && !text.getAsInteger(10, integer))
    return Value::of(integer);
  if (type == "float" && !text.getAsDouble(number) && std::isfinite(number))
    return Value::of(number);
  if (type == "bool" && (text == "true" || text == "false"))
    return Value::of(text == "true");
  StringRef legal = type == "string" ? "at most 512 bytes of text without control characters"
                    : type == "int"  ? "an integer"
                    : type == "bool" ? "true or false"
                                     : "a number";
  return source.error(ErrorId::NetworkParameter, parameter.name.place)
         << "expected " << legal << " for the parameter " << quote(parameter.name.name) << ", found " << quote(text);
}
