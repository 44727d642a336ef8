// hvn.attention, and the strategy `attention` for kernels around it.
#include "compiler/halide/Family.h"
#include "compiler/halide/NnMath.h"
#include <numbers>

using namespace mlir;
using namespace fovea;
using namespace fovea::halide;
using Halide::Expr, Halide::Func, Halide::RDom, Halide::RVar, Halide::Var;

/// A variable that no axis is called like.
static Var own(const std::string &name) { return Var(name + ":"); }

static int64_t depthOf(hvn::AttentionOp op) { return hvn::axisSize(op.getKey().getType(), "c") / op.getHeads(); }
static int64_t widthOf(hvn::AttentionOp op) { return hvn::axisSize(op.getType(), "c") / op.getHeads(); }

//===----------------------------------------------------------------------===//
// Algorithm
//===----------------------------------------------------------------------===//

/// Whether an element of `value` costs no more than a load, whichever it is.
static bool isPlain(Value value) {
  while (auto slice = value.getDefiningOp<hvn::SliceOp>())
    value = slice.getInput();
  return isa<BlockArgument>(value);
}

/// Side of the tiles in which keys are turned about; 1 where they are gathered.
static int tileOf(hvn::AttentionOp op, int lanes) { return depthOf(op) % lanes == 0 ? lanes : 1; }

/// Channels of a head's values in whole vectors of `lanes`.
static int64_t paddedWidth(hvn::AttentionOp op, int64_t lanes) { return llvm::alignTo(widthOf(op), lanes); }

/// The widest vector of at most `lanes` that ends where a head's channels end.
static int64_t dividingVector(hvn::AttentionOp op, int64_t lanes) {
  int64_t vector = chooseVector(widthOf(op), lanes);
  while (widthOf(op) % vector)
    vector /= 2;
  return vector;
}

/// How many keys there are.
static Extent keysOf(KernelBuilder &kernel, hvn::AttentionOp op) {
  Extent keys = 1;
  for (StringAttr axis : op.getKeys().getNames())
    keys = keys * kernel.extent(op.getKey().getType(), axis);
  return keys;
}

/// Blocks of `lanes` keys; as many as fill the tiles of scores where their number is open.
static Extent blocksOf(KernelBuilder &kernel, const Extent &keys, int64_t lanes) {
  if (!keys.isOpen)
    return keys.pieces(lanes);
  int64_t tile = kernel.knob("tile_k");
  Extent tiles = keys.pieces(lanes * tile);
  return {tiles.most * tile, tiles.now * int(tile), tile, true};
}

namespace {
/// The functions of an attention on their way to its result.
///
/// Keys are numbered by `lane` and `block` of as many lanes as a vector has. The last block is shifted inwards, so that
/// it ends with the last key: its first keys stand in the block before it as well, which changes no maximum, and have
/// weight zero here. Where their number is open, the last key is repeated instead.
class AttentionAlgorithm {
public:
  AttentionAlgorithm(KernelBuilder &kernel, hvn::AttentionOp op)
      : kernel(kernel), op(op), lanes(int(kernel.knob("vector"))), keyExtent(keysOf(kernel, op)),
        keys(int(keyExtent.most)), blocks(blocksOf(kernel, keyExtent, lanes).now), lane(own("lane")),
        block(own("block")), head(own("head")), channel(own("channel")), tile(own("tile")),
        counts(keyExtent.isOpen ? block * lanes + lane < keyExtent.now
               : keys < lanes   ? lane < keys
                                : keyAt(lane) >= block * lanes) {
    for (StringRef axis : op.getBatch())
      batch.emplace_back(axis.str());
    // Functions of a query: the head, then all axes of the query but c.
    row = KernelBuilder::varsOf(op.getQuery());
    llvm::erase_if(row, [](const Var &var) { return var.name() == "c"; });
    row.insert(row.begin(), head);
  }

  void emit() {
    Func products = emitProducts();
    Expr score = products(args(lane, block));
    Func weights = op.isSoftmax() ? emitSoftmax(score) : function("weights");
    if (!op.isSoftmax())
      weights(vars(lane, block)) = select(counts, nnRelu(score), 0.0f);
    emitResult(weights);
  }

private:
  Func function(const std::string &name) { return stages[name] = KernelBuilder::makeFunc(op, std::string("_") + name); }

  /// `first`, then the variables of a row.
  template <typename... Vars> std::vector<Var> vars(Vars... first) {
    std::vector<Var> all{first...};
    all.insert(all.end(), row.begin(), row.end());
    return all;
  }
  template <typename... Exprs> std::vector<Expr> args(Exprs... first) {
    std::vector<Expr> all{Expr(first)...};
    all.insert(all.end(), row.begin(), row.end());
    return all;
  }

  /// The place of token number `token` in the batch.
  Index tokenIndex(Type type, hvn::AxesAttr tokens, Expr token) {
    Index index;
    for (const Var &axis : batch)
      index.emplace_back(axis.name(), axis);
    ArrayRef<StringAttr> axes = tokens.getNames();
    for (StringAttr axis : llvm::reverse(axes.drop_front())) {
      Expr size = kernel.extent(type, axis).now;
      index.emplace_back(axis.str(), token % size);
      token = token / size;
    }
    index.emplace_back(axes.front().str(), token);
    return index;
  }

  /// The key in `place` of the block.
  Expr keyAt(Expr place) {
    if (keyExtent.isOpen)
      return min(block * lanes + place, keyExtent.now - 1);
    return keys < lanes ? min(place, keys - 1) : min(block * lanes, keys - lanes) + place;
  }

  /// The element of `operand`, keys or values, at `token` and `c`. Addresses that cost more than a load are computed
  /// once: the elements are copied, as `name`.
  Expr ofKeys(Value operand, const std::string &name, Expr token, Expr c) {
    auto load = [&](Expr token, Expr c) {
      Index index = tokenIndex(operand.getType(), op.getKeys(), token);
      index.emplace_back("c", c);
      return kernel.load(operand, index);
    };
    if (isPlain(operand) && op.getKeys().getNames().size() == 1)
      return load(token, c);
    Func copy = function(name);
    std::vector<Var> copyVars{Var("c"), own("token")};
    copyVars.insert(copyVars.end(), batch.begin(), batch.end());
    copy(copyVars) = load(copyVars[1], copyVars[0]);
    std::vector<Expr> at{c, token};
    at.insert(at.end(), batch.begin(), batch.end());
    return copy(at);
  }

  /// The number of the query at the row's place.
  Expr queryNumber() {
    Expr number = 0;
    for (StringAttr axis : op.getQueries().getNames())
      number = number * kernel.extent(op.getQuery().getType(), axis).now + Var(axis.str());
    return number;
  }

  /// Scores, but for the softmax's scores times what turns exp into exp2.
  Func emitProducts() {
    double unit = op.isSoftmax() ? std::numbers::log2e : 1;
    int depth = int(depthOf(op));
    float factor = float(op.getScale().convertToDouble() * unit);
    Func transposed = function("keys");
    std::vector<Var> keyVars{lane, block, channel, tile, head};
    keyVars.insert(keyVars.end(), batch.begin(), batch.end());
    if (int side = tileOf(op, lanes); side > 1) {
      std::vector<Var> others{block, tile, head};
      others.insert(others.end(), batch.begin(), batch.end());
      Expr element = ofKeys(op.getKey(), "key_rows", keyAt(channel), head * depth + tile * side + lane);
      turned = TransposedTile(element, lane, channel, others, side);
      transposed(keyVars) = factor * turned.at(lane, channel, {others.begin(), others.end()});
    } else {
      transposed(keyVars) = factor * ofKeys(op.getKey(), "key_rows", keyAt(lane), head * depth + channel);
    }

    Expr initial = 0.0f;
    if (Value bias = op.getBias()) {
      Index index{{"head", head}, {"q", queryNumber()}, {"k", keyAt(lane)}};
      for (const Var &axis : batch)
        index.emplace_back(axis.name(), axis);
      initial = kernel.load(bias, index) * float(unit);
    }
    if (Value regions = op.getRegionIds()) {
      Func keyRegions = function("regions");
      std::vector<Var> regionVars{lane, block};
      regionVars.insert(regionVars.end(), batch.begin(), batch.end());
      keyRegions(regionVars) = kernel.load(regions, tokenIndex(op.getKey().getType(), op.getKeys(), keyAt(lane)));
      Expr other = keyRegions(std::vector<Expr>(regionVars.begin(), regionVars.end())) !=
                   kernel.load(regions, KernelBuilder::indexOf(op.getQuery()));
      initial += select(other, float(hvn::AttentionOp::otherRegion * unit), 0.0f);
    }

    RDom k(0, depth, "k");
    Func queries; // with addresses computed once
    if (!isPlain(op.getQuery())) {
      queries = function("queries");
      queries(KernelBuilder::varsOf(op.getQuery())) = kernel.load(op.getQuery(), KernelBuilder::indexOf(op.getQuery()));
    }
    std::vector<Expr> queryArgs;
    Index queryIndex;
    for (const Var &axis : KernelBuilder::varsOf(op.getQuery())) {
      queryArgs.push_back(axis.name() == "c" ? head * depth + k : Expr(axis));
      queryIndex.emplace_back(axis.name(), queryArgs.back());
    }
    Expr query = queries.defined() ? queries(queryArgs) : kernel.load(op.getQuery(), queryIndex);
    int side = tileOf(op, lanes), rows = side > 1 ? side : depth;
    std::vector<Expr> keyArgs{lane, block, k % rows, k / rows, head};
    keyArgs.insert(keyArgs.end(), batch.begin(), batch.end());
    Func products = function("products");
    products(vars(lane, block)) = initial;
    products(vars(lane, block)) += transposed(keyArgs) * query;
    reduction.push_back(k);
    return products;
  }

  /// All lanes of `function` combined, by halves: a reduction over lanes would go through them one by one.
  Expr acrossLanes(Func all, const std::string &name, Expr (*combine)(Expr, Expr)) {
    for (int left = lanes / 2; left >= 1; left /= 2) {
      Func half = function(name + std::to_string(left));
      half(vars(lane)) = combine(all(args(lane)), all(args(lane + left)));
      all = half;
    }
    return all(args(0));
  }

  /// Weights by rows, the row's largest score subtracted, and their sums.
  Func emitSoftmax(Expr score) {
    RDom b(0, blocks, "block");
    Func scores = function("scores"), tops = function("tops");
    scores(vars(lane, block)) = score;
    tops(vars(lane)) = -std::numeric_limits<float>::infinity();
    tops(vars(lane)) = max(tops(vars(lane)), scores(args(lane, b)));
    Expr top = acrossLanes(tops, "tops", [](Expr a, Expr b) { return max(a, b); });

    Func weights = function("weights"), sums = function("sums");
    Expr weight = nnSoftmaxExp2(scores(args(lane, block)) - top);
    weights(vars(lane, block)) = select(counts, weight, 0.0f);
    sums(vars(lane)) = 0.0f;
    sums(vars(lane)) += weights(args(lane, b));
    sum = acrossLanes(sums, "sums", [](Expr a, Expr b) { return a + b; });
    reduction.push_back(b);
    return weights;
  }

  /// A copy of the values in which a head has whole vectors of channels: zeros behind its own.
  Expr paddedValues(Expr t) {
    int width = int(widthOf(op)), unit = int(dividingVector(op, lanes));
    Func copy = function("padded_values");
    Var token = own("token");
    std::vector<Var> copyVars{channel, head, token};
    copyVars.insert(copyVars.end(), batch.begin(), batch.end());
    Index index = tokenIndex(op.getValue().getType(), op.getKeys(), token);
    Expr block = channel / unit; // of channels that are all there, or none of them
    index.emplace_back("c", head * width + min(block, width / unit - 1) * unit + channel % unit);
    copy(copyVars) = select(block < width / unit, kernel.load(op.getValue(), index), 0.0f);
    std::vector<Expr> at(copyVars.begin(), copyVars.end());
    at[2] = t;
    return copy(at);
  }

  void emitResult(Func weights) {
    int width = int(widthOf(op));
    RDom t(0, keyExtent.now, "t");
    Expr value = width % kernel.knob("value_vector") ? paddedValues(t)
                                                     : ofKeys(op.getValue(), "values", t, head * width + channel);
    int whole = keys / lanes * lanes;
    Expr slot =
        keys % lanes && whole && !keyExtent.isOpen ? select(t < whole, t, t + (blocks * lanes - keys)) : Expr(t);
    Func mixed = stages["mixed"] = KernelBuilder::makeFunc(op);
    mixed(vars(channel)) = 0.0f;
    mixed(vars(channel)) += value * weights(args(slot % lanes, slot / lanes));
    reduction.insert(reduction.begin(), RVar(t));

    Func weighted = function("weighted");
    Expr inverse = op.isSoftmax() ? 1.0f / sum : Expr(1.0f);
    weighted(vars(channel)) = mixed(args(channel)) * inverse;
    std::vector<Expr> place = args(Var("c") % width);
    place[1] = Var("c") / width;
    kernel.define(op.getResult(), weighted(place));
    kernel.anchors.push_back(
        {.op = op, .accumulator = mixed, .reduction = reduction, .stages = stages, .turned = turned});
  }

  KernelBuilder &kernel;
  hvn::AttentionOp op;
  int lanes;
  Extent keyExtent;
  int keys; ///< the most
  Expr blocks;
  Var lane, block, head, channel, tile;
  Expr sum;    ///< of a row's weights
  Expr counts; ///< whether the weight of a lane of a block counts
  std::vector<Var> batch, row;
  std::vector<RVar> reduction; ///< keys, depth; of a softmax blocks
  std::map<std::string, Func> stages;
  TransposedTile turned;
};

struct AttentionEmitter : EmitterInterface::ExternalModel<AttentionEmitter, hvn::AttentionOp> {
  void emit(Operation *op, KernelBuilder &kernel) const {
    AttentionAlgorithm(kernel, cast<hvn::AttentionOp>(op)).emit();
  }
};
} // namespace

void fovea::halide::attachAttentionEmitter(DialectRegistry &registry) {
  registry.addExtension(
      +[](MLIRContext *context, hvn::HvnDialect *) { hvn::AttentionOp::attachInterface<AttentionEmitter>(*context); });
}

//===----------------------------------------------------------------------===//
// Schedule
//===----------------------------------------------------------------------===//

/// The axis of queries that is cut into blocks: the innermost that is worth it.
static StringRef rowAxis(hvn::AttentionOp op) {
  StringRef best;
  for (StringAttr axis : hvn::getAxes(op.getType()).getNames())
    if (op.getQueries().find(axis) >= 0 && (best.empty() || hvn::axisSize(op.getType(), axis) > 1))
      best = axis;
  return best;
}

static int64_t rowsOf(hvn::AttentionOp op) { return hvn::axisSize(op.getType(), rowAxis(op)); }

static int64_t batchSize(hvn::AttentionOp op) {
  int64_t size = 1;
  for (StringRef axis : op.getBatch())
    size *= hvn::axisSize(op.getType(), axis);
  return size;
}

/// Lanes along the channels of values: as they divide a head's, or half as many as the target has where these are few.
static int64_t chooseValueVector(hvn::AttentionOp op, int64_t lanes) {
  int64_t vector = dividingVector(op, lanes), half = std::max<int64_t>(lanes / 2, 4);
  return vector < half ? half : vector;
}

/// Whether the tasks of one image are cut from its heads, else from blocks of queries: heads share nothing.
static bool cutsHeads(hvn::AttentionOp op) { return op.getHeads() >= 4 && op.getHeads() % 2 == 0; }

static kern::ScheduleAttr choose(kern::FuncOp kernel, const TargetInfo &target) {
  hvn::AttentionOp op = opsOf<hvn::AttentionOp>(kernel).front();
  int64_t vector = target.lanes(), valueVector = chooseValueVector(op, vector);
  bool wide = target.vectorRegisters >= 32;
  int64_t rows = chooseTile(rowsOf(op), wide ? ArrayRef<int64_t>{7, 8, 6, 5, 4} : ArrayRef<int64_t>{4, 5, 6});
  // Accumulators leave registers for a vector of values or keys each.
  int64_t accumulators = wide ? 24 : 12, valueVectors = 1, width = paddedWidth(op, valueVector);
  if (width != widthOf(op)) { // a few narrow vectors: all of them, as many queries as then fit
    SmallVector<int64_t> tiles;
    for (int64_t tile = std::min<int64_t>(16, accumulators * valueVector / width); tile >= 4; --tile)
      tiles.push_back(tile);
    rows = chooseTile(rowsOf(op), tiles.empty() ? ArrayRef<int64_t>{4} : tiles);
  }
  for (int64_t vectors = 2; vectors * valueVector <= width && vectors * rows <= accumulators; ++vectors)
    if (width % (vectors * valueVector) == 0)
      valueVectors = vectors;
  int64_t units = batchSize(op) > 1 ? batchSize(op)
                  : cutsHeads(op)   ? op.getHeads()
                                    : llvm::divideCeil(rowsOf(op), rows);
  return kern::ScheduleAttr::get(kernel.getContext(), "attention",
                                 {{"vector", vector},
                                  {"tile_m", rows},
                                  {"tile_k", std::min<int64_t>(2, llvm::divideCeil(op.countKeys(), vector))},
                                  {"value_vector", valueVector},
                                  {"tile_c", valueVectors},
                                  {"parallel", chooseTasks(kernel.getFlops(), units)}});
}

static void schedule(KernelBuilder &kernel) {
  Func out = kernel.outputs.front();
  Anchor &anchor = kernel.anchors.front();
  auto op = cast<hvn::AttentionOp>(anchor.op);
  int64_t vector = kernel.knob("vector"), rows = kernel.knob("tile_m"), keyBlocks = kernel.knob("tile_k");
  int64_t valueVector = kernel.knob("value_vector"), tasks = kernel.knob("parallel");
  int64_t width = paddedWidth(op, valueVector), depth = depthOf(op);
  Extent keys = keysOf(kernel, op), blocks = blocksOf(kernel, keys, vector),
         queryRows = kernel.extent(op.getType(), rowAxis(op));
  bool unrollsBlocks = !blocks.isOpen && blocks.most <= 8;
  int64_t panel = valueVector * kernel.knob("tile_c");
  if (width % panel)
    panel = valueVector;
  auto has = [&](const char *name) { return anchor.stages.contains(name); };
  auto stage = [&](const std::string &name) { return anchor.stages.at(name); };

  Var c("c"), m(rowAxis(op).str()), head = own("head"), channel = own("channel"), lane = own("lane");
  Var block = own("block"), token = own("token"), ci = own("ci"), cv = own("cv"), co = own("co"), mo = own("mo"),
      mi = own("mi"), bo = own("bo"), bi = own("bi"), task = own("task");
  std::vector<Halide::VarOrRVar> order{ci, cv, mi, mo};
  for (StringAttr axis : op.getQueries().getNames())
    if (axis != m.name())
      order.push_back(Var(axis.str()));
  order.push_back(head);
  int64_t outVector = width == widthOf(op) ? valueVector : dividingVector(op, vector);
  out.split(c, head, channel, int(widthOf(op)))
      .split(channel, cv, ci, int(outVector))
      .split(m, mo, mi, int(rows), tailFor(queryRows, rows));
  std::vector<Var> batch;
  for (StringRef axis : op.getBatch())
    batch.emplace_back(axis.str());
  // The parallel parts are of the batch, or of an image's heads, or blocks of its queries.
  bool byBatch = batchSize(op) > 1, cutsImage = tasks > 1 && !byBatch, byHeads = cutsImage && cutsHeads(op),
       byQueries = cutsImage && !byHeads;
  if (byHeads) {
    out.split(head, task, head, int(llvm::divideCeil(op.getHeads(), tasks)), Halide::TailStrategy::GuardWithIf)
        .parallel(task);
    order.push_back(task);
  }
  if (byQueries) {
    out.split(mo, task, mo, queryRows.pieces(rows).pieces(tasks).now, Halide::TailStrategy::GuardWithIf).parallel(task);
    order.push_back(task);
  }
  std::reverse(batch.begin(), batch.end()); // innermost first
  for (size_t number = 1; number < batch.size(); ++number) {
    Var fused = own("batch" + std::to_string(number));
    out.fuse(batch.front(), batch[number], fused);
    batch.front() = fused;
  }
  if (!batch.empty())
    order.push_back(batch.front());
  out.reorder(order).vectorize(ci).unroll(cv).unroll(mi);
  if (tasks > 1 && byBatch)
    out.split(batch.front(), task, batch.front(), int(llvm::divideCeil(batchSize(op), tasks)),
              Halide::TailStrategy::GuardWithIf)
        .parallel(task);

  // What all queries share. Copies are of all heads at once, so that memory is read in order; keys are turned about for
  // a head at a time, unless tasks of queries share them.
  for (const char *name : {"key_rows", "values", "padded_values", "queries", "regions", "keys"})
    if (has(name)) {
      if (name == StringRef("keys") && !byQueries)
        stage(name).compute_at(out, head);
      else if (byHeads && name != StringRef("regions"))
        stage(name).compute_at(out, task);
      else if (!byBatch)
        stage(name).compute_root();
      else
        stage(name).compute_at(out, batch.front());
      stage(name).store_in(Halide::MemoryType::Heap);
    }
  stage("keys").bound_extent(block, blocks.now).bound_extent(lane, int(vector)).vectorize(lane);
  if (int side = tileOf(op, int(vector)); side > 1) {
    Var tile = own("tile");
    stage("keys").bound_extent(channel, side).bound_extent(tile, int(depth / side));
    stage("keys").reorder(lane, channel, block, tile).unroll(channel);
    anchor.turned.schedule(stage("keys"), block);
  }
  constexpr int64_t large = 16384; // elements whose copy is worth sharing among threads
  if (byQueries && keys.most * depth * op.getHeads() >= large)
    stage("keys").fuse(own("tile"), head, head).parallel(head);
  if (has("regions"))
    stage("regions").bound_extent(block, blocks.now).bound_extent(lane, int(vector)).vectorize(lane);
  if (has("padded_values"))
    stage("padded_values").bound_extent(channel, int(width)).vectorize(channel, int(outVector));
  for (auto [name, size] : {std::pair("values", width), {"key_rows", depth}, {"queries", depth}})
    if (has(name)) {
      int64_t lanes = chooseVector(size, vector);
      stage(name).vectorize(c, int(lanes), tailFor(size, lanes));
      StringRef rows = name == StringRef("queries") ? op.getQueries().getNames().front().getValue() : "";
      Extent count = rows.empty() ? keys : kernel.extent(op.getQuery().getType(), rows);
      if (byQueries && size * op.getHeads() * (rows.empty() ? keys.most : op.countQueries()) >= large)
        cutIntoTasks(stage(name), rows.empty() ? token : Var(rows.str()), count, std::min<int64_t>(count.most, 8));
    }

  for (const char *name : {"scores", "tops", "weights", "sums"})
    if (has(name)) {
      stage(name).compute_at(out, mo).store_in(Halide::MemoryType::Stack);
      computeWholeTiles(stage(name), m, queryRows, rows);
    }
  Func scores = stage(op.isSoftmax() ? "scores" : "weights");
  scores.bound_extent(lane, int(vector))
      .bound_extent(block, blocks.now)
      .split(block, bo, bi, int(keyBlocks), tailFor(blocks, keyBlocks))
      .reorder(lane, bi, m, bo)
      .vectorize(lane)
      .unroll(bi)
      .unroll(m);
  RVar t = anchor.reduction[0], k = anchor.reduction[1];
  Func products = stage("products");
  products.compute_at(scores, bo).store_in(Halide::MemoryType::Register).bound_extent(lane, int(vector));
  products.vectorize(lane).unroll(block).unroll(m);
  std::vector<Halide::VarOrRVar> productOrder{lane, block, m};
  appendReduction(productOrder, k, depth);
  products.update().reorder(productOrder).vectorize(lane).unroll(block).unroll(m);

  if (op.isSoftmax()) {
    RVar b = anchor.reduction[2];
    for (std::string name : {"tops", "sums"}) {
      stage(name).bound_extent(lane, int(vector)).vectorize(lane);
      stage(name).update().vectorize(lane);
      if (blocks.most > 1 && unrollsBlocks)
        stage(name).update().reorder(lane, b, m).unroll(b);
      for (int left = int(vector) / 2; left >= 1; left /= 2) {
        computeWholeTiles(stage(name + std::to_string(left)), m, queryRows, rows);
        stage(name + std::to_string(left))
            .compute_at(out, mo)
            .store_in(Halide::MemoryType::Stack)
            .bound_extent(lane, left)
            .vectorize(lane)
            .unroll(m);
      }
    }
    stage("weights").bound_extent(lane, int(vector)).bound_extent(block, blocks.now).vectorize(lane);
    if (unrollsBlocks)
      stage("weights").unroll(block);
  }

  Func mixed = anchor.accumulator, weighted = stage("weighted");
  computeWholeTiles(mixed, m, queryRows, rows);
  if (panel == width && width == widthOf(op)) {
    mixed.compute_at(out, mo);
  } else { // more than registers hold, or than the result has: some channels at a time
    computeWholeTiles(weighted, m, queryRows, rows);
    weighted.compute_at(out, mo)
        .store_in(Halide::MemoryType::Stack)
        .bound_extent(channel, int(width))
        .split(channel, co, cv, int(panel))
        .split(cv, cv, ci, int(valueVector))
        .reorder(ci, cv, m, co)
        .vectorize(ci)
        .unroll(cv)
        .unroll(m);
    mixed.compute_at(weighted, co);
  }
  mixed.store_in(Halide::MemoryType::Register)
      .bound_extent(channel, int(panel))
      .split(channel, cv, ci, int(valueVector))
      .vectorize(ci)
      .unroll(cv)
      .unroll(m);
  std::vector<Halide::VarOrRVar> mixedOrder{ci, cv, m};
  appendReduction(mixedOrder, t, keys.most);
  mixed.update().split(channel, cv, ci, int(valueVector)).reorder(mixedOrder).vectorize(ci).unroll(cv).unroll(m);
}

const Family fovea::halide::attentionFamily = {
    {"attention",
     "a block of queries of a head at a time: their scores, softmax and sums stay in the level-1 cache",
     {{"vector", 1, 16, "lanes of f32", true},
      {"tile_m", 1, 16, "queries in a block"},
      {"tile_k", 1, 4, "vectors of keys whose scores are summed in registers"},
      {"value_vector", 1, 16, "lanes of f32 along the channels of the values, of which a head has whole vectors", true},
      {"tile_c", 1, 16, "vectors of channels that are summed in registers"},
      {"parallel", 1, 1024, "tasks: of the batch, or of one image's heads, or of blocks of its queries"}}},
    [](kern::FuncOp kernel) { return opsOf<hvn::AttentionOp>(kernel).size() == 1; },
    choose,
    schedule};
