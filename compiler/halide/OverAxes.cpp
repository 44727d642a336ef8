#include "compiler/halide/OverAxes.h"
#include "compiler/halide/Family.h"

using namespace mlir;
using namespace fovea;
using namespace fovea::halide;
using Halide::Expr, Halide::Func, Halide::RDom, Halide::RVar, Halide::Var;

/// What a schedule tells apart: the names of an anchor's stages begin with these.
static constexpr const char *lanesKind = "lanes ", *totalKind = "total ", *placeKind = "place ",
                            *elementKind = "element ";

static hvn::AxesAttr overOf(Operation *op) { return op->getAttrOfType<hvn::AxesAttr>("over"); }

static RankedTensorType typeOf(Operation *op) { return cast<RankedTensorType>(op->getResult(0).getType()); }

/// Whether the elements of a place are neighbours in memory: then a statistic is made of partial ones, a vector of
/// neighbours. Else the places are neighbours, and a vector holds a statistic of several.
static bool reducesInnermost(Operation *op) { return overOf(op).find(hvn::getAxes(typeOf(op)).getNames().back()) >= 0; }

/// Sizes of the axes that are reduced, or of the others, innermost first.
static SmallVector<int64_t> sizesOf(Operation *op, bool reduced) {
  SmallVector<int64_t> sizes;
  for (auto [axis, size] : llvm::reverse(llvm::zip_equal(hvn::getAxes(typeOf(op)).getNames(), typeOf(op).getShape())))
    if ((overOf(op).find(axis) >= 0) == reduced)
      sizes.push_back(size);
  return sizes;
}

//===----------------------------------------------------------------------===//
// Algorithm
//===----------------------------------------------------------------------===//

OverAxes::OverAxes(KernelBuilder &kernel, Operation *op) : kernel(kernel), op(op) {
  int64_t innermost = typeOf(op).getShape().back(), vector = 1;
  if (reducesInnermost(op))
    vector = std::min(kernel.knob("vector") * kernel.knob("tile_c"), innermost);
  element = KernelBuilder::indexOf(op->getResult(0));
  std::vector<Halide::Range> ranges;
  SmallVector<unsigned> stepping; // axes with more than one step: Halide drops the loops of others
  for (unsigned axis = element.size(); axis-- > 0;) {
    auto &[name, at] = element[axis];
    if (overOf(op).find(name) < 0) {
      place.emplace_back(name);
      continue;
    }
    if (kernel.extent(typeOf(op), name).isOpen)
      throw Halide::CompileError("the axis '" + name + "', over which the layer works, has bounds: not supported yet");
    int64_t size = typeOf(op).getDimSize(axis), steps = llvm::divideCeil(size, axis + 1 == element.size() ? vector : 1);
    at = 0;
    if (steps > 1) {
      ranges.push_back({0, int(steps)});
      stepping.push_back(axis);
    }
  }
  Anchor &anchor = kernel.anchors.emplace_back(Anchor{op, {}, {}});
  if (!ranges.empty()) {
    RDom steps(ranges, "over");
    for (auto [number, axis] : llvm::enumerate(stepping)) {
      anchor.reduction.push_back(steps[number]);
      element[axis].second = steps[number];
    }
  }
  if (vector > 1) {
    lanes = RDom(0, int(vector), "lanes");
    Expr &at = element.back().second, begin = at * int(vector);
    at = Halide::min(begin, int(innermost - vector)) + Var("lane");
    if (innermost % vector)
      isNew = at >= begin;
    anchor.reduction.push_back(lanes);
  }
}

Func OverAxes::stage(const char *kind, llvm::StringRef name) {
  Func function = KernelBuilder::makeFunc(op, ("_" + name).str());
  kernel.anchors.back().stages[kind + name.str()] = function;
  return function;
}

Expr OverAxes::reduce(llvm::StringRef name, Combine combine, llvm::function_ref<Expr(const Index &)> term,
                      float factor) {
  auto accumulate = [&](Func function, std::vector<Var> vars, Expr value) {
    function(vars) = combine == Sum ? 0.0f : Halide::Float(32).min();
    function(vars) = combine == Sum ? function(vars) + value : Halide::max(function(vars), value);
  };
  Expr value = term(element);
  if (isNew.defined() && combine == Sum)
    value = select(isNew, value, 0.0f);
  Func total = stage(totalKind, name);
  if (lanes.defined()) {
    Func partial = stage(lanesKind, (name + "_lanes").str());
    std::vector<Var> vars = place;
    vars.insert(vars.begin(), Var("lane"));
    accumulate(partial, vars, value);
    std::vector<Expr> at(vars.begin(), vars.end());
    at.front() = lanes;
    value = partial(at);
  }
  if (factor != 1)
    value = value * factor;
  accumulate(total, place, value);
  return total(place);
}

Expr OverAxes::oncePerPlace(llvm::StringRef name, Expr value) {
  Func function = stage(placeKind, name);
  function(place) = value;
  return function(place);
}

Func OverAxes::oncePerElement(llvm::StringRef name, Expr value) {
  Func function = stage(elementKind, name);
  function(KernelBuilder::varsOf(op->getResult(0))) = value;
  return function;
}

Expr OverAxes::load(Func function, const Index &index) {
  std::vector<Expr> at;
  for (const auto &[name, place] : llvm::reverse(index))
    at.push_back(place);
  return function(at);
}

int64_t OverAxes::count() const {
  int64_t count = 1;
  for (int64_t size : sizesOf(op, /*reduced=*/true))
    count *= size;
  return count;
}

//===----------------------------------------------------------------------===//
// Schedule
//===----------------------------------------------------------------------===//

static Operation *anchorOf(kern::FuncOp kernel) {
  Operation *anchor = nullptr;
  for (Operation &op : kernel.getBody().getOps())
    if (op.hasTrait<hvn::Anchor>()) {
      if (anchor)
        return nullptr;
      anchor = &op;
    }
  return anchor;
}

static bool matches(kern::FuncOp kernel) {
  return isa_and_nonnull<hvn::StandardizeOp, hvn::L2NormalizeOp, hvn::SoftmaxOp>(anchorOf(kernel));
}

static kern::ScheduleAttr choose(kern::FuncOp kernel, const TargetInfo &target) {
  Operation *op = anchorOf(kernel);
  SmallVector<int64_t> places = sizesOf(op, /*reduced=*/false);
  int64_t count = 1, rest = 1, innermost = typeOf(op).getShape().back();
  for (int64_t size : sizesOf(op, /*reduced=*/true))
    count *= size;
  for (int64_t size : ArrayRef(places).drop_front(!places.empty()))
    rest *= size;
  // The lanes of a statistic are summed up in the end: half as many are sooner done.
  int64_t most = reducesInnermost(op) ? std::min<int64_t>(target.lanes(), 8) : target.lanes();
  int64_t vector = chooseVector(innermost, most), vectors, tile = 1, units = 1;
  if (reducesInnermost(op)) {
    // Several places at once, as far as they stay in the nearest cache, or else several sums: independent additions.
    constexpr int64_t cached = 4096;
    if (!places.empty())
      tile = std::clamp<int64_t>(cached / count, 1, std::min<int64_t>(places.front(), 8));
    vectors = std::clamp<int64_t>(std::min(8 / tile, innermost / vector), 1, 4);
    units = places.empty() ? 1 : llvm::divideCeil(places.front(), tile) * rest;
  } else {
    vectors = chooseTile(innermost / vector, {4, 3, 2, 1});
    units = llvm::divideCeil(innermost, vector * vectors) * rest;
  }
  return kern::ScheduleAttr::get(
      kernel.getContext(), "over_axes",
      {{"vector", vector}, {"tile_c", vectors}, {"tile_m", tile}, {"parallel", chooseTasks(kernel.getBytes(), units)}});
}

/// Where scratch of `elements` numbers lies.
static Halide::MemoryType memoryFor(int64_t elements) {
  return elements <= 4096 ? Halide::MemoryType::Stack : Halide::MemoryType::Heap;
}

namespace {
/// Schedules one kernel.
class Scheduler {
public:
  using VarOrRVar = Halide::VarOrRVar;

  explicit Scheduler(KernelBuilder &kernel)
      : kernel(kernel), anchor(kernel.anchors.front()), out(kernel.outputs.front()),
        innermost(typeOf(anchor.op).getShape().back()) {
    for (Var var : out.args())
      (overOf(anchor.op).find(var.name()) < 0 ? places : reduced).push_back(var);
    for (Var var : places)
      placeSizes.push_back(kernel.extent(typeOf(anchor.op), var.name()));
    for (int64_t size : sizesOf(anchor.op, /*reduced=*/true))
      count *= size;
  }

  /// The elements of a place lie side by side: statistics of a tile of places, then their elements.
  void scheduleRows() {
    int64_t tile = places.empty() ? 1 : std::min(kernel.knob("tile_m"), placeSizes.front().most);
    out.split(reduced.front(), co, ci, int(vector), tailFor(innermost, vector)).vectorize(ci);
    std::vector<VarOrRVar> order{ci, co};
    order.insert(order.end(), reduced.begin() + 1, reduced.end());
    if (!places.empty()) {
      out.split(places.front(), mo, mi, int(tile), tailFor(placeSizes.front(), tile));
      order.push_back(mi);
    }
    reorderAndParallelize(order, mo, tile);
    for (auto &[name, stage] : anchor.stages) {
      if (places.empty())
        stage.compute_root();
      else
        stage.compute_at(out, mo).bound_extent(places.front(), int(tile));
      scheduleStageOfRows(name, stage, tile);
    }
  }

  /// The places lie side by side: some vectors of them, all their elements, then the next.
  void scheduleColumns() {
    int64_t panel = vector * kernel.knob("tile_c");
    Var c = places.front();
    out.split(c, co, ci, int(panel), tailFor(placeSizes.front(), panel))
        .split(ci, cv, ci, int(vector))
        .vectorize(ci)
        .unroll(cv);
    std::vector<VarOrRVar> order{ci, cv};
    order.insert(order.end(), reduced.begin(), reduced.end());
    reorderAndParallelize(order, co, panel);
    for (auto &[name, stage] : anchor.stages) {
      bool isElement = StringRef(name).starts_with(elementKind);
      stage.compute_at(out, co)
          .store_in(isElement ? memoryFor(panel * count) : Halide::MemoryType::Register)
          .bound_extent(c, int(panel))
          .split(c, cv, ci, int(vector))
          .vectorize(ci)
          .unroll(cv);
      if (!StringRef(name).starts_with(totalKind))
        continue;
      std::vector<VarOrRVar> inner{ci, cv};
      inner.insert(inner.end(), anchor.reduction.begin(), anchor.reduction.end());
      stage.update().split(c, cv, ci, int(vector)).reorder(inner).vectorize(ci).unroll(cv);
    }
  }

private:
  void scheduleStageOfRows(StringRef name, Func stage, int64_t tile) {
    if (name.starts_with(elementKind)) {
      Var c = reduced.front();
      stage.store_in(memoryFor(tile * count)).split(c, co, ci, int(vector), tailFor(innermost, vector)).vectorize(ci);
      return;
    }
    stage.store_in(Halide::MemoryType::Stack);
    if (name.starts_with(placeKind)) {
      if (tile > 1)
        stage.vectorize(places.front());
      return;
    }
    int64_t lanes = std::min(vector * kernel.knob("tile_c"), innermost);
    std::vector<VarOrRVar> inner;
    if (name.starts_with(lanesKind)) {
      stage.split(lane, lo, li, int(vector)).vectorize(li).unroll(lo);
      stage.update().split(lane, lo, li, int(vector)).vectorize(li).unroll(lo);
      inner = {li, lo};
    } else if (lanes > 1) {
      stage.update().atomic().vectorize(anchor.reduction.back());
    }
    if (!places.empty()) {
      stage.unroll(places.front());
      stage.update().unroll(places.front());
      inner.push_back(places.front());
    }
    if (name.starts_with(lanesKind) || lanes == 1) {
      inner.insert(inner.end(), anchor.reduction.begin(), anchor.reduction.end() - (lanes > 1));
      stage.update().reorder(inner);
    }
  }

  /// Puts the loops `inner` of `out` inside of those of the tiles, and cuts the latter, each `tile` of the innermost
  /// place axis, into parallel tasks.
  void reorderAndParallelize(std::vector<VarOrRVar> inner, Var tiles, int64_t tile) {
    if (places.empty())
      return void(out.reorder(inner));
    int64_t tasks = kernel.knob("parallel");
    Extent units = placeSizes.front().pieces(tile);
    inner.push_back(tiles);
    inner.insert(inner.end(), places.begin() + 1, places.end());
    out.reorder(inner);
    if (tasks == 1)
      return;
    for (auto [var, size] : llvm::drop_begin(llvm::zip_equal(places, placeSizes))) {
      out.fuse(tiles, var, tiles);
      units = units * size;
    }
    cutIntoTasks(out, tiles, units, tasks);
  }

  KernelBuilder &kernel;
  Anchor &anchor;
  Func out;
  std::vector<Var> places, reduced; ///< loops, innermost first
  SmallVector<Extent> placeSizes;
  int64_t innermost, count = 1, vector = kernel.knob("vector");
  Var co{"co"}, ci{"ci"}, cv{"cv"}, mo{"mo"}, mi{"mi"}, lane{"lane"}, lo{"lo"}, li{"li"};
};
} // namespace

static void schedule(KernelBuilder &kernel) {
  Scheduler scheduler(kernel);
  if (reducesInnermost(kernel.anchors.front().op))
    scheduler.scheduleRows();
  else
    scheduler.scheduleColumns();
}

const Family fovea::halide::overAxesFamily = {
    {"over_axes",
     "statistics of elements that stand together on some axes, then these while they are in the cache",
     {{"vector", 1, 16, "lanes of f32", true},
      {"tile_c", 1, 16, "vectors of the innermost axis side by side"},
      {"tile_m", 1, 16, "places at once, if the innermost axis is reduced"},
      {"parallel", 1, 1024, "tasks"}}},
    matches,
    choose,
    schedule};
