#include "compiler/tools/Network.h"
#include "compiler/halide/Families.h"
#include "compiler/host/Link.h"
#include "compiler/tools/Reproducer.h"
#include "compiler/tools/SourceText.h"
#include "dialect/Extents.h"
#include "dialect/KernOps.h"
#include "frontend/FileIO.h"
#include "frontend/Import.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/AsmState.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassInstrumentation.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <fmt/core.h>

using namespace mlir;
using namespace fovea;

int fovea::fail(llvm::Error error) {
  Progress::clear();
  auto ranOut = [](std::error_code code) {
    return code == std::errc::no_space_on_device || code == std::errc::not_enough_memory ||
           code == std::errc::too_many_files_open || code == std::errc::file_too_large;
  };
  auto ofLinker = [](const LinkError &error) {
    ExitCode code = error.getKind() == LinkError::Failed ? exitInternalError : exitNoResources;
    return llvm::make_error<ToolError>(code, error.message());
  };
  auto ofSystem = [&](std::unique_ptr<llvm::StringError> error) -> llvm::Error {
    if (!ranOut(error->convertToErrorCode()))
      return llvm::Error(std::move(error));
    return llvm::make_error<ToolError>(exitNoResources, error->message());
  };
  return reportError(llvm::handleErrors(std::move(error), ofLinker, ofSystem));
}

/// The dialects, with emitters and strategies.
static DialectRegistry makeRegistry() {
  DialectRegistry registry;
  registry.insert<hvn::HvnDialect, kern::KernDialect, func::FuncDialect, LLVM::LLVMDialect>();
  registerHalideFamilies(registry);
  return registry;
}

// Kernels are compiled in forked processes, so there must not be threads.
Network::Network(Progress &progress)
    : progress(progress), context(makeRegistry(), MLIRContext::Threading::DISABLED),
      handler(sources, &context, llvm::errs()), ids(&context), wiper(&context, [](Diagnostic &) {
        Progress::clear();
        return failure(); // not handled yet
      }) {
  context.printOpOnDiagnostic(false); // places are enough
  sources.setDiagHandler(printTamed);
}

int Network::parseParameters(const NetworkFile &file, ImportOptions &options) {
  for (llvm::StringRef parameter : file.parameters) {
    auto [name, value] = parameter.split('=');
    if (name.empty() || name.size() == parameter.size())
      return fail(
          llvm::make_error<ToolError>(exitUsageError, fmt::format("-p {}: expected name=value", quote(parameter))));
    options.parameters.emplace_back(name, value);
  }
  return exitSuccess;
}

int Network::parseSizes(const NetworkFile &file, ImportOptions &options) {
  if (file.sizes.empty())
    return exitSuccess;
  auto wrong = [&](const std::string &text) {
    return fail(llvm::make_error<ToolError>(exitUsageError, "--size " + quote(file.sizes) + ": " + text));
  };
  if (file.isPrintedModule())
    return wrong("a printed module has the sizes that it was printed with");
  SmallVector<llvm::StringRef> texts;
  llvm::StringRef(file.sizes).split(texts, ',');
  for (llvm::StringRef text : texts) {
    int64_t size;
    if (text.getAsInteger(10, size) || size <= 0)
      return wrong("expected positive integers with commas between them, found " + quote(text));
    if (llvm::is_contained(options.sizes, size))
      return wrong(fmt::format("{} is there twice", size));
    options.sizes.push_back(size);
  }
  for (const auto &[name, value] : options.parameters)
    if (name == "size")
      return wrong(fmt::format("-p size={} gives the same parameter a value", value));
  llvm::sort(options.sizes);
  return exitSuccess;
}

int Network::load(const NetworkFile &file) {
  auto buffer = readFile(file.path);
  if (!buffer)
    return fail(buffer.takeError());
  if (std::string kind = kindOfBinary({(*buffer)->getBufferStart(), (*buffer)->getBufferSize()}); !kind.empty())
    return fail(fileError(ErrorId::NotANetwork, file.path, "expected the text of a network, found " + kind));
  sources.AddNewSourceBuffer(std::move(*buffer), llvm::SMLoc());
  return exitSuccess;
}

int Network::readSchedules(llvm::StringRef path, std::shared_ptr<const ScheduleFile> &schedules) {
  auto buffer = readFile(path);
  if (!buffer)
    return fail(buffer.takeError());
  unsigned id = sources.AddNewSourceBuffer(std::move(*buffer), llvm::SMLoc());
  auto file = ScheduleFile::parse(sources.getMemoryBuffer(id)->getBuffer(), path, &context);
  if (!file)
    return exitUserError;
  schedules = std::make_shared<const ScheduleFile>(std::move(*file));
  return exitSuccess;
}

std::string Network::text() const {
  std::string text = sources.getMemoryBuffer(sources.getMainFileID())->getBuffer().str();
  for (unsigned id = sources.getMainFileID() + 1; id <= fileCount; ++id)
    text += '\0' + sources.getMemoryBuffer(id)->getBuffer().str(); // no text has this character
  return text;
}

int Network::read(const NetworkFile &file) {
  progress.phase("network");
  ImportOptions options;
  for (auto parse : {&Network::parseParameters, &Network::parseSizes})
    if (int code = (this->*parse)(file, options))
      return code;
  if (int code = load(file))
    return code;
  if (!file.isPrintedModule()) {
    module = importNet(sources, &context, options);
    fileCount = sources.getNumBuffers();
    stage = Stage::hvn;
    return module ? exitSuccess : exitUserError;
  }
  if (!file.parameters.empty())
    return fail(llvm::make_error<ToolError>(exitUsageError, "-p: a printed module has no parameters left to set"));
  module = parseSourceFile<ModuleOp>(sources, ParserConfig(&context));
  if (!module)
    return exitUserError;
  stage = stageOf(*module);
  isPrinted = true;
  return exitSuccess;
}

int Network::readFixed(const NetworkFile &file, llvm::StringRef what) {
  if (int code = read(file))
    return code;
  for (auto function : module->getOps<func::FuncOp>())
    for (const BoundedSize &size : boundedSizes(function->getAttrOfType<ArrayAttr>("hvn.bounds")))
      return fail(llvm::make_error<ToolError>(
          exitUsageError, fmt::format("{}: the size '{}' has bounds; give it a value, as in -p {}={}", what.str(),
                                      size.name, size.name, size.most)));
  return exitSuccess;
}

int Network::printAst(const NetworkFile &file, llvm::raw_ostream &stream) {
  if (int code = load(file))
    return code;
  std::optional<ast::File> tree = parseNet(sources, &context);
  if (!tree)
    return exitUserError;
  fovea::printAst(*tree, stream);
  return exitSuccess;
}

void Network::print(Operation *module, llvm::raw_ostream &stream) {
  module->print(stream, OpPrintingFlags().enableDebugInfo());
}

//===----------------------------------------------------------------------===//
// Passes
//===----------------------------------------------------------------------===//

namespace {
/// The pass that runs or has failed, and what it was given.
struct PassTrial {
  std::string name, pipeline;
  OwningOpRef<ModuleOp> before;
  bool failed = false, rejected = false;
};
} // namespace

/// Writes dumps and remembers what went wrong, and where it can be seen again.
class Network::Observer : public PassInstrumentation {
public:
  Observer(Network &network, PassTrial &trial, llvm::Error &writeError)
      : network(network), trial(trial), writeError(writeError) {}

  void runBeforePass(Pass *pass, Operation *op) override {
    // Adaptors, which have no argument, only run other passes.
    if (pass->getArgument().empty() || trial.failed)
      return;
    trial.name = pass->getArgument();
    trial.pipeline.clear();
    llvm::raw_string_ostream stream(trial.pipeline);
    bool isNested = op != network.module->getOperation();
    stream << "builtin.module(";
    if (isNested)
      stream << op->getName() << '(';
    pass->printAsTextualPipeline(stream);
    stream << (isNested ? "))" : ")");
    trial.before = network.module->clone();
  }

  void runAfterPass(Pass *pass, Operation *) override {
    if (pass->getArgument().empty() || network.dumpFolder.empty() || writeError)
      return;
    writeError = dump(network, pass->getArgument());
  }

  void runAfterPassFailed(Pass *pass, Operation *) override {
    if (pass->getArgument().empty() || trial.failed)
      return;
    trial.failed = true;
    trial.rejected = rejectsNetworks(*pass);
  }

  static llvm::Error dump(Network &network, llvm::StringRef name) {
    llvm::SmallString<256> path(network.dumpFolder);
    llvm::sys::path::append(path, fmt::format("{:02}-{}.mlir", network.dumps++, name.str()));
    return writeFile(path, [&](llvm::raw_ostream &stream) { print(*network.module, stream); });
  }

private:
  Network &network;
  PassTrial &trial;
  llvm::Error &writeError;
};

int Network::dumpTo(llvm::StringRef folder) {
  if (std::error_code error = llvm::sys::fs::create_directories(folder))
    return fail(llvm::createStringError(
        error, withId(ErrorId::FileAccess, "cannot make the folder " + folder + ": " + error.message())));
  dumpFolder = folder.str();
  return fail(Observer::dump(*this, "import"));
}

int Network::advance(Stage target, const StageOptions &options) {
  PassManager passes(&context);
  for (const StageInfo &info : stages())
    if (info.stage > stage && info.stage <= target && info.addPasses)
      info.addPasses(passes, options);
  stage = std::max(stage, target);

  PassTrial trial;
  llvm::Error writeError = llvm::Error::success();
  (void)!writeError; // checked
  passes.addInstrumentation(std::make_unique<Observer>(*this, trial, writeError));
  bool failed = false;
  llvm::CrashRecoveryContext::Enable();
  bool crashed = !llvm::CrashRecoveryContext().RunSafely([&] { failed = mlir::failed(passes.run(*module)); });
  llvm::CrashRecoveryContext::Disable(); // compilers of kernels end by their signals
  if (crashed)
    (void)module.release(); // in whatever state it is
  if (writeError)
    return fail(std::move(writeError));
  if (!failed && !crashed)
    return exitSuccess;
  bool ofSchedules = options.schedules && trial.name == "assign-schedules"; // then the user's file is wrong
  if (!crashed && (trial.rejected || isPrinted || ofSchedules))
    return exitUserError;
  if (trial.name.empty())
    return fail(llvm::make_error<ToolError>(exitInternalError, "internal error: the passes cannot run"));
  return fail(llvm::make_error<ToolError>(
      exitInternalError, fmt::format("internal error: the pass {} {}; {}", trial.name, crashed ? "crashed" : "failed",
                                     reproducePasses(*trial.before, trial.pipeline))));
}
