// All ops of the hvn dialect, a file per family.
#ifndef FOVEA_HVN_OPS
#define FOVEA_HVN_OPS

include "dialect/HvnAttention.td"
include "dialect/HvnAxes.td"
include "dialect/HvnBase.td"
include "dialect/HvnContract.td"
include "dialect/HvnConvolution.td"
include "dialect/HvnImage.td"
include "dialect/HvnMovement.td"
include "dialect/HvnNormalization.td"
include "dialect/HvnParameter.td"
include "dialect/HvnPointwise.td"
include "dialect/HvnPooling.td"
include "dialect/HvnReduction.td"
include "dialect/HvnResample.td"
include "dialect/HvnShape.td"

#endif
