#include "frontend/Imports.h"
#include "frontend/Parser.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/Path.h"
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace fovea;
using namespace fovea::net;
using llvm::failed;
using llvm::failure;
using llvm::LogicalResult;
using llvm::StringRef;
using llvm::success;

namespace {

constexpr size_t maxDepth = 64, maxFiles = 1000;
constexpr size_t maxTotalSize = 16 << 20;

/// Opens `path` if that leads nowhere out of `folder`, by whatever links; else errno is set.
int openBeneath(int folder, const std::string &path, uint64_t flags) {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  auto call = [&] { return static_cast<int>(::syscall(SYS_openat2, folder, path.c_str(), &how, sizeof how)); };
  return llvm::sys::RetryAfterSignal(-1, call);
}

class Reader {
public:
  Reader(SourceFiles &sources, ast::File &main) : sources(sources), main(main), tokens(main.tokens) {}

  /// Reads the imports of `file`, whose number is `number` and whose folder is open as `folder`.
  LogicalResult read(const ast::File &file, unsigned number, int folder);
  /// Remembers which file the main one is.
  void enterMain(const struct stat &status) { known.push_back({status.st_dev, status.st_ino, 0}); }

private:
  struct Known {
    dev_t device;
    ino_t inode;
    unsigned number;
  };

  LogicalResult read(const ast::Import &import, StringRef importer, int folder);
  std::string describe(int error) const;
  LogicalResult reportCycle(const ast::Import &import, unsigned first) const;

  SourceFiles &sources;
  ast::File &main;
  unsigned tokens;
  size_t size = 0;
  std::vector<Known> known;
  std::vector<unsigned> open; ///< files whose imports are being read, the main one first
};

std::string Reader::describe(int error) const {
  switch (error) {
  case ENOENT:
  case ENOTDIR:
    return "there is no such file beneath the folder of this one";
  case EXDEV:
    return "it is not beneath the folder of this file: a link leads out";
  case ELOOP:
    return "its links lead nowhere";
  case ENOSYS:
    return "this system cannot open files beneath a folder only (openat2 of Linux 5.6)";
  default:
    return llvm::sys::StrError(error);
  }
}

LogicalResult Reader::reportCycle(const ast::Import &import, unsigned first) const {
  std::string cycle;
  for (unsigned number : llvm::make_range(llvm::find(open, first), open.end()))
    cycle += llvm::sys::path::filename(sources.name(number)).str() + " -> ";
  return sources.error(ErrorId::ImportCycle, import.place)
         << "a file cannot import itself: " << cycle << llvm::sys::path::filename(sources.name(first));
}

LogicalResult Reader::read(const ast::File &file, unsigned number, int folder) {
  open.push_back(number);
  if (open.size() > maxDepth)
    return sources.error(ErrorId::Limit, file.imports.empty() ? file.end : file.imports.front().place)
           << "imports are nested more than " << maxDepth << " deep";
  for (const ast::Import &import : file.imports)
    if (failed(read(import, sources.name(number), folder)))
      return failure();
  open.pop_back();
  return success();
}

LogicalResult Reader::read(const ast::Import &import, StringRef importer, int folder) {
  auto error = [&] {
    return sources.error(ErrorId::Import, import.place) << "cannot import " << quote(import.path) << ": ";
  };
  bool climbs = llvm::is_contained(
      llvm::make_range(llvm::sys::path::begin(import.path), llvm::sys::path::end(import.path)), "..");
  if (import.path.empty() || import.path.starts_with("/") || climbs)
    return error() << "expected a file beneath the folder of this one, as in \"blocks/mlp.net\"";

  std::string path = import.path.str();
  Descriptor descriptor{openBeneath(folder, path, O_RDONLY | O_NONBLOCK)};
  struct stat status;
  if (descriptor.number < 0 || ::fstat(descriptor.number, &status) != 0)
    return error() << describe(errno);
  if (!S_ISREG(status.st_mode))
    return error() << (S_ISDIR(status.st_mode) ? "it is a folder" : "it is no regular file");
  auto same = llvm::find_if(
      known, [&](const Known &other) { return other.device == status.st_dev && other.inode == status.st_ino; });
  if (same != known.end())
    return llvm::is_contained(open, same->number) ? reportCycle(import, same->number) : success();

  llvm::SmallString<256> name = llvm::sys::path::parent_path(importer);
  llvm::sys::path::append(name, import.path);
  if (known.size() > maxFiles || (size += status.st_size) > maxTotalSize)
    return error() << "more than " << maxFiles << " files or " << maxTotalSize << " bytes are imported";
  auto buffer = readFile(descriptor.number, name);
  if (!buffer)
    return error() << llvm::toString(buffer.takeError());
  unsigned number = sources.add(std::move(*buffer), import.place);
  known.push_back({status.st_dev, status.st_ino, number});

  std::optional<ast::File> file = Parser(sources, number, tokens).parseFile();
  if (!file)
    return failure();
  tokens = file->tokens;
  if (file->network)
    return sources.error(ErrorId::NetworkCount, file->network->name.place)
           << "a file that is imported has blocks only; this is a network";
  std::string parent = llvm::sys::path::parent_path(import.path).str();
  Descriptor inner{openBeneath(folder, parent.empty() ? "." : parent, O_PATH | O_DIRECTORY)};
  if (inner.number < 0)
    return error() << describe(errno);
  if (failed(read(*file, number, inner.number)))
    return failure();
  llvm::move(file->blocks, std::back_inserter(main.blocks));
  return success();
}

} // namespace

LogicalResult fovea::net::readImports(SourceFiles &sources, ast::File &main) {
  if (main.imports.empty())
    return success();
  Reader reader(sources, main);
  std::string path = sources.name(0).str(), folder = llvm::sys::path::parent_path(path).str();
  struct stat status;
  Descriptor descriptor{::open(folder.empty() ? "." : folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  if (descriptor.number < 0 || ::stat(path.c_str(), &status) != 0)
    return sources.error(ErrorId::Import, main.imports.front().place)
           << "imports need a file that they are beneath; this text has none";
  reader.enterMain(status);
  return reader.read(main, 0, descriptor.number);
}
