#include "runtime/context.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Whether the inputs of `size` have these shapes. */
static bool takes(const fovea_description *description, const fovea_size_info *size, const int64_t *const *shapes) {
  for (uint32_t i = 0; i < description->input_count; ++i) {
    for (uint32_t axis = 0; axis < size->inputs[i].rank; ++axis) {
      if (shapes[i][axis] != size->inputs[i].shape[axis])
        return false;
    }
  }
  return true;
}

/* Appends to the text of `capacity` bytes as much as there is room for. */
static void append(char *text, size_t capacity, const char *format, ...) {
  const size_t length = strlen(text);
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text + length, capacity - length, format, arguments);
  va_end(arguments);
}

/* Appends "image[n=1, c=3, h=64, w=64]" for each input, of the shapes in `shapes` or of the size's own. */
static void append_inputs(char *text, size_t capacity, const fovea_description *description,
                          const fovea_size_info *size, const int64_t *const *shapes) {
  for (uint32_t i = 0; i < description->input_count; ++i) {
    const fovea_tensor_info *input = &size->inputs[i];
    append(text, capacity, "%s%s[", i ? ", " : "", input->name);
    for (uint32_t axis = 0; axis < input->rank; ++axis)
      append(text, capacity, "%s%s=%lld", axis ? ", " : "", input->axes[axis],
             (long long)(shapes ? shapes[i] : input->shape)[axis]);
    append(text, capacity, "]");
  }
}

int fovea_choose_size(fovea_context *context, const int64_t *const *shapes) {
  const fovea_description *description = &context->model->description;
  for (uint32_t i = 0; i < description->input_count; ++i) {
    if (!shapes[i])
      return fovea_fail(FOVEA_ERROR_NULL, "the shape of input '%s' is NULL", description->inputs[i].name);
  }
  if (description->bound_count)
    return fovea_find_steps(context->model, shapes, context->steps);
  for (uint64_t i = 0; i < description->size_count; ++i) {
    if (takes(description, &description->sizes[i], shapes)) {
      context->size = &description->sizes[i];
      return FOVEA_OK;
    }
  }
  char text[480] = "no size for ";
  append_inputs(text, sizeof text, description, context->size, shapes);
  for (uint64_t i = 0; i < description->size_count; ++i) {
    const fovea_size_info *size = &description->sizes[i];
    append(text, sizeof text, "%s %lld: ", i ? ";" : "; the library has size", (long long)size->size);
    append_inputs(text, sizeof text, description, size, NULL);
  }
  return fovea_fail(FOVEA_ERROR_SHAPE, "%s", text);
}
