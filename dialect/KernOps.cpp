#include "dialect/KernOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/FunctionImplementation.h"

using namespace mlir;
using namespace fovea;
using namespace fovea::kern;

#define GET_OP_CLASSES
#include "dialect/KernOps.cpp.inc"

//===----------------------------------------------------------------------===//
// func, return, call
//===----------------------------------------------------------------------===//

ParseResult FuncOp::parse(OpAsmParser &parser, OperationState &result) {
  auto buildType = [](Builder &builder, ArrayRef<Type> inputs, ArrayRef<Type> results,
                      function_interface_impl::VariadicFlag,
                      std::string &) { return builder.getFunctionType(inputs, results); };
  return function_interface_impl::parseFunctionOp(parser, result, /*allowVariadic=*/false,
                                                  getFunctionTypeAttrName(result.name), buildType,
                                                  getArgAttrsAttrName(result.name), getResAttrsAttrName(result.name));
}

void FuncOp::print(OpAsmPrinter &printer) {
  function_interface_impl::printFunctionOp(printer, *this, /*isVariadic=*/false, getFunctionTypeAttrName(),
                                           getArgAttrsAttrName(), getResAttrsAttrName());
}

LogicalResult FuncOp::verify() {
  for (Type type : llvm::concat<const Type>(getArgumentTypes(), getResultTypes()))
    if (!hvn::isAxisTensor(type))
      return emitOpError() << "takes and gives static tensors of f32, bf16 or f16 on named axes, found " << type;
  if (ScheduleAttr schedule = getScheduleAttr())
    return verifySchedule(schedule, [&](StringRef) { return emitOpError(); });
  return success();
}

double FuncOp::getFlops() {
  double flops = 0;
  walk([&](hvn::WorkInterface op) { flops += op.getFlops(); });
  return flops;
}

int64_t FuncOp::getBytes() {
  int64_t bytes = 0;
  for (Type type : llvm::concat<const Type>(getArgumentTypes(), getResultTypes()))
    bytes += hvn::byteSize(type);
  return bytes;
}

LogicalResult ReturnOp::verify() {
  auto kernel = cast<FuncOp>((*this)->getParentOp());
  if (TypeRange(getResults().getTypes()) == TypeRange(kernel.getResultTypes()))
    return success();
  InFlightDiagnostic error = emitOpError() << "gives " << getResults().getTypes() << ", but the kernel has "
                                           << kernel.getResultTypes();
  error.attachNote(kernel.getLoc()) << "kernel '" << kernel.getSymName() << "' is declared here";
  return error;
}

/// Checks that `callee` names a kernel with these argument and result shapes.
template <typename Get>
static LogicalResult verifyCallee(Operation *op, FlatSymbolRefAttr callee, SymbolTableCollection &symbols,
                                  Get matches) {
  auto kernel = symbols.lookupNearestSymbolFrom<FuncOp>(op, callee);
  if (!kernel)
    return op->emitOpError() << "calls '" << callee.getValue() << "', which is not a kernel";
  if (matches(kernel))
    return success();
  InFlightDiagnostic error = op->emitOpError() << "does not match the signature " << kernel.getFunctionType();
  error.attachNote(kernel.getLoc()) << "kernel '" << kernel.getSymName() << "' is declared here";
  return error;
}

LogicalResult CallOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return verifyCallee(*this, getCalleeAttr(), symbols, [&](FuncOp kernel) {
    return TypeRange(getOperandTypes()) == TypeRange(kernel.getArgumentTypes()) &&
           TypeRange(getResultTypes()) == TypeRange(kernel.getResultTypes());
  });
}

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto sameShapes = [](TypeRange buffers, TypeRange tensors) {
    return buffers.size() == tensors.size() && llvm::all_of(llvm::zip(buffers, tensors), [](auto pair) {
             auto buffer = cast<ShapedType>(std::get<0>(pair)), tensor = cast<ShapedType>(std::get<1>(pair));
             return buffer.getShape() == tensor.getShape() && buffer.getElementType() == tensor.getElementType();
           });
  };
  return verifyCallee(*this, getCalleeAttr(), symbols, [&](FuncOp kernel) {
    return sameShapes(getInputs().getTypes(), kernel.getArgumentTypes()) &&
           sameShapes(getOutputs().getTypes(), kernel.getResultTypes());
  });
}

//===----------------------------------------------------------------------===//
// pack and unpack
//===----------------------------------------------------------------------===//

int64_t PackOp::inputsTogether(RankedTensorType type) {
  return type.getElementType().isBF16() && type.getRank() > 1 ? 2 : 1;
}

RankedTensorType PackOp::packedType(RankedTensorType type, int64_t panel) {
  SmallVector<StringRef> axes{"p"};
  SmallVector<int64_t> shape{llvm::divideCeilSigned(type.getDimSize(0), panel)};
  auto names = hvn::getAxes(type).getNames();
  // The taps outside, the input channels next to the lanes: a kernel reads its input along the channels.
  for (size_t axis = 2; axis < names.size(); ++axis) {
    axes.push_back(names[axis]);
    shape.push_back(type.getDimSize(axis));
  }
  if (names.size() > 1) {
    axes.push_back(names[1]);
    shape.push_back(llvm::divideCeilSigned(type.getDimSize(1), inputsTogether(type)));
  }
  axes.push_back("l");
  shape.push_back(panel);
  if (inputsTogether(type) > 1) {
    axes.push_back("b");
    shape.push_back(inputsTogether(type));
  }
  return hvn::axisTensorLike(type, shape, axes);
}

static LogicalResult verifyPacking(Operation *op, RankedTensorType plain, RankedTensorType packed, int64_t panel) {
  if (plain.getRank() < 1)
    return op->emitOpError() << "cannot pack a scalar";
  if (RankedTensorType expected = PackOp::packedType(plain, panel); expected != packed)
    return op->emitOpError() << "expected the packed type " << expected << ", found " << packed;
  return success();
}

LogicalResult PackOp::verify() { return verifyPacking(*this, getInput().getType(), getType(), getPanel()); }
LogicalResult UnpackOp::verify() { return verifyPacking(*this, getType(), getInput().getType(), getPanel()); }

/// Visits every element of `plain`: `body(offset in plain, offset in packed)`.
static void forEachPacked(const hvn::Tensor &plain, const hvn::Tensor &packed, int64_t panel,
                          function_ref<void(int64_t, int64_t)> body) {
  int64_t perChannel = plain.data.size() / plain.type.getDimSize(0), visited = 0;
  int64_t panelStride = packed.data.size() / packed.type.getDimSize(0);
  int64_t together = PackOp::inputsTogether(plain.type), inputs = plain.size("i"), taps = perChannel / inputs;
  // Taps and input channels have the same name on both sides, so a broadcast finds them.
  hvn::forEachIndex(plain.type, {&packed}, [&](ArrayRef<int64_t> at) {
    int64_t channel = visited / perChannel, input = visited / taps % inputs;
    // The broadcast counts input channels as if each stood alone.
    int64_t place = at[0] + (input / together - input) * packed.stride("i") + input % together;
    body(visited++, channel / panel * panelStride + place + channel % panel * together);
  });
}

SmallVector<hvn::Tensor> PackOp::evaluate(ArrayRef<const hvn::Tensor *> operands) {
  hvn::Tensor packed(getType());
  forEachPacked(*operands[0], packed, getPanel(),
                [&](int64_t from, int64_t to) { packed.data[to] = operands[0]->data[from]; });
  return {std::move(packed)};
}

SmallVector<hvn::Tensor> UnpackOp::evaluate(ArrayRef<const hvn::Tensor *> operands) {
  hvn::Tensor plain(getType());
  forEachPacked(plain, *operands[0], getPanel(),
                [&](int64_t to, int64_t from) { plain.data[to] = operands[0]->data[from]; });
  return {std::move(plain)};
}
