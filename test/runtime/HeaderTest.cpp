// The generated header repeats runtime/abi.h.
#include "compiler/host/Header.h"
#include "runtime/abi.h"
#include "toy.h"

#include "gtest/gtest.h"
#include <algorithm>

#define SAME_SIZE(type) static_assert(sizeof(toy_##type) == sizeof(fovea_##type))
#define SAME_PLACE(type, field)                                                                                        \
  static_assert(offsetof(toy_##type, field) == offsetof(fovea_##type, field) &&                                        \
                sizeof(toy_##type::field) == sizeof(fovea_##type::field))
SAME_SIZE(buffer);
SAME_PLACE(buffer, data);
SAME_PLACE(buffer, bytes);
SAME_SIZE(image);
SAME_PLACE(image, pixels);
SAME_PLACE(image, height);
SAME_PLACE(image, width);
SAME_PLACE(image, row_bytes);
SAME_SIZE(tensor_info);
SAME_PLACE(tensor_info, name);
SAME_PLACE(tensor_info, type);
SAME_PLACE(tensor_info, rank);
SAME_PLACE(tensor_info, shape);
SAME_PLACE(tensor_info, axes);
SAME_PLACE(tensor_info, bytes);
SAME_SIZE(step_info);
SAME_PLACE(step_info, kernel);
SAME_PLACE(step_info, layer);
SAME_PLACE(step_info, flops);
SAME_PLACE(step_info, bytes);
SAME_SIZE(target_info);
SAME_PLACE(target_info, name);
SAME_PLACE(target_info, cpu_features);
SAME_SIZE(options);
SAME_PLACE(options, size);
SAME_PLACE(options, version);
SAME_PLACE(options, threads);
SAME_PLACE(options, reserved);
SAME_PLACE(options, arena);
SAME_PLACE(options, arena_bytes);
SAME_PLACE(options, parallel_for);
SAME_PLACE(options, executor);
SAME_PLACE(options, target);
SAME_SIZE(description);
SAME_PLACE(description, version);
SAME_PLACE(description, size);
SAME_PLACE(description, input_count);
SAME_PLACE(description, output_count);
SAME_PLACE(description, step_count);
SAME_PLACE(description, target_count);
SAME_PLACE(description, name);
SAME_PLACE(description, target);
SAME_PLACE(description, compiler);
SAME_PLACE(description, inputs);
SAME_PLACE(description, outputs);
SAME_PLACE(description, steps);
SAME_PLACE(description, arena_bytes);
SAME_PLACE(description, scratch_bytes);
SAME_PLACE(description, stack_bytes);
SAME_PLACE(description, cpu_features);
SAME_PLACE(description, targets);
SAME_PLACE(description, notices);
SAME_PLACE(description, sizes);
SAME_PLACE(description, size_count);
SAME_PLACE(description, bounds);
SAME_PLACE(description, bound_count);
SAME_SIZE(bound_info);
SAME_PLACE(bound_info, name);
SAME_PLACE(bound_info, least);
SAME_PLACE(bound_info, most);
SAME_PLACE(bound_info, step);
SAME_PLACE(bound_info, input);
SAME_PLACE(bound_info, axis);
SAME_SIZE(size_info);
SAME_PLACE(size_info, size);
SAME_PLACE(size_info, inputs);
SAME_PLACE(size_info, outputs);
SAME_PLACE(size_info, steps);
SAME_PLACE(size_info, step_count);

namespace {

TEST(Header, RepeatsTheConstants) {
  EXPECT_EQ(TOY_OPTIONS_VERSION, FOVEA_OPTIONS_VERSION);
  EXPECT_EQ(unsigned(TOY_ARENA_ALIGNMENT), FOVEA_ALIGNMENT);
#define EXPECT_SAME(name) EXPECT_EQ(int(TOY_##name), int(FOVEA_##name))
  EXPECT_SAME(OK);
  EXPECT_SAME(ERROR_NULL);
  EXPECT_SAME(ERROR_OPTIONS);
  EXPECT_SAME(ERROR_BUSY);
  EXPECT_SAME(ERROR_SIZE);
  EXPECT_SAME(ERROR_ALIGNMENT);
  EXPECT_SAME(ERROR_OVERLAP);
  EXPECT_SAME(ERROR_UNSUPPORTED);
  EXPECT_SAME(ERROR_MEMORY);
  EXPECT_SAME(ERROR_THREAD);
  EXPECT_SAME(ERROR_KERNEL);
  EXPECT_SAME(ERROR_SHAPE);
  // 250 and 128 bytes, each rounded up.
  EXPECT_EQ(TOY_ARENA_BYTES, 256u + 128u);
  EXPECT_EQ(TOY_ARENA_BYTES_FOR(3), 256u + 3 * 128u + 2 * FOVEA_SCRATCH_GAP);
}

TEST(Header, CountsElementsAndBytes) {
  fovea::HeaderTensor tensor = {"x", "bf16", {"n", "c"}, {3, 5}};
  EXPECT_EQ(tensor.elements(), 15u);
  EXPECT_EQ(tensor.bytes(), 30u);
  tensor = {"x", "i8", {"n"}, {int64_t(1) << 33}};
  EXPECT_EQ(tensor.bytes(), uint64_t(1) << 33);
}

TEST(Header, IsShortAndPrefixed) {
  fovea::HeaderInfo info;
  info.name = "cas_vit";
  info.targets = {"a CPU"};
  info.version = "1";
  info.sizes = {
      {0, {{"image", "f32", {"n", "c", "h", "w"}, {1, 3, 224, 224}}}, {{"logits", "f32", {"n", "c"}, {1, 1000}}}}};
  const std::string text = fovea::makeHeader(info);
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 200);
  EXPECT_NE(text.find("input  image: f32[n=1, c=3, h=224, w=224], 602112 bytes"), std::string::npos);
  EXPECT_NE(text.find("#define CAS_VIT_OUTPUT_LOGITS_ELEMENTS 1000u"), std::string::npos);
  EXPECT_EQ(text.find('@'), std::string::npos);
  EXPECT_EQ(text.find('$'), std::string::npos);
  size_t longest = 0;
  for (size_t begin = 0, end; begin < text.size(); begin = end + 1) {
    end = std::min(text.find('\n', begin), text.size());
    longest = std::max(longest, end - begin);
  }
  EXPECT_LE(longest, 120u);
}

TEST(Header, HasACallForEachSize) {
  fovea::HeaderInfo info;
  info.name = "net";
  info.targets = {"a CPU"};
  info.version = "1";
  info.sizes = {{8, {{"a", "f32", {"n"}, {8}}, {"b", "f32", {"n"}, {2}}}, {{"y", "f32", {"n"}, {8}}}},
                {16, {{"a", "f32", {"n"}, {16}}, {"b", "f32", {"n"}, {4}}}, {{"y", "f32", {"n"}, {16}}}}};
  const std::string text = fovea::makeHeader(info);
  for (const char *part :
       {" * size 8:\n *   input  a: f32[n=8], 32 bytes\n *   input  b: f32[n=2], 8 bytes\n",
        "#define NET_INPUT_COUNT 2\n", "#define NET_INPUT_A_ELEMENTS_8 8u\n#define NET_INPUT_A_BYTES_8 32u\n",
        "#define NET_OUTPUT_Y_ELEMENTS_16 16u\n",
        "static inline int net_infer_16(net_context *context_, const float *a, const float *b, float *y) {\n",
        "  static const int64_t shape0_[] = {16};\n  static const int64_t shape1_[] = {4};\n",
        "  static const int64_t *const shapes_[] = {shape0_, shape1_};\n", "int net_run_shaped(",
        "  inputs_[1].bytes = NET_INPUT_B_BYTES_16;\n", "net_infer_16(context, a, b, y) != NET_OK"})
    EXPECT_NE(text.find(part), std::string::npos) << part << "\nis not in\n" << text;
  EXPECT_EQ(text.find("int net_run("), std::string::npos);
  EXPECT_EQ(text.find("net_infer("), std::string::npos);
}

} // namespace
