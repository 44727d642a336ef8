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

static Expr same(Expr x) { return x; }
static Expr rsqrt(Expr x) { return 1.0f / Halide::sqrt(x); }
static Expr add(Expr a, Expr b) { return a + b; }
static Expr sub(Expr a, Expr b) { return a - b; }
static Expr mul(Expr a, Expr b) { return a * b; }

void fovea::halide::attachPointwiseEmitters(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, hvn::HvnDialect *) {
    hvn::ReluOp::attachInterface<UnaryEmitter<hvn::ReluOp, nnRelu>>(*context);
    hvn::GeluOp::attachInterface<UnaryEmitter<hvn::GeluOp, nnGelu>>(*context);
    hvn::SigmoidOp::attachInterface<UnaryEmitter<hvn::SigmoidOp, nnSigmoid>>(*context);
    hvn::RsqrtOp::attachInterface<UnaryEmitter<hvn::RsqrtOp, rsqrt>>(*context);
    hvn::KeepOp::attachInterface<UnaryEmitter<hvn::KeepOp, same>>(*context);
    hvn::AddOp::attachInterface<BinaryEmitter<hvn::AddOp, add>>(*context);
    hvn::SubOp::attachInterface<BinaryEmitter<hvn::SubOp, sub>>(*context);
    hvn::MulOp::attachInterface<BinaryEmitter<hvn::MulOp, mul>>(*context);
    hvn::ConstantOp::attachInterface<ConstantEmitter>(*context);
  });
}

//===----------------------------------------------------------------------===//
// Schedule
//===----------------------------------------------------------------------===//

static kern::ScheduleAttr choose(kern::FuncOp kernel, const TargetInfo &target) {
  ArrayRef<int64_t> shape = resultType(kernel).getShape();
  int64_t size = shape.empty() ? 1 : shape.back(), rows = shape.size() > 1 ? shape[shape.size() - 2] : 1;
  // Work is bound by memory: count bytes, one as dear as a floating-point operation.
  return kern::ScheduleAttr::get(kernel.getContext(), "pointwise",
                                 {{"vector", chooseVector(size, target.lanes())},
                                  {"tile_m", chooseTile(rows, {7, 8, 6, 5, 4})},
                                  {"parallel", chooseTasks(kernel.getBytes(), llvm::divideCeil(rows, 8))}});
}

static void schedule(KernelBuilder &kernel) {
  ArrayRef<int64_t> shape = resultType(kernel.kernel).getShape();
  if (shape.empty())
    return;
  int64_t vector = kernel.knob("vector"), tile = kernel.knob("tile_m"), tasks = kernel.knob("parallel");
  for (Func out : kernel.outputs) {
    std::vector<Var> vars = out.args();
    Var c = vars[0], co("co"), ci("ci"), mo("mo"), mi("mi"), task("task");
    out.split(c, co, ci, int(vector), tailFor(shape.back(), vector)).vectorize(ci);
    if (vars.size() < 2)
      continue;
    int64_t rows = shape[shape.size() - 2];
    std::vector<Halide::VarOrRVar> order{ci, mi, co, mo};
    order.insert(order.end(), vars.begin() + 2, vars.end());
    out.split(vars[1], mo, mi, int(tile), tailFor(rows, tile)).reorder(order).unroll(mi);
    if (tasks > 1)
      out.split(mo, task, mo, int(llvm::divideCeil(llvm::divideCeil(rows, tile), tasks)),
                Halide::TailStrategy::GuardWithIf)
          .parallel(task);
  }
}

const Family fovea::halide::pointwiseFamily = {
    {"pointwise",
     "a vector times some rows at a time",
     {{"vector", 1, 16, "lanes of f32", true}, {"tile_m", 1, 16, "rows in a tile"}, {"parallel", 1, 1024, "tasks"}}},
    [](kern::FuncOp kernel) {
      return llvm::none_of(kernel.getBody().getOps(), [](Operation &op) { return op.hasTrait<hvn::Anchor>(); });
    },
    choose,
    schedule};
