// Kernels of the ops that no family is built around, against their reference.
// RUN: kernel-check %s | FileCheck %s

#mc = #hvn.axes<m, c>
#nhwc = #hvn.axes<n, h, w, c>
!x = tensor<24x20xf32, #mc>

// CHECK-DAG: arithmetic {{ *}}ok
kern.func @arithmetic(%x: !x, %y: tensor<20xf32, #hvn.axes<c>>) -> !x {
  %half = hvn.constant 0.5 : tensor<f32, #hvn.axes<>>
  %0 = hvn.mul %x, %x : (!x, !x) -> !x
  %1 = hvn.add %0, %half : (!x, tensor<f32, #hvn.axes<>>) -> !x
  %2 = hvn.rsqrt %1 : !x
  %3 = hvn.sub %y, %2 : (tensor<20xf32, #hvn.axes<c>>, !x) -> !x
  kern.return %3 : !x
}
// CHECK-DAG: sum {{ *}}ok
kern.func @sum(%x: !x) -> tensor<20xf32, #hvn.axes<c>> {
  %0 = hvn.sum %x over <m> : (!x) -> tensor<20xf32, #hvn.axes<c>>
  kern.return %0 : tensor<20xf32, #hvn.axes<c>>
}
// CHECK-DAG: slice {{ *}}ok
kern.func @slice(%x: !x) -> tensor<5x20xf32, #mc> {
  %0 = hvn.slice %x on "m" from 19 size 5 : (!x) -> tensor<5x20xf32, #mc>
  kern.return %0 : tensor<5x20xf32, #mc>
}
// CHECK-DAG: reshape {{ *}}ok
kern.func @reshape(%x: !x) -> tensor<1x4x6x20xf32, #nhwc> {
  %0 = hvn.reshape %x : !x to tensor<1x4x6x20xf32, #nhwc>
  kern.return %0 : tensor<1x4x6x20xf32, #nhwc>
}
// CHECK-DAG: cast {{ *}}ok
kern.func @cast(%x: !x) -> (!x, tensor<24x20xbf16, #mc>) {
  %0 = hvn.cast %x : !x to tensor<24x20xbf16, #mc>
  %1 = hvn.cast %0 : tensor<24x20xbf16, #mc> to !x
  kern.return %1, %0 : !x, tensor<24x20xbf16, #mc>
}
// What is rounded to bf16 at once may be rougher before.
// CHECK-DAG: rounded_gelu {{ *}}ok
kern.func @rounded_gelu(%x: !x) -> tensor<24x20xbf16, #mc> {
  %0 = hvn.gelu %x : !x
  %1 = hvn.cast %0 : !x to tensor<24x20xbf16, #mc>
  kern.return %1 : tensor<24x20xbf16, #mc>
}
// CHECK-DAG: keep {{ *}}ok
kern.func @keep(%x: !x) -> !x {
  %0 = hvn.keep %x as "x" : !x
  kern.return %0 : !x
}
