// RUN: fovea-opt %s --keep-layers | FileCheck %s

#nc = #hvn.axes<n, c>
!x = tensor<2x6xf32, #nc>
!h = tensor<2x3xf32, #nc>

// Each layer is read through its name, and becomes an output; the network's own output stays first.
// CHECK-LABEL: func.func @net
// CHECK-SAME: -> (tensor<2x3xf32, #nc> {hvn.name = "y"}, tensor<2x6xf32, #nc> {hvn.name = "layer0"}, tensor<2x3xf32, #nc> {hvn.name = "layer1"}, tensor<2x3xf32, #nc> {hvn.name = "layer2"})
func.func @net(%x: !x {hvn.name = "x"}) -> (!h {hvn.name = "y"}) {
  // CHECK: %[[G:.*]] = hvn.gelu
  // CHECK: %[[KG:.*]] = hvn.keep %[[G]] as "gelu"
  %0 = hvn.gelu %x : !x
  // CHECK: %[[S:.*]]:2 = hvn.split %[[KG]]
  // CHECK-DAG: %[[A:.*]] = hvn.keep %[[S]]#0 as "split.part0"
  // CHECK-DAG: %[[B:.*]] = hvn.keep %[[S]]#1 as "split.part1"
  %1:2 = hvn.split %0 on "c" into [3, 3] : (!x) -> (!h, !h)
  // CHECK: %[[Y:.*]] = hvn.add %[[A]], %[[B]]
  // CHECK: %[[KY:.*]] = hvn.keep %[[Y]] as "add"
  %2 = hvn.add %1#0, %1#1 : (!h, !h) -> !h
  // CHECK: return %[[KY]], %[[KG]], %[[A]], %[[B]]
  return %2 : !h
}
