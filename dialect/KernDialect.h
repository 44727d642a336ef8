// The kern dialect: kernels with schedules, and the program that calls them.
#ifndef FOVEA_DIALECT_KERNDIALECT_H
#define FOVEA_DIALECT_KERNDIALECT_H

#include "dialect/HvnDialect.h"
#include "dialect/Strategy.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Dialect.h"

#include "dialect/KernDialect.h.inc"
#include "dialect/KernEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialect/KernAttributes.h.inc"

#endif
