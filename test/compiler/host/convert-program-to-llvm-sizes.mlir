// RUN: fovea-opt %s --convert-program-to-llvm | FileCheck %s

// Two sizes of a network: a function and a row of the model each, the largest arena, and one that chooses by shape.
#c = #hvn.axes<c>
kern.func @relu(%x: tensor<4xf32, #c>) -> tensor<4xf32, #c> {
  %0 = hvn.relu %x : tensor<4xf32, #c>
  kern.return %0 : tensor<4xf32, #c>
}
kern.program @net_4 arena 640 weights 64 inputs [{name = "x", type = tensor<4xf32, #c>} ]
    outputs [{name = "y", type = tensor<4xf32, #c>} ] attributes {size = 4 : i64} {
  %x = kern.buffer input 0 : memref<4xf32>
  %y = kern.buffer output 0 : memref<4xf32>
  kern.launch @relu(%x) to (%y) : (memref<4xf32>) to (memref<4xf32>)
}
kern.program @net_8 arena 128 weights 64 inputs [{name = "x", type = tensor<8xf32, #c>} ]
    outputs [{name = "y", type = tensor<8xf32, #c>} ] attributes {size = 8 : i64} {
}

// CHECK-DAG: @[[NAME:fovea_text_[0-9]+]]("net\00")
// CHECK-DAG: @[[SHAPE4:fovea_i64s_[0-9]+]](dense<4> : tensor<1xi64>)
// CHECK-DAG: @[[SHAPE8:fovea_i64s_[0-9]+]](dense<8> : tensor<1xi64>)
// CHECK: @[[SIZES:fovea_table_[0-9]+]]() {{.*}} !llvm.array<2 x struct<(i64, ptr, ptr, ptr, i64)>>
// CHECK: llvm.mlir.constant(4 : i64)
// CHECK: llvm.mlir.constant(1 : i64)
// CHECK: llvm.mlir.constant(8 : i64)
// CHECK: llvm.mlir.constant(0 : i64)
// CHECK: @[[PROGRAMS:fovea_table_[0-9]+]]() {{.*}} !llvm.array<2 x ptr>
// CHECK: llvm.mlir.addressof @fovea_program_run_4
// CHECK: llvm.mlir.addressof @fovea_program_run_8
// CHECK: llvm.mlir.global internal constant @fovea_program_model
// CHECK: llvm.mlir.addressof @[[NAME]]
// CHECK: llvm.mlir.constant(640 : i64)
// CHECK: llvm.mlir.addressof @[[SIZES]]
// CHECK: llvm.mlir.constant(2 : i64)
// CHECK: llvm.mlir.addressof @[[PROGRAMS]]

// CHECK: llvm.func internal @fovea_program_run_4(
// CHECK: llvm.call @relu
// CHECK: llvm.func internal @fovea_program_run_8(
// CHECK-NOT: llvm.call
// CHECK: llvm.func @net_describe() -> !llvm.ptr
// CHECK: llvm.func hidden @fovea_run_shaped(!llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr) -> i32
// CHECK: llvm.func @net_run_shaped(
// CHECK-NOT: @net_run(
