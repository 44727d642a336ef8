#include "frontend/Ast.h"

using namespace fovea;
using namespace fovea::ast;
using llvm::StringRef;

namespace {
/// A line per node, children indented below it.
class Printer {
public:
  explicit Printer(llvm::raw_ostream &os) : os(os) {}

  void print(const Definition &definition, StringRef kind) {
    line(definition.name.place) << kind << ' ' << definition.name.name;
    Indent indent(*this);
    for (const Parameter &parameter : definition.parameters) {
      line(parameter.name.place) << "parameter " << parameter.name.name;
      if (parameter.type)
        os << ": " << parameter.type->name;
      if (const auto &bounds = parameter.bounds)
        os << " in " << bounds->least << ".." << bounds->most << " step " << bounds->step;
      children(parameter.fallback);
    }
    print(definition.body);
  }

  void print(const Import &node) { line(node.place) << "import \"" << node.path << '"'; }

private:
  struct Indent {
    Indent(Printer &printer) : printer(printer) { ++printer.depth; }
    ~Indent() { --printer.depth; }
    Printer &printer;
  };

  /// Starts a line; the one before it is closed, so that the caller may go on with it.
  llvm::raw_ostream &line(Place place) {
    if (started)
      os << '\n';
    started = true;
    return os.indent(2 * depth) << place.line << ':' << place.column << ' ';
  }

  template <typename... Expressions> void children(const Expressions &...expressions) {
    Indent indent(*this);
    (print(expressions), ...);
  }

  void print(const Body &body) {
    for (const Statement &statement : body)
      std::visit([&](const auto &node) { print(node, statement.place); }, statement.node);
  }

  void print(const ExprPtr &expr) {
    if (expr)
      std::visit([&](const auto &node) { print(node, expr->place); }, expr->node);
  }

  void print(const TensorType &type) {
    line(type.element.place) << "type " << type.element.name;
    Indent indent(*this);
    for (const TensorType::Axis &axis : type.axes) {
      line(axis.name.place) << "axis " << axis.name.name;
      children(axis.size);
    }
  }

  void print(const Input &node, Place place) {
    line(place) << "input " << node.name.name;
    children(node.type);
  }
  void print(const Output &node, Place place) {
    line(place) << "output " << node.name.name;
    if (node.type)
      children(*node.type);
    children(node.value);
  }
  void print(const Ignore &node, Place place) {
    line(place) << "ignore";
    children(node.pattern);
  }
  void print(const Assign &node, Place place) {
    line(place) << "assign";
    for (const Identifier &target : node.targets)
      os << ' ' << target.name;
    children(node.value);
  }
  void print(const For &node, Place place) {
    line(place) << "for " << node.variable.name;
    children(node.from, node.to, node.body);
  }
  void print(const If &node, Place place) {
    for (const If::Branch &branch : node.branches) {
      line(place) << "if";
      children(branch.condition, branch.body);
    }
    if (!node.otherwise.empty()) {
      line(place) << "else";
      children(node.otherwise);
    }
  }
  void print(const Return &node, Place place) {
    line(place) << "return";
    for (const ExprPtr &value : node.values)
      children(value);
  }
  void print(const Assert &node, Place place) {
    line(place) << "assert";
    children(node.condition, node.message);
  }

  void print(const IntLiteral &node, Place place) { line(place) << node.value; }
  void print(const FloatLiteral &node, Place place) { line(place) << node.value; }
  void print(const BoolLiteral &node, Place place) { line(place) << (node.value ? "true" : "false"); }
  void print(const StringLiteral &node, Place place) {
    line(place) << "string";
    Indent indent(*this);
    for (const StringLiteral::Piece &piece : node.pieces) {
      if (!piece.text.empty() || node.pieces.size() == 1)
        line(place) << '"' << piece.text << '"';
      print(piece.value);
    }
  }
  void print(const ListLiteral &node, Place place) {
    line(place) << "list";
    for (const ExprPtr &element : node.elements)
      children(element);
  }
  void print(const DictLiteral &node, Place place) {
    line(place) << "dictionary";
    Indent indent(*this);
    for (const DictLiteral::Entry &entry : node.entries) {
      line(entry.value->place) << '"' << entry.key << '"';
      children(entry.value);
    }
  }
  void print(const NameRef &node, Place place) { line(place) << node.name; }
  void print(const Index &node, Place place) {
    line(place) << "index";
    children(node.base, node.index);
  }
  void print(const AxisSize &node, Place place) {
    line(place) << "size of " << node.axis.name;
    children(node.base);
  }
  void print(const Unary &node, Place place) {
    line(place) << spelling(node.op);
    children(node.operand);
  }
  void print(const Binary &node, Place place) {
    line(place) << spelling(node.op);
    children(node.lhs, node.rhs);
  }
  void print(const Conditional &node, Place place) {
    line(place) << "if";
    children(node.condition, node.accepted, node.rejected);
  }
  void print(const Call &node, Place place) {
    line(place) << "call " << node.callee.name;
    Indent indent(*this);
    for (const Argument &argument : node.arguments) {
      if (!argument.name) {
        print(argument.value);
        continue;
      }
      line(argument.name->place) << argument.name->name << '=';
      children(argument.value);
    }
    if (node.scope) {
      line(node.scope->place) << '@';
      children(node.scope);
    }
  }

  llvm::raw_ostream &os;
  unsigned depth = 0;
  bool started = false;
};
} // namespace

void fovea::printAst(const File &file, llvm::raw_ostream &os) {
  Printer printer(os);
  for (const Import &import : file.imports)
    printer.print(import);
  if (file.network)
    printer.print(*file.network, "network");
  for (const Definition &block : file.blocks)
    printer.print(block, "block");
  os << '\n';
}
