// A kernel and its call keep the places of the layers they are made of.
// RUN: fovea-opt %s --form-kernels --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s

!x = tensor<2x4xf32, #hvn.axes<n, c>>

// CHECK: kern.call @gelu_relu(%{{.*}}) : {{.*}} loc(fused["first"("a.net":1:2), "second"("a.net":3:4)])
func.func @f(%x: !x) -> !x {
  %0 = hvn.gelu %x : !x loc("first"("a.net":1:2))
  %1 = hvn.relu %0 : !x loc("second"("a.net":3:4))
  return %1 : !x
}
