// A network at several values of its parameter `size`, in one module.
#include "frontend/Sizes.h"
#include "dialect/Axes.h"
#include "dialect/Nearest.h"
#include "frontend/Evaluator.h"
#include "llvm/ADT/SetVector.h"

using namespace fovea;
using namespace fovea::net;
using namespace mlir;

/// The parameter that --size gives values to.
static constexpr llvm::StringLiteral sizeName = "size";

static LogicalResult requireSizeParameter(const SourceFiles &source, const ast::Definition &network) {
  auto found = llvm::find_if(network.parameters, [](const auto &parameter) { return parameter.name.name == sizeName; });
  SmallVector<StringRef> names;
  for (const ast::Parameter &parameter : network.parameters)
    names.push_back(parameter.name.name);
  if (found == network.parameters.end())
    return source.error(ErrorId::NetworkParameter, network.name.place)
           << "the network has no parameter " << quote(sizeName) << ", which --size gives values to"
           << (names.empty() ? "; it has none" : nearest(sizeName, names));
  if (found->type->name != "int")
    return source.error(ErrorId::NetworkParameter, found->name.place)
           << "the parameter " << quote(sizeName) << ", which --size gives values to, is of type " << found->type->name
           << "; expected int";
  return success();
}

namespace {
/// The network at one size.
struct SizedNetwork {
  int64_t size;
  OwningOpRef<ModuleOp> module;

  func::FuncOp function() const { return *(*module).getOps<func::FuncOp>().begin(); }
};
} // namespace

/// Whether arguments or results are the same at two sizes, but for their shapes.
static bool areAlike(ArrayAttr names, TypeRange types, ArrayAttr otherNames, TypeRange otherTypes) {
  return names == otherNames &&
         llvm::equal(types, otherTypes, [](Type one, Type other) { return hvn::getAxes(one) == hvn::getAxes(other); });
}

/// A library tells its sizes apart by the shapes of the inputs, and all of them have one interface.
static LogicalResult checkBeside(const SizedNetwork &network, const SizedNetwork &other) {
  func::FuncOp function = network.function(), beside = other.function();
  auto error = [&] { return userError(ErrorId::NetworkParameter, function.getLoc()); };
  if (!areAlike(function.getArgAttrsAttr(), function.getArgumentTypes(), beside.getArgAttrsAttr(),
                beside.getArgumentTypes()) ||
      !areAlike(function.getResAttrsAttr(), function.getResultTypes(), beside.getResAttrsAttr(),
                beside.getResultTypes()))
    return error() << "with size=" << network.size
                   << " the network has other inputs or outputs than with size=" << other.size
                   << ", not just of other shapes";
  if (function.getArgumentTypes() == beside.getArgumentTypes())
    return error() << "with size=" << network.size << " the inputs have the same shapes as with size=" << other.size
                   << ", so a library could not tell which is meant";
  return success();
}

/// Moves the function of `network` into `module`.
static void addTo(ModuleOp module, const SizedNetwork &network) {
  func::FuncOp function = network.function();
  Builder builder(module.getContext());
  function.setSymName((function.getSymName() + "_" + llvm::Twine(network.size)).str());
  function->setAttr("hvn.size", builder.getI64IntegerAttr(network.size));
  if (*network.module == module)
    return;
  function->remove();
  module.push_back(function);
  llvm::SetVector<Attribute> ignored;
  for (ModuleOp part : {module, *network.module})
    if (auto patterns = part->getAttrOfType<ArrayAttr>("hvn.ignore"))
      ignored.insert(patterns.begin(), patterns.end());
  if (!ignored.empty())
    module->setAttr("hvn.ignore", builder.getArrayAttr(ignored.getArrayRef()));
}

OwningOpRef<ModuleOp> fovea::net::evaluateSizes(const SourceFiles &source, const ast::File &file,
                                                const ImportOptions &options) {
  if (failed(requireSizeParameter(source, *file.network)))
    return nullptr;
  std::vector<SizedNetwork> networks;
  for (int64_t size : options.sizes) {
    ScopedDiagnosticHandler handler(source.getContext(), [&](Diagnostic &diagnostic) {
      if (options.sizes.size() > 1 && diagnostic.getSeverity() == DiagnosticSeverity::Error)
        diagnostic.attachNote(source.location(file.network->name.place)) << "this is with size=" << size;
      return failure();
    });
    ImportOptions one{options.parameters, {}};
    one.parameters.emplace_back(sizeName, std::to_string(size));
    networks.push_back({size, Evaluator(source, file).run(one)});
    if (!networks.back().module)
      return nullptr;
  }
  for (auto [number, network] : llvm::enumerate(networks))
    for (const SizedNetwork &other : ArrayRef(networks).take_front(number))
      if (failed(checkBeside(network, other)))
        return nullptr;
  if (networks.size() > 1)
    for (const SizedNetwork &network : networks)
      addTo(*networks.front().module, network);
  return std::move(networks.front().module);
}
