// RUN: fovea-opt %s --canonicalize --mlir-print-local-scope | FileCheck %s

!q = tensor<2x6x8x4xf32, #hvn.axes<n, c, h, w>>
!k = tensor<2x6x5xf32, #hvn.axes<n, c, t>>
!v = tensor<2x9x5xf32, #hvn.axes<n, c, t>>
!r = tensor<2x9x8x4xf32, #hvn.axes<n, c, h, w>>

// CHECK-LABEL: func.func @normalized
func.func @normalized(%q: !q, %k: !k, %v: !v) -> !r {
  // CHECK-DAG: %[[EPS:.*]] = hvn.constant 1.000000e-01
  // CHECK-DAG: %[[Q:.*]] = hvn.unmerge %{{.*}} on "c" into <head, d> sizes [3, 2] : {{.*}} -> tensor<2x3x2x8x4xf32
  // CHECK-DAG: %[[K:.*]] = hvn.unmerge %{{.*}} on "c" into <head, d> sizes [3, 2] : {{.*}} -> tensor<2x3x2x5xf32
  // CHECK-DAG: %[[V:.*]] = hvn.unmerge %{{.*}} on "c" into <head, e> sizes [3, 3]
  // CHECK: %[[KV:.*]] = hvn.contract %[[K]], %[[V]] over <t> : {{.*}} -> tensor<2x3x2x3xf32, #hvn.axes<n, head, d, e>>
  // CHECK: %[[QKV:.*]] = hvn.contract %[[Q]], %[[KV]] over <d> : {{.*}} -> tensor<2x3x8x4x3xf32, #hvn.axes<n, head, h, w, e>>
  // CHECK: %[[SUM:.*]] = hvn.sum %[[K]] over <t>
  // CHECK: %[[QK:.*]] = hvn.contract %[[Q]], %[[SUM]] over <d>
  // CHECK: %[[D:.*]] = hvn.add %[[QK]], %[[EPS]]
  // CHECK: %[[R:.*]] = hvn.div %[[QKV]], %[[D]]
  // CHECK: %[[M:.*]] = hvn.merge %[[R]] over <head, e> into "c"
  // CHECK: return %[[M]]
  %0 = hvn.linear_attention %q, %k, %v heads 3 normalize true eps 1.0e-1 queries <h, w> keys <t> : (!q, !k, !v) -> !r
  return %0 : !r
}

!a = tensor<2x7x6xf32, #hvn.axes<head, d, c>>

// Names of axes that are taken get another one.
// CHECK-LABEL: func.func @names
func.func @names(%x: !a) -> !a {
  // CHECK: hvn.unmerge %{{.*}} on "c" into <head_, d_> sizes [1, 6]
  // CHECK-NOT: hvn.div
  // CHECK: hvn.permute
  %0 = hvn.linear_attention %x, %x, %x heads 1 normalize false eps 1.0e-6 queries <d> keys <d> : (!a, !a, !a) -> !a
  return %0 : !a
}
