// The reference meaning of each op, on numbers computed by hand.
#include "ReferenceFixture.h"
#include <cmath>

static constexpr double inf = INFINITY;

// 3x3 input 1..9, kernel [[1, 2], [3, 4]]: top left 1*1 + 2*2 + 4*3 + 5*4 = 37.
TEST_F(Reference, Conv) {
  Numbers x{1, 2, 3, 4, 5, 6, 7, 8, 9};
  EXPECT_EQ(evaluate("%r = hvn.conv %0, %1 : ({1x1x3x3 n c h w}, {1x1x2x2 o i y x}) -> {1x1x2x2 n c h w}",
                     {"1x1x3x3 n c h w", "1x1x2x2 o i y x"}, {x, {1, 2, 3, 4}}),
            (Numbers{37, 47, 67, 77}));
}

// Padding is zero; with stride 2 only the corners 0, 2 of the 4x4 outputs 0..3 are left.
TEST_F(Reference, ConvWithStridePadAndBias) {
  Numbers x{1, 2, 3, 4, 5, 6, 7, 8, 9};
  EXPECT_EQ(
      evaluate("%r = hvn.conv %0, %1, %2 stride [2, 2] pad [1, 1] : ({1x1x3x3 n c h w}, {1x1x2x2 o i y x}, {1 c}) "
               "-> {1x1x2x2 n c h w}",
               {"1x1x3x3 n c h w", "1x1x2x2 o i y x", "1 c"}, {x, {1, 2, 3, 4}, {100}}),
      (Numbers{100 + 4, 100 + 3 * 2 + 4 * 3, 100 + 2 * 4 + 4 * 7, 100 + 5 + 2 * 6 + 3 * 8 + 4 * 9}));
}

TEST_F(Reference, ConvWithDilation) {
  Numbers x{1, 2, 3, 4, 5, 6, 7, 8, 9};
  EXPECT_EQ(
      evaluate("%r = hvn.conv %0, %1 dilation [2, 2] : ({1x1x3x3 n c h w}, {1x1x2x2 o i y x}) -> {1x1x1x1 n c h w}",
               {"1x1x3x3 n c h w", "1x1x2x2 o i y x"}, {x, {1, 2, 3, 4}}),
      (Numbers{1 + 2 * 3 + 3 * 7 + 4 * 9}));
}

// Two groups of two input channels and one output channel each, channels last.
TEST_F(Reference, ConvWithGroups) {
  EXPECT_EQ(evaluate("%r = hvn.conv %0, %1 groups 2 : ({1x1x1x4 n h w c}, {2x2x1x1 o i y x}) -> {1x1x1x2 n h w c}",
                     {"1x1x1x4 n h w c", "2x2x1x1 o i y x"}, {{1, 2, 3, 4}, {10, 20, 30, 40}}),
            (Numbers{1 * 10 + 2 * 20, 3 * 30 + 4 * 40}));
}

// Rows of the input 1, 2 / 3, 4 spread by 2 under the kernel [[1, 10], [100, 1000]]; the bias is everywhere.
TEST_F(Reference, ConvTranspose) {
  Numbers x{1, 2, 3, 4}, w{1, 10, 100, 1000};
  EXPECT_EQ(evaluate("%r = hvn.conv_transpose %0, %1, %2 stride [2, 2] : "
                     "({1x1x2x2 n c h w}, {1x1x2x2 i o y x}, {1 c}) -> {1x1x4x4 n c h w}",
                     {"1x1x2x2 n c h w", "1x1x2x2 i o y x", "1 c"}, {x, w, {5}}),
            (Numbers{6, 15, 7, 25, 105, 1005, 205, 2005, 8, 35, 9, 45, 305, 3005, 405, 4005}));
  // Overlapping windows, of which the middle is left: 1*1000 + 2*100 + 3*10 + 4*1, then a row and a column more.
  EXPECT_EQ(evaluate("%r = hvn.conv_transpose %0, %1 pad [1, 1] : ({1x1x2x2 n c h w}, {1x1x2x2 i o y x}) "
                     "-> {1x1x1x1 n c h w}",
                     {"1x1x2x2 n c h w", "1x1x2x2 i o y x"}, {x, w}),
            (Numbers{1234}));
  EXPECT_EQ(evaluate("%r = hvn.conv_transpose %0, %1 stride [2, 2] pad [1, 1] output_pad [1, 1] : "
                     "({1x1x2x2 n c h w}, {1x1x2x2 i o y x}) -> {1x1x3x3 n c h w}",
                     {"1x1x2x2 n c h w", "1x1x2x2 i o y x"}, {x, w}),
            (Numbers{1000, 200, 2000, 30, 4, 40, 3000, 400, 4000}));
}

// Two groups of one channel with two filters each, dilated by 2; channels last.
TEST_F(Reference, ConvTransposeWithGroups) {
  EXPECT_EQ(evaluate("%r = hvn.conv_transpose %0, %1 dilation [1, 2] groups 2 : "
                     "({1x1x1x2 n h w c}, {2x2x1x2 i o y x}) -> {1x1x3x4 n h w c}",
                     {"1x1x1x2 n h w c", "2x2x1x2 i o y x"}, {{2, 3}, {1, 10, 100, 1000, 4, 40, 400, 4000}}),
            (Numbers{2, 200, 12, 1200, 0, 0, 0, 0, 20, 2000, 120, 12000}));
}

TEST_F(Reference, Linear) {
  Numbers weight{1, 2, 3, 4, 5, 6}, bias{10, 20, 30};
  EXPECT_EQ(evaluate("%r = hvn.linear %0, %1, %2 : ({2x2 n c}, {3x2 o i}, {3 c}) -> {2x3 n c}",
                     {"2x2 n c", "3x2 o i", "3 c"}, {{1, 2, 3, 4}, weight, bias}),
            (Numbers{15, 31, 47, 21, 45, 69}));
  // The same with the channels outside.
  EXPECT_EQ(evaluate("%r = hvn.linear %0, %1, %2 : ({2x2 c n}, {3x2 o i}, {3 c}) -> {3x2 c n}",
                     {"2x2 c n", "3x2 o i", "3 c"}, {{1, 3, 2, 4}, weight, bias}),
            (Numbers{15, 21, 31, 45, 47, 69}));
}

// (x - mean) / sqrt(var + eps) * weight + bias with sqrt(3 + 1) = 2 and sqrt(8 + 1) = 3.
TEST_F(Reference, BatchNorm) {
  EXPECT_EQ(evaluate("%r = hvn.batch_norm %0, %1, %2, %3, %4 eps 1.0 : {2x2 n c}, {2 c}",
                     {"2x2 n c", "2 c", "2 c", "2 c", "2 c"}, {{1, 2, 5, 8}, {4, 6}, {10, 20}, {1, 2}, {3, 8}}),
            (Numbers{10, 20, 18, 32}));
}

// Two images of two groups of one channel and two pixels: mean and variance 2, 1; 6, 4; 1, 0; 0, 9.
TEST_F(Reference, GroupNorm) {
  Numbers x{1, 3, 4, 8, 1, 1, 3, -3};
  EXPECT_EQ(evaluate("%r = hvn.group_norm %0, %1, %2 groups 2 eps 0.0 : {1x2x2 n c t}, {2 c}",
                     {"1x2x2 n c t", "2 c", "2 c"}, {{1, 3, 4, 8}, {10, 100}, {1, 2}}),
            (Numbers{-9, 11, -98, 102}));
  EXPECT_EQ(
      evaluate("%r = hvn.moments %0 groups 2 rows \"n\" : ({2x2x2 n c t}) -> {2x2x2x2 n g b s}", {"2x2x2 n c t"}, {x})
          .size(),
      16u);
  EXPECT_EQ(evaluate("%r = hvn.moments %0 groups 2 rows \"h\" : ({2x2x1x2 n c h w}) -> {2x2x1x2 n g b s}",
                     {"2x2x1x2 n c h w"}, {x}),
            (Numbers{2, 1, 6, 4, 1, 0, 0, 9}));
  // All channels of an image together, and rows apart.
  EXPECT_EQ(evaluate("%r = hvn.moments %0 groups 1 rows \"h\" : ({1x2x2x1 n c h w}) -> {1x1x2x2 n g b s}",
                     {"1x2x2x1 n c h w"}, {{1, 3, 5, 9}}),
            (Numbers{3, 4, 6, 9}));
}

// Rows with means 3 and 6 and variances 4 and 9: mean 4.5, variance 6.5 + 2.25 = 8.75; with eps 0.25 the deviation
// is 3.
TEST_F(Reference, Normalize) {
  EXPECT_EQ(evaluate("%r = hvn.normalize %0 by %1 eps 0.25 : ({1x2x1 n c t}, {1x1x2x2 n g b s}) -> {1x2x1 n c t}",
                     {"1x2x1 n c t", "1x1x2x2 n g b s"}, {{4.5, 7.5}, {3, 4, 6, 9}}),
            (Numbers{0, 1}));
  EXPECT_EQ(evaluate("%r = hvn.normalize %0 by %1 sums %2 eps 0.25 : ({1x2x1 n c t}, {1x1x2x2 n g b s}, {2 c}) "
                     "-> {1x2x1 n c t}",
                     {"1x2x1 n c t", "1x1x2x2 n g b s", "2 c"}, {{9, 12}, {3, 4, 6, 9}, {2, 2}}),
            (Numbers{0, 1}));
}

// Scores 0 and log 3: weights 1/4 and 3/4. The second head sees equal keys.
TEST_F(Reference, Attention) {
  Numbers result =
      evaluate("%r = hvn.attention %0, %1, %2 heads 2 scale 2.0 queries <t> keys <u> : ({1x1x2 n t c}, {1x2x2 n u c}, "
               "{1x2x2 n u c}) -> {1x1x2 n t c}",
               {"1x1x2 n t c", "1x2x2 n u c", "1x2x2 n u c"}, {{1, 7}, {0, 5, std::log(3) / 2, 5}, {4, 10, 8, 20}});
  ASSERT_EQ(result.size(), 2u);
  EXPECT_NEAR(result[0], 7, 1e-14);
  EXPECT_NEAR(result[1], 15, 1e-14);
}

// Scores 0 and log 3, the second with a bias that takes it back; then a region of its own, which leaves nothing of it.
TEST_F(Reference, AttentionScores) {
  std::vector<Numbers> operands{{1}, {0, std::log(3)}, {4, 8}, {0, -std::log(3)}};
  Numbers result = evaluate("%r = hvn.attention %0, %1, %2 bias %3 heads 1 scale 1.0 queries <t> keys <u> : "
                            "({1x1 t c}, {2x1 u c}, {2x1 u c}, {2 k}) -> {1x1 t c}",
                            {"1x1 t c", "2x1 u c", "2x1 u c", "2 k"}, operands);
  ASSERT_EQ(result.size(), 1u);
  EXPECT_NEAR(result[0], 6, 1e-14);
  result = evaluate("%r = hvn.attention %0, %1, %2 regions %3 heads 1 scale 1.0 queries <t> keys <t> : "
                    "({2x1 t c}, {2x1 t c}, {2x1 t c}, {2 t}) -> {2x1 t c}",
                    {"2x1 t c", "2x1 t c", "2x1 t c", "2 t"}, {{1, 1}, {0, std::log(3)}, {4, 8}, {0, 1}});
  ASSERT_EQ(result.size(), 2u);
  EXPECT_NEAR(result[0], 4, 1e-14);
  EXPECT_NEAR(result[1], 8, 1e-14);
  // 2 * 4 + max(-3, 0) * 8, in each of two batches.
  EXPECT_EQ(evaluate("%r = hvn.attention %0, %1, %2 heads 1 scale 1.0 scores \"relu\" queries <t> keys <u> : "
                     "({2x1x1 a t c}, {2x2x1 a u c}, {2x2x1 a u c}) -> {2x1x1 a t c}",
                     {"2x1x1 a t c", "2x2x1 a u c", "2x2x1 a u c"}, {{1, 2}, {2, -3, 1, 1}, {4, 8, 10, 20}}),
            (Numbers{8, 60}));
}

// Of heads with one channel each: q (k . v) / (q (sum of k) + eps).
TEST_F(Reference, LinearAttention) {
  EXPECT_EQ(evaluate("%r = hvn.linear_attention %0, %1, %2 heads 2 normalize true eps 1.0 queries <t> keys <u> : "
                     "({1x2 t c}, {2x2 u c}, {2x2 u c}) -> {1x2 t c}",
                     {"1x2 t c", "2x2 u c", "2x2 u c"}, {{1, 3}, {1, 2, 2, 3}, {8, 16, 8, 32}}),
            (Numbers{6, 24}));
  EXPECT_EQ(evaluate("%r = hvn.linear_attention %0, %1, %2 heads 1 normalize false eps 1.0 queries <t> keys <u> : "
                     "({1x2 t c}, {2x2 u c}, {2x1 u c}) -> {1x1 t c}",
                     {"1x2 t c", "2x2 u c", "2x1 u c"}, {{1, 3}, {1, 2, 2, 3}, {1, 2}}),
            (Numbers{29}));
}

TEST_F(Reference, Contract) {
  EXPECT_EQ(evaluate("%r = hvn.contract %0, %1 over <d> : ({2x2 q d}, {2x2 d k}) -> {2x2 q k}", {"2x2 q d", "2x2 d k"},
                     {{1, 2, 3, 4}, {5, 6, 7, 8}}),
            (Numbers{19, 22, 43, 50}));
  EXPECT_EQ(evaluate("%r = hvn.contract %0, %1 over <d> : ({2x2 n d}, {2x2 d n}) -> {2 n}", {"2x2 n d", "2x2 d n"},
                     {{1, 2, 3, 4}, {5, 6, 7, 8}}),
            (Numbers{19, 50}));
}

TEST_F(Reference, Constant) { EXPECT_EQ(evaluate("%r = hvn.constant 2.5 : { }", {}, {}), (Numbers{2.5})); }

TEST_F(Reference, Relu) {
  Numbers result = evaluate("%r = hvn.relu %0 : {5 c}", {"5 c"}, {{-1, 0, 2, -inf, NAN}});
  EXPECT_EQ(Numbers(result.begin(), result.begin() + 4), (Numbers{0, 0, 2, 0}));
  EXPECT_TRUE(std::isnan(result[4]));
}

// The normal distribution's table: Phi(1) = 0.841344746068543, so gelu(1) = Phi(1) and gelu(-1) = Phi(1) - 1.
TEST_F(Reference, Gelu) {
  Numbers result = evaluate("%r = hvn.gelu %0 : {6 c}", {"6 c"}, {{0, 1, -1, inf, -inf, NAN}});
  EXPECT_EQ(result[0], 0);
  EXPECT_NEAR(result[1], 0.841344746068543, 1e-15);
  EXPECT_NEAR(result[2], -0.158655253931457, 1e-15);
  EXPECT_EQ(result[3], inf);
  EXPECT_EQ(result[4], 0);
  EXPECT_TRUE(std::isnan(result[5]));
}

TEST_F(Reference, Sigmoid) {
  Numbers result = evaluate("%r = hvn.sigmoid %0 : {4 c}", {"4 c"}, {{0, std::log(3), -inf, inf}});
  EXPECT_EQ(result[0], 0.5);
  EXPECT_NEAR(result[1], 0.75, 1e-15);
  EXPECT_EQ(result[2], 0);
  EXPECT_EQ(result[3], 1);
}

TEST_F(Reference, Rsqrt) {
  EXPECT_EQ(evaluate("%r = hvn.rsqrt %0 : {3 c}", {"3 c"}, {{4, 0.0625, 0}}), (Numbers{0.5, 4, inf}));
}

TEST_F(Reference, BinaryOpsBroadcastByName) {
  EXPECT_EQ(evaluate("%r = hvn.add %0, %1 : ({2x3 n c}, {3 c}) -> {2x3 n c}", {"2x3 n c", "3 c"},
                     {{1, 2, 3, 4, 5, 6}, {10, 20, 30}}),
            (Numbers{11, 22, 33, 14, 25, 36}));
  EXPECT_EQ(evaluate("%r = hvn.sub %0, %1 : ({ }, {2 c}) -> {2 c}", {" ", "2 c"}, {{10}, {1, 2}}), (Numbers{9, 8}));
  // The other order of the axes, and a size of 1 on each side.
  EXPECT_EQ(evaluate("%r = hvn.mul %0, %1 : ({2x1 n c}, {3x1 c n}) -> {2x3 n c}", {"2x1 n c", "3x1 c n"},
                     {{1, 2}, {10, 20, 30}}),
            (Numbers{10, 20, 30, 20, 40, 60}));
}

TEST_F(Reference, MeanAndSum) {
  Numbers x{1, 2, 3, 4, 5, 6};
  EXPECT_EQ(evaluate("%r = hvn.mean %0 over <c> : ({2x3 n c}) -> {2 n}", {"2x3 n c"}, {x}), (Numbers{2, 5}));
  EXPECT_EQ(evaluate("%r = hvn.sum %0 over <n> keepdim true : ({2x3 n c}) -> {1x3 n c}", {"2x3 n c"}, {x}),
            (Numbers{5, 7, 9}));
  EXPECT_EQ(evaluate("%r = hvn.sum %0 over <c, n> : ({2x3 n c}) -> { }", {"2x3 n c"}, {x}), (Numbers{21}));
}

TEST_F(Reference, DataMovement) {
  Numbers x{1, 2, 3, 4, 5, 6};
  EXPECT_EQ(evaluate("%r = hvn.permute %0 : {2x3 n c} to {3x2 c n}", {"2x3 n c"}, {x}), (Numbers{1, 4, 2, 5, 3, 6}));
  EXPECT_EQ(evaluate("%r = hvn.reshape %0 : {2x3 n c} to {3x2 n c}", {"2x3 n c"}, {x}), x);
  EXPECT_EQ(evaluate("%r = hvn.slice %0 on \"c\" from 1 size 2 : ({2x3 n c}) -> {2x2 n c}", {"2x3 n c"}, {x}),
            (Numbers{2, 3, 5, 6}));
  EXPECT_EQ(evaluate("%r = hvn.slice %0 on \"n\" from 1 size 1 : ({2x3 n c}) -> {1x3 n c}", {"2x3 n c"}, {x}),
            (Numbers{4, 5, 6}));
  EXPECT_EQ(
      evaluateAll("%r:3 = hvn.split %0 on \"c\" into [1, 1, 1] : ({2x3 n c}) -> ({2x1 n c}, {2x1 n c}, {2x1 n c})",
                  {"2x3 n c"}, {x}),
      (std::vector<Numbers>{{1, 4}, {2, 5}, {3, 6}}));
}

TEST_F(Reference, Pad) {
  EXPECT_EQ(evaluate("%r = hvn.pad %0 over <c> low [1] high [2] : ({2x1 n c}) -> {2x4 n c}", {"2x1 n c"}, {{5, 6}}),
            (Numbers{0, 5, 0, 0, 0, 6, 0, 0}));
  EXPECT_EQ(
      evaluate("%r = hvn.pad %0 over <y, x> low [1, 0] high [0, 1] : ({1x2 y x}) -> {2x3 y x}", {"1x2 y x"}, {{5, 6}}),
      (Numbers{0, 0, 0, 5, 6, 0}));
}

TEST_F(Reference, Keep) {
  EXPECT_EQ(evaluate("%r = hvn.keep %0 as \"x\" : {3 c}", {"3 c"}, {{1, -2, 3}}), (Numbers{1, -2, 3}));
}

// bf16 has eight significant bits: ties go to even, and beyond its range there is infinity.
TEST_F(Reference, Cast) {
  Numbers exact{257, 259, 258.5, -257.01, 0x1p-140, 3.4e38, INFINITY},
      rounded{256, 260, 258, -258, 0, INFINITY, INFINITY};
  EXPECT_EQ(evaluate("%r = hvn.cast %0 : {7 c} to {7xbf16 c}", {"7 c"}, {exact}), rounded);
  EXPECT_EQ(evaluate("%r = hvn.cast %0 : {2xbf16 c} to {2 c}", {"2xbf16 c"}, {{256, -258}}), (Numbers{256, -258}));
  EXPECT_TRUE(std::isnan(evaluate("%r = hvn.cast %0 : {1 c} to {1xbf16 c}", {"1 c"}, {{NAN}}).front()));
}

// Three outputs in panels of two: the second panel is half empty.
TEST_F(Reference, Pack) {
  Numbers matrix{1, 2, 3, 4, 5, 6}, packed{1, 3, 2, 4, 5, 0, 6, 0};
  EXPECT_EQ(evaluate("%r = kern.pack %0 panel 2 : {3x2 o i} to {2x2x2 p i l}", {"3x2 o i"}, {matrix}), packed);
  EXPECT_EQ(evaluate("%r = kern.unpack %0 panel 2 : {2x2x2 p i l} to {3x2 o i}", {"2x2x2 p i l"}, {packed}), matrix);
  // o, i, y, x becomes p, y, x, i, l.
  EXPECT_EQ(evaluate("%r = kern.pack %0 panel 2 : {2x2x1x2 o i y x} to {1x1x2x2x2 p y x i l}", {"2x2x1x2 o i y x"},
                     {{1, 2, 3, 4, 5, 6, 7, 8}}),
            (Numbers{1, 5, 3, 7, 2, 6, 4, 8}));
  // In bf16 input channels stand in pairs, the last beside a zero.
  Numbers odd{1, 2, 3, 4, 5, 6, 7, 8, 9}, pairs{1, 2, 4, 5, 3, 0, 6, 0, 7, 8, 0, 0, 9, 0, 0, 0};
  EXPECT_EQ(evaluate("%r = kern.pack %0 panel 2 : {3x3xbf16 o i} to {2x2x2x2xbf16 p i l b}", {"3x3xbf16 o i"}, {odd}),
            pairs);
  EXPECT_EQ(evaluate("%r = kern.unpack %0 panel 2 : {2x2x2x2xbf16 p i l b} to {3x3xbf16 o i}", {"2x2x2x2xbf16 p i l b"},
                     {pairs}),
            odd);
  EXPECT_EQ(evaluate("%r = kern.pack %0 panel 2 : {2x2x1x2xbf16 o i y x} to {1x1x2x1x2x2xbf16 p y x i l b}",
                     {"2x2x1x2xbf16 o i y x"}, {{1, 2, 3, 4, 5, 6, 7, 8}}),
            (Numbers{1, 3, 5, 7, 2, 4, 6, 8}));
  EXPECT_EQ(evaluate("%r = kern.pack %0 panel 4 : {3 c} to {1x4 p l}", {"3 c"}, {{7, 8, 9}}), (Numbers{7, 8, 9, 0}));
}
