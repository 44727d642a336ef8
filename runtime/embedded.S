/* The objects behind runtime/embedded.c; the macros are their paths. */
  .macro embed name, file
  .balign 64
  .globl \name
  .hidden \name
\name:
  .incbin "\file"
  .globl \name\()_end
  .hidden \name\()_end
\name\()_end:
  .endm

  .section .rodata
  embed fovea_runtime_x86_64, FOVEA_RUNTIME_OBJECT
  embed fovea_runtime_arm64, FOVEA_RUNTIME_OBJECT_ARM64
  .section .note.GNU-stack, "", %progbits
