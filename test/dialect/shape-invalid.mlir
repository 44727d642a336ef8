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
  // expected-error @+2 {{the slice 4 .. 7 does not lie in the axis c of size 6}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.slice %x on "c" from 4 size 3 : (!x) -> tensor<2x3xf32, #hvn.axes<n, c>>
  return
}

// -----

!x = tensor<2x6xf32, #hvn.axes<n, c>>
func.func @slice_nothing(%x: !x) {
  // expected-error @+2 {{the slice 4 .. 4 does not lie in the axis c of size 6}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.slice %x on "c" from 4 size 0 : (!x) -> tensor<2x3xf32, #hvn.axes<n, c>>
  return
}

// -----

!x = tensor<2x6xf32, #hvn.axes<n, c>>
func.func @slice_overflow(%x: !x) {
  // expected-error @+2 {{does not lie in the axis c of size 6}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.slice %x on "c" from 9223372036854775807 size 9223372036854775807 : (!x) -> tensor<2x3xf32, #hvn.axes<n, c>>
  return
}

// -----

!x = tensor<2x6xf32, #hvn.axes<n, c>>
func.func @split_axis(%x: !x) {
  // expected-error @+2 {{cannot split the axis h of a tensor on #hvn.axes<n, c>}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.split %x on "h" into 1 : (!x) -> (!x)
  return
}

// -----

!x = tensor<2x6xf32, #hvn.axes<n, c>>
func.func @split_parts(%x: !x) {
  // expected-error @+2 {{cannot split the axis c of size 6 into 4 equal parts}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.split %x on "c" into 4 : (!x) -> (!x)
  return
}

// -----

!x = tensor<2x6xf32, #hvn.axes<n, c>>
func.func @split_results(%x: !x) {
  // expected-error @+2 {{incompatible with return type(s) of operation}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.split %x on "c" into 2 : (!x) -> (tensor<2x3xf32, #hvn.axes<n, c>>)
  return
}

// -----

!x = tensor<2x6000xf32, #hvn.axes<n, c>>
func.func @split_many(%x: !x) {
  // expected-error @+2 {{cannot split an axis into more than 1024 parts, found 6000}}
  // expected-error @+1 {{failed to infer returned types}}
  %0 = hvn.split %x on "c" into 6000 : (!x) -> (!x)
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

func.func @keep_type(%x: tensor<2x6xf32>) {
  // expected-error @+1 {{op operand #0 must be static tensor of f32 or bf16 on named axes}}
  %0 = "hvn.keep"(%x) {name = "x"} : (tensor<2x6xf32>) -> tensor<2x6xf32>
  return
}
