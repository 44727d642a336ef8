#include "compiler/transforms/KernelGroups.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace fovea;

static bool isPointwise(Operation *op) { return op->hasTrait<hvn::Pointwise>(); }
static bool isMovement(Operation *op) { return op->hasTrait<hvn::Movement>(); }
static bool isReduction(Operation *op) { return isa<hvn::MeanOp, hvn::SumOp, hvn::AmaxOp>(op); }
/// Whether an op reads its input again and again, first for statistics, then for its elements.
static bool readsAgain(Operation *op) { return isa<hvn::StandardizeOp, hvn::L2NormalizeOp, hvn::SoftmaxOp>(op); }

/// A memory order of an input that is read as an address computation.
static bool isInputPermute(Operation *op) {
  auto permute = dyn_cast<hvn::PermuteOp>(op);
  return permute && isa<BlockArgument>(permute.getInput());
}

static hvn::ConvOp padded(hvn::ConvOp conv) {
  return conv && conv.getGroups() == 1 && llvm::any_of(conv.getPad(), [](int64_t pad) { return pad > 0; })
             ? conv
             : hvn::ConvOp();
}

namespace {
class Grouping {
public:
  Grouping(func::FuncOp network)
      : block(network.getBody().front()),
        fixedSizes(!network->hasAttr("hvn.bounds") && !network->hasAttr("hvn.sample")) {
    int64_t next = 0;
    for (Operation &op : block)
      position[&op] = next++;
  }

  std::vector<KernelGroup> fused() {
    for (Operation &op : block)
      if (isKernelOp(&op) && groupsOf[&op].empty() && growAnchor(&op))
        followAll(groupsOf[&op].front());
    for (Operation &op : llvm::reverse(block))
      if (isKernelOp(&op) && groupsOf[&op].empty())
        placeLeftover(&op);
    return finish();
  }

  std::vector<KernelGroup> plain() {
    for (Operation &op : block)
      if (isKernelOp(&op))
        open(&op);
    return finish();
  }

private:
  static bool isKernelOp(Operation *op) {
    return !op->hasTrait<OpTrait::IsTerminator>() && !isa<hvn::ReshapeOp, hvn::FromImageOp>(op) && !isParameterOp(op);
  }

  void open(Operation *op) {
    groupsOf[op].insert(groups.size());
    groups.push_back({{op}, op->hasTrait<hvn::Anchor>() ? op : nullptr, op});
  }

  void append(Operation *op, unsigned group) {
    groupsOf[op].insert(group);
    groups[group].ops.push_back(op);
    groups[group].last = op;
    if (op->hasTrait<hvn::Anchor>())
      groups[group].anchor = op;
  }

  /// The group whose result is `value`; -1 when there is none.
  int groupOf(Value value) {
    Operation *op = value.getDefiningOp();
    if (!op || groupsOf[op].empty())
      return -1;
    unsigned group = groupsOf[op].front();
    return groups[group].last == op ? int(group) : -1;
  }

  /// The same when `value` has one use; else -1.
  int groupBehind(Value value) { return value.hasOneUse() ? groupOf(value) : -1; }

  static int64_t countAnchors(const KernelGroup &group) {
    return llvm::count_if(group.ops, [](Operation *op) { return op->hasTrait<hvn::Anchor>(); });
  }

  /// Whether the kernel around `anchor` is to take moments of its result.
  static bool feedsMoments(Operation *anchor) {
    for (Operation *op = anchor;; op = *op->user_begin()) {
      if (llvm::any_of(op->getUsers(), llvm::IsaPred<hvn::MomentsOp>))
        return true;
      if (!op->hasOneUse() || !isPointwise(*op->user_begin()))
        return false;
    }
  }

  /// Whether a kernel computes its result row by row, so that it can take the moments of each. A linear layer on few
  /// pixels reads its weights once for all of them.
  static bool canTakeMoments(const KernelGroup &group) {
    constexpr int64_t fewPixels = 256;
    if (group.moments || !group.anchor || countAnchors(group) != 1)
      return false;
    if (auto conv = dyn_cast<hvn::ConvOp>(group.anchor))
      return conv.isDepthwise();
    if (isa<hvn::AvgPoolOp, hvn::MaxPoolOp>(group.anchor))
      return true;
    auto type = cast<RankedTensorType>(group.last->getResult(0).getType());
    return isa<hvn::LinearOp>(group.anchor) && hvn::axisSize(type, "h") * hvn::axisSize(type, "w") > fewPixels;
  }

  /// Whether a kernel can store its result in the order of `permute`: a contraction, if neighbours in memory still
  /// differ in one operand alone.
  static bool canStoreAs(hvn::PermuteOp permute, const KernelGroup &group) {
    auto contract = dyn_cast_or_null<hvn::ContractOp>(group.anchor);
    StringRef innermost = hvn::getAxes(permute.getType()).getNames().back();
    return contract && !llvm::is_contained(contract.getBatch(), innermost);
  }

  /// Anchors, in program order, with what follows them. True when the op has found its group.
  bool growAnchor(Operation *op) {
    if (isa<hvn::MomentsOp>(op))
      if (int before = groupOf(op->getOperand(0)); before >= 0 && canTakeMoments(groups[before])) {
        groupsOf[op].insert(before);
        groups[before].ops.push_back(op);
        groups[before].moments = op;
        return true;
      }
    if (op->hasTrait<hvn::Anchor>()) {
      int before = groupBehind(op->getOperand(0));
      if (before >= 0 && joins(op, groups[before]))
        append(op, before);
      else
        open(op);
      return true;
    }
    if (auto permute = dyn_cast<hvn::PermuteOp>(op))
      if (int before = groupBehind(permute.getInput()); before >= 0 && canStoreAs(permute, groups[before])) {
        append(op, before);
        return true;
      }
    if (!isPointwise(op))
      return false;
    int latest = -1;
    for (Value operand : op->getOperands()) {
      int group = groupBehind(operand);
      if (group < 0 || operand.getType() != op->getResult(0).getType())
        continue;
      if (latest < 0 || position[groups[group].last] > position[groups[latest].last])
        latest = group;
    }
    if (latest >= 0)
      append(op, latest);
    return latest >= 0;
  }

  /// A group's result that several elementwise ops read, which all come together in one, as in x * sigmoid(x): the
  /// group takes them all, and again from there.
  void followAll(unsigned group) {
    while (!groups[group].last->getResult(0).hasOneUse()) {
      SmallVector<Operation *> followers = whereUsesMeet(groups[group].last->getResult(0));
      if (followers.empty())
        return;
      for (Operation *op : followers)
        append(op, group);
    }
  }

  /// The ops from `value` to the first that everything made from `value` goes through, in program order; none if there
  /// is no such op among the next few, or an op on the way is not elementwise on the shape of `value`.
  SmallVector<Operation *> whereUsesMeet(Value value) {
    constexpr size_t most = 8;
    SmallVector<Operation *> ops;
    llvm::SmallVector<Value> open{value}; // values with users that are not among `ops`
    while (!open.empty() && ops.size() < most) {
      Operation *next = nullptr; // the earliest user of an open value
      for (Value made : open)
        for (Operation *user : made.getUsers())
          if (!llvm::is_contained(ops, user) && (!next || user->isBeforeInBlock(next)))
            next = user;
      if (!next || !isKernelOp(next) || !isPointwise(next) || next->getResult(0).getType() != value.getType() ||
          !groupsOf[next].empty())
        return {};
      ops.push_back(next);
      open.push_back(next->getResult(0));
      llvm::erase_if(open, [&](Value made) {
        return llvm::all_of(made.getUsers(), [&](Operation *user) { return llvm::is_contained(ops, user); });
      });
      if (open.size() == 1 && open.front() == next->getResult(0))
        return ops;
    }
    return {};
  }

  /// Bytes of a map that does not stay in a level-2 cache, not even halved to bf16.
  static constexpr int64_t leastBetween = 2 << 20;

  /// Whether it pays to take blocks of pixels through both of two linear layers: the map between them does not stay in
  /// a level-2 cache, while the weights of both do.
  static bool isLinearPair(hvn::LinearOp first, hvn::LinearOp second) {
    constexpr int64_t mostWeights = 512 << 10; // bytes
    int64_t weights = hvn::byteSize(first.getWeight().getType()) + hvn::byteSize(second.getWeight().getType());
    return hvn::byteSize(first.getType()) >= leastBetween && weights <= mostWeights;
  }

  /// Whether it pays to take bands of rows through a depthwise convolution of few taps and a linear layer before or
  /// behind it: the map between them does not stay in a level-2 cache.
  static bool isBottleneck(Value between, hvn::ConvOp conv, hvn::LinearOp linear) {
    constexpr int64_t mostWeight = 256 << 10; // bytes
    return conv.isDepthwise() && conv.hasFewTaps() && hvn::byteSize(between.getType()) >= leastBetween &&
           hvn::byteSize(linear.getWeight().getType()) <= mostWeight;
  }

  /// Whether an anchor continues the group that makes its input.
  bool joins(Operation *op, const KernelGroup &before) const {
    if (!before.anchor || before.moments)
      return false;
    bool alone = countAnchors(before) == 1, through = fixedSizes && !feedsMoments(op);
    Value between = before.last->getResult(0);
    auto linear = dyn_cast<hvn::LinearOp>(op);
    auto conv = dyn_cast<hvn::ConvOp>(op);
    if (auto inner = dyn_cast<hvn::LinearOp>(before.anchor))
      return alone && through && (linear ? isLinearPair(inner, linear) : conv && isBottleneck(between, conv, inner));
    auto inner = dyn_cast<hvn::ConvOp>(before.anchor);
    if (!inner)
      return false;
    if (linear && hvn::axisSize(linear.getType(), "c") == 1) // channel dot
      return alone && inner.isDepthwise();
    if (linear)
      return through && isBottleneck(between, inner, linear);
    return alone && padded(inner) && padded(conv) && // stem pair
           hvn::axisSize(inner.getInput().getType(), "c") <= 4;
  }

  /// An op outside of the anchors' chains: computed where it is used, if that is sound and worth it, else a kernel.
  /// All users have their groups already.
  void placeLeftover(Operation *op) {
    llvm::SmallSetVector<unsigned, 4> users;
    bool everywhere = true;
    for (OpOperand &use : op->getUses()) {
      everywhere &= canComputeAtUse(op, use);
      for (unsigned group : groupsOf[use.getOwner()])
        users.insert(group);
    }
    bool cheap = op->hasTrait<hvn::Cheap>() || isInputPermute(op) || isa<hvn::SliceOp>(op) || users.size() == 1;
    if (!everywhere || !cheap || users.empty())
      return open(op);
    for (unsigned group : users) {
      groupsOf[op].insert(group);
      groups[group].ops.push_back(op);
    }
  }

  /// Whether the group of a use computes as many elements of `op` as there are.
  static bool canComputeAtUse(Operation *op, OpOperand &use) {
    Operation *user = use.getOwner();
    if (!isKernelOp(user))
      return false;
    if (isInputPermute(op))
      return true;
    if (isMovement(op) && (isMovement(user) || isa<hvn::AttentionOp>(user)))
      return true;
    if (readsAgain(user))
      return (op->hasTrait<hvn::Cheap>() || isMovement(op)) && op->hasOneUse();
    bool sameShape = isPointwise(user) && user->getResult(0).getType() == use.get().getType();
    return (isPointwise(op) || isMovement(op)) && (sameShape || isReduction(user));
  }

  std::vector<KernelGroup> finish() {
    auto byPosition = [&](Operation *a, Operation *b) { return position[a] < position[b]; };
    for (KernelGroup &group : groups)
      llvm::sort(group.ops, byPosition);
    llvm::sort(groups, [&](const KernelGroup &a, const KernelGroup &b) { return byPosition(a.last, b.last); });
    return std::move(groups);
  }

  Block &block;
  bool fixedSizes; ///< else what pays at one size may not at another, and kernels are the same at all
  llvm::DenseMap<Operation *, int64_t> position;
  llvm::DenseMap<Operation *, llvm::SmallSetVector<unsigned, 2>> groupsOf;
  std::vector<KernelGroup> groups;
};
} // namespace

std::vector<KernelGroup> fovea::groupIntoKernels(func::FuncOp network, bool fuse) {
  Grouping grouping(network);
  return fuse ? grouping.fused() : grouping.plain();
}
