// RUN: fovea-opt %s --fold-parameters --cse --split-input-file | FileCheck %s

#nc = #hvn.axes<n, c>
#c = #hvn.axes<c>
#oi = #hvn.axes<o, i>
!x = tensor<2x4xf32, #nc>
!y = tensor<2x3xf32, #nc>

// CHECK-LABEL: func.func @scale_in_front
// CHECK-SAME: (%[[X:.*]]: tensor<2x4xf32, #nc>)
func.func @scale_in_front(%x: !x) -> !y {
  // CHECK-DAG: %[[W:.*]] = hvn.param "w"
  // CHECK-DAG: %[[B:.*]] = hvn.param "b"
  // CHECK-DAG: %[[S:.*]] = hvn.param "s"
  // CHECK: %[[SI:.*]] = hvn.reshape %[[S]] : tensor<4xf32, #c> to tensor<4xf32, #i>
  // CHECK: %[[WS:.*]] = hvn.mul %[[W]], %[[SI]]
  // CHECK: %[[Y:.*]] = hvn.linear %[[X]], %[[WS]], %[[B]]
  // CHECK: return %[[Y]]
  %w = hvn.param "w" : tensor<3x4xf32, #oi>
  %b = hvn.param "b" : tensor<3xf32, #c>
  %s = hvn.param "s" : tensor<4xf32, #c>
  %0 = hvn.mul %x, %s : (!x, tensor<4xf32, #c>) -> !x
  %1 = hvn.linear %0, %w, %b : (!x, tensor<3x4xf32, #oi>, tensor<3xf32, #c>) -> !y
  return %1 : !y
}

// CHECK-LABEL: func.func @shift_in_front
// CHECK-SAME: (%[[X:.*]]: tensor<2x4xf32, #nc>)
func.func @shift_in_front(%x: !x) -> !y {
  // CHECK-DAG: %[[W:.*]] = hvn.param "w"
  // CHECK-DAG: %[[T:.*]] = hvn.param "t"
  // CHECK: %[[TI:.*]] = hvn.reshape %[[T]] : tensor<4xf32, #c> to tensor<4xf32, #i>
  // CHECK: %[[P:.*]] = hvn.mul %[[W]], %[[TI]]
  // CHECK: %[[SUM:.*]] = hvn.sum %[[P]] over #i
  // CHECK: %[[B:.*]] = hvn.reshape %[[SUM]] : tensor<3xf32, #o> to tensor<3xf32, #c>
  // CHECK: hvn.linear %[[X]], %[[W]], %[[B]]
  %w = hvn.param "w" : tensor<3x4xf32, #oi>
  %t = hvn.param "t" : tensor<4xf32, #c>
  %0 = hvn.add %x, %t : (!x, tensor<4xf32, #c>) -> !x
  %1 = hvn.linear %0, %w : (!x, tensor<3x4xf32, #oi>) -> !y
  return %1 : !y
}

// CHECK-LABEL: func.func @scale_behind
// CHECK-SAME: (%[[X:.*]]: tensor<2x4xf32, #nc>)
func.func @scale_behind(%x: !x) -> !y {
  // CHECK-DAG: %[[W:.*]] = hvn.param "w"
  // CHECK-DAG: %[[B:.*]] = hvn.param "b"
  // CHECK-DAG: %[[S:.*]] = hvn.param "s"
  // CHECK: %[[SO:.*]] = hvn.reshape %[[S]] : tensor<3xf32, #c> to tensor<3xf32, #o>
  // CHECK: %[[WS:.*]] = hvn.mul %[[W]], %[[SO]]
  // CHECK: %[[BS:.*]] = hvn.mul %[[B]], %[[S]]
  // CHECK: %[[Y:.*]] = hvn.linear %[[X]], %[[WS]], %[[BS]]
  // CHECK: return %[[Y]]
  %w = hvn.param "w" : tensor<3x4xf32, #oi>
  %b = hvn.param "b" : tensor<3xf32, #c>
  %s = hvn.param "s" : tensor<3xf32, #c>
  %0 = hvn.linear %x, %w, %b : (!x, tensor<3x4xf32, #oi>, tensor<3xf32, #c>) -> !y
  %1 = hvn.mul %0, %s : (!y, tensor<3xf32, #c>) -> !y
  return %1 : !y
}

// CHECK-LABEL: func.func @shift_behind_without_bias
func.func @shift_behind_without_bias(%x: !x) -> !y {
  // CHECK-DAG: %[[W:.*]] = hvn.param "w"
  // CHECK-DAG: %[[T:.*]] = hvn.param "t"
  // CHECK: %[[Y:.*]] = hvn.linear %{{.*}}, %[[W]], %[[T]]
  // CHECK: return %[[Y]]
  %w = hvn.param "w" : tensor<3x4xf32, #oi>
  %t = hvn.param "t" : tensor<3xf32, #c>
  %0 = hvn.linear %x, %w : (!x, tensor<3x4xf32, #oi>) -> !y
  %1 = hvn.add %t, %0 : (tensor<3xf32, #c>, !y) -> !y
  return %1 : !y
}

// Another op reads the layer's own result: nothing may change.
// CHECK-LABEL: func.func @two_readers
func.func @two_readers(%x: !x) -> (!y, !y) {
  // CHECK: %[[Y:.*]] = hvn.linear
  // CHECK: %[[Z:.*]] = hvn.mul %[[Y]]
  // CHECK: return %[[Y]], %[[Z]]
  %w = hvn.param "w" : tensor<3x4xf32, #oi>
  %s = hvn.param "s" : tensor<3xf32, #c>
  %0 = hvn.linear %x, %w : (!x, tensor<3x4xf32, #oi>) -> !y
  %1 = hvn.mul %0, %s : (!y, tensor<3xf32, #c>) -> !y
  return %0, %1 : !y, !y
}

// A scale that is no parameter stays.
// CHECK-LABEL: func.func @computed_scale
func.func @computed_scale(%x: !x, %s: tensor<4xf32, #c>) -> !y {
  // CHECK: hvn.mul
  // CHECK-NEXT: hvn.linear
  %w = hvn.param "w" : tensor<3x4xf32, #oi>
  %0 = hvn.mul %x, %s : (!x, tensor<4xf32, #c>) -> !x
  %1 = hvn.linear %0, %w : (!x, tensor<3x4xf32, #oi>) -> !y
  return %1 : !y
}

// A scale that differs between the rows of x stays.
// CHECK-LABEL: func.func @scale_per_pixel
func.func @scale_per_pixel(%x: !x) -> !y {
  // CHECK: %[[XS:.*]] = hvn.mul %{{.*}}, %{{.*}} : (tensor<2x4xf32, #nc>, tensor<2x1xf32, #nc>)
  // CHECK: hvn.linear %[[XS]]
  %w = hvn.param "w" : tensor<3x4xf32, #oi>
  %s = hvn.param "s" : tensor<2x1xf32, #nc>
  %0 = hvn.mul %x, %s : (!x, tensor<2x1xf32, #nc>) -> !x
  %1 = hvn.linear %0, %w : (!x, tensor<3x4xf32, #oi>) -> !y
  return %1 : !y
}

// One number: the weights and the bias are multiplied as they are.
// CHECK-LABEL: func.func @scalar
func.func @scalar(%x: !x) -> !y {
  // CHECK-DAG: %[[TWO:.*]] = hvn.constant 2
  // CHECK: %[[W:.*]] = hvn.mul %{{.*}}, %[[TWO]] : (tensor<3x4xf32, #oi>, tensor<f32, #scalar>)
  // CHECK: %[[B:.*]] = hvn.mul %{{.*}}, %[[TWO]] : (tensor<3xf32, #c>, tensor<f32, #scalar>)
  // CHECK: hvn.linear %{{.*}}, %[[W]], %[[B]]
  // CHECK-NEXT: return
  %two = hvn.constant 2.0 : tensor<f32, #hvn.axes<>>
  %w = hvn.param "w" : tensor<3x4xf32, #oi>
  %b = hvn.param "b" : tensor<3xf32, #c>
  %0 = hvn.linear %x, %w, %b : (!x, tensor<3x4xf32, #oi>, tensor<3xf32, #c>) -> !y
  %1 = hvn.mul %0, %two : (!y, tensor<f32, #hvn.axes<>>) -> !y
  return %1 : !y
}

// CHECK-LABEL: func.func @subtracted
func.func @subtracted(%x: !x) -> !y {
  // CHECK: %[[MINUS:.*]] = hvn.constant -1
  // CHECK: %[[T:.*]] = hvn.mul %{{.*}}, %[[MINUS]]
  // CHECK: hvn.linear %{{.*}}, %{{.*}}, %[[T]]
  // CHECK-NOT: hvn.sub
  %w = hvn.param "w" : tensor<3x4xf32, #oi>
  %t = hvn.param "t" : tensor<3xf32, #c>
  %0 = hvn.linear %x, %w : (!x, tensor<3x4xf32, #oi>) -> !y
  %1 = hvn.sub %0, %t : (!y, tensor<3xf32, #c>) -> !y
  return %1 : !y
}

// CHECK-LABEL: func.func @divided
// CHECK-SAME: (%[[X:.*]]: tensor<2x4xf32, #nc>)
func.func @divided(%x: !x) -> !y {
  // CHECK-DAG: %[[W:.*]] = hvn.param "w"
  // CHECK-DAG: %[[S:.*]] = hvn.param "s"
  // CHECK-DAG: %[[ONE:.*]] = hvn.constant 1.000000e+00
  // CHECK: %[[R:.*]] = hvn.div %[[ONE]], %[[S]]
  // CHECK: %[[RI:.*]] = hvn.reshape %[[R]]
  // CHECK: %[[WR:.*]] = hvn.mul %[[W]], %[[RI]]
  // CHECK: %[[Y:.*]] = hvn.linear %[[X]], %[[WR]] :
  // CHECK: return %[[Y]]
  %w = hvn.param "w" : tensor<3x4xf32, #oi>
  %s = hvn.param "s" : tensor<4xf32, #c>
  %0 = hvn.div %x, %s : (!x, tensor<4xf32, #c>) -> !x
  %1 = hvn.linear %0, %w : (!x, tensor<3x4xf32, #oi>) -> !y
  return %1 : !y
}

// What layer_norm lowers to: the weight and the bias of the norm become the layer's.
// CHECK-LABEL: func.func @standardized
// CHECK-SAME: (%[[X:.*]]: tensor<2x4xf32, #nc>)
func.func @standardized(%x: !x) -> !y {
  // CHECK-DAG: %[[S:.*]] = hvn.standardize %[[X]] over #c
  // CHECK-DAG: %[[G:.*]] = hvn.param "gamma"
  // CHECK-DAG: %[[T:.*]] = hvn.param "beta"
  // CHECK: %[[TI:.*]] = hvn.reshape %[[T]]
  // CHECK: %[[WT:.*]] = hvn.mul %{{.*}}, %[[TI]]
  // CHECK: %[[SUM:.*]] = hvn.sum %[[WT]]
  // CHECK: %[[SUMS:.*]] = hvn.reshape %[[SUM]]
  // CHECK: %[[BIAS:.*]] = hvn.add %{{.*}}, %[[SUMS]]
  // CHECK: %[[GI:.*]] = hvn.reshape %[[G]]
  // CHECK: %[[WG:.*]] = hvn.mul %{{.*}}, %[[GI]]
  // CHECK: %[[Y:.*]] = hvn.linear %[[S]], %[[WG]], %[[BIAS]] :
  // CHECK-NEXT: return %[[Y]]
  %w = hvn.param "w" : tensor<3x4xf32, #oi>
  %b = hvn.param "b" : tensor<3xf32, #c>
  %gamma = hvn.param "gamma" : tensor<4xf32, #c>
  %beta = hvn.param "beta" : tensor<4xf32, #c>
  %0 = hvn.standardize %x over <c> eps 1.0e-5 : !x
  %1 = hvn.mul %0, %gamma : (!x, tensor<4xf32, #c>) -> !x
  %2 = hvn.add %1, %beta : (!x, tensor<4xf32, #c>) -> !x
  %3 = hvn.linear %2, %w, %b : (!x, tensor<3x4xf32, #oi>, tensor<3xf32, #c>) -> !y
  return %3 : !y
}

// Two answers to one question are one.
// CHECK-LABEL: func.func @two_heads
// CHECK-SAME: (%[[X:.*]]: tensor<2x4xf32, #nc>)
func.func @two_heads(%x: !x) -> !y {
  // CHECK: %[[W:.*]] = hvn.add %{{.*}}, %{{.*}} : (tensor<3x4xf32, #oi>, tensor<3x4xf32, #oi>)
  // CHECK: %[[Y:.*]] = hvn.linear %[[X]], %[[W]], %{{.*}}
  // CHECK: return %[[Y]]
  %w1 = hvn.param "w1" : tensor<3x4xf32, #oi>
  %w2 = hvn.param "w2" : tensor<3x4xf32, #oi>
  %b = hvn.param "b" : tensor<3xf32, #c>
  %0 = hvn.linear %x, %w1, %b : (!x, tensor<3x4xf32, #oi>, tensor<3xf32, #c>) -> !y
  %1 = hvn.linear %x, %w2 : (!x, tensor<3x4xf32, #oi>) -> !y
  %2 = hvn.add %0, %1 : (!y, !y) -> !y
  return %2 : !y
}

// -----

#nchw = #hvn.axes<n, c, h, w>
#c = #hvn.axes<c>
#oiyx = #hvn.axes<o, i, y, x>
!x = tensor<1x4x5x5xf32, #nchw>
!y = tensor<1x6x5x5xf32, #nchw>
!z = tensor<1x6x3x3xf32, #nchw>

// Zero padding is zero after a scale, but not after a shift.
// CHECK-LABEL: func.func @padded
// CHECK-SAME: (%[[X:.*]]: tensor<1x4x5x5xf32, #nchw>)
func.func @padded(%x: !x) -> (!y, !y) {
  // CHECK: %[[SI:.*]] = hvn.reshape %{{.*}} : tensor<4xf32, #c> to tensor<4xf32, #i>
  // CHECK: %[[WS:.*]] = hvn.mul %{{.*}}, %[[SI]]
  // CHECK: hvn.conv %[[X]], %[[WS]] pad [1, 1]
  // CHECK: %[[XT:.*]] = hvn.add %[[X]]
  // CHECK: hvn.conv %[[XT]]
  %w = hvn.param "w" : tensor<6x4x3x3xf32, #oiyx>
  %s = hvn.param "s" : tensor<4xf32, #c>
  %0 = hvn.mul %x, %s : (!x, tensor<4xf32, #c>) -> !x
  %1 = hvn.conv %0, %w pad [1, 1] : (!x, tensor<6x4x3x3xf32, #oiyx>) -> !y
  %2 = hvn.add %x, %s : (!x, tensor<4xf32, #c>) -> !x
  %3 = hvn.conv %2, %w pad [1, 1] : (!x, tensor<6x4x3x3xf32, #oiyx>) -> !y
  return %1, %3 : !y, !y
}

// CHECK-LABEL: func.func @unpadded
func.func @unpadded(%x: !x) -> !z {
  // CHECK: %[[SUM:.*]] = hvn.sum %{{.*}} over #iyx
  // CHECK: %[[B:.*]] = hvn.reshape %[[SUM]] : tensor<6xf32, #o> to tensor<6xf32, #c>
  // CHECK: hvn.conv %{{.*}}, %{{.*}}, %[[B]]
  // CHECK-NEXT: return
  %w = hvn.param "w" : tensor<6x4x3x3xf32, #oiyx>
  %t = hvn.param "t" : tensor<4xf32, #c>
  %0 = hvn.add %x, %t : (!x, tensor<4xf32, #c>) -> !x
  %1 = hvn.conv %0, %w : (!x, tensor<6x4x3x3xf32, #oiyx>) -> !z
  return %1 : !z
}

// The filter of a depthwise convolution belongs to the input's channel and the output's.
// CHECK-LABEL: func.func @depthwise
func.func @depthwise(%x: !x) -> !x {
  // CHECK: %[[S:.*]] = hvn.reshape %{{.*}} : tensor<4xf32, #c> to tensor<4xf32, #o>
  // CHECK: %[[WS:.*]] = hvn.mul %{{.*}}, %[[S]] : (tensor<4x1x3x3xf32, #oiyx>, tensor<4xf32, #o>)
  // CHECK: hvn.conv %{{.*}}, %[[WS]] pad [1, 1] groups 4
  // CHECK-NEXT: return
  %w = hvn.param "w" : tensor<4x1x3x3xf32, #oiyx>
  %s = hvn.param "s" : tensor<4xf32, #c>
  %0 = hvn.mul %x, %s : (!x, tensor<4xf32, #c>) -> !x
  %1 = hvn.conv %0, %w pad [1, 1] groups 4 : (!x, tensor<4x1x3x3xf32, #oiyx>) -> !x
  return %1 : !x
}

// No single axis of a grouped filter names the input's channel.
// CHECK-LABEL: func.func @grouped
func.func @grouped(%x: !x) -> !y {
  // CHECK: %[[XS:.*]] = hvn.mul
  // CHECK: hvn.conv %[[XS]]
  %w = hvn.param "w" : tensor<6x2x3x3xf32, #oiyx>
  %s = hvn.param "s" : tensor<4xf32, #c>
  %0 = hvn.mul %x, %s : (!x, tensor<4xf32, #c>) -> !x
  %1 = hvn.conv %0, %w pad [1, 1] groups 2 : (!x, tensor<6x2x3x3xf32, #oiyx>) -> !y
  return %1 : !y
}

// The layer in front takes scale and shift, for both readers.
// CHECK-LABEL: func.func @front_layer_first
func.func @front_layer_first(%x: !x) -> (!y, !y) {
  // CHECK: %[[Y:.*]] = hvn.conv
  // CHECK-NOT: hvn.add %[[Y]]
  // CHECK: %[[Z:.*]] = hvn.conv %[[Y]]
  // CHECK: return %[[Y]], %[[Z]]
  %w = hvn.param "w" : tensor<6x4x3x3xf32, #oiyx>
  %v = hvn.param "v" : tensor<6x6x1x1xf32, #oiyx>
  %s = hvn.param "s" : tensor<6xf32, #c>
  %t = hvn.param "t" : tensor<6xf32, #c>
  %0 = hvn.conv %x, %w pad [1, 1] : (!x, tensor<6x4x3x3xf32, #oiyx>) -> !y
  %1 = hvn.mul %0, %s : (!y, tensor<6xf32, #c>) -> !y
  %2 = hvn.add %1, %t : (!y, tensor<6xf32, #c>) -> !y
  %3 = hvn.conv %2, %v : (!y, tensor<6x6x1x1xf32, #oiyx>) -> !y
  return %2, %3 : !y, !y
}

// CHECK-LABEL: func.func @mean
// CHECK-SAME: (%[[X:.*]]: tensor<1x4x5x5xf32, #nchw>)
func.func @mean(%x: !x) -> tensor<1x4xf32, #hvn.axes<n, c>> {
  // CHECK: %[[M:.*]] = hvn.mean %[[X]] over #hw
  // CHECK: %[[MS:.*]] = hvn.mul %[[M]], %{{.*}} : (tensor<1x4xf32, #nc>, tensor<4xf32, #c>)
  // CHECK: hvn.add %[[MS]], %{{.*}} : (tensor<1x4xf32, #nc>, tensor<4xf32, #c>)
  %s = hvn.param "s" : tensor<4xf32, #c>
  %t = hvn.param "t" : tensor<4xf32, #c>
  %0 = hvn.mul %x, %s : (!x, tensor<4xf32, #c>) -> !x
  %1 = hvn.add %0, %t : (!x, tensor<4xf32, #c>) -> !x
  %2 = hvn.mean %1 over <h, w> : (!x) -> tensor<1x4xf32, #hvn.axes<n, c>>
  return %2 : tensor<1x4xf32, #hvn.axes<n, c>>
}

// A parameter that varies over the pixels has to be there before the mean.
// CHECK-LABEL: func.func @mean_over_map
func.func @mean_over_map(%x: !x) -> tensor<1x4xf32, #hvn.axes<n, c>> {
  // CHECK: %[[XS:.*]] = hvn.mul
  // CHECK: hvn.mean %[[XS]]
  %s = hvn.param "s" : tensor<5x5xf32, #hvn.axes<h, w>>
  %0 = hvn.mul %x, %s : (!x, tensor<5x5xf32, #hvn.axes<h, w>>) -> !x
  %2 = hvn.mean %0 over <h, w> : (!x) -> tensor<1x4xf32, #hvn.axes<n, c>>
  return %2 : tensor<1x4xf32, #hvn.axes<n, c>>
}

// -----

#nchw = #hvn.axes<n, c, h, w>
#oiyx = #hvn.axes<o, i, y, x>
!r = tensor<1x4x5x5xf32, #nchw>

// The residual is one more at the middle tap.
// CHECK-LABEL: func.func @residual
// CHECK-SAME: (%[[X:.*]]: tensor<1x4x5x5xf32, #nchw>)
func.func @residual(%x: !r) -> !r {
  // CHECK-DAG: %[[W:.*]] = hvn.param "w"
  // CHECK-DAG: %[[ONE:.*]] = hvn.constant 1.0
  // CHECK: %[[MIDDLE:.*]] = hvn.reshape %[[ONE]]
  // CHECK: %[[TAP:.*]] = hvn.pad %[[MIDDLE]]
  // CHECK-SAME: tensor<3x5xf32
  // CHECK: %[[SUM:.*]] = hvn.add %[[W]], %[[TAP]]
  // CHECK: %[[Y:.*]] = hvn.conv %[[X]], %[[SUM]]
  // CHECK-NEXT: return %[[Y]]
  %w = hvn.param "w" : tensor<4x1x3x5xf32, #oiyx>
  %0 = hvn.conv %x, %w pad [1, 2] groups 4 : (!r, tensor<4x1x3x5xf32, #oiyx>) -> !r
  %1 = hvn.add %x, %0 : (!r, !r) -> !r
  return %1 : !r
}

// Dilated taps have a middle too, and the sum commutes.
// CHECK-LABEL: func.func @residual_dilated
func.func @residual_dilated(%x: !r) -> !r {
  // CHECK: %[[Y:.*]] = hvn.conv
  // CHECK-NEXT: return %[[Y]]
  %w = hvn.param "w" : tensor<4x1x3x3xf32, #oiyx>
  %0 = hvn.conv %x, %w pad [2, 2] dilation [2, 2] groups 4 : (!r, tensor<4x1x3x3xf32, #oiyx>) -> !r
  %1 = hvn.add %0, %x : (!r, !r) -> !r
  return %1 : !r
}

// Two groups mix channels: the residual is one more where an output meets its own input.
// CHECK-LABEL: func.func @residual_of_two_groups
func.func @residual_of_two_groups(%x: !r) -> !r {
  // CHECK: %[[O:.*]] = hvn.iota "o" axes #oi sizes [2, 2]
  // CHECK: %[[I:.*]] = hvn.iota "i" axes #oi sizes [2, 2]
  // CHECK: %[[D:.*]] = hvn.sub %[[O]], %[[I]]
  // CHECK: %[[DD:.*]] = hvn.mul %[[D]], %[[D]]
  // CHECK: %[[SAME:.*]] = hvn.sub %{{.*}}, %[[DD]]
  // CHECK: %[[ONES:.*]] = hvn.relu %[[SAME]]
  // CHECK: hvn.expand %[[ONES]] over #g sizes [2]
  // CHECK: %[[TAP:.*]] = hvn.pad {{.*}} low [1, 1] high [1, 1] {{.*}} -> tensor<4x2x3x3xf32
  // CHECK: %[[W:.*]] = hvn.add %{{.*}}, %[[TAP]]
  // CHECK: %[[Y:.*]] = hvn.conv %{{.*}}, %[[W]] pad [1, 1] groups 2
  // CHECK-NEXT: return %[[Y]]
  %w = hvn.param "w" : tensor<4x2x3x3xf32, #oiyx>
  %0 = hvn.conv %x, %w pad [1, 1] groups 2 : (!r, tensor<4x2x3x3xf32, #oiyx>) -> !r
  %1 = hvn.add %x, %0 : (!r, !r) -> !r
  return %1 : !r
}

// An even kernel has no middle.
// CHECK-LABEL: func.func @residual_even
func.func @residual_even(%x: !r) -> !r {
  // CHECK: %[[Y:.*]] = hvn.conv
  // CHECK: hvn.add %{{.*}}, %[[Y]]
  %w = hvn.param "w" : tensor<4x1x2x2xf32, #oiyx>
  %0 = hvn.conv %x, %w pad [1, 1] dilation [2, 2] groups 4 : (!r, tensor<4x1x2x2xf32, #oiyx>) -> !r
  %1 = hvn.add %x, %0 : (!r, !r) -> !r
  return %1 : !r
}

// A stride leaves pixels out, whatever the sizes are.
// CHECK-LABEL: func.func @residual_of_stride
func.func @residual_of_stride(%x: tensor<1x4x1x1xf32, #nchw>) -> tensor<1x4x1x1xf32, #nchw> {
  // CHECK: %[[Y:.*]] = hvn.conv
  // CHECK: hvn.add %{{.*}}, %[[Y]]
  %w = hvn.param "w" : tensor<4x1x3x3xf32, #oiyx>
  %0 = hvn.conv %x, %w stride [2, 2] pad [1, 1] groups 4 : (tensor<1x4x1x1xf32, #nchw>, tensor<4x1x3x3xf32, #oiyx>) -> tensor<1x4x1x1xf32, #nchw>
  %1 = hvn.add %x, %0 : (tensor<1x4x1x1xf32, #nchw>, tensor<1x4x1x1xf32, #nchw>) -> tensor<1x4x1x1xf32, #nchw>
  return %1 : tensor<1x4x1x1xf32, #nchw>
}

// Another reader needs the convolution without the residual.
// CHECK-LABEL: func.func @residual_read_twice
func.func @residual_read_twice(%x: !r) -> (!r, !r) {
  // CHECK: %[[Y:.*]] = hvn.conv
  // CHECK: hvn.add %{{.*}}, %[[Y]]
  %w = hvn.param "w" : tensor<4x1x3x3xf32, #oiyx>
  %0 = hvn.conv %x, %w pad [1, 1] groups 4 : (!r, tensor<4x1x3x3xf32, #oiyx>) -> !r
  %1 = hvn.add %x, %0 : (!r, !r) -> !r
  return %0, %1 : !r, !r
}

// -----

#nchw = #hvn.axes<n, c, h, w>
#oi = #hvn.axes<o, i>
#oiyx = #hvn.axes<o, i, y, x>
#c = #hvn.axes<c>
!r = tensor<1x4x5x5xf32, #nchw>
!dense = tensor<4x4x3x3xf32, #oiyx>
!pixel = tensor<4x4xf32, #oi>

// A 3x3 convolution, a 1x1, and the input scaled and shifted.
// CHECK-LABEL: func.func @three_branches
// CHECK-SAME: (%[[X:.*]]: tensor<1x4x5x5xf32, #nchw>)
func.func @three_branches(%x: !r) -> !r {
  // CHECK-DAG: %[[A:.*]] = hvn.param "a"
  // CHECK-DAG: %[[P:.*]] = hvn.param "p"
  // CHECK-DAG: %[[B:.*]] = hvn.param "b"
  // CHECK-DAG: %[[T:.*]] = hvn.param "t"
  // CHECK: %[[P1:.*]] = hvn.reshape %[[P]] : tensor<4x4xf32, #oi> to tensor<4x4x1x1xf32, #oiyx>
  // CHECK: %[[P3:.*]] = hvn.pad %[[P1]] over #yx low [1, 1] high [1, 1]
  // CHECK: %[[AP:.*]] = hvn.add %[[A]], %[[P3]]
  // CHECK: %[[S:.*]] = hvn.mul {{.*}} : (tensor<4x4x1x1xf32, #oiyx>, tensor<4x1x1xf32, #oyx>)
  // CHECK: %[[S3:.*]] = hvn.pad %[[S]]
  // CHECK: %[[W:.*]] = hvn.add %[[AP]], %[[S3]]
  // CHECK: %[[BT:.*]] = hvn.add %[[B]], %[[T]]
  // CHECK: %[[Y:.*]] = hvn.conv %[[X]], %[[W]], %[[BT]] pad [1, 1]
  // CHECK-NEXT: return %[[Y]]
  %a = hvn.param "a" : !dense
  %p = hvn.param "p" : !pixel
  %b = hvn.param "b" : tensor<4xf32, #c>
  %s = hvn.param "s" : tensor<4xf32, #c>
  %t = hvn.param "t" : tensor<4xf32, #c>
  %0 = hvn.conv %x, %a pad [1, 1] : (!r, !dense) -> !r
  %1 = hvn.linear %x, %p, %b : (!r, !pixel, tensor<4xf32, #c>) -> !r
  %2 = hvn.mul %x, %s : (!r, tensor<4xf32, #c>) -> !r
  %3 = hvn.add %2, %t : (!r, tensor<4xf32, #c>) -> !r
  %4 = hvn.add %0, %1 : (!r, !r) -> !r
  %5 = hvn.add %4, %3 : (!r, !r) -> !r
  return %5 : !r
}

// x + g (mixer(x) - norm(x)): all of it is one convolution.
// CHECK-LABEL: func.func @mixer
// CHECK-SAME: (%[[X:.*]]: tensor<1x4x5x5xf32, #nchw>)
func.func @mixer(%x: !r) -> !r {
  // CHECK: %[[Y:.*]] = hvn.conv %[[X]], {{.*}} pad [1, 1] groups 4
  // CHECK-NEXT: return %[[Y]]
  %a = hvn.param "a" : tensor<4x1x3x3xf32, #oiyx>
  %s = hvn.param "s" : tensor<4xf32, #c>
  %t = hvn.param "t" : tensor<4xf32, #c>
  %g = hvn.param "g" : tensor<4x1x1xf32, #hvn.axes<c, h, w>>
  %0 = hvn.conv %x, %a pad [1, 1] groups 4 : (!r, tensor<4x1x3x3xf32, #oiyx>) -> !r
  %1 = hvn.mul %x, %s : (!r, tensor<4xf32, #c>) -> !r
  %2 = hvn.add %1, %t : (!r, tensor<4xf32, #c>) -> !r
  %3 = hvn.sub %0, %2 : (!r, !r) -> !r
  %4 = hvn.mul %3, %g : (!r, tensor<4x1x1xf32, #hvn.axes<c, h, w>>) -> !r
  %5 = hvn.add %x, %4 : (!r, !r) -> !r
  return %5 : !r
}

// The mean of windows is a convolution, if padding counts.
// CHECK-LABEL: func.func @pool
// CHECK-SAME: (%[[X:.*]]: tensor<1x4x5x5xf32, #nchw>)
func.func @pool(%x: !r) -> (!r, !r) {
  // CHECK: %[[NINTH:.*]] = hvn.constant 0.1111
  // CHECK: %[[TAP:.*]] = hvn.reshape %[[NINTH]]
  // CHECK: %[[TAPS:.*]] = hvn.expand %[[TAP]] over #yx sizes [3, 3]
  // CHECK: %[[W:.*]] = hvn.add %{{.*}}, %[[TAPS]]
  // CHECK: hvn.conv %[[X]], %[[W]] pad [1, 1] groups 4
  // CHECK: %[[POOL:.*]] = hvn.avg_pool %[[X]]
  // CHECK: hvn.add %{{.*}}, %[[POOL]]
  %a = hvn.param "a" : tensor<4x1x3x3xf32, #oiyx>
  %0 = hvn.conv %x, %a pad [1, 1] groups 4 : (!r, tensor<4x1x3x3xf32, #oiyx>) -> !r
  %1 = hvn.avg_pool %x kernel [3, 3] stride [1, 1] pad [1, 1] : (!r) -> !r
  %2 = hvn.add %0, %1 : (!r, !r) -> !r
  %b = hvn.param "b" : tensor<4x1x3x3xf32, #oiyx>
  %3 = hvn.conv %x, %b pad [1, 1] groups 4 : (!r, tensor<4x1x3x3xf32, #oiyx>) -> !r
  %4 = hvn.avg_pool %x kernel [3, 3] stride [1, 1] pad [1, 1] count_include_pad false : (!r) -> !r
  %5 = hvn.add %3, %4 : (!r, !r) -> !r
  return %2, %5 : !r, !r
}

// What would be more work than both stays: a dense layer and a window, a mean and a pixel; other strides, other
// dilations, other groups, two inputs.
// CHECK-LABEL: func.func @apart
func.func @apart(%x: !r, %z: !r) -> (!r, !r, !r, !r, !r) {
  // CHECK-COUNT-5: hvn.add %{{.*}}, %{{.*}} : (tensor<1x4x5x5xf32, #nchw>, tensor<1x4x5x5xf32, #nchw>)
  %p = hvn.param "p" : !pixel
  %a = hvn.param "a" : tensor<4x1x3x3xf32, #oiyx>
  %b = hvn.param "b" : tensor<4x2x1x1xf32, #oiyx>
  %d = hvn.param "d" : !dense
  %0 = hvn.linear %x, %p : (!r, !pixel) -> !r
  %1 = hvn.conv %x, %a pad [1, 1] groups 4 : (!r, tensor<4x1x3x3xf32, #oiyx>) -> !r
  %2 = hvn.add %0, %1 : (!r, !r) -> !r
  %3 = hvn.linear %x, %p : (!r, !pixel) -> !r
  %4 = hvn.avg_pool %x kernel [3, 3] stride [1, 1] pad [1, 1] : (!r) -> !r
  %5 = hvn.add %3, %4 : (!r, !r) -> !r
  %6 = hvn.conv %x, %a pad [1, 1] groups 4 : (!r, tensor<4x1x3x3xf32, #oiyx>) -> !r
  %7 = hvn.conv %x, %a pad [2, 2] dilation [2, 2] groups 4 : (!r, tensor<4x1x3x3xf32, #oiyx>) -> !r
  %8 = hvn.add %6, %7 : (!r, !r) -> !r
  %9 = hvn.conv %x, %b groups 2 : (!r, tensor<4x2x1x1xf32, #oiyx>) -> !r
  %10 = hvn.conv %x, %d pad [1, 1] : (!r, !dense) -> !r
  %11 = hvn.add %9, %10 : (!r, !r) -> !r
  %12 = hvn.conv %x, %a pad [1, 1] groups 4 : (!r, tensor<4x1x3x3xf32, #oiyx>) -> !r
  %13 = hvn.conv %z, %a pad [1, 1] groups 4 : (!r, tensor<4x1x3x3xf32, #oiyx>) -> !r
  %14 = hvn.add %12, %13 : (!r, !r) -> !r
  return %2, %5, %8, %11, %14 : !r, !r, !r, !r, !r
}

// A scale behind a transposed convolution; the channels that come out stand on i if it is depthwise.
// CHECK-LABEL: func.func @transposed
func.func @transposed(%x: !r) -> tensor<1x4x10x10xf32, #nchw> {
  // CHECK: %[[S:.*]] = hvn.reshape %{{.*}} : tensor<4xf32, #c> to tensor<4xf32, #i>
  // CHECK: %[[W:.*]] = hvn.mul %{{.*}}, %[[S]] : (tensor<4x1x2x2xf32, #ioyx>, tensor<4xf32, #i>)
  // CHECK: %[[Y:.*]] = hvn.conv_transpose %{{.*}}, %[[W]] stride [2, 2] groups 4
  // CHECK-NEXT: return %[[Y]]
  %w = hvn.param "w" : tensor<4x1x2x2xf32, #hvn.axes<i, o, y, x>>
  %s = hvn.param "s" : tensor<4xf32, #c>
  %0 = hvn.conv_transpose %x, %w stride [2, 2] groups 4 : (!r, tensor<4x1x2x2xf32, #hvn.axes<i, o, y, x>>) -> tensor<1x4x10x10xf32, #nchw>
  %1 = hvn.mul %0, %s : (tensor<1x4x10x10xf32, #nchw>, tensor<4xf32, #c>) -> tensor<1x4x10x10xf32, #nchw>
  return %1 : tensor<1x4x10x10xf32, #nchw>
}

// -----

#nchw = #hvn.axes<n, c, h, w>
#oi = #hvn.axes<o, i>
!x = tensor<1x4x5x5xf32, #nchw>
!y = tensor<1x6x5x5xf32, #nchw>
!one = tensor<1x1x5x2xf32, #hvn.axes<n, g, b, s>>
!two = tensor<1x2x5x2xf32, #hvn.axes<n, g, b, s>>

// The layer reads what is not normalized yet; its bias comes behind.
// CHECK-LABEL: func.func @normalize_behind_linear
// CHECK-SAME: (%[[X:[^:]*]]: tensor<1x4x5x5xf32, #nchw>, %[[M:[^:]*]]: tensor<1x1x5x2xf32
func.func @normalize_behind_linear(%x: !x, %m: !one) -> !y {
  // CHECK-DAG: %[[W:.*]] = hvn.param "w"
  // CHECK-DAG: %[[B:.*]] = hvn.param "b"
  // CHECK-DAG: %[[ROWS:.*]] = hvn.sum %[[W]] over #i
  // CHECK-DAG: %[[SUMS:.*]] = hvn.reshape %[[ROWS]]
  // CHECK-DAG: %[[L:.*]] = hvn.linear %[[X]], %[[W]] :
  // CHECK: %[[N:.*]] = hvn.normalize %[[L]] by %[[M]] sums %[[SUMS]] eps 1.000000e-05
  // CHECK: %[[Y:.*]] = hvn.add %[[N]], %[[B]]
  // CHECK: return %[[Y]]
  %w = hvn.param "w" : tensor<6x4xf32, #oi>
  %b = hvn.param "b" : tensor<6xf32, #hvn.axes<c>>
  %0 = hvn.normalize %x by %m eps 1.0e-5 : (!x, !one) -> !x
  %1 = hvn.linear %0, %w, %b : (!x, tensor<6x4xf32, #oi>, tensor<6xf32, #hvn.axes<c>>) -> !y
  return %1 : !y
}

// With two groups, what a row of weights makes of the mean is not one number times it.
// CHECK-LABEL: func.func @normalize_two_groups
func.func @normalize_two_groups(%x: !x, %m: !two) -> !y {
  // CHECK: %[[N:.*]] = hvn.normalize
  // CHECK: hvn.linear %[[N]]
  %w = hvn.param "w" : tensor<6x4xf32, #oi>
  %0 = hvn.normalize %x by %m eps 1.0e-5 : (!x, !two) -> !x
  %1 = hvn.linear %0, %w : (!x, tensor<6x4xf32, #oi>) -> !y
  return %1 : !y
}

// -----

#c = #hvn.axes<c>
#nchw = #hvn.axes<n, c, h, w>
#oiyx = #hvn.axes<o, i, y, x>
!x = tensor<1x4x5x5xf32, #nchw>
!y = tensor<1x6x5x5xf32, #nchw>

// The mean of a window of scaled and shifted elements, and what is left when they are taken away.
// CHECK-LABEL: func.func @pool_less_itself
// CHECK-SAME: (%[[X:.*]]: tensor<1x4x5x5xf32, #nchw>, %[[M:.*]]: tensor<1x1x5x2xf32, #ngbs>)
func.func @pool_less_itself(%x: !x, %m: tensor<1x1x5x2xf32, #hvn.axes<n, g, b, s>>) -> !x {
  // CHECK-DAG: %[[P:.*]] = hvn.avg_pool %[[X]] kernel [3, 3] stride [1, 1] pad [1, 1] count_include_pad false
  // CHECK-DAG: %[[A:.*]] = hvn.normalize %[[P]] by %[[M]]
  // CHECK-DAG: %[[B:.*]] = hvn.normalize %[[X]] by %[[M]]
  // CHECK: %[[D:.*]] = hvn.sub %[[A]], %[[B]]
  // CHECK: %[[R:.*]] = hvn.mul %[[D]], %{{.*}} : (tensor<1x4x5x5xf32, #nchw>, tensor<4xf32, #c>)
  // CHECK: return %[[R]]
  %s = hvn.param "s" : tensor<4xf32, #c>
  %t = hvn.param "t" : tensor<4xf32, #c>
  %0 = hvn.normalize %x by %m eps 1.0e-5 : (!x, tensor<1x1x5x2xf32, #hvn.axes<n, g, b, s>>) -> !x
  %1 = hvn.mul %0, %s : (!x, tensor<4xf32, #c>) -> !x
  %2 = hvn.add %1, %t : (!x, tensor<4xf32, #c>) -> !x
  %3 = hvn.avg_pool %2 kernel [3, 3] stride [1, 1] pad [1, 1] count_include_pad false : (!x) -> !x
  %4 = hvn.sub %3, %2 : (!x, !x) -> !x
  return %4 : !x
}

// Where zeros of the padding count, they are not shifted.
// CHECK-LABEL: func.func @pool_with_zeros
func.func @pool_with_zeros(%x: !x) -> !x {
  // CHECK: %[[Y:.*]] = hvn.add
  // CHECK: hvn.avg_pool %[[Y]]
  %t = hvn.param "t" : tensor<4xf32, #c>
  %0 = hvn.add %x, %t : (!x, tensor<4xf32, #c>) -> !x
  %1 = hvn.avg_pool %0 kernel [3, 3] stride [1, 1] pad [1, 1] : (!x) -> !x
  return %1 : !x
}

// A layer takes its scale itself.
// CHECK-LABEL: func.func @pool_of_layer
func.func @pool_of_layer(%x: !x) -> !y {
  // CHECK: %[[Y:.*]] = hvn.conv
  // CHECK: %[[P:.*]] = hvn.avg_pool %[[Y]]
  // CHECK: return %[[P]]
  %w = hvn.param "w" : tensor<6x4x3x3xf32, #oiyx>
  %s = hvn.param "s" : tensor<6xf32, #c>
  %0 = hvn.conv %x, %w pad [1, 1] : (!x, tensor<6x4x3x3xf32, #oiyx>) -> !y
  %1 = hvn.mul %0, %s : (!y, tensor<6xf32, #c>) -> !y
  %2 = hvn.avg_pool %1 kernel [3, 3] stride [1, 1] pad [1, 1] : (!y) -> !y
  return %2 : !y
}

// Different parameters do not go away.
// CHECK-LABEL: func.func @other_shifts
func.func @other_shifts(%x: !x, %y: !x) -> !x {
  // CHECK: %[[A:.*]] = hvn.add
  // CHECK: %[[B:.*]] = hvn.add
  // CHECK: hvn.sub %[[A]], %[[B]]
  %s = hvn.param "s" : tensor<4xf32, #c>
  %t = hvn.param "t" : tensor<4xf32, #c>
  %0 = hvn.add %x, %s : (!x, tensor<4xf32, #c>) -> !x
  %1 = hvn.add %y, %t : (!x, tensor<4xf32, #c>) -> !x
  %2 = hvn.sub %0, %1 : (!x, !x) -> !x
  return %2 : !x
}
