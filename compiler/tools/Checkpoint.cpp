#include "compiler/tools/Checkpoint.h"
#include "compiler/tools/Network.h"
#include "dialect/HvnOps.h"
#include "dialect/Nearest.h"
#include "frontend/FileIO.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/WithColor.h"
#include <cmath>
#include <fmt/core.h>

using namespace mlir;
using namespace fovea;

/// Most keys that one error lists.
static constexpr size_t maxListed = 5;

static std::string shapeText(llvm::ArrayRef<int64_t> shape) {
  return "[" + llvm::join(llvm::map_range(shape, [](int64_t size) { return std::to_string(size); }), ", ") + "]";
}

std::vector<NetworkParameter> fovea::parametersOf(ModuleOp module) {
  std::vector<NetworkParameter> parameters;
  llvm::StringSet<> seen;
  module.walk([&](hvn::ParamOp op) {
    // At several sizes a weight may be asked for in several shapes: the file has one of them at most.
    if (seen.insert((op.getKey() + shapeText(op.getType().getShape())).str()).second)
      parameters.push_back({op.getKey().str(), op.getType().getShape().vec(), op.getLoc()});
  });
  return parameters;
}

/// Whether `text` matches `pattern`, in which `*` stands for any characters and `?` for one.
static bool matches(llvm::StringRef pattern, llvm::StringRef text) {
  size_t at = 0, next = 0, star = llvm::StringRef::npos, resume = 0;
  while (at < text.size()) {
    if (next < pattern.size() && pattern[next] == '*') {
      star = next++;
      resume = at;
    } else if (next < pattern.size() && (pattern[next] == '?' || pattern[next] == text[at])) {
      ++next, ++at;
    } else if (star != llvm::StringRef::npos) {
      next = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  return pattern.drop_front(next).find_first_not_of('*') == llvm::StringRef::npos;
}

LogicalResult Checkpoint::checkParameter(const NetworkParameter &parameter,
                                         llvm::ArrayRef<llvm::StringRef> unused) const {
  const TensorRecord *record = file->find(parameter.key);
  if (!record)
    return userError(ErrorId::WeightsMissing, parameter.location)
           << "the weight " << quote(parameter.key) << " of shape " << shapeText(parameter.shape) << " is not in "
           << path << nearest(parameter.key, unused);
  if (llvm::ArrayRef(record->shape) != llvm::ArrayRef(parameter.shape))
    return userError(ErrorId::WeightsShape, parameter.location)
           << "the weight " << quote(parameter.key) << " has the shape " << shapeText(parameter.shape) << " here, but "
           << shapeText(record->shape) << " in " << path;
  if (!llvm::is_contained({DType::F16, DType::BF16, DType::F32, DType::F64}, record->dtype))
    return userError(ErrorId::WeightsType, parameter.location)
           << "the weight " << quote(parameter.key) << " is of type " << dtypeName(record->dtype) << " in " << path
           << "; expected F32, F16, BF16 or F64";
  return success();
}

static void warn(ErrorId id, const llvm::Twine &text) {
  Progress::clear();
  llvm::WithColor::warning(llvm::errs(), "fovea") << withId(id, text) << '\n';
}

void Checkpoint::warnOfNotFinite(llvm::ArrayRef<NetworkParameter> parameters) const {
  for (const NetworkParameter &parameter : parameters) {
    std::vector<float> values = llvm::cantFail(toF32(*file->find(parameter.key)));
    auto wrong = llvm::find_if(values, [](float value) { return !std::isfinite(value); });
    if (wrong == values.end())
      continue;
    SmallVector<int64_t> index(parameter.shape.size());
    for (int64_t rest = wrong - values.begin(), axis = index.size() - 1; axis >= 0; rest /= parameter.shape[axis--])
      index[axis] = rest % parameter.shape[axis];
    warn(ErrorId::WeightsNotFinite, fmt::format("{}: the weight {} is {} at {}", path, quote(parameter.key),
                                                std::isnan(*wrong) ? "NaN" : "infinite", shapeText(index)));
  }
}

int Checkpoint::read(llvm::StringRef path, ModuleOp module, bool lenient) {
  this->path = path.str();
  std::vector<std::string> skipped;
  llvm::Expected<SafetensorsFile> contents = SafetensorsFile::read(path, lenient ? &skipped : nullptr);
  if (!contents)
    return fail(contents.takeError());
  file = std::move(*contents);

  std::vector<NetworkParameter> parameters = parametersOf(module);
  llvm::StringSet<> used;
  for (const NetworkParameter &parameter : parameters)
    used.insert(parameter.key);
  SmallVector<llvm::StringRef> patterns, unused, notIgnored;
  if (auto ignore = module->getAttrOfType<ArrayAttr>("hvn.ignore"))
    for (auto pattern : ignore.getAsRange<StringAttr>())
      patterns.push_back(pattern);
  for (const TensorRecord &record : file->tensors()) {
    if (used.contains(record.name))
      continue;
    unused.push_back(record.name);
    if (llvm::none_of(patterns, [&](llvm::StringRef pattern) { return matches(pattern, record.name); }))
      notIgnored.push_back(record.name);
  }

  size_t wrong = 0, narrow = 0;
  for (const NetworkParameter &parameter : parameters) {
    const TensorRecord *record = file->find(parameter.key);
    narrow += record && (record->dtype == DType::F16 || record->dtype == DType::BF16);
    // Of a file for another network nearly every line would be an error.
    if (wrong < maxListed)
      wrong += failed(checkParameter(parameter, unused));
    else
      wrong += !record || record->shape != parameter.shape;
  }
  if (wrong > maxListed)
    return fail(
        userError(ErrorId::WeightsMissing, fmt::format("{}: {} of the network's {} weights are missing or have another "
                                                       "shape; the first {} are above",
                                                       this->path, wrong, parameters.size(), maxListed)));
  if (wrong)
    return exitUserError;
  for (const std::string &key : skipped)
    warn(ErrorId::WeightsFile, this->path + ": " + key + " is not known");
  if (!notIgnored.empty()) {
    std::string list = llvm::join(
        llvm::map_range(llvm::ArrayRef(notIgnored).take_front(maxListed), [](auto key) { return quote(key); }), ", ");
    std::string text =
        fmt::format("{}: {} of {} tensors are not used by the network: {}{}", this->path, notIgnored.size(),
                    file->tensors().size(), list, notIgnored.size() > maxListed ? ", ..." : "");
    if (!lenient)
      return fail(userError(ErrorId::WeightsUnused, text +
                                                        "; a statement 'ignore \"PATTERN\"' in the network says that "
                                                        "they need not be"));
    warn(ErrorId::WeightsUnused, text);
  }
  warnOfNotFinite(parameters);
  Progress::clear();
  if (narrow)
    llvm::WithColor::note(llvm::errs(), "fovea") << fmt::format(
        "{}: {} of {} weights are f16 or bf16; converted to f32\n", this->path, narrow, parameters.size());
  return exitSuccess;
}

FailureOr<hvn::Tensor> Checkpoint::lookup(llvm::StringRef key, RankedTensorType type) const {
  const TensorRecord *record = file ? file->find(key) : nullptr;
  llvm::Expected<std::vector<float>> values =
      record ? toF32(*record) : userError(ErrorId::WeightsMissing, "no weight " + quote(key));
  if (!values)
    return emitError(UnknownLoc::get(type.getContext())) << llvm::toString(values.takeError());
  hvn::Tensor tensor(type);
  tensor.data.assign(values->begin(), values->end());
  return tensor;
}
