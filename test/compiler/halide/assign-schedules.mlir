// RUN: fovea-opt %s --assign-schedules=target=x86-64-avx512 | FileCheck %s
// RUN: fovea-opt %s --assign-schedules=target=x86-64-avx2 | FileCheck %s --check-prefix=AVX2

// Seven pixels times one vector of outputs with 32 registers; four times three with 16.
// CHECK-LABEL: kern.func @linear
// CHECK-SAME: #kern.schedule<"gemm" {panels_outside = 0, parallel = 16, prefetch = 0, tile_c = 1, tile_m = 7, vector = 16}>
// AVX2-LABEL: kern.func @linear
// AVX2-SAME: #kern.schedule<"gemm" {panels_outside = 0, parallel = 16, prefetch = 0, tile_c = 3, tile_m = 4, vector = 8}>
kern.func @linear(%x: tensor<3136x48xf32, #hvn.axes<m, c>>, %w: tensor<48x48xf32, #hvn.axes<o, i>>)
    -> tensor<3136x48xf32, #hvn.axes<m, c>> {
  %0 = hvn.linear %x, %w : (tensor<3136x48xf32, #hvn.axes<m, c>>, tensor<48x48xf32, #hvn.axes<o, i>>)
                         -> tensor<3136x48xf32, #hvn.axes<m, c>>
  kern.return %0 : tensor<3136x48xf32, #hvn.axes<m, c>>
}

// Few pixels: tall tiles, for the weights come from afar.
// CHECK-LABEL: kern.func @few
// CHECK-SAME: #kern.schedule<"gemm" {panels_outside = 1, parallel = 24, prefetch = 192, tile_c = 1, tile_m = 25, vector = 16}>
// AVX2-LABEL: kern.func @few
// AVX2-SAME: #kern.schedule<"gemm" {panels_outside = 1, parallel = 16, prefetch = 192, tile_c = 3, tile_m = 4, vector = 8}>
kern.func @few(%x: tensor<49x384xf32, #hvn.axes<m, c>>, %w: tensor<384x384xf32, #hvn.axes<o, i>>)
    -> tensor<49x384xf32, #hvn.axes<m, c>> {
  %0 = hvn.linear %x, %w : (tensor<49x384xf32, #hvn.axes<m, c>>, tensor<384x384xf32, #hvn.axes<o, i>>)
                         -> tensor<49x384xf32, #hvn.axes<m, c>>
  kern.return %0 : tensor<49x384xf32, #hvn.axes<m, c>>
}

// But not where 25 rows would want the same places of a cache.
// CHECK-LABEL: kern.func @few_far_apart
// CHECK-SAME: tile_m = 7,
kern.func @few_far_apart(%x: tensor<49x512xf32, #hvn.axes<m, c>>, %w: tensor<384x512xf32, #hvn.axes<o, i>>)
    -> tensor<49x384xf32, #hvn.axes<m, c>> {
  %0 = hvn.linear %x, %w : (tensor<49x512xf32, #hvn.axes<m, c>>, tensor<384x512xf32, #hvn.axes<o, i>>)
                         -> tensor<49x384xf32, #hvn.axes<m, c>>
  kern.return %0 : tensor<49x384xf32, #hvn.axes<m, c>>
}

// Few pixels and few panels of weights: tasks are cut from both, so that halves of two threads are equal.
// CHECK-LABEL: kern.func @few_panels
// CHECK-SAME: panels_outside = 1, parallel = 14,
kern.func @few_panels(%x: tensor<196x448xf32, #hvn.axes<m, c>>, %w: tensor<112x448xf32, #hvn.axes<o, i>>)
    -> tensor<196x112xf32, #hvn.axes<m, c>> {
  %0 = hvn.linear %x, %w : (tensor<196x448xf32, #hvn.axes<m, c>>, tensor<112x448xf32, #hvn.axes<o, i>>)
                         -> tensor<196x112xf32, #hvn.axes<m, c>>
  kern.return %0 : tensor<196x112xf32, #hvn.axes<m, c>>
}

// As few tasks as make each worth handing to another thread.
// CHECK-LABEL: kern.func @small
// CHECK-SAME: parallel = 3,
kern.func @small(%x: tensor<392x48xf32, #hvn.axes<m, c>>) -> tensor<392x48xf32, #hvn.axes<m, c>> {
  %0 = hvn.relu %x : tensor<392x48xf32, #hvn.axes<m, c>>
  kern.return %0 : tensor<392x48xf32, #hvn.axes<m, c>>
}

// Vectors that end where an input of a concatenation does.
// CHECK-LABEL: kern.func @concat
// CHECK-SAME: vector = 4}
kern.func @concat(%x: tensor<9x12xf32, #hvn.axes<m, c>>, %y: tensor<9x36xf32, #hvn.axes<m, c>>) -> tensor<9x48xf32, #hvn.axes<m, c>> {
  %0 = hvn.concat %x, %y on "c" : (tensor<9x12xf32, #hvn.axes<m, c>>, tensor<9x36xf32, #hvn.axes<m, c>>)
                                -> tensor<9x48xf32, #hvn.axes<m, c>>
  kern.return %0 : tensor<9x48xf32, #hvn.axes<m, c>>
}

// A schedule that is there stays.
// CHECK-LABEL: kern.func @pinned
// CHECK-SAME: tile_m = 3
kern.func @pinned(%x: tensor<9x7xf32, #hvn.axes<m, c>>) -> tensor<9x7xf32, #hvn.axes<m, c>>
    attributes {schedule = #kern.schedule<"pointwise" {vector = 4, tile_m = 3, parallel = 1}>} {
  %0 = hvn.relu %x : tensor<9x7xf32, #hvn.axes<m, c>>
  kern.return %0 : tensor<9x7xf32, #hvn.axes<m, c>>
}
