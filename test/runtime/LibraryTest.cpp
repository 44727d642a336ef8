// Loading of libraries, `fovea run` and `fovea bench`, on the toy library.
#include "compiler/host/Library.h"
#include "compiler/tools/Bench.h"
#include "compiler/tools/Run.h"
#include "frontend/Npy.h"

#include "gtest/gtest.h"
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace {

using namespace fovea;
namespace fs = std::filesystem;
const std::string toy = TOY_LIBRARY;

class Tools : public testing::Test {
protected:
  void SetUp() override {
    char name[] = "/tmp/fovea-test-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder = name;
    write("image.npy", {1, 3, 4, 5}, "f32", [](int i) { return static_cast<float>(i == 17 ? 100 : i); });
    write("scale.npy", {1}, "f64", [](int) { return 0.5; });
  }
  void TearDown() override { fs::remove_all(folder); }

  std::string path(const std::string &name) const { return (folder / name).string(); }

  template <typename F> void write(const std::string &name, std::vector<int64_t> shape, std::string dtype, F value) {
    NpyArray array = {shape, dtype, {}};
    int64_t count = 1;
    for (int64_t extent : shape)
      count *= extent;
    for (int i = 0; i < count; ++i) {
      auto element = value(i);
      const char *bytes = reinterpret_cast<const char *>(&element);
      array.data.insert(array.data.end(), bytes, bytes + sizeof element);
    }
    ASSERT_FALSE(static_cast<bool>(writeNpy(path(name), array)));
  }

  RunOptions options() const { return {toy, {"image=" + path("image.npy"), "scale=" + path("scale.npy")}, {}, 1}; }

  /// Runs and expects an exit code and a text in what is printed to stderr.
  void expectError(const RunOptions &options, int code, const std::string &text) {
    testing::internal::CaptureStderr();
    testing::internal::CaptureStdout();
    EXPECT_EQ(runCommand(options), code);
    EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
    const std::string printed = testing::internal::GetCapturedStderr();
    EXPECT_EQ(printed.rfind("fovea: error: ", 0), 0u) << printed;
    EXPECT_NE(printed.find(text), std::string::npos) << printed;
  }

  fs::path folder;
};

TEST_F(Tools, RunSummarizesOutputs) {
  testing::internal::CaptureStdout();
  ASSERT_EQ(runCommand(options()), 0);
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "logits: f32[n=1, c=60]\n"
                                                    "  min 0  max 50  mean 15.4417\n"
                                                    "  top 1  [0, 17]  50\n"
                                                    "  top 2  [0, 59]  29.5\n"
                                                    "  top 3  [0, 58]  29\n"
                                                    "  top 4  [0, 57]  28.5\n"
                                                    "  top 5  [0, 56]  28\n"
                                                    "label: i32[n=1]\n"
                                                    "  min 17  max 17  mean 17\n"
                                                    "  top 1  [0]  17\n");
}

TEST_F(Tools, RunSaysWhatIsNotFinite) {
  write("scale.npy", {1}, "f64", [](int) { return double(INFINITY); });
  testing::internal::CaptureStdout();
  ASSERT_EQ(runCommand(options()), 0);
  EXPECT_EQ(
      testing::internal::GetCapturedStdout().rfind("logits: f32[n=1, c=60]\n  60 of 60 elements are not finite\n", 0),
      0u);
}

TEST_F(Tools, RunWritesOutputs) {
  for (uint32_t threads : {1, 3}) {
    RunOptions options = this->options();
    options.outputs = {"logits=" + path("logits.npy")};
    options.threads = threads;
    testing::internal::CaptureStdout();
    ASSERT_EQ(runCommand(options), 0);
    EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
    llvm::Expected<NpyArray> array = readNpy(path("logits.npy"));
    ASSERT_TRUE(static_cast<bool>(array));
    EXPECT_EQ(array->shape, (std::vector<int64_t>{1, 60}));
    EXPECT_EQ(array->dtype, "f32");
    float value;
    std::memcpy(&value, array->data.data() + 17 * sizeof value, sizeof value);
    EXPECT_EQ(value, 50);
    fs::remove(path("logits.npy"));
  }
}

TEST_F(Tools, RunRefusesWrongArguments) {
  RunOptions wrong = options();
  wrong.inputs.pop_back();
  expectError(wrong, 1, "no value for input 'scale': expected --input scale=FILE.npy of f64[n=1]");
  wrong = options();
  wrong.inputs[0] = "imag=" + path("image.npy");
  expectError(wrong, 1, "the network has no input 'imag'; did you mean 'image'?");
  wrong = options();
  wrong.outputs = {"logit=" + path("y.npy")};
  expectError(wrong, 1, "the network has no output 'logit'; did you mean 'logits'?");
  wrong = options();
  wrong.inputs.push_back("image=other.npy");
  expectError(wrong, 1, "two files for input 'image'");
  wrong = options();
  wrong.inputs[0] = path("image.npy");
  expectError(wrong, 2, "expected NAME=FILE.npy");
  wrong = options();
  wrong.threads = 5000;
  expectError(wrong, 1, "5000 threads asked for; at most 1024 are possible");
  wrong = options();
  wrong.outputs = {"logits=" + path("nowhere/y.npy")};
  expectError(wrong, 1, "nowhere/y.npy");
}

TEST_F(Tools, RunRefusesWrongArrays) {
  write("image.npy", {1, 4, 5, 3}, "f32", [](int) { return 0.0f; });
  expectError(options(), 1, "input 'image': expected f32[n=1, c=3, h=4, w=5], but ");
  expectError(options(), 1, "image.npy holds f32[1, 4, 5, 3]");
  write("image.npy", {1, 3, 4, 5}, "f64", [](int) { return 0.0; });
  expectError(options(), 1, "holds f64[1, 3, 4, 5]");
  fs::remove(path("image.npy"));
  expectError(options(), 1, "image.npy");
}

TEST_F(Tools, AFailingKernelIsAnInternalError) {
  write("scale.npy", {1}, "f64", [](int) { return double(NAN); });
  expectError(options(), 3, "kernel 'top_1' of layer 'head.top' failed: it returned code -1");
}

TEST_F(Tools, RefusesWhatIsNotALibrary) {
  RunOptions wrong = options();
  wrong.library = path("no.so");
  expectError(wrong, 1, "cannot read '" + wrong.library + "'");
  wrong.library = path("scale.npy");
  expectError(wrong, 1, "is not a shared library");
  wrong.library = folder.string();
  expectError(wrong, 1, "cannot read");
  wrong.library = OTHER_LIBRARY;
  expectError(wrong, 1, "exports no function NAME_describe: it was not made by 'fovea compile'");
}

TEST_F(Tools, SurvivesTruncatedLibraries) {
  std::ifstream stream(toy, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(stream)), {});
  ASSERT_GT(bytes.size(), 1000u);
  RunOptions wrong = options();
  for (int part = 0; part < 40; ++part) {
    wrong.library = path("part" + std::to_string(part) + ".so");
    std::ofstream(wrong.library, std::ios::binary) << bytes.substr(0, bytes.size() * part / 40);
    expectError(wrong, 1, wrong.library);
  }
}

TEST_F(Tools, LibrariesMayBeRenamed) {
  fs::copy_file(toy, path("another name.so.1"));
  llvm::Expected<Library> library = Library::open(path("another name.so.1"));
  ASSERT_TRUE(static_cast<bool>(library)) << llvm::toString(library.takeError());
  EXPECT_STREQ(library->description().name, "toy");
  EXPECT_EQ(library->inputs().size(), 2u);
  EXPECT_EQ(library->outputs().size(), 2u);
  EXPECT_EQ(library->steps().size(), 2u);
}

TEST_F(Tools, BenchPrintsJson) {
  testing::internal::CaptureStdout();
  ASSERT_EQ(benchCommand({toy, 2, /*json=*/true, /*seconds=*/0.05}), 0);
  nlohmann::json json = nlohmann::json::parse(testing::internal::GetCapturedStdout(), nullptr, false);
  ASSERT_FALSE(json.is_discarded());
  EXPECT_EQ(json["threads"], 2);
  EXPECT_GE(json["runs"], 5);
  EXPECT_LE(json["min_ms"], json["median_ms"]);
  EXPECT_LE(json["median_ms"], json["p90_ms"]);
  EXPECT_GT(json["first_result_ms"], 0);
  ASSERT_EQ(json["kernels"].size(), 2u);
  double share = 0;
  for (const auto &kernel : json["kernels"]) {
    EXPECT_GE(kernel["us"], 0);
    EXPECT_GE(kernel["gflops"], 0);
    share += kernel["share"].get<double>();
  }
  EXPECT_NEAR(share, 1, 1e-3);
  EXPECT_EQ(json["kernels"][0]["name"], "scale_0");
  EXPECT_EQ(json["kernels"][1]["layer"], "head.top");
}

TEST_F(Tools, BenchPrintsATable) {
  testing::internal::CaptureStdout();
  ASSERT_EQ(benchCommand({toy, 1, /*json=*/false, /*seconds=*/0.05}), 0);
  const std::string text = testing::internal::GetCapturedStdout();
  for (const char *part :
       {"toy for any CPU, 1 thread\n", "median ", "p90 ", "load to first result ", "scale_0", "top_1", "total "})
    EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST_F(Tools, BenchRefusesWrongTimes) {
  for (double seconds : {0.0, -1.0, double(NAN), double(INFINITY)}) {
    testing::internal::CaptureStderr();
    EXPECT_EQ(benchCommand({toy, 1, false, seconds}), 2);
    EXPECT_NE(testing::internal::GetCapturedStderr().find("fovea: error: --time"), std::string::npos);
  }
}

} // namespace
