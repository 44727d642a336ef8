#include "compiler/tools/Compare.h"
#include "compiler/host/Library.h"
#include "compiler/tools/Run.h"
#include "compiler/tools/ToolError.h"
#include "dialect/Nearest.h"
#include "frontend/FileIO.h"
#include "frontend/Npy.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>
#include <cstring>
#include <fmt/core.h>

using namespace fovea;

/// Gives `NAME=` to an argument without it, where there is just one tensor.
static std::string withName(llvm::StringRef argument, llvm::ArrayRef<fovea_tensor_info> tensors) {
  if (argument.contains('=') || tensors.size() != 1)
    return argument.str();
  return std::string(tensors[0].name) + "=" + argument.str();
}

std::vector<std::string> fovea::withNames(llvm::ArrayRef<std::string> arguments,
                                          llvm::ArrayRef<fovea_tensor_info> tensors) {
  std::vector<std::string> named;
  for (const std::string &argument : arguments)
    named.push_back(withName(argument, tensors));
  return named;
}

llvm::Expected<std::vector<double>> fovea::numbersOf(const std::string &file, const NpyArray &array) {
  std::vector<double> numbers;
  auto convert = [&](auto element) {
    for (size_t at = 0; at + sizeof element <= array.data.size(); at += sizeof element) {
      std::memcpy(&element, array.data.data() + at, sizeof element);
      numbers.push_back(static_cast<double>(element));
    }
  };
  if (array.dtype == "f32")
    convert(float());
  else if (array.dtype == "f64")
    convert(double());
  else
    return fileError(ErrorId::ArrayFile, file, "holds " + array.dtype + "; expected f32 or f64");
  return numbers;
}

std::string fovea::shapeText(llvm::ArrayRef<int64_t> shape) {
  std::string text;
  for (int64_t size : shape)
    text += fmt::format("{}{}", text.empty() ? "" : ", ", size);
  return "[" + text + "]";
}

std::string fovea::indexText(llvm::ArrayRef<int64_t> shape, size_t index) {
  std::vector<int64_t> at(shape.size());
  for (size_t axis = shape.size(); axis-- > 0; index /= shape[axis])
    at[axis] = static_cast<int64_t>(index % shape[axis]);
  return shapeText(at);
}

double fovea::errorOf(double found, double expected) {
  double error = found == expected || (std::isnan(found) && std::isnan(expected)) ? 0 : std::abs(found - expected);
  return std::isfinite(error) ? error : INFINITY;
}

/// Prints how far `actual` is from `expected`; true when that is within the tolerance.
static llvm::Expected<bool> compareFiles(llvm::StringRef name, const std::string &actualFile,
                                         const std::string &expectedFile, double tolerance) {
  auto actual = readNpy(actualFile), expected = readNpy(expectedFile);
  if (!actual)
    return actual.takeError();
  if (!expected)
    return expected.takeError();
  if (actual->shape != expected->shape)
    return fileError(ErrorId::ArrayFile, expectedFile,
                     fmt::format("has the shape {}, but output '{}' has {}", shapeText(expected->shape), name.str(),
                                 shapeText(actual->shape)));
  auto ours = numbersOf(actualFile, *actual), theirs = numbersOf(expectedFile, *expected);
  if (!ours)
    return ours.takeError();
  if (!theirs)
    return theirs.takeError();

  double largest = 0, worst = 0;
  size_t place = 0;
  for (size_t i = 0; i < theirs->size(); ++i) {
    double a = (*ours)[i], b = (*theirs)[i];
    if (std::isfinite(b))
      largest = std::max(largest, std::abs(b));
    if (double error = errorOf(a, b); error > worst) {
      worst = error;
      place = i;
    }
  }
  double relative = worst == 0 ? 0 : worst / largest;
  bool good = relative <= tolerance;
  llvm::outs() << fmt::format("{}: largest error {:.2e} of the largest output {:.6g}", name.str(), relative, largest);
  if (worst > 0)
    llvm::outs() << fmt::format(", at {}: {:.9g}, expected {:.9g}", indexText(expected->shape, place), (*ours)[place],
                                (*theirs)[place]);
  llvm::outs() << fmt::format("; {} the tolerance {:.0e}\n", good ? "within" : "beyond", tolerance);
  return good;
}

int fovea::compareLibrary(const std::string &library, const std::string &folder, const CompareOptions &options) {
  llvm::Expected<Library> opened = Library::open(library);
  if (!opened)
    return reportError(opened.takeError());
  RunOptions run{library, withNames(options.inputs, opened->inputs()), {}, options.threads};
  struct Pair {
    std::string name, actual, expected;
  };
  std::vector<Pair> pairs;
  for (const std::string &argument : options.expected) {
    std::string named = withName(argument, opened->outputs());
    auto [name, file] = llvm::StringRef(named).split('=');
    if (name.empty() || file.empty())
      return reportError(llvm::make_error<ToolError>(
          exitUsageError, fmt::format("--expected {}: expected NAME=FILE.npy", quote(argument))));
    std::vector<llvm::StringRef> names;
    for (const fovea_tensor_info &output : opened->outputs())
      names.push_back(output.name);
    if (!llvm::is_contained(names, name))
      return reportError(
          userError(ErrorId::RunTensor, "the network has no output " + quote(name) + nearest(name, names)));
    llvm::SmallString<128> actual(folder);
    llvm::sys::path::append(actual, "output-" + name + ".npy");
    run.outputs.push_back((name + "=" + actual).str());
    pairs.push_back({name.str(), actual.str().str(), file.str()});
  }
  if (int code = runCommand(run))
    return code;
  int code = exitSuccess;
  for (const Pair &pair : pairs) {
    llvm::Expected<bool> good = compareFiles(pair.name, pair.actual, pair.expected, options.tolerance);
    if (!good)
      return reportError(good.takeError());
    if (!*good)
      code = exitUserError;
  }
  llvm::outs().flush();
  return code;
}
