// The reference meaning of ops on axes and of data movement, on numbers computed by hand.
#include "ReferenceFixture.h"

static const Numbers six{1, 2, 3, 4, 5, 6};

TEST_F(Reference, Merge) {
  // n outside of c is the order in memory; c outside of n is not.
  EXPECT_EQ(evaluate("%r = hvn.merge %0 over <n, c> into \"m\" : ({2x3 n c}) -> {6 m}", {"2x3 n c"}, {six}), six);
  EXPECT_EQ(evaluate("%r = hvn.merge %0 over <c, n> into \"m\" : ({2x3 n c}) -> {6 m}", {"2x3 n c"}, {six}),
            (Numbers{1, 4, 2, 5, 3, 6}));
  // Not side by side: c is (c, n) for each t.
  EXPECT_EQ(evaluate("%r = hvn.merge %0 over <c, n> into \"c\" : ({2x1x3 n t c}) -> {1x6 t c}", {"2x1x3 n t c"}, {six}),
            (Numbers{1, 4, 2, 5, 3, 6}));
}

TEST_F(Reference, UnmergeAndRename) {
  EXPECT_EQ(evaluate("%r = hvn.unmerge %0 on \"m\" into <h, w> sizes [2, 3] : ({6 m}) -> {2x3 h w}", {"6 m"}, {six}),
            six);
  EXPECT_EQ(evaluate("%r = hvn.rename %0 from <n, c> to <c, n> : ({2x3 n c}) -> {2x3 c n}", {"2x3 n c"}, {six}), six);
}

TEST_F(Reference, Expand) {
  EXPECT_EQ(
      evaluate("%r = hvn.expand %0 over <b, c> sizes [2, 3] : ({2x1 n c}) -> {2x2x3 b n c}", {"2x1 n c"}, {{1, 2}}),
      (Numbers{1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2}));
}

TEST_F(Reference, Concat) {
  EXPECT_EQ(evaluate("%r = hvn.concat %0, %1 on \"c\" : ({2x2 n c}, {1x2 c n}) -> {2x3 n c}", {"2x2 n c", "1x2 c n"},
                     {{1, 2, 3, 4}, {5, 6}}),
            (Numbers{1, 2, 5, 3, 4, 6}));
}

TEST_F(Reference, SliceWithStep) {
  EXPECT_EQ(evaluate("%r = hvn.slice %0 on \"c\" from 1 size 2 step 2 : ({1x6 n c}) -> {1x2 n c}", {"1x6 n c"}, {six}),
            (Numbers{2, 4}));
  EXPECT_EQ(evaluate("%r = hvn.slice %0 on \"n\" from 0 size 2 step 2 : ({3x2 n c}) -> {2x2 n c}", {"3x2 n c"}, {six}),
            (Numbers{1, 2, 5, 6}));
}

TEST_F(Reference, PadModes) {
  auto pad = [&](const std::string &mode) {
    return evaluate("%r = hvn.pad %0 over <c> low [2] high [1] mode \"" + mode + "\" : ({3 c}) -> {6 c}", {"3 c"},
                    {{1, 2, 3}});
  };
  EXPECT_EQ(pad("zero"), (Numbers{0, 0, 1, 2, 3, 0}));
  EXPECT_EQ(pad("replicate"), (Numbers{1, 1, 1, 2, 3, 3}));
  EXPECT_EQ(pad("reflect"), (Numbers{3, 2, 1, 2, 3, 2}));
  EXPECT_EQ(pad("circular"), (Numbers{2, 3, 1, 2, 3, 1}));
}

TEST_F(Reference, Roll) {
  EXPECT_EQ(evaluate("%r = hvn.roll %0 over <c> by [1] : ({2x3 n c}) -> {2x3 n c}", {"2x3 n c"}, {six}),
            (Numbers{3, 1, 2, 6, 4, 5}));
  EXPECT_EQ(evaluate("%r = hvn.roll %0 over <c, n> by [-4, 1] : ({2x3 n c}) -> {2x3 n c}", {"2x3 n c"}, {six}),
            (Numbers{5, 6, 4, 2, 3, 1}));
}

TEST_F(Reference, Windows) {
  EXPECT_EQ(evaluate("%r = hvn.window %0 over <w> into <b> size [3] shift [0] : ({6 w}) -> {2x3 b w}", {"6 w"}, {six}),
            six);
  EXPECT_EQ(evaluate("%r = hvn.window %0 over <w> into <b> size [3] shift [1] : ({6 w}) -> {2x3 b w}", {"6 w"}, {six}),
            (Numbers{2, 3, 4, 5, 6, 1}));
  EXPECT_EQ(evaluate("%r = hvn.unwindow %0 over <w> from <b> shift [1] : ({2x3 b w}) -> {6 w}", {"2x3 b w"},
                     {{2, 3, 4, 5, 6, 1}}),
            six);
  // Window (a, b) of 1x1 windows of a 2x3 map, windows of both axes.
  EXPECT_EQ(
      evaluate("%r = hvn.window %0 over <h, w> into <a, b> size [2, 1] shift [0, 0] : ({2x3 h w}) -> {1x3x2x1 a b h w}",
               {"2x3 h w"}, {six}),
      (Numbers{1, 4, 2, 5, 3, 6}));
}

TEST_F(Reference, Unfold) {
  // Taps of a kernel of 2 at the places 0 and 2 of the row 0 1 2 3, which begins with a zero of padding.
  EXPECT_EQ(evaluate("%r = hvn.unfold %0 kernel [1, 2] stride [1, 2] pad [0, 1] dilation [1, 2] : ({1x4 h w}) -> "
                     "{1x2x1x2 y x h w}",
                     {"1x4 h w"}, {{1, 2, 3, 4}}),
            (Numbers{0, 2, 2, 4}));
}

TEST_F(Reference, Gather) {
  // Beyond the ends the nearest entry.
  EXPECT_EQ(evaluate("%r = hvn.gather %0 at %1 on \"t\" : ({3x2 t c}, {4 q}) -> {4x2 q c}", {"3x2 t c", "4 q"},
                     {six, {2, 0, -5, 9}}),
            (Numbers{5, 6, 1, 2, 1, 2, 5, 6}));
}

TEST_F(Reference, PixelShuffle) {
  Numbers channels{1, 2, 3, 4, 5, 6, 7, 8}; // 4 channels of 1x2 pixels
  Numbers pixels{1, 3, 2, 4, 5, 7, 6, 8};
  EXPECT_EQ(evaluate("%r = hvn.pixel_shuffle %0 by 2 : ({4x1x2 c h w}) -> {1x2x4 c h w}", {"4x1x2 c h w"}, {channels}),
            pixels);
  EXPECT_EQ(evaluate("%r = hvn.pixel_unshuffle %0 by 2 : ({1x2x4 c h w}) -> {4x1x2 c h w}", {"1x2x4 c h w"}, {pixels}),
            channels);
}

TEST_F(Reference, Iota) {
  EXPECT_EQ(evaluate("%r = hvn.iota \"h\" axes <h, w> sizes [2, 3] : {2x3 h w}", {}, {}), (Numbers{0, 0, 0, 1, 1, 1}));
  EXPECT_EQ(evaluate("%r = hvn.iota \"w\" axes <h, w> sizes [2, 3] : {2x3 h w}", {}, {}), (Numbers{0, 1, 2, 0, 1, 2}));
}
