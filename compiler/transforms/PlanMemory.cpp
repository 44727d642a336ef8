// plan-memory: values get places in memory, and the network becomes a list of launches.
#include "compiler/transforms/EvaluateWeights.h"
#include "compiler/transforms/Parameters.h"
#include "compiler/transforms/Passes.h"
#include "dialect/ImageRule.h"

namespace fovea {
#define GEN_PASS_DEF_PLANMEMORYPASS
#include "compiler/transforms/Passes.h.inc"
} // namespace fovea

using namespace mlir;
using namespace fovea;

namespace {
/// A value in the arena, from the call that writes it to the last that reads it, both included; or the scratch memory
/// of one call.
struct Interval {
  Value value;         ///< null for scratch memory
  int64_t first, last; ///< numbers of calls
  int64_t bytes;       ///< a multiple of 64
  int64_t offset = -1;
  Operation *user = nullptr; ///< of scratch memory

  bool meets(const Interval &other) const { return first <= other.last && other.first <= last; }
};

/// Where a value lives.
struct Place {
  kern::Space space;
  int64_t at;
};
} // namespace

static int64_t alignedBytes(Value value) { return llvm::alignTo(hvn::byteSize(value.getType()), 64); }

//===----------------------------------------------------------------------===//
// The arena
//===----------------------------------------------------------------------===//

/// Each value in a place of its own, in order.
static int64_t placeSideBySide(MutableArrayRef<Interval> intervals) {
  int64_t end = 0;
  for (Interval &interval : intervals) {
    interval.offset = end;
    end += interval.bytes;
  }
  return end;
}

/// The largest value first, each at the lowest offset where it meets nothing that is placed already.
static int64_t placeGreedily(MutableArrayRef<Interval> intervals) {
  SmallVector<Interval *> order(llvm::make_pointer_range(intervals));
  llvm::sort(order, [](Interval *a, Interval *b) { return std::pair(b->bytes, a) < std::pair(a->bytes, b); });
  SmallVector<Interval *> placed; // by offset
  int64_t end = 0;
  for (Interval *interval : order) {
    int64_t offset = 0;
    for (Interval *other : placed)
      if (interval->meets(*other)) {
        if (offset + interval->bytes <= other->offset)
          break;
        offset = std::max(offset, other->offset + other->bytes);
      }
    interval->offset = offset;
    end = std::max(end, offset + interval->bytes);
    auto byOffset = [](Interval *a, Interval *b) { return a->offset < b->offset; };
    placed.insert(llvm::upper_bound(placed, interval, byOffset), interval);
  }
  return end;
}

/// No plan can do with less: the most bytes that are alive at one call.
static int64_t mostAlive(ArrayRef<Interval> intervals, int64_t calls) {
  SmallVector<int64_t> alive(calls, 0);
  for (const Interval &interval : intervals)
    for (int64_t call = interval.first; call <= interval.last; ++call)
      alive[call] += interval.bytes;
  return alive.empty() ? 0 : *llvm::max_element(alive);
}

//===----------------------------------------------------------------------===//
// The program
//===----------------------------------------------------------------------===//

namespace {
class Planner {
public:
  Planner(func::FuncOp network, func::FuncOp weights) : network(network), weights(weights) {}

  LogicalResult plan(bool reuse) {
    for (BlockArgument input : network.getArguments())
      places[input] = {kern::Space::Input, input.getArgNumber()};
    Operation *end = network.getBody().front().getTerminator();
    if (failed(placeWeightReads()) || failed(placeOutputs(end)))
      return failure();
    SmallVector<Interval> intervals;
    if (failed(collect(intervals)))
      return failure();
    arenaBytes = reuse ? placeGreedily(intervals) : placeSideBySide(intervals);
    lowerBound = mostAlive(intervals, calls);
    if (network->hasAttr("hvn.bounds"))
      arenaBytes += beyond(intervals);
    for (const Interval &interval : intervals)
      if (interval.user)
        scratch[interval.user] = interval.offset;
      else
        places[interval.value] = {kern::Space::Arena, interval.offset};
    return success();
  }

  void build() {
    OpBuilder builder(network);
    auto program =
        kern::ProgramOp::create(builder, network.getLoc(), network.getSymName(), arenaBytes, weightPlaces.bytes,
                                describe(builder, network.getArgumentTypes(), inputName,
                                         [&](unsigned input) { return network.getArgAttr(input, extents); }),
                                describe(builder, network.getResultTypes(), outputName,
                                         [&](unsigned output) { return network.getResultAttr(output, extents); }));
    if (Attribute size = network->getAttr("hvn.size"))
      program->setAttr("size", size);
    if (Attribute bounds = network->getAttr("hvn.bounds"))
      program->setAttr("bounds", bounds);
    program->setAttr("lower_bound_bytes", builder.getI64IntegerAttr(lowerBound));
    builder.setInsertionPointToStart(&program.getBody().emplaceBlock());
    for (Operation &op : network.getBody().front()) {
      if (auto image = dyn_cast<hvn::FromImageOp>(op))
        launchImage(builder, image);
      auto call = dyn_cast<kern::CallOp>(op);
      if (!call)
        continue;
      auto toBuffers = [&](ValueRange values) {
        return llvm::map_to_vector(values, [&](Value value) { return buffer(builder, value); });
      };
      SmallVector<Value> inputs = toBuffers(call.getOperands()), outputs = toBuffers(call.getResults());
      kern::LaunchOp::create(builder, call.getLoc(), call.getCallee(), inputs, outputs);
    }
  }

private:
  /// Bytes behind the last value that kernels for bounded sizes may read: what the last tile of pixels, shorter than
  /// the others, does not have.
  static int64_t beyond(ArrayRef<Interval> intervals) {
    constexpr int64_t pixels = 128; // the largest tile times the largest stride of any use
    int64_t most = 0;
    for (const Interval &interval : intervals)
      most = std::max(most, cast<RankedTensorType>(interval.value.getType()).getShape().back());
    return llvm::alignTo(most * pixels * int64_t(sizeof(float)), 64);
  }

  static constexpr llvm::StringLiteral extents = "hvn.extents";

  LogicalResult placeWeightReads() {
    if (weights)
      weightPlaces = placeWeights(weights.getResultTypes());
    for (auto read : network.getOps<kern::WeightOp>()) {
      int64_t index = read.getIndex();
      if (!weights || index >= int64_t(weights.getNumResults()) || weights.getResultTypes()[index] != read.getType())
        return read.emitError() << "the function '" << weightsFunction << "' has no result " << index << " of type "
                                << read.getType();
      places[read.getResult()] = {kern::Space::Weights, weightPlaces.offsets[index]};
    }
    return success();
  }

  /// Outputs are written in place by the kernels that make them.
  LogicalResult placeOutputs(Operation *end) {
    for (auto [number, value] : llvm::enumerate(end->getOperands())) {
      Value source = skipReshapes(value);
      if (!isa_and_nonnull<kern::CallOp, hvn::FromImageOp>(source.getDefiningOp()))
        return end->emitError() << "output '" << outputName(network, number) << "' is not the result of a kernel";
      if (!places.try_emplace(source, Place{kern::Space::Output, int64_t(number)}).second)
        return end->emitError() << "output '" << outputName(network, number) << "' is the same value as output '"
                                << outputName(network, places[source].at) << "'";
    }
    return success();
  }

  LogicalResult collect(SmallVectorImpl<Interval> &intervals) {
    llvm::DenseMap<Value, size_t> number;
    for (Operation &op : network.getBody().front()) {
      if (isa<kern::WeightOp, hvn::ReshapeOp, func::ReturnOp>(op))
        continue;
      if (!isa<kern::CallOp, hvn::FromImageOp>(op))
        return op.emitError() << "'" << op.getName() << "' is in no kernel: memory is planned for kernels only";
      for (Value operand : op.getOperands())
        if (auto known = number.find(skipReshapes(operand)); known != number.end())
          intervals[known->second].last = calls;
      for (Value result : op.getResults())
        if (!places.contains(result)) {
          number[result] = intervals.size();
          intervals.push_back({result, calls, calls, alignedBytes(result)});
        }
      if (auto image = dyn_cast<hvn::FromImageOp>(op))
        intervals.push_back({Value(), calls, calls, scratchBytes(image), -1, image});
      ++calls;
    }
    return success();
  }

  template <typename Name, typename Extents>
  ArrayAttr describe(OpBuilder &builder, TypeRange types, Name name, Extents extentsOf) {
    SmallVector<Attribute> entries;
    for (auto [number, type] : llvm::enumerate(types)) {
      SmallVector<NamedAttribute> entry{builder.getNamedAttr("name", builder.getStringAttr(name(network, number))),
                                        builder.getNamedAttr("type", TypeAttr::get(type))};
      if (Attribute maps = extentsOf(unsigned(number)))
        entry.push_back(builder.getNamedAttr("extents", maps));
      entries.push_back(builder.getDictionaryAttr(entry));
    }
    return builder.getArrayAttr(entries);
  }

  static int64_t scratchBytes(hvn::FromImageOp op) {
    auto plan = hvn::ImageRule::of(op).plan(op.getInput().getType(), [&](StringRef) { return op.emitOpError(); });
    return fovea_image_scratch_bytes(&*plan); // there is a plan: the op is verified
  }

  void launchImage(OpBuilder &builder, hvn::FromImageOp op) {
    auto type = MemRefType::get(scratchBytes(op) / 4, builder.getF32Type());
    Value room = kern::BufferOp::create(builder, op.getLoc(), type, kern::Space::Arena, scratch.at(op));
    kern::ImageOp::create(builder, op.getLoc(), cast<BlockArgument>(op.getInput()).getArgNumber(),
                          buffer(builder, op.getResult()), room, op.getSizeAttr(), op.getResizeAttr(),
                          op.getFilterAttr(), op.getMeanAttr(), op.getStdAttr(), op.getOrderAttr());
  }

  Value buffer(OpBuilder &builder, Value value) {
    Value &made = buffers[value];
    if (made)
      return made;
    auto tensor = cast<RankedTensorType>(value.getType());
    auto type = MemRefType::get(tensor.getShape(), tensor.getElementType());
    Place place = places.at(skipReshapes(value));
    return made = kern::BufferOp::create(builder, value.getLoc(), type, place.space, place.at);
  }

  func::FuncOp network, weights;
  WeightPlaces weightPlaces;
  llvm::DenseMap<Value, Place> places; ///< of values that are no reshapes
  llvm::DenseMap<Value, Value> buffers;
  llvm::DenseMap<Operation *, int64_t> scratch; ///< offsets in the arena
  int64_t calls = 0, arenaBytes = 0, lowerBound = 0;
};

struct PlanMemoryPass : fovea::impl::PlanMemoryPassBase<PlanMemoryPass> {
  using PlanMemoryPassBase::PlanMemoryPassBase;

  void runOnOperation() override {
    auto weights = getOperation().lookupSymbol<func::FuncOp>(weightsFunction);
    for (func::FuncOp network : networksOf(getOperation())) {
      Planner planner(network, weights);
      if (failed(planner.plan(reuse)))
        return signalPassFailure();
      planner.build();
      network.erase();
    }
  }
};
} // namespace
