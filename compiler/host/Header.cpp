#include "compiler/host/Header.h"
#include "runtime/abi.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include <fmt/ranges.h>

using namespace fovea;

namespace {

// The parts of the header in which only the prefix differs: `@` stands for the network's name and an underscore,
// `$` for the same in upper case. Kept in step with runtime/abi.h by test/runtime.
constexpr const char *errorsText = R"(/* What the functions return; @last_error() has the text. */
enum {
  $OK = 0,
  $ERROR_NULL = -1,        /* an argument that is needed was NULL */
  $ERROR_OPTIONS = -2,     /* size, version or a value of the options is not understood */
  $ERROR_BUSY = -3,        /* another call is using this context */
  $ERROR_SIZE = -4,        /* a buffer or the arena does not have the right number of bytes */
  $ERROR_ALIGNMENT = -5,   /* a buffer or the arena is not aligned */
  $ERROR_OVERLAP = -6,     /* an output shares bytes with another buffer or with the arena */
  $ERROR_UNSUPPORTED = -7, /* this CPU lacks what the library was compiled for */
  $ERROR_MEMORY = -8,      /* no memory for the context or its arena */
  $ERROR_THREAD = -9,      /* a thread could not be started */
  $ERROR_KERNEL = -10,     /* a kernel failed: a fault of the compiler */
  $ERROR_SHAPE = -11,      /* the library does not take inputs of these shapes */
  $ERROR_WEIGHTS = -12,    /* the file with the weights cannot be read, or is of another library */
  $ERROR_IMAGE = -13       /* an image is empty, larger than the library takes, or described wrongly */
};
)";

constexpr const char *typesText = R"(typedef struct @context @context;

/* How to create a context: all zero but `size` and `version` is a good start. */
typedef struct @options {
  uint32_t size;    /* sizeof(@options) */
  uint32_t version; /* $OPTIONS_VERSION */
  uint32_t threads; /* threads that work on one call, the caller's included; 0 means 1 */
  uint32_t reserved;
  void *arena; /* memory to use instead of an allocation, or NULL; must outlive the context */
  uint64_t arena_bytes;
  /* Threads to use instead of the context's own, or NULL: runs lane(argument, index) exactly once for every index in
   * [0, count), on any threads, and returns after the last; count is at most `threads`. */
  void (*parallel_for)(void *executor, void (*lane)(void *argument, uint32_t index), void *argument, uint32_t count);
  void *executor;
  const char *target; /* name of the target whose kernels to run: the same bits on every CPU; NULL: the CPU's best */
  const char *weights; /* path of the file with the weights, if the library does not contain them; mapped, not copied:
                          as long as a context has it, its bytes must not change */
} @options;

typedef struct @buffer {
  void *data;     /* aligned to an element */
  uint64_t bytes; /* exactly the bytes of the tensor */
} @buffer;

/* Behind the `data` of an input of the type "image": three bytes a pixel, red, green and blue. */
typedef struct @image {
  const uint8_t *pixels;
  uint32_t height, width; /* at most those of the input's shape */
  uint64_t row_bytes;     /* from one row to the next; 0: rows follow each other, 3 bytes a pixel */
} @image;

typedef struct @tensor_info {
  const char *name, *type;
  uint32_t rank;
  const int64_t *shape;
  const char *const *axes;
  uint64_t bytes;
} @tensor_info;

/* One kernel call. A multiply-add counts as two operations; bytes are those of operands, weights and results. */
typedef struct @step_info {
  const char *kernel, *layer;
  double flops;
  uint64_t bytes;
} @step_info;

/* A kind of CPU that the library has kernels for. */
typedef struct @target_info {
  const char *name;
  uint64_t cpu_features;
} @target_info;

/* What the library is at one value of the network's parameter `size`; 0 in a library of one size. */
typedef struct @size_info {
  int64_t size;
  const @tensor_info *inputs, *outputs;
  const @step_info *steps;
  uint64_t step_count;
} @size_info;

/* A size that each call chooses, by the shape of an input: `least`, or some steps more, up to `most`. */
typedef struct @bound_info {
  const char *name;
  int64_t least, most, step;
  uint32_t input, axis; /* the input's axis that is as long */
} @bound_info;

/* Fields are only ever added at the end; `size` says which are there. */
typedef struct @description {
  uint32_t version, size;
  uint32_t input_count, output_count, step_count, target_count;
  const char *name, *target, *compiler;
  const @tensor_info *inputs, *outputs;
  const @step_info *steps;
  uint64_t arena_bytes, scratch_bytes, stack_bytes, cpu_features;
  const @target_info *targets; /* best first */
  const char *notices;         /* the licenses of what the library contains, which go with copies of it */
  const @size_info *sizes;     /* ascending; inputs, outputs and steps above are those of the last */
  uint64_t size_count;
  uint64_t weight_bytes, weights_identity; /* of the file with the weights; 0: the library contains them */
  const @bound_info *bounds; /* sizes that calls choose; shapes, bytes and operations above are of the largest */
  uint64_t bound_count;
} @description;

/* What the library is. Needs no context and never fails. */
const @description *@describe(void);

/* Makes a context; NULL options mean one thread and memory of the context's own. Nothing is allocated after this. */
int @create(const @options *options, @context **context);

)";

constexpr const char *runText = R"(/* Computes the outputs from the inputs, both in the order of the list at the top. */
int @run(@context *context, const @buffer *inputs, const @buffer *outputs);
)";

constexpr const char *runShapedText =
    R"(/* Computes the outputs from the inputs, both in the order of the list at the top, at the size whose inputs have
 * these shapes: for each input the elements along each of its axes. $ERROR_SHAPE if there is none. */
int @run_shaped(@context *context, const int64_t *const *input_shapes, const @buffer *inputs,
                const @buffer *outputs);
)";

constexpr const char *runBoundedText =
    R"(/* Computes the outputs from the inputs, both in the order of the list at the top, for inputs of these shapes: for
 * each the elements along each of its axes. $ERROR_SHAPE if they are not within the bounds. */
int @run_shaped(@context *context, const int64_t *const *input_shapes, const @buffer *inputs,
                const @buffer *outputs);

/* Writes the shapes of the outputs for inputs of these shapes. Needs no context. */
int @output_shapes(const int64_t *const *input_shapes, int64_t *const *output_shapes);
)";

constexpr const char *endText = R"(
/* From now on, adds the time of each step to nanoseconds_per_step[step_count of the size that runs]; NULL ends it. */
int @profile(@context *context, uint64_t *nanoseconds_per_step);

/* Frees a context; NULL is allowed. While a call is using the context, it does nothing but set the error's text. */
void @destroy(@context *context);

/* Text of the last error in the calling thread; never NULL. */
const char *@last_error(void);
)";

llvm::StringRef cType(llvm::StringRef type) {
  return llvm::StringSwitch<llvm::StringRef>(type)
      .Case("f32", "float")
      .Case("f64", "double")
      .Cases({"f16", "bf16"}, "uint16_t")
      .Case("i8", "int8_t")
      .Case("u8", "uint8_t")
      .Case("i32", "int32_t")
      .Case("i64", "int64_t")
      .Case("image", "@image");
}

/// `text` with `@` and `$`, which C does not use, replaced by the network's prefix in lower and in upper case.
std::string prefixed(llvm::StringRef text, llvm::StringRef name) {
  std::string result, upper = name.upper();
  for (char c : text) {
    if (c == '@' || c == '$')
      result += (c == '@' ? name.str() : upper) + '_';
    else
      result += c;
  }
  return result;
}

bool isShaped(const HeaderInfo &info) { return info.sizes.size() > 1; }

/// What the names of one size's parts end in: "_64", or nothing in a library of one size.
std::string suffixOf(const HeaderInfo &info, const HeaderSize &size) {
  return isShaped(info) ? fmt::format("_{}", size.size) : "";
}

/// Calls visit(tensor, isInput) for each tensor of a size.
void forEachTensor(const HeaderSize &size, llvm::function_ref<void(const HeaderTensor &, bool)> visit) {
  for (const HeaderTensor &tensor : size.inputs)
    visit(tensor, true);
  for (const HeaderTensor &tensor : size.outputs)
    visit(tensor, false);
}

/// The macro with the tensor's number of `what`, such as "ELEMENTS" or "BYTES".
std::string macroName(const HeaderTensor &tensor, bool isInput, const char *what, llvm::StringRef suffix) {
  return fmt::format("${}_{}_{}{}", isInput ? "INPUT" : "OUTPUT", llvm::StringRef(tensor.name).upper(), what,
                     suffix.str());
}

/// `bounds` are those of the tensor, an input.
std::string tensorLine(const HeaderTensor &tensor, bool isInput, const std::vector<HeaderBound> &bounds) {
  if (tensor.isImage())
    return fmt::format(" *   input  {}: an image of at most {} x {}, height x width\n", tensor.name, tensor.shape[0],
                       tensor.shape[1]);
  std::string shape;
  for (size_t i = 0; i < tensor.shape.size(); ++i) {
    shape += fmt::format("{}{}={}", i ? ", " : "", tensor.axes[i], tensor.shape[i]);
    for (const HeaderBound &bound : bounds)
      if (bound.axis == i)
        shape += fmt::format(" at most, from {} in steps of {}", bound.least, bound.step);
  }
  return fmt::format(" *   {:6} {}: {}[{}], {} bytes\n", isInput ? "input" : "output", tensor.name, tensor.type, shape,
                     tensor.bytes());
}

/// The comment at the top: what the network is, how to use it, and what it promises.
std::string introduction(const HeaderInfo &info) {
  std::string text = fmt::format("/* {}: a network as a library, compiled by Fovea {} for {}.\n *\n", info.name,
                                 info.version, llvm::join(info.targets, ", "));
  for (const HeaderSize &size : info.sizes) {
    if (isShaped(info))
      text += fmt::format(" * size {}:\n", size.size);
    size_t input = 0;
    forEachTensor(size, [&](const HeaderTensor &tensor, bool isInput) {
      std::vector<HeaderBound> bounds;
      for (const HeaderBound &bound : info.bounds)
        if (isInput && bound.input == input)
          bounds.push_back(bound);
      text += tensorLine(tensor, isInput, bounds);
      ++input;
    });
  }
  const HeaderSize &last = info.sizes.back();
  std::string arrays, arguments, suffix = suffixOf(info, last);
  forEachTensor(last, [&](const HeaderTensor &tensor, bool isInput) {
    if (tensor.isImage()) {
      arrays += fmt::format(" *   @image {} = {{pixels, height, width, 0}}; // three bytes a pixel: red, green, blue\n",
                            tensor.name);
      arguments += ", &" + tensor.name;
      return;
    }
    arrays += fmt::format(" *   static {} {}[{}];\n", cType(tensor.type).str(), tensor.name,
                          macroName(tensor, isInput, "ELEMENTS", suffix));
    arguments += ", " + tensor.name;
  });
  text +=
      R"( *
 * Tensors are dense and row-major in the order of their axes. Use:
 *
)" + arrays +
      R"( *   @context *context;
)" +
      (info.weightsInFile
           ? " *   @options options = {.size = sizeof options, .version = $OPTIONS_VERSION, .weights = \"" + info.name +
                 ".weights\"};\n"
           : "") +
      " *   if (@create(" + (info.weightsInFile ? "&options" : "NULL") + ", &context) != $OK || " +
      (info.bounds.empty() ? "@infer" + suffix + "(context" + arguments + ")"
                           : "@run_shaped(context, shapes, inputs, outputs)") +
      R"( != $OK)
 *     fprintf(stderr, "%s\n", @last_error());
 *   @destroy(context);
 *
)" +
      (isShaped(info) ? " * One context serves all sizes; @run_shaped chooses one by the shapes of the inputs.\n *\n"
       : !info.bounds.empty() ? " * A tensor that is smaller at a call is dense as well: its shape is that of the "
                                "call. Constants below are of "
                                "the\n * largest.\n *\n"
                              : "") +
      R"( * Link with lib)" + info.name + ".so, or with lib" + info.name + R"(.a and -lpthread.
 *
 * Threads: one call at a time may use a context; a second one returns $ERROR_BUSY. Different contexts are
 * independent and may run at the same time. The bits of the outputs do not depend on the number of threads, but on the
 * target; which one runs is found out by @create from what the CPU has, or said in its options.
 * A child made by fork() must create contexts of its own. Do not call from a signal handler. */
)";
  return text;
}

/// The numbers of elements and bytes of each tensor, for each size.
std::string constants(const HeaderInfo &info) {
  // The runtime deals out slices of this alignment (FOVEA_ALIGNMENT).
  auto aligned = [](uint64_t bytes) { return (bytes + 63) / 64 * 64; };
  std::string text = fmt::format("#define $INPUT_COUNT {}\n#define $OUTPUT_COUNT {}\n", info.sizes.back().inputs.size(),
                                 info.sizes.back().outputs.size());
  for (const HeaderSize &size : info.sizes)
    forEachTensor(size, [&](const HeaderTensor &tensor, bool isInput) {
      std::string suffix = suffixOf(info, size);
      if (tensor.isImage()) {
        text += fmt::format("#define {} {}u\n#define {} {}u\n", macroName(tensor, isInput, "LARGEST_HEIGHT", suffix),
                            tensor.shape[0], macroName(tensor, isInput, "LARGEST_WIDTH", suffix), tensor.shape[1]);
        return;
      }
      text += fmt::format("#define {} {}u\n#define {} {}u\n", macroName(tensor, isInput, "ELEMENTS", suffix),
                          tensor.elements(), macroName(tensor, isInput, "BYTES", suffix), tensor.bytes());
    });
  text += fmt::format(R"(#define $OPTIONS_VERSION 1u
/* Memory of a context for that many threads, as the arena of the options; aligned to $ARENA_ALIGNMENT. */
#define $ARENA_BYTES_FOR(threads) (UINT64_C({}) + UINT64_C({}) * ((threads) - 1))
#define $ARENA_BYTES $ARENA_BYTES_FOR(1)
#define $ARENA_ALIGNMENT 64
/* Stack that a call needs on the calling thread and on threads of an executor. */
#define $STACK_BYTES UINT64_C({})
)",
                      aligned(info.arenaBytes) + aligned(info.scratchBytes),
                      aligned(info.scratchBytes) + FOVEA_SCRATCH_GAP, info.stackBytes);
  return text;
}

/// The typed call of one size. Local names end in an underscore so that they cannot be those of tensors.
std::string inferText(const HeaderInfo &info, const HeaderSize &size) {
  std::string parameters, shapes, body, suffix = suffixOf(info, size);
  unsigned counts[2] = {0, 0};
  forEachTensor(size, [&](const HeaderTensor &tensor, bool isInput) {
    const char *kind = isInput ? "input" : "output";
    unsigned index = counts[isInput]++;
    parameters += fmt::format(", {}{} *{}", isInput ? "const " : "", cType(tensor.type).str(), tensor.name);
    if (isInput)
      shapes += fmt::format("  static const int64_t shape{}_[] = {{{}}};\n", index, fmt::join(tensor.shape, ", "));
    // By way of an integer, which strict warnings accept: inputs are only read, but @buffer serves both.
    body += fmt::format("  {0}s_[{1}].data = (void *)(uintptr_t){2};\n  {0}s_[{1}].bytes = {3};\n", kind, index,
                        tensor.name, tensor.isImage() ? "sizeof(@image)" : macroName(tensor, isInput, "BYTES", suffix));
  });
  if (!isShaped(info))
    return fmt::format(R"(/* @run with typed arguments: every tensor has as many elements as the constants above say. */
static inline int @infer(@context *context_{}) {{
  @buffer inputs_[$INPUT_COUNT], outputs_[$OUTPUT_COUNT];
{}  return @run(context_, inputs_, outputs_);
}}
)",
                       parameters, body);
  std::string list;
  for (unsigned index = 0; index < counts[true]; ++index)
    list += fmt::format("{}shape{}_", index ? ", " : "", index);
  return fmt::format(R"(/* @run_shaped of size {1} with typed arguments. */
static inline int @infer{0}(@context *context_{2}) {{
{3}  static const int64_t *const shapes_[] = {{{4}}};
  @buffer inputs_[$INPUT_COUNT], outputs_[$OUTPUT_COUNT];
{5}  return @run_shaped(context_, shapes_, inputs_, outputs_);
}}
)",
                     suffix, size.size, parameters, shapes, list, body);
}

} // namespace

uint64_t HeaderTensor::elements() const {
  uint64_t count = 1;
  for (int64_t extent : shape)
    count *= static_cast<uint64_t>(extent);
  return count;
}

uint64_t HeaderTensor::bytes() const {
  unsigned bits = 0;
  llvm::StringRef(type).drop_until(llvm::isDigit).getAsInteger(10, bits);
  return elements() * (bits / 8);
}

std::string fovea::makeHeader(const HeaderInfo &info) {
  std::string infer;
  for (const HeaderSize &size : info.sizes)
    infer += info.bounds.empty() ? "\n" + inferText(info, size) : "";
  std::string text = introduction(info) + R"(#ifndef $H
#define $H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

)" + constants(info) +
                     "\n" + errorsText + "\n" + typesText +
                     (!info.bounds.empty() ? runBoundedText
                      : isShaped(info)     ? runShapedText
                                           : runText) +
                     endText + infer + R"(
#ifdef __cplusplus
}
#endif

#endif
)";
  return prefixed(text, info.name);
}
