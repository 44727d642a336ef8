// RUN: fovea-opt %s --verify-diagnostics --split-input-file

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// resize C1
func.func @no_axis(%x: !x) {
  // expected-error @+2 {{resize needs an axis with its new size}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.resize %x over <> size [] mode "nearest" : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// resize C1
func.func @other_axis(%x: !x) {
  // expected-error @+2 {{cannot resize the axis t of a tensor on #hvn.axes<n, c, h, w>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.resize %x over <h, t> size [4, 4] mode "nearest" : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// resize C2
func.func @sizes(%x: !x) {
  // expected-error @+2 {{size takes a value for each of the axes #hvn.axes<h, w>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.resize %x over <h, w> size [4] mode "nearest" : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// resize C2
func.func @size(%x: !x) {
  // expected-error @+2 {{the new size of w must be at least 1 and below 2^31, found 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.resize %x over <h, w> size [4, 0] mode "nearest" : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// resize C2
func.func @large_size(%x: !x) {
  // expected-error @+2 {{the new size of w must be at least 1 and below 2^31, found 2147483648}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.resize %x over <h, w> size [4, 2147483648] mode "nearest" : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// resize C3
func.func @mode(%x: !x) {
  // expected-error @+2 {{expected the mode nearest, bilinear or bicubic, found cubic}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.resize %x over <h, w> size [4, 4] mode "cubic" : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// resize C4
func.func @nearest(%x: !x) {
  // expected-error @+2 {{the mode nearest takes neither align_corners nor antialias}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.resize %x over <h, w> size [4, 4] mode "nearest" align_corners true : (!x) -> !x
  return
}

// -----

!x = tensor<1x3x8x6xf32, #hvn.axes<n, c, h, w>>
// resize C4
func.func @nearest_antialias(%x: !x) {
  // expected-error @+2 {{the mode nearest takes neither align_corners nor antialias}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.resize %x over <h, w> size [4, 4] mode "nearest" antialias true : (!x) -> !x
  return
}
