// RUN: fovea-opt %s --convert-program-to-llvm --split-input-file | FileCheck %s

#mc = #hvn.axes<m, c>
#c = #hvn.axes<c>

kern.func @scale(%x: tensor<2x3xf32, #mc>, %w: tensor<3xf32, #c>) -> tensor<2x3xf32, #mc> {
  %0 = hvn.mul %x, %w : (tensor<2x3xf32, #mc>, tensor<3xf32, #c>) -> tensor<2x3xf32, #mc>
  kern.return %0 : tensor<2x3xf32, #mc>
}

kern.program @net arena 128 weights 3000000128 inputs [{name = "x", type = tensor<2x3xf32, #mc>} ]
    outputs [{name = "y", type = tensor<2x3xf32, #mc>} ]
    attributes {scratch_bytes = 1 : i64, stack_bytes = 5 : i64,
      targets = [{name = "any CPU", suffix = "", cpu_features = 7 : i64}]} {
  %x = kern.buffer input 0 : memref<2x3xf32>
  %w = kern.buffer weights 3000000064 : memref<3xf32>
  %t = kern.buffer arena 64 : memref<2x3xf32>
  %y = kern.buffer output 0 : memref<2x3xf32>
  kern.launch @scale(%x, %w) to (%t) : (memref<2x3xf32>, memref<3xf32>) to (memref<2x3xf32>) loc(fused["a", "b"])
  kern.launch @scale(%t, %w) to (%y) : (memref<2x3xf32>, memref<3xf32>) to (memref<2x3xf32>)
}

// A step is named after its layers, without any after its kernel.
// CHECK-DAG: @[[SCALE:fovea_text_[0-9]+]]("scale\00")
// CHECK-DAG: @[[LAYERS:fovea_text_[0-9]+]]("a + b\00")
// CHECK-DAG: @[[TARGET:fovea_text_[0-9]+]]("any CPU\00")

// What runs on which CPU.
// CHECK: @[[TARGETS:fovea_table_[0-9]+]]() {{.*}} !llvm.array<1 x struct<(ptr, i64)>>
// CHECK: @[[PROGRAMS:fovea_table_[0-9]+]]() {{.*}} !llvm.array<1 x ptr>
// CHECK: llvm.mlir.addressof @fovea_program_run

// The scratch bytes are rounded up to an alignment.
// CHECK: llvm.mlir.global internal constant @fovea_program_model
// CHECK: llvm.mlir.addressof @[[TARGET]]
// CHECK: llvm.mlir.constant(128 : i64)
// CHECK: llvm.mlir.constant(64 : i64)
// CHECK: llvm.mlir.constant(5 : i64)
// CHECK: llvm.mlir.constant(7 : i64)
// CHECK: llvm.mlir.addressof @[[TARGETS]]
// CHECK: llvm.mlir.addressof @[[PROGRAMS]]

// A kernel gets its worker and its buffers; its body is compiled elsewhere.
// CHECK: llvm.func hidden @scale(!llvm.ptr, !llvm.ptr, !llvm.ptr, !llvm.ptr) -> i32
// CHECK-NOT: hvn.mul
// CHECK: llvm.func hidden @fovea_mark(!llvm.ptr, i32)
// CHECK: llvm.mlir.global external hidden constant @fovea_weights() {{.*}} !llvm.array<3000000128 x i8>

// CHECK: llvm.func internal @fovea_program_run(%[[WORKER:.*]]: !llvm.ptr, %[[ARENA:.*]]: !llvm.ptr, %[[IN:.*]]: !llvm.ptr, %[[OUT:.*]]: !llvm.ptr) -> i32
// Three structs serve all launches.
// CHECK-COUNT-3: llvm.alloca %{{.*}} x !llvm.struct<(i64, ptr, ptr, i64, struct<(i8, i8, i16)>, i32, ptr, ptr)>
// CHECK-NOT: llvm.alloca
// CHECK: llvm.getelementptr %[[IN]][0]
// CHECK: llvm.mlir.addressof @fovea_weights
// CHECK-NEXT: %[[BEHIND:.*]] = llvm.mlir.constant(3000000064 : i64)
// CHECK-NEXT: llvm.getelementptr %{{.*}}[%[[BEHIND]]]
// CHECK-NEXT: %[[IN_ARENA:.*]] = llvm.mlir.constant(64 : i64)
// CHECK-NEXT: llvm.getelementptr %[[ARENA]][%[[IN_ARENA]]]
// CHECK: llvm.getelementptr %[[OUT]][0]
// CHECK: llvm.mlir.addressof @[[SHAPE:fovea_i32s_[0-9]+]]
// CHECK: %[[FIRST:.*]] = llvm.call @scale(%[[WORKER]],
// CHECK: %[[FAILED:.*]] = llvm.icmp "ne" %[[FIRST]],
// CHECK: llvm.cond_br %[[FAILED]], ^[[END:bb[0-9]+]](%[[FIRST]] : i32), ^[[NEXT:bb[0-9]+]]
// CHECK: ^[[NEXT]]:
// CHECK-NEXT: %[[STEP:.*]] = llvm.mlir.constant(0 : i32)
// CHECK-NEXT: llvm.call @fovea_mark(%[[WORKER]], %[[STEP]])
// CHECK: llvm.call @scale(%[[WORKER]],
// CHECK: llvm.mlir.constant(1 : i32)
// CHECK-NEXT: llvm.call @fovea_mark
// CHECK: llvm.return
// CHECK: ^[[END]](%[[CODE:.*]]: i32):
// CHECK-NEXT: llvm.return %[[CODE]]

// Rows of 3 in steps of 1, 2 of them in steps of 3: the innermost axis first.
// CHECK: @[[SHAPE]](dense<[0, 3, 1, 0, 0, 2, 3, 0]> : tensor<8xi32>)

// CHECK: llvm.func @net_describe() -> !llvm.ptr
// CHECK-NEXT: llvm.mlir.addressof @fovea_program_model
// CHECK: llvm.func hidden @fovea_create(!llvm.ptr, !llvm.ptr, !llvm.ptr) -> i32
// CHECK: llvm.func @net_create(%[[OPTIONS:.*]]: !llvm.ptr, %[[RESULT:.*]]: !llvm.ptr) -> i32
// CHECK-NEXT: %[[MODEL:.*]] = llvm.mlir.addressof @fovea_program_model
// CHECK-NEXT: llvm.call @fovea_create(%[[MODEL]], %[[OPTIONS]], %[[RESULT]])
// CHECK: llvm.func @net_run(%{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr) -> i32
// CHECK: llvm.func @net_profile(
// CHECK: llvm.func @net_destroy(%{{.*}}: !llvm.ptr)
// CHECK: llvm.func @net_last_error() -> !llvm.ptr

// -----

// A program without launches, and one whose attributes nobody has set.
kern.program @empty arena 0 weights 0 inputs [] outputs [] {
}

// CHECK: llvm.mlir.global internal constant @fovea_program_model
// CHECK: llvm.func internal @fovea_program_run
// CHECK-NOT: llvm.call
// CHECK: llvm.return
// CHECK: llvm.func @empty_describe
