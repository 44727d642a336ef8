// The constants are what test/networks/made_up_weights.py prints, so that both sides are held to the same values.
#include "frontend/MadeUpWeights.h"

#include <gtest/gtest.h>
#include <numeric>
#include <vector>

using namespace fovea;

namespace {

std::vector<float> madeUp(llvm::StringRef name, std::vector<int64_t> shape, uint64_t seed, double gain = 1) {
  int64_t count = std::accumulate(shape.begin(), shape.end(), int64_t(1), std::multiplies<>());
  std::vector<float> values(count);
  fillMadeUp(name, shape, seed, gain, values);
  return values;
}

struct Case {
  const char *name;
  std::vector<int64_t> shape;
  uint64_t seed;
  float first, second, last;
};

TEST(MadeUpWeights, SameValuesAsPython) {
  const Case cases[] = {
      {"image", {1, 3, 2, 2}, 0, 0x1.2b68e0p-4f, -0x1.43c0c0p-4f, 0x1.5a5ce0p-1f},
      {"norm.running_var", {3}, 0, 0x1.1c3148p+0f, 0x1.e78f7ep-1f, 0x1.16170ap-1f},
      {"norm.running_mean", {3}, 7, 0x1.ed7b10p-3f, -0x1.a08d48p-2f, 0x1.346a48p-3f},
      {"norm.weight", {3}, 0, 0x1.038d14p-1f, 0x1.0969acp+0f, 0x1.51ab56p-1f},
      {"head.bias", {3}, ~uint64_t(0), 0x1.57c874p-4f, -0x1.29a04cp-4f, -0x1.dc43d4p-4f},
      {"head.weight", {2, 220}, 0, 0x1.c07e9cp-7f, 0x1.4ea752p-5f, -0x1.fcab26p-5f},
      {"patch_embed.0.weight", {24, 3, 3, 3}, 1, -0x1.d57182p-4f, -0x1.5c2d48p-5f, 0x1.fac058p-4f},
  };
  for (const Case &expected : cases) {
    std::vector<float> values = madeUp(expected.name, expected.shape, expected.seed);
    EXPECT_EQ(values[0], expected.first) << expected.name;
    EXPECT_EQ(values[1], expected.second) << expected.name;
    EXPECT_EQ(values.back(), expected.last) << expected.name;
  }
}

TEST(MadeUpWeights, DependOnNameAndSeed) {
  EXPECT_NE(madeUp("a.weight", {4, 4}, 0), madeUp("b.weight", {4, 4}, 0));
  EXPECT_NE(madeUp("a.weight", {4, 4}, 0), madeUp("a.weight", {4, 4}, 1));
}

TEST(MadeUpWeights, RangesByName) {
  auto within = [](std::vector<float> values, float low, float high) {
    auto [least, most] = std::minmax_element(values.begin(), values.end());
    // All of the range is used, and nothing beyond.
    return *least >= low && *most <= high && *most - *least > 0.99f * (high - low);
  };
  EXPECT_TRUE(within(madeUp("n.running_var", {4096}, 0), 0.5f, 1.5f));
  EXPECT_TRUE(within(madeUp("n.weight", {4096}, 0), 0.5f, 1.5f));
  EXPECT_TRUE(within(madeUp("n.running_mean", {4096}, 0), -0.5f, 0.5f));
  EXPECT_TRUE(within(madeUp("n.bias", {4096}, 0), -0.2f, 0.2f));
  EXPECT_TRUE(within(madeUp("n.weight", {64, 6, 4, 1}, 0), -0.25f, 0.25f)); // fan-in 24
  EXPECT_TRUE(within(madeUp("image", {1, 3, 32, 32}, 0), -1.0f, 1.0f));
}

TEST(MadeUpWeights, GainScalesWeightsOfLayersOnly) {
  EXPECT_EQ(madeUp("head.weight", {2, 220}, 0, 1.5)[0], 0x1.505ef6p-6f); // as in Python
  EXPECT_EQ(madeUp("a.weight", {4, 4}, 0, 2)[5], 2 * madeUp("a.weight", {4, 4}, 0)[5]);
  EXPECT_EQ(madeUp("norm.weight", {4}, 0, 2), madeUp("norm.weight", {4}, 0));
  EXPECT_EQ(madeUp("a.bias", {4}, 0, 2), madeUp("a.bias", {4}, 0));
  EXPECT_EQ(madeUp("pos_embed", {1, 4, 4}, 0, 2), madeUp("pos_embed", {1, 4, 4}, 0));
}

TEST(MadeUpWeights, OddShapes) {
  EXPECT_TRUE(madeUp("a.weight", {0, 3}, 0).empty());
  EXPECT_TRUE(madeUp("a.weight", {3, 0}, 0).empty());
  EXPECT_EQ(madeUp("a.weight", {}, 0).size(), 1u);
}

} // namespace
