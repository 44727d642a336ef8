// Weight files in the safetensors format: https://github.com/huggingface/safetensors#format
#ifndef FOVEA_FRONTEND_SAFETENSORS_H
#define FOVEA_FRONTEND_SAFETENSORS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fovea {

/// The element types of the format that have whole bytes.
enum class DType { BOOL, U8, I8, F8_E5M2, F8_E4M3, I16, U16, F16, BF16, I32, U32, F32, I64, U64, F64 };

/// The name of `type` in the format, e.g. "F32".
llvm::StringRef dtypeName(DType type);

/// The element type that `name` names.
std::optional<DType> parseDType(llvm::StringRef name);

/// Bytes of one element.
int64_t dtypeBytes(DType type);

/// One tensor of a weight file: dense, last axis fastest, little endian.
struct TensorRecord {
  std::string name;
  DType dtype;
  std::vector<int64_t> shape;
  llvm::ArrayRef<char> data; ///< not owned; aligned to no more than a byte
};

/// A weight file in memory. Reading is strict: besides what the format forbids, it refuses duplicate names, keys of a
/// tensor that the format does not know, more than 8 axes, 100000 tensors or 100 MB of header, names that are empty,
/// longer than 1024 bytes or hold control characters. Whatever the bytes, the result is a file or an error.
class SafetensorsFile {
public:
  /// With `skipped`, keys of a tensor that the format does not know are no error: they are named there. Their values
  /// may be anything but objects.
  static llvm::Expected<SafetensorsFile> read(llvm::StringRef path, std::vector<std::string> *skipped = nullptr);

  /// The tensor of that name, or null.
  const TensorRecord *find(llvm::StringRef name) const;

  /// All tensors, sorted by name.
  llvm::ArrayRef<TensorRecord> tensors() const { return records; }

  /// BLAKE3 of the file's bytes, 64 hexadecimal digits.
  std::string contentHash() const;

private:
  std::unique_ptr<llvm::WritableMemoryBuffer> buffer; // records point into it
  std::vector<TensorRecord> records;
};

/// The values of an F16, BF16, F32 or F64 tensor, rounded to nearest even where f32 has fewer bits. Other element types
/// are an error that names the tensor.
llvm::Expected<std::vector<float>> toF32(const TensorRecord &record);

/// Writes a weight file. The bytes depend on the set of tensors only: wider elements first, then by name, no metadata.
/// Names must be distinct and data must fit the shapes.
llvm::Error writeSafetensors(llvm::StringRef path, llvm::ArrayRef<TensorRecord> tensors);

} // namespace fovea

#endif
