// RUN: fovea-opt %s --split-input-file --verify-diagnostics

!x = tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>
// concat C1
func.func @concat_c1(%x: !x) {
  // expected-error @+2 {{the input has no axis 't'; it has #hvn.axes<n, c, h, w>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.concat %x on "t" : (!x) -> !x
  return
}

// -----

!x = tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>
// concat C2
func.func @concat_c2(%x: !x, %y: tensor<1x4x6x5xf32, #hvn.axes<n, c, h, w>>) {
  // expected-error @+2 {{cannot join tensors that differ in another axis than c: f32[n=1, c=4, h=6, w=6] and f32[n=1, c=4, h=6, w=5]}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.concat %x, %y on "c" : (!x, tensor<1x4x6x5xf32, #hvn.axes<n, c, h, w>>) -> !x
  return
}

// -----

!x = tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>
// roll C1
func.func @roll_c1(%x: !x) {
  // expected-error @+2 {{the input has no axis 't'}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.roll %x over <t> by [1] : (!x) -> !x
  return
}

// -----

!x = tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>
// roll C2
func.func @roll_c2(%x: !x) {
  // expected-error @+2 {{expected a shift for each of the axes #hvn.axes<h, w>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.roll %x over <h, w> by [1] : (!x) -> !x
  return
}

// -----

!x = tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>
// window C1
func.func @window_c1(%x: !x) {
  // expected-error @+2 {{the input has no axis 't'}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.window %x over <t> into <a> size [2] shift [0] : (!x) -> !x
  return
}

// -----

!x = tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>
// window C2
func.func @window_c2(%x: !x) {
  // expected-error @+2 {{expected a new axis, a size and a shift for each of the axes #hvn.axes<h, w>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.window %x over <h, w> into <a, b> size [2] shift [0, 0] : (!x) -> !x
  return
}

// -----

!x = tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>
// window C3
func.func @window_c3(%x: !x) {
  // expected-error @+2 {{windows of 4 do not divide the axis h of size 6; pad it first}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.window %x over <h> into <a> size [4] shift [0] : (!x) -> !x
  return
}

// -----

!x = tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>
// window C4
func.func @window_c4(%x: !x) {
  // expected-error @+2 {{the input has an axis 'c' already}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.window %x over <h> into <c> size [2] shift [0] : (!x) -> !x
  return
}

// -----

!x = tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>
// unwindow C1
func.func @unwindow_c1(%x: !x) {
  // expected-error @+2 {{the input has no axis 'a'}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.unwindow %x over <h> from <a> shift [0] : (!x) -> !x
  return
}

// -----

!x = tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>
// unwindow C2
func.func @unwindow_c2(%x: !x) {
  // expected-error @+2 {{expected an axis of windows and a shift for each of the axes #hvn.axes<h, w>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.unwindow %x over <h, w> from <c> shift [0, 0] : (!x) -> !x
  return
}

// -----

!x = tensor<1x4x6x6xf32, #hvn.axes<n, c, h, x>>
// unfold C1
func.func @unfold_c1(%x: !x) {
  // expected-error @+2 {{the input has no axis 'w'}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.unfold %x kernel [2, 2] stride [1, 1] pad [0, 0] dilation [1, 1] : (!x) -> !x
  return
}

// -----

!x = tensor<1x4x6x6xf32, #hvn.axes<n, y, h, w>>
// unfold C1 twice
func.func @unfold_c1_twice(%x: !x) {
  // expected-error @+2 {{the input has an axis 'y' already}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.unfold %x kernel [2, 2] stride [1, 1] pad [0, 0] dilation [1, 1] : (!x) -> !x
  return
}

// -----

!x = tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>
// unfold C2
func.func @unfold_c2(%x: !x) {
  // expected-error @+2 {{kernel, stride and dilation must be positive and padding not negative, two values each}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.unfold %x kernel [2, 2] stride [0, 1] pad [0, 0] dilation [1, 1] : (!x) -> !x
  return
}

// -----

!x = tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>
// unfold C3
func.func @unfold_c3(%x: !x) {
  // expected-error @+2 {{the kernel of 9 does not fit into the axis h of size 6 with padding 1}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.unfold %x kernel [9, 2] stride [1, 1] pad [1, 0] dilation [1, 1] : (!x) -> !x
  return
}

// -----

!x = tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>
// gather C1
func.func @gather_c1(%x: !x) {
  // expected-error @+2 {{the input has no axis 't'}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.gather %x at %x on "t" : (!x, !x) -> !x
  return
}

// -----

!x = tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>
// gather C2
func.func @gather_c2(%x: !x) {
  // expected-error @+2 {{the index has the axis 'n' of the table: rename one of them}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.gather %x at %x on "c" : (!x, !x) -> !x
  return
}

// -----

!x = tensor<1x4x6x6xf32, #hvn.axes<n, c, h, x>>
// pixel_shuffle C1
func.func @pixel_shuffle_c1(%x: !x) {
  // expected-error @+2 {{the input has no axis 'w'}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.pixel_shuffle %x by 2 : (!x) -> !x
  return
}

// -----

!x = tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>
// pixel_shuffle C2
func.func @pixel_shuffle_c2(%x: !x) {
  // expected-error @+2 {{the square of the factor 3 does not divide 4 channels}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.pixel_shuffle %x by 3 : (!x) -> !x
  return
}

// -----

!x = tensor<1x4x6x6x2xf32, #hvn.axes<n, c, h, w, y>>
// pixel_unshuffle C1
func.func @pixel_unshuffle_c1(%x: !x) {
  // expected-error @+2 {{the input has an axis 'y' already}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.pixel_unshuffle %x by 2 : (!x) -> !x
  return
}

// -----

!x = tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>
// pixel_unshuffle C2
func.func @pixel_unshuffle_c2(%x: !x) {
  // expected-error @+2 {{the factor 4 does not divide the axis h of size 6}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.pixel_unshuffle %x by 4 : (!x) -> !x
  return
}

// -----

!x = tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>
// iota C1
func.func @iota_c1(%x: !x) {
  // expected-error @+2 {{expected a positive size for each of the axes #hvn.axes<h, w>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.iota "h" axes <h, w> sizes [7] : !x
  return
}

// -----

!x = tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>
// iota C2
func.func @iota_c2(%x: !x) {
  // expected-error @+2 {{no axis c among #hvn.axes<h, w>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.iota "c" axes <h, w> sizes [7, 7] : !x
  return
}
