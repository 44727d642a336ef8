// Weights are fetched ahead to the level-2 cache, where they stay for all tiles of pixels; nothing is fetched past it.
// RUN: fovea-opt %s --assign-schedules=target=x86-64-avx512-zen4 -o %t.avx512.mlir
// RUN: FileCheck %s < %t.avx512.mlir --check-prefix=DISTANCE
// RUN: fovea compile %t.avx512.mlir --emit=asm --target x86-64-avx512-zen4 -o %t.avx512.s
// RUN: FileCheck %s < %t.avx512.s --check-prefixes=X86,AVX512 --implicit-check-not=prefetchnta
// RUN: fovea-opt %s --assign-schedules=target=x86-64-avx2 -o %t.avx2.mlir
// RUN: fovea compile %t.avx2.mlir --emit=asm --target x86-64-avx2 -o %t.avx2.s
// RUN: FileCheck %s < %t.avx2.s --check-prefix=X86 --implicit-check-not=prefetchnta
// RUN: fovea-opt %s --assign-schedules=target=arm-64 -o %t.arm.mlir
// RUN: fovea compile %t.arm.mlir --emit=asm --target arm-64 -o %t.arm.s
// RUN: FileCheck %s < %t.arm.s --check-prefix=ARM --implicit-check-not=strm

#mc = #hvn.axes<m, c>
#c = #hvn.axes<c>
#oi = #hvn.axes<o, i>
#pl = #hvn.axes<p, l>
#pil = #hvn.axes<p, i, l>
#pilb = #hvn.axes<p, i, l, b>

// Which layers have it: those whose panels of weights are read once, for all pixels, of which there is more than one.
// DISTANCE: @few({{.*}} prefetch = 192,
// DISTANCE: @pairs({{.*}} prefetch = 192,
// DISTANCE: @many({{.*}} prefetch = 0,
// DISTANCE: @one({{.*}} prefetch = 0,

// In the sum's loop: the products come after the fetch, without a jump in between.
// X86-LABEL: {{^}}few_par_for{{.*}}_task:
// X86: prefetcht1
// X86-NOT: {{^[[:space:]]j}}
// X86: vfmadd
// ARM-LABEL: {{^}}few_par_for{{.*}}_task:
// ARM: prfm pldl2keep
// ARM-NOT: {{^[[:space:]](b|prfm)}}
// ARM: fmla
kern.func @few(%x: tensor<49x880xf32, #mc>, %w: tensor<14x880x16xf32, #pil>, %b: tensor<14x16xf32, #pl>) -> tensor<49x220xf32, #mc> {
  %u = kern.unpack %w panel 16 : tensor<14x880x16xf32, #pil> to tensor<220x880xf32, #oi>
  %ub = kern.unpack %b panel 16 : tensor<14x16xf32, #pl> to tensor<220xf32, #c>
  %y = hvn.linear %x, %u, %ub : (tensor<49x880xf32, #mc>, tensor<220x880xf32, #oi>, tensor<220xf32, #c>) -> tensor<49x220xf32, #mc>
  kern.return %y : tensor<49x220xf32, #mc>
}

// Two panels, 440 lines apart.
// X86-LABEL: {{^}}pairs_par_for{{.*}}_task:
// X86: prefetcht1 [[#AHEAD:]](
// AVX512-NEXT: prefetcht1 [[#AHEAD+28160]](
// X86-NOT: {{^[[:space:]]j}}
// X86: {{vdpbf16ps|vfmadd}}
// ARM-LABEL: {{^}}pairs_par_for{{.*}}_task:
// ARM: prfm pldl2keep
kern.func @pairs(%x: tensor<196x880xbf16, #mc>, %w: tensor<14x440x16x2xbf16, #pilb>, %b: tensor<14x16xf32, #pl>) -> tensor<196x220xf32, #mc> {
  %xw = hvn.cast %x : tensor<196x880xbf16, #mc> to tensor<196x880xf32, #mc>
  %u = kern.unpack %w panel 16 : tensor<14x440x16x2xbf16, #pilb> to tensor<220x880xbf16, #oi>
  %uw = hvn.cast %u : tensor<220x880xbf16, #oi> to tensor<220x880xf32, #oi>
  %ub = kern.unpack %b panel 16 : tensor<14x16xf32, #pl> to tensor<220xf32, #c>
  %y = hvn.linear %xw, %uw, %ub : (tensor<196x880xf32, #mc>, tensor<220x880xf32, #oi>, tensor<220xf32, #c>) -> tensor<196x220xf32, #mc>
  kern.return %y : tensor<196x220xf32, #mc>
}

// X86-LABEL: {{^}}many
// X86-NOT: prefetch
// ARM-LABEL: {{^}}many
// ARM-NOT: prfm
kern.func @many(%x: tensor<784x64xf32, #mc>, %w: tensor<4x64x16xf32, #pil>) -> tensor<784x64xf32, #mc> {
  %u = kern.unpack %w panel 16 : tensor<4x64x16xf32, #pil> to tensor<64x64xf32, #oi>
  %y = hvn.linear %x, %u : (tensor<784x64xf32, #mc>, tensor<64x64xf32, #oi>) -> tensor<784x64xf32, #mc>
  kern.return %y : tensor<784x64xf32, #mc>
}

kern.func @one(%x: tensor<1x880xf32, #mc>, %w: tensor<14x880x16xf32, #pil>) -> tensor<1x224xf32, #mc> {
  %u = kern.unpack %w panel 16 : tensor<14x880x16xf32, #pil> to tensor<224x880xf32, #oi>
  %y = hvn.linear %x, %u : (tensor<1x880xf32, #mc>, tensor<224x880xf32, #oi>) -> tensor<1x224xf32, #mc>
  kern.return %y : tensor<1x224xf32, #mc>
}
