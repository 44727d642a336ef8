// RUN: fovea-opt %s --flatten-pixels --split-input-file --mlir-print-local-scope | FileCheck %s

#nhwc = #hvn.axes<n, h, w, c>
#oi = #hvn.axes<o, i>
!x = tensor<1x6x5x8xf32, #nhwc>

// CHECK-LABEL: func.func @f
// CHECK-SAME: (%[[X:.*]]: tensor<1x6x5x8xf32, #hvn.axes<n, h, w, c>>)
// CHECK: %[[XM:.*]] = hvn.reshape %[[X]] : tensor<1x6x5x8xf32, #hvn.axes<n, h, w, c>> to tensor<30x8xf32, #hvn.axes<m, c>>
// CHECK-NEXT: %[[YM:.*]] = kern.call @linear_relu(%[[XM]], %{{.*}}) : {{.*}} -> tensor<30x8xf32, #hvn.axes<m, c>>
// CHECK-NEXT: %[[ZM:.*]] = kern.call @relu(%[[YM]])
// CHECK-NEXT: %[[Z:.*]] = hvn.reshape %[[ZM]] : tensor<30x8xf32, #hvn.axes<m, c>> to tensor<1x6x5x8xf32, #hvn.axes<n, h, w, c>>
// CHECK-NEXT: return %[[Z]]
func.func @f(%x: !x) -> !x {
  %w = hvn.param "w" : tensor<8x8xf32, #oi>
  %0 = kern.call @linear_relu(%x, %w) : (!x, tensor<8x8xf32, #oi>) -> !x
  %1 = kern.call @relu(%0) : (!x) -> !x
  return %1 : !x
}
// CHECK: kern.func @linear_relu(%{{.*}}: tensor<30x8xf32, #hvn.axes<m, c>>, %{{.*}}: tensor<8x8xf32, #hvn.axes<o, i>>) -> tensor<30x8xf32, #hvn.axes<m, c>>
// CHECK: hvn.relu %{{.*}} : tensor<30x8xf32, #hvn.axes<m, c>>
kern.func @linear_relu(%x: !x, %w: tensor<8x8xf32, #oi>) -> !x {
  %0 = hvn.linear %x, %w : (!x, tensor<8x8xf32, #oi>) -> !x
  %1 = hvn.relu %0 : !x
  kern.return %1 : !x
}
kern.func @relu(%x: !x) -> !x {
  %1 = hvn.relu %x : !x
  kern.return %1 : !x
}

// -----

#nhwc = #hvn.axes<n, h, w, c>
!x = tensor<1x6x5x8xf32, #nhwc>
!s = tensor<1x6x5x1xf32, #nhwc>
!g = tensor<1x1x1x8xf32, #nhwc>

// Sizes of one stay sizes of one; a mean over the pixels is one over m.
// CHECK-LABEL: kern.func @gate
// CHECK-SAME: tensor<30x8xf32, #hvn.axes<m, c>>, %{{.*}}: tensor<30x1xf32, #hvn.axes<m, c>>) -> tensor<1x8xf32, #hvn.axes<m, c>>
// CHECK: hvn.mean %{{.*}} over <m> keepdim true : (tensor<30x8xf32, #hvn.axes<m, c>>) -> tensor<1x8xf32, #hvn.axes<m, c>>
kern.func @gate(%x: !x, %s: !s) -> !g {
  %0 = hvn.mul %x, %s : (!x, !s) -> !x
  %1 = hvn.mean %0 over <h, w> keepdim true : (!x) -> !g
  kern.return %1 : !g
}

// -----

#nhwc = #hvn.axes<n, h, w, c>
!x = tensor<2x6x5x8xf32, #nhwc>

// A value per image: the batch stays.
// CHECK-LABEL: kern.func @batch
// CHECK-SAME: tensor<2x30x8xf32, #hvn.axes<n, m, c>>, %{{.*}}: tensor<2x1x8xf32, #hvn.axes<n, m, c>>)
kern.func @batch(%x: !x, %s: tensor<2x1x1x8xf32, #nhwc>) -> !x {
  %0 = hvn.mul %x, %s : (!x, tensor<2x1x1x8xf32, #nhwc>) -> !x
  kern.return %0 : !x
}

// CHECK-LABEL: kern.func @batch_together
// CHECK-SAME: tensor<60x8xf32, #hvn.axes<m, c>>)
kern.func @batch_together(%x: !x) -> !x {
  %0 = hvn.relu %x : !x
  kern.return %0 : !x
}

// CHECK-LABEL: kern.func @mean_of_a_batch
// CHECK: hvn.mean %{{.*}} over <m> : (tensor<2x30x8xf32, #hvn.axes<n, m, c>>) -> tensor<2x8xf32, #hvn.axes<n, c>>
kern.func @mean_of_a_batch(%x: !x) -> tensor<2x8xf32, #hvn.axes<n, c>> {
  %0 = hvn.mean %x over <h, w> : (!x) -> tensor<2x8xf32, #hvn.axes<n, c>>
  kern.return %0 : tensor<2x8xf32, #hvn.axes<n, c>>
}

// -----

#nhwc = #hvn.axes<n, h, w, c>
#oiyx = #hvn.axes<o, i, y, x>
!x = tensor<1x6x5x8xf32, #nhwc>

// These see rows and columns.
// CHECK-LABEL: kern.func @conv
// CHECK-SAME: tensor<1x6x5x8xf32, #hvn.axes<n, h, w, c>>
kern.func @conv(%x: !x, %w: tensor<8x1x3x3xf32, #oiyx>) -> !x {
  %0 = hvn.conv %x, %w pad [1, 1] groups 8 : (!x, tensor<8x1x3x3xf32, #oiyx>) -> !x
  kern.return %0 : !x
}
// CHECK-LABEL: kern.func @mean_of_rows
// CHECK-SAME: tensor<1x6x5x8xf32, #hvn.axes<n, h, w, c>>
kern.func @mean_of_rows(%x: !x) -> tensor<1x6x8xf32, #hvn.axes<n, h, c>> {
  %0 = hvn.mean %x over <w> : (!x) -> tensor<1x6x8xf32, #hvn.axes<n, h, c>>
  kern.return %0 : tensor<1x6x8xf32, #hvn.axes<n, h, c>>
}
// CHECK-LABEL: kern.func @value_per_row
// CHECK-SAME: tensor<1x6x5x8xf32, #hvn.axes<n, h, w, c>>
kern.func @value_per_row(%x: !x, %r: tensor<1x6x1x1xf32, #nhwc>) -> !x {
  %0 = hvn.add %x, %r : (!x, tensor<1x6x1x1xf32, #nhwc>) -> !x
  kern.return %0 : !x
}
// CHECK-LABEL: kern.func @other_order
// CHECK-SAME: tensor<1x8x6x5xf32, #hvn.axes<n, c, h, w>>
kern.func @other_order(%x: tensor<1x8x6x5xf32, #hvn.axes<n, c, h, w>>) -> !x {
  %0 = hvn.permute %x : tensor<1x8x6x5xf32, #hvn.axes<n, c, h, w>> to !x
  kern.return %0 : !x
}
// The types would fit, but a mean over the batch of one is none over the pixels.
// CHECK-LABEL: kern.func @mean_of_one_image
// CHECK: hvn.mean %{{.*}} over <n> keepdim true : (tensor<1x30x8xf32, #hvn.axes<n, m, c>>)
kern.func @mean_of_one_image(%x: !x) -> !x {
  %0 = hvn.mean %x over <n> keepdim true : (!x) -> !x
  kern.return %0 : !x
}

// -----

#nhwc = #hvn.axes<n, h, w, c>
!q = tensor<1x6x5x8xf32, #nhwc>
!k = tensor<1x3x2x8xf32, #nhwc>

// Keys are tokens of another number: they become one axis of their own size.
// CHECK-LABEL: kern.func @attention
// CHECK-SAME: (%{{.*}}: tensor<1x30x8xf32, #hvn.axes<n, m, c>>, %{{.*}}: tensor<1x6x8xf32, #hvn.axes<n, m, c>>)
// CHECK: hvn.attention {{.*}} heads 2 {{.*}} queries <m> keys <m> {{.*}} -> tensor<1x30x8xf32, #hvn.axes<n, m, c>>
// CHECK: hvn.relu %{{.*}} : tensor<1x30x8xf32, #hvn.axes<n, m, c>>
kern.func @attention(%q: !q, %k: !k) -> !q {
  %0 = hvn.attention %q, %k, %k heads 2 scale 0.5 queries <h, w> keys <h, w> : (!q, !k, !k) -> !q
  %1 = hvn.relu %0 : !q
  kern.return %1 : !q
}

// -----

!x = tensor<1x6x5x8xf32, #hvn.axes<n, h, w, c>>

// Statistics of a pixel, or of all pixels together.
// CHECK-LABEL: kern.func @statistics
// CHECK: hvn.standardize %{{.*}} over <c> eps {{.*}} : tensor<30x8xf32, #hvn.axes<m, c>>
kern.func @statistics(%x: !x) -> !x {
  %0 = hvn.standardize %x over <c> eps 1.0e-5 : !x
  kern.return %0 : !x
}
// CHECK-LABEL: kern.func @statistics_of_all
// CHECK: hvn.l2_normalize %{{.*}} over <c, m> eps {{.*}} : tensor<{{.*}}30x8xf32
kern.func @statistics_of_all(%x: !x) -> !x {
  %0 = hvn.l2_normalize %x over <c, h, w> eps 1.0e-5 : !x
  kern.return %0 : !x
}
// CHECK-LABEL: kern.func @statistics_of_rows
// CHECK: hvn.softmax %{{.*}} over <w> : tensor<1x6x5x8xf32, #hvn.axes<n, h, w, c>>
kern.func @statistics_of_rows(%x: !x) -> !x {
  %0 = hvn.softmax %x over <w> : !x
  kern.return %0 : !x
}
