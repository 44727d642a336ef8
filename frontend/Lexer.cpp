#include "frontend/Lexer.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/FormatVariadic.h"

using namespace fovea::net;
using llvm::StringRef;

static constexpr size_t maxFileSize = 16 << 20;
static constexpr size_t maxNameLength = 255;

static bool startsName(char c) { return llvm::isAlpha(c) || c == '_'; }
static bool continuesName(char c) { return llvm::isAlnum(c) || c == '_'; }

static bool isKeyword(StringRef name) {
  return llvm::StringSwitch<bool>(name)
      .Cases({"for", "in", "if", "else", "return", "and", "or", "not", "true", "false"}, true)
      .Default(false);
}

llvm::LogicalResult fovea::net::checkText(const SourceFiles &source, unsigned file) {
  StringRef text = source.text(file);
  if (text.size() > maxFileSize)
    return source.error(ErrorId::Limit, {1, 1, file})
           << "the file has " << text.size() << " bytes; at most " << maxFileSize << " are read";
  ast::Place place{1, 1, file};
  for (size_t at = 0; at < text.size();) {
    auto *begin = reinterpret_cast<const llvm::UTF8 *>(text.data() + at);
    auto *end = reinterpret_cast<const llvm::UTF8 *>(text.data() + text.size());
    unsigned length = llvm::getNumBytesForUTF8(*begin);
    if (!llvm::isLegalUTF8Sequence(begin, end))
      return source.error(ErrorId::InvalidText, place)
             << llvm::formatv("the byte 0x{0:x-2} is not UTF-8 text", *begin).str();
    StringRef character = text.substr(at, length);
    // U+202A..202E and U+2066..2069 make text look other than it is.
    bool turns = (character >= "\u202a" && character <= "\u202e") || (character >= "\u2066" && character <= "\u2069");
    bool hidden = length == 1 && (*begin < 0x20 || *begin == 0x7f) && !StringRef("\t\r\n").contains(character[0]);
    if (turns || hidden)
      return source.error(ErrorId::InvalidText, place)
             << "a " << (turns ? "direction mark" : "control character") << " cannot stand in a .net file";
    at += length;
    place = *begin == '\n' ? ast::Place{place.line + 1, 1, file} : ast::Place{place.line, place.column + length, file};
  }
  return llvm::success();
}

void Lexer::skipSpaceAndComments() {
  while (!rest.empty()) {
    if (rest.starts_with("//")) {
      size_t length = rest.find('\n');
      place.column += rest.take_front(length).size();
      rest = rest.substr(length);
    } else if (rest.front() == '\n') {
      rest = rest.drop_front();
      place = {place.line + 1, 1, place.file};
      startsLine = true;
    } else if (llvm::isSpace(rest.front())) {
      rest = rest.drop_front();
      ++place.column;
    } else {
      return;
    }
  }
}

Token Lexer::take(Token::Kind kind, size_t length) {
  Token token{kind, rest.take_front(length), place, startsLine};
  rest = rest.drop_front(length);
  place.column += length;
  startsLine = false;
  return token;
}

Token Lexer::takeNumber() {
  auto digits = [&](size_t from) { return rest.substr(from).take_while(llvm::isDigit).size(); };
  size_t length = digits(0);
  bool isFloat = false;
  // `0..4` is a range, `x.0` cannot be: a fraction needs a digit after its point.
  if (size_t fraction = rest.substr(length).starts_with(".") ? digits(length + 1) : 0) {
    isFloat = true;
    length += 1 + fraction;
  }
  StringRef exponent = rest.substr(length);
  if (exponent.starts_with_insensitive("e")) {
    size_t sign = exponent.drop_front().starts_with("-") || exponent.drop_front().starts_with("+");
    if (size_t count = digits(length + 1 + sign)) {
      isFloat = true;
      length += 1 + sign + count;
    }
  }
  if (StringRef tail = rest.substr(length).take_while(continuesName); !tail.empty()) {
    error(ErrorId::InvalidToken) << "expected a number, found " << quote(rest.take_front(length + tail.size()));
    return take(Token::Error, length);
  }
  return take(isFloat ? Token::Float : Token::Integer, length);
}

Token Lexer::takeString() {
  size_t length = 1;
  for (; length < rest.size() && rest[length] != '\n'; ++length) {
    if (rest.substr(length).starts_with("\\\"") || rest.substr(length).starts_with("\\\\")) {
      ++length;
    } else if (rest[length] == '"') {
      Token token = take(Token::String, length + 1);
      token.text = token.text.drop_front().drop_back();
      return token;
    }
  }
  error(ErrorId::InvalidToken) << "this string has no closing '\"' on its line";
  return take(Token::Error, rest.size());
}

Token Lexer::next() {
  ast::Place afterLast = place;
  skipSpaceAndComments();
  if (rest.empty())
    return {Token::End, rest, afterLast, startsLine};
  char c = rest.front();
  if (startsName(c)) {
    StringRef name = rest.take_while(continuesName);
    if (name.size() <= maxNameLength)
      return take(isKeyword(name) ? Token::Keyword : Token::Identifier, name.size());
    error(ErrorId::Limit) << "a name of " << name.size() << " characters; at most " << maxNameLength << " are read";
    return take(Token::Error, name.size());
  }
  if (llvm::isDigit(c))
    return takeNumber();
  if (c == '"')
    return takeString();
  for (StringRef punctuation : {"|>", "..", "==", "!=", "<=", ">="})
    if (rest.starts_with(punctuation))
      return take(Token::Punctuation, 2);
  if (StringRef("(){}[],:;=.@+-*/%<>").contains(c))
    return take(Token::Punctuation, 1);

  StringRef character = rest.take_front(llvm::getNumBytesForUTF8(c));
  mlir::InFlightDiagnostic diagnostic = error(ErrorId::InvalidToken) << "unexpected character " << quote(character);
  if (c == '\'')
    diagnostic << "; strings stand in double quotes";
  else if (c == '#')
    diagnostic << "; a comment starts with '//'";
  else if (c == '!')
    diagnostic << "; negation is 'not'";
  else if (c == '&' || c == '|')
    diagnostic << "; the logical operators are 'and' and 'or', the pipe is '|>'";
  return take(Token::Error, character.size());
}
