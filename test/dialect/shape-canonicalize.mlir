// RUN: fovea-opt %s --canonicalize | FileCheck %s

#nct = #hvn.axes<n, c, t>
#ntc = #hvn.axes<n, t, c>
!x = tensor<2x6x4xf32, #nct>
!p = tensor<2x4x6xf32, #ntc>

// CHECK-LABEL: func.func @nothing_moves
// CHECK-SAME: (%[[X:.*]]: tensor<2x6x4xf32, #nct>)
func.func @nothing_moves(%x: !x) -> (!x, !x, !x, !x) {
  // CHECK-NEXT: return %[[X]], %[[X]], %[[X]], %[[X]]
  %0 = hvn.permute %x : !x to !x
  %1 = hvn.reshape %x : !x to !x
  %2 = hvn.slice %x on "c" from 0 size 6 : (!x) -> !x
  %3 = hvn.permute %x : !x to !p
  %4 = hvn.permute %3 : !p to !x
  return %0, %1, %2, %4 : !x, !x, !x, !x
}

// CHECK-LABEL: func.func @reshape_of_reshape
// CHECK-SAME: (%[[X:.*]]: tensor<2x6x4xf32, #nct>)
func.func @reshape_of_reshape(%x: !x) -> tensor<48xf32, #hvn.axes<c>> {
  // CHECK-NEXT: %[[Y:.*]] = hvn.reshape %[[X]] : tensor<2x6x4xf32, #nct> to tensor<48xf32, #c>
  // CHECK-NEXT: return %[[Y]]
  %0 = hvn.reshape %x : !x to tensor<12x4xf32, #hvn.axes<c, t>>
  %1 = hvn.reshape %0 : tensor<12x4xf32, #hvn.axes<c, t>> to tensor<48xf32, #hvn.axes<c>>
  return %1 : tensor<48xf32, #hvn.axes<c>>
}

// CHECK-LABEL: func.func @split
func.func @split(%x: !x) -> (tensor<2x3x4xf32, #nct>, tensor<2x3x4xf32, #nct>) {
  // CHECK-NEXT: %[[A:.*]] = hvn.slice %{{.*}} on "c" from 0 size 3
  // CHECK-NEXT: %[[B:.*]] = hvn.slice %{{.*}} on "c" from 3 size 3
  // CHECK-NEXT: return %[[A]], %[[B]]
  %0:2 = hvn.split %x on "c" into [3, 3] : (!x) -> (tensor<2x3x4xf32, #nct>, tensor<2x3x4xf32, #nct>)
  return %0#0, %0#1 : tensor<2x3x4xf32, #nct>, tensor<2x3x4xf32, #nct>
}

// A part of a linear layer's channels is a smaller linear layer.
// CHECK-LABEL: func.func @slice_of_linear
// CHECK-SAME: (%[[X:.*]]: tensor<2x6x4xf32, #nct>, %[[W:.*]]: tensor<8x6xf32, #oi>, %[[B:.*]]: tensor<8xf32, #c>)
func.func @slice_of_linear(%x: !x, %w: tensor<8x6xf32, #hvn.axes<o, i>>, %b: tensor<8xf32, #hvn.axes<c>>) -> tensor<2x3x4xf32, #nct> {
  // CHECK-NEXT: %[[WS:.*]] = hvn.slice %[[W]] on "o" from 5 size 3
  // CHECK-NEXT: %[[BS:.*]] = hvn.slice %[[B]] on "c" from 5 size 3
  // CHECK-NEXT: %[[Y:.*]] = hvn.linear %[[X]], %[[WS]], %[[BS]]
  // CHECK-NEXT: return %[[Y]]
  %0 = hvn.linear %x, %w, %b : (!x, tensor<8x6xf32, #hvn.axes<o, i>>, tensor<8xf32, #hvn.axes<c>>) -> tensor<2x8x4xf32, #nct>
  %1 = hvn.slice %0 on "c" from 5 size 3 : (tensor<2x8x4xf32, #nct>) -> tensor<2x3x4xf32, #nct>
  return %1 : tensor<2x3x4xf32, #nct>
}

// Neither when all channels are read too, nor along another axis.
// CHECK-LABEL: func.func @whole_is_read
func.func @whole_is_read(%x: !x, %w: tensor<8x6xf32, #hvn.axes<o, i>>) -> (tensor<2x3x4xf32, #nct>, tensor<2x8x4xf32, #nct>, tensor<2x8x1xf32, #nct>) {
  // CHECK: %[[Y:.*]] = hvn.linear %{{.*}}, %{{.*}}
  // CHECK-NEXT: hvn.slice %[[Y]] on "c"
  // CHECK: %[[Z:.*]] = hvn.linear
  // CHECK-NEXT: hvn.slice %[[Z]] on "t"
  %0 = hvn.linear %x, %w : (!x, tensor<8x6xf32, #hvn.axes<o, i>>) -> tensor<2x8x4xf32, #nct>
  %1 = hvn.slice %0 on "c" from 5 size 3 : (tensor<2x8x4xf32, #nct>) -> tensor<2x3x4xf32, #nct>
  %2 = hvn.linear %x, %w : (!x, tensor<8x6xf32, #hvn.axes<o, i>>) -> tensor<2x8x4xf32, #nct>
  %3 = hvn.slice %2 on "t" from 1 size 1 : (tensor<2x8x4xf32, #nct>) -> tensor<2x8x1xf32, #nct>
  return %1, %0, %3 : tensor<2x3x4xf32, #nct>, tensor<2x8x4xf32, #nct>, tensor<2x8x1xf32, #nct>
}

// -----

// Slices of channels come before windows, next to the layer.
// CHECK-LABEL: func.func @slice_of_window
// CHECK: %[[S:.*]] = hvn.slice %arg0 on "c" from 2 size 2
// CHECK: %[[W:.*]] = hvn.window %[[S]] {{.*}} size [3] shift [1] : {{.*}} -> tensor<1x2x3x2xf32
// CHECK: return %[[W]]
func.func @slice_of_window(%x: tensor<1x6x4xf32, #hvn.axes<n, h, c>>) -> tensor<1x2x3x2xf32, #hvn.axes<n, a, h, c>> {
  %0 = hvn.window %x over <h> into <a> size [3] shift [1] : (tensor<1x6x4xf32, #hvn.axes<n, h, c>>) -> tensor<1x2x3x4xf32, #hvn.axes<n, a, h, c>>
  %1 = hvn.slice %0 on "c" from 2 size 2 : (tensor<1x2x3x4xf32, #hvn.axes<n, a, h, c>>) -> tensor<1x2x3x2xf32, #hvn.axes<n, a, h, c>>
  return %1 : tensor<1x2x3x2xf32, #hvn.axes<n, a, h, c>>
}

// -----

// A slice of what was cut stays behind the cut.
// CHECK-LABEL: func.func @slice_of_cut
// CHECK: hvn.window
// CHECK: hvn.slice
func.func @slice_of_cut(%x: tensor<1x6x4xf32, #hvn.axes<n, h, c>>) -> tensor<1x2x1x4xf32, #hvn.axes<n, a, h, c>> {
  %0 = hvn.window %x over <h> into <a> size [3] shift [1] : (tensor<1x6x4xf32, #hvn.axes<n, h, c>>) -> tensor<1x2x3x4xf32, #hvn.axes<n, a, h, c>>
  %1 = hvn.slice %0 on "h" from 2 size 1 : (tensor<1x2x3x4xf32, #hvn.axes<n, a, h, c>>) -> tensor<1x2x1x4xf32, #hvn.axes<n, a, h, c>>
  return %1 : tensor<1x2x1x4xf32, #hvn.axes<n, a, h, c>>
}
