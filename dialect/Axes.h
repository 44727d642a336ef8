// Tensors on named axes.
#ifndef FOVEA_DIALECT_AXES_H
#define FOVEA_DIALECT_AXES_H

#include "dialect/HvnDialect.h"
#include "mlir/IR/BuiltinTypes.h"

namespace fovea::hvn {

/// True of a static tensor of f32, bf16 or f16 whose encoding names its axes.
bool isAxisTensor(mlir::Type type);

/// True of a static tensor of u8 on the axes h, w and c, three of c: the largest image that an input takes.
bool isImage(mlir::Type type);

/// The type of images of at most this height and width.
mlir::RankedTensorType imageType(mlir::MLIRContext *context, int64_t height, int64_t width);

/// The names of the axes of an axis tensor.
AxesAttr getAxes(mlir::Type type);

/// Size of `axis`; `absent` when the tensor lacks it.
int64_t axisSize(mlir::Type type, llvm::StringRef axis, int64_t absent = 1);

/// Bytes of a dense tensor or buffer of this type.
int64_t byteSize(mlir::Type type);

/// An f32 tensor with the axes `axes`, outermost first.
mlir::RankedTensorType axisTensor(mlir::MLIRContext *context, llvm::ArrayRef<int64_t> shape,
                                  llvm::ArrayRef<llvm::StringRef> axes);

/// The same with the element type of `like`.
mlir::RankedTensorType axisTensorLike(mlir::RankedTensorType like, llvm::ArrayRef<int64_t> shape,
                                      llvm::ArrayRef<llvm::StringRef> axes);

/// `type` with the size of `axis` replaced.
mlir::RankedTensorType withAxisSize(mlir::RankedTensorType type, llvm::StringRef axis, int64_t size);

/// `type` without the axes in `gone`; with `keep` they stay with size 1.
mlir::RankedTensorType withoutAxes(mlir::RankedTensorType type, AxesAttr gone, bool keep);

/// The type of an elementwise op on both: the axes of the operand that has them all, sizes broadcast from 1.
/// Null when neither has all axes of the other, or sizes differ.
mlir::RankedTensorType broadcast(mlir::RankedTensorType lhs, mlir::RankedTensorType rhs);

/// The type as a `.net` file writes it: `f32[n=1, c=3, h=224, w=224]`, `image[h=4096, w=4096]`.
std::string spell(mlir::Type type);

/// True when `type` has exactly the axes `axes`, in this order.
bool hasAxes(mlir::Type type, llvm::ArrayRef<llvm::StringRef> axes);

} // namespace fovea::hvn

#endif
