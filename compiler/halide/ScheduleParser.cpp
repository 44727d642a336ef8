// The text of a schedule file.
#include "compiler/halide/ScheduleFile.h"
#include "dialect/Nearest.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace fovea;

namespace {
struct Token {
  enum Kind { End, Word, String, Integer, Sign, Wrong } kind;
  StringRef text; ///< of a string, without the quotes
  Location place;

  bool is(Kind wanted, StringRef spelling) const { return kind == wanted && text == spelling; }
};

class ScheduleParser {
public:
  ScheduleParser(StringRef text, StringRef name, MLIRContext *context)
      : text(text), name(StringAttr::get(context, name)), token(next()) {}

  std::optional<ScheduleFile> parse() {
    ScheduleFile file;
    std::string target;
    while (token.kind != Token::End)
      if (failed(takeStatement(file, target)))
        return std::nullopt;
    return file;
  }

private:
  //===--- statements ---===//

  LogicalResult takeStatement(ScheduleFile &file, std::string &target) {
    Location place = token.place;
    bool ofLayer = token.is(Token::Word, "layer");
    if (token.is(Token::Word, "target")) {
      advance();
      place = token.place;
      return failed(takeText(Token::String, "a target in quotes", target)) ? failure() : checkTarget(target, place);
    }
    if (!ofLayer && !token.is(Token::Word, "kernel"))
      return expected("'target', 'kernel' or 'layer'");
    if (target.empty())
      return emitError(place, "expected 'target \"NAME\"' before the first entry");
    advance();
    SchedulePin pin{place, target, ofLayer, "", place, "", {}};
    if (failed(takeEntry(pin)))
      return failure();
    for (const SchedulePin &other : file.pins)
      if (other.target == pin.target && other.ofLayer == pin.ofLayer && other.key == pin.key) {
        InFlightDiagnostic diagnostic = emitError(place, "'") << pin.key << "' has an entry already";
        diagnostic.attachNote(other.place) << "it is here";
        return diagnostic;
      }
    file.pins.push_back(std::move(pin));
    return success();
  }

  static LogicalResult checkTarget(StringRef target, Location place) {
    std::vector<TargetInfo> targets = knownTargets();
    SmallVector<StringRef> names(llvm::map_range(targets, [](auto &known) { return StringRef(known.name); }));
    if (llvm::is_contained(names, target))
      return success();
    return emitError(place, "there is no target '") << target << "'" << nearest(target, names);
  }

  /// `"KEY" = STRATEGY {KNOB = VALUE, ...}`
  LogicalResult takeEntry(SchedulePin &pin) {
    if (failed(takeText(Token::String, pin.ofLayer ? "a layer's name in quotes" : "a kernel's signature in quotes",
                        pin.key)) ||
        failed(takeSign("=")))
      return failure();
    pin.strategyPlace = token.place;
    if (failed(takeText(Token::Word, "the name of a strategy", pin.strategy)) || failed(takeSign("{")))
      return failure();
    while (!token.is(Token::Sign, "}")) {
      SchedulePin::Knob knob{"", 0, token.place};
      if (failed(takeText(Token::Word, "the name of a knob", knob.name)) || failed(takeSign("=")))
        return failure();
      if (token.kind != Token::Integer || token.text.getAsInteger(10, knob.value))
        return expected("an integer");
      advance();
      pin.knobs.push_back(std::move(knob));
      if (!token.is(Token::Sign, "}") && failed(takeSign(",")))
        return failure();
    }
    advance();
    return success();
  }

  //===--- tokens ---===//

  LogicalResult expected(const llvm::Twine &what) {
    InFlightDiagnostic diagnostic = emitError(token.place, "expected ") << what << ", found ";
    if (token.kind == Token::End)
      diagnostic << "the end of the file";
    else
      diagnostic << "'" << token.text << "'";
    return diagnostic;
  }

  LogicalResult takeText(Token::Kind kind, StringRef what, std::string &result) {
    if (token.kind != kind)
      return expected(what);
    result = token.text.str();
    advance();
    return success();
  }

  LogicalResult takeSign(StringRef sign) {
    if (!token.is(Token::Sign, sign))
      return expected("'" + sign + "'");
    advance();
    return success();
  }

  void advance() { token = next(); }

  /// Takes `count` characters of one line as a token.
  Token take(Token::Kind kind, size_t count) {
    Token result{kind, text.take_front(count), here()};
    text = text.drop_front(count);
    column += count;
    return result;
  }

  Token next() {
    for (;; text = text.drop_front()) {
      if (text.starts_with("//"))
        text = text.drop_while([](char c) { return c != '\n'; });
      if (text.empty() || !llvm::isSpace(text.front()))
        break;
      column = text.front() == '\n' ? 1 : column + 1;
      line += text.front() == '\n';
    }
    if (text.empty())
      return {Token::End, "", here()};
    char first = text.front();
    if (llvm::isAlpha(first) || first == '_')
      return take(Token::Word, text.take_while([](char c) { return llvm::isAlnum(c) || c == '_'; }).size());
    if (llvm::isDigit(first) || first == '-')
      return take(Token::Integer, 1 + text.drop_front().take_while([](char c) { return llvm::isDigit(c); }).size());
    if (first == '"') {
      size_t end = text.find_first_of("\"\n", 1);
      if (end == StringRef::npos || text[end] == '\n')
        return take(Token::Wrong, 1);
      Token string = take(Token::String, end + 1);
      string.text = string.text.drop_front().drop_back();
      return string;
    }
    return take(StringRef("={},").contains(first) ? Token::Sign : Token::Wrong, 1);
  }

  Location here() const { return FileLineColLoc::get(name, line, column); }

  StringRef text; ///< what is left
  StringAttr name;
  unsigned line = 1, column = 1;
  Token token;
};
} // namespace

std::optional<ScheduleFile> ScheduleFile::parse(StringRef text, StringRef name, MLIRContext *context) {
  return ScheduleParser(text, name, context).parse();
}
