// The ops of the hvn dialect and what they say about themselves.
#ifndef FOVEA_DIALECT_HVNOPS_H
#define FOVEA_DIALECT_HVNOPS_H

#include "dialect/Axes.h"
#include "dialect/HvnDialect.h"
#include "dialect/Layer.h"
#include "dialect/Reference.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace fovea::hvn {

/// Marks elementwise ops: result element i depends on the operands' elements i only.
template <typename ConcreteType> class Pointwise : public mlir::OpTrait::TraitBase<ConcreteType, Pointwise> {};

/// Marks elementwise ops that cost less than a load and a store.
template <typename ConcreteType> class Cheap : public mlir::OpTrait::TraitBase<ConcreteType, Cheap> {};

/// Marks ops that kernels are built around: a result element depends on many operand elements.
template <typename ConcreteType> class Anchor : public mlir::OpTrait::TraitBase<ConcreteType, Anchor> {};

/// Marks ops that only move data: each result element is an operand's element, or zero.
template <typename ConcreteType> class Movement : public mlir::OpTrait::TraitBase<ConcreteType, Movement> {};

/// The order in memory in which a kernel reads a weight.
enum class Packing {
  None,       ///< as it is
  Panels,     ///< kern.pack: panels of output channels, innermost
  FirstLast,  ///< the first axis innermost: `o, i, y, x` becomes `i, y, x, o`
  SecondLast, ///< the first two axes innermost: `i, o, y, x` becomes `y, x, i, o`
};

} // namespace fovea::hvn

#include "dialect/HvnInterfaces.h.inc"

#define GET_OP_CLASSES
#include "dialect/HvnOps.h.inc"

#endif
