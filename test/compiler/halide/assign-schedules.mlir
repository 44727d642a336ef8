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

// An odd number of panels: one is divided.
// CHECK-LABEL: kern.func @odd_panels
// CHECK-SAME: panels_outside = 1, parallel = 22,
kern.func @odd_panels(%x: tensor<49x704xf32, #hvn.axes<m, c>>, %w: tensor<176x704xf32, #hvn.axes<o, i>>)
    -> tensor<49x176xf32, #hvn.axes<m, c>> {
  %0 = hvn.linear %x, %w : (tensor<49x704xf32, #hvn.axes<m, c>>, tensor<176x704xf32, #hvn.axes<o, i>>)
                         -> tensor<49x176xf32, #hvn.axes<m, c>>
  kern.return %0 : tensor<49x176xf32, #hvn.axes<m, c>>
}

// Two layers: as many pixels at a time as keep what is between in a part of the cache.
// CHECK-LABEL: kern.func @layers
// CHECK-SAME: #kern.schedule<"gemm_pair" {block = 63, first_tile_c = 1, first_tile_m = 7, first_vector = 16, parallel = 13, tile_c = 1, tile_m = 7, vector = 16}>
// AVX2-LABEL: kern.func @layers
// AVX2-SAME: #kern.schedule<"gemm_pair" {block = 64, first_tile_c = 3, first_tile_m = 4, first_vector = 8, parallel = 17, tile_c = 3, tile_m = 4, vector = 8}>
kern.func @layers(%x: tensor<3136x96xf32, #hvn.axes<m, c>>, %w0: tensor<384x96xf32, #hvn.axes<o, i>>,
                  %w1: tensor<96x384xf32, #hvn.axes<o, i>>) -> tensor<3136x96xf32, #hvn.axes<m, c>> {
  %0 = hvn.linear %x, %w0 : (tensor<3136x96xf32, #hvn.axes<m, c>>, tensor<384x96xf32, #hvn.axes<o, i>>)
                          -> tensor<3136x384xf32, #hvn.axes<m, c>>
  %1 = hvn.linear %0, %w1 : (tensor<3136x384xf32, #hvn.axes<m, c>>, tensor<96x384xf32, #hvn.axes<o, i>>)
                          -> tensor<3136x96xf32, #hvn.axes<m, c>>
  kern.return %1 : tensor<3136x96xf32, #hvn.axes<m, c>>
}

// Strips of fourteen rows or more, for neighbours both compute the rows between them.
// CHECK-LABEL: kern.func @bottleneck
// CHECK-SAME: #kern.schedule<"bottleneck" {first_tile_c = 1, first_tile_w = 7, first_vector = 16, last_tile_c = 1, last_tile_w = 7, last_vector = 16, parallel = 4, rows = 2, tile_w = 7, vector = 16}>
kern.func @bottleneck(%x: tensor<1x56x56x32xf32, #hvn.axes<n, h, w, c>>, %w: tensor<96x32xf32, #hvn.axes<o, i>>,
                      %d: tensor<96x1x3x3xf32, #hvn.axes<o, i, y, x>>, %v: tensor<32x96xf32, #hvn.axes<o, i>>)
    -> tensor<1x56x56x32xf32, #hvn.axes<n, h, w, c>> {
  %0 = hvn.linear %x, %w : (tensor<1x56x56x32xf32, #hvn.axes<n, h, w, c>>, tensor<96x32xf32, #hvn.axes<o, i>>)
                         -> tensor<1x56x56x96xf32, #hvn.axes<n, h, w, c>>
  %1 = hvn.conv %0, %d pad [1, 1] groups 96
     : (tensor<1x56x56x96xf32, #hvn.axes<n, h, w, c>>, tensor<96x1x3x3xf32, #hvn.axes<o, i, y, x>>)
     -> tensor<1x56x56x96xf32, #hvn.axes<n, h, w, c>>
  %2 = hvn.linear %1, %v : (tensor<1x56x56x96xf32, #hvn.axes<n, h, w, c>>, tensor<32x96xf32, #hvn.axes<o, i>>)
                         -> tensor<1x56x56x32xf32, #hvn.axes<n, h, w, c>>
  kern.return %2 : tensor<1x56x56x32xf32, #hvn.axes<n, h, w, c>>
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

// Lanes are pixels where channels are few.
// CHECK-LABEL: kern.func @image
// CHECK-SAME: "pointwise" {across = 1, parallel = 1, tile_m = 16, vector = 16}
// AVX2-LABEL: kern.func @image
// AVX2-SAME: "pointwise" {across = 1, parallel = 1, tile_m = 8, vector = 8}
kern.func @image(%x: tensor<1x3x48x80xf32, #hvn.axes<n, c, h, w>>) -> tensor<1x48x80x3xf32, #hvn.axes<n, h, w, c>> {
  %0 = hvn.permute %x : tensor<1x3x48x80xf32, #hvn.axes<n, c, h, w>> to tensor<1x48x80x3xf32, #hvn.axes<n, h, w, c>>
  kern.return %0 : tensor<1x48x80x3xf32, #hvn.axes<n, h, w, c>>
}

// A schedule that is there stays.
// CHECK-LABEL: kern.func @pinned
// CHECK-SAME: tile_m = 3
kern.func @pinned(%x: tensor<9x7xf32, #hvn.axes<m, c>>) -> tensor<9x7xf32, #hvn.axes<m, c>>
    attributes {schedule = #kern.schedule<"pointwise" {vector = 4, across = 0, tile_m = 3, parallel = 1}>} {
  %0 = hvn.relu %x : tensor<9x7xf32, #hvn.axes<m, c>>
  kern.return %0 : tensor<9x7xf32, #hvn.axes<m, c>>
}
