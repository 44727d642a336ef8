// RUN: fovea-opt %s --check-support | FileCheck %s

#nchw = #hvn.axes<n, c, h, w>
#oiyx = #hvn.axes<o, i, y, x>
!x = tensor<1x4x5x5xf32, #nchw>

// Nothing changes.
// CHECK-LABEL: func.func @supported
func.func @supported(%x: !x) -> !x {
  // CHECK-COUNT-2: hvn.param
  // CHECK-NEXT: hvn.conv {{.*}} pad [2, 2] dilation [2, 2]
  // CHECK-NEXT: hvn.conv {{.*}} pad [1, 1] groups 4
  // CHECK-NEXT: return
  %w = hvn.param "w" : tensor<4x4x3x3xf32, #oiyx>
  %v = hvn.param "v" : tensor<4x1x3x3xf32, #oiyx>
  %0 = hvn.conv %x, %w pad [2, 2] dilation [2, 2] : (!x, tensor<4x4x3x3xf32, #oiyx>) -> !x
  %1 = hvn.conv %0, %v pad [1, 1] groups 4 : (!x, tensor<4x1x3x3xf32, #oiyx>) -> !x
  return %1 : !x
}
