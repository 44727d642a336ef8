/* The runtime as a relocatable object for each architecture, carried by the compiler and written into every library it
 * makes. */
#ifndef FOVEA_RUNTIME_EMBEDDED_H
#define FOVEA_RUNTIME_EMBEDDED_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The object for the architecture of an LLVM triple, and its size. */
const unsigned char *fovea_embedded_runtime(const char *triple, size_t *bytes);

#ifdef __cplusplus
}
#endif

#endif
