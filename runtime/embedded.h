/* The runtime as a relocatable object, carried by the compiler and written into every library it makes. */
#ifndef FOVEA_RUNTIME_EMBEDDED_H
#define FOVEA_RUNTIME_EMBEDDED_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

extern const unsigned char runtimeObject[];
extern const size_t runtimeObjectSize;

#ifdef __cplusplus
}
#endif

#endif
