// A SAX handler instead of a JSON tree: names twice in one object and numbers that do not fit are seen, and nesting
// needs no memory.
#include "frontend/SafetensorsHeader.h"
#include "frontend/FileIO.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MathExtras.h"
#include <nlohmann/json.hpp>

using namespace llvm;
using Json = nlohmann::json;

namespace fovea {

namespace {

constexpr size_t kMaxTensors = 100000;
constexpr size_t kMaxRank = 8;
constexpr size_t kMaxNameBytes = 1024;
constexpr int64_t kMaxElements = int64_t(1) << 40;
/// The header follows the 8 bytes of its own length.
constexpr size_t kHeaderOffset = 8;

/// Elements of `shape`; nothing above the limit.
std::optional<int64_t> elementCount(ArrayRef<int64_t> shape) {
  int64_t count = 1;
  for (int64_t size : shape)
    if (MulOverflow(count, size, count) || count > kMaxElements)
      return std::nullopt;
  return count;
}

/// Collects the tensors. Every function returns false to stop, with `message` set.
class HeaderHandler final : public nlohmann::json_sax<Json> {
public:
  explicit HeaderHandler(std::vector<std::string> *skipped) : skipped(skipped) {}

  std::vector<TensorEntry> tensors;
  std::string message;

  bool start_object(size_t) override {
    if (place == Place::Start)
      return enter(Place::Header);
    if (place != Place::Header) {
      isSkipped = false;
      return unexpected("an object");
    }
    if (currentKey == "__metadata__")
      return enter(Place::Metadata);
    if (tensors.size() == kMaxTensors)
      return fail("more than " + Twine(kMaxTensors) + " tensors");
    tensors.push_back({currentKey, DType::F32, {}, 0, 0});
    hasDType = hasShape = hasOffsets = false;
    return enter(Place::Tensor);
  }

  bool end_object() override { return (place != Place::Tensor || finishTensor()) && enter(Place::Header); }

  bool key(std::string &name) override {
    currentKey = name;
    if (place == Place::Metadata)
      return metadataKeys.insert(name).second || fail("metadata key " + quote(name) + " appears twice");
    if (place == Place::Tensor)
      return tensorKey(name);
    if (name.empty() || name.size() > kMaxNameBytes || any_of(name, [](unsigned char c) { return c < 32 || c == 127; }))
      return fail("tensor name " + quote(name) + ", expected 1 to " + Twine(kMaxNameBytes) +
                  " bytes without control characters");
    return names.insert(name).second || fail("tensor " + quote(name) + " appears twice");
  }

  bool start_array(size_t) override {
    if (place == Place::Tensor && currentKey == "shape")
      return enter(Place::Shape);
    if (place == Place::Tensor && currentKey == "data_offsets")
      return enter(Place::Offsets);
    return unexpected("an array");
  }

  bool end_array() override {
    if (isSkipped)
      return true;
    if (place == Place::Offsets && offsets.size() != 2)
      return fail(tensor() + "expected two data offsets, found " + Twine(offsets.size()));
    return enter(Place::Tensor);
  }

  bool number_unsigned(uint64_t value) override {
    if (place == Place::Shape) {
      if (tensors.back().shape.size() == kMaxRank)
        return fail(tensor() + "more than " + Twine(kMaxRank) + " axes");
      if (value > uint64_t(kMaxElements))
        return fail(tensor() + "size " + Twine(value) + ", expected at most 2^40");
      tensors.back().shape.push_back(value);
      return true;
    }
    if (place != Place::Offsets)
      return unexpected("a number");
    offsets.push_back(value);
    return offsets.size() <= 2 || fail(tensor() + "expected two data offsets, found more");
  }

  bool string(std::string &text) override {
    if (place == Place::Metadata)
      return true;
    if (place != Place::Tensor || currentKey != "dtype")
      return unexpected("a string");
    std::optional<DType> type = parseDType(text);
    if (!type)
      return fail(tensor() + "unknown element type " + quote(text));
    tensors.back().dtype = *type;
    return true;
  }

  bool number_integer(int64_t value) override { return unexpected("the negative number " + Twine(value)); }
  bool number_float(double, const std::string &text) override { return unexpected("the number " + quote(text)); }
  bool boolean(bool) override { return unexpected("a boolean"); }
  bool null() override { return unexpected("null"); }
  bool binary(Json::binary_t &) override { return unexpected("binary data"); }

  bool parse_error(size_t position, const std::string &lastToken, const nlohmann::detail::exception &) override {
    return fail("malformed JSON at byte " + Twine(kHeaderOffset + position) + ", at " + quote(lastToken));
  }

private:
  enum class Place { Start, Header, Metadata, Tensor, Shape, Offsets };

  bool enter(Place next) {
    if (next == Place::Offsets)
      offsets.clear();
    place = next;
    return true;
  }

  bool tensorKey(StringRef name) {
    isSkipped = false;
    bool *seen = name == "dtype"          ? &hasDType
                 : name == "shape"        ? &hasShape
                 : name == "data_offsets" ? &hasOffsets
                                          : nullptr;
    if (!seen && skipped) {
      skipped->push_back(tensor() + "key " + quote(name));
      return isSkipped = true;
    }
    if (!seen)
      return fail(tensor() + "key " + quote(name) + ", expected 'dtype', 'shape' or 'data_offsets'");
    if (*seen)
      return fail(tensor() + "key '" + name + "' appears twice");
    return *seen = true;
  }

  bool finishTensor() {
    TensorEntry &entry = tensors.back();
    if (!hasDType || !hasShape || !hasOffsets)
      return fail(tensor() + "lacks the key '" + (!hasDType ? "dtype" : !hasShape ? "shape" : "data_offsets") + "'");
    entry.begin = offsets[0];
    entry.end = offsets[1];
    std::optional<int64_t> elements = elementCount(entry.shape);
    if (!elements)
      return fail(tensor() + "more than 2^40 elements");
    uint64_t bytes = *elements * dtypeBytes(entry.dtype);
    if (entry.end < entry.begin || entry.end - entry.begin != bytes)
      return fail(tensor() + "data offsets " + Twine(entry.begin) + " to " + Twine(entry.end) + ", expected " +
                  Twine(bytes) + " bytes for its shape and type");
    return true;
  }

  std::string tensor() const { return "tensor " + quote(tensors.back().name) + ": "; }

  bool fail(const Twine &text) {
    message = text.str();
    return false;
  }

  bool unexpected(const Twine &found) {
    if (isSkipped)
      return true;
    switch (place) {
    case Place::Start:
      return fail("expected a JSON object, found " + found);
    case Place::Header:
      return fail("tensor " + quote(currentKey) + ": expected an object, found " + found);
    case Place::Metadata:
      return fail("metadata " + quote(currentKey) + ": expected a string, found " + found);
    case Place::Tensor:
      return fail(tensor() + "key '" + currentKey + "': expected " +
                  (currentKey == "dtype" ? "a string" : "an array of integers") + ", found " + found);
    case Place::Shape:
    case Place::Offsets:
      return fail(tensor() + "key '" + currentKey + "': expected integers that are not negative, found " + found);
    }
    llvm_unreachable("every place has a message");
  }

  Place place = Place::Start;
  std::string currentKey;
  StringSet<> names, metadataKeys;
  SmallVector<uint64_t, 2> offsets;
  std::vector<std::string> *skipped;
  bool isSkipped = false; ///< the value is that of a key which is skipped
  bool hasDType = false, hasShape = false, hasOffsets = false;
};

} // namespace

Expected<std::vector<TensorEntry>> parseSafetensorsHeader(StringRef path, StringRef text,
                                                          std::vector<std::string> *skipped) {
  // The parser would skip white space before the object and stop at a NUL as at the end; the format allows neither.
  if (!text.starts_with("{"))
    return fileError(ErrorId::WeightsFile, path,
                     "byte " + Twine(kHeaderOffset) + ": expected '{', found " + quote(text.take_front(1)));
  if (size_t nul = text.find('\0'); nul != StringRef::npos)
    return fileError(ErrorId::WeightsFile, path,
                     "byte " + Twine(kHeaderOffset + nul) + ": the header holds a NUL byte");
  HeaderHandler handler(skipped);
  if (!Json::sax_parse(text.begin(), text.end(), &handler))
    return fileError(ErrorId::WeightsFile, path, "header: " + handler.message);
  return std::move(handler.tensors);
}

} // namespace fovea
