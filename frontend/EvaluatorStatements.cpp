// Statements.
#include "dialect/Axes.h"
#include "frontend/Evaluator.h"

using namespace fovea;
using namespace fovea::net;
using namespace mlir;

Evaluator::Flow Evaluator::run(const ast::Body &body) {
  for (const ast::Statement &statement : body)
    if (Flow flow = run(statement); flow != Flow::Next)
      return flow;
  return Flow::Next;
}

Evaluator::Flow Evaluator::run(const ast::Statement &statement) {
  return std::visit([&](const auto &node) { return run(node, statement.place); }, statement.node);
}

//===----------------------------------------------------------------------===//
// The network's border
//===----------------------------------------------------------------------===//

bool Evaluator::isInNetwork(StringRef statement, ast::Place place) {
  if (frames.size() == 1)
    return true;
  source.error(ErrorId::MisplacedStatement, place) << "'" << statement << "' stands in the network, not in a block";
  return false;
}

FailureOr<RankedTensorType> Evaluator::evaluateType(const ast::TensorType &type) {
  bool isImage = type.element.name == "image";
  if (type.element.name != "f32" && !isImage)
    return source.error(ErrorId::UnknownName, type.element.place)
           << "unknown element type " << quote(type.element.name) << "; expected f32, or image for an input";
  SmallVector<int64_t> shape;
  SmallVector<StringRef> axes;
  for (const ast::TensorType::Axis &axis : type.axes) {
    if (llvm::is_contained(axes, axis.name.name))
      return source.error(ErrorId::DuplicateName, axis.name.place)
             << "the axis " << quote(axis.name.name) << " stands twice";
    FailureOr<int64_t> size = evaluateInteger(*axis.size, "the size of an axis");
    if (failed(size) || failed(network.checkShape(*size, axis.size->place)))
      return failure();
    shape.push_back(*size);
    axes.push_back(axis.name.name);
  }
  if (failed(network.checkShape(shape, type.element.place)))
    return failure();
  if (isImage) {
    if (axes == SmallVector<StringRef>{"w", "h"})
      std::swap(shape[0], shape[1]);
    else if (axes != SmallVector<StringRef>{"h", "w"})
      return source.error(ErrorId::Shape, type.element.place)
             << "an image has the axes h and w, its largest height and width, as in image[h=4096, w=4096]";
    return hvn::imageType(source.getContext(), shape[0], shape[1]);
  }
  return hvn::axisTensor(source.getContext(), shape, axes);
}

Evaluator::Flow Evaluator::run(const ast::Input &node, ast::Place place) {
  if (!isInNetwork("input", place))
    return Flow::Failed;
  FailureOr<RankedTensorType> type = evaluateType(node.type);
  if (failed(type))
    return Flow::Failed;
  FailureOr<mlir::Value> input = network.addInput(node.name, *type);
  if (failed(input))
    return Flow::Failed;
  frame().names[node.name.name] = {Value::of(*input), node.name.place};
  return Flow::Next;
}

/// Whether both have the same axes with the same sizes, in any order.
static bool sameAxes(RankedTensorType lhs, RankedTensorType rhs) {
  return lhs.getRank() == rhs.getRank() && llvm::all_of(hvn::getAxes(lhs).getNames(), [&](StringAttr axis) {
           return hvn::axisSize(lhs, axis) == hvn::axisSize(rhs, axis, /*absent=*/-1);
         });
}

Evaluator::Flow Evaluator::run(const ast::Output &node, ast::Place place) {
  if (!isInNetwork("output", place))
    return Flow::Failed;
  Result value = evaluateSingle(*node.value);
  if (failed(value))
    return Flow::Failed;
  mlir::Value tensor = value->tensor();
  if (!tensor) {
    source.error(ErrorId::TypeMismatch, node.value->place)
        << "expected a tensor as output, found " << value->describe();
    return Flow::Failed;
  }
  if (node.type) {
    FailureOr<RankedTensorType> type = evaluateType(*node.type);
    if (failed(type))
      return Flow::Failed;
    if (hvn::isImage(*type)) {
      source.error(ErrorId::TypeMismatch, node.type->element.place) << "an output cannot be an image; expected f32";
      return Flow::Failed;
    }
    if (sameAxes(*type, cast<RankedTensorType>(tensor.getType()))) {
      tensor = network.ordered(tensor, *type);
    } else {
      InFlightDiagnostic diagnostic = source.error(ErrorId::Shape, node.type->element.place)
                                      << "expected " << hvn::spell(*type) << ", found " << hvn::spell(tensor.getType());
      diagnostic.attachNote(tensor.getLoc()) << "the value comes from here";
      return Flow::Failed;
    }
  }
  if (failed(network.addOutput(node.name, tensor)))
    return Flow::Failed;
  frame().names[node.name.name] = {*value, node.name.place};
  return Flow::Next;
}

Evaluator::Flow Evaluator::run(const ast::Ignore &node, ast::Place place) {
  if (!isInNetwork("ignore", place))
    return Flow::Failed;
  FailureOr<std::string> pattern = evaluateString(*node.pattern, "a pattern of keys");
  if (failed(pattern))
    return Flow::Failed;
  network.ignore(*pattern);
  return Flow::Next;
}

//===----------------------------------------------------------------------===//
// Names and control
//===----------------------------------------------------------------------===//

Evaluator::Flow Evaluator::run(const ast::Assign &node, ast::Place) {
  Result value = evaluate(*node.value);
  if (failed(value))
    return Flow::Failed;
  SmallVector<Value> values;
  if (auto *results = value->results())
    llvm::append_range(values, results->values);
  else if (auto *list = value->list(); list && node.targets.size() > 1)
    llvm::append_range(values, list->elements);
  else
    values.push_back(*value);
  if (values.size() != node.targets.size()) {
    InFlightDiagnostic diagnostic = source.error(ErrorId::TypeMismatch, node.targets.front().place);
    diagnostic << "expected " << node.targets.size() << (node.targets.size() == 1 ? " value" : " values")
               << " to assign, found " << value->describe();
    auto *call = std::get_if<ast::Call>(&node.value->node);
    if (const ast::Definition *block = call ? blocks.lookup(call->callee.name) : nullptr)
      diagnostic.attachNote(source.location(block->name.place)) << quote(block->name.name) << " is defined here";
    return Flow::Failed;
  }
  for (auto [target, element] : llvm::zip_equal(node.targets, values))
    frame().names[target.name] = {element, target.place};
  return Flow::Next;
}

Evaluator::Flow Evaluator::run(const ast::For &node, ast::Place) {
  if (node.to) {
    FailureOr<int64_t> from = evaluateInteger(*node.from, "the start of a range");
    FailureOr<int64_t> to = failed(from) ? from : evaluateInteger(*node.to, "the end of a range");
    if (failed(to))
      return Flow::Failed;
    for (int64_t i = *from; i < *to; ++i)
      if (Flow flow = runIteration(node, Value::of(i)); flow != Flow::Next)
        return flow;
    return Flow::Next;
  }
  Result values = evaluateSingle(*node.from);
  if (failed(values))
    return Flow::Failed;
  const List *list = values->list();
  if (!list) {
    source.error(ErrorId::TypeMismatch, node.from->place)
        << "expected a list or a range such as 0..4, found " << values->describe();
    return Flow::Failed;
  }
  for (const Value &element : list->elements)
    if (Flow flow = runIteration(node, element); flow != Flow::Next)
      return flow;
  return Flow::Next;
}

Evaluator::Flow Evaluator::runIteration(const ast::For &node, Value value) {
  if (!countStep(node.variable.place))
    return Flow::Failed;
  frame().names[node.variable.name] = {std::move(value), node.variable.place};
  return run(node.body);
}

Evaluator::Flow Evaluator::run(const ast::If &node, ast::Place) {
  for (const ast::If::Branch &branch : node.branches) {
    FailureOr<bool> holds = evaluateBool(*branch.condition, "a condition");
    if (failed(holds))
      return Flow::Failed;
    if (*holds)
      return run(branch.body);
  }
  return run(node.otherwise);
}

Evaluator::Flow Evaluator::run(const ast::Return &node, ast::Place place) {
  if (frames.size() == 1) {
    source.error(ErrorId::MisplacedStatement, place)
        << "'return' stands in a block; a network has 'output NAME = value'";
    return Flow::Failed;
  }
  std::vector<Value> values;
  for (const ast::ExprPtr &expr : node.values) {
    // A call alone hands on all of its results.
    Result value = node.values.size() == 1 ? evaluate(*expr) : evaluateSingle(*expr);
    if (failed(value))
      return Flow::Failed;
    values.push_back(*value);
  }
  frame().result = Value::ofResults(std::move(values));
  return Flow::Returned;
}

Evaluator::Flow Evaluator::run(const ast::Assert &node, ast::Place place) {
  FailureOr<bool> holds = evaluateBool(*node.condition, "a condition");
  if (failed(holds))
    return Flow::Failed;
  if (*holds)
    return Flow::Next;
  FailureOr<std::string> message = evaluateString(*node.message, "a message");
  if (succeeded(message))
    source.error(ErrorId::Assertion, node.condition->place) << "assertion failed: " << *message;
  return Flow::Failed;
}
