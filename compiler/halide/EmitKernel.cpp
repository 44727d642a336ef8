#include "compiler/halide/EmitKernel.h"
#include "compiler/halide/Family.h"
#include "compiler/halide/Prefetch.h"

using namespace mlir;
using namespace fovea;
using namespace fovea::halide;

namespace {
/// Turns Halide's complaints into exceptions, and silences warnings but the one that announces wrong code.
struct Reporter : Halide::CompileTimeErrorReporter {
  void warning(const char *message) override {
    if (llvm::StringRef(message).contains("guaranteed to fail an assertion"))
      error(message);
  }
  void error(const char *message) override { throw Halide::CompileError(message); }
};

/// What names stand for in a lowered kernel. A task gets some of them by way of memory, under the same names.
class LetCollector : public Halide::Internal::IRVisitor {
public:
  std::map<std::string, Halide::Expr> values;

private:
  using IRVisitor::visit;

  void visit(const Halide::Internal::LetStmt *op) override {
    const auto *call = op->value.as<Halide::Internal::Call>();
    if (!call || !call->is_intrinsic(Halide::Internal::Call::load_typed_struct_member))
      values.try_emplace(op->name, op->value);
    IRVisitor::visit(op);
  }
};

/// Adds up what a lowered kernel allocates.
class AllocationCounter : public Halide::Internal::IRVisitor {
public:
  /// `steps` has the largest number of steps of each bounded size.
  AllocationCounter(const Halide::Module &module, ArrayRef<int64_t> steps) : isOpen(!steps.empty()) {
    LetCollector lets;
    for (const auto &function : module.functions())
      function.body.accept(&lets);
    values = std::move(lets.values);
    for (auto [number, most] : llvm::enumerate(steps))
      ranges.push("s" + std::to_string(number), Halide::Internal::Interval(0, int(most)));
    for (const auto &function : module.functions())
      function.body.accept(this);
  }

  KernelFacts facts;
  std::string dynamic; ///< an allocation whose size is not a constant

private:
  using IRVisitor::visit;

  std::map<std::string, Halide::Expr> values;
  Halide::Internal::Scope<Halide::Internal::Interval> ranges; ///< of the numbers of steps
  bool isOpen;

  /// The largest value of `extent`; 0 if there is no bound.
  int64_t mostOf(Halide::Expr extent) {
    constexpr int deepest = 64; // values of values; each is another
    for (int depth = 0; isOpen && depth < deepest; ++depth) {
      Halide::Expr longer = substitute(values, extent);
      if (equal(longer, extent))
        break;
      extent = longer;
    }
    Halide::Expr most = find_constant_bound(simplify(extent), Halide::Internal::Direction::Upper, ranges);
    return most.defined() ? Halide::Internal::as_const_int(most).value_or(0) : 0;
  }

  void visit(const Halide::Internal::Allocate *op) override {
    int64_t bytes = op->type.bytes();
    for (const Halide::Expr &extent : op->extents)
      bytes *= mostOf(extent); // a strip at the border may be shorter than the others
    // What Halide puts on the stack, whatever is asked for (CodeGen_CPU::create_allocation).
    constexpr int64_t mostOnStack = 16384;
    bool fixed = llvm::all_of(op->extents, [](const Halide::Expr &extent) { return is_const(extent); });
    bool onStack =
        op->memory_type == Halide::MemoryType::Register ||
        (op->memory_type != Halide::MemoryType::Heap && fixed && bytes + op->padding * op->type.bytes() <= mostOnStack);
    if (bytes == 0 && !op->extents.empty()) {
      std::ostringstream text;
      text << op->name;
      for (const Halide::Expr &extent : op->extents)
        text << " [" << extent << "]";
      dynamic = text.str();
    }
    // The runtime hands out whole cache-line pairs, and Halide reads up to a vector beyond the end.
    (onStack ? facts.stackBytes : facts.scratchBytes) += llvm::alignTo(bytes + 64, 128) + (onStack ? 0 : 128);
    IRVisitor::visit(op);
  }
};
/// Has vectors rounded to bf16 by the target's instruction, which Halide 21 has functions for but does not use.
class RoundByInstruction : public Halide::Internal::IRMutator {
  using IRMutator::visit;

  Halide::Expr visit(const Halide::Internal::Cast *op) override {
    using Halide::Internal::Call;
    int lanes = op->type.lanes();
    bool rounds = op->type.is_bfloat() && op->value.type().element_of() == Halide::Float(32);
    if (!rounds || lanes % 4)
      return IRMutator::visit(op);
    // Halide cuts or fills vectors up to the widths of what is called, which are 32 and 4.
    const char *name = lanes % 16 ? "vcvtneps2bf16" : "vcvtne2ps2bf16";
    return reinterpret(op->type, Call::make(Halide::UInt(16, lanes), name, {mutate(op->value)}, Call::PureExtern));
  }
};
} // namespace

/// Whether `kernel` has arguments in f16. They are only widened.
static bool readsHalf(kern::FuncOp kernel) {
  return llvm::any_of(kernel.getArgumentTypes(),
                      [](Type type) { return cast<RankedTensorType>(type).getElementType().isF16(); });
}

static const Family *familyOf(llvm::StringRef strategy) {
  for (const Family *family : families())
    if (family->strategy.name == strategy)
      return family;
  return nullptr;
}

LogicalResult fovea::halide::emitKernel(kern::FuncOp kernel, llvm::StringRef symbol, const TargetInfo &target,
                                        const KernelPaths &paths, KernelFacts &facts, std::string &error) {
  static Reporter reporter;
  Halide::set_custom_compile_time_error_reporter(&reporter);
  const Family *family = familyOf(kernel.getScheduleAttr().getStrategy());
  if (!family->matches(kernel)) {
    error = ("strategy '" + family->strategy.name + "' does not fit this kernel: " + family->strategy.help).str();
    return failure();
  }
  try {
    KernelBuilder builder(kernel, target);
    family->schedule(builder);
    for (Halide::Func scalar : builder.scalars)
      scalar.compute_root();
    Halide::Target halideTarget(target.halide + "-no_runtime-no_asserts-no_bounds_query-user_context");
    if (halideTarget.arch == Halide::Target::ARM && readsHalf(kernel)) // all that is needed of it, every CPU has
      halideTarget.set_feature(Halide::Target::ARMFp16);
    Halide::Module module =
        Halide::Pipeline(builder.outputs).compile_to_module(builder.arguments(), symbol.str(), halideTarget);
    if (target.multipliesBF16)
      for (auto &function : module.functions())
        function.body = RoundByInstruction().mutate(function.body);
    fetchToLevel2(module);
    AllocationCounter counter(module, kernel.getSteps().value_or(ArrayRef<int64_t>()));
    if (!counter.dynamic.empty()) {
      error = "the schedule needs memory whose size is not known at compile time: " + counter.dynamic;
      return failure();
    }
    facts = counter.facts;
    std::map<Halide::OutputFileType, std::string> outputs;
    for (const auto &[type, path] : {std::pair(Halide::OutputFileType::object, paths.object),
                                     std::pair(Halide::OutputFileType::assembly, paths.assembly),
                                     std::pair(Halide::OutputFileType::stmt, paths.stmt)})
      if (!path.empty())
        outputs[type] = path;
    module.compile(outputs);
  } catch (const Halide::Error &exception) {
    error = exception.what();
    return failure();
  }
  return success();
}
