// RUN: fovea-opt %s --mlir-print-local-scope | fovea-opt --mlir-print-local-scope | FileCheck %s

// CHECK-LABEL: func.func @conv
func.func @conv(%x: tensor<1x3x9x8xf32, #hvn.axes<n, c, h, w>>, %w: tensor<6x3x3x2xf32, #hvn.axes<o, i, y, x>>, %b: tensor<6xf32, #hvn.axes<c>>) {
  // CHECK: hvn.conv %{{.*}}, %{{.*}} : (tensor<1x3x9x8xf32, #hvn.axes<n, c, h, w>>, tensor<6x3x3x2xf32, #hvn.axes<o, i, y, x>>) -> tensor<1x6x7x7xf32, #hvn.axes<n, c, h, w>>
  %0 = hvn.conv %x, %w : (tensor<1x3x9x8xf32, #hvn.axes<n, c, h, w>>, tensor<6x3x3x2xf32, #hvn.axes<o, i, y, x>>) -> tensor<1x6x7x7xf32, #hvn.axes<n, c, h, w>>
  // Output sizes: (9 + 2 * 1 - 2 * (3 - 1) - 1) / 2 + 1 = 4 and (8 + 2 * 2 - 3 * (2 - 1) - 1) / 3 + 1 = 3.
  // CHECK: hvn.conv %{{.*}}, %{{.*}}, %{{.*}} stride [2, 3] pad [1, 2] dilation [2, 3] : {{.*}} -> tensor<1x6x4x3xf32, #hvn.axes<n, c, h, w>>
  %1 = hvn.conv %x, %w, %b stride [2, 3] pad [1, 2] dilation [2, 3] : (tensor<1x3x9x8xf32, #hvn.axes<n, c, h, w>>, tensor<6x3x3x2xf32, #hvn.axes<o, i, y, x>>, tensor<6xf32, #hvn.axes<c>>) -> tensor<1x6x4x3xf32, #hvn.axes<n, c, h, w>>
  return
}

// Ops find axes by name.
// CHECK-LABEL: func.func @channels_last
func.func @channels_last(%x: tensor<1x9x8x6xf32, #hvn.axes<n, h, w, c>>, %w: tensor<6x1x3x3xf32, #hvn.axes<o, i, y, x>>) {
  // CHECK: hvn.conv %{{.*}}, %{{.*}} groups 6 : {{.*}} -> tensor<1x7x6x6xf32, #hvn.axes<n, h, w, c>>
  %0 = hvn.conv %x, %w groups 6 : (tensor<1x9x8x6xf32, #hvn.axes<n, h, w, c>>, tensor<6x1x3x3xf32, #hvn.axes<o, i, y, x>>) -> tensor<1x7x6x6xf32, #hvn.axes<n, h, w, c>>
  return
}

// CHECK-LABEL: func.func @conv_transpose
func.func @conv_transpose(%x: tensor<1x4x5x3xf32, #hvn.axes<n, c, h, w>>, %w: tensor<4x6x3x2xf32, #hvn.axes<i, o, y, x>>, %b: tensor<6xf32, #hvn.axes<c>>, %g: tensor<4x3x2x2xf32, #hvn.axes<i, o, y, x>>) {
  // CHECK: hvn.conv_transpose %{{.*}}, %{{.*}} : (tensor<1x4x5x3xf32, #hvn.axes<n, c, h, w>>, tensor<4x6x3x2xf32, #hvn.axes<i, o, y, x>>) -> tensor<1x6x7x4xf32, #hvn.axes<n, c, h, w>>
  %0 = hvn.conv_transpose %x, %w : (tensor<1x4x5x3xf32, #hvn.axes<n, c, h, w>>, tensor<4x6x3x2xf32, #hvn.axes<i, o, y, x>>) -> tensor<1x6x7x4xf32, #hvn.axes<n, c, h, w>>
  // Output sizes: 4 * 2 - 2 * 1 + 2 * 2 + 1 + 1 = 12 and 2 * 3 - 2 * 0 + 1 * 1 + 1 + 2 = 10.
  // CHECK: hvn.conv_transpose %{{.*}}, %{{.*}}, %{{.*}} stride [2, 3] pad [1, 0] output_pad [1, 2] dilation [2, 1] : {{.*}} -> tensor<1x6x12x10xf32, #hvn.axes<n, c, h, w>>
  %1 = hvn.conv_transpose %x, %w, %b stride [2, 3] pad [1, 0] output_pad [1, 2] dilation [2, 1] : (tensor<1x4x5x3xf32, #hvn.axes<n, c, h, w>>, tensor<4x6x3x2xf32, #hvn.axes<i, o, y, x>>, tensor<6xf32, #hvn.axes<c>>) -> tensor<1x6x12x10xf32, #hvn.axes<n, c, h, w>>
  // CHECK: hvn.conv_transpose %{{.*}}, %{{.*}} stride [2, 2] groups 2 : {{.*}} -> tensor<1x6x10x6xf32, #hvn.axes<n, c, h, w>>
  %2 = hvn.conv_transpose %x, %g stride [2, 2] groups 2 : (tensor<1x4x5x3xf32, #hvn.axes<n, c, h, w>>, tensor<4x3x2x2xf32, #hvn.axes<i, o, y, x>>) -> tensor<1x6x10x6xf32, #hvn.axes<n, c, h, w>>
  return
}

// CHECK-LABEL: func.func @linear
func.func @linear(%x: tensor<2x5x3xf32, #hvn.axes<n, t, c>>, %w: tensor<7x3xf32, #hvn.axes<o, i>>, %b: tensor<7xf32, #hvn.axes<c>>) {
  // CHECK: hvn.linear %{{.*}}, %{{.*}} : (tensor<2x5x3xf32, #hvn.axes<n, t, c>>, tensor<7x3xf32, #hvn.axes<o, i>>) -> tensor<2x5x7xf32, #hvn.axes<n, t, c>>
  %0 = hvn.linear %x, %w : (tensor<2x5x3xf32, #hvn.axes<n, t, c>>, tensor<7x3xf32, #hvn.axes<o, i>>) -> tensor<2x5x7xf32, #hvn.axes<n, t, c>>
  // CHECK: hvn.linear %{{.*}}, %{{.*}}, %{{.*}} :
  %1 = hvn.linear %x, %w, %b : (tensor<2x5x3xf32, #hvn.axes<n, t, c>>, tensor<7x3xf32, #hvn.axes<o, i>>, tensor<7xf32, #hvn.axes<c>>) -> tensor<2x5x7xf32, #hvn.axes<n, t, c>>
  return
}
