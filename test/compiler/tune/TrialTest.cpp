// Kernels in C on trial in a network of two: what is wrong with them is found, and costs nobody else anything.
#include "compiler/tune/Trial.h"
#include "compiler/host/Codegen.h"
#include "compiler/host/KernelDispatch.h"
#include "compiler/host/Link.h"
#include "compiler/host/Passes.h"
#include "dialect/KernOps.h"
#include "frontend/FileIO.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "runtime/embedded.h"
#include "llvm/Support/FileSystem.h"
#include <gtest/gtest.h>

using namespace fovea;

static constexpr llvm::StringLiteral program = R"mlir(
#mc = #hvn.axes<m, c>
kern.func @scale(%x: tensor<2x3xf32, #mc>, %w: tensor<3xf32, #hvn.axes<c>>) -> tensor<2x3xf32, #mc> {
  %0 = hvn.mul %x, %w : (tensor<2x3xf32, #mc>, tensor<3xf32, #hvn.axes<c>>) -> tensor<2x3xf32, #mc>
  kern.return %0 : tensor<2x3xf32, #mc>
}
kern.func @shift(%x: tensor<2x3xf32, #mc>, %w: tensor<3xf32, #hvn.axes<c>>) -> tensor<2x3xf32, #mc> {
  %0 = hvn.add %x, %w : (tensor<2x3xf32, #mc>, tensor<3xf32, #hvn.axes<c>>) -> tensor<2x3xf32, #mc>
  kern.return %0 : tensor<2x3xf32, #mc>
}
kern.program @affine arena 128 weights 76 inputs [{name = "x", type = tensor<2x3xf32, #mc>} ]
    outputs [{name = "y", type = tensor<2x3xf32, #mc>} ] {
  %x = kern.buffer input 0 : memref<2x3xf32>
  %t = kern.buffer arena 0 : memref<2x3xf32>
  %u = kern.buffer arena 64 : memref<2x3xf32>
  %y = kern.buffer output 0 : memref<2x3xf32>
  %scale = kern.buffer weights 0 : memref<3xf32>
  %shift = kern.buffer weights 64 : memref<3xf32>
  kern.launch @scale(%x, %scale) to (%t) : (memref<2x3xf32>, memref<3xf32>) to (memref<2x3xf32>)
  kern.launch @shift(%t, %shift) to (%u) : (memref<2x3xf32>, memref<3xf32>) to (memref<2x3xf32>)
  kern.launch @scale(%u, %scale) to (%y) : (memref<2x3xf32>, memref<3xf32>) to (memref<2x3xf32>)
}
)mlir";

static constexpr const char *triple = "x86_64-unknown-linux-gnu";

namespace {

class Trial : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("fovea-trial-test", folder));
    mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
    context.loadDialect<kern::KernDialect>();
    auto module = mlir::parseSourceString<mlir::ModuleOp>(program, &context);
    ASSERT_TRUE(module);
    mlir::PassManager passes(&context);
    passes.addPass(createConvertProgramToLLVMPass());
    ASSERT_TRUE(succeeded(passes.run(*module)));
    dispatchKernels(*module, {"scale", "shift"}, "affine_dispatch");
    CodegenTarget target{triple, "x86-64"};
    auto host = llvm::cantFail(compileToObject(*module, target));
    std::vector<float> weights{2, 3, 4};
    weights.resize(19, 10);
    write("weights.bin", {reinterpret_cast<const char *>(weights.data()), weights.size() * sizeof(float)});
    auto embedded = llvm::cantFail(embedFile(path("weights.bin"), "fovea_weights", target));
    size_t bytes;
    auto *runtime = reinterpret_cast<const char *>(fovea_embedded_runtime(triple, &bytes));
    write("host.o", {host.data(), host.size()});
    write("weights.o", {embedded.data(), embedded.size()});
    write("runtime.o", {runtime, bytes});
    std::vector<std::string> exports = exportedSymbols("affine");
    exports.push_back("affine_dispatch");
    link("affine", {path("host.o"), path("weights.o"), path("runtime.o")}, exports);
    link("kernels", {TRIAL_KERNELS},
         {"own_scale_argv", "own_shift_argv", "same_scale_argv", "close_scale_argv", "wrong_scale_argv",
          "lazy_scale_argv", "failing_scale_argv", "crashing_scale_argv", "writing_beyond_scale_argv",
          "reading_beyond_scale_argv", "slow_scale_argv"});
    network.library = path("libaffine.so");
    network.dispatch = "affine_dispatch";
    network.kernels = {{"scale", {4, 4}, {4}, code("own_scale")}, {"shift", {4, 4}, {4}, code("own_shift")}};
    network.steps = {0, 1, 0};
  }
  void TearDown() override { llvm::sys::fs::remove_directories(folder); }

  std::string path(llvm::StringRef file) const { return (folder + "/" + file).str(); }
  void write(llvm::StringRef file, llvm::StringRef bytes) {
    llvm::cantFail(writeFile(path(file), [&](llvm::raw_ostream &stream) { stream << bytes; }));
  }
  void link(const std::string &name, std::vector<std::string> objects, std::vector<std::string> exports) {
    llvm::cantFail(linkShared(
        {llvm::cantFail(findLinker("")), triple, std::move(objects), name, folder.str().str(), false, false, exports}));
  }
  KernelCode code(const std::string &kernel) const { return {path("libkernels.so"), kernel + "_argv"}; }

  llvm::SmallString<128> folder;
  TrialNetwork network;
};

} // namespace

TEST_F(Trial, FaultsAreFound) {
  const std::pair<const char *, Comparison::Kind> expected[] = {
      {"same_scale", Comparison::Same},
      {"crashing_scale", Comparison::Failed},
      {"close_scale", Comparison::Close},
      {"writing_beyond_scale", Comparison::Failed},
      {"wrong_scale", Comparison::Wrong},
      {"lazy_scale", Comparison::Wrong},
      {"no_such", Comparison::Failed},
      {"failing_scale", Comparison::Failed},
      {"reading_beyond_scale", Comparison::Failed},
      {"own_scale", Comparison::Same},
  };
  std::vector<Variant> variants;
  for (auto [name, kind] : expected)
    variants.push_back({0, code(name)});
  std::vector<Comparison> found = compareVariants(network, variants);
  ASSERT_EQ(found.size(), std::size(expected));
  for (auto [comparison, wanted] : llvm::zip(found, expected))
    EXPECT_EQ(comparison.kind, wanted.second) << wanted.first;
  EXPECT_NEAR(found[2].error, 1e-6, 1e-7);
  EXPECT_NEAR(found[4].error, 1e-2, 1e-4);
}

TEST_F(Trial, CancelledComparisonsAreUnknown) {
  network.cancelled = [] { return true; };
  EXPECT_EQ(compareVariants(network, {{0, code("same_scale")}}).front().kind, Comparison::Unknown);
}

TEST_F(Trial, TimesAreThoseOfTheKernelsThatRan) {
  std::vector<Configuration> configurations(3);
  configurations[1][0] = code("slow_scale"); // sleeps for a millisecond in each of two steps
  configurations[2][0] = code("wrong_scale");
  auto times = timeConfigurations(network, configurations, {/*seconds=*/0, /*least=*/3, /*most=*/5});
  ASSERT_TRUE(bool(times)) << llvm::toString(times.takeError());
  EXPECT_GE((*times)[1].kernels[0].minimum, 2000);
  EXPECT_GE((*times)[1].whole.minimum, (*times)[1].kernels[0].minimum);
  EXPECT_GE((*times)[1].kernels[0].median, (*times)[1].kernels[0].minimum);
  EXPECT_EQ((*times)[1].difference, 0);
  EXPECT_GT((*times)[2].difference, 1e-3);

  // What is slow in the first runs is not waited for in the others, but keeps its time.
  auto dropped = timeConfigurations(network, configurations, {0, 6, 6, /*dropSlow=*/true});
  ASSERT_TRUE(bool(dropped)) << llvm::toString(dropped.takeError());
  EXPECT_GE((*dropped)[1].kernels[0].median, 2000);
}

TEST_F(Trial, WhatFailsIsAnError) {
  Configuration failing;
  failing[0] = code("failing_scale");
  auto times = timeConfigurations(network, {Configuration(), failing}, {0, 1, 1});
  EXPECT_FALSE(bool(times));
  llvm::consumeError(times.takeError());
}
