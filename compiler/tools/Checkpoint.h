// The weights that a network asks for, and the file that has them.
#ifndef FOVEA_COMPILER_TOOLS_CHECKPOINT_H
#define FOVEA_COMPILER_TOOLS_CHECKPOINT_H

#include "dialect/Reference.h"
#include "frontend/Safetensors.h"
#include "mlir/IR/BuiltinOps.h"
#include <optional>

namespace fovea {

/// A tensor of the weight file that a network reads.
struct NetworkParameter {
  std::string key;
  std::vector<int64_t> shape;
  mlir::Location location;
};

/// What `module` reads, in order, each key and shape once.
std::vector<NetworkParameter> parametersOf(mlir::ModuleOp module);

/// The weights of one network.
class Checkpoint {
public:
  /// Reads the weight file `path` and compares it with the parameters of `module` and its patterns of keys to ignore.
  /// Reports why it cannot and returns an exit code.
  /// `lenient` makes warnings of keys of tensors that the format does not know, and of tensors without use.
  int read(llvm::StringRef path, mlir::ModuleOp module, bool lenient);

  /// The tensor under `key`; the file is known to have it.
  mlir::FailureOr<hvn::Tensor> lookup(llvm::StringRef key, mlir::RankedTensorType type) const;

  /// BLAKE3 of the file, 64 hexadecimal digits; empty without a file.
  std::string hash() const { return file ? file->contentHash() : ""; }

private:
  llvm::LogicalResult checkParameter(const NetworkParameter &parameter, llvm::ArrayRef<llvm::StringRef> unused) const;

  /// Warns of the first NaN or infinity among the parameters' values.
  void warnOfNotFinite(llvm::ArrayRef<NetworkParameter> parameters) const;

  std::string path;
  std::optional<SafetensorsFile> file;
};

} // namespace fovea

#endif
