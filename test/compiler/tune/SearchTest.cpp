// The order in which schedules are tried.
#include "compiler/tune/Search.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace fovea;

static const kern::Strategy &gemm() {
  static const kern::Strategy strategy{"gemm",
                                       "",
                                       {{"vector", 1, 16, "", true},
                                        {"tile_c", 1, 16, ""},
                                        {"tile_m", 1, 28, ""},
                                        {"panels_outside", 0, 1, ""},
                                        {"prefetch", 0, 1024, ""},
                                        {"parallel", 1, 1024, ""}}};
  return strategy;
}

static SearchSpace space(bool parallel = false) {
  return {&gemm(), {16, 1, 7, 1, 64, 14}, {196, 448}, /*lanes=*/16, /*registers=*/32, parallel};
}

static size_t placeOf(const std::vector<KnobValues> &list, const KnobValues &values) {
  return llvm::find(list, values) - list.begin();
}

TEST(Search, NeighboursAreLegalNewAndDistinct) {
  std::vector<KnobValues> list = neighbours(space(), space().chosen, Experience());
  std::set<KnobValues> seen{space().chosen};
  for (const KnobValues &values : list) {
    EXPECT_TRUE(seen.insert(values).second);
    for (auto [knob, value] : llvm::zip_equal(gemm().knobs, values))
      EXPECT_TRUE(knob.allows(value));
    EXPECT_LE(values[1] * values[2], 32); // accumulators
    EXPECT_EQ(values[5], 14);             // tasks do not matter to one thread
  }
  EXPECT_EQ(list.size(), seen.size() - 1);
  EXPECT_LT(placeOf(list, {8, 1, 7, 1, 64, 14}), list.size());
  EXPECT_LT(placeOf(list, {16, 1, 14, 0, 64, 14}), list.size());
}

TEST(Search, TilesThatDivideComeFirstAndOneChangeBeforeTwo) {
  std::vector<KnobValues> list = neighbours(space(), space().chosen, Experience());
  auto tile = [&](int64_t rows) { return placeOf(list, {16, 1, rows, 1, 64, 14}); };
  EXPECT_LT(tile(8), tile(9)); // 448 = 56 * 8
  EXPECT_LT(tile(8), tile(4)); // 7 is nearer to 8
  EXPECT_LT(tile(14), tile(13));
  EXPECT_LT(tile(8), placeOf(list, {16, 2, 8, 1, 64, 14}));
}

TEST(Search, TasksAreSearchedForSeveralThreads) {
  std::vector<KnobValues> list = neighbours(space(true), space().chosen, Experience());
  EXPECT_LT(placeOf(list, {16, 1, 7, 1, 64, 28}), list.size());
}

TEST(Search, MoreAccumulatorsThanRegistersOnlyIfTheCompilerHasThem) {
  SearchSpace vector{&gemm(), {16, 8, 7, 0, 0, 1}, {448}, 16, 32, false}; // 56
  std::vector<KnobValues> list = neighbours(vector, vector.chosen, Experience());
  EXPECT_LT(placeOf(list, {16, 7, 8, 0, 0, 1}), list.size());
  EXPECT_EQ(placeOf(list, {16, 9, 7, 0, 0, 1}), list.size());
}

TEST(Search, ExperienceOfOtherKernelsCounts) {
  Experience experience;
  EXPECT_EQ(experience.expected(space(), space().chosen, {8, 1, 7, 1, 64, 14}), 0);
  for (int kernel = 0; kernel < 3; ++kernel) {
    experience.note(space(), {8, 1, 7, 1, 64, 14}, {Attempt::Measured, 1.5});
    experience.note(space(), {16, 1, 7, 1, 128, 14}, {Attempt::Measured, 0.9});
    experience.note(space(), {8, 2, 7, 0, 64, 14}, {Attempt::Measured, 0.1}); // of which knob?
    experience.note(space(), space().chosen, {Attempt::Measured, 0.1});
  }
  EXPECT_NEAR(experience.expected(space(), space().chosen, {8, 1, 7, 1, 64, 14}), std::log(1.5) * 3 / 4, 1e-9);
  EXPECT_NEAR(experience.expected(space(), space().chosen, {8, 1, 7, 1, 256, 14}),
              (std::log(1.5) + std::log(0.9)) * 3 / 4, 1e-9);
  std::vector<KnobValues> list = neighbours(space(), space().chosen, experience);
  EXPECT_EQ(placeOf(list, {16, 1, 7, 1, 128, 14}), 0u);
  EXPECT_GT(placeOf(list, {8, 1, 7, 1, 64, 14}), placeOf(list, {16, 2, 8, 1, 64, 14}));
}

TEST(Search, GoesOnFromTheBest) {
  KernelSearch search(space());
  Experience none;
  std::optional<KnobValues> first = search.next(none);
  ASSERT_TRUE(first);
  EXPECT_NE(search.next(none), first);
  search.note({16, 2, 7, 1, 64, 14}, {Attempt::Measured, 0.8});
  search.note({16, 3, 7, 1, 64, 14}, {Attempt::Wrong, 0.1});
  search.note({16, 2, 8, 1, 64, 14}, {Attempt::Measured, 0.999}); // noise
  EXPECT_EQ(search.best(5), std::vector<KnobValues>{KnobValues({16, 2, 7, 1, 64, 14})});
  std::set<KnobValues> seen;
  while (std::optional<KnobValues> values = search.next(none))
    EXPECT_TRUE(seen.insert(*values).second);
  EXPECT_TRUE(seen.count({16, 2, 14, 1, 64, 14})); // two steps of the compiler's choice, one of the best
  EXPECT_TRUE(seen.count({16, 4, 7, 1, 64, 14}));
  EXPECT_FALSE(seen.count(space().chosen));
}

TEST(Search, TimeGoesWhereTheNetworksDoes) {
  std::vector<KernelSearch> kernels(3, KernelSearch(space()));
  auto count = [](const auto &list, size_t kernel) {
    return llvm::count_if(list, [&](const auto &entry) { return entry.first == kernel; });
  };
  auto first = nextToTry(kernels, {0.1, 0.6, 0.3}, Experience(), 10, 100);
  EXPECT_EQ(count(first, 0), 1);
  EXPECT_EQ(count(first, 1), 6);
  EXPECT_EQ(count(first, 2), 3);
  auto limited = nextToTry(kernels, {0.1, 0.6, 0.3}, Experience(), 10, 4);
  EXPECT_EQ(limited.size(), 10u);
  EXPECT_EQ(count(limited, 1), 4);
  size_t total = 20;
  for (auto list = nextToTry(kernels, {0.1, 0.6, 0.3}, Experience(), 1000, 50); !list.empty();
       list = nextToTry(kernels, {0.1, 0.6, 0.3}, Experience(), 1000, 50))
    total += list.size();
  EXPECT_EQ(total, 3 * neighbours(space(), space().chosen, Experience()).size()); // until all is known
}
