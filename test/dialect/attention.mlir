// RUN: fovea-opt %s --mlir-print-local-scope | fovea-opt --mlir-print-local-scope | FileCheck %s

!q = tensor<2x6x8x4xf32, #hvn.axes<n, c, h, w>>
!k = tensor<2x6x5xf32, #hvn.axes<n, c, t>>
!v = tensor<2x9x5xf32, #hvn.axes<n, c, t>>

// CHECK-LABEL: func.func @attention
func.func @attention(%q: !q, %k: !k, %v: !v) {
  // CHECK: hvn.attention %{{.*}}, %{{.*}}, %{{.*}} heads 3 scale 5.000000e-01 queries <h, w> keys <t> : (tensor<2x6x8x4xf32, #hvn.axes<n, c, h, w>>, tensor<2x6x5xf32, #hvn.axes<n, c, t>>, tensor<2x9x5xf32, #hvn.axes<n, c, t>>) -> tensor<2x9x8x4xf32, #hvn.axes<n, c, h, w>>
  %0 = hvn.attention %q, %k, %v heads 3 scale 0.5 queries <h, w> keys <t> : (!q, !k, !v) -> tensor<2x9x8x4xf32, #hvn.axes<n, c, h, w>>
  return
}

!w = tensor<2x3x7x6xf32, #hvn.axes<n, a, t, c>>
!b = tensor<2x7x7xf32, #hvn.axes<head, q, k>>
!r = tensor<3x7xf32, #hvn.axes<a, t>>

// CHECK-LABEL: func.func @windows
func.func @windows(%w: !w, %b: !b, %r: !r) {
  // CHECK: hvn.attention %[[W:.*]], %[[W]], %[[W]] bias %[[B:.*]] regions %[[R:.*]] heads 2 scale 1.000000e+00 scores "relu" queries <t> keys <t> :
  %0 = hvn.attention %w, %w, %w bias %b regions %r heads 2 scale 1.0 scores "relu" queries <t> keys <t> : (!w, !w, !w, !b, !r) -> !w
  // CHECK: hvn.attention %[[W]], %[[W]], %[[W]] regions %[[R]] heads 2 {{.*}} : ({{.*}}, tensor<3x7xf32, #hvn.axes<a, t>>) ->
  %1 = hvn.attention %w, %w, %w regions %r heads 2 scale 1.0 queries <t> keys <t> : (!w, !w, !w, !r) -> !w
  return
}

// CHECK-LABEL: func.func @linear_attention
func.func @linear_attention(%q: !q, %k: !k, %v: !v) {
  // CHECK: hvn.linear_attention %{{.*}}, %{{.*}}, %{{.*}} heads 3 normalize true eps 5.000000e-01 queries <h, w> keys <t> : {{.*}} -> tensor<2x9x8x4xf32, #hvn.axes<n, c, h, w>>
  %0 = hvn.linear_attention %q, %k, %v heads 3 normalize true eps 0.5 queries <h, w> keys <t> : (!q, !k, !v) -> tensor<2x9x8x4xf32, #hvn.axes<n, c, h, w>>
  return
}
