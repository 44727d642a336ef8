#include "frontend/Formatter.h"
#include "frontend/Parser.h"
#include "llvm/ADT/STLExtras.h"

using namespace fovea;
using namespace fovea::net;
using llvm::StringRef;

namespace {

constexpr size_t maxWidth = 120;
constexpr unsigned step = 2; ///< columns of indentation

/// A token and the comments around it.
struct Item {
  struct Comment {
    std::string text;
    bool afterBlank; ///< an empty line stands before it
  };
  Token token;
  std::vector<Comment> before; ///< on lines of their own
  std::string after;           ///< on the same line
  bool afterBlank = false;     ///< an empty line stands before it, behind the comments
  bool space = false;          ///< between it and the item before it, if they share a line
  bool isList = false;         ///< an opening bracket around elements with commas, which may have a line each
  size_t partner = 0;          ///< of an opening bracket but that of a body: the index of the closing one

  bool is(StringRef spelling) const { return token.is(spelling); }
  /// As written, with its quotes.
  StringRef text() const {
    return token.kind == Token::String ? StringRef(token.text.data() - 1, token.text.size() + 2) : token.text;
  }
};

/// Prints lines of code, each with its comment; comments of adjacent lines stand below each other.
class Page {
public:
  void startLine(unsigned indent) { lines.push_back({std::string(indent, ' '), ""}); }
  void blank() {
    if (!lines.empty() && !isBlank(lines.back()))
      lines.push_back({"", ""});
  }
  void append(StringRef text) { lines.back().code += text; }
  void comment(StringRef text) {
    std::string &comment = lines.back().comment;
    comment += (comment.empty() ? "" : " ") + text.str();
  }
  size_t column() const { return lines.back().code.size(); }
  bool hasComment() const { return !lines.back().comment.empty(); }

  std::string print() {
    while (!lines.empty() && isBlank(lines.back()))
      lines.pop_back();
    std::string result;
    for (auto line = lines.begin(); line != lines.end();) {
      auto end = std::find_if(line, lines.end(), [](const Line &line) { return line.comment.empty(); });
      size_t column = 0;
      for (const Line &commented : llvm::make_range(line, end))
        column = std::max(column, commented.code.size() + step);
      for (; line != end; ++line)
        result += line->code + std::string(column - line->code.size(), ' ') + line->comment + '\n';
      if (line != lines.end())
        result += (line++)->code + '\n';
    }
    return result;
  }

private:
  struct Line {
    std::string code, comment;
  };
  static bool isBlank(const Line &line) { return line.code.empty() && line.comment.empty(); }
  std::vector<Line> lines;
};

class Formatter {
public:
  Formatter(const SourceFiles &source, const Layout &layout) : source(source), layout(layout) {}
  std::string run();

private:
  void readItems();
  void readGap(StringRef gap, Item &next);
  void matchBrackets();
  bool needsSpace(size_t at) const;

  size_t endOfLine(size_t begin) const;
  void printComments(const Item &item, unsigned indent, bool keepsFirstBlank);
  /// Prints the items from `begin` to before `end`, whose first line is begun, and goes on at `indent` or deeper;
  /// `extra` columns must be left behind them.
  void print(size_t begin, size_t end, unsigned indent, unsigned extra = 0);
  void printList(size_t open, unsigned indent);
  void printItem(const Item &item);
  bool mustBreak(size_t open) const;
  size_t width(size_t begin, size_t end) const;
  size_t endOfUnit(size_t list, size_t end, bool breaksPipes) const;

  bool isStart(size_t at) const { return layout.starts.contains(items[at].token.text.begin()); }
  bool isOpen(size_t at) const { return layout.opens.contains(items[at].token.text.begin()); }
  bool isClose(size_t at) const { return layout.closes.contains(items[at].token.text.begin()); }
  bool isOpening(size_t at) const { return items[at].is("(") || items[at].is("[") || items[at].is("{"); }
  bool isClosing(size_t at) const { return items[at].is(")") || items[at].is("]") || items[at].is("}"); }
  bool isTrailingComma(size_t at) const { return items[at].is(",") && isClosing(at + 1); }
  bool isOperand(size_t at) const;

  const SourceFiles &source;
  const Layout &layout;
  std::vector<Item> items;      ///< the last one is the end of the file
  llvm::DenseSet<size_t> tight; ///< those `=` that name an argument
  Page page;
};

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

/// Takes the comments and empty lines of `gap`, the text between the last item and `next`.
void Formatter::readGap(StringRef gap, Item &next) {
  bool blank = false;
  llvm::SmallVector<StringRef> lines;
  gap.split(lines, '\n');
  for (auto [number, line] : llvm::enumerate(lines)) {
    StringRef text = line.trim();
    if (text.empty()) {
      blank |= number > 0 && number + 1 < lines.size();
    } else if (number == 0 && !items.empty()) {
      std::string &after = items.back().after;
      after += (after.empty() ? "" : " ") + text.str();
    } else {
      next.before.push_back({text.str(), blank});
      blank = false;
    }
  }
  next.afterBlank |= blank;
}

void Formatter::readItems() {
  StringRef text = source.text(0);
  Lexer lexer(source, text, {});
  const char *end = text.begin();
  Item item;
  do {
    item.token = lexer.next();
    const char *begin = item.token.kind == Token::End ? text.end() : item.text().begin();
    readGap(StringRef(end, begin - end), item);
    end = item.token.kind == Token::End ? end : item.text().end();
    if (item.is(";")) // the end of the line says the same
      continue;
    items.push_back(std::move(item));
    item = Item();
  } while (items.empty() || items.back().token.kind != Token::End);
}

void Formatter::matchBrackets() {
  struct Bracket {
    size_t open;
    bool hasColon = false; ///< in the present element
  };
  std::vector<Bracket> brackets;
  for (size_t at = 0; at < items.size(); ++at) {
    if (isOpening(at) && !isOpen(at)) {
      items[at].isList = layout.lists.contains(items[at].token.text.begin()) && !isClosing(at + 1);
      brackets.push_back({at});
    } else if (isClosing(at) && !isClose(at)) {
      items[brackets.back().open].partner = at;
      brackets.pop_back();
    } else if (!brackets.empty()) {
      if (items[at].is("=") && !brackets.back().hasColon)
        tight.insert(at);
      brackets.back().hasColon = items[at].is(":") || (brackets.back().hasColon && !items[at].is(","));
    }
  }
}

/// True of what ends an operand: a minus behind it subtracts.
bool Formatter::isOperand(size_t at) const {
  Token::Kind kind = items[at].token.kind;
  if (kind == Token::Identifier)
    return !isStart(at);
  return kind == Token::Integer || kind == Token::Float || kind == Token::String || isClosing(at) ||
         items[at].is("true") || items[at].is("false");
}

bool Formatter::needsSpace(size_t at) const {
  const Item &item = items[at], &last = items[at - 1];
  if (isOpen(at - 1) || isClose(at))
    return !(isOpen(at - 1) && isClose(at));
  if (isOpening(at - 1) || isClosing(at) || item.is(",") || item.is(":"))
    return false;
  if (item.is(".") || last.is(".") || item.is("..") || last.is("..") || tight.contains(at) || tight.contains(at - 1))
    return false;
  if (last.is("-") && !isOperand(at - 2))
    return false;
  bool inLists = layout.lists.contains(item.token.text.begin());
  if (item.is("("))
    return !inLists;
  if (item.is("["))
    return inLists && !(last.token.kind == Token::Identifier && !isStart(at - 1));
  return true;
}

//===----------------------------------------------------------------------===//
// Printing
//===----------------------------------------------------------------------===//

size_t Formatter::width(size_t begin, size_t end) const {
  size_t result = 0;
  for (size_t at = begin; at < end; ++at)
    if (!isTrailingComma(at))
      result += items[at].text().size() + (at > begin && items[at].space);
  return result;
}

/// A list breaks that is written with a comma behind its last element, or has a comment or another such list inside.
bool Formatter::mustBreak(size_t open) const {
  size_t close = items[open].partner;
  for (size_t at = open; at <= close; ++at)
    if (isTrailingComma(at) || (at > open && !items[at].before.empty()) || (at < close && !items[at].after.empty()))
      return true;
  return false;
}

/// Where the line with a list that is not broken can end first: behind the next list's bracket, before a pipe, or at
/// `end`.
size_t Formatter::endOfUnit(size_t list, size_t end, bool breaksPipes) const {
  for (size_t at = items[list].partner + 1; at < end; ++at) {
    if (items[at].isList)
      return at + 1;
    if (breaksPipes && items[at].is("|>"))
      return at;
  }
  return end;
}

void Formatter::printComments(const Item &item, unsigned indent, bool keepsFirstBlank) {
  for (const auto &[number, comment] : llvm::enumerate(item.before)) {
    if (comment.afterBlank && (number > 0 || keepsFirstBlank))
      page.blank();
    page.startLine(indent);
    page.append(comment.text);
  }
}

void Formatter::printItem(const Item &item) {
  page.append(item.text());
  if (!item.after.empty())
    page.comment(item.after);
}

void Formatter::printList(size_t open, unsigned indent) {
  printItem(items[open]);
  size_t close = items[open].partner;
  for (size_t begin = open + 1; begin < close;) {
    size_t end = begin;
    while (end < close && !items[end].is(","))
      end = items[end].partner ? items[end].partner + 1 : end + 1;
    printComments(items[begin], indent + step, /*keepsFirstBlank=*/false);
    page.startLine(indent + step);
    print(begin, end, indent + step, /*extra=*/1);
    page.append(",");
    if (end < close) {
      for (const Item::Comment &comment : items[end].before)
        page.comment(comment.text);
      if (!items[end].after.empty())
        page.comment(items[end].after);
    }
    begin = end + 1;
  }
  printComments(items[close], indent + step, /*keepsFirstBlank=*/false);
  page.startLine(indent);
  printItem(items[close]);
}

void Formatter::print(size_t begin, size_t end, unsigned indent, unsigned extra) {
  bool breaksPipes = page.column() + width(begin, end) + extra > maxWidth;
  unsigned depth = 0, continued = indent;
  for (size_t at = begin; at < end;) {
    const Item &item = items[at];
    if (at > begin && (!item.before.empty() || page.hasComment() || (breaksPipes && depth == 0 && item.is("|>")))) {
      continued = indent + step;
      printComments(item, continued, /*keepsFirstBlank=*/false);
      page.startLine(continued);
    } else if (at > begin && item.space) {
      page.append(" ");
    }
    if (item.isList) {
      size_t unit = endOfUnit(at, end, breaksPipes);
      if (mustBreak(at) || page.column() + width(at, unit) + (unit == end ? extra : 0) > maxWidth) {
        printList(at, continued);
        at = item.partner + 1;
        continue;
      }
    }
    if (isOpening(at) && item.partner)
      ++depth;
    else if (isClosing(at) && !isClose(at))
      --depth;
    printItem(item);
    ++at;
  }
}

/// The end of the line that starts at `begin`: a statement, the head of a body, or what closes one.
size_t Formatter::endOfLine(size_t begin) const {
  for (size_t at = begin + 1;; ++at) {
    const Item &item = items[at], &last = items[at - 1];
    bool comments = !item.before.empty() || !last.after.empty();
    if (item.token.kind == Token::End || isStart(at))
      return at;
    if (isOpen(at - 1) ? comments || !isClose(at) : isClose(at))
      return at;
    if (isClose(at - 1) && (comments || !item.is("else")))
      return at;
  }
}

std::string Formatter::run() {
  readItems();
  matchBrackets();
  for (size_t at = 1; at < items.size(); ++at)
    items[at].space = needsSpace(at);
  unsigned level = 0;
  bool isHead = true, wasImport = false; // the line before this one opens a body or is none; was an import
  for (size_t at = 0; at + 1 < items.size();) {
    const Item &item = items[at];
    bool isImport = level == 0 && item.token.text == "import";
    if (level == 0 && at > 0 && !(isImport && wasImport))
      page.blank();
    printComments(item, level * step, !isHead);
    if (item.afterBlank && (!isHead || !item.before.empty()) && !isClose(at))
      page.blank();
    size_t end = endOfLine(at);
    page.startLine((isClose(at) ? level - 1 : level) * step);
    print(at, end, (isClose(at) ? level - 1 : level) * step);
    for (; at < end; ++at)
      level += isOpen(at) ? 1 : isClose(at) ? -1 : 0;
    isHead = isOpen(end - 1);
    wasImport = isImport;
  }
  if (items.size() > 1)
    page.blank();
  printComments(items.back(), 0, /*keepsFirstBlank=*/true);
  return page.print();
}

} // namespace

std::optional<std::string> fovea::formatNet(llvm::SourceMgr &sources, mlir::MLIRContext *context) {
  ErrorIdHandler ids(context);
  SourceFiles source(sources, context);
  Layout layout;
  if (!Parser(source, 0, 0, &layout).parseFile())
    return std::nullopt;
  return Formatter(source, layout).run();
}
