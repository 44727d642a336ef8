#include "compiler/host/Link.h"
#include "frontend/FileIO.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ObjCopy/CommonConfig.h"
#include "llvm/ObjCopy/ConfigManager.h"
#include "llvm/ObjCopy/ObjCopy.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include <link.h>

using namespace fovea;

char LinkError::ID = 0;

template <typename... Parts> static llvm::Error failure(const Parts &...parts) {
  std::string text = (llvm::Twine("linking failed: ") + ... + llvm::Twine(parts)).str();
  bool noSpace = llvm::StringRef(text).contains_insensitive("no space left") ||
                 llvm::StringRef(text).contains_insensitive("cannot allocate memory");
  return llvm::make_error<LinkError>(noSpace ? LinkError::NoSpace : LinkError::Failed, std::move(text));
}

static std::string inFolder(const LinkJob &job, const llvm::Twine &file) {
  llvm::SmallString<256> path(job.folder);
  llvm::sys::path::append(path, file);
  return path.str().str();
}

llvm::Expected<std::string> fovea::findLinker(llvm::StringRef wanted) {
  if (!wanted.empty()) {
    llvm::ErrorOr<std::string> found = llvm::sys::findProgramByName(wanted);
    // What has a slash in it is returned as it is.
    std::error_code code = found ? llvm::sys::fs::access(*found, llvm::sys::fs::AccessMode::Execute) : found.getError();
    if (code)
      return llvm::make_error<LinkError>(LinkError::NoLinker,
                                         "there is no linker " + quote(wanted) + ": " + code.message());
    return *found;
  }
  for (llvm::StringRef candidate : {"/usr/lib/llvm-22/bin/ld.lld", "ld.lld-22", "ld.lld"})
    if (llvm::ErrorOr<std::string> found = llvm::sys::findProgramByName(candidate))
      return *found;
  return llvm::make_error<LinkError>(LinkError::NoLinker,
                                     "found no linker: expected ld.lld of LLVM in $PATH (Debian's package lld-22), or "
                                     "the path of one with --linker");
}

std::vector<std::string> fovea::exportedSymbols(llvm::StringRef name, bool shaped, bool bounded) {
  std::vector<std::string> symbols;
  if (bounded)
    symbols.push_back((name + "_output_shapes").str());
  for (llvm::StringRef suffix :
       {"create", "describe", "destroy", "last_error", "profile", shaped || bounded ? "run_shaped" : "run"})
    symbols.push_back((name + "_" + suffix).str());
  return symbols;
}

/// Where Debian keeps the C library of another architecture.
static std::string crossFolder(const llvm::Triple &triple) {
  return ("/usr/" + triple.getArchName() + "-linux-gnu/lib").str();
}

/// The C library's files. For this machine as the loader found them for this program: the same ones that a program
/// would link with.
static llvm::Expected<std::vector<std::string>> systemLibraries(const llvm::Triple &triple) {
  std::vector<std::string> libraries;
  if (triple.getArch() != llvm::Triple(llvm::sys::getProcessTriple()).getArch()) {
    for (llvm::StringRef file : {"libc.so.6", "ld-linux-aarch64.so.1"}) {
      std::string path = crossFolder(triple) + "/" + file.str();
      if (!llvm::sys::fs::exists(path))
        return llvm::make_error<LinkError>(LinkError::NoLinker, "linking for " + triple.getArchName().str() +
                                                                    " needs its C library, but there is no " +
                                                                    quote(path) +
                                                                    " (Debian's package libc6-arm64-cross)");
      libraries.push_back(path);
    }
    return libraries;
  }
  auto visit = [](dl_phdr_info *info, size_t, void *list) {
    llvm::StringRef file = llvm::sys::path::filename(info->dlpi_name);
    for (llvm::StringRef wanted : {"libc.so.", "libm.so.", "libpthread.so.", "ld-linux"})
      if (file.starts_with(wanted))
        static_cast<std::vector<std::string> *>(list)->push_back(info->dlpi_name);
    return 0;
  };
  dl_iterate_phdr(visit, &libraries);
  llvm::sort(libraries);
  return libraries;
}

/// Runs the linker, which has to make `output`; what it prints becomes the end of the message.
static llvm::Error runLinker(const LinkJob &job, llvm::StringRef output, std::vector<std::string> arguments) {
  std::string log = inFolder(job, "linker.log");
  arguments.insert(arguments.begin(), "ld.lld");
  std::vector<llvm::StringRef> argv(arguments.begin(), arguments.end());
  std::string problem;
  int code = llvm::sys::ExecuteAndWait(job.linker, argv, /*Env=*/std::nullopt, {llvm::StringRef(""), log, log},
                                       /*SecondsToWait=*/0, /*MemoryLimit=*/0, &problem);
  std::string text;
  if (auto buffer = llvm::MemoryBuffer::getFile(log))
    text = (*buffer)->getBuffer().rtrim().str();
  llvm::sys::fs::remove(log);
  if (code == 0 && llvm::sys::fs::exists(output))
    return llvm::Error::success();
  if (code == 0)
    return failure(job.linker, " made no file; expected it to be LLVM's linker, ld.lld", text.empty() ? "" : ": ",
                   text);
  if (!problem.empty())
    text = problem;
  return failure(job.linker, " ", code < 0 ? "could not be run" : "returned " + std::to_string(code),
                 text.empty() ? "" : ": ", text);
}

llvm::Error fovea::linkShared(const LinkJob &job) {
  llvm::Expected<std::vector<std::string>> libraries = systemLibraries(llvm::Triple(job.triple));
  if (!libraries)
    return libraries.takeError();
  std::string script = inFolder(job, "exports.txt");
  std::vector<std::string> exports =
      job.exports.empty() ? exportedSymbols(job.name, job.shaped, job.bounded) : job.exports;
  if (llvm::Error error = writeFile(script, [&](llvm::raw_ostream &stream) {
        stream << "{ global: " << llvm::join(exports, "; ") << "; local: *; };\n";
      }))
    return error;
  std::string file = "lib" + job.name + ".so", output = inFolder(job, file);
  std::vector<std::string> arguments{"-shared",
                                     "-soname=" + file,
                                     "--version-script=" + script,
                                     "--gc-sections",
                                     "--build-id=none",
                                     "--no-undefined",
                                     "--hash-style=gnu",
                                     "-O2",
                                     "--strip-all",
                                     "-znow",
                                     "-zrelro",
                                     "-znoexecstack",
                                     "-zseparate-code",
                                     "-o",
                                     output};
  llvm::append_range(arguments, job.objects);
  arguments.push_back("--as-needed");
  llvm::append_range(arguments, *libraries);
  llvm::Error error = runLinker(job, output, std::move(arguments));
  llvm::sys::fs::remove(script);
  return error;
}

/// Makes every symbol but `exported` local.
static llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> localize(llvm::StringRef path,
                                                                    llvm::ArrayRef<std::string> exported) {
  auto input = llvm::object::ObjectFile::createObjectFile(path);
  if (!input)
    return input.takeError();
  llvm::objcopy::ConfigManager config;
  config.Common.InputFilename = path;
  config.Common.DiscardMode = llvm::objcopy::DiscardType::All;
  for (llvm::StringRef symbol : exported) {
    auto pattern = llvm::objcopy::NameOrPattern::create(symbol, llvm::objcopy::MatchStyle::Literal,
                                                        [](llvm::Error error) { return error; });
    if (!pattern)
      return pattern.takeError();
    if (llvm::Error error = config.Common.SymbolsToKeepGlobal.addMatcher(std::move(pattern)))
      return error;
  }
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  if (llvm::Error error = llvm::objcopy::executeObjcopyOnBinary(config, *input->getBinary(), stream))
    return error;
  return llvm::MemoryBuffer::getMemBufferCopy(llvm::StringRef(bytes.data(), bytes.size()));
}

llvm::Error fovea::linkStatic(const LinkJob &job) {
  std::string object = inFolder(job, job.name + ".o");
  std::vector<std::string> arguments{"-r", "--discard-all", "-o", object};
  llvm::append_range(arguments, job.objects);
  if (llvm::Error error = runLinker(job, object, std::move(arguments)))
    return error;
  auto local = localize(object, exportedSymbols(job.name, job.shaped, job.bounded));
  llvm::sys::fs::remove(object);
  if (!local)
    return failure(llvm::toString(local.takeError()));
  std::string member = job.name + ".o";
  llvm::NewArchiveMember archived((*local)->getMemBufferRef());
  archived.MemberName = member;
  std::vector<llvm::NewArchiveMember> members;
  members.push_back(std::move(archived));
  if (llvm::Error error = llvm::writeArchive(inFolder(job, "lib" + job.name + ".a"), members,
                                             llvm::SymtabWritingMode::NormalSymtab, llvm::object::Archive::K_GNU,
                                             /*Deterministic=*/true, /*Thin=*/false))
    return failure(llvm::toString(std::move(error)));
  return llvm::Error::success();
}
