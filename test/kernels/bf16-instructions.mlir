// Products of bf16 are made by the instructions for them, and so are roundings; no element is moved alone.
// RUN: fovea-opt %s --assign-schedules=target=x86-64-avx512-zen4 -o %t.mlir
// RUN: fovea compile %t.mlir --emit=asm --target x86-64-avx512-zen4 -o %t.s
// RUN: FileCheck %s < %t.s --implicit-check-not=vpinsr --implicit-check-not=vpextr --implicit-check-not=vpgather

#mc = #hvn.axes<m, c>
#c = #hvn.axes<c>
#oi = #hvn.axes<o, i>
#pl = #hvn.axes<p, l>
#pilb = #hvn.axes<p, i, l, b>
#nhwc = #hvn.axes<n, h, w, c>
#oiyx = #hvn.axes<o, i, y, x>
#pyxilb = #hvn.axes<p, y, x, i, l, b>

// A tile of three vectors times seven pixels. The input is rounded here, the result for the next kernel.
// CHECK-LABEL: {{^}}rounding_par_for{{.*}}_task:
// CHECK: vcvtne{{.*}}2bf16
// CHECK-COUNT-21: vdpbf16ps
// CHECK-COUNT-21: vcvtne{{.*}}2bf16
kern.func @rounding(%x: tensor<784x56xf32, #mc>, %w: tensor<12x28x16x2xbf16, #pilb>, %b: tensor<12x16xf32, #pl>) -> tensor<784x192xbf16, #mc> {
  %xn = hvn.cast %x : tensor<784x56xf32, #mc> to tensor<784x56xbf16, #mc>
  %xw = hvn.cast %xn : tensor<784x56xbf16, #mc> to tensor<784x56xf32, #mc>
  %u = kern.unpack %w panel 16 : tensor<12x28x16x2xbf16, #pilb> to tensor<192x56xbf16, #oi>
  %uw = hvn.cast %u : tensor<192x56xbf16, #oi> to tensor<192x56xf32, #oi>
  %ub = kern.unpack %b panel 16 : tensor<12x16xf32, #pl> to tensor<192xf32, #c>
  %y = hvn.linear %xw, %uw, %ub : (tensor<784x56xf32, #mc>, tensor<192x56xf32, #oi>, tensor<192xf32, #c>) -> tensor<784x192xf32, #mc>
  %z = hvn.gelu %y : tensor<784x192xf32, #mc>
  %o = hvn.cast %z : tensor<784x192xf32, #mc> to tensor<784x192xbf16, #mc>
  kern.return %o : tensor<784x192xbf16, #mc>
}

// Half vectors: the last panel is half empty.
// CHECK-LABEL: {{^}}halves_par_for{{.*}}_task:
// CHECK-COUNT-21: vdpbf16ps
kern.func @halves(%x: tensor<784x224xbf16, #mc>, %w: tensor<4x112x16x2xbf16, #pilb>, %b: tensor<4x16xf32, #pl>, %r: tensor<784x56xf32, #mc>) -> tensor<784x56xf32, #mc> {
  %xw = hvn.cast %x : tensor<784x224xbf16, #mc> to tensor<784x224xf32, #mc>
  %u = kern.unpack %w panel 16 : tensor<4x112x16x2xbf16, #pilb> to tensor<56x224xbf16, #oi>
  %uw = hvn.cast %u : tensor<56x224xbf16, #oi> to tensor<56x224xf32, #oi>
  %ub = kern.unpack %b panel 16 : tensor<4x16xf32, #pl> to tensor<56xf32, #c>
  %y = hvn.linear %xw, %uw, %ub : (tensor<784x224xf32, #mc>, tensor<56x224xf32, #oi>, tensor<56xf32, #c>) -> tensor<784x56xf32, #mc>
  %z = hvn.add %y, %r : (tensor<784x56xf32, #mc>, tensor<784x56xf32, #mc>) -> tensor<784x56xf32, #mc>
  kern.return %z : tensor<784x56xf32, #mc>
}

// All weights of a panel for all pixels.
// CHECK-LABEL: {{^}}outside_par_for{{.*}}_task:
// CHECK-COUNT-14: vdpbf16ps
kern.func @outside(%x: tensor<49x880xbf16, #mc>, %w: tensor<14x440x16x2xbf16, #pilb>, %b: tensor<14x16xf32, #pl>) -> tensor<49x220xf32, #mc> {
  %xw = hvn.cast %x : tensor<49x880xbf16, #mc> to tensor<49x880xf32, #mc>
  %u = kern.unpack %w panel 16 : tensor<14x440x16x2xbf16, #pilb> to tensor<220x880xbf16, #oi>
  %uw = hvn.cast %u : tensor<220x880xbf16, #oi> to tensor<220x880xf32, #oi>
  %ub = kern.unpack %b panel 16 : tensor<14x16xf32, #pl> to tensor<220xf32, #c>
  %y = hvn.linear %xw, %uw, %ub : (tensor<49x880xf32, #mc>, tensor<220x880xf32, #oi>, tensor<220xf32, #c>) -> tensor<49x220xf32, #mc>
  kern.return %y : tensor<49x220xf32, #mc>
}

// CHECK-LABEL: {{^}}dense_par_for{{.*}}_task:
// CHECK-COUNT-14: vdpbf16ps
kern.func @dense(%x: tensor<1x28x28x56xf32, #nhwc>, %w: tensor<7x3x3x28x16x2xbf16, #pyxilb>) -> tensor<1x14x14x112xf32, #nhwc> {
  %xn = hvn.cast %x : tensor<1x28x28x56xf32, #nhwc> to tensor<1x28x28x56xbf16, #nhwc>
  %xw = hvn.cast %xn : tensor<1x28x28x56xbf16, #nhwc> to tensor<1x28x28x56xf32, #nhwc>
  %u = kern.unpack %w panel 16 : tensor<7x3x3x28x16x2xbf16, #pyxilb> to tensor<112x56x3x3xbf16, #oiyx>
  %uw = hvn.cast %u : tensor<112x56x3x3xbf16, #oiyx> to tensor<112x56x3x3xf32, #oiyx>
  %y = hvn.conv %xw, %uw stride [2, 2] pad [1, 1] : (tensor<1x28x28x56xf32, #nhwc>, tensor<112x56x3x3xf32, #oiyx>) -> tensor<1x14x14x112xf32, #nhwc>
  kern.return %y : tensor<1x14x14x112xf32, #nhwc>
}
