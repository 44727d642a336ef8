// hvn.attention, and the strategy `attention` for kernels around it.
#include "compiler/halide/Family.h"
#include "compiler/halide/NnMath.h"
#include <numbers>

using namespace mlir;
using namespace fovea;
using namespace fovea::halide;
using Halide::Expr, Halide::Func, Halide::RDom, Halide::RVar, Halide::Var;

//===----------------------------------------------------------------------===//
// Algorithm
//===----------------------------------------------------------------------===//

/// `index` for a tensor whose tokens, the axes but n and c, are numbered in memory order.
static Index tokenIndex(Type type, Expr channel, Expr token) {
  Index index{{"n", Var("n")}, {"c", channel}};
  auto tensor = cast<RankedTensorType>(type);
  for (auto [axis, size] : llvm::reverse(llvm::zip_equal(hvn::getAxes(type).getNames(), tensor.getShape())))
    if (axis != "n" && axis != "c") {
      index.emplace_back(axis.str(), token % int(size));
      token = token / int(size);
    }
  return index;
}

/// Softmax by rows, with the row's largest score subtracted. The keys' number is rounded up to whole vectors: the last
/// key stands in for those beyond, which changes no maximum, and their weights are zero.
static void emitAttention(KernelBuilder &kernel, hvn::AttentionOp op) {
  int heads = int(op.getHeads()), lanes = int(kernel.knob("vector"));
  int depth = int(hvn::axisSize(op.getKey().getType(), "c")) / heads;
  int width = int(hvn::axisSize(op.getType(), "c")) / heads;
  int keys = int(op.countKeys()), vectors = (keys + lanes - 1) / lanes;
  Var token("token"), channel("channel"), head("head"), lane("lane");

  // Functions of a query: the head, then all axes of the query but c.
  std::vector<Var> query = KernelBuilder::varsOf(op.getQuery());
  llvm::erase_if(query, [](const Var &var) { return var.name() == "c"; });
  query.insert(query.begin(), head);
  std::vector<Expr> queryArgs(query.begin(), query.end());
  auto with = [](auto first, const auto &rest) {
    std::vector<decltype(first)> all{first};
    all.insert(all.end(), rest.begin(), rest.end());
    return all;
  };

  // Keys with neighbouring tokens side by side, times what turns exp into exp2.
  Func transposed = KernelBuilder::makeFunc(op, "_keys");
  float factor = float(op.getScale().convertToDouble() * std::numbers::log2e);
  transposed(token, channel, head, Var("n")) =
      factor *
      kernel.load(op.getKey(), tokenIndex(op.getKey().getType(), head * depth + channel, min(token, keys - 1)));

  RDom k(0, depth, "k");
  Index queryIndex = KernelBuilder::indexOf(op.getQuery());
  for (auto &[name, at] : queryIndex)
    if (name == "c")
      at = head * depth + k;
  Func products = KernelBuilder::makeFunc(op, "_products"), scores = KernelBuilder::makeFunc(op, "_scores");
  products(with(token, query)) = 0.0f;
  products(with(token, query)) += transposed(token, k, head, Var("n")) * kernel.load(op.getQuery(), queryIndex);
  scores(with(token, query)) = products(with(Expr(token), queryArgs));

  RDom block(0, vectors, "block"), lanesDomain(0, lanes, "lanes");
  Func tops = KernelBuilder::makeFunc(op, "_tops"), top = KernelBuilder::makeFunc(op, "_top");
  tops(with(lane, query)) = -std::numeric_limits<float>::infinity();
  tops(with(lane, query)) = max(tops(with(lane, query)), scores(with(block * lanes + lane, queryArgs)));
  top(query) = -std::numeric_limits<float>::infinity();
  top(query) = max(top(query), tops(with(Expr(lanesDomain), queryArgs)));

  Func weights = KernelBuilder::makeFunc(op, "_weights");
  Expr weight = nnSoftmaxExp2(scores(with(Expr(token), queryArgs)) - top(queryArgs));
  weights(with(token, query)) = select(token < keys, weight, 0.0f);
  Func sums = KernelBuilder::makeFunc(op, "_sums"), sum = KernelBuilder::makeFunc(op, "_sum");
  sums(with(lane, query)) = 0.0f;
  sums(with(lane, query)) += weights(with(block * lanes + lane, queryArgs));
  sum(query) = 0.0f;
  sum(query) += sums(with(Expr(lanesDomain), queryArgs));

  RDom t(0, keys, "t");
  Func mixed = KernelBuilder::makeFunc(op);
  Expr value = kernel.load(op.getValue(), tokenIndex(op.getValue().getType(), head * width + channel, t));
  mixed(with(channel, query)) = 0.0f;
  mixed(with(channel, query)) += value * weights(with(Expr(t), queryArgs));

  std::vector<Expr> place = queryArgs;
  place.front() = Var("c") / width;
  Expr inverse = 1.0f / sum(place);
  kernel.define(op.getResult(), mixed(with(Var("c") % width, place)) * inverse);
  kernel.anchors.push_back({.op = op,
                            .accumulator = mixed,
                            .reduction = {RVar(t), RVar(k), RVar(block), RVar(lanesDomain)},
                            .stages = {{"keys", transposed},
                                       {"products", products},
                                       {"scores", scores},
                                       {"tops", tops},
                                       {"top", top},
                                       {"weights", weights},
                                       {"sums", sums},
                                       {"sum", sum}}});
}

namespace {
struct AttentionEmitter : EmitterInterface::ExternalModel<AttentionEmitter, hvn::AttentionOp> {
  void emit(Operation *op, KernelBuilder &kernel) const { emitAttention(kernel, cast<hvn::AttentionOp>(op)); }
};
} // namespace

void fovea::halide::attachAttentionEmitter(DialectRegistry &registry) {
  registry.addExtension(
      +[](MLIRContext *context, hvn::HvnDialect *) { hvn::AttentionOp::attachInterface<AttentionEmitter>(*context); });
}

//===----------------------------------------------------------------------===//
// Schedule
//===----------------------------------------------------------------------===//

/// Size of the query axis that is cut into blocks: the innermost but c.
static int64_t rowsOf(kern::FuncOp kernel) {
  RankedTensorType type = resultType(kernel);
  return type.getDimSize(type.getRank() - 2);
}

static int64_t imagesOf(kern::FuncOp kernel) { return hvn::axisSize(resultType(kernel), "n"); }

static kern::ScheduleAttr choose(kern::FuncOp kernel, const TargetInfo &target) {
  hvn::AttentionOp op = opsOf<hvn::AttentionOp>(kernel).front();
  int64_t keys = op.countKeys();
  int64_t width = hvn::axisSize(op.getType(), "c") / op.getHeads();
  bool wide = target.vectorRegisters >= 32;
  int64_t rows = chooseTile(rowsOf(kernel), wide ? ArrayRef<int64_t>{7, 8, 6, 5, 4} : ArrayRef<int64_t>{4, 5, 6});
  int64_t vector = target.lanes();
  return kern::ScheduleAttr::get(
      kernel.getContext(), "attention",
      {{"vector", vector},
       {"tile_m", rows},
       {"tile_k", std::min<int64_t>(2, llvm::divideCeil(keys, vector))},
       {"value_vector", chooseVector(width, vector)},
       {"parallel", chooseTasks(kernel.getFlops(),
                                imagesOf(kernel) > 1 ? imagesOf(kernel) : llvm::divideCeil(rowsOf(kernel), rows))}});
}

static void schedule(KernelBuilder &kernel) {
  Func out = kernel.outputs.front();
  Anchor &anchor = kernel.anchors.front();
  auto op = cast<hvn::AttentionOp>(anchor.op);
  int64_t vector = kernel.knob("vector"), rows = kernel.knob("tile_m"), keyVectors = kernel.knob("tile_k");
  int64_t valueVector = kernel.knob("value_vector"), tasks = kernel.knob("parallel");
  int64_t heads = op.getHeads(), width = hvn::axisSize(op.getType(), "c") / heads, tokens = rowsOf(kernel.kernel);
  int64_t keys = op.countKeys(), padded = llvm::alignTo(keys, vector);
  int64_t depth = hvn::axisSize(op.getKey().getType(), "c") / heads;
  while (width % valueVector) // a vector must not reach into the next head
    valueVector /= 2;
  RVar t = anchor.reduction[0], k = anchor.reduction[1], block = anchor.reduction[2], lanes = anchor.reduction[3];
  auto stage = [&](const char *name) { return anchor.stages.at(name); };

  std::vector<Var> vars = out.args();
  Var c = vars[0], m = vars[1], head("head"), channel("channel"), token("token"), lane("lane");
  Var ci("ci"), cv("cv"), mo("mo"), mi("mi"), to("to"), ti("ti"), tv("tv"), task("task");
  out.split(c, head, channel, int(width))
      .split(channel, cv, ci, int(valueVector))
      .split(m, mo, mi, int(rows), tailFor(tokens, rows));
  std::vector<Halide::VarOrRVar> order{ci, cv, mi, mo, head};
  bool byImage = imagesOf(kernel.kernel) > 1; // then images are the parallel parts, else blocks of queries
  if (tasks > 1 && !byImage) {
    out.split(mo, task, mo, int(llvm::divideCeil(llvm::divideCeil(tokens, rows), tasks)),
              Halide::TailStrategy::GuardWithIf)
        .parallel(task);
    order.push_back(task);
  }
  order.insert(order.end(), vars.begin() + 2, vars.end());
  out.reorder(order).vectorize(ci).unroll(cv).unroll(mi);
  Var n = vars.back();
  if (tasks > 1 && byImage)
    out.split(n, task, n, int(llvm::divideCeil(imagesOf(kernel.kernel), tasks)), Halide::TailStrategy::GuardWithIf)
        .parallel(task);

  stage("keys")
      .compute_at(out, n)
      .store_in(Halide::MemoryType::Heap)
      .bound_extent(token, int(padded))
      .vectorize(token, int(vector));
  for (const char *name : {"scores", "tops", "top", "weights", "sums", "sum"})
    stage(name).compute_at(out, mo).store_in(Halide::MemoryType::Stack);
  stage("scores")
      .bound_extent(token, int(padded))
      .split(token, to, ti, int(vector * keyVectors), tailFor(padded, vector * keyVectors))
      .split(ti, tv, ti, int(vector))
      .reorder(ti, tv, m, to)
      .vectorize(ti)
      .unroll(tv)
      .unroll(m);
  Func products = stage("products");
  products.compute_at(stage("scores"), to)
      .store_in(Halide::MemoryType::Register)
      .split(token, tv, ti, int(vector))
      .vectorize(ti)
      .unroll(tv)
      .unroll(m);
  std::vector<Halide::VarOrRVar> productOrder{ti, tv, m};
  appendReduction(productOrder, k, depth);
  products.update().split(token, tv, ti, int(vector)).reorder(productOrder).vectorize(ti).unroll(tv).unroll(m);

  for (const char *name : {"tops", "sums"}) {
    stage(name).vectorize(lane, int(vector));
    stage(name).update().vectorize(lane, int(vector));
    if (padded / vector > 1 && padded / vector <= 8)
      stage(name).update().reorder(lane, block, m).unroll(block);
  }
  stage("top").update().atomic().vectorize(lanes);
  stage("sum").update().atomic().vectorize(lanes);
  stage("weights").bound_extent(token, int(padded)).split(token, to, ti, int(vector)).vectorize(ti);
  if (padded / vector <= 8)
    stage("weights").unroll(to);

  Func mixed = anchor.accumulator;
  mixed.compute_at(out, mo)
      .store_in(Halide::MemoryType::Register)
      .bound_extent(channel, int(width))
      .split(channel, cv, ci, int(valueVector))
      .vectorize(ci)
      .unroll(cv)
      .unroll(m);
  std::vector<Halide::VarOrRVar> mixedOrder{ci, cv, m};
  appendReduction(mixedOrder, t, keys);
  mixed.update().split(channel, cv, ci, int(valueVector)).reorder(mixedOrder).vectorize(ci).unroll(cv).unroll(m);
}

const Family fovea::halide::attentionFamily = {
    {"attention",
     "a block of queries of a head at a time: their scores, softmax and sums stay in the level-1 cache",
     {{"vector", 1, 16, "lanes of f32", true},
      {"tile_m", 1, 16, "queries in a block"},
      {"tile_k", 1, 4, "vectors of keys whose scores are summed in registers"},
      {"value_vector", 1, 16, "lanes of f32 along the channels of the values", true},
      {"parallel", 1, 1024, "tasks: of images, or of blocks of one image"}}},
    [](kern::FuncOp kernel) { return opsOf<hvn::AttentionOp>(kernel).size() == 1; },
    choose,
    schedule};
