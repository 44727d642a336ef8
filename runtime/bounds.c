/* Sizes that each call chooses within bounds: which they are, and how long that makes the tensors. */
#include "runtime/context.h"

static const fovea_tensor_info *tensor_info(const fovea_description *description, uint32_t tensor) {
  return tensor < description->input_count ? &description->inputs[tensor]
                                           : &description->outputs[tensor - description->input_count];
}

/* The length of `axis` of a tensor at these steps. */
static int64_t extent_at(const fovea_model *model, uint32_t tensor, uint32_t axis, const int32_t *steps) {
  const uint64_t bounds = model->description.bound_count;
  uint64_t count = 1;
  for (uint64_t i = 0; i < bounds; ++i)
    count *= 3;
  const int64_t *terms = model->extents[tensor] + axis * count;
  int64_t extent = 0;
  for (uint64_t number = 0; number < count; ++number) {
    int64_t product = terms[number];
    uint64_t powers = number;
    for (uint64_t i = 0; i < bounds; ++i, powers /= 3) {
      for (uint64_t power = powers % 3; power; --power)
        product *= steps[i];
    }
    extent += product;
  }
  return extent;
}

int fovea_find_steps(const fovea_model *model, const int64_t *const *shapes, int32_t *steps) {
  const fovea_description *description = &model->description;
  for (uint64_t i = 0; i < description->bound_count; ++i) {
    const fovea_bound_info *bound = &description->bounds[i];
    const fovea_tensor_info *input = &description->inputs[bound->input];
    const int64_t size = shapes[bound->input][bound->axis];
    if (size < bound->least || size > bound->most || (size - bound->least) % bound->step)
      return fovea_fail(FOVEA_ERROR_SHAPE, "input '%s' has %s=%lld; expected %lld to %lld in steps of %lld",
                        input->name, input->axes[bound->axis], (long long)size, (long long)bound->least,
                        (long long)bound->most, (long long)bound->step);
    steps[i] = (int32_t)((size - bound->least) / bound->step);
  }
  for (uint32_t i = 0; i < description->input_count; ++i) {
    const fovea_tensor_info *input = &description->inputs[i];
    for (uint32_t axis = 0; axis < input->rank; ++axis) {
      const int64_t expected = extent_at(model, i, axis, steps);
      if (shapes[i][axis] != expected)
        return fovea_fail(FOVEA_ERROR_SHAPE, "input '%s' has %s=%lld; expected %lld", input->name, input->axes[axis],
                          (long long)shapes[i][axis], (long long)expected);
    }
  }
  return FOVEA_OK;
}

uint64_t fovea_bytes_at(const fovea_model *model, uint32_t tensor, const int32_t *steps) {
  const fovea_tensor_info *info = tensor_info(&model->description, tensor);
  uint64_t bytes = info->bytes;
  for (uint32_t axis = 0; axis < info->rank;
       ++axis) /* exact: the bytes at the largest sizes have all of these factors */
    bytes /= (uint64_t)info->shape[axis];
  for (uint32_t axis = 0; axis < info->rank; ++axis)
    bytes *= (uint64_t)extent_at(model, tensor, axis, steps);
  return bytes;
}

int fovea_output_shapes(const fovea_model *model, const int64_t *const *input_shapes, int64_t *const *output_shapes) {
  const fovea_description *description = &model->description;
  int32_t steps[FOVEA_MAX_BOUNDS];
  if (!input_shapes || !output_shapes)
    return fovea_fail(FOVEA_ERROR_NULL, "the array of %s shapes is NULL", input_shapes ? "output" : "input");
  for (uint32_t i = 0; i < description->input_count; ++i) {
    if (!input_shapes[i])
      return fovea_fail(FOVEA_ERROR_NULL, "the shape of input '%s' is NULL", description->inputs[i].name);
  }
  const int code = fovea_find_steps(model, input_shapes, steps);
  for (uint32_t i = 0; !code && i < description->output_count; ++i) {
    if (!output_shapes[i])
      return fovea_fail(FOVEA_ERROR_NULL, "the place for the shape of output '%s' is NULL",
                        description->outputs[i].name);
    for (uint32_t axis = 0; axis < description->outputs[i].rank; ++axis)
      output_shapes[i][axis] = extent_at(model, description->input_count + i, axis, steps);
  }
  return code;
}
