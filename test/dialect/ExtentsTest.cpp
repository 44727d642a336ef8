#include "dialect/Extents.h"
#include <gtest/gtest.h>

using namespace fovea;
using namespace mlir;

namespace {

/// The map through `value` at the samples of sizes with these largest numbers of steps.
std::optional<AffineMap> fitted(MLIRContext &context, ArrayRef<int64_t> steps,
                                llvm::function_ref<int64_t(ArrayRef<int64_t>)> value) {
  ExtentFit fit(steps);
  SmallVector<int64_t> values;
  for (const auto &sample : fit.samples())
    values.push_back(value(sample));
  return fit.fit(values, &context);
}

TEST(ExtentsTest, FirstSampleIsTheLargest) {
  EXPECT_EQ(ArrayRef(ExtentFit({7, 9}).samples().front()), ArrayRef<int64_t>({7, 9}));
  EXPECT_EQ(ExtentFit({7, 9}).samples().size(), 9u);
  EXPECT_EQ(ExtentFit({1}).samples().size(), 2u);
}

TEST(ExtentsTest, FindsPolynomials) {
  MLIRContext context;
  auto value = [](ArrayRef<int64_t> at) { return (4 * at[0] + 4) * (2 * at[1] + 3); };
  std::optional<AffineMap> map = fitted(context, {63, 47}, value);
  ASSERT_TRUE(map);
  for (int64_t s0 : {0, 1, 31, 63})
    for (int64_t s1 : {0, 2, 47})
      EXPECT_EQ(extentAt(*map, {s0, s1}), value({s0, s1}));
  // 12 + 12 s0 + 8 s1 + 8 s0 s1
  EXPECT_EQ(ArrayRef(coefficientsOf(*map)), ArrayRef<int64_t>({12, 12, 0, 8, 8, 0, 0, 0, 0}));
}

TEST(ExtentsTest, FindsSquares) {
  MLIRContext context;
  std::optional<AffineMap> map = fitted(context, {20}, [](ArrayRef<int64_t> at) { return at[0] * at[0] + 5; });
  ASSERT_TRUE(map);
  EXPECT_EQ(ArrayRef(coefficientsOf(*map)), ArrayRef<int64_t>({5, 0, 1}));
}

TEST(ExtentsTest, FixedSizesAreConstants) {
  MLIRContext context;
  std::optional<AffineMap> map = fitted(context, {5, 5}, [](ArrayRef<int64_t>) { return 48; });
  ASSERT_TRUE(map);
  EXPECT_TRUE(isa<AffineConstantExpr>(map->getResult(0)));
}

TEST(ExtentsTest, RefusesHalves) {
  MLIRContext context;
  EXPECT_FALSE(fitted(context, {20}, [](ArrayRef<int64_t> at) { return at[0] / 2; }));
}

TEST(ExtentsTest, KnowsWhatIsASize) {
  MLIRContext context;
  BoundedSize sizes[] = {{"height", 32, 96, 32}, {"width", 8, 64, 8}};
  auto width = fitted(context, {2, 7}, [](ArrayRef<int64_t> at) { return 8 + 8 * at[1]; });
  EXPECT_TRUE(isLengthOf(*width, sizes, 1));
  EXPECT_FALSE(isLengthOf(*width, sizes, 0));
}

TEST(ExtentsTest, BoundsGoThroughAttributes) {
  MLIRContext context;
  auto sizes = boundedSizes(toAttribute(BoundedSize{"width", 32, 2048, 32}, &context));
  ASSERT_EQ(sizes.size(), 1u);
  EXPECT_EQ(sizes[0].name, "width");
  EXPECT_EQ(sizes[0].steps(), 63);
}

} // namespace
