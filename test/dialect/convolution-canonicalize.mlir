// RUN: fovea-opt %s --canonicalize | FileCheck %s

#nchw = #hvn.axes<n, c, h, w>
#oiyx = #hvn.axes<o, i, y, x>
!x = tensor<1x4x5x5xf32, #nchw>
!w = tensor<6x4x1x1xf32, #oiyx>

// A convolution that sees one pixel is a linear layer.
// CHECK-LABEL: func.func @per_pixel
// CHECK-SAME: (%[[X:.*]]: tensor<1x4x5x5xf32, #nchw>, %[[W:.*]]: tensor<6x4x1x1xf32, #oiyx>, %[[B:.*]]: tensor<6xf32, #c>)
func.func @per_pixel(%x: !x, %w: !w, %b: tensor<6xf32, #hvn.axes<c>>) -> tensor<1x6x5x5xf32, #nchw> {
  // CHECK-NEXT: %[[M:.*]] = hvn.reshape %[[W]] : tensor<6x4x1x1xf32, #oiyx> to tensor<6x4xf32, #oi>
  // CHECK-NEXT: %[[Y:.*]] = hvn.linear %[[X]], %[[M]], %[[B]]
  // CHECK-NEXT: return %[[Y]]
  %0 = hvn.conv %x, %w, %b : (!x, !w, tensor<6xf32, #hvn.axes<c>>) -> tensor<1x6x5x5xf32, #nchw>
  return %0 : tensor<1x6x5x5xf32, #nchw>
}

// CHECK-LABEL: func.func @stays
func.func @stays(%x: !x, %w: !w, %g: tensor<6x2x1x1xf32, #oiyx>, %k: tensor<6x4x3x3xf32, #oiyx>)
    -> (tensor<1x6x3x3xf32, #nchw>, tensor<1x6x7x7xf32, #nchw>, tensor<1x6x5x5xf32, #nchw>, tensor<1x6x3x3xf32, #nchw>) {
  // CHECK: hvn.conv {{.*}} stride [2, 2]
  // CHECK: hvn.conv {{.*}} pad [1, 1]
  // CHECK: hvn.conv {{.*}} groups 2
  // CHECK: hvn.conv
  %0 = hvn.conv %x, %w stride [2, 2] : (!x, !w) -> tensor<1x6x3x3xf32, #nchw>
  %1 = hvn.conv %x, %w pad [1, 1] : (!x, !w) -> tensor<1x6x7x7xf32, #nchw>
  %2 = hvn.conv %x, %g groups 2 : (!x, tensor<6x2x1x1xf32, #oiyx>) -> tensor<1x6x5x5xf32, #nchw>
  %3 = hvn.conv %x, %k : (!x, tensor<6x4x3x3xf32, #oiyx>) -> tensor<1x6x3x3xf32, #nchw>
  return %0, %1, %2, %3 : tensor<1x6x3x3xf32, #nchw>, tensor<1x6x7x7xf32, #nchw>, tensor<1x6x5x5xf32, #nchw>, tensor<1x6x3x3xf32, #nchw>
}
