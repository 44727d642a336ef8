#include "compiler/tools/RunPython.h"
#include "compiler/tools/ToolError.h"
#include "frontend/FileIO.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include <cstdlib>

using namespace fovea;

/// Runs the module that its second argument names, of the package that the first one leads to. What the current folder
/// holds is not looked at.
static constexpr const char *entry = "import importlib, sys; sys.path[0] = sys.argv.pop(1); "
                                     "sys.exit(importlib.import_module(sys.argv.pop(1)).main())";

static llvm::Expected<std::string> findPython(llvm::StringRef command) {
  const char *wanted = std::getenv("FOVEA_PYTHON");
  std::string name = wanted && *wanted ? wanted : "python3";
  llvm::ErrorOr<std::string> path = llvm::sys::findProgramByName(name);
  if (!path)
    return llvm::createStringError(
        path.getError(), withId(ErrorId::Python, quote(command) + " needs Python: there is no " + quote(name) +
                                                     "; install Debian's python3, or set FOVEA_PYTHON"));
  return *path;
}

/// The folder that holds the Python package `fovea`: in an installation the program is in it, as fovea/bin/fovea, in a
/// build folder it is beside the folder of the program.
static llvm::Expected<std::string> findPackage(llvm::StringRef command) {
  std::string program = thisProgram();
  for (llvm::StringRef place : {"../..", "../lib/fovea/python"}) {
    llvm::SmallString<256> folder(llvm::sys::path::parent_path(program)), package;
    llvm::sys::path::append(folder, place);
    package = folder;
    llvm::sys::path::append(package, "fovea", "program.py");
    if (llvm::sys::fs::exists(package))
      return folder.str().str();
  }
  return llvm::createStringError(
      std::make_error_code(std::errc::no_such_file_or_directory),
      withId(ErrorId::Python, quote(command) + " needs the Python package fovea, which is not beside " +
                                  quote(program) + "; run it where 'pip install' or the build has put it"));
}

std::string fovea::thisProgram() {
  static int anchor = 0;
  return llvm::sys::fs::getMainExecutable("fovea", &anchor);
}

int fovea::runPython(llvm::StringRef command, llvm::StringRef module, llvm::ArrayRef<llvm::StringRef> arguments) {
  llvm::Expected<std::string> python = findPython(command);
  if (!python)
    return reportError(python.takeError());
  llvm::Expected<std::string> folder = findPackage(command);
  if (!folder)
    return reportError(folder.takeError());
  std::vector<llvm::StringRef> words{*python, "-B", "-c", entry, *folder, module};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::string problem;
  int code = llvm::sys::ExecuteAndWait(*python, words, /*Env=*/std::nullopt, /*Redirects=*/{}, /*SecondsToWait=*/0,
                                       /*MemoryLimit=*/0, &problem);
  if (code >= 0)
    return code;
  return reportError(llvm::createStringError(std::make_error_code(std::errc::io_error),
                                             withId(ErrorId::Python, "cannot run " + quote(*python) + ": " + problem)));
}
