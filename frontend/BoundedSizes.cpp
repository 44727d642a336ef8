// A network whose sizes each call chooses within bounds: sampled at some of them.
#include "frontend/BoundedSizes.h"
#include "dialect/Axes.h"
#include "frontend/Evaluator.h"
#include "llvm/ADT/SetVector.h"

using namespace fovea;
using namespace fovea::net;
using namespace mlir;

//===----------------------------------------------------------------------===//
// Bounds
//===----------------------------------------------------------------------===//

/// Sizes at once: each multiplies the networks that are built by three.
static constexpr size_t mostSizes = 3;

static LogicalResult parseBounds(const SourceFiles &source, const ast::Parameter &parameter, StringRef text,
                                 BoundedSize &size) {
  auto [least, rest] = text.split("..");
  auto [most, step] = rest.split("step");
  size.step = 1;
  bool hasStep = rest.contains("step");
  if (parameter.type->name != "int" || least.trim().getAsInteger(10, size.least) ||
      most.trim().getAsInteger(10, size.most) || (hasStep && step.trim().getAsInteger(10, size.step)))
    return source.error(ErrorId::NetworkParameter, parameter.name.place)
           << "expected " << (parameter.type->name == "int" ? "bounds like 32..2048 step 32" : "one value")
           << " for the parameter " << quote(parameter.name.name) << ", found " << quote(text);
  return success();
}

LogicalResult fovea::net::findBoundedSizes(const SourceFiles &source, const ast::File &file,
                                           const ImportOptions &options, SmallVectorImpl<BoundedSize> &sizes) {
  for (const ast::Parameter &parameter : file.network->parameters) {
    auto given = llvm::find_if(options.parameters, [&](auto &option) { return option.first == parameter.name.name; });
    BoundedSize size{parameter.name.name.str(), 0, 0, 1};
    ast::Place place = parameter.name.place;
    if (given != options.parameters.end()) {
      if (parameter.type->name == "string" || !StringRef(given->second).contains(".."))
        continue;
      if (failed(parseBounds(source, parameter, given->second, size)))
        return failure();
    } else if (const std::optional<ast::Bounds> &bounds = parameter.bounds) {
      size = {size.name, bounds->least, bounds->most, bounds->step};
      place = bounds->place;
    } else {
      continue;
    }
    if (size.least < 1 || size.step < 1 || size.most < size.least + size.step)
      return source.error(ErrorId::NetworkParameter, place)
             << "the bounds of " << quote(size.name) << ", " << size.least << ".." << size.most << " step " << size.step
             << ", are no two positive sizes";
    size.most = size.least + size.steps() * size.step;
    sizes.push_back(size);
  }
  if (!sizes.empty() && !options.sizes.empty())
    return source.error(ErrorId::NetworkParameter, file.network->name.place)
           << "--size makes a network for each of some sizes, and " << quote(sizes.front().name)
           << " has bounds; expected one or the other";
  if (sizes.size() > mostSizes)
    return source.error(ErrorId::Limit, file.network->name.place)
           << "expected at most " << mostSizes << " parameters with bounds, found " << sizes.size();
  return success();
}

//===----------------------------------------------------------------------===//
// Samples
//===----------------------------------------------------------------------===//

namespace {
/// The network at some numbers of steps.
struct Sample {
  SmallVector<int64_t> steps;
  OwningOpRef<ModuleOp> module;

  func::FuncOp function() const { return *(*module).getOps<func::FuncOp>().begin(); }
};

class Sampler {
public:
  Sampler(const SourceFiles &source, const ast::File &file, const ImportOptions &options, ArrayRef<BoundedSize> sizes)
      : source(source), file(file), options(options), sizes(sizes),
        fit(llvm::map_to_vector(sizes, [](const BoundedSize &size) { return size.steps(); })) {}

  OwningOpRef<ModuleOp> run() {
    for (const auto &steps : fit.samples())
      if (failed(add(steps)))
        return nullptr;
    // Where polynomials that fit the samples might not: the least sizes, and halfway.
    SmallVector<int64_t> half = llvm::map_to_vector(sizes, [](const BoundedSize &size) { return size.steps() / 2; });
    if (failed(add(SmallVector<int64_t>(sizes.size(), 0))) || failed(add(half)) || failed(compare()))
      return nullptr;
    return join();
  }

private:
  std::string nameOf(ArrayRef<int64_t> steps) const {
    std::string text;
    for (auto [size, step] : llvm::zip_equal(sizes, steps))
      text += (text.empty() ? "" : ", ") + size.name + "=" + std::to_string(size.least + step * size.step);
    return text;
  }

  LogicalResult add(ArrayRef<int64_t> steps) {
    ScopedDiagnosticHandler handler(source.getContext(), [&](Diagnostic &diagnostic) {
      if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
        diagnostic.attachNote(source.location(file.network->name.place)) << "this is with " << nameOf(steps);
      return failure();
    });
    ImportOptions one = options;
    for (auto [size, step] : llvm::zip_equal(sizes, steps)) {
      llvm::erase_if(one.parameters, [&](auto &option) { return option.first == size.name; });
      one.parameters.emplace_back(size.name, std::to_string(size.least + step * size.step));
    }
    samples.push_back({SmallVector<int64_t>(steps), Evaluator(source, file).run(one)});
    return success(bool(samples.back().module));
  }

  /// Checks that the samples are the same layers, and that their shapes are polynomials of the steps.
  LogicalResult compare() {
    std::vector<std::vector<Operation *>> ops;
    for (const Sample &sample : samples) {
      auto &list = ops.emplace_back();
      sample.function().walk<WalkOrder::PreOrder>([&](Operation *op) { list.push_back(op); });
    }
    for (auto [list, sample] : llvm::zip_equal(ops, samples))
      for (size_t number = 0; number < std::max(list.size(), ops.front().size()); ++number) {
        bool ends = number >= list.size() || number >= ops.front().size();
        if (!ends && list[number]->getName() == ops.front()[number]->getName())
          continue;
        Operation *at = number < list.size() ? list[number] : ops.front()[number];
        return userError(ErrorId::NetworkParameter, at->getLoc())
               << "with " << nameOf(sample.steps) << " the network has other layers from here on than with "
               << nameOf(samples.front().steps) << "; with bounded sizes all have to be the same";
      }
    for (size_t number = 1; number < ops.front().size(); ++number)
      for (unsigned result = 0; result < ops.front()[number]->getNumResults(); ++result)
        if (FailureOr<ArrayAttr> extents =
                extentsOf([&](size_t sample) { return ops[sample][number]->getResult(result).getType(); },
                          ops.front()[number]->getLoc());
            failed(extents))
          return failure();
    return success();
  }

  /// A map for each axis of the type that the samples have.
  FailureOr<ArrayAttr> extentsOf(llvm::function_ref<Type(size_t)> typeOf, Location place) {
    SmallVector<Attribute> maps;
    for (auto [dim, axis] : llvm::enumerate(hvn::getAxes(typeOf(0)).getNames())) {
      SmallVector<int64_t> values = llvm::map_to_vector(llvm::seq(samples.size()), [&](size_t sample) {
        return cast<RankedTensorType>(typeOf(sample)).getDimSize(dim);
      });
      std::optional<AffineMap> map = fit.fit(ArrayRef(values).take_front(fit.samples().size()), source.getContext());
      for (auto [sample, value] : llvm::zip_equal(samples, values))
        if (!map || extentAt(*map, sample.steps) != value)
          return userError(ErrorId::NetworkParameter, place)
                 << "the axis '" << axis.getValue() << "' has " << value << " elements with " << nameOf(sample.steps)
                 << " and " << values.front() << " with " << nameOf(samples.front().steps)
                 << "; expected steps that are multiples of the layers' strides, so that it grows evenly";
      maps.push_back(AffineMapAttr::get(*map));
    }
    return ArrayAttr::get(source.getContext(), maps);
  }

  /// One module of all samples but the last two, which were for comparison.
  OwningOpRef<ModuleOp> join() {
    func::FuncOp first = samples.front().function();
    SmallVector<bool> seen(sizes.size(), false);
    for (unsigned input = 0; input < first.getNumArguments(); ++input) {
      auto extents = extentsOf([&](size_t sample) { return samples[sample].function().getArgumentTypes()[input]; },
                               first.getArgument(input).getLoc());
      if (failed(extents))
        return nullptr;
      first.setArgAttr(input, "hvn.extents", *extents);
      for (auto map : extents->getAsRange<AffineMapAttr>())
        for (size_t number = 0; number < sizes.size(); ++number)
          seen[number] = seen[number] || isLengthOf(map.getValue(), sizes, number);
    }
    for (auto [size, isSeen] : llvm::zip_equal(sizes, seen))
      if (!isSeen) {
        source.error(ErrorId::NetworkParameter, file.network->name.place)
            << "no axis of an input is as long as the parameter " << quote(size.name)
            << " says, so a library could not tell its value";
        return nullptr;
      }
    for (unsigned output = 0; output < first.getNumResults(); ++output) {
      auto extents =
          extentsOf([&](size_t sample) { return samples[sample].function().getResultTypes()[output]; }, first.getLoc());
      if (failed(extents))
        return nullptr;
      first.setResultAttr(output, "hvn.extents", *extents);
    }
    first->setAttr("hvn.bounds", toAttribute(sizes, source.getContext()));
    Builder builder(source.getContext());
    for (auto [number, sample] : llvm::enumerate(ArrayRef(samples).drop_back(2).drop_front())) {
      func::FuncOp function = sample.function();
      function.setSymName((function.getSymName() + "_sample" + Twine(number)).str());
      function->setAttr("hvn.sample", builder.getDenseI64ArrayAttr(sample.steps));
      function->remove();
      (*samples.front().module).push_back(function);
    }
    return std::move(samples.front().module);
  }

  const SourceFiles &source;
  const ast::File &file;
  const ImportOptions &options;
  ArrayRef<BoundedSize> sizes;
  ExtentFit fit;
  std::vector<Sample> samples; ///< first those of `fit`
};
} // namespace

OwningOpRef<ModuleOp> fovea::net::evaluateBounded(const SourceFiles &source, const ast::File &file,
                                                  const ImportOptions &options, ArrayRef<BoundedSize> sizes) {
  return Sampler(source, file, options, sizes).run();
}
