#include "frontend/Safetensors.h"
#include "frontend/FileIO.h"
#include "frontend/SafetensorsHeader.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace fovea {

namespace {

/// Limit of the format itself.
constexpr uint64_t kMaxHeaderBytes = 100000000;

struct DTypeInfo {
  StringLiteral name;
  int64_t bytes;
};
/// In the order of DType.
constexpr DTypeInfo kDTypes[] = {{"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"F8_E5M2", 1}, {"F8_E4M3", 1},
                                 {"I16", 2},  {"U16", 2}, {"F16", 2}, {"BF16", 2},    {"I32", 4},
                                 {"U32", 4},  {"F32", 4}, {"I64", 8}, {"U64", 8},     {"F64", 8}};

/// The value of an IEEE 754 half. Exact.
float halfToFloat(uint16_t bits) {
  uint32_t sign = uint32_t(bits & 0x8000) << 16, exponent = bits >> 10 & 31, fraction = bits & 0x3ff;
  if (exponent == 0) { // zero or subnormal: fraction * 2^-24
    float magnitude = float(fraction) * 0x1p-24f;
    return sign ? -magnitude : magnitude;
  }
  uint32_t wide = exponent == 31 ? 255 : exponent + 112;
  return bit_cast<float>(sign | wide << 23 | fraction << 13);
}

template <typename T, typename Convert> std::vector<float> convert(ArrayRef<char> data, Convert toFloat) {
  std::vector<float> values(data.size() / sizeof(T));
  for (auto [i, value] : enumerate(values))
    value = toFloat(support::endian::read<T, endianness::little>(data.data() + i * sizeof(T)));
  return values;
}

/// Tensors must fill the data without holes and without sharing bytes.
Error checkPlaces(StringRef path, MutableArrayRef<TensorEntry> entries, uint64_t dataBytes) {
  llvm::sort(entries, [](const TensorEntry &a, const TensorEntry &b) {
    return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
  });
  uint64_t next = 0;
  for (const TensorEntry &entry : entries) {
    if (entry.begin != next)
      return fileError(ErrorId::WeightsFile, path,
                       "tensor " + quote(entry.name) + ": begins at byte " + Twine(entry.begin) +
                           " of the data, expected " + Twine(next) + ", where the tensor before it ends");
    if (entry.end > dataBytes)
      return fileError(ErrorId::WeightsFile, path,
                       "tensor " + quote(entry.name) + ": ends at byte " + Twine(entry.end) +
                           " of the data, but the file holds only " + Twine(dataBytes));
    next = entry.end;
  }
  if (next != dataBytes)
    return fileError(ErrorId::WeightsFile, path, Twine(dataBytes - next) + " bytes after the last tensor");
  return Error::success();
}

} // namespace

StringRef dtypeName(DType type) { return kDTypes[int(type)].name; }

int64_t dtypeBytes(DType type) { return kDTypes[int(type)].bytes; }

std::optional<DType> parseDType(StringRef name) {
  const DTypeInfo *found = find_if(kDTypes, [&](const DTypeInfo &info) { return info.name == name; });
  if (found == std::end(kDTypes))
    return std::nullopt;
  return DType(found - kDTypes);
}

Expected<SafetensorsFile> SafetensorsFile::read(StringRef path, std::vector<std::string> *skipped) {
  Expected<std::unique_ptr<WritableMemoryBuffer>> buffer = readFile(path);
  if (!buffer)
    return buffer.takeError();
  StringRef bytes((*buffer)->getBufferStart(), (*buffer)->getBufferSize());
  if (bytes.size() < 8)
    return fileError(ErrorId::WeightsFile, path,
                     "holds " + Twine(bytes.size()) + " bytes, expected at least the 8 of the header's length");
  uint64_t headerBytes = support::endian::read64le(bytes.data());
  uint64_t limit = std::min<uint64_t>(bytes.size() - 8, kMaxHeaderBytes);
  if (headerBytes > limit)
    return fileError(ErrorId::WeightsFile, path,
                     "byte 0: a header of " + Twine(headerBytes) + " bytes, expected at most " + Twine(limit));

  Expected<std::vector<TensorEntry>> entries = parseSafetensorsHeader(path, bytes.substr(8, headerBytes), skipped);
  if (!entries)
    return entries.takeError();
  StringRef data = bytes.drop_front(8 + headerBytes);
  if (Error error = checkPlaces(path, *entries, data.size()))
    return error;

  SafetensorsFile file;
  file.buffer = std::move(*buffer);
  file.records.reserve(entries->size());
  for (TensorEntry &entry : *entries)
    file.records.push_back({std::move(entry.name), entry.dtype, std::move(entry.shape),
                            ArrayRef<char>(data.data() + entry.begin, entry.end - entry.begin)});
  llvm::sort(file.records, [](const TensorRecord &a, const TensorRecord &b) { return a.name < b.name; });
  return file;
}

const TensorRecord *SafetensorsFile::find(StringRef name) const {
  auto it = partition_point(records, [&](const TensorRecord &record) { return StringRef(record.name) < name; });
  return it != records.end() && it->name == name ? &*it : nullptr;
}

std::string SafetensorsFile::contentHash() const {
  return toHex(BLAKE3::hash(arrayRefFromStringRef({buffer->getBufferStart(), buffer->getBufferSize()})),
               /*LowerCase=*/true);
}

Expected<std::vector<float>> toF32(const TensorRecord &record) {
  switch (record.dtype) {
  case DType::F16:
    return convert<uint16_t>(record.data, halfToFloat);
  case DType::BF16:
    return convert<uint16_t>(record.data, [](uint16_t bits) { return bit_cast<float>(uint32_t(bits) << 16); });
  case DType::F32:
    return convert<uint32_t>(record.data, [](uint32_t bits) { return bit_cast<float>(bits); });
  case DType::F64:
    return convert<uint64_t>(record.data, [](uint64_t bits) { return float(bit_cast<double>(bits)); });
  default:
    return userError(ErrorId::WeightsType, "tensor " + quote(record.name) + ": element type " +
                                               dtypeName(record.dtype) + ", expected F16, BF16, F32 or F64");
  }
}

Error writeSafetensors(StringRef path, ArrayRef<TensorRecord> tensors) {
  // Wider elements first: every tensor is aligned to its elements, as the data begins at a multiple of 8.
  std::vector<const TensorRecord *> order;
  for (const TensorRecord &tensor : tensors)
    order.push_back(&tensor);
  llvm::sort(order, [](const TensorRecord *a, const TensorRecord *b) {
    int64_t aBytes = dtypeBytes(a->dtype), bBytes = dtypeBytes(b->dtype);
    return std::tie(bBytes, a->name) < std::tie(aBytes, b->name);
  });

  std::string header;
  raw_string_ostream headerStream(header);
  int64_t offset = 0;
  json::OStream json(headerStream);
  json.object([&] {
    for (const TensorRecord *tensor : order)
      json.attributeObject(tensor->name, [&] {
        json.attribute("dtype", dtypeName(tensor->dtype));
        json.attributeArray("shape", [&] {
          for (int64_t size : tensor->shape)
            json.value(size);
        });
        json.attributeArray("data_offsets", [&] {
          json.value(offset);
          json.value(offset += tensor->data.size());
        });
      });
  });
  header.resize(alignTo(header.size(), 8), ' ');

  return writeFile(path, [&](raw_ostream &stream) {
    char length[8];
    support::endian::write64le(length, header.size());
    stream << StringRef(length, 8) << header;
    for (const TensorRecord *tensor : order)
      stream << StringRef(tensor->data.data(), tensor->data.size());
  });
}

} // namespace fovea
