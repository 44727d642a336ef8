// `.net` text to tokens.
#ifndef FOVEA_FRONTEND_LEXER_H
#define FOVEA_FRONTEND_LEXER_H

#include "frontend/SourceFiles.h"

namespace fovea::net {

struct Token {
  enum Kind { End, Error, Identifier, Keyword, Integer, Float, String, Punctuation };

  Kind kind = End;
  llvm::StringRef text;    ///< as written; of a string, without the quotes
  ast::Place place;        ///< of its first character; of the end, just behind the last token
  bool startsLine = false; ///< nothing but space stands before it on its line

  /// True of the keyword or punctuation `spelling`.
  bool is(llvm::StringRef spelling) const { return (kind == Keyword || kind == Punctuation) && text == spelling; }
};

/// Cuts text into tokens. A lexical error is reported once, by the token of kind Error that it yields.
class Lexer {
public:
  /// Reads `text`, which starts at `place`: the whole file, or an interpolation inside a string.
  Lexer(const SourceFiles &source, llvm::StringRef text, ast::Place place)
      : source(&source), rest(text), place(place) {}

  Token next();

private:
  void skipSpaceAndComments();
  Token take(Token::Kind kind, size_t length);
  Token takeNumber();
  Token takeString();
  /// Reports at the next character.
  mlir::InFlightDiagnostic error(ErrorId id) { return source->error(id, place); }

  const SourceFiles *source;
  llvm::StringRef rest;
  ast::Place place;
  bool startsLine = true;
};

/// Refuses a file of text that is not UTF-8 or has characters that do not show: control characters other than tab and
/// line end, and those that turn the direction of writing.
llvm::LogicalResult checkText(const SourceFiles &source, unsigned file);

} // namespace fovea::net

#endif
