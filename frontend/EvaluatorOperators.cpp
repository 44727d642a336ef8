// Operators on numbers, strings, booleans and tensors.
#include "frontend/Evaluator.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace fovea;
using namespace fovea::net;
using namespace mlir;
using ast::Operator;

Evaluator::Result Evaluator::evaluate(const ast::Unary &node, const ast::Expr &expr) {
  if (node.op == Operator::Not) {
    FailureOr<bool> operand = evaluateBool(*node.operand, "an operand of 'not'");
    if (failed(operand))
      return failure();
    return Value::of(!*operand);
  }
  Result operand = evaluateSingle(*node.operand);
  if (failed(operand))
    return failure();
  if (operand->tensor())
    return tensorArithmetic(Operator::Mul, *operand, Value::of(-1.0), expr.place);
  if (auto *number = operand->get<double>())
    return Value::of(-*number);
  return arithmetic(Operator::Sub, Value::of<int64_t>(0), *operand, expr.place);
}

Evaluator::Result Evaluator::evaluate(const ast::Binary &node, const ast::Expr &expr) {
  if (node.op == Operator::And || node.op == Operator::Or) {
    std::string what = ("an operand of '" + spelling(node.op) + "'").str();
    FailureOr<bool> lhs = evaluateBool(*node.lhs, what);
    if (failed(lhs))
      return failure();
    if (*lhs == (node.op == Operator::Or))
      return Value::of(*lhs);
    FailureOr<bool> rhs = evaluateBool(*node.rhs, what);
    if (failed(rhs))
      return failure();
    return Value::of(*rhs);
  }
  Result lhs = evaluateSingle(*node.lhs);
  Result rhs = failed(lhs) ? lhs : evaluateSingle(*node.rhs);
  if (failed(rhs))
    return failure();
  switch (node.op) {
  case Operator::Add:
  case Operator::Sub:
  case Operator::Mul:
  case Operator::Div:
  case Operator::Mod:
    return arithmetic(node.op, *lhs, *rhs, expr.place);
  default:
    return compare(node.op, *lhs, *rhs, expr.place);
  }
}

//===----------------------------------------------------------------------===//
// Comparisons
//===----------------------------------------------------------------------===//

template <typename T> static bool holds(Operator op, const T &lhs, const T &rhs) {
  switch (op) {
  case Operator::Equal:
    return lhs == rhs;
  case Operator::NotEqual:
    return lhs != rhs;
  case Operator::Less:
    return lhs < rhs;
  case Operator::LessEqual:
    return lhs <= rhs;
  case Operator::Greater:
    return lhs > rhs;
  default:
    return lhs >= rhs;
  }
}

Evaluator::Result Evaluator::compare(Operator op, const Value &lhs, const Value &rhs, ast::Place place) {
  if (auto *left = lhs.get<int64_t>(), *right = rhs.get<int64_t>(); left && right)
    return Value::of(holds(op, *left, *right));
  if (std::optional<double> left = lhs.number(), right = rhs.number(); left && right)
    return Value::of(holds(op, *left, *right));
  bool isEquality = op == Operator::Equal || op == Operator::NotEqual;
  if (auto *left = lhs.get<std::string>(), *right = rhs.get<std::string>(); left && right && isEquality)
    return Value::of(holds(op, *left, *right));
  if (auto *left = lhs.get<bool>(), *right = rhs.get<bool>(); left && right && isEquality)
    return Value::of(holds(op, *left, *right));
  return source.error(ErrorId::TypeMismatch, place)
         << "cannot compare " << lhs.describe() << " and " << rhs.describe() << " by '" << spelling(op) << "'";
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

Evaluator::Result Evaluator::arithmetic(Operator op, const Value &lhs, const Value &rhs, ast::Place place) {
  if (auto *left = lhs.get<int64_t>(), *right = rhs.get<int64_t>(); left && right)
    return integerArithmetic(op, *left, *right, place);
  std::optional<double> left = lhs.number(), right = rhs.number();
  if (left && right)
    return floatArithmetic(op, *left, *right, place);
  if ((lhs.tensor() || left) && (rhs.tensor() || right))
    return tensorArithmetic(op, lhs, rhs, place);
  InFlightDiagnostic diagnostic = source.error(ErrorId::TypeMismatch, place);
  diagnostic << "expected numbers or tensors around '" << spelling(op) << "', found " << lhs.describe() << " and "
             << rhs.describe();
  if (lhs.get<std::string>() || rhs.get<std::string>())
    diagnostic << "; strings are joined by \"{a}{b}\"";
  return diagnostic;
}

Evaluator::Result Evaluator::integerArithmetic(Operator op, int64_t lhs, int64_t rhs, ast::Place place) {
  int64_t result = 0;
  bool overflows = false;
  if ((op == Operator::Div || op == Operator::Mod) && rhs == 0)
    return source.error(ErrorId::Arithmetic, place) << "division of " << lhs << " by zero";
  switch (op) {
  case Operator::Add:
    overflows = llvm::AddOverflow(lhs, rhs, result);
    break;
  case Operator::Sub:
    overflows = llvm::SubOverflow(lhs, rhs, result);
    break;
  case Operator::Mul:
    overflows = llvm::MulOverflow(lhs, rhs, result);
    break;
  case Operator::Div:
    if (rhs == -1)
      return integerArithmetic(Operator::Sub, 0, lhs, place);
    if (lhs % rhs != 0)
      return source.error(ErrorId::Arithmetic, place)
             << lhs << " is not a multiple of " << rhs << "; floor_div(a, b) and ceil_div(a, b) round";
    result = lhs / rhs;
    break;
  default: // Mod, with the sign of rhs
    result = rhs == -1 ? 0 : lhs % rhs;
    if (result != 0 && (result < 0) != (rhs < 0))
      result += rhs;
  }
  if (overflows)
    return source.error(ErrorId::NumberRange, place)
           << lhs << " " << spelling(op) << " " << rhs << " does not fit into 64 bits";
  return Value::of(result);
}

Evaluator::Result Evaluator::floatArithmetic(Operator op, double lhs, double rhs, ast::Place place) {
  double result = op == Operator::Add   ? lhs + rhs
                  : op == Operator::Sub ? lhs - rhs
                  : op == Operator::Mul ? lhs * rhs
                  : op == Operator::Div ? lhs / rhs
                                        : lhs - rhs * std::floor(lhs / rhs);
  if (!std::isfinite(result))
    return source.error(ErrorId::NumberRange, place)
           << Value::of(lhs).describe() << " " << spelling(op) << " " << Value::of(rhs).describe() << " is not finite";
  return Value::of(result);
}

FailureOr<mlir::Value> Evaluator::constant(double value, ast::Place place) {
  NamedAttrList attributes;
  attributes.set("value", Builder(source.getContext()).getF64FloatAttr(value));
  FailureOr<Operation *> op = network.create("hvn.constant", {}, attributes, join(frame().scope, "constant"), place);
  if (failed(op))
    return failure();
  return mlir::Value((*op)->getResult(0));
}

Evaluator::Result Evaluator::tensorArithmetic(Operator op, Value lhs, Value rhs, ast::Place place) {
  std::optional<double> divisor = rhs.number();
  if (op == Operator::Div && divisor) { // a product with the inverse
    if (*divisor == 0 || !std::isfinite(1 / *divisor))
      return source.error(ErrorId::Arithmetic, place) << "division of a tensor by " << rhs.describe();
    op = Operator::Mul;
    rhs = Value::of(1 / *divisor);
  }
  StringRef name = op == Operator::Add   ? "add"
                   : op == Operator::Sub ? "sub"
                   : op == Operator::Mul ? "mul"
                   : op == Operator::Div ? "div"
                                         : "";
  if (name.empty())
    return source.error(ErrorId::TypeMismatch, place)
           << "'%' works on numbers, found " << lhs.describe() << " and " << rhs.describe();
  SmallVector<mlir::Value> operands;
  for (const Value &operand : {lhs, rhs}) {
    FailureOr<mlir::Value> tensor = operand.tensor() ? operand.tensor() : constant(*operand.number(), place);
    if (failed(tensor))
      return failure();
    operands.push_back(*tensor);
  }
  operandsInQuestion = operands;
  FailureOr<Operation *> created =
      network.create(("hvn." + name).str(), operands, {}, join(frame().scope, name), place);
  operandsInQuestion.clear();
  if (failed(created))
    return failure();
  return Value::of(mlir::Value((*created)->getResult(0)));
}
