// Operators, calls, indices.
#include "frontend/Parser.h"
#include "llvm/ADT/STLExtras.h"

using namespace fovea;
using namespace fovea::net;
using ast::ExprPtr;
using ast::Operator;
using llvm::failed;
using llvm::failure;
using llvm::LogicalResult;
using llvm::StringRef;
using llvm::success;

namespace {
struct BinaryOperator {
  StringRef spelling;
  unsigned level; ///< of precedence; a higher one binds tighter
  Operator op;
};
} // namespace

static constexpr unsigned comparisonLevel = 2, tightestLevel = 4;

static constexpr BinaryOperator binaryOperators[] = {
    {"or", 0, Operator::Or},       {"and", 1, Operator::And},         {"==", 2, Operator::Equal},
    {"!=", 2, Operator::NotEqual}, {"<", 2, Operator::Less},          {"<=", 2, Operator::LessEqual},
    {">", 2, Operator::Greater},   {">=", 2, Operator::GreaterEqual}, {"+", 3, Operator::Add},
    {"-", 3, Operator::Sub},       {"*", 4, Operator::Mul},           {"/", 4, Operator::Div},
    {"%", 4, Operator::Mod},
};

StringRef ast::spelling(Operator op) {
  auto *found = llvm::find_if(binaryOperators, [&](const BinaryOperator &binary) { return binary.op == op; });
  return found == std::end(binaryOperators) ? "not" : found->spelling;
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

ExprPtr Parser::parseExpr() {
  Nesting guard(*this);
  if (guard.tooDeep())
    return nullptr;
  ExprPtr value = parsePipe();
  // On a new line `if` starts a statement.
  if (!value || !token.is("if") || token.startsLine)
    return value;
  ast::Place place = token.place;
  advance();
  ExprPtr condition = parsePipe();
  if (!condition || failed(consume("else", "and the value otherwise")))
    return nullptr;
  ExprPtr otherwise = parseExpr();
  if (!otherwise)
    return nullptr;
  unsigned height = heightOf(value, condition, otherwise);
  return make(place, ast::Conditional{std::move(condition), std::move(value), std::move(otherwise)}, height);
}

ExprPtr Parser::parsePipe() {
  ExprPtr value = parseBinary(0);
  while (value && consumeIf("|>")) {
    ast::Identifier callee;
    if (failed(parseName(callee, "the layer or block that takes the value")))
      return nullptr;
    std::vector<ast::Argument> arguments;
    arguments.push_back({std::nullopt, std::move(value)});
    value = parseCall(callee, std::move(arguments));
  }
  return value;
}

ExprPtr Parser::parseBinary(unsigned level) {
  if (level > tightestLevel)
    return parseUnary();
  ExprPtr lhs = parseBinary(level + 1);
  bool compared = false;
  while (lhs) {
    auto *binary = llvm::find_if(binaryOperators, [&](const BinaryOperator &candidate) {
      return candidate.level == level && token.is(candidate.spelling);
    });
    if (binary == std::end(binaryOperators))
      break;
    if (compared) {
      source.error(ErrorId::Syntax, token.place) << "comparisons do not chain; join two of them with 'and'";
      return nullptr;
    }
    compared = level == comparisonLevel;
    ast::Place place = token.place;
    advance();
    ExprPtr rhs = parseBinary(level + 1);
    if (!rhs)
      return nullptr;
    unsigned height = heightOf(lhs, rhs);
    lhs = make(place, ast::Binary{binary->op, std::move(lhs), std::move(rhs)}, height);
  }
  return lhs;
}

ExprPtr Parser::parseUnary() {
  if (!token.is("-") && !token.is("not"))
    return parsePostfix();
  Nesting guard(*this);
  if (guard.tooDeep())
    return nullptr;
  Operator op = token.is("-") ? Operator::Sub : Operator::Not;
  ast::Place place = token.place;
  advance();
  // `not a == b` is not (a == b); `-a * b` is (-a) * b.
  ExprPtr operand = op == Operator::Not ? parseBinary(comparisonLevel) : parseUnary();
  if (!operand)
    return nullptr;
  unsigned height = operand->height;
  return make(place, ast::Unary{op, std::move(operand)}, height);
}

//===----------------------------------------------------------------------===//
// Calls, indices, axis sizes
//===----------------------------------------------------------------------===//

ExprPtr Parser::parsePostfix() {
  ExprPtr value = parseSuffixes(parsePrimary());
  if (value && token.is("@")) {
    source.error(ErrorId::Syntax, token.place)
        << (std::holds_alternative<ast::Call>(value->node) ? "the call has a scope already"
                                                           : "a scope '@' stands after the call of a layer or a block");
    return nullptr;
  }
  return value;
}

ExprPtr Parser::parseSuffixes(ExprPtr value) {
  while (value) {
    Token open = token;
    unsigned height = value->height;
    if (consumeIf("[")) {
      ExprPtr index = parseExpr();
      if (!index || failed(close("]", open)))
        return nullptr;
      height = std::max(height, index->height);
      value = make(open.place, ast::Index{std::move(value), std::move(index)}, height);
    } else if (consumeIf(".")) {
      ast::Identifier axis;
      if (failed(parseName(axis, "an axis, as in x.c")))
        return nullptr;
      value = make(axis.place, ast::AxisSize{std::move(value), axis}, height);
    } else {
      break;
    }
  }
  return value;
}

/// `callee` has been read; its arguments, unless a pipe gives the only one, and its scope follow.
ExprPtr Parser::parseCall(ast::Identifier callee, std::vector<ast::Argument> arguments) {
  ast::Call call{callee, std::move(arguments), nullptr};
  if ((token.is("(") && failed(parseArguments(call.arguments))) || (token.is("@") && failed(parseScope(call))))
    return nullptr;
  unsigned height = heightOf(call.scope);
  for (const ast::Argument &argument : call.arguments)
    height = std::max(height, argument.value->height);
  return make(callee.place, std::move(call), height);
}

LogicalResult Parser::parseArguments(std::vector<ast::Argument> &arguments) {
  Token open = token;
  advance();
  return parseCommaSeparated(")", open, [&]() -> LogicalResult {
    ExprPtr value = parseExpr();
    if (!value)
      return failure();
    std::optional<ast::Identifier> name;
    if (auto *reference = std::get_if<ast::NameRef>(&value->node); reference && consumeIf("=")) {
      name = {reference->name, value->place};
      if (!(value = parseExpr()))
        return failure();
    } else if (!arguments.empty() && arguments.back().name) {
      return source.error(ErrorId::Syntax, value->place) << "an argument without a name cannot follow one with a name";
    }
    arguments.push_back({name, std::move(value)});
    return success();
  });
}

LogicalResult Parser::parseScope(ast::Call &call) {
  Nesting guard(*this);
  if (guard.tooDeep())
    return failure();
  advance();
  call.scope = parseSuffixes(parsePrimary());
  return success(call.scope != nullptr);
}
