// The elementwise ops, and the strategy `pointwise` for kernels of nothing else.
#include "compiler/halide/Family.h"
#include "compiler/halide/NnMath.h"

using namespace mlir;
using namespace fovea;
using namespace fovea::halide;
using Halide::Expr, Halide::Func, Halide::Var;

//===----------------------------------------------------------------------===//
// Algorithm
//===----------------------------------------------------------------------===//

namespace {
template <typename Op, Expr (*element)(Expr)>
struct UnaryEmitter : EmitterInterface::ExternalModel<UnaryEmitter<Op, element>, Op> {
  void emit(Operation *op, KernelBuilder &kernel) const {
    Value result = op->getResult(0);
    kernel.define(result, element(kernel.load(op->getOperand(0), KernelBuilder::indexOf(result))));
  }
};

/// One whose element depends on the op's attributes, too.
template <typename Op, Expr (*element)(Op, Expr)>
struct NumbersEmitter : EmitterInterface::ExternalModel<NumbersEmitter<Op, element>, Op> {
  void emit(Operation *op, KernelBuilder &kernel) const {
    Value result = op->getResult(0);
    kernel.define(result, element(cast<Op>(op), kernel.load(op->getOperand(0), KernelBuilder::indexOf(result))));
  }
};

template <typename Op, Expr (*element)(Expr, Expr)>
struct BinaryEmitter : EmitterInterface::ExternalModel<BinaryEmitter<Op, element>, Op> {
  void emit(Operation *op, KernelBuilder &kernel) const {
    Value result = op->getResult(0);
    Index index = KernelBuilder::indexOf(result);
    kernel.define(result, element(kernel.load(op->getOperand(0), index), kernel.load(op->getOperand(1), index)));
  }
};

struct ConstantEmitter : EmitterInterface::ExternalModel<ConstantEmitter, hvn::ConstantOp> {
  void emit(Operation *op, KernelBuilder &kernel) const {
    kernel.define(op->getResult(0), float(cast<hvn::ConstantOp>(op).getValue().convertToDouble()));
  }
};
} // namespace

/// Whether all that is read of `value` is rounded to bf16.
static bool isRounded(Value value) {
  return llvm::all_of(value.getUsers(), [](Operation *user) {
    auto cast = dyn_cast<hvn::CastOp>(user);
    return cast && cast.getType().getElementType().isBF16();
  });
}

namespace {
struct GeluEmitter : EmitterInterface::ExternalModel<GeluEmitter, hvn::GeluOp> {
  void emit(Operation *op, KernelBuilder &kernel) const {
    Value result = op->getResult(0);
    Expr element = kernel.load(op->getOperand(0), KernelBuilder::indexOf(result));
    kernel.define(result, isRounded(result) ? nnGeluShort(element) : nnGelu(element));
  }
};

struct CastEmitter : EmitterInterface::ExternalModel<CastEmitter, hvn::CastOp> {
  void emit(Operation *op, KernelBuilder &kernel) const {
    auto cast = mlir::cast<hvn::CastOp>(op);
    Expr element = kernel.loadStored(cast.getInput(), KernelBuilder::indexOf(cast.getResult()));
    bool slow = element.type() == Halide::Float(16) && !kernel.target.widensF16;
    Expr wide = slow ? nnWiden(element) : Halide::cast<float>(element);
    kernel.define(cast.getResult(), KernelBuilder::round(wide, cast.getType()));
  }
};
} // namespace

static Expr same(Expr x) { return x; }
static Expr absolute(Expr x) { return abs(x); }
static Expr squareRoot(Expr x) { return Halide::sqrt(x); }
static Expr add(Expr a, Expr b) { return a + b; }
static Expr sub(Expr a, Expr b) { return a - b; }
static Expr mul(Expr a, Expr b) { return a * b; }
static Expr div(Expr a, Expr b) { return a / b; }
static Expr silu(Expr x) { return nnSilu(x); }
static Expr quickGelu(Expr x) { return nnSilu(x, 1.702f); }
static Expr relu6(Expr x) { return nnClamp(x, 0, 6); }
static Expr hardSigmoid(Expr x) { return nnClamp(x * (1.0f / 6.0f) + 0.5f, 0, 1); }
static Expr selu(Expr x) { return 1.05070098736f * nnElu(x, 1.67326324235f, 1); }
static Expr prelu(Expr x, Expr slope) { return select(x < 0.0f, x * slope, x); }

static float numberOf(llvm::APFloat number) { return float(number.convertToDouble()); }
static Expr leakyRelu(hvn::LeakyReluOp op, Expr x) { return prelu(x, numberOf(op.getSlope())); }
static Expr elu(hvn::EluOp op, Expr x) { return nnElu(x, numberOf(op.getAlpha()), 1); }
static Expr celu(hvn::CeluOp op, Expr x) { return nnElu(x, numberOf(op.getAlpha()), numberOf(op.getAlpha())); }
static Expr limit(hvn::ClampOp op, Expr x) { return nnClamp(x, numberOf(op.getLow()), numberOf(op.getHigh())); }

void fovea::halide::attachPointwiseEmitters(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, hvn::HvnDialect *) {
    hvn::ReluOp::attachInterface<UnaryEmitter<hvn::ReluOp, nnRelu>>(*context);
    hvn::Relu6Op::attachInterface<UnaryEmitter<hvn::Relu6Op, relu6>>(*context);
    hvn::GeluOp::attachInterface<GeluEmitter>(*context);
    hvn::GeluTanhOp::attachInterface<UnaryEmitter<hvn::GeluTanhOp, nnGeluTanh>>(*context);
    hvn::QuickGeluOp::attachInterface<UnaryEmitter<hvn::QuickGeluOp, quickGelu>>(*context);
    hvn::SiluOp::attachInterface<UnaryEmitter<hvn::SiluOp, silu>>(*context);
    hvn::MishOp::attachInterface<UnaryEmitter<hvn::MishOp, nnMish>>(*context);
    hvn::SoftplusOp::attachInterface<UnaryEmitter<hvn::SoftplusOp, nnSoftplus>>(*context);
    hvn::SigmoidOp::attachInterface<UnaryEmitter<hvn::SigmoidOp, nnSigmoid>>(*context);
    hvn::HardSigmoidOp::attachInterface<UnaryEmitter<hvn::HardSigmoidOp, hardSigmoid>>(*context);
    hvn::HardSwishOp::attachInterface<UnaryEmitter<hvn::HardSwishOp, nnHardSwish>>(*context);
    hvn::SeluOp::attachInterface<UnaryEmitter<hvn::SeluOp, selu>>(*context);
    hvn::TanhOp::attachInterface<UnaryEmitter<hvn::TanhOp, nnTanh>>(*context);
    hvn::ErfOp::attachInterface<UnaryEmitter<hvn::ErfOp, nnErf>>(*context);
    hvn::ExpOp::attachInterface<UnaryEmitter<hvn::ExpOp, nnExp>>(*context);
    hvn::LogOp::attachInterface<UnaryEmitter<hvn::LogOp, nnLog>>(*context);
    hvn::SqrtOp::attachInterface<UnaryEmitter<hvn::SqrtOp, squareRoot>>(*context);
    hvn::AbsOp::attachInterface<UnaryEmitter<hvn::AbsOp, absolute>>(*context);
    hvn::RsqrtOp::attachInterface<UnaryEmitter<hvn::RsqrtOp, nnRsqrt>>(*context);
    hvn::LeakyReluOp::attachInterface<NumbersEmitter<hvn::LeakyReluOp, leakyRelu>>(*context);
    hvn::EluOp::attachInterface<NumbersEmitter<hvn::EluOp, elu>>(*context);
    hvn::CeluOp::attachInterface<NumbersEmitter<hvn::CeluOp, celu>>(*context);
    hvn::ClampOp::attachInterface<NumbersEmitter<hvn::ClampOp, limit>>(*context);
    hvn::CastOp::attachInterface<CastEmitter>(*context);
    hvn::KeepOp::attachInterface<UnaryEmitter<hvn::KeepOp, same>>(*context);
    hvn::AddOp::attachInterface<BinaryEmitter<hvn::AddOp, add>>(*context);
    hvn::SubOp::attachInterface<BinaryEmitter<hvn::SubOp, sub>>(*context);
    hvn::MulOp::attachInterface<BinaryEmitter<hvn::MulOp, mul>>(*context);
    hvn::DivOp::attachInterface<BinaryEmitter<hvn::DivOp, div>>(*context);
    hvn::MaximumOp::attachInterface<BinaryEmitter<hvn::MaximumOp, nnMax>>(*context);
    hvn::MinimumOp::attachInterface<BinaryEmitter<hvn::MinimumOp, nnMin>>(*context);
    hvn::PreluOp::attachInterface<BinaryEmitter<hvn::PreluOp, prelu>>(*context);
    hvn::ConstantOp::attachInterface<ConstantEmitter>(*context);
  });
}

//===----------------------------------------------------------------------===//
// Schedule
//===----------------------------------------------------------------------===//

/// The axis that is cut into tasks: rows of one image, or what stands outside of them, where that is a map of its own.
static int64_t taskAxis(ArrayRef<int64_t> shape) {
  int64_t rows = int64_t(shape.size()) - 2;
  for (int64_t axis = 0; axis < rows; ++axis)
    if (shape[axis] >= 8)
      return axis;
  return rows;
}

/// Channels for which lanes are neighbouring rows, pixels mostly: a vector of channels would be mostly empty.
static constexpr int64_t fewChannels = 4;

static kern::ScheduleAttr choose(kern::FuncOp kernel, const TargetInfo &target) {
  ArrayRef<int64_t> shape = resultType(kernel).getShape();
  int64_t size = shape.empty() ? 1 : shape.back(), rows = shape.size() > 1 ? shape[shape.size() - 2] : 1;
  bool across = size <= fewChannels && rows % 8 == 0;
  int64_t vector = chooseVector(across ? rows : size, target.lanes());
  for (hvn::ConcatOp op : opsOf<hvn::ConcatOp>(kernel)) // a vector of two inputs would be gathered
    if (!across && hvn::getAxes(op.getType()).getNames().back() == op.getAxis())
      vector = std::min(vector, concatUnit(op));
  int64_t axis = taskAxis(shape),
          units = axis >= 0 && axis + 2 < int64_t(shape.size()) ? shape[axis] : llvm::divideCeil(rows, 8);
  // Work is bound by memory: count bytes, one as dear as a floating-point operation.
  return kern::ScheduleAttr::get(kernel.getContext(), "pointwise",
                                 {{"vector", vector},
                                  {"across", across},
                                  {"tile_m", across ? vector : chooseTile(rows, {7, 8, 6, 5, 4})},
                                  {"parallel", chooseTasks(kernel.getBytes(), units)}});
}

static void schedule(KernelBuilder &kernel) {
  ArrayRef<int64_t> shape = resultType(kernel.kernel).getShape();
  if (shape.empty())
    return;
  int64_t vector = kernel.knob("vector"), tile = kernel.knob("tile_m"), tasks = kernel.knob("parallel");
  bool across = kernel.knob("across") && shape.size() > 1 && shape.back() <= fewChannels;
  for (Func out : kernel.outputs) {
    std::vector<Var> vars = out.args();
    Var c = vars[0], co("co"), ci("ci"), mo("mo"), mi("mi"), mv("mv");
    RankedTensorType type = resultType(kernel.kernel);
    if (!across)
      out.split(c, co, ci, int(vector), tailFor(kernel.extent(type, c.name()), vector)).vectorize(ci);
    if (vars.size() < 2)
      continue;
    Extent rows = kernel.extent(type, vars[1].name());
    std::vector<Halide::VarOrRVar> order =
        across ? std::vector<Halide::VarOrRVar>{c, mv, mi, mo} : std::vector<Halide::VarOrRVar>{ci, mi, co, mo};
    order.insert(order.end(), vars.begin() + 2, vars.end());
    out.split(vars[1], mo, mi, int(tile), tailFor(rows, tile));
    if (across)
      out.split(mi, mi, mv, int(vector), tailFor(tile, vector)).unroll(c).vectorize(mv);
    out.reorder(order).unroll(mi);
    if (int64_t axis = taskAxis(shape), outer = int64_t(shape.size()) - 1 - axis; outer > 1)
      cutIntoTasks(out, vars[outer], kernel.extent(type, vars[outer].name()), tasks);
    else
      cutIntoTasks(out, mo, rows.pieces(tile), tasks);
  }
}

const Family fovea::halide::pointwiseFamily = {
    {"pointwise",
     "a vector times some rows at a time",
     {{"vector", 1, 16, "lanes of f32", true},
      {"across", 0, 1, "1: lanes are neighbouring rows, if channels are at most four; 0: channels"},
      {"tile_m", 1, 16, "rows in a tile"},
      {"parallel", 1, 1024, "tasks"}}},
    [](kern::FuncOp kernel) {
      return llvm::none_of(kernel.getBody().getOps(), [](Operation &op) { return op.hasTrait<hvn::Anchor>(); });
    },
    choose,
    schedule};
