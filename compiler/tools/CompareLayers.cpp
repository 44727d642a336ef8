#include "compiler/tools/CompareLayers.h"
#include "compiler/tools/BuildLibrary.h"
#include "compiler/tools/Checkpoint.h"
#include "compiler/tools/Compare.h"
#include "compiler/tools/OnnxRuntime.h"
#include "compiler/tools/Run.h"
#include "compiler/transforms/ErrorBound.h"
#include "compiler/transforms/Layers.h"
#include "compiler/transforms/Parameters.h"
#include "dialect/Nearest.h"
#include "frontend/FileIO.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"
#include <fmt/core.h>

using namespace mlir;
using namespace fovea;

namespace {

/// What became of a layer.
struct Verdict {
  double error = 0, allowed = 0; ///< of the element that is worst for what it may be
  std::string where;             ///< the element, or what else is wrong
  bool good = true;
};

/// A network whose layers can be seen, and its reference.
class LayerComparison {
public:
  LayerComparison(const CompileRequest &request, const LayerOptions &options)
      : request(request), options(options), progress(/*quiet=*/true), reference(progress) {}

  int run(const std::string &folder) {
    if (int code = readReference())
      return code;
    if (int code = runLibrary(folder))
      return code;
    if (!options.dump.empty())
      if (int code = fail(dump()))
        return code;
    if (withOnnxRuntime)
      if (int code = expectOnnxRuntime(folder))
        return code;
    return expected.empty() ? compareWithReference() : compareWithFiles();
  }

private:
  int readReference() {
    if (llvm::StringRef(request.network.sizes).contains(','))
      return fail(llvm::make_error<ToolError>(exitUsageError, "--layers: layers are compared at one size; name one"));
    if (int code = reference.readFixed(request.network, "--layers"))
      return code;
    if (reference.getStage() != Stage::hvn)
      return fail(userError(ErrorId::Stage,
                            request.network.path +
                                ": expected the network as written, a .net file; other stages go to --against"));
    if (!request.weights.empty())
      if (int code = checkpoint.read(request.weights, reference.getModule(), request.lenient))
        return code;
    network = *reference.getModule().getOps<func::FuncOp>().begin();
    layers = layersOf(network);
    SmallVector<Value> values;
    for (const Layer &layer : layers)
      values.push_back(layer.value);
    outputs = keptOutputs(network, values);
    for (auto [layer, output] : llvm::zip_equal(layers, outputs))
      outputOf[layer.value] = output;
    return exitSuccess;
  }

  int runLibrary(const std::string &folder) {
    CompileRequest made = request;
    made.keepLayers = true;
    made.output = folder;
    if (!options.against.empty() && !withOnnxRuntime) {
      made.network.path = options.against;
      if (made.network.isPrintedModule()) {
        made.network.parameters.clear();
        made.network.sizes.clear();
      }
    }
    if (!options.againstWeights.empty())
      made.weights = options.againstWeights;
    std::string path;
    if (int code = buildLibrary(made, path))
      return code;
    llvm::Expected<Library> opened = Library::open(path);
    if (!opened)
      return reportError(opened.takeError());
    library = std::move(*opened);
    unsigned wanted = network.getNumResults();
    for (unsigned output : outputs)
      wanted = std::max(wanted, output + 1);
    if (library->outputs().size() != wanted)
      return fail(userError(ErrorId::Stage,
                            fmt::format("{} has values of {} outputs and layers, {} has {}: they are not made of the "
                                        "same layers, or a printed stage "
                                        "was not made with 'fovea compile --keep-layers'",
                                        made.network.path, library->outputs().size(), request.network.path, wanted)));
    auto files = withNames(options.inputs, library->inputs());
    auto read = readInputs(*library, files, /*makeUp=*/true);
    if (!read)
      return reportError(read.takeError());
    inputs = std::move(read->buffers);
    auto room = makeBuffers(library->outputs(read->size));
    if (!room)
      return reportError(room.takeError());
    values = std::move(*room);
    llvm::Expected<LibraryContext> context = library->createContext(options.threads);
    if (!context)
      return reportError(context.takeError());
    return reportError(context->run(asBuffers(inputs), asBuffers(values), read->size));
  }

  /// Has ONNX Runtime compute all layers.
  int expectOnnxRuntime(const std::string &folder) {
    expected = folder + "/expected";
    if (std::error_code error = llvm::sys::fs::create_directories(expected))
      return fail(llvm::createStringError(
          error, withId(ErrorId::FileAccess, "cannot make the folder " + expected + ": " + error.message())));
    std::vector<std::string> files, ignored;
    for (const Layer &layer : layers)
      files.push_back("layer:" + layer.name + "=" + expected + "/" + layer.name + ".npy");
    return runOnnxRuntime({request.network, request.weights, folder + "/model.onnx", request.lenient, /*layers=*/true},
                          inputs, files, ignored);
  }

  //===--- values ---===//

  static hvn::Tensor tensorOf(const TensorBuffer &buffer, RankedTensorType type) {
    hvn::Tensor tensor(type);
    for (size_t i = 0; i < tensor.data.size(); ++i)
      tensor.data[i] = buffer.element(i);
    return tensor;
  }

  static std::string typeOf(Value value) { return hvn::spell(value.getType()); }
  const TensorBuffer &bufferOf(Value value) { return values[outputOf.at(value)]; }
  bool hasType(Value value) { return typeText(bufferOf(value).tensor()) == typeOf(value); }

  /// A weight, and how far the library's may be away from it.
  BoundedTensor asStored(const hvn::Tensor &weight) {
    BoundedTensor bounded(weight);
    if (request.storeHalf && weight.type.getRank() > 1)
      for (auto [bound, element] : llvm::zip_equal(bounded.bound, weight.data))
        bound = std::max(0x1p-11 * std::abs(element), 0x1p-25); // half of an f16's last place
    return bounded;
  }

  /// What a layer reads: the library's own value, an input, or arithmetic on parameters.
  FailureOr<BoundedTensor> operand(Value value) {
    auto type = cast<RankedTensorType>(value.getType());
    if (auto argument = dyn_cast<BlockArgument>(value)) {
      const TensorBuffer &input = inputs[argument.getArgNumber()]; // an image is smaller than its type
      return BoundedTensor(tensorOf(input, type.clone(input.shape())));
    }
    if (outputOf.contains(value))
      return BoundedTensor(tensorOf(bufferOf(value), type));
    if (auto parameter = value.getDefiningOp<hvn::ParamOp>()) {
      FailureOr<hvn::Tensor> tensor = checkpoint.lookup(parameter.getKey(), type);
      return failed(tensor) ? FailureOr<BoundedTensor>() : FailureOr<BoundedTensor>(asStored(*tensor));
    }
    FailureOr<std::vector<BoundedTensor>> results = evaluate(value.getDefiningOp());
    if (failed(results))
      return failure();
    return (*results)[cast<OpResult>(value).getResultNumber()];
  }

  FailureOr<std::vector<BoundedTensor>> evaluate(Operation *op) {
    std::vector<BoundedTensor> operands;
    for (Value value : op->getOperands()) {
      FailureOr<BoundedTensor> tensor = operand(value);
      if (failed(tensor))
        return failure();
      operands.push_back(std::move(*tensor));
    }
    SmallVector<const BoundedTensor *> pointers(llvm::make_pointer_range(operands));
    SmallVector<BoundedTensor> results =
        evaluateBounded(cast<hvn::ReferenceInterface>(op), pointers, request.precision == Precision::bf16);
    return std::vector<BoundedTensor>(results.begin(), results.end());
  }

  //===--- verdicts ---===//

  /// Compares element by element; element i may be `allowed(i)` away from `expected(i)`.
  static Verdict judge(const TensorBuffer &found, llvm::ArrayRef<int64_t> shape,
                       llvm::function_ref<double(size_t)> expected, llvm::function_ref<double(size_t)> allowed) {
    Verdict verdict;
    double worst = 0;
    for (size_t i = 0; i < found.elements(); ++i) {
      double error = errorOf(found.element(i), expected(i)), share = error / allowed(i);
      if (!(share > worst))
        continue;
      worst = share;
      verdict = {error, allowed(i),
                 fmt::format("at {}: {:.9g}, expected {:.9g}", indexText(shape, i), found.element(i), expected(i)),
                 share <= 1};
    }
    return verdict;
  }

  int compareWithReference() {
    Operation *evaluated = nullptr; // the layer at hand, which may have several results
    std::vector<BoundedTensor> results;
    std::vector<Verdict> verdicts;
    for (const Layer &layer : layers) {
      if (!hasType(layer.value)) {
        // What comes behind cannot be compared any more: it would be given values of another shape.
        verdicts.push_back(
            {INFINITY, 0,
             "the library has " + typeText(bufferOf(layer.value).tensor()) + ", expected " + typeOf(layer.value),
             false});
        break;
      }
      if (Operation *op = layer.value.getDefiningOp(); op != evaluated) {
        FailureOr<std::vector<BoundedTensor>> made = evaluate(op);
        if (failed(made))
          return exitInternalError;
        results = std::move(*made);
        evaluated = op;
      }
      const BoundedTensor &tensor = results[cast<OpResult>(layer.value).getResultNumber()];
      verdicts.push_back(judge(
          bufferOf(layer.value), tensor.value.type.getShape(), [&](size_t i) { return tensor.value.data[i]; },
          [&](size_t i) { return tensor.bound[i]; }));
    }
    return report(verdicts, "its reference");
  }

  int compareWithFiles() {
    std::vector<Verdict> verdicts;
    size_t found = 0;
    for (const Layer &layer : layers) {
      llvm::SmallString<128> path(expected);
      llvm::sys::path::append(path, layer.name + ".npy");
      verdicts.emplace_back();
      if (!llvm::sys::fs::exists(path))
        continue;
      ++found;
      llvm::Expected<NpyArray> array = readNpy(path);
      if (!array)
        return fail(array.takeError());
      llvm::Expected<std::vector<double>> numbers = numbersOf(path.str().str(), *array);
      if (!numbers)
        return fail(numbers.takeError());
      const fovea_tensor_info &tensor = bufferOf(layer.value).tensor();
      llvm::ArrayRef<int64_t> shape(tensor.shape, tensor.rank);
      if (shape != llvm::ArrayRef<int64_t>(array->shape)) {
        verdicts.back() = {INFINITY, 0, "the library has " + shapeText(shape) + ", expected " + shapeText(array->shape),
                           false};
        continue;
      }
      double largest = 0;
      for (double number : *numbers)
        largest = std::isfinite(number) ? std::max(largest, std::abs(number)) : largest;
      verdicts.back() = judge(
          bufferOf(layer.value), shape, [&](size_t i) { return (*numbers)[i]; },
          [&](size_t) { return options.tolerance * largest; });
    }
    if (!found)
      return fail(userError(ErrorId::RunTensor, expected + " has a file for no layer: expected NAME.npy, such as " +
                                                    (layers.empty() ? "" : layers.front().name) +
                                                    ".npy; --dump-layers shows all names"));
    llvm::outs() << fmt::format("{} of {} layers have expected values\n", found, layers.size());
    return report(verdicts, withOnnxRuntime ? "ONNX Runtime has them" : "what is expected");
  }

  /// A line per layer that was compared, then the first that is wrong.
  int report(llvm::ArrayRef<Verdict> verdicts, llvm::StringRef standard) {
    size_t width = 5, places = 5, kinds = 4;
    auto kindOf = [](const Layer &layer) { return layer.value.getDefiningOp()->getName().stripDialect().str(); };
    for (const Layer &layer : layers) {
      width = std::max(width, layer.name.size());
      places = std::max(places, placeText(layer.value.getLoc()).size());
      kinds = std::max(kinds, kindOf(layer).size());
    }
    llvm::outs() << fmt::format("{:{}}  {:{}}  {:{}}  {:>9}  {:>9}\n", "layer", width, "place", places, "kind", kinds,
                                "error", "allowed");
    const Layer *first = nullptr;
    for (auto [layer, verdict] : llvm::zip(layers, verdicts)) {
      llvm::outs() << fmt::format("{:{}}  {:{}}  {:{}}  {:9.2e}  {:9.2e}{}\n", layer.name, width,
                                  placeText(layer.value.getLoc()), places, kindOf(layer), kinds, verdict.error,
                                  verdict.allowed, verdict.good ? "" : "  WRONG, " + verdict.where);
      if (!verdict.good && !first)
        first = &layer;
    }
    if (first)
      llvm::outs() << fmt::format("the first layer that is not as {}: {} at {}\n", standard.str(), first->name,
                                  placeText(first->value.getLoc()));
    else
      llvm::outs() << fmt::format("all {} layers are as {}\n", verdicts.size(), standard.str());
    llvm::outs().flush();
    return first ? exitUserError : exitSuccess;
  }

  //===--- dump ---===//

  llvm::Error dump() {
    if (std::error_code error = llvm::sys::fs::create_directories(options.dump))
      return llvm::createStringError(
          error, withId(ErrorId::FileAccess, "cannot make the folder " + options.dump + ": " + error.message()));
    llvm::json::Array index;
    for (const Layer &layer : layers) {
      const TensorBuffer &buffer = bufferOf(layer.value);
      const fovea_tensor_info &tensor = buffer.tensor();
      NpyArray array{{tensor.shape, tensor.shape + tensor.rank}, tensor.type, {}};
      array.data.assign(buffer.data(), buffer.data() + tensor.bytes);
      llvm::SmallString<128> path(options.dump);
      llvm::sys::path::append(path, layer.name + ".npy");
      if (llvm::Error error = writeNpy(path, array))
        return error;
      index.push_back(llvm::json::Object{{"name", layer.name},
                                         {"kind", layer.value.getDefiningOp()->getName().stripDialect()},
                                         {"place", placeText(layer.value.getLoc())},
                                         {"axes", llvm::json::Array(llvm::ArrayRef(tensor.axes, tensor.rank))},
                                         {"shape", llvm::json::Array(llvm::ArrayRef(tensor.shape, tensor.rank))},
                                         {"file", layer.name + ".npy"}});
    }
    llvm::SmallString<128> path(options.dump);
    llvm::sys::path::append(path, "layers.json");
    return writeFile(path, [&](llvm::raw_ostream &stream) {
      stream << llvm::formatv("{0:2}\n", llvm::json::Value(std::move(index)));
    });
  }

  const CompileRequest &request;
  const LayerOptions &options;
  Progress progress;
  Network reference;
  Checkpoint checkpoint;
  func::FuncOp network;
  std::vector<Layer> layers;
  std::vector<unsigned> outputs; ///< of the library, one per layer
  llvm::DenseMap<Value, unsigned> outputOf;
  std::optional<Library> library;
  std::vector<TensorBuffer> inputs, values;
  const bool withOnnxRuntime = options.against == "onnxruntime";
  std::string expected = options.expected; ///< folder of NAME.npy; empty: the reference is expected
};

} // namespace

int fovea::compareLayers(const CompileRequest &request, const LayerOptions &options, const std::string &folder) {
  return LayerComparison(request, options).run(folder);
}
