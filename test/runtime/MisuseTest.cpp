// Every way to misuse a library that can be noticed gives an error code and a text, and leaves the library usable.
#include "toy.h"

#include "gtest/gtest.h"
#include <cstring>
#include <functional>
#include <string>

namespace {

/// A correct use of the toy library, for a case to spoil.
struct Use {
  Use() {
    options.size = sizeof options;
    options.version = TOY_OPTIONS_VERSION;
  }

  toy_options options = {};
  toy_context *context = nullptr, **place = &context;
  alignas(64) uint8_t arena[TOY_ARENA_BYTES_FOR(2) + 64] = {};
  alignas(64) uint8_t image[TOY_INPUT_IMAGE_BYTES + 64] = {}, logits[TOY_OUTPUT_LOGITS_BYTES + 64] = {};
  alignas(64) uint8_t scale[64] = {}, label[64] = {};
  toy_buffer inputs[2] = {{image, TOY_INPUT_IMAGE_BYTES}, {scale, TOY_INPUT_SCALE_BYTES}};
  toy_buffer outputs[2] = {{logits, TOY_OUTPUT_LOGITS_BYTES}, {label, TOY_OUTPUT_LABEL_BYTES}};
  toy_buffer *in = inputs, *out = outputs;
};

struct Misuse {
  const char *what;
  int code;
  const char *text; ///< a part of the error's
  std::function<void(Use &)> spoil;
};

void takeArena(Use &use, ptrdiff_t offset, uint64_t bytes) {
  use.options.arena = use.arena + offset;
  use.options.arena_bytes = bytes;
}

/// Wrong arguments of toy_create.
const Misuse creations[] = {
    {"no place for the context", TOY_ERROR_NULL, "place for the context", [](Use &u) { u.place = nullptr; }},
    {"size 0", TOY_ERROR_OPTIONS, "size of the options is 0", [](Use &u) { u.options.size = 0; }},
    {"size without version", TOY_ERROR_OPTIONS, "size of the options is 4", [](Use &u) { u.options.size = 4; }},
    {"half a version", TOY_ERROR_OPTIONS, "size of the options is 7", [](Use &u) { u.options.size = 7; }},
    {"size of something else", TOY_ERROR_OPTIONS, "is 4097", [](Use &u) { u.options.size = 4097; }},
    {"size -1", TOY_ERROR_OPTIONS, "is 4294967295", [](Use &u) { u.options.size = ~0u; }},
    {"version 0", TOY_ERROR_OPTIONS, "version of the options is 0", [](Use &u) { u.options.version = 0; }},
    {"version 2", TOY_ERROR_OPTIONS, "knows version 1", [](Use &u) { u.options.version = 2; }},
    {"version -1", TOY_ERROR_OPTIONS, "is 4294967295", [](Use &u) { u.options.version = ~0u; }},
    {"too many threads", TOY_ERROR_OPTIONS, "1025 threads", [](Use &u) { u.options.threads = 1025; }},
    {"-1 threads", TOY_ERROR_OPTIONS, "at most 1024", [](Use &u) { u.options.threads = ~0u; }},
    {"a reserved field", TOY_ERROR_OPTIONS, "reserved", [](Use &u) { u.options.reserved = 1; }},
    {"an executor's argument alone", TOY_ERROR_OPTIONS, "parallel_for is NULL",
     [](Use &u) { u.options.executor = &u; }},
    {"no such target", TOY_ERROR_OPTIONS, "no target 'x86-64'", [](Use &u) { u.options.target = "x86-64"; }},
    {"target without a name", TOY_ERROR_OPTIONS, "no target ''", [](Use &u) { u.options.target = ""; }},
    {"target in capitals", TOY_ERROR_OPTIONS, "no target 'ANY CPU'", [](Use &u) { u.options.target = "ANY CPU"; }},
    {"arena bytes alone", TOY_ERROR_OPTIONS, "but arena is NULL", [](Use &u) { u.options.arena_bytes = 64; }},
    {"arena without bytes", TOY_ERROR_SIZE, "arena has 0 bytes", [](Use &u) { takeArena(u, 0, 0); }},
    {"arena too small", TOY_ERROR_SIZE, "at least", [](Use &u) { takeArena(u, 0, TOY_ARENA_BYTES - 1); }},
    {"arena for one thread", TOY_ERROR_SIZE, "for 2 threads",
     [](Use &u) {
       u.options.threads = 2;
       takeArena(u, 0, TOY_ARENA_BYTES_FOR(1));
     }},
    {"arena at an odd address", TOY_ERROR_ALIGNMENT, "64 bytes", [](Use &u) { takeArena(u, 1, TOY_ARENA_BYTES); }},
    {"arena half aligned", TOY_ERROR_ALIGNMENT, "64 bytes", [](Use &u) { takeArena(u, 32, TOY_ARENA_BYTES); }},
    {"arena around the end of memory", TOY_ERROR_SIZE, "beyond the end",
     [](Use &u) {
       u.options.arena = reinterpret_cast<void *>(UINTPTR_MAX - 63);
       u.options.arena_bytes = TOY_ARENA_BYTES;
     }},
};

/// Wrong arguments of toy_run, on a context with the caller's arena.
const Misuse runs[] = {
    {"no context", TOY_ERROR_NULL, "the context is NULL", [](Use &u) { u.context = nullptr; }},
    {"no inputs", TOY_ERROR_NULL, "array of inputs", [](Use &u) { u.in = nullptr; }},
    {"no outputs", TOY_ERROR_NULL, "array of outputs", [](Use &u) { u.out = nullptr; }},
    {"first input NULL", TOY_ERROR_NULL, "input 'image' is NULL", [](Use &u) { u.inputs[0].data = nullptr; }},
    {"second input NULL", TOY_ERROR_NULL, "input 'scale' is NULL", [](Use &u) { u.inputs[1].data = nullptr; }},
    {"first output NULL", TOY_ERROR_NULL, "output 'logits' is NULL", [](Use &u) { u.outputs[0].data = nullptr; }},
    {"second output NULL", TOY_ERROR_NULL, "output 'label' is NULL", [](Use &u) { u.outputs[1].data = nullptr; }},
    {"input of 0 bytes", TOY_ERROR_SIZE, "input 'image' has 0 bytes", [](Use &u) { u.inputs[0].bytes = 0; }},
    {"input too short", TOY_ERROR_SIZE, "expected 240", [](Use &u) { u.inputs[0].bytes -= 4; }},
    {"input too long", TOY_ERROR_SIZE, "expected 240", [](Use &u) { u.inputs[0].bytes += 4; }},
    {"elements for bytes", TOY_ERROR_SIZE, "has 60 bytes",
     [](Use &u) { u.inputs[0].bytes = TOY_INPUT_IMAGE_ELEMENTS; }},
    {"inputs exchanged", TOY_ERROR_SIZE, "input 'image'", [](Use &u) { std::swap(u.inputs[0], u.inputs[1]); }},
    {"output of 0 bytes", TOY_ERROR_SIZE, "output 'logits' has 0", [](Use &u) { u.outputs[0].bytes = 0; }},
    {"output too short", TOY_ERROR_SIZE, "output 'label' has 3", [](Use &u) { u.outputs[1].bytes -= 1; }},
    {"output of -1 bytes", TOY_ERROR_SIZE, "expected 240", [](Use &u) { u.outputs[0].bytes = ~uint64_t(0); }},
    {"outputs exchanged", TOY_ERROR_SIZE, "output 'logits'", [](Use &u) { std::swap(u.outputs[0], u.outputs[1]); }},
    {"f32 at an odd address", TOY_ERROR_ALIGNMENT, "type f32", [](Use &u) { u.inputs[0].data = u.image + 1; }},
    {"f32 at half an element", TOY_ERROR_ALIGNMENT, "type f32", [](Use &u) { u.inputs[0].data = u.image + 2; }},
    {"f64 aligned like f32", TOY_ERROR_ALIGNMENT, "type f64", [](Use &u) { u.inputs[1].data = u.scale + 4; }},
    {"output at an odd address", TOY_ERROR_ALIGNMENT, "'logits'", [](Use &u) { u.outputs[0].data = u.logits + 3; }},
    {"i32 at half an element", TOY_ERROR_ALIGNMENT, "type i32", [](Use &u) { u.outputs[1].data = u.label + 2; }},
    {"output is the input", TOY_ERROR_OVERLAP, "with input 'image'", [](Use &u) { u.outputs[0].data = u.image; }},
    {"output over the input's end", TOY_ERROR_OVERLAP, "with input 'image'",
     [](Use &u) { u.outputs[1].data = u.image + TOY_INPUT_IMAGE_BYTES - 4; }},
    {"output over the input's begin", TOY_ERROR_OVERLAP, "with input 'image'",
     [](Use &u) {
       u.inputs[0].data = u.image + 4;
       u.outputs[1].data = u.image + 4;
     }},
    {"output is the second input", TOY_ERROR_OVERLAP, "with input 'scale'",
     [](Use &u) { u.outputs[1].data = u.scale + 4; }},
    {"output in the other output", TOY_ERROR_OVERLAP, "with output 'logits'",
     [](Use &u) { u.outputs[1].data = u.logits + 8; }},
    {"input in the arena", TOY_ERROR_OVERLAP, "arena", [](Use &u) { u.inputs[0].data = u.arena + 64; }},
    {"output at the arena's end", TOY_ERROR_OVERLAP, "arena",
     [](Use &u) { u.outputs[1].data = u.arena + TOY_ARENA_BYTES - 4; }},
};

void expectError(const Misuse &misuse, int code) {
  EXPECT_EQ(code, misuse.code) << misuse.what;
  EXPECT_NE(std::string(toy_last_error()).find(misuse.text), std::string::npos)
      << misuse.what << ": " << toy_last_error();
}

TEST(Misuse, OfCreate) {
  for (const Misuse &misuse : creations) {
    Use use;
    use.context = reinterpret_cast<toy_context *>(1);
    misuse.spoil(use);
    expectError(misuse, toy_create(&use.options, use.place));
    if (use.place) {
      EXPECT_EQ(use.context, nullptr) << misuse.what;
    }
  }
}

TEST(Misuse, OfRun) {
  for (const Misuse &misuse : runs) {
    Use use, good;
    takeArena(use, 0, TOY_ARENA_BYTES);
    ASSERT_EQ(toy_create(&use.options, &use.context), TOY_OK);
    toy_context *context = use.context;
    misuse.spoil(use);
    std::memset(use.logits, 0xee, sizeof use.logits);
    expectError(misuse, toy_run(use.context, use.in, use.out));
    EXPECT_EQ(use.logits[0], 0xee) << misuse.what << ": nothing may be written";
    EXPECT_EQ(toy_run(context, good.inputs, good.outputs), TOY_OK) << misuse.what << ": " << toy_last_error();
    toy_destroy(context);
  }
}

TEST(Misuse, OfProfile) {
  uint64_t nanoseconds[2];
  expectError({"no context", TOY_ERROR_NULL, "the context is NULL", {}}, toy_profile(nullptr, nanoseconds));
}

TEST(Misuse, ThereAreMany) { EXPECT_GE(std::size(creations) + std::size(runs), 40u); }

/// An executor that calls the library back while a run is under way.
struct Meddler {
  toy_context *context = nullptr;
  Use *use = nullptr;
  int run = 0, profile = 0;
  std::string destroyed;

  static void parallelFor(void *executor, void (*lane)(void *, uint32_t), void *argument, uint32_t count) {
    auto *self = static_cast<Meddler *>(executor);
    self->run = toy_run(self->context, self->use->inputs, self->use->outputs);
    self->profile = toy_profile(self->context, nullptr);
    toy_destroy(self->context);
    self->destroyed = toy_last_error();
    for (uint32_t i = 0; i < count; ++i)
      lane(argument, i);
  }
};

TEST(Misuse, OfABusyContext) {
  Use use, other;
  Meddler meddler;
  meddler.use = &other;
  use.options.threads = 2;
  use.options.parallel_for = Meddler::parallelFor;
  use.options.executor = &meddler;
  ASSERT_EQ(toy_create(&use.options, &meddler.context), TOY_OK);
  EXPECT_EQ(toy_run(meddler.context, use.inputs, use.outputs), TOY_OK) << toy_last_error();
  EXPECT_EQ(meddler.run, TOY_ERROR_BUSY);
  EXPECT_EQ(meddler.profile, TOY_ERROR_BUSY);
  EXPECT_EQ(meddler.destroyed, "the context is in use by another call, and was not destroyed");
  toy_destroy(meddler.context);
}

} // namespace
