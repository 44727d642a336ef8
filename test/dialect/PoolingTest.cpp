// The reference meaning of pooling and resizing, on numbers computed by hand.
#include "ReferenceFixture.h"

static constexpr double inf = INFINITY;

TEST_F(Reference, MaxPool) {
  Numbers x{1, 2, 3, 4, 5, 6, 7, 8, 9};
  auto pool = [&](StringRef text, StringRef shape, Numbers from) {
    std::string type = "({1x1x3x3 n c h w}) -> {1x1x" + shape.str() + " n c h w}";
    return evaluate(("%r = hvn.max_pool %0 " + text + " : " + type).str(), {"1x1x3x3 n c h w"}, {from});
  };
  EXPECT_EQ(pool("kernel [2, 2] stride [1, 1]", "2x2", x), (Numbers{5, 6, 8, 9}));
  EXPECT_EQ(pool("kernel [2, 1] stride [2, 2]", "1x2", x), (Numbers{4, 6}));
  EXPECT_EQ(pool("kernel [2, 1] stride [2, 2] ceil_mode true", "2x2", x), (Numbers{4, 6, 7, 9}));
  // Places beyond the input count for nothing, be all else negative.
  Numbers negative{-1, -2, -3, -4, -5, -6, -7, -8, -9};
  EXPECT_EQ(pool("kernel [3, 3] stride [2, 2] pad [1, 1]", "2x2", negative), (Numbers{-1, -2, -4, -5}));
  EXPECT_EQ(pool("kernel [2, 2] stride [1, 1] dilation [2, 2]", "1x1", x), (Numbers{9}));
  Numbers special = negative;
  special[4] = NAN;
  special[8] = -inf;
  Numbers found = pool("kernel [2, 1] stride [1, 2] pad [1, 0]", "4x2", special);
  EXPECT_EQ(found, (Numbers{-1, -3, -1, -3, -4, -6, -7, -inf}));
  EXPECT_TRUE(std::isnan(pool("kernel [3, 3] stride [1, 1]", "1x1", special)[0]));
}

TEST_F(Reference, AvgPool) {
  Numbers x{9, 18, 27, 36};
  auto pool = [&](StringRef text, StringRef shape) {
    std::string type = "({1x1x2x2 n c h w}) -> {1x1x" + shape.str() + " n c h w}";
    return evaluate(("%r = hvn.avg_pool %0 " + text + " : " + type).str(), {"1x1x2x2 n c h w"}, {x});
  };
  EXPECT_EQ(pool("kernel [1, 2] stride [1, 1]", "2x1"), (Numbers{13.5, 31.5}));
  EXPECT_EQ(pool("kernel [3, 3] stride [2, 2] pad [1, 1]", "1x1"), (Numbers{10}));
  EXPECT_EQ(pool("kernel [3, 3] stride [2, 2] pad [1, 1] count_include_pad false", "1x1"), (Numbers{22.5}));
  // Of the second window only the padding counts, not what lies behind it: 2 rows of 2.
  EXPECT_EQ(pool("kernel [3, 2] stride [2, 2] pad [1, 0] ceil_mode true", "2x1"), (Numbers{15, 15.75}));
}

// Three elements into two windows that share the middle one; two into three, of which the middle has both.
TEST_F(Reference, AdaptivePools) {
  for (auto [op, fewer, more] : {std::tuple("hvn.adaptive_avg_pool", Numbers{1.5, 3}, Numbers{1, 1.5, 2}),
                                 std::tuple("hvn.adaptive_max_pool", Numbers{2, 4}, Numbers{1, 2, 2})}) {
    std::string name = std::string("%r = ") + op + " %0 size ";
    EXPECT_EQ(evaluate(name + "[1, 2] : ({1x1x1x3 n c h w}) -> {1x1x1x2 n c h w}", {"1x1x1x3 n c h w"}, {{1, 2, 4}}),
              fewer);
    EXPECT_EQ(evaluate(name + "[3, 1] : ({1x2x1x1 n h w c}) -> {1x3x1x1 n h w c}", {"1x2x1x1 n h w c"}, {{1, 2}}),
              more);
  }
}

TEST_F(Reference, Resize) {
  auto resize = [&](StringRef mode, Numbers from, int64_t to) {
    std::string type = " : ({" + std::to_string(from.size()) + " t}) -> {" + std::to_string(to) + " t}";
    std::string size = "over <t> size [" + std::to_string(to) + "] mode ";
    return evaluate("%r = hvn.resize %0 " + size + mode.str() + type, {std::to_string(from.size()) + " t"}, {from});
  };
  EXPECT_EQ(resize("\"nearest\"", {1, 2}, 5), (Numbers{1, 1, 1, 2, 2}));
  EXPECT_EQ(resize("\"nearest\"", {1, 2, 3, 4, 5}, 2), (Numbers{1, 3}));
  EXPECT_EQ(resize("\"bilinear\"", {1, 5}, 4), (Numbers{1, 2, 4, 5}));
  EXPECT_EQ(resize("\"bilinear\" align_corners true", {1, 5}, 5), (Numbers{1, 2, 3, 4, 5}));
  EXPECT_EQ(resize("\"bilinear\" align_corners true", {1, 5}, 1), (Numbers{1}));
  // The tent is twice as wide and reaches three elements, which it weighs 3, 3, 1 and 1, 3, 3 sevenths.
  Numbers smooth = resize("\"bilinear\" antialias true", {7, 0, 0, 14}, 2);
  EXPECT_NEAR(smooth[0], 3, 1e-14);
  EXPECT_NEAR(smooth[1], 6, 1e-14);
  // Halfway between two elements Keys' kernel weighs -3, 19, 19, -3 thirty-seconds.
  EXPECT_EQ(resize("\"bicubic\"", {32, 0, 64, 0}, 2), (Numbers{10, 38}));
  EXPECT_EQ(resize("\"bicubic\" align_corners true", {1, 2, 3, 4}, 4), (Numbers{1, 2, 3, 4}));
  // The outer axis is resized between whole rows.
  EXPECT_EQ(evaluate("%r = hvn.resize %0 over <t> size [3] mode \"bilinear\" align_corners true"
                     " : ({2x2 t c}) -> {3x2 t c}",
                     {"2x2 t c"}, {{0, 10, 2, 30}}),
            (Numbers{0, 10, 1, 20, 2, 30}));
}
