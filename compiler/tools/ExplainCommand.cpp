#include "compiler/tools/Commands.h"
#include "compiler/tools/ToolError.h"
#include "dialect/Nearest.h"
#include "frontend/FileIO.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <fmt/core.h>

using namespace fovea;

static void print(const ErrorInfo &info) {
  llvm::outs() << fmt::format("{:<20} {}\n", info.id.str(), info.explanation.str());
}

static int explain(const std::string &id) {
  std::vector<llvm::StringRef> ids;
  for (const ErrorInfo &info : errorInfos()) {
    if (id.empty() || id == info.id)
      print(info);
    ids.push_back(info.id);
  }
  if (id.empty() || llvm::is_contained(ids, id))
    return exitSuccess;
  return reportError(
      llvm::make_error<ToolError>(exitUsageError, fmt::format("there is no error {}{}", quote(id), nearest(id, ids))));
}

void fovea::addExplainCommand(CLI::App &app, int &code) {
  auto id = std::make_shared<std::string>();
  CLI::App *command = app.add_subcommand("explain", "Says what an error means: the word in brackets at its end");
  command->add_option("ID", *id, "of the error; none for all of them")->type_name("");
  command->callback([id, &code] { code = explain(*id); });
}
