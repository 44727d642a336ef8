// Calls: who is called, with what, under which scope; blocks.
#include "dialect/HvnOps.h"
#include "dialect/Nearest.h"
#include "frontend/Evaluator.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"

using namespace fovea;
using namespace fovea::net;
using namespace mlir;

static constexpr size_t maxCallDepth = 64;

std::string Evaluator::join(StringRef scope, StringRef name) {
  return (scope + (scope.empty() || name.empty() ? "" : ".") + name).str();
}

SmallVector<StringRef> Evaluator::layerNames() const {
  SmallVector<StringRef> names;
  for (RegisteredOperationName op : source.getContext()->getRegisteredOperations())
    if (op.getDialectNamespace() == hvn::HvnDialect::getDialectNamespace() && op.hasInterface<hvn::LayerInterface>())
      names.push_back(op.stripDialect());
  return names;
}

Evaluator::Result Evaluator::evaluate(const ast::Call &call, const ast::Expr &) {
  StringRef name = call.callee.name;
  if (const ast::Definition *block = blocks.lookup(name))
    return callBlock(call, *block);
  auto op = RegisteredOperationName::lookup(("hvn." + name).str(), source.getContext());
  if (op && op->hasInterface<hvn::LayerInterface>())
    return callLayer(call, *op);
  if (isFunction(name))
    return callFunction(call);
  SmallVector<StringRef> legal = layerNames();
  llvm::append_range(legal, functionNames());
  llvm::append_range(legal, blocks.keys());
  llvm::sort(legal);
  InFlightDiagnostic diagnostic = source.error(ErrorId::UnknownName, call.callee.place)
                                  << "unknown layer or block " << quote(name) << nearest(name, legal);
  if (auto variable = frame().names.find(name); variable != frame().names.end())
    diagnostic.attachNote(source.location(variable->second.place))
        << quote(name) << " here is " << variable->second.value.describe();
  return diagnostic;
}

FailureOr<std::string> Evaluator::scopeOf(const ast::Call &call) {
  if (!call.scope)
    return frame().scope;
  FailureOr<std::string> own = evaluateString(*call.scope, "a scope");
  if (failed(own))
    return failure();
  std::string scope = join(frame().scope, *own);
  if (scope.size() > maxStringLength)
    return source.error(ErrorId::TypeMismatch, call.scope->place)
           << "a scope of " << scope.size() << " bytes; at most " << maxStringLength << " are supported";
  return scope;
}

FailureOr<Evaluator::Arguments> Evaluator::bindArguments(const ast::Call &call, ArrayRef<Slot> slots,
                                                         std::optional<ast::Place> definedAt, Arguments *others) {
  Arguments arguments(slots.size(), nullptr);
  StringRef callee = call.callee.name;
  SmallVector<StringRef> names(llvm::map_range(slots, [](const Slot &slot) { return slot.name; }));
  auto report = [&](ErrorId id, ast::Place place, const Twine &message) {
    InFlightDiagnostic diagnostic = source.error(id, place) << message;
    if (definedAt)
      diagnostic.attachNote(source.location(*definedAt)) << quote(callee) << " is defined here";
    return diagnostic;
  };
  for (auto [position, argument] : llvm::enumerate(call.arguments)) {
    size_t slot = position;
    if (argument.name) {
      slot = llvm::find(names, argument.name->name) - names.begin();
      if (slot == names.size() && others) {
        names.push_back(argument.name->name);
        arguments.push_back(&argument);
        others->push_back(&argument);
        continue;
      }
      if (slot == names.size())
        return report(ErrorId::UnknownArgument, argument.name->place,
                      quote(callee) + " has no argument " + quote(argument.name->name) +
                          nearest(argument.name->name, names));
    } else if (slot >= slots.size()) {
      return report(ErrorId::ArgumentCount, argument.value->place,
                    quote(callee) + " takes " + Twine(slots.size()) + (slots.size() == 1 ? " argument" : " arguments") +
                        " (" + llvm::join(names, ", ") + "), found " + Twine(call.arguments.size()));
    }
    if (const ast::Argument *first = arguments[slot]) {
      InFlightDiagnostic diagnostic =
          source.error(ErrorId::DuplicateArgument, argument.name ? argument.name->place : argument.value->place)
          << "the argument " << quote(names[slot]) << " is given twice";
      diagnostic.attachNote(source.location(first->name ? first->name->place : first->value->place)) << "first here";
      return diagnostic;
    }
    arguments[slot] = &argument;
  }
  arguments.resize(slots.size());
  for (auto [slot, argument] : llvm::zip_equal(slots, arguments))
    if (slot.isRequired && !argument)
      return report(ErrorId::ArgumentCount, call.callee.place,
                    quote(callee) + " needs the argument " + quote(slot.name));
  return arguments;
}

Evaluator::Result Evaluator::callBlock(const ast::Call &call, const ast::Definition &block) {
  auto isThisBlock = [&](Frame *frame) { return &frame->definition == &block; };
  if (auto *first = llvm::find_if(frames, isThisBlock); first != frames.end()) {
    std::string cycle;
    for (Frame *frame : llvm::make_range(first, frames.end()))
      cycle += frame->definition.name.name.str() + " -> ";
    InFlightDiagnostic diagnostic = source.error(ErrorId::Recursion, call.callee.place)
                                    << "a block cannot call itself: " << cycle << block.name.name;
    diagnostic.attachNote(source.location(block.name.place)) << quote(block.name.name) << " is defined here";
    return diagnostic;
  }
  if (frames.size() > maxCallDepth)
    return source.error(ErrorId::Limit, call.callee.place) << "calls are nested more than " << maxCallDepth << " deep";

  SmallVector<Slot> slots;
  for (const ast::Parameter &parameter : block.parameters)
    slots.push_back({parameter.name.name, parameter.fallback == nullptr});
  FailureOr<Arguments> arguments = bindArguments(call, slots, block.name.place);
  FailureOr<std::string> scope = failed(arguments) ? FailureOr<std::string>() : scopeOf(call);
  if (failed(scope))
    return failure();

  Frame callee{block, call.callee.place, *scope, call.scope ? ++scopeCount : frame().scopeNumber};
  for (auto [parameter, argument] : llvm::zip_equal(block.parameters, *arguments)) {
    if (!argument)
      continue;
    Result value = evaluateSingle(*argument->value);
    if (failed(value))
      return failure();
    callee.names[parameter.name.name] = {*value, parameter.name.place};
  }
  frames.push_back(&callee);
  llvm::scope_exit leave([&] { frames.pop_back(); });
  // Defaults see the parameters before them.
  for (auto [parameter, argument] : llvm::zip_equal(block.parameters, *arguments)) {
    if (argument)
      continue;
    Result value = evaluateSingle(*parameter.fallback);
    if (failed(value))
      return failure();
    callee.names[parameter.name.name] = {*value, parameter.name.place};
  }
  switch (run(block.body)) {
  case Flow::Failed:
    return failure();
  case Flow::Returned:
    return *callee.result;
  case Flow::Next:
    return source.error(ErrorId::MissingReturn, block.name.place)
           << "the block " << quote(block.name.name) << " ends without 'return'";
  }
}
