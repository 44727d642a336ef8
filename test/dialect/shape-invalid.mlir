// RUN: fovea-opt %s --verify-diagnostics --split-input-file

!x = tensor<2x6xf32, #hvn.axes<n, c>>

func.func @permute_axes(%x: !x) {
  // expected-error @+1 {{'hvn.permute' op needs the same axes with the same sizes on both sides}}
  %0 = hvn.permute %x : !x to tensor<6x2xf32, #hvn.axes<t, n>>
  return
}

// -----

!x = tensor<2x6xf32, #hvn.axes<n, c>>
func.func @permute_sizes(%x: !x) {
  // expected-error @+1 {{'hvn.permute' op needs the same axes with the same sizes on both sides}}
  %0 = hvn.permute %x : !x to tensor<2x6xf32, #hvn.axes<c, n>>
  return
}

// -----

!x = tensor<2x6xf32, #hvn.axes<n, c>>
func.func @reshape(%x: !x) {
  // expected-error @+1 {{'hvn.reshape' op needs as many elements on both sides, found 12 and 10}}
  %0 = hvn.reshape %x : !x to tensor<10xf32, #hvn.axes<c>>
  return
}

// -----

!x = tensor<2x6xf32, #hvn.axes<n, c>>
func.func @slice_axis(%x: !x) {
  // expected-error @+2 {{cannot slice the axis h of a tensor on #hvn.axes<n, c>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.slice %x on "h" from 0 size 1 : (!x) -> !x
  return
}

// -----

!x = tensor<2x6xf32, #hvn.axes<n, c>>
func.func @slice_range(%x: !x) {
  // expected-error @+2 {{3 elements from 4 on do not lie in the axis c of size 6}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.slice %x on "c" from 4 size 3 : (!x) -> tensor<2x3xf32, #hvn.axes<n, c>>
  return
}

// -----

!x = tensor<2x6xf32, #hvn.axes<n, c>>
func.func @slice_nothing(%x: !x) {
  // expected-error @+2 {{0 elements from 4 on do not lie in the axis c of size 6}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.slice %x on "c" from 4 size 0 : (!x) -> tensor<2x3xf32, #hvn.axes<n, c>>
  return
}

// -----

!x = tensor<2x6xf32, #hvn.axes<n, c>>
func.func @slice_overflow(%x: !x) {
  // expected-error @+2 {{do not lie in the axis c of size 6}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.slice %x on "c" from 9223372036854775807 size 9223372036854775807 : (!x) -> tensor<2x3xf32, #hvn.axes<n, c>>
  return
}

// -----

!x = tensor<2x6xf32, #hvn.axes<n, c>>
func.func @split_results(%x: !x) {
  // expected-error @+2 {{incompatible with return type(s) of operation}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.split %x on "c" into [3, 3] : (!x) -> (tensor<2x3xf32, #hvn.axes<n, c>>)
  return
}

// -----

!x = tensor<2x6xf32, #hvn.axes<n, c>>
// pad C1
func.func @pad_axis(%x: !x) {
  // expected-error @+2 {{cannot pad the axis t of a tensor on #hvn.axes<n, c>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.pad %x over <t> low [1] high [1] : (!x) -> !x
  return
}

// -----

!x = tensor<2x6xf32, #hvn.axes<n, c>>
// pad C2
func.func @pad_values(%x: !x) {
  // expected-error @+2 {{low and high take a value for each of the axes #hvn.axes<c>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.pad %x over <c> low [1, 2] high [1] : (!x) -> !x
  return
}

// -----

!x = tensor<2x6xf32, #hvn.axes<n, c>>
// pad C2
func.func @pad_negative(%x: !x) {
  // expected-error @+2 {{padding must not be negative, found -1}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.pad %x over <c> low [1] high [-1] : (!x) -> !x
  return
}

// -----

// cast C1
func.func @cast_shape(%x: tensor<2x6xf32, #hvn.axes<n, c>>) {
  // expected-error @+1 {{changes the element type only; expected 'tensor<2x6xbf16, #hvn.axes<n, c>>', found 'tensor<6x2xbf16, #hvn.axes<c, n>>'}}
  %0 = hvn.cast %x : tensor<2x6xf32, #hvn.axes<n, c>> to tensor<6x2xbf16, #hvn.axes<c, n>>
  return
}

// -----

func.func @keep_type(%x: tensor<2x6xf32>) {
  // expected-error @+1 {{op operand #0 must be static tensor of f32, bf16 or f16 on named axes}}
  %0 = "hvn.keep"(%x) {name = "x"} : (tensor<2x6xf32>) -> tensor<2x6xf32>
  return
}

// -----

!x = tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>
// slice step
func.func @slice_step(%x: !x) {
  // expected-error @+2 {{4 elements from 0 on do not lie in the axis h of size 6 with a step of 2}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.slice %x on "h" from 0 size 4 step 2 : (!x) -> !x
  return
}

// -----

!x = tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>
// split C1
func.func @split_c1(%x: !x) {
  // expected-error @+2 {{cannot split the axis t of a tensor on #hvn.axes<n, c, h, w>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.split %x on "t" into [1] : (!x) -> !x
  return
}

// -----

!x = tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>
// split C2
func.func @split_c2(%x: !x) {
  // expected-error @+2 {{cannot split the axis c of size 4 into [1, 2]}}
  // expected-error @+1 {{failed to infer returned types}}
  %0:2 = hvn.split %x on "c" into [1, 2] : (!x) -> (!x, !x)
  return
}

// -----

!x = tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>
// split C2 beyond
func.func @split_c2_beyond(%x: !x) {
  // expected-error @+2 {{cannot split the axis c of size 4 into [3, 3]}}
  // expected-error @+1 {{failed to infer returned types}}
  %0:2 = hvn.split %x on "c" into [3, 3] : (!x) -> (!x, !x)
  return
}

// -----

!x = tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>
// pad C3
func.func @pad_c3(%x: !x) {
  // expected-error @+2 {{unknown padding mode 'mirror'}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.pad %x over <h> low [1] high [1] mode "mirror" : (!x) -> !x
  return
}

// -----

!x = tensor<1x4x6x6xf32, #hvn.axes<n, c, h, w>>
// pad C4
func.func @pad_c4(%x: !x) {
  // expected-error @+2 {{reflect padding of the axis h of size 6 is 5 at most, found 6}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.pad %x over <h> low [6] high [1] mode "reflect" : (!x) -> !x
  return
}
