#include "compiler/tools/Run.h"
#include "compiler/host/Library.h"
#include "compiler/tools/TensorBuffer.h"
#include "compiler/tools/ToolError.h"
#include "dialect/Nearest.h"
#include "frontend/Npy.h"

#include "llvm/ADT/Sequence.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <cmath>
#include <cstring>
#include <fmt/core.h>
#include <numeric>
#include <optional>

using namespace fovea;

namespace {

template <typename... Arguments>
llvm::Error failure(fmt::format_string<Arguments...> format, Arguments &&...arguments) {
  return userError(ErrorId::RunTensor, fmt::format(format, std::forward<Arguments>(arguments)...));
}

/// The file of each of `tensors` in `arguments` of the form NAME=FILE, or nothing where none is given. `kind` is
/// "input" or "output", as the option is called.
llvm::Expected<std::vector<std::optional<std::string>>>
matchFiles(llvm::StringRef kind, llvm::ArrayRef<std::string> arguments, llvm::ArrayRef<fovea_tensor_info> tensors) {
  std::vector<std::optional<std::string>> files(tensors.size());
  for (llvm::StringRef argument : arguments) {
    auto [name, file] = argument.split('=');
    if (name.empty() || file.empty())
      return llvm::make_error<ToolError>(exitUsageError,
                                         fmt::format("--{} {}: expected NAME=FILE.npy", kind.str(), argument.str()));
    const auto *tensor = llvm::find_if(tensors, [&](const auto &tensor) { return name == tensor.name; });
    if (tensor == tensors.end()) {
      std::vector<llvm::StringRef> names;
      for (const fovea_tensor_info &each : tensors)
        names.push_back(each.name);
      return failure("the network has no {} '{}'{}", kind.str(), name.str(), nearest(name, names));
    }
    std::optional<std::string> &slot = files[tensor - tensors.begin()];
    if (slot)
      return failure("two files for {} '{}': {} and {}", kind.str(), name.str(), *slot, file.str());
    slot = file.str();
  }
  return files;
}

bool fits(const NpyArray &array, const fovea_tensor_info &tensor) {
  if (isImage(tensor)) {
    auto within = [&](size_t axis) { return array.shape[axis] >= 1 && array.shape[axis] <= tensor.shape[axis]; };
    return array.dtype == "u8" && array.shape.size() == 3 && within(0) && within(1) && array.shape[2] == 3;
  }
  return array.dtype == tensor.type && llvm::ArrayRef(array.shape) == llvm::ArrayRef(tensor.shape, tensor.rank);
}

/// What an input has to be: its type at each of the sizes.
std::string expectedTypes(llvm::ArrayRef<fovea_size_info> sizes, size_t input) {
  if (const fovea_tensor_info &tensor = sizes.front().inputs[input]; isImage(tensor))
    return fmt::format("u8[height, width, 3] of at most {} x {} pixels", tensor.shape[0], tensor.shape[1]);
  std::string text;
  for (const fovea_size_info &size : sizes)
    text += (text.empty() ? "" : " or ") + typeText(size.inputs[input]);
  return text;
}

/// The largest of `sizes` whose inputs have the types and shapes of `arrays`, of those that are given.
llvm::Expected<const fovea_size_info *> chooseSize(llvm::ArrayRef<fovea_size_info> sizes,
                                                   llvm::ArrayRef<std::optional<NpyArray>> arrays,
                                                   llvm::ArrayRef<std::optional<std::string>> files) {
  auto goesWith = [&](const fovea_size_info &size, size_t input) {
    return !arrays[input] || fits(*arrays[input], size.inputs[input]);
  };
  auto inputs = llvm::seq<size_t>(arrays.size());
  for (const fovea_size_info &size : llvm::reverse(sizes))
    if (llvm::all_of(inputs, [&](size_t input) { return goesWith(size, input); }))
      return &size;
  for (size_t input : inputs) {
    if (llvm::any_of(sizes, [&](const fovea_size_info &size) { return goesWith(size, input); }))
      continue;
    std::string shape;
    for (int64_t extent : arrays[input]->shape)
      shape += fmt::format("{}{}", shape.empty() ? "" : ", ", extent);
    return failure("input '{}': expected {}, but {} holds {}[{}]", sizes.front().inputs[input].name,
                   expectedTypes(sizes, input), *files[input], arrays[input]->dtype, shape);
  }
  return failure("the library has no size that goes with all of these inputs, though one with each");
}

/// The size whose inputs have the shapes of `arrays`; the largest where none is given.
llvm::Expected<const fovea_size_info *> chooseWithinBounds(const Library &library,
                                                           llvm::ArrayRef<std::optional<NpyArray>> arrays,
                                                           llvm::ArrayRef<std::optional<std::string>> files) {
  std::vector<llvm::ArrayRef<int64_t>> shapes;
  for (auto [array, file, tensor] : llvm::zip_equal(arrays, files, library.inputs())) {
    shapes.push_back(array ? llvm::ArrayRef(array->shape) : llvm::ArrayRef(tensor.shape, tensor.rank));
    if (shapes.back().size() != tensor.rank || (array && array->dtype != tensor.type))
      return failure("input '{}': expected at most {}, but {} holds {} of {} axes", tensor.name, typeText(tensor),
                     *file, array->dtype, shapes.back().size());
  }
  llvm::Expected<const fovea_size_info *> size = library.sizeFor(shapes);
  if (!size)
    return failure("{}", llvm::toString(size.takeError()));
  return size;
}

llvm::Error writeOutput(const std::string &file, const TensorBuffer &buffer) {
  const fovea_tensor_info &tensor = buffer.tensor();
  NpyArray array;
  array.shape.assign(tensor.shape, tensor.shape + tensor.rank);
  array.dtype = tensor.type;
  array.data.assign(buffer.data(), buffer.data() + tensor.bytes);
  return writeNpy(file, array);
}

/// The position of an element, e.g. "0, 285".
std::string indexText(const fovea_tensor_info &tensor, uint64_t element) {
  std::string text;
  for (uint32_t i = tensor.rank; i-- > 0;) {
    const auto extent = static_cast<uint64_t>(tensor.shape[i]);
    text = fmt::format("{}{}{}", element % extent, text.empty() ? "" : ", ", text);
    element /= extent;
  }
  return text;
}

/// Prints shape, range, mean and the five largest elements.
void summarize(llvm::raw_ostream &stream, const TensorBuffer &buffer) {
  std::vector<uint64_t> finite;
  double least = INFINITY, most = -INFINITY, sum = 0;
  const uint64_t count = buffer.elements();
  for (uint64_t i = 0; i < count; ++i) {
    const double value = buffer.element(i);
    if (!std::isfinite(value))
      continue;
    finite.push_back(i);
    least = std::min(least, value);
    most = std::max(most, value);
    sum += value;
  }
  stream << fmt::format("{}: {}\n", buffer.tensor().name, typeText(buffer.tensor()));
  if (finite.size() != count)
    stream << fmt::format("  {} of {} elements are not finite\n", count - finite.size(), count);
  if (finite.empty())
    return;
  stream << fmt::format("  min {:.6g}  max {:.6g}  mean {:.6g}\n", least, most,
                        sum / static_cast<double>(finite.size()));
  const size_t shown = std::min<size_t>(5, finite.size());
  // Of equal elements the first counts as larger, so that the list is always the same.
  std::partial_sort(finite.begin(), finite.begin() + shown, finite.end(), [&](uint64_t a, uint64_t b) {
    const double left = buffer.element(a), right = buffer.element(b);
    return left != right ? left > right : a < b;
  });
  for (size_t i = 0; i < shown; ++i)
    stream << fmt::format("  top {}  [{}]  {:.6g}\n", i + 1, indexText(buffer.tensor(), finite[i]),
                          buffer.element(finite[i]));
}

llvm::Error run(const RunOptions &options) {
  llvm::Expected<Library> library = Library::open(options.library);
  if (!library)
    return library.takeError();
  auto outputFiles = matchFiles("output", options.outputs, library->outputs());
  if (!outputFiles)
    return outputFiles.takeError();
  auto inputs = readInputs(*library, options.inputs, /*makeUp=*/false);
  if (!inputs)
    return inputs.takeError();
  auto outputs = makeBuffers(library->outputs(inputs->size));
  if (!outputs)
    return outputs.takeError();

  llvm::Expected<LibraryContext> context = library->createContext(options.threads, options.target);
  if (!context)
    return context.takeError();
  if (llvm::Error error = context->run(asBuffers(inputs->buffers), asBuffers(*outputs), inputs->size))
    return error;
  for (auto [file, output] : llvm::zip_equal(*outputFiles, *outputs)) {
    if (options.outputs.empty())
      summarize(llvm::outs(), output);
    else if (file) {
      if (llvm::Error error = writeOutput(*file, output))
        return error;
    }
  }
  return llvm::Error::success();
}

} // namespace

llvm::Expected<RunInputs> fovea::readInputs(const Library &library, llvm::ArrayRef<std::string> files, bool makeUp) {
  auto matched = matchFiles("input", files, library.inputs());
  if (!matched)
    return matched.takeError();
  std::vector<std::optional<NpyArray>> arrays(matched->size());
  for (auto [number, file, array] : llvm::enumerate(*matched, arrays)) {
    if (!file && !makeUp)
      return failure("no value for input '{0}': expected --input {0}=FILE.npy of {1}", library.inputs()[number].name,
                     expectedTypes(library.sizes(), number));
    if (!file)
      continue;
    llvm::Expected<NpyArray> read = readNpy(*file);
    if (!read)
      return read.takeError();
    array = std::move(*read);
  }
  llvm::Expected<const fovea_size_info *> size = library.description().bound_count
                                                     ? chooseWithinBounds(library, arrays, *matched)
                                                     : chooseSize(library.sizes(), arrays, *matched);
  if (!size)
    return size.takeError();
  std::vector<TensorBuffer> buffers;
  for (auto [number, tensor, array] : llvm::enumerate(library.inputs(*size), arrays)) {
    llvm::Expected<TensorBuffer> buffer =
        TensorBuffer::make(tensor, array ? llvm::ArrayRef<int64_t>(array->shape) : llvm::ArrayRef<int64_t>());
    if (!buffer)
      return buffer.takeError();
    if (array)
      std::memcpy(buffer->data(), array->data.data(), buffer->bytes());
    else
      buffer->fillPseudoRandom(number);
    buffers.push_back(std::move(*buffer));
  }
  return RunInputs{*size, std::move(buffers)};
}

int fovea::runCommand(const RunOptions &options) {
  int code = reportError(run(options));
  llvm::outs().flush();
  return code;
}
