// RUN: fovea-opt %s --assign-layout | FileCheck %s
// RUN: fovea-opt %s --assign-layout > %t.once && fovea-opt %t.once --assign-layout | diff %t.once -

#nc = #hvn.axes<n, c>
#nchw = #hvn.axes<n, c, h, w>
#nhwc = #hvn.axes<n, h, w, c>
#oiyx = #hvn.axes<o, i, y, x>
!x = tensor<1x4x6x5xf32, #nchw>
!last = tensor<1x6x5x4xf32, #nhwc>

// The caller's layout is the caller's; between two layers nothing is permuted.
// CHECK-LABEL: func.func @map
// CHECK-SAME: (%[[X:.*]]: tensor<1x4x6x5xf32, #nchw>) -> tensor<1x4x6x5xf32, #nchw>
func.func @map(%x: !x) -> !x {
  // CHECK-NEXT: %[[P:.*]] = hvn.permute %[[X]] : tensor<1x4x6x5xf32, #nchw> to tensor<1x6x5x4xf32, #nhwc>
  // CHECK-NEXT: %[[W:.*]] = hvn.param "w" : tensor<4x1x3x3xf32, #oiyx>
  // CHECK-NEXT: %[[C:.*]] = hvn.conv %[[P]], %[[W]] pad [1, 1] groups 4 : {{.*}} -> tensor<1x6x5x4xf32, #nhwc>
  // CHECK-NEXT: %[[R:.*]] = hvn.relu %[[C]] : tensor<1x6x5x4xf32, #nhwc>
  // CHECK-NEXT: %[[Y:.*]] = hvn.permute %[[R]] : tensor<1x6x5x4xf32, #nhwc> to tensor<1x4x6x5xf32, #nchw>
  // CHECK-NEXT: return %[[Y]]
  %w = hvn.param "w" : tensor<4x1x3x3xf32, #oiyx>
  %0 = hvn.conv %x, %w pad [1, 1] groups 4 : (!x, tensor<4x1x3x3xf32, #oiyx>) -> !x
  %1 = hvn.relu %0 : !x
  return %1 : !x
}

// CHECK-LABEL: func.func @channels_last_already
func.func @channels_last_already(%x: !last) -> !last {
  // CHECK-NEXT: hvn.relu
  // CHECK-NEXT: return
  %0 = hvn.relu %x : !last
  return %0 : !last
}

// CHECK-LABEL: func.func @no_map
func.func @no_map(%x: tensor<2x4xf32, #nc>) -> tensor<2x4xf32, #nc> {
  // CHECK-NEXT: hvn.relu %{{.*}} : tensor<2x4xf32, #nc>
  // CHECK-NEXT: return
  %0 = hvn.relu %x : tensor<2x4xf32, #nc>
  return %0 : tensor<2x4xf32, #nc>
}

// What the caller permutes to the layout of kernels costs nothing.
// CHECK-LABEL: func.func @cancels
func.func @cancels(%x: !x) -> !last {
  // CHECK-NEXT: %[[P:.*]] = hvn.permute
  // CHECK-NEXT: %[[R:.*]] = hvn.relu %[[P]] : tensor<1x6x5x4xf32, #nhwc>
  // CHECK-NEXT: return %[[R]]
  %0 = hvn.relu %x : !x
  %1 = hvn.permute %0 : !x to !last
  return %1 : !last
}

// A reshape sees the memory order that it was written for.
// CHECK-LABEL: func.func @reshape
func.func @reshape(%x: !x) -> tensor<1x120xf32, #nc> {
  // CHECK: %[[R:.*]] = hvn.relu %{{.*}} : tensor<1x6x5x4xf32, #nhwc>
  // CHECK-NEXT: %[[P:.*]] = hvn.permute %[[R]] : tensor<1x6x5x4xf32, #nhwc> to tensor<1x4x6x5xf32, #nchw>
  // CHECK-NEXT: hvn.reshape %[[P]] : tensor<1x4x6x5xf32, #nchw> to tensor<1x120xf32, #nc>
  %0 = hvn.relu %x : !x
  %1 = hvn.reshape %0 : !x to tensor<1x120xf32, #nc>
  return %1 : tensor<1x120xf32, #nc>
}

// CHECK-LABEL: func.func @reshape_to_map
func.func @reshape_to_map(%x: tensor<1x120xf32, #nc>) -> !last {
  // CHECK-NEXT: %[[R:.*]] = hvn.reshape %{{.*}} to tensor<1x4x6x5xf32, #nchw>
  // CHECK-NEXT: %[[P:.*]] = hvn.permute %[[R]]
  // CHECK-NEXT: %[[Y:.*]] = hvn.relu %[[P]] : tensor<1x6x5x4xf32, #nhwc>
  // CHECK-NEXT: return %[[Y]]
  %0 = hvn.reshape %x : tensor<1x120xf32, #nc> to !x
  %1 = hvn.relu %0 : !x
  %2 = hvn.permute %1 : !x to !last
  return %2 : !last
}

// A parameter of the shape of a map is permuted, once, at compile time.
// CHECK-LABEL: func.func @parameter
func.func @parameter(%x: !x) -> !last {
  // CHECK: %[[B:.*]] = hvn.param "b" : tensor<1x4x1x1xf32, #nchw>
  // CHECK-NEXT: %[[P:.*]] = hvn.permute %[[B]] : tensor<1x4x1x1xf32, #nchw> to tensor<1x1x1x4xf32, #nhwc>
  // CHECK-NEXT: %[[Y:.*]] = hvn.add %[[P]], %{{.*}} -> tensor<1x6x5x4xf32, #nhwc>
  // CHECK-NEXT: return %[[Y]]
  %b = hvn.param "b" : tensor<1x4x1x1xf32, #nchw>
  %0 = hvn.add %b, %x : (tensor<1x4x1x1xf32, #nchw>, !x) -> !x
  %1 = hvn.permute %0 : !x to !last
  return %1 : !last
}

// CHECK-LABEL: func.func @slices
func.func @slices(%x: !x) -> tensor<1x3xf32, #nc> {
  // CHECK: hvn.slice %{{.*}} on "c" from 1 size 3 : {{.*}} -> tensor<1x6x5x3xf32, #nhwc>
  // CHECK-NEXT: hvn.mean %{{.*}} over #hw : (tensor<1x6x5x3xf32, #nhwc>) -> tensor<1x3xf32, #nc>
  %0 = hvn.slice %x on "c" from 1 size 3 : (!x) -> tensor<1x3x6x5xf32, #nchw>
  %1 = hvn.mean %0 over <h, w> : (tensor<1x3x6x5xf32, #nchw>) -> tensor<1x3xf32, #nc>
  return %1 : tensor<1x3xf32, #nc>
}

// The channels that a merge makes are neighbours at once: one permute before it, none behind it.
// CHECK-LABEL: func.func @merged
func.func @merged(%x: tensor<1x2x5x3xf32, #hvn.axes<n, head, q, d>>) -> tensor<1x5x6xf32, #hvn.axes<n, q, c>> {
  // CHECK-NEXT: %[[P:.*]] = hvn.permute %{{.*}} : {{.*}} to tensor<1x5x2x3xf32, #nqheadd>
  // CHECK-NEXT: %[[R:.*]] = hvn.reshape %[[P]] : {{.*}} to tensor<1x5x6xf32
  // CHECK-NEXT: %[[Y:.*]] = hvn.relu %[[R]]
  // CHECK-NEXT: return %[[Y]]
  %0 = hvn.merge %x over <head, d> into "c" : (tensor<1x2x5x3xf32, #hvn.axes<n, head, q, d>>) -> tensor<1x6x5xf32, #hvn.axes<n, c, q>>
  %1 = hvn.relu %0 : tensor<1x6x5xf32, #hvn.axes<n, c, q>>
  %2 = hvn.permute %1 : tensor<1x6x5xf32, #hvn.axes<n, c, q>> to tensor<1x5x6xf32, #hvn.axes<n, q, c>>
  return %2 : tensor<1x5x6xf32, #hvn.axes<n, q, c>>
}
