// `.net` tokens to the syntax tree.
#ifndef FOVEA_FRONTEND_PARSER_H
#define FOVEA_FRONTEND_PARSER_H

#include "frontend/Lexer.h"
#include "llvm/ADT/DenseSet.h"

namespace fovea::net {

/// Where the parts of a file begin that have lines of their own, by address of the token's text.
struct Layout {
  llvm::DenseSet<const char *> starts;        ///< of statements, definitions and imports
  llvm::DenseSet<const char *> opens, closes; ///< braces of bodies
  llvm::DenseSet<const char *> lists;         ///< opening brackets around elements with commas
};

/// Recursive descent; one method per rule of GRAMMAR.md. A method returns null, or failure, once it has reported an
/// error: the first error ends the parse.
class Parser {
public:
  /// Reads the file of that number, after files of so many tokens; fills `layout` if there is one.
  explicit Parser(const SourceFiles &source, unsigned file = 0, unsigned tokensBefore = 0, Layout *layout = nullptr)
      : source(source), file(file), lexer(source, source.text(file), {1, 1, file}), tokenCount(tokensBefore),
        layout(layout) {}

  std::optional<ast::File> parseFile();

private:
  // Definitions and statements (Parser.cpp).
  llvm::LogicalResult parseImport(ast::Import &import);
  llvm::LogicalResult parseDefinition(ast::Definition &definition, bool isNetwork);
  llvm::LogicalResult parseParameter(ast::Parameter &parameter, bool isNetwork);
  llvm::LogicalResult parseBounds(ast::Bounds &bounds);
  llvm::LogicalResult parseBody(ast::Body &body);
  llvm::LogicalResult parseStatement(ast::Body &body);
  llvm::LogicalResult parseNamedStatement(ast::Statement &statement);
  llvm::LogicalResult parseAssign(ast::Identifier first, ast::Statement &statement);
  llvm::LogicalResult parseFor(ast::Statement &statement);
  llvm::LogicalResult parseIf(ast::Statement &statement);
  llvm::LogicalResult parseTensorType(ast::TensorType &type);

  static constexpr unsigned maxNesting = 64, maxHeight = 256;

  // Operators and calls (ParserExpressions.cpp).
  ast::ExprPtr parseExpr();
  ast::ExprPtr parsePipe();
  ast::ExprPtr parseBinary(unsigned level);
  ast::ExprPtr parseUnary();
  ast::ExprPtr parsePostfix();
  ast::ExprPtr parseSuffixes(ast::ExprPtr base);
  ast::ExprPtr parseCall(ast::Identifier callee, std::vector<ast::Argument> arguments);
  llvm::LogicalResult parseArguments(std::vector<ast::Argument> &arguments);
  llvm::LogicalResult parseScope(ast::Call &call);

  // Literals and parentheses (ParserPrimaries.cpp).
  ast::ExprPtr parsePrimary();
  ast::ExprPtr parseNumber();
  ast::ExprPtr parseString();
  ast::ExprPtr parseInterpolation(llvm::StringRef text, ast::Place place);
  ast::ExprPtr parseList();
  ast::ExprPtr parseDict();

  /// The height of the highest child; null children count nothing.
  template <typename... Children> static unsigned heightOf(const Children &...children) {
    return std::max({0u, (children ? children->height : 0u)...});
  }
  /// Wraps `node`, unless its tree has become too high: later stages walk it recursively.
  template <typename Node> ast::ExprPtr make(ast::Place place, Node node, unsigned childHeight = 0) {
    if (childHeight < maxHeight)
      return std::make_unique<ast::Expr>(place, childHeight + 1, std::move(node));
    source.error(ErrorId::Limit, place) << "an expression of more than " << maxHeight
                                        << " levels; give parts of it a name";
    return nullptr;
  }

  // Tokens.
  void advance();
  bool consumeIf(llvm::StringRef spelling);
  /// Takes `spelling`, which stands there `why` ("to close the arguments").
  llvm::LogicalResult consume(llvm::StringRef spelling, llvm::StringRef why);
  /// Takes the token that closes what `open` opened.
  llvm::LogicalResult close(llvm::StringRef spelling, const Token &open);
  llvm::LogicalResult parseName(ast::Identifier &name, llvm::StringRef what);
  /// Parses `element` until `closing`, with commas between; a comma before `closing` is allowed.
  llvm::LogicalResult parseCommaSeparated(llvm::StringRef closing, const Token &open,
                                          llvm::function_ref<llvm::LogicalResult()> element);
  /// Reports `expected <what>, found <token>`; silent on a token that the lexer has reported.
  llvm::LogicalResult expected(const llvm::Twine &what, std::optional<Token> open = std::nullopt);

  /// Counts how deep the rules are nested; false, and reported, when that is too deep.
  struct Nesting {
    Nesting(Parser &parser) : parser(parser) { ++parser.nesting; }
    ~Nesting() { --parser.nesting; }
    bool tooDeep() const;
    Parser &parser;
  };

  const SourceFiles &source;
  unsigned file;
  Lexer lexer;
  Token token;
  llvm::StringRef endName = "the end of the file";
  unsigned nesting = 0;
  unsigned tokenCount;
  Layout *layout;
};

} // namespace fovea::net

#endif
