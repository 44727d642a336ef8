// hvn.contract, and the strategy `contract` for kernels around it.
#include "compiler/halide/Family.h"
#include <functional>

using namespace mlir;
using namespace fovea;
using namespace fovea::halide;
using Halide::Expr, Halide::Func, Halide::RDom, Halide::RVar, Halide::Var;

/// A variable that no axis is called like.
static Var own(const std::string &name) { return Var(name + ":"); }

//===----------------------------------------------------------------------===//
// What is what
//===----------------------------------------------------------------------===//

/// Whether neighbours along `axis` are neighbours in memory.
static bool isDenseAlong(Value value, StringRef axis) {
  if (hvn::axisSize(value.getType(), axis) == 1)
    return true;
  while (Operation *op = value.getDefiningOp()) {
    auto slice = dyn_cast<hvn::SliceOp>(op);
    if (!isa<hvn::PermuteOp>(op) && !(slice && (slice.getAxis() != axis || slice.getStep() == 1)))
      return false;
    value = op->getOperand(0);
  }
  return hvn::getAxes(value.getType()).getNames().back() == axis;
}

namespace {
/// A contraction as a matrix product: rows of one operand, vectors of the other.
struct Product {
  mutable hvn::ContractOp op;
  std::string columns;           ///< the kernel's innermost axis; vectors lie along it
  std::string rows;              ///< the innermost axis of the other operand's own; empty if there is none
  Value vectors;                 ///< the operand that has the columns; null if both have them
  std::vector<std::string> over; ///< the axes that are summed, of more than one element, innermost first
  std::vector<std::string> batch;

  explicit Product(kern::FuncOp kernel) : op(opsOf<hvn::ContractOp>(kernel).front()) {
    hvn::AxesAttr order = hvn::getAxes(resultType(kernel));
    columns = order.getNames().back().str();
    bool ofLeft = llvm::is_contained(op.getOwn(0), columns), ofRight = llvm::is_contained(op.getOwn(1), columns);
    if (ofLeft || ofRight)
      vectors = op.getOperand(ofLeft ? 0 : 1);
    SmallVector<StringRef> others = op.getOwn(ofLeft ? 1 : 0);
    for (StringAttr axis : order.getNames())
      if (axis != columns && llvm::is_contained(others, axis.getValue()) && size(axis) > 1)
        rows = axis.str();
    for (StringAttr axis : llvm::reverse(hvn::getAxes(op.getLhs().getType()).getNames()))
      if (op.getOver().find(axis) >= 0 && size(axis) > 1)
        over.push_back(axis.str());
    for (StringAttr axis : llvm::reverse(order.getNames()))
      if (axis != columns && llvm::is_contained(op.getBatch(), axis.getValue()))
        batch.push_back(axis.str());
  }

  int64_t size(StringRef axis) const {
    return std::max(hvn::axisSize(op.getLhs().getType(), axis), hvn::axisSize(op.getRhs().getType(), axis));
  }
  int64_t rowCount() const { return rows.empty() ? 1 : size(rows); }
  int64_t batchSize() const {
    int64_t product = 1;
    for (StringRef axis : batch)
      product *= size(axis);
    return product;
  }
  /// The axis along which the operand of the vectors lies in memory, if packing can turn about tiles of `side` columns
  /// and `side` places on it; else empty.
  std::string turnedAxis(int64_t side) const {
    for (const std::string &axis : over)
      if (side > 1 && isDenseAlong(vectors, axis) && size(axis) % side == 0)
        return axis;
    return "";
  }
  /// Whether vectors would have to be gathered, more than once each.
  bool wantsPacking() const { return vectors && !isDenseAlong(vectors, columns) && rowCount() > 2; }
};
} // namespace

//===----------------------------------------------------------------------===//
// Algorithm
//===----------------------------------------------------------------------===//

static void emitContract(KernelBuilder &kernel, hvn::ContractOp op) {
  Product product(kernel.kernel);
  Index index = KernelBuilder::indexOf(op.getResult());
  Halide::Region ranges;
  for (const std::string &axis : product.over)
    ranges.emplace_back(0, int(product.size(axis)));
  if (ranges.empty())
    ranges.emplace_back(0, 1);
  RDom k(ranges, "k");
  std::vector<RVar> reduction;
  for (size_t number = 0; number < ranges.size(); ++number)
    reduction.push_back(k[number]);
  for (auto [axis, step] : llvm::zip(product.over, reduction))
    index.emplace_back(axis, step);

  std::function load = [&](Value operand) { return kernel.load(operand, index); };
  Func packed = KernelBuilder::makeFunc(op, "_packed");
  TransposedTile turned;
  bool packs = product.vectors && kernel.knob("pack");
  if (packs) {
    // Columns innermost, then what is summed.
    std::vector<std::string> axes{product.columns};
    llvm::append_range(axes, product.over);
    for (StringAttr axis : llvm::reverse(hvn::getAxes(product.vectors.getType()).getNames()))
      if (!llvm::is_contained(axes, axis.str()))
        axes.push_back(axis.str());
    std::vector<Var> vars;
    std::vector<Expr> at;
    for (const std::string &axis : axes) {
      vars.emplace_back(axis);
      auto place = llvm::find_if(index, [&](auto &entry) { return entry.first == axis; });
      at.push_back(place == index.end() ? Expr(0) : place->second);
    }
    auto element = [&](const Index &places) { // at the variables of all axes but those in `places`
      Index from = places;
      for (const std::string &axis : axes)
        from.emplace_back(axis, Var(axis));
      return kernel.load(product.vectors, from);
    };
    if (std::string summed = product.turnedAxis(kernel.knob("vector")); !summed.empty()) {
      int side = int(kernel.knob("vector")), last = int(product.size(product.columns)) - 1;
      Var c(product.columns), d(summed), lane = own("lane"), row = own("row"), ct = own("ct"), dt = own("dt");
      std::vector<Var> others{ct, dt};
      std::vector<Expr> place{c / side, d / side};
      for (const Var &var : vars)
        if (var.name() != c.name() && var.name() != d.name()) {
          others.push_back(var);
          place.push_back(var);
        }
      turned = TransposedTile(element({{c.name(), min(ct * side + row, last)}, {summed, dt * side + lane}}), lane, row,
                              others, side);
      packed(vars) = turned.at(c % side, d % side, place);
    } else {
      packed(vars) = element({});
    }
    load = [&, at](Value operand) {
      return operand == product.vectors ? Expr(packed(at)) : kernel.load(operand, index);
    };
  }
  Anchor &anchor = kernel.accumulate(op, 0.0f, load(op.getLhs()) * load(op.getRhs()), reduction);
  if (packs)
    anchor.stages["packed"] = packed;
  anchor.turned = turned;
}

namespace {
struct ContractEmitter : EmitterInterface::ExternalModel<ContractEmitter, hvn::ContractOp> {
  void emit(Operation *op, KernelBuilder &kernel) const { emitContract(kernel, cast<hvn::ContractOp>(op)); }
};
} // namespace

void fovea::halide::attachContractEmitter(DialectRegistry &registry) {
  registry.addExtension(
      +[](MLIRContext *context, hvn::HvnDialect *) { hvn::ContractOp::attachInterface<ContractEmitter>(*context); });
}

//===----------------------------------------------------------------------===//
// Schedule
//===----------------------------------------------------------------------===//

static kern::ScheduleAttr choose(kern::FuncOp kernel, const TargetInfo &target) {
  Product product(kernel);
  int64_t columns = product.size(product.columns), rows = product.rowCount(), vector = target.lanes();
  bool wide = target.vectorRegisters >= 32, fused = target.lanes() > 4;
  // Half vectors where whole ones would compute much twice.
  if (vector == 16 && llvm::alignTo(columns, 8) * 4 <= llvm::alignTo(columns, 16) * 3)
    vector = 8;
  vector = chooseVector(columns, vector);
  int64_t most = wide ? (vector == 16 ? 2 : 3) : fused ? 3 : 2, vectors = 1;
  for (int64_t candidate = 2; candidate <= most && candidate * vector <= columns; ++candidate)
    if (llvm::alignTo(columns, candidate * vector) <= llvm::alignTo(columns, vectors * vector))
      vectors = candidate;
  int64_t tile =
      chooseTile(rows, vectors == 3   ? (wide ? ArrayRef<int64_t>{7, 8, 6, 5, 4} : ArrayRef<int64_t>{4})
                       : vectors == 2 ? (wide ? ArrayRef<int64_t>{7, 8, 10, 9, 6, 5, 4} : ArrayRef<int64_t>{6, 5, 4})
                                      : ArrayRef<int64_t>{8, 7, 10, 9, 6, 5, 4});
  int64_t units = product.batchSize();
  if (units == 1)
    units = product.rows.empty() ? llvm::divideCeil(columns, vector * vectors) : llvm::divideCeil(rows, tile);
  return kern::ScheduleAttr::get(kernel.getContext(), "contract",
                                 {{"vector", vector},
                                  {"tile_c", vectors},
                                  {"tile_m", tile},
                                  {"pack", product.wantsPacking()},
                                  {"parallel", chooseTasks(kernel.getFlops(), units)}});
}

static void schedule(KernelBuilder &kernel) {
  Func out = kernel.outputs.front();
  Anchor &anchor = kernel.anchors.front();
  Func acc = anchor.accumulator;
  Product product(kernel.kernel);
  int64_t vector = kernel.knob("vector"), panel = vector * kernel.knob("tile_c"), tile = kernel.knob("tile_m");
  int64_t tasks = kernel.knob("parallel"), columns = product.size(product.columns), rows = product.rowCount();

  Var c(product.columns), m = product.rows.empty() ? own("m") : Var(product.rows), no = own("no"), ni = own("ni"),
                          nv = own("nv"), mo = own("mo");
  Var mi = own("mi"), task = own("task");
  out.split(c, no, ni, int(panel), tailFor(columns, panel)).split(ni, nv, ni, int(vector));
  std::vector<Halide::VarOrRVar> order{ni, nv};
  if (!product.rows.empty()) {
    out.split(m, mo, mi, int(tile), tailFor(rows, tile));
    order.insert(order.end(), {mi, mo});
  }
  order.push_back(no);
  for (StringAttr axis : llvm::reverse(hvn::getAxes(resultType(kernel.kernel)).getNames()))
    if (axis != product.columns && axis != product.rows && !llvm::is_contained(product.batch, axis.str()))
      order.push_back(Var(axis.str()));
  bool byBatch = product.batchSize() > 1; // then it is the parallel parts, else blocks of rows, or of columns
  if (tasks > 1 && !byBatch) {
    Var outer = product.rows.empty() ? no : mo;
    int64_t units = product.rows.empty() ? llvm::divideCeil(columns, panel) : llvm::divideCeil(rows, tile);
    out.split(outer, task, outer, int(llvm::divideCeil(units, tasks)), Halide::TailStrategy::GuardWithIf)
        .parallel(task);
    order.push_back(task);
  }
  Var batch;
  for (auto [number, axis] : llvm::enumerate(product.batch)) {
    Var fused = own("batch" + std::to_string(number));
    if (number)
      out.fuse(batch, Var(axis), fused);
    batch = number ? fused : Var(axis);
  }
  if (!product.batch.empty())
    order.push_back(batch);
  out.reorder(order).vectorize(ni).unroll(nv);
  if (!product.rows.empty())
    out.unroll(mi);
  if (tasks > 1 && byBatch)
    out.split(batch, task, batch, int(llvm::divideCeil(product.batchSize(), tasks)), Halide::TailStrategy::GuardWithIf)
        .parallel(task);

  if (anchor.stages.contains("packed")) {
    Func packed = anchor.stages.at("packed");
    packed.store_in(Halide::MemoryType::Heap);
    if (std::string summed = product.turnedAxis(vector); !summed.empty()) {
      Var d(summed), lane = own("lane"), row = own("row");
      packed.bound(c, 0, int(llvm::alignTo(columns, vector)))
          .split(c, c, lane, int(vector))
          .split(d, d, row, int(vector))
          .reorder(lane, row, c, d)
          .vectorize(lane)
          .unroll(row);
      anchor.turned.schedule(packed, c);
    } else {
      packed.vectorize(c, int(vector), tailFor(columns, vector));
    }
    if (product.batch.empty())
      packed.compute_root();
    else
      packed.compute_at(out, batch);
  }

  std::vector<Var> storage{c}; // the result's own order may be another
  for (const Var &axis : acc.args())
    if (axis.name() != c.name())
      storage.push_back(axis);
  if (storage.size() > 1)
    acc.reorder_storage(storage);
  acc.compute_at(out, product.rows.empty() ? no : mo)
      .store_in(Halide::MemoryType::Register)
      .bound_extent(c, int(panel))
      .split(c, nv, ni, int(vector))
      .vectorize(ni)
      .unroll(nv);
  std::vector<Halide::VarOrRVar> updateOrder{ni, nv};
  acc.update().split(c, nv, ni, int(vector));
  if (!product.rows.empty()) {
    acc.unroll(m);
    updateOrder.push_back(m);
  }
  appendReduction(updateOrder, anchor.reduction, product.op.countTerms());
  acc.update().reorder(updateOrder).vectorize(ni).unroll(nv);
  if (!product.rows.empty())
    acc.update().unroll(m);
}

const Family fovea::halide::contractFamily = {
    {"contract",
     "a product of two computed tensors: a tile of rows and columns in registers, the sum innermost",
     {{"vector", 1, 16, "lanes of f32", true},
      {"tile_c", 1, 16, "vectors of columns in a tile"},
      {"tile_m", 1, 28, "rows in a tile"},
      {"pack", 0, 1, "1: the operand of the columns is copied so that they lie side by side"},
      {"parallel", 1, 1024, "tasks: of the batch, or of blocks of rows"}}},
    [](kern::FuncOp kernel) { return opsOf<hvn::ContractOp>(kernel).size() == 1; },
    choose,
    schedule};
