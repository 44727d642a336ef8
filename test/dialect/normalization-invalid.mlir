// RUN: fovea-opt %s --verify-diagnostics --split-input-file

!c = tensor<3xf32, #hvn.axes<c>>
// batch_norm C1
func.func @axis(%x: tensor<3xf32, #hvn.axes<n>>, %c: !c) {
  // expected-error @+1 {{batch_norm needs an input with an axis c; found #hvn.axes<n>}}
  %0 = hvn.batch_norm %x, %c, %c, %c, %c eps 0.0 : tensor<3xf32, #hvn.axes<n>>, !c
  return
}

// -----

!c = tensor<4xf32, #hvn.axes<c>>
// batch_norm C2
func.func @parameters(%x: tensor<2x3xf32, #hvn.axes<n, c>>, %c: !c) {
  // expected-error @+1 {{expected parameters of 3 values on the axis c, found f32[c=4]}}
  %0 = hvn.batch_norm %x, %c, %c, %c, %c eps 0.0 : tensor<2x3xf32, #hvn.axes<n, c>>, !c
  return
}

// -----

!c = tensor<3xf32, #hvn.axes<c>>
// batch_norm C3
func.func @eps(%x: tensor<2x3xf32, #hvn.axes<n, c>>, %c: !c) {
  // expected-error @+1 {{eps must not be negative, found -5.000000e-01}}
  %0 = hvn.batch_norm %x, %c, %c, %c, %c eps -0.5 : tensor<2x3xf32, #hvn.axes<n, c>>, !c
  return
}

// -----

// group_norm C1
func.func @group_norm_pixels(%x: tensor<2x6xf32, #hvn.axes<n, c>>, %c: tensor<6xf32, #hvn.axes<c>>) {
  // expected-error @+1 {{group_norm needs an input with the axes n and c and pixels; found #hvn.axes<n, c>}}
  %0 = hvn.group_norm %x, %c, %c groups 1 eps 0.0 : tensor<2x6xf32, #hvn.axes<n, c>>, tensor<6xf32, #hvn.axes<c>>
  return
}

// -----

// group_norm C2
func.func @group_norm_parameters(%x: tensor<2x6x5x4xf32, #hvn.axes<n, c, h, w>>, %c: tensor<5xf32, #hvn.axes<c>>) {
  // expected-error @+1 {{expected parameters of 6 values on the axis c, found f32[c=5]}}
  %0 = hvn.group_norm %x, %c, %c groups 1 eps 0.0 : tensor<2x6x5x4xf32, #hvn.axes<n, c, h, w>>, tensor<5xf32, #hvn.axes<c>>
  return
}

// -----

// group_norm C3
func.func @group_norm_groups(%x: tensor<2x6x5x4xf32, #hvn.axes<n, c, h, w>>, %c: tensor<6xf32, #hvn.axes<c>>) {
  // expected-error @+1 {{groups must divide 6 channels, found 4}}
  %0 = hvn.group_norm %x, %c, %c groups 4 eps 0.0 : tensor<2x6x5x4xf32, #hvn.axes<n, c, h, w>>, tensor<6xf32, #hvn.axes<c>>
  return
}

// -----

// group_norm C4
func.func @group_norm_eps(%x: tensor<2x6x5x4xf32, #hvn.axes<n, c, h, w>>, %c: tensor<6xf32, #hvn.axes<c>>) {
  // expected-error @+1 {{eps must not be negative, found -1.000000e+00}}
  %0 = hvn.group_norm %x, %c, %c groups 1 eps -1.0 : tensor<2x6x5x4xf32, #hvn.axes<n, c, h, w>>, tensor<6xf32, #hvn.axes<c>>
  return
}

// -----

// moments C1
func.func @moments_rows(%x: tensor<2x6x5x4xf32, #hvn.axes<n, c, h, w>>) {
  // expected-error @+2 {{moments need an input with the axis t; found #hvn.axes<n, c, h, w>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.moments %x groups 1 rows "t" : (tensor<2x6x5x4xf32, #hvn.axes<n, c, h, w>>) -> tensor<2x1x5x2xf32, #hvn.axes<n, g, b, s>>
  return
}

// -----

// moments C2
func.func @moments_groups(%x: tensor<2x6x5x4xf32, #hvn.axes<n, c, h, w>>) {
  // expected-error @+2 {{groups must divide 6 channels, found 5}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.moments %x groups 5 rows "h" : (tensor<2x6x5x4xf32, #hvn.axes<n, c, h, w>>) -> tensor<2x1x5x2xf32, #hvn.axes<n, g, b, s>>
  return
}

// -----

// normalize C1
func.func @normalize_axes(%x: tensor<6x5xf32, #hvn.axes<c, h>>, %m: tensor<2x1x5x2xf32, #hvn.axes<n, g, b, s>>) {
  // expected-error @+2 {{normalize needs an input with the axes n and c; found #hvn.axes<c, h>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.normalize %x by %m eps 0.0 : (tensor<6x5xf32, #hvn.axes<c, h>>, tensor<2x1x5x2xf32, #hvn.axes<n, g, b, s>>) -> tensor<6x5xf32, #hvn.axes<c, h>>
  return
}

// -----

// normalize C2
func.func @normalize_moments(%x: tensor<2x6x5x4xf32, #hvn.axes<n, c, h, w>>, %m: tensor<2x4x5x2xf32, #hvn.axes<n, g, b, s>>) {
  // expected-error @+2 {{expected moments of 2 images of 6 channels on the axes n, g, b, s; found f32[n=2, g=4, b=5, s=2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.normalize %x by %m eps 0.0 : (tensor<2x6x5x4xf32, #hvn.axes<n, c, h, w>>, tensor<2x4x5x2xf32, #hvn.axes<n, g, b, s>>) -> tensor<2x6x5x4xf32, #hvn.axes<n, c, h, w>>
  return
}

// -----

// normalize C3
func.func @normalize_sums(%x: tensor<2x6x5x4xf32, #hvn.axes<n, c, h, w>>, %m: tensor<2x1x5x2xf32, #hvn.axes<n, g, b, s>>, %s: tensor<5xf32, #hvn.axes<c>>) {
  // expected-error @+2 {{expected sums of 6 values on the axis c and one group, found f32[c=5] and 1 groups}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.normalize %x by %m sums %s eps 0.0 : (tensor<2x6x5x4xf32, #hvn.axes<n, c, h, w>>, tensor<2x1x5x2xf32, #hvn.axes<n, g, b, s>>, tensor<5xf32, #hvn.axes<c>>) -> tensor<2x6x5x4xf32, #hvn.axes<n, c, h, w>>
  return
}

// -----

// normalize C3
func.func @normalize_sums_of_groups(%x: tensor<2x6x5x4xf32, #hvn.axes<n, c, h, w>>, %m: tensor<2x2x5x2xf32, #hvn.axes<n, g, b, s>>, %s: tensor<6xf32, #hvn.axes<c>>) {
  // expected-error @+2 {{expected sums of 6 values on the axis c and one group, found f32[c=6] and 2 groups}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.normalize %x by %m sums %s eps 0.0 : (tensor<2x6x5x4xf32, #hvn.axes<n, c, h, w>>, tensor<2x2x5x2xf32, #hvn.axes<n, g, b, s>>, tensor<6xf32, #hvn.axes<c>>) -> tensor<2x6x5x4xf32, #hvn.axes<n, c, h, w>>
  return
}

// -----

// normalize C4
func.func @normalize_eps(%x: tensor<2x6x5x4xf32, #hvn.axes<n, c, h, w>>, %m: tensor<2x1x5x2xf32, #hvn.axes<n, g, b, s>>) {
  // expected-error @+2 {{eps must not be negative, found -1.000000e+00}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.normalize %x by %m eps -1.0 : (tensor<2x6x5x4xf32, #hvn.axes<n, c, h, w>>, tensor<2x1x5x2xf32, #hvn.axes<n, g, b, s>>) -> tensor<2x6x5x4xf32, #hvn.axes<n, c, h, w>>
  return
}
