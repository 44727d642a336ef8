// A family of kernels: which kernels it takes, the strategy's knobs, how they are chosen, how the loops are built.
#ifndef FOVEA_COMPILER_HALIDE_FAMILY_H
#define FOVEA_COMPILER_HALIDE_FAMILY_H

#include "compiler/halide/KernelBuilder.h"
#include "dialect/Strategy.h"
#include "mlir/IR/DialectRegistry.h"

namespace fovea::halide {

struct Family {
  kern::Strategy strategy;
  /// Whether this family can schedule `kernel`.
  bool (*matches)(kern::FuncOp kernel);
  /// The knobs for `kernel` on `target`, by rule from shape and machine.
  kern::ScheduleAttr (*choose)(kern::FuncOp kernel, const TargetInfo &target);
  /// Schedules the functions of `kernel` by its schedule attribute.
  void (*schedule)(KernelBuilder &kernel);
};

/// All families; the first that matches a kernel takes it.
llvm::ArrayRef<const Family *> families();

// One per file; each attaches its emitters and returns its family.
void attachAttentionEmitter(mlir::DialectRegistry &registry);
void attachContractEmitter(mlir::DialectRegistry &registry);
void attachConvolutionEmitter(mlir::DialectRegistry &registry);
void attachLinearEmitter(mlir::DialectRegistry &registry);
void attachMovementEmitters(mlir::DialectRegistry &registry);
void attachNormalizationEmitters(mlir::DialectRegistry &registry);
void attachPoolingEmitters(mlir::DialectRegistry &registry);
void attachPointwiseEmitters(mlir::DialectRegistry &registry);
void attachReductionEmitters(mlir::DialectRegistry &registry);
void attachResampleEmitters(mlir::DialectRegistry &registry);
void attachShapeEmitters(mlir::DialectRegistry &registry);
void attachStandardizeEmitters(mlir::DialectRegistry &registry);
void attachTransposedConvolutionEmitter(mlir::DialectRegistry &registry);

extern const Family attentionFamily, bottleneckFamily, channelDotFamily, contractFamily, convDirectFamily,
    convPairFamily, convTransposedFamily, depthwiseFamily, gemmFamily, gemmPairFamily, momentsFamily, overAxesFamily,
    pointwiseFamily, poolFamily, resampleFamily, windowFamily;

//===--- what the families share ---===//

/// The ops of one kind in a kernel, in program order.
template <typename Op> llvm::SmallVector<Op> opsOf(kern::FuncOp kernel) {
  return llvm::to_vector(kernel.getBody().getOps<Op>());
}

/// The one op of a kernel that it is built around; null if there is none, or more than one.
mlir::Operation *anchorAlone(kern::FuncOp kernel);

/// Whether `value` is computed from what `op` makes.
bool comesFrom(mlir::Value value, mlir::Operation *op);

/// The type of the kernel's first result.
inline mlir::RankedTensorType resultType(kern::FuncOp kernel) {
  return mlir::cast<mlir::RankedTensorType>(kernel.getResultTypes().front());
}

/// Number of parallel tasks for `flops` of work in `units` independent pieces: at most `most`, none shorter than
/// handing it to another thread takes, and such that few threads get equal parts where that is possible. Small kernels
/// are cut as well, since each thread then reads what it has written before. Does not depend on the number of threads.
int64_t chooseTasks(double flops, int64_t units, int64_t most = 32);

/// Cuts the loop `loop` of `out`, of `size` steps, into `tasks` parallel ones, if that is more than one.
void cutIntoTasks(Halide::Func out, Halide::Var loop, const Extent &size, int64_t tasks);

/// Whether `parts`, vectors or panels of channels, are so few that threads share them all and divide the rows.
inline bool isFew(int64_t parts) { return parts < 8; }

/// Whether tasks of `parts` are cut from rows, too: of few parts, or of a small odd number, threads would get unequal
/// numbers.
inline bool cutsRows(int64_t parts) { return isFew(parts) || (parts % 2 && parts < 16); }

/// Cuts the halves of the loop `rows`, of `height` steps, and the loop `parts`, of `size` steps, into `tasks` parallel
/// ones in all; `rows` stays inside of `parts`. With `halvesOutside` a thread gets the half of the rows that is its own
/// in most other kernels, else parts of its own, and at most half of one that it shares.
void cutIntoTasks(Halide::Func out, Halide::Var rows, const Extent &height, Halide::Var parts, int64_t size,
                  int64_t tasks, bool halvesOutside);

/// Of `candidates`, in order of preference, the one with which the least is computed twice or beyond `size`; `size`
/// itself when all are larger.
int64_t chooseTile(int64_t size, llvm::ArrayRef<int64_t> candidates);

/// Vectors of output channels in a tile: the first candidate with which the last tile ends where the packed weights
/// end, at a multiple of 16 channels; 1 when there is none.
int64_t chooseVectors(int64_t channels, int64_t vector, llvm::ArrayRef<int64_t> candidates);

/// Throws Halide's error if tiles of `panel` channels would read beyond packed weights.
void checkPanel(int64_t channels, int64_t panel);

/// Widest vector for `size` contiguous elements: `lanes`, halved until it fits.
int64_t chooseVector(int64_t size, int64_t lanes);

/// The same for `channels` on `target`, by halves of 16 lanes where few whole ones would leave lanes idle.
int64_t chooseVector(int64_t channels, const TargetInfo &target);

/// Puts the loops `reduction`, of `steps` steps together, outside of those in `order`; none if there is one step, for
/// Halide drops such loops, and no schedule may name them.
void appendReduction(std::vector<Halide::VarOrRVar> &order, llvm::ArrayRef<Halide::RVar> reduction, int64_t steps);

/// Orders the loops of an accumulator's products, `order` and in it the vector `lanes`. The pair of a product of bf16
/// becomes one instruction where the target has it.
void scheduleProducts(KernelBuilder &kernel, Anchor &anchor, std::vector<Halide::VarOrRVar> order, Halide::Var lanes);

/// How a loop of `extent` is cut into `factor`: exact, shifted inwards (elements at the end are computed twice), or
/// guarded when the loop is shorter than one piece.
Halide::TailStrategy tailFor(int64_t extent, int64_t factor);
/// The same where `extent` may be any at a call: exact if it always is, or else guarded.
Halide::TailStrategy tailFor(const Extent &extent, int64_t factor);

/// Has `function`, computed for a tile of `size` of a loop over `extent`, compute whole tiles where the last one may be
/// shorter: what is beyond is not stored.
void computeWholeTiles(Halide::Func function, Halide::Var loop, const Extent &extent, int64_t size);

/// The function of what `second` reads and `first` is behind, in bf16 if it is rounded: never the accumulator itself.
Halide::Func functionBetween(KernelBuilder &kernel, Anchor &first, Anchor &second);

/// The function whose tiles a strategy schedules: the first output, or the rows that it copies.
inline Halide::Func tiledFunction(KernelBuilder &kernel) {
  return kernel.rows.defined() ? kernel.rows : kernel.outputs.front();
}

/// Schedules the moments of a kernel that makes them beside its result: both go over the rows together, in `tasks`
/// parallel parts. The first output must not be scheduled but for the vector.
void scheduleRowMoments(KernelBuilder &kernel, int64_t tasks, int64_t vector);

/// Whether as many `rows`, `bytes` from one to the next, can be read side by side: a level-1 cache keeps eight lines
/// whose addresses are the same in their last twelve bits.
bool stayTogether(int64_t rows, int64_t bytes);

/// Neighbours in memory that are of one input of `op` whenever their number is a multiple of this: at most 16.
int64_t concatUnit(hvn::ConcatOp op);

/// One spatial axis of what a window reads: which of its ends are read beyond.
struct Reach {
  bool low, high;
};

/// Adds to `outside` where `place` is not in 0 to `size` - 1, and keeps it within. Only the ends that `reach` names are
/// checked.
void keepInside(Halide::Expr &place, const Halide::Expr &size, Reach reach, Halide::Expr &outside);

/// `border` where `index`'s h or w lie outside of `input`, else the element there, in the type of `input`. Only the
/// ends `h` and `w` are checked.
Halide::Expr loadBordered(KernelBuilder &kernel, mlir::Value input, Index index, Reach h, Reach w, float border);

/// Zero where `index`'s h or w lie outside of `input`, else the element there, in the type of `input`. Only sides that
/// the convolution `op` reaches are checked.
Halide::Expr loadZeroPadded(KernelBuilder &kernel, hvn::ConvOp op, mlir::Value input, Index index);

/// True when `op` reads outside of its input.
bool readsOutside(hvn::ConvOp op);

} // namespace fovea::halide

#endif
