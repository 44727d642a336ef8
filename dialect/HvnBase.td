// What the hvn ops share.
#ifndef FOVEA_HVN_BASE
#define FOVEA_HVN_BASE

include "dialect/HvnDialect.td"
include "dialect/HvnInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Hvn_Tensor : Type<CPred<"::fovea::hvn::isAxisTensor($_self)">, "static tensor of f32, bf16 or f16 on named axes",
                      "::mlir::RankedTensorType">;

def Hvn_Image : Type<CPred<"::fovea::hvn::isImage($_self)">, "u8 tensor on the axes h, w, c, three of c",
                     "::mlir::RankedTensorType">;

/// How an image becomes a tensor; see hvn.from_image.
defvar imageArguments = (ins DenseI64ArrayAttr:$size, DenseI64ArrayAttr:$resize, StrAttr:$filter,
                         DenseF64ArrayAttr:$mean, DenseF64ArrayAttr:$std, StrAttr:$order);

class Hvn_Op<string mnemonic, list<Trait> traits = []>
    : Op<HvnDialect, mnemonic, !listconcat([Pure], traits)>;

/// An op whose result type follows from its operands and attributes.
class Hvn_InferredOp<string mnemonic, list<Trait> traits = []>
    : Hvn_Op<mnemonic, !listconcat([InferTypeOpAdaptor,
                                    DeclareOpInterfaceMethods<ReferenceInterface>], traits)>;

/// For an op that has a `magnitude` of its own.
defvar declareMagnitude = [{
    ::llvm::SmallVector<::fovea::hvn::Tensor> magnitude(::llvm::ArrayRef<const ::fovea::hvn::Tensor *> operands);
}];

#endif
