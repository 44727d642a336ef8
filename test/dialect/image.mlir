// RUN: fovea-opt %s --mlir-print-local-scope | fovea-opt --mlir-print-local-scope | FileCheck %s

// CHECK-LABEL: func.func @from_image
func.func @from_image(%x: tensor<48x64x3xui8, #hvn.axes<h, w, c>>) {
  // CHECK: hvn.from_image %{{.*}} size [8, 6] resize [10] filter "bicubic" mean [5.000000e-01, 0.000000e+00, 2.500000e-01]
  // CHECK-SAME: std [1.000000e+00, 2.000000e+00, 5.000000e-01] order "bgr" :
  // CHECK-SAME: (tensor<48x64x3xui8, #hvn.axes<h, w, c>>) -> tensor<1x8x6x3xf32, #hvn.axes<n, h, w, c>>
  %0 = hvn.from_image %x size [8, 6] resize [10] filter "bicubic" mean [0.5, 0.0, 0.25] std [1.0, 2.0, 0.5] order "bgr"
     : (tensor<48x64x3xui8, #hvn.axes<h, w, c>>) -> tensor<1x8x6x3xf32, #hvn.axes<n, h, w, c>>
  return
}

// CHECK-LABEL: kern.program @net
kern.program @net arena 8192 weights 0 inputs [{name = "x", type = tensor<4x4x3xui8, #hvn.axes<h, w, c>>}] outputs [] {
  %0 = kern.buffer arena 0 : memref<1x2x2x3xf32>
  %1 = kern.buffer arena 64 : memref<1600xf32>
  // CHECK: kern.image 0 to %{{.*}} scratch %{{.*}} size [2, 2] resize [] filter "bilinear" mean [0.000000e+00, 0.000000e+00, 0.000000e+00]
  // CHECK-SAME: std [1.000000e+00, 1.000000e+00, 1.000000e+00] order "rgb" : memref<1x2x2x3xf32>, memref<1600xf32>
  kern.image 0 to %0 scratch %1 size [2, 2] resize [] filter "bilinear" mean [0.0, 0.0, 0.0] std [1.0, 1.0, 1.0] order "rgb"
     : memref<1x2x2x3xf32>, memref<1600xf32>
}
