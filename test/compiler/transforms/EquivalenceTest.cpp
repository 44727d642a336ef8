// What a network computes stays the same through every pass: evaluated by the reference before and after each, down to
// the launches on one arena.
#include "compiler/transforms/EvaluateWeights.h"
#include "compiler/transforms/Parameters.h"
#include "compiler/transforms/Passes.h"
#include "frontend/Import.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/xxhash.h"
#include <cstdlib>
#include <gtest/gtest.h>
#include <random>

using namespace mlir;
using namespace fovea;
using hvn::Tensor;

namespace {
/// Values for a tensor called `name`: variances are positive, and layers do not make their inputs much larger.
Tensor madeUp(StringRef name, RankedTensorType type) {
  Tensor tensor(type);
  std::mt19937 random(unsigned(llvm::xxh3_64bits(name)));
  bool isWeight = type.getRank() > 1 && hvn::getAxes(type).find("o") == 0;
  double scale = isWeight ? 1 / std::sqrt(type.getNumElements() / type.getDimSize(0)) : 1;
  for (double &value : tensor.data) {
    value = int32_t(random()) * 0x1p-31 * scale;
    if (name.ends_with("running_var"))
      value = 1.5 + value;
  }
  return tensor;
}

FailureOr<Tensor> lookup(StringRef key, RankedTensorType type) { return madeUp(key, type); }

std::vector<Tensor> evaluate(func::FuncOp network) {
  std::vector<Tensor> inputs;
  for (BlockArgument argument : network.getArguments())
    inputs.push_back(madeUp(inputName(network, argument.getArgNumber()), cast<RankedTensorType>(argument.getType())));
  FailureOr<std::vector<Tensor>> outputs = evaluateNetwork(network, inputs, lookup);
  EXPECT_TRUE(succeeded(outputs));
  return succeeded(outputs) ? *outputs : std::vector<Tensor>();
}

/// Runs the launches of a program on memory as it was planned. Memory is doubles, one for each four bytes.
std::vector<Tensor> execute(kern::ProgramOp program) {
  auto typeOf = [](Attribute entry) {
    return cast<RankedTensorType>(cast<TypeAttr>(cast<DictionaryAttr>(entry).get("type")).getValue());
  };
  std::vector<Tensor> inputs, outputs;
  for (Attribute entry : program.getInputs())
    inputs.push_back(madeUp(cast<StringAttr>(cast<DictionaryAttr>(entry).get("name")), typeOf(entry)));
  for (Attribute entry : program.getOutputs())
    outputs.emplace_back(typeOf(entry));
  std::vector<double> arena(program.getArenaBytes() / 4, NAN);
  FailureOr<std::vector<char>> bytes = evaluateWeights(program->getParentOfType<ModuleOp>(), lookup);
  EXPECT_TRUE(succeeded(bytes));
  EXPECT_EQ(int64_t(bytes->size()), program.getWeightBytes());
  auto *floats = reinterpret_cast<const float *>(bytes->data());
  std::vector<double> weights(floats, floats + bytes->size() / 4);

  auto memory = [&](Value value) -> double * {
    auto buffer = value.getDefiningOp<kern::BufferOp>();
    EXPECT_EQ(buffer.getSpace() < kern::Space::Weights ? 0 : buffer.getAt() % 64, 0);
    switch (buffer.getSpace()) {
    case kern::Space::Input:
      return inputs[buffer.getAt()].data.data();
    case kern::Space::Output:
      return outputs[buffer.getAt()].data.data();
    case kern::Space::Weights:
      return weights.data() + buffer.getAt() / 4;
    case kern::Space::Arena:
      EXPECT_LE(buffer.getAt() / 4 + cast<ShapedType>(value.getType()).getNumElements(), int64_t(arena.size()));
      return arena.data() + buffer.getAt() / 4;
    }
    return nullptr;
  };
  for (auto launch : program.getOps<kern::LaunchOp>()) {
    auto kernel = SymbolTable::lookupNearestSymbolFrom<kern::FuncOp>(launch, launch.getCalleeAttr());
    std::vector<Tensor> operands;
    for (auto [value, type] : llvm::zip_equal(launch.getInputs(), kernel.getArgumentTypes())) {
      Tensor &tensor = operands.emplace_back(cast<RankedTensorType>(type));
      llvm::copy(ArrayRef(memory(value), tensor.data.size()), tensor.data.begin());
    }
    // What overlaps an input is visible as NaN.
    for (auto [value, type] : llvm::zip_equal(launch.getOutputs(), kernel.getResultTypes()))
      std::fill_n(memory(value), cast<RankedTensorType>(type).getNumElements(), NAN);
    for (auto [value, tensor] : llvm::zip_equal(launch.getInputs(), operands))
      EXPECT_TRUE(std::equal(tensor.data.begin(), tensor.data.end(), memory(value))) << "an input is overwritten";
    FailureOr<std::vector<Tensor>> results = evaluateNetwork(kernel, operands, lookup);
    EXPECT_TRUE(succeeded(results));
    for (auto [value, tensor] : llvm::zip_equal(launch.getOutputs(), *results))
      llvm::copy(tensor.data, memory(value));
  }
  return outputs;
}

class Equivalence : public testing::Test {
protected:
  Equivalence() : context(registry()) { context.disableMultithreading(); }

  static const DialectRegistry &registry() {
    static DialectRegistry registry = [] {
      DialectRegistry all;
      all.insert<hvn::HvnDialect, kern::KernDialect, func::FuncDialect>();
      return all;
    }();
    return registry;
  }

  /// Compares outputs, `tolerance` relative to the largest.
  static void compare(ArrayRef<Tensor> found, ArrayRef<Tensor> expected, double tolerance, StringRef where) {
    ASSERT_EQ(found.size(), expected.size());
    for (auto [f, e] : llvm::zip_equal(found, expected)) {
      ASSERT_EQ(f.data.size(), e.data.size()) << where.str();
      double largest = 0, error = 0;
      for (auto [a, b] : llvm::zip_equal(f.data, e.data)) {
        largest = std::max(largest, std::abs(b));
        error = std::max(error, a == b ? 0 : !(std::abs(a - b) >= 0) ? INFINITY : std::abs(a - b));
      }
      ASSERT_GT(largest, 0.0) << where.str();
      ASSERT_LE(error, tolerance * largest) << where.str();
    }
  }

  void check(StringRef net, bool fuse = true, ArrayRef<std::pair<std::string, std::string>> parameters = {}) {
    llvm::SourceMgr sources;
    sources.AddNewSourceBuffer(llvm::MemoryBuffer::getMemBuffer(net), {});
    ImportOptions options;
    options.parameters.assign(parameters.begin(), parameters.end());
    OwningOpRef<ModuleOp> module = importNet(sources, &context, options);
    ASSERT_TRUE(module);
    auto network = [&] { return networksOf(*module).front(); };
    std::vector<Tensor> expected = evaluate(network());

    SmallVector<std::unique_ptr<Pass>> passes;
    passes.push_back(createCanonicalizerPass());
    passes.push_back(createCSEPass());
    passes.push_back(createFoldParametersPass());
    passes.push_back(createCanonicalizerPass());
    passes.push_back(createCheckSupportPass());
    passes.push_back(createAssignLayoutPass());
    passes.push_back(createFormKernelsPass({fuse}));
    passes.push_back(createFlattenPixelsPass());
    passes.push_back(createDeduplicateKernelsPass());
    passes.push_back(createPackWeightsPass());
    passes.push_back(createOrderKernelsPass());
    passes.push_back(createOutlineWeightsPass());
    for (auto &pass : passes) {
      std::string name = pass->getArgument().str();
      bool nested = pass->getOpName() == func::FuncOp::getOperationName();
      PassManager manager(&context);
      nested ? manager.addNestedPass<func::FuncOp>(std::move(pass)) : manager.addPass(std::move(pass));
      ASSERT_TRUE(succeeded(manager.run(*module))) << name;
      compare(evaluate(network()), expected, 1e-11, name);
      if (HasFatalFailure())
        return;
    }
    for (bool reuse : {false, true}) {
      OwningOpRef<ModuleOp> planned = module->clone();
      PassManager manager(&context);
      manager.addPass(createPlanMemoryPass({reuse}));
      ASSERT_TRUE(succeeded(manager.run(*planned)));
      compare(execute(*planned->getOps<kern::ProgramOp>().begin()), expected, 1e-5, "plan-memory");
    }
  }

  MLIRContext context;
};
} // namespace

TEST_F(Equivalence, Norms) {
  check(R"(
network norms() {
  input x: f32[n=2, c=6, h=8, w=7]
  output a: f32[n=2, c=5, h=8, w=7] = batch_norm(x) @ "n0" |> conv(out=5, kernel=3, pad=1) @ "c0" |> batch_norm @ "n1"
  output b: f32[n=2, c=4, h=3, w=3] = batch_norm(x) @ "n2" |> conv(out=4, kernel=3, stride=2) @ "c1" |> relu
  output c: f32[n=2, c=6, h=6, w=5] = batch_norm(x) @ "n3" |> conv(out=6, kernel=3, groups=6, bias=false) @ "c2" |> batch_norm @ "n4"
  output d: f32[n=2, c=6, h=8, w=7] = batch_norm(x) @ "n5" |> conv(out=6, kernel=3, groups=6, pad=1) @ "c3"
  m = batch_norm(x) @ "n6" |> mean([h, w])
  output e: f32[n=2, c=9] = (linear(m, out=9) @ "l0" + linear(m, out=9, bias=false) @ "l1") / 2
}
)");
}

TEST_F(Equivalence, ScalesAndShifts) {
  check(R"(
network scales() {
  input x: f32[n=1, c=5, h=4, w=4]
  y = conv(2 * x - 1, out=7) @ "a"
  z = conv(y * 3 + 1, out=7, bias=false) @ "b"
  output o: f32[n=1, c=3, h=4, w=4] = conv(relu(z) * 2 + 0.5 + y, out=3, kernel=2, pad=1, dilation=2) @ "c" * 0.25
}
)");
}

static constexpr StringRef gates = R"(
network gates(batch: int = 1) {
  input x: f32[n=batch, c=20, h=6, w=6]
  a, b = conv(x, out=40, bias=false) @ "ab" |> split(2, axis=c)
  s = conv(a, out=20, kernel=3, pad=1, groups=20) @ "s0" |> relu |> conv(out=1) @ "s1" |> sigmoid
  gated = a * s
  g = mean(gated, [h, w], keepdim=true) |> conv(out=20, bias=false) @ "g" |> sigmoid
  y = x + conv(gated * g + b, out=20, kernel=3, pad=1, groups=20) @ "p" * b
  y = y + (conv(y, out=33) @ "m0" |> gelu |> conv(out=20) @ "m1")
  output z: f32[n=batch, c=20, h=6, w=6] = y
}
)";

TEST_F(Equivalence, Gates) { check(gates); }
TEST_F(Equivalence, GatesOfABatch) { check(gates, true, {{"batch", "3"}}); }
TEST_F(Equivalence, OneOpPerKernel) { check(gates, false); }

TEST_F(Equivalence, StemPairAndStrides) {
  check(R"(
network stem() {
  input image: f32[n=1, c=3, h=19, w=21]
  x = conv(image, out=10, kernel=3, stride=2, pad=1) @ "a" |> relu |> conv(out=18, kernel=3, stride=2, pad=1) @ "b"
  x = relu(x)
  output y: f32[n=1, c=17, h=3, w=3] = conv(x, out=17, stride=2) @ "c"
  output m: f32[n=1, c=18] = mean(relu(x + 1), [h, w])
}
)");
}

TEST_F(Equivalence, PoolsAndSizes) {
  check(R"(
network pools() {
  input x: f32[n=2, c=6, h=8, w=7]
  y = group_norm(x) @ "n0"
  x = x + (avg_pool(y, 3, stride=1, pad=1, count_include_pad=false) - y) * param(c=6) @ "scale"
  z = conv(group_norm(x) @ "n1", out=6) @ "a" |> batch_norm @ "n2"
  output a: f32[n=2, c=6, h=4, w=4] = avg_pool(z * 2 + 1, 3, stride=2, pad=1) |> batch_norm @ "n3"
  output b: f32[n=2, c=6, h=4, w=4] = max_pool(z, 3, stride=2, pad=1) - avg_pool(x * 3 - 1, 2, ceil_mode=true)
  grid = resize(param(n=1, c=6, h=3, w=3) @ "grid", h=5, w=5, mode="bicubic")
  output c: f32[n=2, c=6, h=5, w=5] = adaptive_avg_pool(z, 5) * adaptive_max_pool(x, 5) + grid
  output d: f32[n=2, c=6, h=2, w=1] = adaptive_avg_pool(resize(z, h=4, w=3, mode="bilinear"), [2, 1])
}
)");
}

TEST_F(Equivalence, SlicesAndSharedValues) {
  check(R"(
network shared() {
  input x: f32[n=1, c=12, h=5, w=5]
  input t: f32[n=2, c=12]
  a, b, c = relu(x) |> split(3, axis=c)
  d = gelu(a + b)
  output y: f32[n=1, c=4, h=5, w=5] = d * c + d
  output z: f32[n=1, c=4, h=5, w=5] = conv(d, out=4) @ "w" + a
  output u: f32[n=2, c=3] = linear(t, out=3) @ "v" |> sigmoid
}
)");
}

TEST_F(Equivalence, Normalization) {
  check(R"(
network normalization() {
  input x: f32[n=2, c=6, h=3, w=5]
  y = x * rsqrt(mean(x * x, [c], keepdim=true) + 0.00001)
  output a: f32[n=2, h=3] = mean(y, [c, w])
  output b: f32[n=2, c=2, h=3, w=5] = conv(y, out=2) @ "p" * sum(y, [c, h], keepdim=true)
  output c: f32[n=2, h=3, w=5] = sum(relu(y - 1), [c])
}
)");
}

TEST_F(Equivalence, GroupNormAndAttention) {
  constexpr StringRef net = R"(
network groups(batch: int = 1) {
  input x: f32[n=batch, c=6, h=7, w=5]
  y = conv(x, out=6, kernel=5, pad=2, groups=6) @ "c0" + x
  z = conv(group_norm(y) @ "n0", out=12) @ "l0" |> group_norm(groups=3) @ "n1"
  q, r = split(z, 2, axis=c)
  k, v = conv(y, out=12, kernel=3, stride=2, pad=1) @ "c1" |> split(2, axis=c)
  a = attention(q, k, v, heads=3) * r
  local = conv(q, out=6, kernel=3, pad=1, groups=6) @ "c2"
  b = local * sigmoid(local) * sigmoid(a) * a
  output o: f32[n=batch, c=4, h=7, w=5] = conv(b, out=4) @ "l1"
  output m: f32[n=batch, c=6] = group_norm(b, groups=2) @ "n2" |> mean([h, w])
}
)";
  check(net);
  check(net, true, {{"batch", "2"}});
  check(net, false);
}

TEST_F(Equivalence, Branches) {
  check(R"(
network branches() {
  input x: f32[n=2, c=6, h=8, w=7]
  dense = conv(x, out=6, kernel=3, pad=1) @ "a0" |> batch_norm @ "a1"
  output repvgg: f32[n=2, c=6, h=8, w=7] = relu(dense + (conv(x, out=6, bias=false) @ "a2" |> batch_norm @ "a3") + (batch_norm(x) @ "a4"))
  mixed = conv(x, out=6, kernel=[3, 5], pad=[1, 2], groups=6) @ "b0" - (batch_norm(x) @ "b1")
  mixed = mixed + conv(x, out=6, groups=6) @ "b3"
  output mixer: f32[n=2, c=6, h=8, w=7] = x + param(c=6, h=1, w=1) @ "b2" * mixed
  output grouped: f32[n=2, c=6, h=8, w=7] = conv(x, out=6, kernel=3, pad=1, groups=2) @ "c0" - avg_pool(x, 3, stride=1, pad=1) - x
  output strided: f32[n=2, c=5, h=4, w=4] = conv(x, out=5, kernel=3, pad=1, stride=2) @ "d0" + conv(x, out=5, stride=2) @ "d1"
  output wide: f32[n=2, c=6, h=8, w=7] = conv(x, out=6, kernel=7, pad=3, groups=6) @ "e0" + conv(x, out=6, kernel=5, pad=2, groups=6) @ "e1"
  pixel = conv(x, out=6) @ "f0"
  output pixels: f32[n=2, c=6, h=8, w=7] = relu(x - (pixel - 3 * x)) * pixel + (x - conv(x, out=6) @ "f1")
}
)");
}

/// Sums of random branches on one input, of sizes that can be merged and of some that cannot.
TEST_F(Equivalence, RandomBranches) {
  for (unsigned seed = 0; seed < 40; ++seed) {
    std::mt19937 random(seed);
    auto pick = [&](std::initializer_list<int> values) { return *(values.begin() + random() % values.size()); };
    int channels = pick({4, 6, 12}), stride = pick({1, 1, 2}), dilation = pick({1, 1, 2});
    std::string sum;
    for (int number = 0, count = pick({2, 3, 4, 5}); number < count; ++number) {
      int kernel = pick({1, 3, 3, 5}), groups = pick({1, 2, channels});
      std::string conv = llvm::formatv("conv(x, out={0}, kernel={1}, stride={2}, pad={3}, dilation={4}, groups={5}) "
                                       "@ \"b{6}\"",
                                       channels, kernel, stride, kernel / 2 * dilation, dilation, groups, number);
      std::string pool = llvm::formatv("avg_pool(x, {0}, stride={1}, pad={2})", kernel, stride, kernel / 2);
      std::string norm = llvm::formatv("batch_norm @ \"n{0}\"", number);
      int kind = number ? pick({0, 1, 2, 3, 4}) : 0;
      std::string branch = kind == 1                  ? "(" + conv + " |> " + norm + ")"
                           : kind == 2                ? pool
                           : kind == 3 && stride == 1 ? "(x |> " + norm + ")"
                           : kind == 4 && stride == 1 ? "x"
                                                      : conv;
      sum += (sum.empty() ? "" : random() % 2 ? " + " : " - ") + branch;
    }
    check(llvm::formatv("network random() {{\n  input x: f32[n=1, c={0}, h=9, w=8]\n  output y = relu({1})\n}\n",
                        channels, sum)
              .str());
    ASSERT_FALSE(HasFailure()) << sum;
  }
}

TEST_F(Equivalence, TransposedConvolutions) {
  check(R"(
network transposed() {
  input x: f32[n=2, c=6, h=3, w=4]
  output a: f32[n=2, c=4, h=6, w=8] = batch_norm(x) @ "a0" |> conv_transpose(out=4, kernel=2, stride=2, bias=false) @ "a1" |> batch_norm @ "a2"
  output b: f32[n=2, c=6, h=6, w=8] = conv_transpose(x, out=6, kernel=2, stride=2, groups=6) @ "b0" |> batch_norm @ "b1" |> relu
  output c: f32[n=2, c=9, h=6, w=8] = conv_transpose(x, out=9, kernel=3, stride=2, pad=1, output_pad=1, groups=3) @ "c0" |> batch_norm @ "c1"
  output d: f32[n=2, c=5, h=9, w=10] = conv_transpose(2 * x - 1, out=5, kernel=4, dilation=[2, 2]) @ "d0" |> gelu
}
)");
}

TEST_F(Equivalence, CasViT) {
  auto source = llvm::MemoryBuffer::getFile(std::string(getenv("FOVEA_SOURCE")) + "/examples/cas_vit.net");
  ASSERT_TRUE(source);
  check((*source)->getBuffer(), true, {{"size", "32"}, {"classes", "10"}});
}

TEST_F(Equivalence, Fat) {
  auto source = llvm::MemoryBuffer::getFile(std::string(getenv("FOVEA_SOURCE")) + "/examples/fat.net");
  ASSERT_TRUE(source);
  check((*source)->getBuffer(), true, {{"size", "32"}, {"classes", "10"}});
}
