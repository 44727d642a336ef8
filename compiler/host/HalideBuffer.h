// How a kernel is told where a tensor lies.
#ifndef FOVEA_COMPILER_HOST_HALIDEBUFFER_H
#define FOVEA_COMPILER_HOST_HALIDEBUFFER_H

#include <cstdint>

namespace fovea {

/// An axis of a buffer, innermost first.
struct HalideDimension {
  int32_t minimum, extent, stride; ///< the stride in elements
  uint32_t flags;
};

/// Halide's `halide_buffer_t`, byte for byte.
struct HalideBuffer {
  uint64_t device;
  void *interface, *host;
  uint64_t flags;
  uint8_t code, bits;
  uint16_t lanes;
  int32_t rank;
  HalideDimension *dimensions;
  void *padding;
};

} // namespace fovea

#endif
