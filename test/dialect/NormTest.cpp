// The reference meaning of norms, softmax and the largest element, on numbers computed by hand.
#include "ReferenceFixture.h"

static constexpr double inf = INFINITY;

// Rows with means 2 and 6 and variances 1 and 16; columns with means 2, 6 and variances 1, 16 when read the other way.
TEST_F(Reference, Standardize) {
  Numbers x{1, 3, 2, 10};
  EXPECT_EQ(evaluate("%r = hvn.standardize %0 over <c> eps 0.0 : {2x2 n c}", {"2x2 n c"}, {x}),
            (Numbers{-1, 1, -1, 1}));
  EXPECT_EQ(evaluate("%r = hvn.standardize %0 over <c> eps 9.0 : {1x2 n c}", {"1x2 n c"}, {{2, 10}}),
            (Numbers{-0.8, 0.8}));
  EXPECT_EQ(evaluate("%r = hvn.standardize %0 over <n> eps 0.0 : {2x2 n c}", {"2x2 n c"}, {{1, 2, 3, 10}}),
            (Numbers{-1, -1, 1, 1}));
  EXPECT_EQ(evaluate("%r = hvn.standardize %0 over <c, n> eps 0.0 : {2x2 n c}", {"2x2 n c"}, {{1, 1, 5, 5}}),
            (Numbers{-1, -1, 1, 1}));
  // The mean of squares is 25; with eps 11 the divisor is 6.
  EXPECT_EQ(evaluate("%r = hvn.standardize %0 over <c> eps 11.0 center false : {2 c}", {"2 c"}, {{1, 7}}),
            (Numbers{1 / 6.0, 7 / 6.0}));
}

TEST_F(Reference, LayerNorm) {
  Numbers x{1, 3, 2, 10};
  EXPECT_EQ(evaluate("%r = hvn.layer_norm %0, %1, %2 over <c> eps 0.0 : ({2x2 n c}, {2 c}, {2 c}) -> {2x2 n c}",
                     {"2x2 n c", "2 c", "2 c"}, {x, {10, 100}, {1, 2}}),
            (Numbers{-9, 102, -9, 102}));
  EXPECT_EQ(evaluate("%r = hvn.layer_norm %0, %1 over <n, c> eps 0.0 : ({2x2 c n}, {2x2 n c}) -> {2x2 c n}",
                     {"2x2 c n", "2x2 n c"}, {{1, 1, 5, 5}, {1, 2, 3, 4}}),
            (Numbers{-1, -3, 2, 4}));
  EXPECT_EQ(evaluate("%r = hvn.layer_norm %0 over <c> eps 0.0 : ({2x2 n c}) -> {2x2 n c}", {"2x2 n c"}, {x}),
            (Numbers{-1, 1, -1, 1}));
}

TEST_F(Reference, RmsNorm) {
  EXPECT_EQ(evaluate("%r = hvn.rms_norm %0, %1 over <c> eps 0.0 : ({1x2 n c}, {2 c}) -> {1x2 n c}", {"1x2 n c", "2 c"},
                     {{1, 7}, {10, 100}}),
            (Numbers{2, 140}));
}

TEST_F(Reference, L2Normalize) {
  EXPECT_EQ(evaluate("%r = hvn.l2_normalize %0 over <c> eps 10.0 : {3x2 n c}", {"3x2 n c"}, {{3, 4, 0, 0, 12, 16}}),
            (Numbers{0.3, 0.4, 0, 0, 0.6, 0.8}));
  EXPECT_EQ(evaluate("%r = hvn.l2_normalize %0 over <n> eps 0.0 : {2x1 n c}", {"2x1 n c"}, {{3, 4}}),
            (Numbers{0.6, 0.8}));
}

TEST_F(Reference, Softmax) {
  auto softmax = [&](Numbers x) { return evaluate("%r = hvn.softmax %0 over <c> : {3 c}", {"3 c"}, {x}); };
  Numbers thirds = softmax({1e30, 1e30, 1e30});
  EXPECT_EQ(thirds, (Numbers{1 / 3.0, 1 / 3.0, 1 / 3.0}));
  EXPECT_EQ(softmax({-inf, 5, -inf}), (Numbers{0, 1, 0}));
  EXPECT_NEAR(softmax({std::log(2), std::log(3), std::log(5)})[1], 0.3, 1e-15);
  for (Numbers x : {Numbers{1, NAN, 2}, {1, inf, 2}, {-inf, -inf, -inf}})
    for (double element : softmax(x))
      EXPECT_TRUE(std::isnan(element));
  EXPECT_EQ(evaluate("%r = hvn.softmax %0 over <n> : {2x2 n c}", {"2x2 n c"}, {{0, 1, 0, 1}}),
            (Numbers{0.5, 0.5, 0.5, 0.5}));
}

TEST_F(Reference, Amax) {
  Numbers x{1, -2, 3, -4, -5, -6};
  EXPECT_EQ(evaluate("%r = hvn.amax %0 over <c> : ({2x3 n c}) -> {2 n}", {"2x3 n c"}, {x}), (Numbers{3, -4}));
  EXPECT_EQ(evaluate("%r = hvn.amax %0 over <n> keepdim true : ({2x3 n c}) -> {1x3 n c}", {"2x3 n c"}, {x}),
            (Numbers{1, -2, 3}));
  for (Numbers special : {Numbers{NAN, 1, 2}, {1, NAN, 2}, {1, inf, NAN}})
    EXPECT_TRUE(std::isnan(evaluate("%r = hvn.amax %0 over <c> : ({3 c}) -> { }", {"3 c"}, {special})[0]));
  EXPECT_EQ(evaluate("%r = hvn.amax %0 over <c> : ({3 c}) -> { }", {"3 c"}, {{-inf, -inf, -inf}}), (Numbers{-inf}));
}
