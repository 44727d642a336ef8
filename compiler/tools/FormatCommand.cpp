#include "compiler/tools/Commands.h"
#include "compiler/tools/Network.h"
#include "compiler/tools/SourceText.h"
#include "frontend/FileIO.h"
#include "frontend/Formatter.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"

using namespace fovea;

namespace {
struct FormatRequest {
  std::vector<std::string> files;
  bool check = false;
};
} // namespace

/// The text of `path`, or of the standard input if that is "-".
static llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> readText(const std::string &path) {
  if (path != "-")
    return readFile(path);
  auto buffer = llvm::MemoryBuffer::getSTDIN();
  if (!buffer)
    return llvm::createStringError(buffer.getError(), withId(ErrorId::FileAccess, "cannot read the standard input"));
  return std::move(*buffer);
}

/// Replaces the file by `text`. A link stays one: what it leads to is replaced.
static llvm::Error replace(const std::string &path, llvm::StringRef text) {
  llvm::SmallString<256> target;
  if (llvm::sys::fs::real_path(path, target))
    target = path;
  auto permissions = llvm::sys::fs::getPermissions(target);
  if (llvm::Error error = writeFile(target, [&](llvm::raw_ostream &stream) { stream << text; }))
    return error;
  if (permissions)
    (void)llvm::sys::fs::setPermissions(target, *permissions);
  return llvm::Error::success();
}

static int formatFile(const std::string &path, bool check) {
  auto buffer = readText(path);
  if (!buffer)
    return fail(buffer.takeError());
  std::string before = (*buffer)->getBuffer().str();
  if (std::string kind = kindOfBinary(before); !kind.empty())
    return fail(fileError(ErrorId::NotANetwork, path, "expected the text of a network, found " + kind));
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  llvm::SourceMgr sources;
  mlir::SourceMgrDiagnosticHandler handler(sources, &context, llvm::errs());
  sources.setDiagHandler(printTamed);
  sources.AddNewSourceBuffer(std::move(*buffer), llvm::SMLoc());
  std::optional<std::string> after = formatNet(sources, &context);
  if (!after)
    return exitUserError;
  if (check) {
    if (*after != before)
      llvm::outs() << path << '\n';
    return *after == before ? exitSuccess : exitUserError;
  }
  if (path == "-")
    llvm::outs() << *after;
  else if (*after != before)
    return fail(replace(path, *after));
  return exitSuccess;
}

void fovea::addFormatCommand(CLI::App &app, int &code) {
  auto request = std::make_shared<FormatRequest>();
  CLI::App *command = app.add_subcommand("fmt", "Brings .net files into their canonical form");
  command->add_option("FILE", request->files, "to be rewritten; - stands for standard input and output")->required();
  command->add_flag("--check", request->check,
                    "rewrite nothing: print the files that differ, and end with 1 if any does");
  command->callback([request, &code] {
    for (const std::string &file : request->files)
      code = std::max(code, formatFile(file, request->check));
  });
}
