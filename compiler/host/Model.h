// The constant that describes a network to the runtime.
#ifndef FOVEA_COMPILER_HOST_MODEL_H
#define FOVEA_COMPILER_HOST_MODEL_H

#include "compiler/host/Constants.h"
#include "dialect/Extents.h"
#include "dialect/KernOps.h"
#include "runtime/image.h"

namespace fovea {

/// An input or output of a program.
struct ProgramTensor {
  llvm::StringRef name;
  mlir::RankedTensorType type;

  /// As the C header spells it: "f32", or "image".
  llvm::StringRef elementName() const;
  /// Of the caller's buffer.
  uint64_t bytes() const;
};

/// The tensors of a program's attribute `inputs` or `outputs`.
std::vector<ProgramTensor> programTensors(mlir::ArrayAttr attribute);

/// Whether an input of `program` is an image.
bool takesImages(kern::ProgramOp program);

/// What the runtime does with the image that `op` of a checked program reads.
fovea_image_plan imagePlan(kern::ProgramOp program, kern::ImageOp op);

/// The layers that an op comes from, by the names in its location: those of a fused kernel in order, joined by " + ".
std::string layerName(mlir::Location location);

/// A size that each call chooses within bounds, and the first axis of an input that is as long.
struct ProgramBound {
  BoundedSize size;
  size_t input = 0, axis = 0;
};

/// Those of the program's attribute `bounds`.
std::vector<ProgramBound> programBounds(kern::ProgramOp program);

/// The value of the network's parameter `size` that a program is for, its attribute `size`; nothing in a library of one
/// size.
std::optional<int64_t> programSize(kern::ProgramOp program);

/// What the names of one size's parts end in: "_64", or nothing in a library of one size.
std::string sizeSuffix(kern::ProgramOp program);

/// How many images a run of `program` takes, one after the other: its attribute `batch`; 1 if there is none.
int64_t programBatch(kern::ProgramOp program);

/// Makes `program`, of one image, one that runs for each of `batch` images: they stand side by side along the first
/// axis of each input and output, n. Returns "", or the tensor that has no such axis of size 1.
std::string setProgramBatch(kern::ProgramOp program, int64_t batch);

/// What tells weights in a file of their own from those of other programs: the attribute `weights_identity`; 0 if the
/// library contains them.
uint64_t weightsIdentity(kern::ProgramOp program);

/// The name of the library that `program` belongs to: its own without the size's suffix.
llvm::StringRef libraryName(kern::ProgramOp program);

/// A kind of CPU that a program has kernels for.
struct ProgramTarget {
  llvm::StringRef name;
  llvm::StringRef suffix; ///< of the names of its kernels
  uint64_t cpuFeatures;   ///< bits of runtime/cpu.h
};

/// The entries of a program's attribute `targets`, best first; one that is empty if there is no such attribute.
std::vector<ProgramTarget> programTargets(kern::ProgramOp program);

/// Sets that attribute.
void setProgramTargets(kern::ProgramOp program, llvm::ArrayRef<ProgramTarget> targets);

/// Adds the `fovea_model` of `programs`, one for each size, as the constant `symbol`; the function that calls the
/// kernels of a program for a target is called `run`, the size's suffix and the target's.
void defineModel(Constants &constants, llvm::StringRef symbol, llvm::ArrayRef<kern::ProgramOp> programs,
                 llvm::StringRef run);

} // namespace fovea

#endif
