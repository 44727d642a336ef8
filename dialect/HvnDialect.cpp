#include "dialect/HvnDialect.h"
#include "dialect/HvnOps.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace fovea::hvn;

#include "dialect/HvnDialect.cpp.inc"
#include "dialect/HvnInterfaces.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialect/HvnAttributes.cpp.inc"

#define GET_OP_CLASSES
#include "dialect/HvnOps.cpp.inc"

namespace {
/// Prints `#nchw` for `#hvn.axes<n, c, h, w>` and names each parameter after the last part of its key.
struct Aliases : OpAsmDialectInterface {
  using OpAsmDialectInterface::OpAsmDialectInterface;

  AliasResult getAlias(Attribute attribute, raw_ostream &os) const override {
    auto axes = dyn_cast<AxesAttr>(attribute);
    if (!axes)
      return AliasResult::NoAlias;
    os << (axes.getNames().empty() ? "scalar" : "");
    for (StringAttr name : axes.getNames())
      os << name.getValue();
    return AliasResult::FinalAlias;
  }
};
} // namespace

void HvnDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialect/HvnAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "dialect/HvnOps.cpp.inc"
      >();
  addInterfaces<Aliases>();
}

int64_t AxesAttr::find(StringRef name) const {
  for (auto [position, axis] : llvm::enumerate(getNames()))
    if (axis.getValue() == name)
      return position;
  return -1;
}

AxesAttr AxesAttr::get(MLIRContext *context, ArrayRef<StringRef> names) {
  SmallVector<StringAttr> attributes;
  for (StringRef name : names)
    attributes.push_back(StringAttr::get(context, name));
  return AxesAttr::get(context, ArrayRef<StringAttr>(attributes));
}

Attribute AxesAttr::parse(AsmParser &parser, Type) {
  SmallVector<StringAttr> names;
  auto parseName = [&]() -> ParseResult {
    StringRef name;
    SMLoc place = parser.getCurrentLocation();
    if (parser.parseKeyword(&name))
      return failure();
    names.push_back(StringAttr::get(parser.getContext(), name));
    if (llvm::count(names, names.back()) > 1)
      return parser.emitError(place) << "axis '" << name << "' stands twice";
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::LessGreater, parseName, " in the list of axes"))
    return {};
  return AxesAttr::get(parser.getContext(), ArrayRef<StringAttr>(names));
}

void AxesAttr::print(AsmPrinter &printer) const {
  printer << '<';
  llvm::interleaveComma(getNames(), printer, [&](StringAttr name) { printer << name.getValue(); });
  printer << '>';
}

LogicalResult AxesAttr::verifyEncoding(ArrayRef<int64_t> shape, Type,
                                       function_ref<InFlightDiagnostic()> emitError) const {
  if (shape.size() != getNames().size())
    return emitError() << "a tensor of rank " << shape.size() << " cannot have the " << getNames().size() << " axes "
                       << *this;
  return success();
}
