/* Decoding by libjpeg and libpng. Both report errors by a function that must not return; they end in one longjmp, back
 * to read_picture. What is allocated on the way hangs on `struct reader`, and is freed there. */
#include "picture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

/* A larger file is no photograph. */
static const long largest_file = 256L << 20;

struct reader {
  struct jpeg_error_mgr jpeg_errors; /* first, so that libjpeg's pointer to it is one to the reader */
  struct jpeg_decompress_struct jpeg;
  png_structp png;
  png_infop info;
  uint8_t *file;    /* its bytes */
  size_t bytes, at; /* how many, and how many libpng has taken */
  png_bytep *rows;
  uint32_t largest_height, largest_width;
  struct picture picture;
  char *error;
  jmp_buf escape;
};

static _Noreturn void fail(struct reader *reader, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(reader->error, PICTURE_ERROR_LENGTH, format, arguments);
  va_end(arguments);
  longjmp(reader->escape, 1);
}

/* Makes room for the pixels. */
static void allocate(struct reader *reader, uint32_t height, uint32_t width) {
  if (height == 0 || width == 0 || height > reader->largest_height || width > reader->largest_width)
    fail(reader, "%u x %u pixels, height x width; expected 1 x 1 to %u x %u", height, width, reader->largest_height,
         reader->largest_width);
  reader->picture.height = height;
  reader->picture.width = width;
  reader->picture.pixels = malloc(3 * (size_t)height * width);
  if (!reader->picture.pixels)
    fail(reader, "no memory for %u x %u pixels", height, width);
}

static void read_file(struct reader *reader, const char *path) {
  FILE *file = fopen(path, "rb");
  long bytes = file && fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
  const char *fault = !file ? "cannot be opened" : bytes < 0 ? "cannot be read" : NULL;
  if (!fault && bytes > largest_file)
    fault = "is larger than 256 MiB";
  if (!fault) {
    reader->file = malloc((size_t)bytes + 1);
    rewind(file);
    if (!reader->file || fread(reader->file, 1, (size_t)bytes, file) != (size_t)bytes)
      fault = "cannot be read";
    reader->bytes = (size_t)bytes;
  }
  if (file)
    fclose(file);
  if (fault)
    fail(reader, "%s", fault);
}

/* libjpeg's errors, and its warnings, too: what it makes up for missing data is nothing to put a name to. */
static _Noreturn void fail_jpeg(j_common_ptr jpeg) {
  struct reader *reader = (struct reader *)jpeg->err;
  char text[JMSG_LENGTH_MAX];
  jpeg->err->format_message(jpeg, text);
  const struct jpeg_source_mgr *source = reader->jpeg.src;
  fail(reader, "at byte %zu: %s", source ? reader->bytes - source->bytes_in_buffer : 0, text);
}

static void warn_jpeg(j_common_ptr jpeg, int level) {
  if (level < 0)
    fail_jpeg(jpeg);
}

static void read_jpeg(struct reader *reader) {
  struct jpeg_decompress_struct *jpeg = &reader->jpeg;
  jpeg->err = jpeg_std_error(&reader->jpeg_errors);
  jpeg->err->error_exit = fail_jpeg;
  jpeg->err->emit_message = warn_jpeg;
  jpeg_create_decompress(jpeg);
  jpeg->mem->max_memory_to_use = 1L << 30;
  jpeg_mem_src(jpeg, reader->file, reader->bytes);
  jpeg_read_header(jpeg, TRUE);
  if (jpeg->num_components != 1 && jpeg->num_components != 3)
    fail(reader, "a JPEG of %d channels; expected grey or colours", jpeg->num_components);
  jpeg->out_color_space = JCS_RGB;
  allocate(reader, jpeg->image_height, jpeg->image_width);
  jpeg_start_decompress(jpeg);
  while (jpeg->output_scanline < jpeg->output_height) {
    JSAMPROW row = reader->picture.pixels + 3 * (size_t)jpeg->output_scanline * jpeg->output_width;
    jpeg_read_scanlines(jpeg, &row, 1);
  }
}

static void fail_png(png_structp png, png_const_charp text) {
  struct reader *reader = png_get_error_ptr(png);
  fail(reader, "at byte %zu: %s", reader->at, text);
}

/* What does not concern the pixels. */
static void ignore_png(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static void take_png(png_structp png, png_bytep data, size_t count) {
  struct reader *reader = png_get_io_ptr(png);
  if (count > reader->bytes - reader->at)
    png_error(png, "the file ends too early");
  memcpy(data, reader->file + reader->at, count);
  reader->at += count;
}

static void read_png(struct reader *reader) {
  png_structp png = reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, fail_png, ignore_png);
  png_infop info = reader->info = png ? png_create_info_struct(png) : NULL;
  if (!info)
    fail(reader, "no memory");
  png_set_read_fn(png, reader, take_png);
  png_set_user_limits(png, 0x7fffffff, 0x7fffffff); /* allocate says what is too large */
  png_read_info(png, info);
  /* Everything becomes red, green and blue; what shows through is not looked at. */
  png_set_expand(png);
  png_set_strip_16(png);
  png_set_gray_to_rgb(png);
  png_set_strip_alpha(png);
  png_set_interlace_handling(png);
  allocate(reader, png_get_image_height(png, info), png_get_image_width(png, info));
  png_read_update_info(png, info);
  if (png_get_rowbytes(png, info) != 3 * (size_t)reader->picture.width)
    fail(reader, "a PNG of an unknown kind");
  reader->rows = malloc(reader->picture.height * sizeof *reader->rows);
  if (!reader->rows)
    fail(reader, "no memory");
  for (uint32_t y = 0; y < reader->picture.height; ++y)
    reader->rows[y] = reader->picture.pixels + 3 * (size_t)y * reader->picture.width;
  png_read_image(png, reader->rows);
  png_read_end(png, NULL);
}

int read_picture(const char *path, uint32_t largest_height, uint32_t largest_width, struct picture *picture,
                 char error[PICTURE_ERROR_LENGTH]) {
  /* On the heap: what is on the stack, and changes after setjmp, is lost. */
  struct reader *reader = calloc(1, sizeof *reader);
  if (!reader) {
    snprintf(error, PICTURE_ERROR_LENGTH, "no memory");
    return 0;
  }
  reader->largest_height = largest_height;
  reader->largest_width = largest_width;
  reader->error = error;
  const int failed = setjmp(reader->escape);
  if (!failed) {
    read_file(reader, path);
    if (reader->bytes >= 3 && memcmp(reader->file, "\xff\xd8\xff", 3) == 0)
      read_jpeg(reader);
    else if (reader->bytes >= 8 && png_sig_cmp(reader->file, 0, 8) == 0)
      read_png(reader);
    else
      fail(reader, "at byte 0: neither a JPEG nor a PNG file");
  }
  if (reader->jpeg.mem)
    jpeg_destroy_decompress(&reader->jpeg);
  png_destroy_read_struct(reader->png ? &reader->png : NULL, reader->info ? &reader->info : NULL, NULL);
  free(reader->rows);
  free(reader->file);
  if (failed)
    free(reader->picture.pixels);
  else
    *picture = reader->picture;
  free(reader);
  return !failed;
}
