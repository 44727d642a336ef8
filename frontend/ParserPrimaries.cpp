// Literals and parentheses.
#include "frontend/Parser.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/SaveAndRestore.h"
#include <cmath>

using namespace fovea;
using namespace fovea::net;
using ast::ExprPtr;
using llvm::failed;
using llvm::LogicalResult;
using llvm::StringRef;
using llvm::success;

ExprPtr Parser::parsePrimary() {
  Token first = token;
  switch (token.kind) {
  case Token::Integer:
  case Token::Float:
    return parseNumber();
  case Token::String:
    return parseString();
  case Token::Identifier:
    advance();
    if (token.is("("))
      return parseCall({first.text, first.place}, {});
    return make(first.place, ast::NameRef{first.text});
  default:
    break;
  }
  if (token.is("["))
    return parseList();
  if (token.is("{"))
    return parseDict();
  if (consumeIf("true"))
    return make(first.place, ast::BoolLiteral{true});
  if (consumeIf("false"))
    return make(first.place, ast::BoolLiteral{false});
  if (consumeIf("(")) {
    ExprPtr value = parseExpr();
    return value && succeeded(close(")", first)) ? std::move(value) : nullptr;
  }
  (void)expected("an expression");
  return nullptr;
}

ExprPtr Parser::parseNumber() {
  Token number = token;
  advance();
  if (number.kind == Token::Integer) {
    int64_t value;
    if (!number.text.getAsInteger(10, value))
      return make(number.place, ast::IntLiteral{value});
    source.error(ErrorId::NumberRange, number.place)
        << "the integer " << quote(number.text) << " does not fit into 64 bits";
    return nullptr;
  }
  double value;
  if (!number.text.getAsDouble(value) && std::isfinite(value))
    return make(number.place, ast::FloatLiteral{value});
  source.error(ErrorId::NumberRange, number.place)
      << "the number " << quote(number.text) << " does not fit into a double";
  return nullptr;
}

ExprPtr Parser::parseString() {
  Token string = token;
  ast::StringLiteral node;
  unsigned height = 0;
  std::string text;
  auto placeOf = [&](size_t at) -> ast::Place {
    return {string.place.line, string.place.column + 1 + static_cast<unsigned>(at), string.place.file};
  };
  for (size_t at = 0; at < string.text.size(); ++at) {
    char c = string.text[at];
    if (c == '\\') {
      if (char escaped = at + 1 < string.text.size() ? string.text[at + 1] : 0; StringRef("\"\\{}").contains(escaped)) {
        text += escaped;
        ++at;
        continue;
      }
      source.error(ErrorId::InvalidToken, placeOf(at)) << "unknown escape; expected one of \\\" \\\\ \\{ \\}";
      return nullptr;
    }
    if (c == '}') {
      source.error(ErrorId::InvalidToken, placeOf(at)) << "'}' without '{'; a brace itself is written \\}";
      return nullptr;
    }
    if (c != '{') {
      text += c;
      continue;
    }
    size_t end = string.text.find('}', at);
    if (end == StringRef::npos) {
      source.error(ErrorId::InvalidToken, placeOf(at))
          << "this '{' has no '}' in the string; a brace itself is written \\{";
      return nullptr;
    }
    ExprPtr value = parseInterpolation(string.text.slice(at + 1, end), placeOf(at + 1));
    if (!value)
      return nullptr;
    height = std::max(height, value->height);
    node.pieces.push_back({std::move(text), std::move(value)});
    text.clear();
    at = end;
  }
  node.pieces.push_back({std::move(text), nullptr});
  advance();
  return make(string.place, std::move(node), height);
}

ExprPtr Parser::parseInterpolation(StringRef text, ast::Place place) {
  llvm::SaveAndRestore savedLexer(lexer, Lexer(source, text, place));
  llvm::SaveAndRestore savedToken(token, Token());
  llvm::SaveAndRestore savedName(endName, StringRef("'}'"));
  advance();
  token.startsLine = false;
  ExprPtr value = parseExpr();
  if (value && token.kind != Token::End) {
    (void)expected("'}' after the value");
    return nullptr;
  }
  return value;
}

ExprPtr Parser::parseList() {
  Token open = token;
  advance();
  ast::ListLiteral node;
  unsigned height = 0;
  auto element = [&]() -> LogicalResult {
    ExprPtr &value = node.elements.emplace_back(parseExpr());
    height = std::max(height, heightOf(value));
    return success(value != nullptr);
  };
  if (failed(parseCommaSeparated("]", open, element)))
    return nullptr;
  return make(open.place, std::move(node), height);
}

ExprPtr Parser::parseDict() {
  Token open = token;
  advance();
  ast::DictLiteral node;
  unsigned height = 0;
  llvm::StringMap<ast::Place> keys;
  auto entry = [&]() -> LogicalResult {
    Token key = token;
    if (key.kind != Token::String)
      return expected("a key in double quotes");
    if (key.text.contains('{') || key.text.contains('\\'))
      return source.error(ErrorId::Syntax, key.place) << "a key is plain text, without '{' and '\\'";
    advance();
    auto [first, isNew] = keys.try_emplace(key.text, key.place);
    if (!isNew) {
      mlir::InFlightDiagnostic diagnostic = source.error(ErrorId::DuplicateName, key.place)
                                            << "there is a key " << quote(key.text) << " already";
      diagnostic.attachNote(source.location(first->second)) << "it is here";
      return diagnostic;
    }
    if (failed(consume(":", "and the key's value")))
      return llvm::failure();
    ExprPtr value = parseExpr();
    if (!value)
      return llvm::failure();
    height = std::max(height, value->height);
    node.entries.push_back({key.text.str(), std::move(value)});
    return success();
  };
  if (failed(parseCommaSeparated("}", open, entry)))
    return nullptr;
  return make(open.place, std::move(node), height);
}
