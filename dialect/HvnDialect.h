// The hvn dialect: what a network computes.
#ifndef FOVEA_DIALECT_HVNDIALECT_H
#define FOVEA_DIALECT_HVNDIALECT_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/TensorEncoding.h"

#include "dialect/HvnDialect.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialect/HvnAttributes.h.inc"

#endif
