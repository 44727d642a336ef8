#include "compiler/tools/TensorBuffer.h"
#include "compiler/tools/ToolError.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/ErrorHandling.h"
#include <algorithm>
#include <cstring>
#include <fmt/core.h>

using namespace fovea;

namespace {

enum class Element { f32, f64, f16, bf16, i8, u8, i32, i64 };

Element elementOf(const fovea_tensor_info &tensor) {
  return llvm::StringSwitch<Element>(tensor.type)
      .Case("f64", Element::f64)
      .Case("f16", Element::f16)
      .Case("bf16", Element::bf16)
      .Case("i8", Element::i8)
      .Cases({"u8", "image"}, Element::u8)
      .Case("i32", Element::i32)
      .Case("i64", Element::i64)
      .Default(Element::f32);
}

template <typename T> T load(const char *data, uint64_t index) {
  T value;
  std::memcpy(&value, data + index * sizeof(T), sizeof(T));
  return value;
}

template <typename T> void store(char *data, uint64_t index, T value) {
  std::memcpy(data + index * sizeof(T), &value, sizeof(T));
}

double fromBits(const llvm::fltSemantics &semantics, uint16_t bits) {
  return llvm::APFloat(semantics, llvm::APInt(16, bits)).convertToDouble();
}

uint16_t toBits(const llvm::fltSemantics &semantics, double value) {
  llvm::APFloat number(value);
  bool losesInfo;
  number.convert(semantics, llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return static_cast<uint16_t>(number.bitcastToAPInt().getZExtValue());
}

/// The value `index` of the SplitMix64 sequence that starts at `seed` (Steele, Lea and Flood, 2014).
uint64_t splitMix(uint64_t seed, uint64_t index) {
  uint64_t z = seed + (index + 1) * 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

} // namespace

std::string fovea::typeText(const fovea_tensor_info &tensor) {
  std::string text = tensor.type;
  text += '[';
  for (uint32_t i = 0; i < tensor.rank - isImage(tensor); ++i) // an image always has three channels
    text += fmt::format("{}{}={}", i ? ", " : "", tensor.axes[i], tensor.shape[i]);
  return text + ']';
}

bool fovea::isImage(const fovea_tensor_info &tensor) { return llvm::StringRef(tensor.type) == "image"; }

llvm::Expected<TensorBuffer> TensorBuffer::make(const fovea_tensor_info &tensor, llvm::ArrayRef<int64_t> shape) {
  constexpr uint64_t alignment = FOVEA_ALIGNMENT;
  constexpr int64_t madeUpSide = 512;
  TensorBuffer result;
  result.info = &tensor;
  result.sizes.assign(tensor.shape, tensor.shape + tensor.rank);
  if (isImage(tensor)) {
    if (shape.empty())
      result.sizes = {std::min(tensor.shape[0], madeUpSide), std::min(tensor.shape[1], madeUpSide), 3};
    else
      result.sizes.assign(shape.begin(), shape.end());
    result.image = std::make_unique<fovea_image>();
  }
  const uint64_t bytes = (std::max<uint64_t>(result.bytes(), 1) + alignment - 1) / alignment * alignment;
  result.memory.reset(static_cast<char *>(std::aligned_alloc(alignment, bytes)));
  if (!result.memory)
    return llvm::make_error<ToolError>(exitNoResources,
                                       fmt::format("no memory for the {} bytes of '{}'", bytes, tensor.name));
  std::memset(result.data(), 0, bytes);
  if (result.image)
    *result.image = {reinterpret_cast<uint8_t *>(result.data()), static_cast<uint32_t>(result.sizes[0]),
                     static_cast<uint32_t>(result.sizes[1]), 0};
  return result;
}

uint64_t TensorBuffer::bytes() const { return image ? elements() : info->bytes; }

fovea_buffer TensorBuffer::buffer() const { return {image ? static_cast<void *>(image.get()) : data(), info->bytes}; }

uint64_t TensorBuffer::elements() const {
  uint64_t count = 1;
  for (int64_t size : sizes)
    count *= static_cast<uint64_t>(size);
  return count;
}

double TensorBuffer::element(uint64_t index) const {
  switch (elementOf(*info)) {
  case Element::f32:
    return load<float>(data(), index);
  case Element::f64:
    return load<double>(data(), index);
  case Element::f16:
    return fromBits(llvm::APFloat::IEEEhalf(), load<uint16_t>(data(), index));
  case Element::bf16:
    return fromBits(llvm::APFloat::BFloat(), load<uint16_t>(data(), index));
  case Element::i8:
    return load<int8_t>(data(), index);
  case Element::u8:
    return load<uint8_t>(data(), index);
  case Element::i32:
    return load<int32_t>(data(), index);
  case Element::i64:
    return static_cast<double>(load<int64_t>(data(), index));
  }
  llvm_unreachable("every element type is handled");
}

void TensorBuffer::fillPseudoRandom(uint64_t seed) {
  const Element element = elementOf(*info);
  for (uint64_t i = 0, count = elements(); i < count; ++i) {
    const uint64_t bits = splitMix(seed, i);
    const double real = static_cast<double>(bits >> 40) / (1 << 23) - 1;
    const int integer = static_cast<int>(bits >> 57);
    switch (element) {
    case Element::f32:
      store(data(), i, static_cast<float>(real));
      break;
    case Element::f64:
      store(data(), i, real);
      break;
    case Element::f16:
      store(data(), i, toBits(llvm::APFloat::IEEEhalf(), real));
      break;
    case Element::bf16:
      store(data(), i, toBits(llvm::APFloat::BFloat(), real));
      break;
    case Element::i8:
    case Element::u8:
      store(data(), i, static_cast<uint8_t>(integer));
      break;
    case Element::i32:
      store(data(), i, static_cast<int32_t>(integer));
      break;
    case Element::i64:
      store(data(), i, static_cast<int64_t>(integer));
      break;
    }
  }
}

llvm::Expected<std::vector<TensorBuffer>> fovea::makeBuffers(llvm::ArrayRef<fovea_tensor_info> tensors) {
  std::vector<TensorBuffer> buffers;
  for (const fovea_tensor_info &tensor : tensors) {
    llvm::Expected<TensorBuffer> buffer = TensorBuffer::make(tensor);
    if (!buffer)
      return buffer.takeError();
    buffers.push_back(std::move(*buffer));
  }
  return buffers;
}

std::vector<fovea_buffer> fovea::asBuffers(llvm::ArrayRef<TensorBuffer> tensors) {
  std::vector<fovea_buffer> buffers;
  for (const TensorBuffer &tensor : tensors)
    buffers.push_back(tensor.buffer());
  return buffers;
}
