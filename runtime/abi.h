/* The plain data that crosses the border of a generated library.
 *
 * The public header of a network N repeats these types under its own prefix (N_description, N_options, ...), so that
 * the headers of two networks can be included side by side; test/runtime checks that the layouts are the same. */
#ifndef FOVEA_RUNTIME_ABI_H
#define FOVEA_RUNTIME_ABI_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Version of fovea_description and of everything reachable from it. */
#define FOVEA_ABI_VERSION 1u
/* Version of fovea_options. */
#define FOVEA_OPTIONS_VERSION 1u
/* Alignment in bytes of the arena, of every slice of it and of every block of scratch memory. */
#define FOVEA_ALIGNMENT 64u
/* Bytes between the scratch memories of two threads. What a core's prefetcher reads beyond its own, the other core has
 * to fetch back before it can write there. */
#define FOVEA_SCRATCH_GAP 262144u
/* Most threads that one context may use. */
#define FOVEA_MAX_THREADS 1024u
/* Most sizes that calls of one library may choose. */
#define FOVEA_MAX_BOUNDS 3u

/* What the functions of a library return. The text behind a failure is fovea_last_error(). */
enum {
  FOVEA_OK = 0,
  FOVEA_ERROR_NULL = -1,        /* an argument that is needed was NULL */
  FOVEA_ERROR_OPTIONS = -2,     /* size, version or a value of the options is not understood */
  FOVEA_ERROR_BUSY = -3,        /* another call is using this context */
  FOVEA_ERROR_SIZE = -4,        /* a buffer or the arena does not have the right number of bytes */
  FOVEA_ERROR_ALIGNMENT = -5,   /* a buffer or the arena is not aligned */
  FOVEA_ERROR_OVERLAP = -6,     /* an output shares bytes with another buffer or with the arena */
  FOVEA_ERROR_UNSUPPORTED = -7, /* this CPU lacks what the library was compiled for */
  FOVEA_ERROR_MEMORY = -8,      /* no memory for the context or its arena */
  FOVEA_ERROR_THREAD = -9,      /* a thread could not be started */
  FOVEA_ERROR_KERNEL = -10,     /* a kernel failed: a fault of the compiler */
  FOVEA_ERROR_SHAPE = -11,      /* the library does not take inputs of these shapes */
  FOVEA_ERROR_WEIGHTS = -12,    /* the file with the weights cannot be read, or is of another library */
  FOVEA_ERROR_IMAGE = -13       /* an image is empty, larger than the library takes, or described wrongly */
};

/* One input or output: dense, row-major in the order of `shape`. An input of the type "image" is a fovea_image of any
 * height and width up to those in `shape`, and its `bytes` are those of the struct. */
typedef struct fovea_tensor_info {
  const char *name;
  const char *type; /* "f32", "f64", "f16", "bf16", "i8", "u8", "i32", "i64" or "image" */
  uint32_t rank;
  const int64_t *shape;    /* [rank] elements along each axis */
  const char *const *axes; /* [rank] names of the axes, e.g. "n", "c", "h", "w" */
  uint64_t bytes;          /* product of the shape times the size of one element */
} fovea_tensor_info;

/* One kernel call of the network, in order of execution. */
typedef struct fovea_step_info {
  const char *kernel; /* name of the kernel; several steps may share one */
  const char *layer;  /* the layer of the network it computes */
  double flops;       /* floating-point operations of the call, a multiply-add counted as two */
  uint64_t bytes;     /* bytes of operands and results, weights included */
} fovea_step_info;

/* A kind of CPU that a library has kernels for. */
typedef struct fovea_target_info {
  const char *name;      /* as `fovea compile --target` takes it */
  uint64_t cpu_features; /* features the CPU must have: bits of runtime/cpu.h */
} fovea_target_info;

/* What a library is at one value of the network's parameter `size`. */
typedef struct fovea_size_info {
  int64_t size;                              /* the value; 0 in a library of one size */
  const fovea_tensor_info *inputs, *outputs; /* counts, names, types and axes are those of every size */
  const fovea_step_info *steps;
  uint64_t step_count;
} fovea_size_info;

/* A size that each call chooses, by the shape of an input: `least`, or some steps more, up to `most`. */
typedef struct fovea_bound_info {
  const char *name; /* of the network's parameter */
  int64_t least, most, step;
  uint32_t input, axis; /* the input's axis that is as long */
} fovea_bound_info;

/* What a library says about itself. `version` and `size` come first, so that a reader can tell what follows. */
typedef struct fovea_description {
  uint32_t version; /* FOVEA_ABI_VERSION */
  uint32_t size;    /* sizeof(fovea_description) */
  uint32_t input_count, output_count, step_count, target_count;
  const char *name;     /* the network's name, the prefix of the library's functions */
  const char *target;   /* what the library was compiled for: the names of its targets with ", " between them */
  const char *compiler; /* version of the compiler */
  const fovea_tensor_info *inputs, *outputs;
  const fovea_step_info *steps;
  uint64_t arena_bytes;             /* activations, a multiple of FOVEA_ALIGNMENT */
  uint64_t scratch_bytes;           /* scratch memory of one thread, a multiple of FOVEA_ALIGNMENT */
  uint64_t stack_bytes;             /* largest stack use of a kernel */
  uint64_t cpu_features;            /* features that any CPU must have: those of the least target */
  const fovea_target_info *targets; /* best first: a CPU that has one also has those after it */
  const char *notices;              /* the licenses of what the library contains, which go with copies of it */
  const fovea_size_info *sizes;     /* ascending; inputs, outputs and steps above are those of the last */
  uint64_t size_count;              /* 1, or the number of values that --size had */
  uint64_t weight_bytes;
  uint64_t weights_identity;      /* what a file with the weights says of itself; 0: the library contains them */
  const fovea_bound_info *bounds; /* sizes that calls choose; shapes, bytes and operations above are of the largest */
  uint64_t bound_count;
} fovea_description;

/* Runs lane(argument, index) exactly once for every index in [0, count), on any threads, and returns after the last. */
typedef void (*fovea_parallel_for)(void *executor, void (*lane)(void *argument, uint32_t index), void *argument,
                                   uint32_t count);

/* How to create a context. A shorter, older struct is accepted: what is missing counts as zero. */
typedef struct fovea_options {
  uint32_t size;                   /* sizeof(fovea_options) */
  uint32_t version;                /* FOVEA_OPTIONS_VERSION */
  uint32_t threads;                /* threads that work on one call, the caller's included; 0 means 1 */
  uint32_t reserved;               /* 0 */
  void *arena;                     /* memory to use instead of an allocation, or NULL */
  uint64_t arena_bytes;            /* size of `arena` */
  fovea_parallel_for parallel_for; /* threads to use instead of the context's own, or NULL */
  void *executor;                  /* first argument of parallel_for */
  const char *target;              /* name of the target whose kernels to run, or NULL: the best that the CPU has */
  const char *weights;             /* path of the file with the weights, if the library does not contain them */
} fovea_options;

/* What a file with weights begins with; the weights follow at the place FOVEA_WEIGHTS_OFFSET. Little-endian. */
typedef struct fovea_weights_header {
  char magic[8];     /* FOVEA_WEIGHTS_MAGIC */
  uint64_t identity; /* which weights they are and how they are packed, not their values */
  uint64_t bytes;
} fovea_weights_header;
#define FOVEA_WEIGHTS_MAGIC "FOVEAWT1"
#define FOVEA_WEIGHTS_OFFSET 4096u

/* The caller's memory for one input or output. */
typedef struct fovea_buffer {
  void *data;
  uint64_t bytes; /* exactly the bytes of the tensor */
} fovea_buffer;

/* What the buffer of an input of the type "image" holds: three bytes a pixel, red, green and blue. */
typedef struct fovea_image {
  const uint8_t *pixels;
  uint32_t height, width;
  uint64_t row_bytes; /* from one row to the next; 0: rows follow each other, 3 bytes a pixel */
} fovea_image;

typedef struct fovea_context fovea_context;

#ifdef __cplusplus
}
#endif

#endif
