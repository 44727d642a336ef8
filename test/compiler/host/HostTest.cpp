// A program written by hand, with kernels in C, through the pass, LLVM and the linker to a library that runs.
#include "compiler/host/Codegen.h"
#include "compiler/host/Library.h"
#include "compiler/host/Link.h"
#include "compiler/host/Passes.h"
#include "frontend/FileIO.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "runtime/embedded.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
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
kern.program @affine arena 100 weights 76 inputs [{name = "x", type = tensor<2x3xf32, #mc>} ]
    outputs [{name = "y", type = tensor<2x3xf32, #mc>} ]
    attributes {scratch_bytes = 1 : i64, stack_bytes = 1000 : i64,
      targets = [{name = "any CPU", suffix = "", cpu_features = 0 : i64}]} {
  %x = kern.buffer input 0 : memref<2x3xf32>
  %t = kern.buffer arena 64 : memref<2x3xf32>
  %y = kern.buffer output 0 : memref<2x3xf32>
  %scale = kern.buffer weights 0 : memref<3xf32>
  %shift = kern.buffer weights 64 : memref<3xf32>
  kern.launch @scale(%x, %scale) to (%t) : (memref<2x3xf32>, memref<3xf32>) to (memref<2x3xf32>)
    loc(fused["first", "second"])
  kern.launch @shift(%t, %shift) to (%y) : (memref<2x3xf32>, memref<3xf32>) to (memref<2x3xf32>) loc("last")
}
)mlir";

static constexpr const char *triple = "x86_64-unknown-linux-gnu";

namespace {

class HostTest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("fovea-host-test", folder));
    context.loadDialect<kern::KernDialect>();
    size_t bytes;
    auto *runtime = reinterpret_cast<const char *>(fovea_embedded_runtime(triple, &bytes));
    write("runtime.o", llvm::StringRef(runtime, bytes));
  }
  void TearDown() override { llvm::sys::fs::remove_directories(folder); }

  std::string path(llvm::StringRef file) const {
    llvm::SmallString<128> result(folder);
    llvm::sys::path::append(result, file);
    return result.str().str();
  }
  void write(llvm::StringRef file, llvm::StringRef bytes) {
    EXPECT_FALSE(bool(writeFile(path(file), [&](llvm::raw_ostream &stream) { stream << bytes; })));
  }
  std::string read(llvm::StringRef file) {
    auto buffer = readFile(path(file));
    EXPECT_TRUE(bool(buffer));
    llvm::ArrayRef<char> bytes = (*buffer)->getBuffer();
    return {bytes.begin(), bytes.end()};
  }

  /// Compiles the program and the weights; returns what to link.
  LinkJob compile() {
    auto module = mlir::parseSourceString<mlir::ModuleOp>(program, &context);
    EXPECT_TRUE(module);
    mlir::PassManager passes(&context);
    passes.addPass(createConvertProgramToLLVMPass());
    EXPECT_TRUE(succeeded(passes.run(*module)));
    CodegenTarget target{triple, "x86-64"};
    auto host = compileToObject(*module, target);
    EXPECT_TRUE(bool(host));
    write("host.o", llvm::StringRef(host->data(), host->size()));

    std::vector<float> weights(19);
    std::copy_n(std::array{2.f, 3.f, 4.f}.begin(), 3, weights.begin());
    std::copy_n(std::array{10.f, 20.f, 30.f}.begin(), 3, weights.begin() + 16);
    write("weights \"1\".bin", llvm::StringRef(reinterpret_cast<const char *>(weights.data()), weights.size() * 4));
    auto embedded = embedFile(path("weights \"1\".bin"), "fovea_weights", target);
    EXPECT_TRUE(bool(embedded));
    write("weights.o", llvm::StringRef(embedded->data(), embedded->size()));

    auto linker = findLinker("");
    EXPECT_TRUE(bool(linker));
    return {*linker,
            triple,
            {path("host.o"), path("weights.o"), FAKE_KERNELS, path("runtime.o")},
            "affine",
            folder.str().str()};
  }

  mlir::MLIRContext context{mlir::MLIRContext::Threading::DISABLED};
  llvm::SmallString<128> folder;
};

TEST_F(HostTest, SharedLibraryRuns) {
  LinkJob job = compile();
  llvm::Error error = linkShared(job);
  ASSERT_FALSE(bool(error)) << llvm::toString(std::move(error));
  auto library = Library::open(path("libaffine.so"));
  ASSERT_TRUE(bool(library)) << llvm::toString(library.takeError());

  const fovea_description &description = library->description();
  EXPECT_STREQ(description.name, "affine");
  EXPECT_STREQ(description.target, "any CPU");
  EXPECT_NE(llvm::StringRef(description.notices).find("Halide"), llvm::StringRef::npos);
  EXPECT_EQ(description.arena_bytes, 128u);
  EXPECT_EQ(description.scratch_bytes, 64u);
  EXPECT_EQ(description.stack_bytes, 1000u);
  ASSERT_EQ(library->inputs().size(), 1u);
  const fovea_tensor_info &input = library->inputs()[0];
  EXPECT_STREQ(input.name, "x");
  EXPECT_STREQ(input.type, "f32");
  EXPECT_EQ(llvm::ArrayRef(input.shape, input.rank), llvm::ArrayRef<int64_t>({2, 3}));
  EXPECT_STREQ(input.axes[1], "c");
  EXPECT_EQ(input.bytes, 24u);
  ASSERT_EQ(library->steps().size(), 2u);
  EXPECT_STREQ(library->steps()[0].kernel, "scale");
  EXPECT_STREQ(library->steps()[0].layer, "first + second");
  EXPECT_EQ(library->steps()[0].bytes, 60u);
  EXPECT_EQ(library->steps()[0].flops, 6);
  EXPECT_STREQ(library->steps()[1].layer, "last");

  auto instance = library->createContext(1);
  ASSERT_TRUE(bool(instance)) << llvm::toString(instance.takeError());
  float x[] = {1, 2, 3, 4, 5, 6}, y[6] = {};
  error = instance->run({{x, sizeof x}}, {{y, sizeof y}});
  ASSERT_FALSE(bool(error)) << llvm::toString(std::move(error));
  EXPECT_EQ(llvm::ArrayRef(y), llvm::ArrayRef<float>({12, 26, 42, 18, 35, 54}));

  x[0] = -1;
  std::string message = llvm::toString(instance->run({{x, sizeof x}}, {{y, sizeof y}}));
  EXPECT_NE(message.find("shift"), std::string::npos) << message;
}

TEST_F(HostTest, SameBytesTwice) {
  LinkJob job = compile();
  ASSERT_FALSE(bool(linkShared(job)));
  ASSERT_FALSE(bool(linkStatic(job)));
  std::string shared = read("libaffine.so"), archive = read("libaffine.a");
  job = compile();
  ASSERT_FALSE(bool(linkShared(job)));
  ASSERT_FALSE(bool(linkStatic(job)));
  EXPECT_TRUE(shared == read("libaffine.so"));
  EXPECT_TRUE(archive == read("libaffine.a"));
}

TEST_F(HostTest, LinkerErrors) {
  LinkJob job = compile();
  job.objects.pop_back();
  std::string message = llvm::toString(linkShared(job));
  EXPECT_TRUE(llvm::StringRef(message).starts_with("linking failed: ")) << message;
  EXPECT_NE(message.find("fovea_create"), std::string::npos) << message;
  EXPECT_FALSE(llvm::sys::fs::exists(path("libaffine.so")));

  auto missing = findLinker("no-such-linker");
  EXPECT_TRUE(missing.errorIsA<LinkError>());
  EXPECT_EQ(llvm::toString(missing.takeError()), "there is no linker 'no-such-linker': No such file or directory");
}

} // namespace
