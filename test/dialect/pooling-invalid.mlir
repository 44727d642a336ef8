// RUN: fovea-opt %s --verify-diagnostics --split-input-file

!x = tensor<1x3x8xf32, #hvn.axes<n, c, h>>
// max_pool C1
func.func @axes(%x: !x) {
  // expected-error @+2 {{pooling needs an input with the axes n, c, h, w, found #hvn.axes<n, c, h>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.max_pool %x kernel [1, 1] stride [1, 1] : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6x2xf32, #hvn.axes<n, c, h, w, d>>
// max_pool C1
func.func @more_axes(%x: !x) {
  // expected-error @+2 {{pooling needs an input with the axes n, c, h, w, found #hvn.axes<n, c, h, w, d>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.max_pool %x kernel [1, 1] stride [1, 1] : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// max_pool C2
func.func @no_pair(%x: !x) {
  // expected-error @+2 {{kernel takes two values, vertical and horizontal}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.max_pool %x kernel [2] stride [1, 1] : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// max_pool C2
func.func @kernel(%x: !x) {
  // expected-error @+2 {{kernel must be at least 1 and below 2^31, found 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.max_pool %x kernel [2, 0] stride [1, 1] : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// max_pool C2
func.func @large_kernel(%x: !x) {
  // expected-error @+2 {{kernel must be at least 1 and below 2^31, found 2147483648}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.max_pool %x kernel [2, 2147483648] stride [1, 1] : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// max_pool C2
func.func @stride(%x: !x) {
  // expected-error @+2 {{stride must be at least 1 and below 2^31, found 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.max_pool %x kernel [2, 2] stride [0, 1] : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// max_pool C2
func.func @pad(%x: !x) {
  // expected-error @+2 {{pad must be at least 0 and below 2^31, found -1}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.max_pool %x kernel [2, 2] stride [1, 1] pad [0, -1] : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// max_pool C2
func.func @dilation(%x: !x) {
  // expected-error @+2 {{dilation must be at least 1 and below 2^31, found 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.max_pool %x kernel [2, 2] stride [1, 1] dilation [0, 1] : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// max_pool C3
func.func @much_pad(%x: !x) {
  // expected-error @+2 {{pad must be at most half of the kernel, which spans 5 along w, found 3}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.max_pool %x kernel [3, 3] stride [1, 1] pad [2, 3] dilation [2, 2] : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// max_pool C4
func.func @room(%x: !x) {
  // expected-error @+2 {{a window of 7 does not fit into size 6 with pad 0 along w}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.max_pool %x kernel [9, 7] stride [2, 2] pad [1, 0] : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// max_pool C4
func.func @room_with_ceil_mode(%x: !x) {
  // expected-error @+2 {{a window of 10 does not fit into size 8 with pad 0 along h}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.max_pool %x kernel [10, 2] stride [2, 2] ceil_mode true : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// max_pool C5
func.func @empty_window(%x: !x) {
  // expected-error @+2 {{with pad, dilation must be at most the size 6 along w, found 7}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.max_pool %x kernel [2, 2] stride [1, 1] pad [0, 1] dilation [1, 7] : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8xf32, #hvn.axes<n, c, h>>
// avg_pool C1
func.func @axes(%x: !x) {
  // expected-error @+2 {{pooling needs an input with the axes n, c, h, w, found #hvn.axes<n, c, h>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.avg_pool %x kernel [1, 1] stride [1, 1] : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6x2xf32, #hvn.axes<n, c, h, w, d>>
// avg_pool C1
func.func @more_axes(%x: !x) {
  // expected-error @+2 {{pooling needs an input with the axes n, c, h, w, found #hvn.axes<n, c, h, w, d>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.avg_pool %x kernel [1, 1] stride [1, 1] : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// avg_pool C2
func.func @no_pair(%x: !x) {
  // expected-error @+2 {{kernel takes two values, vertical and horizontal}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.avg_pool %x kernel [2] stride [1, 1] : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// avg_pool C2
func.func @kernel(%x: !x) {
  // expected-error @+2 {{kernel must be at least 1 and below 2^31, found 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.avg_pool %x kernel [2, 0] stride [1, 1] : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// avg_pool C2
func.func @large_kernel(%x: !x) {
  // expected-error @+2 {{kernel must be at least 1 and below 2^31, found 2147483648}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.avg_pool %x kernel [2, 2147483648] stride [1, 1] : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// avg_pool C2
func.func @stride(%x: !x) {
  // expected-error @+2 {{stride must be at least 1 and below 2^31, found 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.avg_pool %x kernel [2, 2] stride [0, 1] : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// avg_pool C2
func.func @pad(%x: !x) {
  // expected-error @+2 {{pad must be at least 0 and below 2^31, found -1}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.avg_pool %x kernel [2, 2] stride [1, 1] pad [0, -1] : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// avg_pool C3
func.func @much_pad(%x: !x) {
  // expected-error @+2 {{pad must be at most half of the kernel, which spans 3 along w, found 2}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.avg_pool %x kernel [3, 3] stride [1, 1] pad [1, 2] : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// avg_pool C4
func.func @room(%x: !x) {
  // expected-error @+2 {{a window of 7 does not fit into size 6 with pad 0 along w}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.avg_pool %x kernel [9, 7] stride [2, 2] pad [1, 0] : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// avg_pool C4
func.func @room_with_ceil_mode(%x: !x) {
  // expected-error @+2 {{a window of 10 does not fit into size 8 with pad 0 along h}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.avg_pool %x kernel [10, 2] stride [2, 2] ceil_mode true : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8xf32, #hvn.axes<n, c, h>>
// adaptive_avg_pool C1
func.func @axes(%x: !x) {
  // expected-error @+2 {{pooling needs an input with the axes n, c, h, w, found #hvn.axes<n, c, h>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.adaptive_avg_pool %x size [1, 1] : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// adaptive_avg_pool C2
func.func @no_pair(%x: !x) {
  // expected-error @+2 {{size takes two values, vertical and horizontal}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.adaptive_avg_pool %x size [2, 3, 4] : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// adaptive_avg_pool C2
func.func @size(%x: !x) {
  // expected-error @+2 {{size must be at least 1 and below 2^31, found 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.adaptive_avg_pool %x size [2, 0] : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8xf32, #hvn.axes<n, c, h>>
// adaptive_max_pool C1
func.func @axes(%x: !x) {
  // expected-error @+2 {{pooling needs an input with the axes n, c, h, w, found #hvn.axes<n, c, h>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.adaptive_max_pool %x size [1, 1] : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// adaptive_max_pool C2
func.func @no_pair(%x: !x) {
  // expected-error @+2 {{size takes two values, vertical and horizontal}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.adaptive_max_pool %x size [2, 3, 4] : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// adaptive_max_pool C2
func.func @size(%x: !x) {
  // expected-error @+2 {{size must be at least 1 and below 2^31, found 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.adaptive_max_pool %x size [2, 0] : (!x) -> !x
  return
}
