// The ops of the kern dialect.
#ifndef FOVEA_DIALECT_KERNOPS_H
#define FOVEA_DIALECT_KERNOPS_H

#include "dialect/HvnOps.h"
#include "dialect/KernDialect.h"
#include "mlir/Interfaces/CallInterfaces.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

#define GET_OP_CLASSES
#include "dialect/KernOps.h.inc"

#endif
