// RUN: fovea-opt %s --verify-diagnostics --split-input-file

!w = tensor<6x3x3x3xf32, #hvn.axes<o, i, y, x>>

// conv C1
func.func @axes(%x: tensor<1x3x8xf32, #hvn.axes<n, c, h>>, %w: !w) {
  // expected-error @+2 {{a convolution needs an input with the axes n, c, h, w; found #hvn.axes<n, c, h>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.conv %x, %w : (tensor<1x3x8xf32, #hvn.axes<n, c, h>>, !w) -> tensor<1x6x6xf32, #hvn.axes<n, c, h>>
  return
}

// -----

!w = tensor<6x3x3x3xf32, #hvn.axes<o, i, y, x>>
!x5 = tensor<1x3x8x8x2xf32, #hvn.axes<n, c, h, w, d>>

// conv C1
func.func @more_axes(%x: !x5, %w: !w) {
  // expected-error @+2 {{a convolution needs an input with the axes n, c, h, w only}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.conv %x, %w : (!x5, !w) -> !x5
  return
}

// -----

!x = tensor<1x3x8x8xf32, #hvn.axes<n, c, h, w>>
!w = tensor<6x3x3xf32, #hvn.axes<o, i, y>>

// conv C2
func.func @weight_axes(%x: !x, %w: !w) {
  // expected-error @+2 {{expected a weight on the axes o, i, y, x, found}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.conv %x, %w : (!x, !w) -> !x
  return
}

// -----

!x = tensor<1x3x8x8xf32, #hvn.axes<n, c, h, w>>
!w = tensor<6x3x3x3xf32, #hvn.axes<o, i, y, x>>

// conv C3
func.func @one_stride(%x: !x, %w: !w) {
  // expected-error @+2 {{stride, pad and dilation take two values, vertical and horizontal}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.conv %x, %w stride [1] : (!x, !w) -> !x
  return
}

// -----

!x = tensor<1x3x8x8xf32, #hvn.axes<n, c, h, w>>
!w = tensor<6x3x3x3xf32, #hvn.axes<o, i, y, x>>

// conv C3
func.func @no_stride(%x: !x, %w: !w) {
  // expected-error @+2 {{stride must be positive, found 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.conv %x, %w stride [1, 0] : (!x, !w) -> !x
  return
}

// -----

!x = tensor<1x3x8x8xf32, #hvn.axes<n, c, h, w>>
!w = tensor<6x3x3x3xf32, #hvn.axes<o, i, y, x>>

// conv C3
func.func @no_dilation(%x: !x, %w: !w) {
  // expected-error @+2 {{dilation must be positive, found -1}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.conv %x, %w dilation [-1, 1] : (!x, !w) -> !x
  return
}

// -----

!x = tensor<1x3x8x8xf32, #hvn.axes<n, c, h, w>>
!w = tensor<6x3x3x3xf32, #hvn.axes<o, i, y, x>>

// conv C3
func.func @negative_pad(%x: !x, %w: !w) {
  // expected-error @+2 {{pad must not be negative, found -1}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.conv %x, %w pad [0, -1] : (!x, !w) -> !x
  return
}

// -----

!x = tensor<1x3x8x8xf32, #hvn.axes<n, c, h, w>>
!w = tensor<6x3x3x3xf32, #hvn.axes<o, i, y, x>>

// conv C3
func.func @no_groups(%x: !x, %w: !w) {
  // expected-error @+2 {{groups must be positive, found 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.conv %x, %w groups 0 : (!x, !w) -> !x
  return
}

// -----

!x = tensor<1x3x8x8xf32, #hvn.axes<n, c, h, w>>
!w = tensor<6x2x3x3xf32, #hvn.axes<o, i, y, x>>

// conv C4
func.func @channels(%x: !x, %w: !w) {
  // expected-error @+2 {{with 3 input channels, 6 output channels and 1 groups a filter cannot have 2 input channels}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.conv %x, %w : (!x, !w) -> !x
  return
}

// -----

!x = tensor<1x3x8x8xf32, #hvn.axes<n, c, h, w>>
!w = tensor<6x1x3x3xf32, #hvn.axes<o, i, y, x>>

// conv C4
func.func @groups(%x: !x, %w: !w) {
  // expected-error @+2 {{with 3 input channels, 6 output channels and 2 groups}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.conv %x, %w groups 2 : (!x, !w) -> !x
  return
}

// -----

!x = tensor<1x3x8x8xf32, #hvn.axes<n, c, h, w>>
!w = tensor<6x3x3x3xf32, #hvn.axes<o, i, y, x>>

// conv C5
func.func @bias(%x: !x, %w: !w, %b: tensor<3xf32, #hvn.axes<c>>) {
  // expected-error @+2 {{expected a bias of 6 values on the axis c, found f32[c=3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.conv %x, %w, %b : (!x, !w, tensor<3xf32, #hvn.axes<c>>) -> !x
  return
}

// -----

!x = tensor<1x3x8x2xf32, #hvn.axes<n, c, h, w>>
!w = tensor<6x3x3x3xf32, #hvn.axes<o, i, y, x>>

// conv C6
func.func @too_small(%x: !x, %w: !w) {
  // expected-error @+2 {{a kernel of 3 with dilation 1 does not fit into size 2 with pad 0 along w}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.conv %x, %w : (!x, !w) -> !x
  return
}

// -----

!x = tensor<1x3x8x8xf32, #hvn.axes<n, c, h, w>>
!w = tensor<6x3x3x3xf32, #hvn.axes<o, i, y, x>>

func.func @result(%x: !x, %w: !w) {
  // expected-error @+2 {{incompatible with return type(s) of operation}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = "hvn.conv"(%x, %w) : (!x, !w) -> !x
  return
}

// -----

// linear C1
func.func @linear_axis(%x: tensor<3xf32, #hvn.axes<n>>, %w: tensor<6x3xf32, #hvn.axes<o, i>>) {
  // expected-error @+2 {{a linear layer needs an input with an axis c; found #hvn.axes<n>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.linear %x, %w : (tensor<3xf32, #hvn.axes<n>>, tensor<6x3xf32, #hvn.axes<o, i>>) -> tensor<6xf32, #hvn.axes<n>>
  return
}

// -----

// linear C2
func.func @linear_columns(%x: tensor<3xf32, #hvn.axes<c>>, %w: tensor<6x4xf32, #hvn.axes<o, i>>) {
  // expected-error @+2 {{expected a weight on the axes o, i with 3 columns, found}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.linear %x, %w : (tensor<3xf32, #hvn.axes<c>>, tensor<6x4xf32, #hvn.axes<o, i>>) -> tensor<6xf32, #hvn.axes<c>>
  return
}

// -----

// linear C3
func.func @linear_bias(%x: tensor<3xf32, #hvn.axes<c>>, %w: tensor<6x3xf32, #hvn.axes<o, i>>, %b: tensor<6xf32, #hvn.axes<o>>) {
  // expected-error @+2 {{expected a bias of 6 values on the axis c, found f32[o=6]}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.linear %x, %w, %b : (tensor<3xf32, #hvn.axes<c>>, tensor<6x3xf32, #hvn.axes<o, i>>, tensor<6xf32, #hvn.axes<o>>) -> tensor<6xf32, #hvn.axes<c>>
  return
}

// -----

!x = tensor<1x3x8xf32, #hvn.axes<n, c, h>>
!w = tensor<3x6x3x3xf32, #hvn.axes<i, o, y, x>>

// conv_transpose C1
func.func @transpose_axes(%x: !x, %w: !w) {
  // expected-error @+2 {{a convolution needs an input with the axes n, c, h, w; found #hvn.axes<n, c, h>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.conv_transpose %x, %w : (!x, !w) -> !x
  return
}

// -----

!x = tensor<1x3x8x8xf32, #hvn.axes<n, c, h, w>>
!w = tensor<3x6x3x3xf32, #hvn.axes<o, i, y, x>>

// conv_transpose C2
func.func @transpose_weight_axes(%x: !x, %w: !w) {
  // expected-error @+2 {{expected a weight on the axes i, o, y, x, found f32[o=3, i=6, y=3, x=3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.conv_transpose %x, %w : (!x, !w) -> !x
  return
}

// -----

!x = tensor<1x3x8x8xf32, #hvn.axes<n, c, h, w>>
!w = tensor<3x6x3x3xf32, #hvn.axes<i, o, y, x>>

// conv_transpose C3
func.func @transpose_no_stride(%x: !x, %w: !w) {
  // expected-error @+2 {{stride must be positive, found 0}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.conv_transpose %x, %w stride [1, 0] : (!x, !w) -> !x
  return
}

// -----

!x = tensor<1x3x8x8xf32, #hvn.axes<n, c, h, w>>
!w = tensor<3x6x3x3xf32, #hvn.axes<i, o, y, x>>

// conv_transpose C3
func.func @transpose_output_pad(%x: !x, %w: !w) {
  // expected-error @+2 {{output_pad takes two values, vertical and horizontal, none negative}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.conv_transpose %x, %w output_pad [0, -1] : (!x, !w) -> !x
  return
}

// -----

!x = tensor<1x3x8x8xf32, #hvn.axes<n, c, h, w>>
!w = tensor<4x6x3x3xf32, #hvn.axes<i, o, y, x>>

// conv_transpose C4
func.func @transpose_filters(%x: !x, %w: !w) {
  // expected-error @+2 {{with 3 input channels and 1 groups there cannot be filters for 4 input channels}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.conv_transpose %x, %w : (!x, !w) -> !x
  return
}

// -----

!x = tensor<1x3x8x8xf32, #hvn.axes<n, c, h, w>>
!w = tensor<3x6x3x3xf32, #hvn.axes<i, o, y, x>>

// conv_transpose C4
func.func @transpose_groups(%x: !x, %w: !w) {
  // expected-error @+2 {{with 3 input channels and 2 groups there cannot be filters for 3 input channels}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.conv_transpose %x, %w groups 2 : (!x, !w) -> !x
  return
}

// -----

!x = tensor<1x3x8x8xf32, #hvn.axes<n, c, h, w>>
!w = tensor<3x6x3x3xf32, #hvn.axes<i, o, y, x>>

// conv_transpose C5
func.func @transpose_bias(%x: !x, %w: !w, %b: tensor<6xf32, #hvn.axes<c>>) {
  // expected-error @+2 {{expected a bias of 18 values on the axis c, found f32[c=6]}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.conv_transpose %x, %w, %b groups 3 : (!x, !w, tensor<6xf32, #hvn.axes<c>>) -> !x
  return
}

// -----

!x = tensor<1x3x8x8xf32, #hvn.axes<n, c, h, w>>
!w = tensor<3x6x3x3xf32, #hvn.axes<i, o, y, x>>

// conv_transpose C6
func.func @transpose_too_much_output_pad(%x: !x, %w: !w) {
  // expected-error @+2 {{output_pad must be less than stride or dilation, found 2 along w}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.conv_transpose %x, %w stride [2, 2] output_pad [0, 2] : (!x, !w) -> !x
  return
}

// -----

!x = tensor<1x3x8x8xf32, #hvn.axes<n, c, h, w>>
!w = tensor<3x6x3x3xf32, #hvn.axes<i, o, y, x>>

// conv_transpose C7
func.func @transpose_empty(%x: !x, %w: !w) {
  // expected-error @+2 {{a pad of 5 leaves nothing of size 10 along h}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.conv_transpose %x, %w pad [5, 0] : (!x, !w) -> !x
  return
}
