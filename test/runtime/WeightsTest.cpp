// Weights in a file of their own: which files a library takes, and what it says of the others.
#include "FakeNetwork.h"

#include "gtest/gtest.h"
#include <cstring>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace {

class WeightsTest : public testing::Test {
protected:
  void SetUp() override {
    fakeModel([](fovea_worker *, uint8_t *, const float *, float *) { return 0; });
    fovea_model &model = mutableFakeModel();
    model.description.weight_bytes = 128;
    model.description.weights_identity = 42;
    model.map_weights = fovea_map_weights;
    model.unmap_weights = fovea_unmap_weights;
  }
  void TearDown() override { std::filesystem::remove(path); }

  void write(fovea_weights_header header, size_t bytes) {
    std::string text(reinterpret_cast<const char *>(&header), sizeof header);
    text.resize(bytes);
    std::ofstream(path, std::ios::binary) << text;
  }

  /// The text of the error of a context with the weights of `file`; "" if it could be made.
  static std::string create(const char *file, int code) {
    fovea_options options = {};
    options.size = sizeof options;
    options.version = FOVEA_OPTIONS_VERSION;
    options.weights = file;
    fovea_context *context = nullptr;
    EXPECT_EQ(fovea_create(&mutableFakeModel(), &options, &context), code);
    EXPECT_EQ(context != nullptr, code == FOVEA_OK);
    fovea_destroy(context);
    return code ? fovea_last_error() : "";
  }

  static fovea_weights_header header(uint64_t identity, uint64_t bytes) {
    fovea_weights_header result = {{}, identity, bytes};
    std::memcpy(result.magic, FOVEA_WEIGHTS_MAGIC, sizeof result.magic);
    return result;
  }

  std::string path = testing::TempDir() + "fovea-" + std::to_string(getpid()) + ".weights";
  static constexpr size_t whole = FOVEA_WEIGHTS_OFFSET + 128;
};

TEST_F(WeightsTest, TakesItsFile) {
  write(header(42, 128), whole);
  create(path.c_str(), FOVEA_OK);
}

TEST_F(WeightsTest, RefusesOthers) {
  EXPECT_EQ(create(nullptr, FOVEA_ERROR_WEIGHTS),
            "the weights are in a file, which the options have to name: fake.weights");
  EXPECT_EQ(create(path.c_str(), FOVEA_ERROR_WEIGHTS), "cannot open '" + path + "' with the weights (error 2)");
  const std::string folder = testing::TempDir();
  EXPECT_EQ(create(folder.c_str(), FOVEA_ERROR_WEIGHTS), "'" + folder + "' is not a file with weights");
  write({}, whole);
  EXPECT_EQ(create(path.c_str(), FOVEA_ERROR_WEIGHTS), "'" + path + "' is not a file with weights");
  write(header(42, 128), 8);
  EXPECT_EQ(create(path.c_str(), FOVEA_ERROR_WEIGHTS), "'" + path + "' is not a file with weights");
  for (fovea_weights_header other : {header(43, 128), header(42, 64)}) {
    write(other, whole);
    EXPECT_EQ(create(path.c_str(), FOVEA_ERROR_WEIGHTS),
              "the weights in '" + path + "' are not of this library: compile its network with them again");
  }
  for (size_t bytes : {whole - 1, whole + 1}) {
    write(header(42, 128), bytes);
    EXPECT_EQ(create(path.c_str(), FOVEA_ERROR_WEIGHTS),
              "'" + path + "' has " + std::to_string(bytes) + " bytes; expected " + std::to_string(whole));
  }
}

TEST_F(WeightsTest, NeedNoFileInTheLibrary) {
  mutableFakeModel().map_weights = nullptr;
  mutableFakeModel().unmap_weights = nullptr;
  EXPECT_EQ(create(path.c_str(), FOVEA_ERROR_OPTIONS),
            "the options name a file with weights, but the library contains them");
  create(nullptr, FOVEA_OK);
}

} // namespace
