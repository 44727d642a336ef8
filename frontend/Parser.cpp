// Definitions and statements.
#include "frontend/Parser.h"
#include "dialect/Nearest.h"
#include "llvm/ADT/STLExtras.h"

using namespace fovea;
using namespace fovea::net;
using llvm::failed;
using llvm::failure;
using llvm::LogicalResult;
using llvm::StringRef;
using llvm::success;

static constexpr unsigned maxTokens = 1'000'000;

//===----------------------------------------------------------------------===//
// Tokens
//===----------------------------------------------------------------------===//

void Parser::advance() {
  token = lexer.next();
  if (++tokenCount <= maxTokens || token.kind == Token::Error)
    return;
  source.error(ErrorId::Limit, token.place) << "the file has more than " << maxTokens << " tokens";
  token.kind = Token::Error;
}

bool Parser::consumeIf(StringRef spelling) {
  if (!token.is(spelling))
    return false;
  advance();
  return true;
}

LogicalResult Parser::consume(StringRef spelling, StringRef why) {
  return consumeIf(spelling) ? success() : expected(quote(spelling) + " " + why);
}

LogicalResult Parser::close(StringRef spelling, const Token &open) {
  return consumeIf(spelling) ? success() : expected(quote(spelling), open);
}

LogicalResult Parser::parseName(ast::Identifier &name, StringRef what) {
  if (token.kind != Token::Identifier)
    return expected(what);
  name = {token.text, token.place};
  advance();
  return success();
}

LogicalResult Parser::parseCommaSeparated(StringRef closing, const Token &open,
                                          llvm::function_ref<LogicalResult()> element) {
  if (layout)
    layout->lists.insert(open.text.begin());
  while (!token.is(closing)) {
    if (failed(element()))
      return failure();
    if (!token.is(closing) && !consumeIf(","))
      return expected("',' or " + quote(closing), open);
  }
  advance();
  return success();
}

LogicalResult Parser::expected(const llvm::Twine &what, std::optional<Token> open) {
  if (token.kind == Token::Error)
    return failure();
  std::string found = token.kind == Token::End      ? endName.str()
                      : token.kind == Token::String ? "a string"
                                                    : quote(token.text);
  mlir::InFlightDiagnostic diagnostic = source.error(ErrorId::Syntax, token.place)
                                        << "expected " << what << ", found " << found;
  if (open)
    diagnostic.attachNote(source.location(open->place)) << quote(open->text) << " was opened here";
  return diagnostic;
}

bool Parser::Nesting::tooDeep() const {
  if (parser.nesting <= maxNesting)
    return false;
  if (parser.token.kind != Token::Error)
    parser.source.error(ErrorId::Limit, parser.token.place) << "nested more than " << maxNesting << " deep";
  return true;
}

//===----------------------------------------------------------------------===//
// Definitions
//===----------------------------------------------------------------------===//

std::optional<ast::File> Parser::parseFile() {
  ast::File result;
  if (failed(checkText(source, file)))
    return std::nullopt;
  advance();
  while (token.kind != Token::End) {
    Token word = token;
    if (layout)
      layout->starts.insert(word.text.begin());
    bool isNetwork = word.text == "network", isImport = word.text == "import";
    if (word.kind != Token::Identifier || (!isNetwork && !isImport && word.text != "block")) {
      (void)expected("'network', 'block' or 'import'");
      return std::nullopt;
    }
    advance();
    if (isNetwork && result.network) {
      mlir::InFlightDiagnostic diagnostic = source.error(ErrorId::NetworkCount, word.place)
                                            << "a file has one network; this is the second";
      diagnostic.attachNote(source.location(result.network->name.place)) << "the first is here";
      return std::nullopt;
    }
    if (failed(isImport
                   ? parseImport(result.imports.emplace_back())
                   : parseDefinition(isNetwork ? result.network.emplace() : result.blocks.emplace_back(), isNetwork)))
      return std::nullopt;
  }
  result.end = token.place;
  result.tokens = tokenCount;
  return result;
}

LogicalResult Parser::parseImport(ast::Import &import) {
  if (token.kind != Token::String)
    return expected("a file in double quotes");
  if (token.text.contains('{') || token.text.contains('\\'))
    return source.error(ErrorId::Syntax, token.place) << "the name of a file is plain text, without '{' and '\\'";
  import = {token.text, token.place};
  advance();
  (void)consumeIf(";");
  return success();
}

LogicalResult Parser::parseDefinition(ast::Definition &definition, bool isNetwork) {
  if (failed(parseName(definition.name, isNetwork ? "the network's name" : "the block's name")))
    return failure();
  Token open = token;
  if (failed(consume("(", "before the parameters")))
    return failure();
  auto parameter = [&]() { return parseParameter(definition.parameters.emplace_back(), isNetwork); };
  if (failed(parseCommaSeparated(")", open, parameter)))
    return failure();
  for (size_t i = 0; i < definition.parameters.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      if (const ast::Identifier &name = definition.parameters[i].name;
          name.name == definition.parameters[j].name.name) {
        mlir::InFlightDiagnostic diagnostic = source.error(ErrorId::DuplicateName, name.place)
                                              << "there is a parameter " << quote(name.name) << " already";
        diagnostic.attachNote(source.location(definition.parameters[j].name.place)) << "it is here";
        return diagnostic;
      }
  return parseBody(definition.body);
}

LogicalResult Parser::parseParameter(ast::Parameter &parameter, bool isNetwork) {
  if (failed(parseName(parameter.name, "a parameter's name")))
    return failure();
  if (isNetwork) {
    if (failed(consume(":", "and a type: string, int, bool or float")) ||
        failed(parseName(parameter.type.emplace(), "a type: string, int, bool or float")))
      return failure();
    llvm::SmallVector<StringRef> types{"string", "int", "bool", "float"};
    if (StringRef type = parameter.type->name; !llvm::is_contained(types, type))
      return source.error(ErrorId::UnknownName, parameter.type->place)
             << "unknown parameter type " << quote(type) << nearest(type, types);
  }
  if (parameter.type && parameter.type->name == "int" && token.is("in"))
    return parseBounds(parameter.bounds.emplace());
  if (!consumeIf("="))
    return success();
  return success((parameter.fallback = parseExpr()) != nullptr);
}

LogicalResult Parser::parseBounds(ast::Bounds &bounds) {
  bounds.place = token.place;
  auto number = [&](int64_t &value, StringRef what) -> LogicalResult {
    if (token.kind != Token::Integer || token.text.getAsInteger(10, value))
      return expected(what);
    advance();
    return success();
  };
  advance();
  if (failed(number(bounds.least, "the least value, an integer")) || failed(consume("..", "between the bounds")) ||
      failed(number(bounds.most, "the largest value, an integer")))
    return failure();
  if (token.kind != Token::Identifier || token.text != "step")
    return success();
  advance();
  return number(bounds.step, "how far it is from one value to the next, an integer");
}

LogicalResult Parser::parseBody(ast::Body &body) {
  Nesting guard(*this);
  if (guard.tooDeep())
    return failure();
  Token open = token;
  if (failed(consume("{", "before the statements")))
    return failure();
  if (layout)
    layout->opens.insert(open.text.begin());
  while (!token.is("}")) {
    if (token.kind == Token::End)
      return close("}", open);
    if (failed(parseStatement(body)))
      return failure();
    if (!consumeIf(";") && !token.startsLine && !token.is("}"))
      return expected("the end of the statement: a new line, ';' or '}'");
  }
  if (layout)
    layout->closes.insert(token.text.begin());
  advance();
  return success();
}

//===----------------------------------------------------------------------===//
// Statements
//===----------------------------------------------------------------------===//

LogicalResult Parser::parseStatement(ast::Body &body) {
  if (layout)
    layout->starts.insert(token.text.begin());
  ast::Statement statement{token.place, ast::Return{}};
  LogicalResult result = failure();
  if (consumeIf("for"))
    result = parseFor(statement);
  else if (token.is("if"))
    result = parseIf(statement);
  else if (consumeIf("return")) {
    auto &node = std::get<ast::Return>(statement.node);
    do {
      node.values.push_back(parseExpr());
      result = success(node.values.back() != nullptr);
    } while (succeeded(result) && consumeIf(","));
  } else
    result = parseNamedStatement(statement);
  body.push_back(std::move(statement));
  return result;
}

/// The words input, output, ignore and assert start a statement unless they are assigned to.
LogicalResult Parser::parseNamedStatement(ast::Statement &statement) {
  ast::Identifier first;
  if (failed(parseName(first, "a statement")))
    return failure();
  if (token.is("=") || token.is(","))
    return parseAssign(first, statement);
  if (first.name == "input") {
    auto &node = statement.node.emplace<ast::Input>();
    return failure(failed(parseName(node.name, "the input's name")) || failed(consume(":", "and the input's type")) ||
                   failed(parseTensorType(node.type)));
  }
  if (first.name == "output") {
    auto &node = statement.node.emplace<ast::Output>();
    if (failed(parseName(node.name, "the output's name")) ||
        (consumeIf(":") && failed(parseTensorType(node.type.emplace()))) ||
        failed(consume("=", "and the output's value")))
      return failure();
    return success((node.value = parseExpr()) != nullptr);
  }
  if (first.name == "ignore")
    return success((statement.node.emplace<ast::Ignore>().pattern = parseExpr()) != nullptr);
  if (first.name == "assert") {
    auto &node = statement.node.emplace<ast::Assert>();
    if (!(node.condition = parseExpr()) || failed(consume(",", "and a message")))
      return failure();
    return success((node.message = parseExpr()) != nullptr);
  }
  if (token.kind == Token::Identifier) // "outptu logits": the word itself is the mistake
    return source.error(ErrorId::Syntax, first.place)
           << "unknown statement " << quote(first.name)
           << nearest(first.name, {"input", "output", "ignore", "assert", "for", "if", "return"});
  return expected("'=' after " + quote(first.name));
}

LogicalResult Parser::parseAssign(ast::Identifier first, ast::Statement &statement) {
  auto &node = statement.node.emplace<ast::Assign>();
  node.targets.push_back(first);
  while (consumeIf(","))
    if (failed(parseName(node.targets.emplace_back(), "a name to assign to")))
      return failure();
  if (failed(consume("=", "and a value")))
    return failure();
  return success((node.value = parseExpr()) != nullptr);
}

LogicalResult Parser::parseFor(ast::Statement &statement) {
  auto &node = statement.node.emplace<ast::For>();
  if (failed(parseName(node.variable, "the loop's variable")) || failed(consume("in", "and a range or a list")))
    return failure();
  if (!(node.from = parseExpr()))
    return failure();
  if (consumeIf("..") && !(node.to = parseExpr()))
    return failure();
  return parseBody(node.body);
}

LogicalResult Parser::parseIf(ast::Statement &statement) {
  auto &node = statement.node.emplace<ast::If>();
  while (consumeIf("if")) {
    ast::If::Branch &branch = node.branches.emplace_back();
    if (!(branch.condition = parseExpr()) || failed(parseBody(branch.body)))
      return failure();
    if (!consumeIf("else"))
      return success();
  }
  return parseBody(node.otherwise);
}

LogicalResult Parser::parseTensorType(ast::TensorType &type) {
  if (failed(parseName(type.element, "an element type, as in f32[n=1, c=3]")))
    return failure();
  Token open = token;
  if (failed(consume("[", "before the axes")))
    return failure();
  return parseCommaSeparated("]", open, [&]() -> LogicalResult {
    ast::TensorType::Axis &axis = type.axes.emplace_back();
    if (failed(parseName(axis.name, "an axis, as in c=3")) || failed(consume("=", "and the size of the axis")))
      return failure();
    return success((axis.size = parseExpr()) != nullptr);
  });
}
