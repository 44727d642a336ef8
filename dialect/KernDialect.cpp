#include "dialect/KernDialect.h"
#include "dialect/KernOps.h"
#include "dialect/Nearest.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace fovea::kern;

#include "dialect/KernDialect.cpp.inc"
#include "dialect/KernEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialect/KernAttributes.cpp.inc"

void KernDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialect/KernAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialect/KernOps.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// Strategies
//===----------------------------------------------------------------------===//

static llvm::SmallVector<const Strategy *> &registry() {
  static llvm::SmallVector<const Strategy *> all;
  return all;
}

void fovea::kern::registerStrategy(const Strategy &strategy) {
  auto &all = registry();
  auto place = llvm::lower_bound(all, &strategy, [](auto *a, auto *b) { return a->name < b->name; });
  if (place == all.end() || (*place)->name != strategy.name)
    all.insert(place, &strategy);
}

llvm::ArrayRef<const Strategy *> fovea::kern::strategies() { return registry(); }

bool fovea::kern::Knob::allows(int64_t value) const {
  return value >= minimum && value <= maximum && (!powerOfTwo || llvm::isPowerOf2_64(value));
}

std::string fovea::kern::Knob::range() const {
  std::string first = std::to_string(minimum);
  return (powerOfTwo ? first + ", " + std::to_string(2 * minimum) + ", " + std::to_string(4 * minimum) : first) +
         " to " + std::to_string(maximum);
}

LogicalResult fovea::kern::verifySchedule(ScheduleAttr schedule,
                                          function_ref<InFlightDiagnostic(StringRef)> emitError) {
  auto known = llvm::find_if(strategies(), [&](auto *strategy) { return strategy->name == schedule.getStrategy(); });
  if (known == strategies().end()) {
    llvm::SmallVector<StringRef> names(llvm::map_range(strategies(), [](auto *strategy) { return strategy->name; }));
    return emitError("") << "unknown strategy '" << schedule.getStrategy() << "'"
                         << nearest(schedule.getStrategy(), names);
  }
  const Strategy &strategy = **known;
  llvm::SmallVector<StringRef> names(llvm::map_range(strategy.knobs, [](const Knob &knob) { return knob.name; }));
  for (NamedAttribute given : schedule.getKnobs())
    if (!llvm::is_contained(names, given.getName().getValue()))
      return emitError(given.getName()) << "strategy '" << strategy.name << "' has no knob '"
                                        << given.getName().getValue() << "'"
                                        << nearest(given.getName().getValue(), names);
  for (const Knob &knob : strategy.knobs) {
    auto given = schedule.getKnobs().getAs<IntegerAttr>(knob.name);
    if (!given)
      return emitError("") << "strategy '" << strategy.name << "' needs the knob '" << knob.name << "' (" << knob.help
                           << ", " << knob.range() << ")";
    if (!knob.allows(given.getInt()))
      return emitError(knob.name) << "knob '" << knob.name << "' of strategy '" << strategy.name << "' takes "
                                  << knob.range() << ", found " << given.getInt();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// The schedule attribute
//===----------------------------------------------------------------------===//

int64_t ScheduleAttr::getKnob(StringRef name) const { return getKnobs().getAs<IntegerAttr>(name).getInt(); }

ScheduleAttr ScheduleAttr::get(MLIRContext *context, StringRef strategy,
                               ArrayRef<std::pair<StringRef, int64_t>> knobs) {
  Builder builder(context);
  NamedAttrList list;
  for (auto [name, value] : knobs)
    list.set(name, builder.getI64IntegerAttr(value));
  return get(context, strategy, list.getDictionary(context));
}

Attribute ScheduleAttr::parse(AsmParser &parser, Type) {
  std::string strategy;
  NamedAttrList knobs;
  auto parseKnob = [&]() -> ParseResult {
    StringRef name;
    int64_t value;
    if (parser.parseKeyword(&name) || parser.parseEqual() || parser.parseInteger(value))
      return failure();
    knobs.set(name, parser.getBuilder().getI64IntegerAttr(value));
    return success();
  };
  if (parser.parseLess() || parser.parseString(&strategy) ||
      parser.parseCommaSeparatedList(AsmParser::Delimiter::OptionalBraces, parseKnob) || parser.parseGreater())
    return {};
  return get(parser.getContext(), strategy, knobs.getDictionary(parser.getContext()));
}

void ScheduleAttr::print(AsmPrinter &printer) const {
  printer << "<\"" << getStrategy() << "\" {";
  llvm::interleaveComma(getKnobs(), printer, [&](NamedAttribute knob) {
    printer << knob.getName().getValue() << " = " << cast<IntegerAttr>(knob.getValue()).getInt();
  });
  printer << "}>";
}
