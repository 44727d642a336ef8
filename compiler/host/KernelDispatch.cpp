#include "compiler/host/KernelDispatch.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;
using namespace fovea;

void fovea::dispatchKernels(ModuleOp module, ArrayRef<std::string> kernels, llvm::StringRef symbol) {
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  Location location = module.getLoc();
  Type pointer = LLVM::LLVMPointerType::get(module.getContext()), i32 = builder.getI32Type();
  auto variable = LLVM::GlobalOp::create(builder, location, pointer, /*isConstant=*/false, LLVM::Linkage::External,
                                         symbol, Attribute());
  builder.createBlock(&variable.getInitializerRegion());
  LLVM::ReturnOp::create(builder, location, LLVM::ZeroOp::create(builder, location, pointer));

  for (auto [number, name] : llvm::enumerate(kernels)) {
    auto kernel = module.lookupSymbol<LLVM::LLVMFuncOp>(name);
    Block *entry = kernel.addEntryBlock(builder);
    builder.setInsertionPointToStart(entry);
    auto integer = [&](int64_t value) -> Value {
      return LLVM::ConstantOp::create(builder, location, i32, builder.getI32IntegerAttr(int32_t(value)));
    };
    Value worker = LLVM::AllocaOp::create(builder, location, pointer, pointer, integer(1));
    LLVM::StoreOp::create(builder, location, entry->getArgument(0), worker);
    Value arguments = LLVM::AllocaOp::create(builder, location, pointer, pointer, integer(entry->getNumArguments()));
    for (auto [at, value] : llvm::enumerate(entry->getArguments()))
      LLVM::StoreOp::create(builder, location, at == 0 ? worker : Value(value),
                            LLVM::GEPOp::create(builder, location, pointer, pointer, arguments, LLVM::GEPArg(at)));
    Value dispatch =
        LLVM::LoadOp::create(builder, location, pointer, LLVM::AddressOfOp::create(builder, location, pointer, symbol));
    auto type = LLVM::LLVMFunctionType::get(i32, {i32, pointer});
    auto call =
        LLVM::CallOp::create(builder, location, type, ValueRange{dispatch, integer(int64_t(number)), arguments});
    LLVM::ReturnOp::create(builder, location, call.getResults());
  }
}
