#include "compiler/host/Codegen.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "runtime/abi.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"

using namespace fovea;

template <typename... Parts> static llvm::Error failure(const Parts &...parts) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), (llvm::Twine() + ... + llvm::Twine(parts)));
}

static llvm::Expected<std::unique_ptr<llvm::TargetMachine>> makeMachine(const CodegenTarget &target) {
  static const bool initialized = [] {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
    llvm::InitializeAllAsmParsers();
    return true;
  }();
  (void)initialized;
  std::string error;
  llvm::Triple triple(target.triple);
  const llvm::Target *backend = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!backend)
    return failure("this LLVM cannot compile for ", target.triple, ": ", error);
  return std::unique_ptr<llvm::TargetMachine>(
      backend->createTargetMachine(triple, target.cpu, /*Features=*/"", llvm::TargetOptions(), llvm::Reloc::PIC_,
                                   std::nullopt, llvm::CodeGenOptLevel::Default));
}

static void optimize(llvm::Module &module, llvm::TargetMachine &machine) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager graphs;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder passes(&machine);
  passes.registerModuleAnalyses(modules);
  passes.registerCGSCCAnalyses(graphs);
  passes.registerFunctionAnalyses(functions);
  passes.registerLoopAnalyses(loops);
  passes.crossRegisterProxies(loops, functions, graphs, modules);
  passes.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2).run(module, modules);
}

static llvm::Expected<ObjectBytes> emitObject(llvm::Module &module, llvm::TargetMachine &machine) {
  module.setTargetTriple(machine.getTargetTriple());
  module.setDataLayout(machine.createDataLayout());
  module.setPICLevel(llvm::PICLevel::BigPIC);
  optimize(module, machine);
  ObjectBytes object;
  llvm::raw_svector_ostream stream(object);
  llvm::legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, /*DwoOut=*/nullptr, llvm::CodeGenFileType::ObjectFile))
    return failure("this LLVM cannot write objects for ", machine.getTargetTriple().str());
  passes.run(module);
  return object;
}

llvm::Expected<ObjectBytes> fovea::compileToObject(mlir::ModuleOp module, const CodegenTarget &target) {
  auto machine = makeMachine(target);
  if (!machine)
    return machine.takeError();
  mlir::registerBuiltinDialectTranslation(*module.getContext());
  mlir::registerLLVMDialectTranslation(*module.getContext());
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> translated = mlir::translateModuleToLLVMIR(module, context, "fovea");
  if (!translated)
    return failure("the host program cannot be translated to LLVM IR");
  return emitObject(*translated, **machine);
}

/// A string literal of the assembler; octal escapes carry any byte.
static std::string assemblerString(llvm::StringRef text) {
  std::string literal = "\"";
  for (unsigned char byte : text) {
    if (llvm::isAlnum(byte) || llvm::StringRef("/._-+ ").contains(byte)) {
      literal += byte;
      continue;
    }
    literal += {'\\', char('0' + (byte >> 6)), char('0' + (byte >> 3 & 7)), char('0' + (byte & 7))};
  }
  return literal + '"';
}

llvm::Expected<ObjectBytes> fovea::embedFile(llvm::StringRef file, llvm::StringRef symbol,
                                             const CodegenTarget &target) {
  auto machine = makeMachine(target);
  if (!machine)
    return machine.takeError();
  llvm::LLVMContext context;
  llvm::Module module("fovea", context);
  // By the assembler, which copies the file: a constant of the IR would go through the whole code generator.
  module.setModuleInlineAsm((".section .rodata." + symbol + ",\"a\",@progbits\n.balign " +
                             llvm::Twine(FOVEA_ALIGNMENT) + "\n.globl " + symbol + "\n.hidden " + symbol + "\n.type " +
                             symbol + ",@object\n" + symbol + ":\n.incbin " + assemblerString(file) + "\n.size " +
                             symbol + ", .-" + symbol + "\n")
                                .str());
  return emitObject(module, **machine);
}
