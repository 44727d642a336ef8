#include "dialect/Reference.h"
#include "dialect/Axes.h"

using namespace fovea::hvn;

Tensor::Tensor(mlir::RankedTensorType type) : type(type), data(type.getNumElements(), 0.0) {}

int64_t Tensor::stride(llvm::StringRef axis) const {
  int64_t position = getAxes(type).find(axis);
  if (position < 0 || type.getDimSize(position) == 1)
    return 0;
  int64_t stride = 1;
  for (int64_t size : type.getShape().drop_front(position + 1))
    stride *= size;
  return stride;
}

int64_t Tensor::size(llvm::StringRef axis) const { return axisSize(type, axis); }

void fovea::hvn::forEachIndex(mlir::RankedTensorType space, llvm::ArrayRef<const Tensor *> tensors,
                              llvm::function_ref<void(llvm::ArrayRef<int64_t>)> body) {
  size_t rank = space.getRank();
  llvm::SmallVector<llvm::SmallVector<int64_t>> strides; // [axis][tensor]
  for (mlir::StringAttr axis : getAxes(space).getNames()) {
    auto &row = strides.emplace_back();
    for (const Tensor *tensor : tensors)
      row.push_back(tensor->stride(axis));
  }
  llvm::SmallVector<int64_t> index(rank, 0), offsets(tensors.size(), 0);
  for (int64_t left = space.getNumElements(); left > 0; --left) {
    body(offsets);
    for (size_t axis = rank; axis-- > 0;) {
      for (size_t t = 0; t < tensors.size(); ++t)
        offsets[t] += strides[axis][t];
      if (++index[axis] < space.getDimSize(axis))
        break;
      for (size_t t = 0; t < tensors.size(); ++t)
        offsets[t] -= strides[axis][t] * index[axis];
      index[axis] = 0;
    }
  }
}
