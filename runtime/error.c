#include "runtime/context.h"

#include <stdarg.h>
#include <stdio.h>

/* Per thread, because a failed fovea_create leaves no context and a busy context belongs to another call. */
static _Thread_local char last_error[512];

int fovea_fail(int code, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(last_error, sizeof last_error, format, arguments);
  va_end(arguments);
  return code;
}

const char *fovea_last_error(void) { return last_error; }
