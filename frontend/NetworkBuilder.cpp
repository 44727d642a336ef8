#include "frontend/NetworkBuilder.h"
#include "dialect/HvnOps.h"
#include "frontend/PublicName.h"
#include "frontend/Value.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace fovea;
using namespace fovea::net;
using namespace mlir;

static constexpr int64_t maxAxisSize = std::numeric_limits<int32_t>::max();
static constexpr int64_t maxElements = int64_t(1) << 40;
static constexpr size_t maxRank = 8;
static constexpr unsigned maxOps = 100'000;

NetworkBuilder::NetworkBuilder(const SourceFiles &source, ast::Identifier name)
    : source(source), networkName(name), module(ModuleOp::create(source.location(name.place))),
      builder(module->getBodyRegion()) {
  function = func::FuncOp::create(builder, source.location(name.place), name.name, builder.getFunctionType({}, {}));
  builder.setInsertionPointToStart(function.addEntryBlock());
}

LogicalResult NetworkBuilder::checkPublicName(ast::Identifier name) {
  if (std::string fault = faultOfPublicName(name.name); !fault.empty())
    return source.error(ErrorId::ReservedName, name.place) << quote(name.name) << ' ' << fault;
  auto [first, isNew] = publicNames.try_emplace(name.name, name.place);
  if (isNew)
    return success();
  InFlightDiagnostic diagnostic = source.error(ErrorId::DuplicateName, name.place)
                                  << "the network has an input or output " << quote(name.name) << " already";
  diagnostic.attachNote(source.location(first->second)) << "it is here";
  return diagnostic;
}

LogicalResult NetworkBuilder::checkShape(ArrayRef<int64_t> shape, ast::Place place) {
  if (shape.size() > maxRank)
    return source.error(ErrorId::Limit, place)
           << "a tensor of " << shape.size() << " axes; at most " << maxRank << " are supported";
  int64_t elements = 1;
  for (int64_t size : shape) {
    if (size < 1 || size > maxAxisSize)
      return source.error(ErrorId::Limit, place) << "an axis of size " << size << "; expected 1 to " << maxAxisSize;
    if (llvm::MulOverflow(elements, size, elements) || elements > maxElements)
      return source.error(ErrorId::Limit, place) << "a tensor of more than " << maxElements << " elements";
  }
  return success();
}

Location NetworkBuilder::namedLocation(StringRef label, ast::Place place) const {
  return NameLoc::get(StringAttr::get(source.getContext(), label), source.location(place));
}

FailureOr<mlir::Value> NetworkBuilder::addInput(ast::Identifier name, RankedTensorType type) {
  if (failed(checkPublicName(name)))
    return failure();
  inputs.push_back(name);
  return mlir::Value(function.getBody().addArgument(type, namedLocation(name.name, name.place)));
}

mlir::Value NetworkBuilder::ordered(mlir::Value value, RankedTensorType type) {
  return value.getType() == type ? value : hvn::PermuteOp::create(builder, value.getLoc(), type, value).getResult();
}

LogicalResult NetworkBuilder::addOutput(ast::Identifier name, mlir::Value value) {
  outputs.push_back({name, value});
  return checkPublicName(name);
}

FailureOr<mlir::Value> NetworkBuilder::parameter(StringRef key, ArrayRef<int64_t> shape, ArrayRef<StringRef> axes,
                                                 ast::Place place, int64_t scope) {
  // A size of 0 is that of an axis which the layer's input lacks: type inference says so better.
  if (!llvm::is_contained(shape, 0) && failed(checkShape(shape, place)))
    return failure();
  RankedTensorType type = hvn::axisTensor(source.getContext(), shape, axes);
  auto [entry, isNew] = parameters.try_emplace(key, Parameter{{}, scope});
  mlir::Value &known = entry->second.value;
  if (!known) {
    ++opCount;
    known = hvn::ParamOp::create(builder, namedLocation(key, place), type, builder.getStringAttr(key));
  } else if (known.getType() != type) {
    InFlightDiagnostic diagnostic = source.error(ErrorId::SharedParameter, place)
                                    << "the parameter " << quote(key) << " is " << hvn::spell(type) << " here";
    diagnostic.attachNote(known.getLoc())
        << "and " << hvn::spell(known.getType()) << " here; give one of the two a scope";
    return diagnostic;
  }
  if (!isNew && std::exchange(entry->second.scope, scope) == scope) {
    InFlightDiagnostic diagnostic = source.error(ErrorId::SharedParameter, place)
                                    << "the parameter " << quote(key)
                                    << " is another layer's already; give this one a scope: f(x) @ \"name\"";
    diagnostic.attachNote(known.getLoc()) << "it is here";
    return diagnostic;
  }
  return known;
}

FailureOr<Operation *> NetworkBuilder::create(StringRef name, ValueRange operands, NamedAttrList attributes,
                                              StringRef label, ast::Place place) {
  if (++opCount > maxOps)
    return source.error(ErrorId::Limit, place) << "the network has more than " << maxOps << " operations";
  if (name != hvn::FromImageOp::getOperationName())
    for (mlir::Value operand : operands)
      if (hvn::isImage(operand.getType()))
        return source.error(ErrorId::TypeMismatch, place)
               << "expected a tensor, found " << hvn::spell(operand.getType())
               << ": from_image(x, h=224, w=224) makes a tensor of its pixels";
  // Errors of inference go to the plain place; the op's own location has its name, too.
  Location location = source.location(place);
  OperationState state(namedLocation(label, place), name, operands, /*types=*/{}, /*attributes=*/{});
  auto emitError = [&] { return source.error(ErrorId::LayerArgument, place); };
  // Inference runs before the verifier and trusts the attributes, so they are verified by themselves first.
  if (failed(state.name.verifyInherentAttrs(attributes, emitError)))
    return failure();

  DictionaryAttr dictionary = attributes.getDictionary(source.getContext());
  std::vector<char> storage(state.name.getOpPropertyByteSize());
  OpaqueProperties properties(storage.empty() ? nullptr : storage.data());
  llvm::scope_exit destroy([&] {
    if (properties)
      state.name.destroyOpProperties(properties);
  });
  if (properties) {
    state.name.initOpProperties(properties, /*init=*/nullptr);
    if (failed(state.name.setOpPropertiesFromAttribute(state.name, properties, dictionary, emitError)))
      return failure();
  }
  auto *inference = state.name.getInterface<InferTypeOpInterface>();
  if (failed(inference->inferReturnTypes(source.getContext(), location, operands, dictionary, properties, {},
                                         state.types)))
    return failure();
  for (Type type : state.types)
    if (failed(checkShape(cast<RankedTensorType>(type).getShape(), place)))
      return failure();
  state.addAttributes(attributes);
  return builder.create(state);
}

OwningOpRef<ModuleOp> NetworkBuilder::finish() {
  if (inputs.empty() || outputs.empty()) {
    source.error(ErrorId::MissingStatement, networkName.place)
        << "the network has no " << (inputs.empty() ? "input" : "output") << "; expected a statement '"
        << (inputs.empty() ? "input NAME: f32[n=1, c=3, h=224, w=224]" : "output NAME = x") << "'";
    return nullptr;
  }
  if (failed(checkPublicName(networkName)))
    return nullptr;
  SmallVector<mlir::Value> results(llvm::map_range(outputs, [](const Output &output) { return output.value; }));
  func::ReturnOp::create(builder, source.location(outputs.back().name.place), results);
  function.setFunctionType(
      builder.getFunctionType(function.getBody().getArgumentTypes(), ValueRange(results).getTypes()));
  for (auto [index, input] : llvm::enumerate(inputs))
    function.setArgAttr(index, "hvn.name", builder.getStringAttr(input.name));
  for (auto [index, output] : llvm::enumerate(outputs))
    function.setResultAttr(index, "hvn.name", builder.getStringAttr(output.name.name));
  SmallVector<StringRef> patterns(ignored.begin(), ignored.end());
  if (!patterns.empty())
    module.get()->setAttr("hvn.ignore", builder.getStrArrayAttr(patterns));
  return std::move(module);
}
