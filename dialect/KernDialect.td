// The kern dialect: what runs together, in which layout, scheduled how; then where it lives and when it runs.
#ifndef FOVEA_KERN_DIALECT
#define FOVEA_KERN_DIALECT

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"

def KernDialect : Dialect {
  let name = "kern";
  let cppNamespace = "::fovea::kern";
  let summary = "Fused kernels with schedules, and the program that calls them";
  let description = [{
    A `kern.func` is one kernel: its body is still hvn, so it can be printed, verified, and evaluated by the
    reference; its schedule attribute says how the loops are built. A `kern.program` is the network as a list of
    launches on byte offsets in one arena.
  }];
  let dependentDialects = ["::fovea::hvn::HvnDialect"];
  let useDefaultAttributePrinterParser = 1;
}

def Kern_ScheduleAttr : AttrDef<KernDialect, "Schedule"> {
  let mnemonic = "schedule";
  let summary = "a strategy and its knobs";
  let description = [{
    The strategy's name and an integer per knob. A strategy declares its knobs and their legal values
    (`kern::Strategy`); anything else is rejected.

    Example: `#kern.schedule<"gemm" {tile_m = 7, tile_n = 16, vector = 16}>`.
  }];
  let parameters = (ins StringRefParameter<"strategy">:$strategy, "::mlir::DictionaryAttr":$knobs);
  let hasCustomAssemblyFormat = 1;
  let extraClassDeclaration = [{
    /// The value of a knob that the strategy declares.
    int64_t getKnob(llvm::StringRef name) const;
    static ScheduleAttr get(mlir::MLIRContext *context, llvm::StringRef strategy,
                            llvm::ArrayRef<std::pair<llvm::StringRef, int64_t>> knobs);
  }];
}

def Kern_ExtentAttr : AttrDef<KernDialect, "Extent"> {
  let mnemonic = "extent";
  let summary = "how long an axis is at the sizes that a call chooses";
  let description = [{
    In a kernel for bounded sizes, types have the largest. An axis called `axis` that has `most` elements in a type
    has as many as `now` says, a map of one result from the numbers of steps above the least sizes.

    Example: `#kern.extent<"w" 1024 affine_map<()[s0] -> (s0 * 16 + 16)>>`.
  }];
  let parameters = (ins StringRefParameter<"name of the axis">:$axis, "int64_t":$most, "::mlir::AffineMapAttr":$now);
  let assemblyFormat = "`<` $axis $most $now `>`";
}

def Kern_SpaceAttr : I32EnumAttr<"Space", "what a buffer lies in", [
    I32EnumAttrCase<"Input", 0, "input">, I32EnumAttrCase<"Output", 1, "output">,
    I32EnumAttrCase<"Weights", 2, "weights">, I32EnumAttrCase<"Arena", 3, "arena">]> {
  let cppNamespace = "::fovea::kern";
}

#endif
