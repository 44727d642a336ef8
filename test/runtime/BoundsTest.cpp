#include "runtime/cpu.h"
#include "runtime/model.h"

#include <gtest/gtest.h>
#include <vector>

namespace {

/// A network "fake" whose input x is [h, w, 2] with h in 2..8 step 2 and w in 3..5, and whose output y is [h * w + 1].
/// Its program writes the numbers of steps to y[0] and y[1].
const fovea_model &boundedModel() {
  static const int64_t xShape[] = {8, 5, 2}, yShape[] = {41};
  static const char *const xAxes[] = {"h", "w", "c"}, *const yAxes[] = {"c"};
  static const fovea_tensor_info x = {"x", "f32", 3, xShape, xAxes, 320}, y = {"y", "f32", 1, yShape, yAxes, 164};
  static const fovea_size_info size = {0, &x, &y, nullptr, 0};
  static const fovea_target_info target = {"any", 0};
  static const fovea_bound_info bounds[] = {{"height", 2, 8, 2, 0, 0}, {"width", 3, 5, 1, 0, 1}};
  // 2 + 2 s0; 3 + s1; 2; 7 + 6 s0 + 2 s1 + 2 s0 s1
  static const int64_t xTerms[] = {2, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0};
  static const int64_t yTerms[] = {7, 6, 0, 2, 2, 0, 0, 0, 0};
  static const int64_t *const extents[] = {xTerms, yTerms};
  static const fovea_program program = [](fovea_worker *, uint8_t *, const void *const *inputs, void *const *outputs) {
    const int32_t *steps = static_cast<const int32_t *>(inputs[2]);
    static_cast<float *>(outputs[0])[0] = float(steps[0]);
    static_cast<float *>(outputs[0])[1] = float(steps[1]);
    return 0;
  };
  static const fovea_model model = [] {
    fovea_model made = {};
    fovea_description &description = made.description;
    description.version = FOVEA_ABI_VERSION;
    description.size = sizeof description;
    description.input_count = description.output_count = description.target_count = 1;
    description.name = "fake";
    description.target = "any";
    description.inputs = &x;
    description.outputs = &y;
    description.stack_bytes = 4096;
    description.targets = &target;
    description.sizes = &size;
    description.size_count = 1;
    description.bounds = bounds;
    description.bound_count = 2;
    made.programs = &program;
    made.extents = extents;
    return made;
  }();
  return model;
}

/// Runs it on an x of this shape, with as many elements of y; the code.
int run(std::vector<int64_t> shape, std::vector<float> &y) {
  fovea_context *context = nullptr;
  EXPECT_EQ(fovea_create(&boundedModel(), nullptr, &context), FOVEA_OK);
  std::vector<float> x(size_t(shape[0] * shape[1] * shape[2]));
  const fovea_buffer input = {x.data(), x.size() * 4}, output = {y.data(), y.size() * 4};
  const int64_t *shapes[] = {shape.data()};
  int code = fovea_run_shaped(context, shapes, &input, &output);
  fovea_destroy(context);
  return code;
}

TEST(Bounds, ProgramsGetTheSteps) {
  std::vector<float> y(4 * 5 + 1);
  ASSERT_EQ(run({4, 5, 2}, y), FOVEA_OK) << fovea_last_error();
  EXPECT_EQ(y[0], 1);
  EXPECT_EQ(y[1], 2);
  y.resize(2 * 3 + 1);
  ASSERT_EQ(run({2, 3, 2}, y), FOVEA_OK) << fovea_last_error();
  EXPECT_EQ(y[0], 0);
  EXPECT_EQ(y[1], 0);
}

TEST(Bounds, BuffersAreOfTheSizeOfTheCall) {
  std::vector<float> y(4 * 5);
  EXPECT_EQ(run({4, 5, 2}, y), FOVEA_ERROR_SIZE);
  EXPECT_STREQ(fovea_last_error(), "output 'y' has 80 bytes; expected 84");
}

TEST(Bounds, ShapesBeyondAreErrors) {
  std::vector<float> y(41);
  EXPECT_EQ(run({10, 5, 2}, y), FOVEA_ERROR_SHAPE);
  EXPECT_STREQ(fovea_last_error(), "input 'x' has h=10; expected 2 to 8 in steps of 2");
  EXPECT_EQ(run({3, 5, 2}, y), FOVEA_ERROR_SHAPE);
  EXPECT_STREQ(fovea_last_error(), "input 'x' has h=3; expected 2 to 8 in steps of 2");
  EXPECT_EQ(run({8, 2, 2}, y), FOVEA_ERROR_SHAPE);
  EXPECT_STREQ(fovea_last_error(), "input 'x' has w=2; expected 3 to 5 in steps of 1");
  EXPECT_EQ(run({8, 5, 3}, y), FOVEA_ERROR_SHAPE);
  EXPECT_STREQ(fovea_last_error(), "input 'x' has c=3; expected 2");
}

TEST(Bounds, OutputShapes) {
  const int64_t in[] = {6, 4, 2}, *inputs[] = {in};
  int64_t out[1] = {0}, *outputs[] = {out};
  ASSERT_EQ(fovea_output_shapes(&boundedModel(), inputs, outputs), FOVEA_OK);
  EXPECT_EQ(out[0], 25);
  EXPECT_EQ(fovea_output_shapes(&boundedModel(), nullptr, outputs), FOVEA_ERROR_NULL);
  const int64_t *nothing[] = {nullptr};
  EXPECT_EQ(fovea_output_shapes(&boundedModel(), nothing, outputs), FOVEA_ERROR_NULL);
  int64_t *nowhere[] = {nullptr};
  EXPECT_EQ(fovea_output_shapes(&boundedModel(), inputs, nowhere), FOVEA_ERROR_NULL);
}

} // namespace
