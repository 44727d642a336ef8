/* runtime/embedded.h; FOVEA_RUNTIME_OBJECT is the path of the object. */
  .section .rodata
  .balign 64
  .globl runtimeObject
  .type runtimeObject, %object
runtimeObject:
  .incbin FOVEA_RUNTIME_OBJECT
.Lend:
  .size runtimeObject, .Lend - runtimeObject
  .balign 8
  .globl runtimeObjectSize
  .type runtimeObjectSize, %object
runtimeObjectSize:
  .quad .Lend - runtimeObject
  .size runtimeObjectSize, 8
  .section .note.GNU-stack, "", %progbits
