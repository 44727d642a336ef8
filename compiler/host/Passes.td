// The pass between the host program and LLVM.
#ifndef FOVEA_HOST_PASSES
#define FOVEA_HOST_PASSES

include "mlir/Pass/PassBase.td"

def ConvertProgramToLLVMPass : Pass<"convert-program-to-llvm", "::mlir::ModuleOp"> {
  let summary = "The host program as calls in the LLVM dialect";
  let description = [{
    Replaces the `kern.program` of the module, its kernels and what stands beside them by an LLVM module:

    - `fovea_program_run`, which calls the kernels in order on `halide_buffer_t` structs of its own frame, once for
      each size and target;
    - `fovea_program_model`, the constant that describes the network to the runtime (runtime/model.h);
    - the functions that a library exports: `N_describe`, `N_create`, `N_run`, `N_profile`, `N_destroy`,
      `N_last_error`, N being the program's name.

    There may be several programs, one for each value of the network's parameter `size`: each has it as its attribute
    `size`, in ascending order, and a name that ends in it, `N_64`. Their inputs and outputs differ in shape alone, no
    two have inputs of the same shapes, and they share weights, targets and arena, the largest. `N_run_shaped` then
    takes the place of `N_run`: it chooses by the shapes of the inputs.

    A program with the attribute `batch` runs for as many images, one after the other: `fovea_program_image` is the
    function above, and `fovea_program_run` calls it for each, along the first axis of inputs and outputs.

    Kernels become declarations, `fovea_weights` stays undefined: both come from other objects. The program's
    attributes `scratch_bytes` and `stack_bytes` (integers) say what only the compiled kernels tell, `targets` (a list
    of `{name, suffix, cpu_features}`, best first) for which CPUs there are kernels: those of a target are called as in
    the module, and then the suffix. Without them the model holds zeros and one target without a name.

    ```mlir
    kern.program @net arena 0 weights 0 inputs [{name = "x", type = tensor<2xf32, #hvn.axes<c>>} ]
        outputs [{name = "y", type = tensor<2xf32, #hvn.axes<c>>} ] {
      %0 = kern.buffer input 0 : memref<2xf32>
      %1 = kern.buffer output 0 : memref<2xf32>
      kern.launch @relu(%0) to (%1) : (memref<2xf32>) to (memref<2xf32>)
    }
    ```

    becomes, without the structs and the descriptions,

    ```mlir
    llvm.func @relu(!llvm.ptr, !llvm.ptr, !llvm.ptr) -> i32
    llvm.func internal @fovea_program_run(%worker: !llvm.ptr, %arena: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr)
        -> i32 {
      %code = llvm.call @relu(%worker, %buffer0, %buffer1) : (!llvm.ptr, !llvm.ptr, !llvm.ptr) -> i32
      %failed = llvm.icmp "ne" %code, %zero : i32
      llvm.cond_br %failed, ^failed(%code : i32), ^step1
    ^step1:
      llvm.call @fovea_mark(%worker, %step) : (!llvm.ptr, i32) -> ()
      llvm.return %zero : i32
    ^failed(%result: i32):
      llvm.return %result : i32
    }
    ```
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif
