// RUN: kernel-check %s --target all | FileCheck %s

// Knobs within their bounds may be larger than the kernel: blocks than the pixels, tiles than blocks, bands than what is
// left of the rows.
// CHECK: ok
// CHECK: ok
// CHECK-NOT: FAIL
#mc = #hvn.axes<m, c>
#oi = #hvn.axes<o, i>
#nhwc = #hvn.axes<n, h, w, c>
#oiyx = #hvn.axes<o, i, y, x>

kern.func @layers(%x: tensor<5x12xf32, #mc>,
    %w: tensor<2x12x16xf32, #hvn.axes<p, i, l>>, %v: tensor<1x32x16xf32, #hvn.axes<p, i, l>>)
    -> tensor<5x16xf32, #mc>
    attributes {schedule = #kern.schedule<"gemm_pair" {
        block = 1024, tile_c = 1, tile_m = 28, vector = 16, first_tile_c = 1, first_tile_m = 28, first_vector = 16,
        parallel = 3}>} {
  %0 = kern.unpack %w panel 16 : tensor<2x12x16xf32, #hvn.axes<p, i, l>> to tensor<32x12xf32, #oi>
  %1 = kern.unpack %v panel 16 : tensor<1x32x16xf32, #hvn.axes<p, i, l>> to tensor<16x32xf32, #oi>
  %2 = hvn.linear %x, %0 : (tensor<5x12xf32, #mc>, tensor<32x12xf32, #oi>) -> tensor<5x32xf32, #mc>
  %3 = hvn.linear %2, %1 : (tensor<5x32xf32, #mc>, tensor<16x32xf32, #oi>) -> tensor<5x16xf32, #mc>
  kern.return %3 : tensor<5x16xf32, #mc>
}

kern.func @bottleneck(%x: tensor<1x9x9x12xf32, #nhwc>,
    %w: tensor<2x12x16xf32, #hvn.axes<p, i, l>>,
    %d: tensor<3x3x1x32xf32, #hvn.axes<y, x, i, o>>, %v: tensor<1x32x16xf32, #hvn.axes<p, i, l>>)
    -> tensor<1x7x7x16xf32, #nhwc>
    attributes {schedule = #kern.schedule<"bottleneck" {
        rows = 5, tile_w = 16, vector = 16, first_tile_c = 1, first_tile_w = 28, first_vector = 16, last_tile_c = 1,
        last_tile_w = 28, last_vector = 16, parallel = 2}>} {
  %0 = kern.unpack %w panel 16 : tensor<2x12x16xf32, #hvn.axes<p, i, l>> to tensor<32x12xf32, #oi>
  %1 = kern.unpack %v panel 16 : tensor<1x32x16xf32, #hvn.axes<p, i, l>> to tensor<16x32xf32, #oi>
  %2 = hvn.permute %d : tensor<3x3x1x32xf32, #hvn.axes<y, x, i, o>> to tensor<32x1x3x3xf32, #oiyx>
  %3 = hvn.linear %x, %0 : (tensor<1x9x9x12xf32, #nhwc>, tensor<32x12xf32, #oi>) -> tensor<1x9x9x32xf32, #nhwc>
  %4 = hvn.conv %3, %2 stride [1, 1] pad [0, 0] groups 32
     : (tensor<1x9x9x32xf32, #nhwc>, tensor<32x1x3x3xf32, #oiyx>)
     -> tensor<1x7x7x32xf32, #nhwc>
  %5 = hvn.linear %4, %1 : (tensor<1x7x7x32xf32, #nhwc>, tensor<16x32xf32, #oi>) -> tensor<1x7x7x16xf32, #nhwc>
  kern.return %5 : tensor<1x7x7x16xf32, #nhwc>
}
