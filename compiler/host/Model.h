// The constant that describes a network to the runtime.
#ifndef FOVEA_COMPILER_HOST_MODEL_H
#define FOVEA_COMPILER_HOST_MODEL_H

#include "compiler/host/Constants.h"
#include "dialect/KernOps.h"

namespace fovea {

/// An input or output of a program.
struct ProgramTensor {
  llvm::StringRef name;
  mlir::RankedTensorType type;

  /// As the C header and .net files spell it: "f32".
  llvm::StringRef elementName() const;
  uint64_t bytes() const;
};

/// The tensors of a program's attribute `inputs` or `outputs`.
std::vector<ProgramTensor> programTensors(mlir::ArrayAttr attribute);

/// The layers that an op comes from, by the names in its location: those of a fused kernel in order, joined by " + ".
std::string layerName(mlir::Location location);

/// Adds the `fovea_model` of `program` as the constant `symbol`; `run` is the symbol of the function that calls the
/// kernels.
void defineModel(Constants &constants, llvm::StringRef symbol, kern::ProgramOp program, llvm::StringRef run);

} // namespace fovea

#endif
