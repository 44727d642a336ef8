// The syntax tree of a `.net` file. GRAMMAR.md has the grammar; names point into the text of the file, which must
// outlive the tree.
#ifndef FOVEA_FRONTEND_AST_H
#define FOVEA_FRONTEND_AST_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace fovea::ast {

/// A place in a file; lines and columns count from 1, columns in bytes.
struct Place {
  unsigned line = 1, column = 1;
  unsigned file = 0; ///< 0: the one that is compiled; others are imported
};

struct Identifier {
  llvm::StringRef name;
  Place place;
};

//===----------------------------------------------------------------------===//
// Expressions
//===----------------------------------------------------------------------===//

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

enum class Operator { Add, Sub, Mul, Div, Mod, Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual, And, Or, Not };

/// The operator as it is written.
llvm::StringRef spelling(Operator op);

struct IntLiteral {
  int64_t value;
};
struct FloatLiteral {
  double value;
};
struct BoolLiteral {
  bool value;
};
/// `"network.{i}.proj"`: pieces of text, each followed by an interpolated value if it has one.
struct StringLiteral {
  struct Piece {
    std::string text;
    ExprPtr value;
  };
  std::vector<Piece> pieces;
};
struct ListLiteral {
  std::vector<ExprPtr> elements;
};
struct DictLiteral {
  struct Entry {
    std::string key;
    ExprPtr value;
  };
  std::vector<Entry> entries;
};
struct NameRef {
  llvm::StringRef name;
};
/// `base[index]`
struct Index {
  ExprPtr base, index;
};
/// `base.axis`: the size of an axis.
struct AxisSize {
  ExprPtr base;
  Identifier axis;
};
/// `-x` or `not x`
struct Unary {
  Operator op;
  ExprPtr operand;
};
struct Binary {
  Operator op;
  ExprPtr lhs, rhs;
};
/// `accepted if condition else rejected`
struct Conditional {
  ExprPtr condition, accepted, rejected;
};
struct Argument {
  std::optional<Identifier> name;
  ExprPtr value;
};
/// `callee(arguments) @ scope`; a pipe has become the first argument.
struct Call {
  Identifier callee;
  std::vector<Argument> arguments;
  ExprPtr scope; ///< may be null
};

struct Expr {
  Place place;     ///< of the first token, or of a binary operator itself
  unsigned height; ///< levels of the tree below and including this node
  std::variant<IntLiteral, FloatLiteral, BoolLiteral, StringLiteral, ListLiteral, DictLiteral, NameRef, Index, AxisSize,
               Unary, Binary, Conditional, Call>
      node;
};

//===----------------------------------------------------------------------===//
// Statements
//===----------------------------------------------------------------------===//

struct Statement;
using Body = std::vector<Statement>;

/// `f32[n=1, c=3, h=size, w=size]`
struct TensorType {
  struct Axis {
    Identifier name;
    ExprPtr size;
  };
  Identifier element;
  std::vector<Axis> axes;
};

struct Input {
  Identifier name;
  TensorType type;
};
struct Output {
  Identifier name;
  std::optional<TensorType> type;
  ExprPtr value;
};
struct Ignore {
  ExprPtr pattern;
};
struct Assign {
  std::vector<Identifier> targets;
  ExprPtr value;
};
/// `for variable in from..to` or, when `to` is null, `for variable in from` with a list.
struct For {
  Identifier variable;
  ExprPtr from, to;
  Body body;
};
struct If {
  struct Branch {
    ExprPtr condition;
    Body body;
  };
  std::vector<Branch> branches;
  Body otherwise;
};
struct Return {
  std::vector<ExprPtr> values;
};
struct Assert {
  ExprPtr condition, message;
};

struct Statement {
  Place place;
  std::variant<Input, Output, Ignore, Assign, For, If, Return, Assert> node;
};

//===----------------------------------------------------------------------===//
// Files
//===----------------------------------------------------------------------===//

/// A parameter of a network (with `type`) or of a block (without).
/// `in 32..2048 step 32`: values that each call of the library chooses from, the last one included.
struct Bounds {
  Place place;
  int64_t least, most, step = 1;
};

struct Parameter {
  Identifier name;
  std::optional<Identifier> type;
  std::optional<Bounds> bounds;
  ExprPtr fallback; ///< may be null
};

/// `network NAME(...) { ... }` or `block NAME(...) { ... }`
struct Definition {
  Identifier name;
  std::vector<Parameter> parameters;
  Body body;
};

/// `import "blocks/mlp.net"`
struct Import {
  llvm::StringRef path;
  Place place; ///< of the path
};

struct File {
  std::vector<Import> imports;
  std::optional<Definition> network; ///< none in a file that is there to be imported
  std::vector<Definition> blocks;
  Place end;
  unsigned tokens = 0;
};

} // namespace fovea::ast

namespace fovea {

/// Prints the tree, a node a line, each with `line:column`.
void printAst(const ast::File &file, llvm::raw_ostream &os);

} // namespace fovea

#endif
