// The reference meaning of images, on numbers computed by hand.
#include "ReferenceFixture.h"

namespace {

struct FromImage : Reference {
  /// A row or column of grey pixels through hvn.from_image; the results of the three channels.
  Numbers read(StringRef image, StringRef text, StringRef result, const Numbers &grey) {
    Numbers pixels;
    for (double value : grey)
      pixels.insert(pixels.end(), {value, value + 1, value + 2});
    std::string type = "({" + image.str() + "xui8 h w c}) -> {" + result.str() + " n h w c}";
    return evaluate(("%r = hvn.from_image %0 " + text + " : " + type).str(), {image.str() + "xui8 h w c"}, {pixels});
  }
};

constexpr const char *plain = "mean [0.0, 0.0, 0.0] std [1.0, 1.0, 1.0] order \"rgb\"";

// Two pixels become four, weights 1, 3/4, 1/4; bytes are rounded, of which half rounds up.
TEST_F(FromImage, Resizes) {
  Numbers bytes = read("1x2x3", std::string("size [1, 4] resize [] filter \"bilinear\" ") + plain, "1x1x4x3", {10, 20});
  for (double &value : bytes)
    value *= 255;
  for (auto [found, expected] : llvm::zip_equal(bytes, Numbers{10, 11, 12, 13, 14, 15, 18, 19, 20, 20, 21, 22}))
    EXPECT_NEAR(found, expected, 1e-9);
}

// Of 4 places 1 lies before the middle two, of 5 as many as make it even: 2, for half of 3 is rounded to 2.
TEST_F(FromImage, CutsOutTheMiddle) {
  auto first = [&](StringRef image, StringRef resize, StringRef size, StringRef result, const Numbers &grey) {
    return read(image, ("size " + size + " resize " + resize + " filter \"bicubic\" " + plain).str(), result, grey)[0] *
           255;
  };
  EXPECT_NEAR(first("4x1x3", "[4, 1]", "[2, 1]", "1x2x1x3", {1, 2, 3, 4}), 2, 1e-9);
  EXPECT_NEAR(first("1x5x3", "[1, 5]", "[1, 2]", "1x1x2x3", {1, 2, 3, 4, 5}), 3, 1e-9);
  EXPECT_NEAR(first("2x4x3", "[2]", "[2, 2]", "1x2x2x3", {1, 2, 3, 4, 5, 6, 7, 8}), 2, 1e-9);
}

TEST_F(FromImage, Normalizes) {
  std::string rule = "size [1, 1] resize [] filter \"bilinear\" mean [0.1, 0.2, 0.3] std [0.5, 2.0, 1.0] order ";
  Numbers rgb = read("1x1x3", rule + "\"rgb\"", "1x1x1x3", {49}),
          bgr = read("1x1x3", rule + "\"bgr\"", "1x1x1x3", {49});
  for (auto [found, expected] : llvm::zip_equal(rgb, Numbers{(49 / 255. - 0.1) * 2, (50 / 255. - 0.2) / 2, 0.2 - 0.3}))
    EXPECT_NEAR(found, expected, 1e-12);
  EXPECT_NEAR(bgr[0], (51 / 255. - 0.1) * 2, 1e-12);
  EXPECT_NEAR(bgr[2], 49 / 255. - 0.3, 1e-12);
}

// Black and white rows and columns: the sharper filter overshoots, and is cut to a byte after the first axis. Rows come
// first if they shrink by more than twice as many pixels as columns.
TEST_F(FromImage, RoundsBetweenTheAxes) {
  Numbers tall, wide;
  for (int row = 0; row < 6; ++row)
    for (int column = 0; column < 2; ++column)
      tall.push_back((row + column) % 3 == 0 ? 253 : 0);
  for (int row = 0; row < 2; ++row)
    for (int column = 0; column < 6; ++column)
      wide.push_back((row + column) % 3 == 0 ? 253 : 0);
  std::string rule = std::string("size [3, 3] resize [] filter \"bicubic\" ") + plain;
  Numbers first = read("6x2x3", rule, "1x3x3x3", tall), second = read("2x6x3", rule, "1x3x3x3", wide);
  // Both take the shrinking axis first or last as they should if the one is not the other's mirror image.
  bool mirrored = true;
  for (int y = 0; y < 3; ++y)
    for (int x = 0; x < 3; ++x)
      mirrored &= first[(3 * y + x) * 3] == second[(3 * x + y) * 3];
  EXPECT_TRUE(mirrored);
}

} // namespace
