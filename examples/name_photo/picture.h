/* Pictures from JPEG and PNG files as pixels. */
#ifndef PICTURE_H
#define PICTURE_H

#include <stdint.h>

/* Three bytes a pixel, red, green and blue, one row after the other. */
struct picture {
  uint8_t *pixels; /* to be freed */
  uint32_t height, width;
};

enum { PICTURE_ERROR_LENGTH = 256 };

/* Reads the picture in the file `path`, of at most `largest_height` x `largest_width` pixels. Returns 1, or 0 with a
 * text that says what is wrong where in the file, whatever its bytes. */
int read_picture(const char *path, uint32_t largest_height, uint32_t largest_width, struct picture *picture,
                 char error[PICTURE_ERROR_LENGTH]);

#endif
