// Images as inputs: what is computed of the pixels, with no byte read or written that is not the image's or the plan's,
// and what is refused. test/compiler/driver/image.test has the numbers.
#include "runtime/image.h"
#include "FakeNetwork.h"

#include "gtest/gtest.h"
#include <cstring>
#include <memory>
#include <vector>

namespace {

fovea_image_plan planOf(int32_t largest, int32_t height, int32_t width, int32_t resizeHeight, int32_t resizeWidth,
                        int32_t radius) {
  return {{largest, largest}, {height, width}, {resizeHeight, resizeWidth}, radius, 0, {0, 0, 0}, {1, 1, 1}};
}

/// Memory of exactly so many bytes, so that AddressSanitizer sees what lies outside.
template <typename T> struct Exactly {
  explicit Exactly(size_t count) : data(new T[count]) {}
  ~Exactly() { delete[] data; }
  T *data;
};

/// The result for an image of this size whose pixels all have the bytes 10, 20 and 30; `gap` bytes are between rows.
std::vector<float> read(const fovea_image_plan &plan, uint32_t height, uint32_t width, uint64_t gap = 0) {
  const uint64_t row = 3 * uint64_t(width) + gap;
  Exactly<uint8_t> pixels(row * (height - 1) + 3 * uint64_t(width));
  std::memset(pixels.data, 0xee, row * (height - 1) + 3 * uint64_t(width));
  for (uint32_t y = 0; y < height; ++y)
    for (uint32_t x = 0; x < 3 * width; ++x)
      pixels.data[y * row + x] = uint8_t(10 * (x % 3 + 1));
  Exactly<double> scratch(size_t(fovea_image_scratch_bytes(&plan)) / sizeof(double));
  std::vector<float> result(3 * size_t(plan.size[0]) * size_t(plan.size[1]), -1);
  fovea_image image = {pixels.data, height, width, gap ? row : 0};
  EXPECT_EQ(fovea_read_image(&plan, &image, result.data(), scratch.data), 0);
  return result;
}

TEST(Image, StaysInItsMemory) {
  for (int32_t radius : {1, 2})
    for (const fovea_image_plan &plan :
         {planOf(40, 7, 5, 7, 5, radius), planOf(40, 7, 5, 9, 0, radius), planOf(40, 1, 1, 1, 1, radius),
          planOf(40, 60, 50, 60, 0, radius), planOf(40, 3, 40, 3, 40, radius), planOf(40, 40, 2, 41, 3, radius)})
      for (auto [height, width] : {std::pair(1, 1), {1, 40}, {40, 1}, {40, 40}, {7, 5}, {9, 9}, {13, 37}, {37, 13}})
        for (uint64_t gap : {0, 5}) {
          std::vector<float> result = read(plan, height, width, gap);
          for (size_t i = 0; i < result.size(); ++i)
            ASSERT_EQ(result[i], float(10 * (double(i % 3) + 1) / 255)) << height << " x " << width << " at " << i;
        }
}

TEST(Image, NormalizesAndSwapsChannels) {
  fovea_image_plan plan = planOf(4, 1, 1, 1, 1, 1);
  plan.swapped = 1;
  for (int c : {0, 1, 2}) {
    plan.mean[c] = 0.25 * c;
    plan.deviation[c] = 0.5 + c;
  }
  EXPECT_EQ(read(plan, 2, 3), (std::vector<float>{float(30 / 255. / 0.5), float((20 / 255. - 0.25) / 1.5),
                                                  float((10 / 255. - 0.5) / 2.5)}));
}

/// A call of the fake network, whose input is an image of at most 8 x 16 pixels.
class ImageCall : public testing::Test {
protected:
  ImageCall() {
    fakeModel([](fovea_worker *, uint8_t *, const float *, float *) { return 0; });
    static const int64_t shape[] = {8, 16, 3};
    static const char *const axes[] = {"h", "w", "c"};
    static const fovea_tensor_info info = {"photo", "image", 3, shape, axes, sizeof(fovea_image)};
    static fovea_size_info size;
    fovea_model &model = mutableFakeModel();
    size = model.description.sizes[0];
    size.inputs = &info;
    model.description.sizes = &size;
    model.check_image = fovea_check_image;
    call = std::make_unique<FakeCall>();
    call->input = {&image, sizeof image};
  }
  std::string error(int code) {
    EXPECT_EQ(call->run(), code);
    return fovea_last_error();
  }

  std::vector<uint8_t> pixels = std::vector<uint8_t>(8 * 16 * 3);
  fovea_image image = {pixels.data(), 8, 16, 0};
  std::unique_ptr<FakeCall> call;
};

TEST_F(ImageCall, TakesAnImage) {
  EXPECT_EQ(call->run(), FOVEA_OK);
  image = {pixels.data(), 1, 1, 3};
  EXPECT_EQ(call->run(), FOVEA_OK);
}

TEST_F(ImageCall, RefusesOthers) {
  for (auto [height, width] : {std::pair(0u, 4u), {4u, 0u}, {9u, 16u}, {8u, 17u}, {8u, 0xffffffffu}}) {
    image = {pixels.data(), height, width, 0};
    EXPECT_EQ(error(FOVEA_ERROR_IMAGE), "image 'photo' is " + std::to_string(height) + " x " + std::to_string(width) +
                                            ", height x width; expected 1 x 1 to 8 x 16");
  }
  image = {pixels.data(), 2, 16, 47};
  EXPECT_EQ(error(FOVEA_ERROR_IMAGE),
            "image 'photo' has rows of 16 pixels and a row_bytes of 47; expected at least 48");
  image = {pixels.data(), 2, 16, ~uint64_t(0) / 2};
  EXPECT_EQ(error(FOVEA_ERROR_IMAGE), "image 'photo' has a row_bytes of 9223372036854775807: its rows end beyond the "
                                      "end of memory");
  image = {nullptr, 2, 16, 0};
  EXPECT_EQ(error(FOVEA_ERROR_NULL), "the pixels of image 'photo' are NULL");
  image = {reinterpret_cast<uint8_t *>(call->y), 2, 16, 0};
  EXPECT_EQ(error(FOVEA_ERROR_OVERLAP), "output 'y' shares bytes with the pixels of image 'photo'");
  image = {pixels.data(), 8, 16, 0};
  call->input.bytes = 16;
  EXPECT_EQ(error(FOVEA_ERROR_SIZE), "input 'photo' has 16 bytes; expected 24");
  call->input = {reinterpret_cast<char *>(&image) + 4, sizeof image};
  EXPECT_EQ(error(FOVEA_ERROR_ALIGNMENT), "input 'photo' is not aligned to its elements of type image");
}

} // namespace
