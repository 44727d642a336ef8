// RUN: fovea-opt %s --form-attention --canonicalize --split-input-file --mlir-print-local-scope | FileCheck %s

!q = tensor<2x7x8xf32, #hvn.axes<n, t, d>>
!k = tensor<2x5x8xf32, #hvn.axes<n, u, d>>
!v = tensor<2x5x6xf32, #hvn.axes<n, u, e>>
!s = tensor<2x7x5xf32, #hvn.axes<n, t, u>>
!b = tensor<7x5xf32, #hvn.axes<t, u>>
!r = tensor<2x7x6xf32, #hvn.axes<n, t, e>>

// CHECK-LABEL: func.func @all
func.func @all(%q: !q, %k: !k, %v: !v, %b: !b) -> !r {
  // CHECK-DAG: %[[Q:.*]] = hvn.rename %{{.*}} from <d> to <c> : {{.*}} -> tensor<2x7x8xf32
  // CHECK-DAG: %[[K:.*]] = hvn.rename %{{.*}} from <d> to <c> : {{.*}} -> tensor<2x5x8xf32
  // CHECK-DAG: %[[V:.*]] = hvn.rename %{{.*}} from <e> to <c> : {{.*}} -> tensor<2x5x6xf32
  // CHECK-DAG: %[[B:.*]] = hvn.rename %{{.*}} from <t, u> to <q, k>
  // CHECK: %[[A:.*]] = hvn.attention %[[Q]], %[[K]], %[[V]] bias %[[B]] heads 1 scale 5.000000e-01 queries <t> keys <u>
  // CHECK: %[[R:.*]] = hvn.rename %[[A]] from <c> to <e>
  // CHECK: return %[[R]]
  %scale = hvn.constant 0.5 : tensor<f32, #hvn.axes<>>
  %0 = hvn.contract %q, %k over <d> : (!q, !k) -> !s
  %1 = hvn.mul %0, %scale : (!s, tensor<f32, #hvn.axes<>>) -> !s
  %2 = hvn.add %1, %b : (!s, !b) -> !s
  %3 = hvn.softmax %2 over <u> : !s
  %4 = hvn.contract %3, %v over <u> : (!s, !v) -> !r
  return %4 : !r
}

// The operands the other way round: the result's axes are permuted.
// CHECK-LABEL: func.func @swapped
func.func @swapped(%q: !q, %k: !k, %v: !v) -> tensor<2x6x7xf32, #hvn.axes<n, e, t>> {
  // CHECK: hvn.attention %{{.*}}, %{{.*}}, %{{.*}} heads 1 scale 1.000000e+00 queries <t> keys <u>
  // CHECK: hvn.permute %{{.*}} to tensor<2x6x7xf32, #hvn.axes<n, e, t>>
  %0 = hvn.contract %k, %q over <d> : (!k, !q) -> tensor<2x5x7xf32, #hvn.axes<n, u, t>>
  %1 = hvn.softmax %0 over <u> : tensor<2x5x7xf32, #hvn.axes<n, u, t>>
  %2 = hvn.contract %v, %1 over <u> : (!v, tensor<2x5x7xf32, #hvn.axes<n, u, t>>) -> tensor<2x6x7xf32, #hvn.axes<n, e, t>>
  return %2 : tensor<2x6x7xf32, #hvn.axes<n, e, t>>
}

// The weights are read again; a softmax over the queries.
// CHECK-LABEL: func.func @not
// CHECK-NOT: hvn.attention
func.func @not(%q: !q, %k: !k, %v: !v) -> (!r, !s, !r) {
  %0 = hvn.contract %q, %k over <d> : (!q, !k) -> !s
  %1 = hvn.softmax %0 over <u> : !s
  %2 = hvn.contract %1, %v over <u> : (!s, !v) -> !r
  %3 = hvn.contract %q, %k over <d> : (!q, !k) -> !s
  %4 = hvn.softmax %3 over <t> : !s
  %5 = hvn.contract %4, %v over <u> : (!s, !v) -> !r
  return %2, %1, %5 : !r, !s, !r
}
