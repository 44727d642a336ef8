/* Runs a network of one input and one output, on any architecture: infer INPUT.npy OUTPUT.f32 THREADS [TARGET]
 * Compiled with -DNET=name -include name.h. Prints the code and the text of an error. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JOIN(a, b) a##_##b
#define NAME(net, suffix) JOIN(net, suffix)
#define N(suffix) NAME(NET, suffix)

static int fail(int code) {
  printf("error %d: %s\n", code, N(last_error)());
  return 1;
}

int main(int argc, char **argv) {
  if (argc < 4)
    return 2;
  const N(tensor_info) *in = N(describe)()->inputs, *out = N(describe)()->outputs;
  void *x = malloc(in->bytes), *y = malloc(out->bytes);
  FILE *file = fopen(argv[1], "rb");
  /* The elements are the end of an .npy file. */
  if (!file || !x || !y || fseek(file, -(long)in->bytes, SEEK_END) || fread(x, 1, in->bytes, file) != in->bytes)
    return 2;
  fclose(file);

  N(options) options;
  memset(&options, 0, sizeof options);
  options.size = sizeof options;
  options.version = 1;
  options.threads = (uint32_t)atoi(argv[3]);
  options.target = argc > 4 ? argv[4] : NULL;
  N(context) * context;
  int code = N(create)(&options, &context);
  if (code)
    return fail(code);
  N(buffer) input = {x, in->bytes}, output = {y, out->bytes};
  code = N(run)(context, &input, &output);
  if (code)
    return fail(code);
  N(destroy)(context);
  file = fopen(argv[2], "wb");
  const int written = file && fwrite(y, 1, out->bytes, file) == out->bytes && fclose(file) == 0;
  free(x);
  free(y);
  return written ? 0 : 2;
}
