// RUN: fovea-opt %s --canonicalize | FileCheck %s

!x = tensor<2x3xf32, #hvn.axes<n, c>>
!c = tensor<3xf32, #hvn.axes<c>>

// CHECK-LABEL: func.func @batch_norm
// CHECK-SAME: (%[[X:.*]]: tensor<2x3xf32, #nc>, %[[W:.*]]: tensor<3xf32, #c>, %[[B:.*]]: tensor<3xf32, #c>, %[[M:.*]]: tensor<3xf32, #c>, %[[V:.*]]: tensor<3xf32, #c>)
func.func @batch_norm(%x: !x, %w: !c, %b: !c, %m: !c, %v: !c) -> !x {
  // CHECK: %[[EPS:.*]] = hvn.constant 1.000000e-03
  // CHECK: %[[VE:.*]] = hvn.add %[[V]], %[[EPS]]
  // CHECK: %[[R:.*]] = hvn.rsqrt %[[VE]]
  // CHECK: %[[SCALE:.*]] = hvn.mul %[[W]], %[[R]]
  // CHECK: %[[MS:.*]] = hvn.mul %[[M]], %[[SCALE]]
  // CHECK: %[[SHIFT:.*]] = hvn.sub %[[B]], %[[MS]]
  // CHECK: %[[XS:.*]] = hvn.mul %[[X]], %[[SCALE]]
  // CHECK: %[[Y:.*]] = hvn.add %[[XS]], %[[SHIFT]]
  // CHECK: return %[[Y]]
  %0 = hvn.batch_norm %x, %w, %b, %m, %v eps 1.0e-3 : !x, !c
  return %0 : !x
}

// Statistics by rows, their use, arithmetic on parameters.
// CHECK-LABEL: func.func @group_norm
// CHECK-SAME: (%[[X:.*]]: tensor<2x3x5x4xf32, #nchw>, %[[W:.*]]: tensor<3xf32, #c>, %[[B:.*]]: tensor<3xf32, #c>)
func.func @group_norm(%x: tensor<2x3x5x4xf32, #hvn.axes<n, c, h, w>>, %w: !c, %b: !c) -> tensor<2x3x5x4xf32, #hvn.axes<n, c, h, w>> {
  // CHECK: %[[M:.*]] = hvn.moments %[[X]] groups 3 rows "h"
  // CHECK: %[[N:.*]] = hvn.normalize %[[X]] by %[[M]] eps 1.000000e-03
  // CHECK: %[[NW:.*]] = hvn.mul %[[N]], %[[W]]
  // CHECK: %[[Y:.*]] = hvn.add %[[NW]], %[[B]]
  // CHECK: return %[[Y]]
  %0 = hvn.group_norm %x, %w, %b groups 3 eps 1.0e-3 : tensor<2x3x5x4xf32, #hvn.axes<n, c, h, w>>, !c
  return %0 : tensor<2x3x5x4xf32, #hvn.axes<n, c, h, w>>
}

// CHECK-LABEL: func.func @layer_norm
// CHECK-SAME: (%[[X:.*]]: tensor<2x3xf32, #nc>, %[[W:.*]]: tensor<3xf32, #c>, %[[B:.*]]: tensor<3xf32, #c>)
func.func @layer_norm(%x: !x, %w: !c, %b: !c) -> (!x, !x, !x) {
  // CHECK: %[[S:.*]] = hvn.standardize %[[X]] over #c eps 1.000000e-03
  // CHECK: %[[P:.*]] = hvn.mul %[[S]], %[[W]]
  // CHECK: %[[Y:.*]] = hvn.add %[[P]], %[[B]]
  // CHECK: %[[T:.*]] = hvn.standardize %[[X]] over #c eps 2.000000e-03
  // CHECK: %[[V:.*]] = hvn.mul %[[T]], %[[W]]
  // CHECK: %[[U:.*]] = hvn.standardize %[[X]] over #nc eps 3.000000e-03
  // CHECK: return %[[Y]], %[[V]], %[[U]]
  %0 = hvn.layer_norm %x, %w, %b over <c> eps 1.0e-3 : (!x, !c, !c) -> !x
  %1 = hvn.layer_norm %x, %w over <c> eps 2.0e-3 : (!x, !c) -> !x
  %2 = hvn.layer_norm %x over <n, c> eps 3.0e-3 : (!x) -> !x
  return %0, %1, %2 : !x, !x, !x
}

// CHECK-LABEL: func.func @rms_norm
// CHECK-SAME: (%[[X:.*]]: tensor<2x3xf32, #nc>, %[[W:.*]]: tensor<3xf32, #c>)
func.func @rms_norm(%x: !x, %w: !c) -> (!x, !x) {
  // CHECK: %[[S:.*]] = hvn.standardize %[[X]] over #c eps 1.000000e-03 center false
  // CHECK: %[[P:.*]] = hvn.mul %[[S]], %[[W]]
  // CHECK: %[[T:.*]] = hvn.standardize %[[X]] over #{{.*}} eps 2.000000e-03 center false
  // CHECK: return %[[P]], %[[T]]
  %0 = hvn.rms_norm %x, %w over <c> eps 1.0e-3 : (!x, !c) -> !x
  %1 = hvn.rms_norm %x over <n> eps 2.0e-3 : (!x) -> !x
  return %0, %1 : !x, !x
}
