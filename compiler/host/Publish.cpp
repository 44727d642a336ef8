#include "compiler/host/Publish.h"
#include "frontend/FileIO.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

using namespace fovea;

static llvm::Error systemError(const llvm::Twine &action, llvm::StringRef path, std::error_code code) {
  return llvm::createStringError(code, "cannot " + action + " " + path + ": " + code.message());
}

FolderLock::FolderLock(const std::string &folder, bool wait) {
  descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  while (descriptor >= 0 && flock(descriptor, LOCK_EX | (wait ? 0 : LOCK_NB)) != 0) {
    if (errno == EINTR)
      continue;
    close(std::exchange(descriptor, -1));
  }
}

FolderLock::~FolderLock() {
  if (held())
    close(descriptor);
}

/// Removes the staging folders `pattern` of programs that have died: nobody holds their locks.
static void removeAbandoned(llvm::StringRef destination, llvm::StringRef pattern) {
  std::error_code code;
  for (llvm::sys::fs::directory_iterator entry(destination, code), end; entry != end && !code; entry.increment(code)) {
    llvm::StringRef name = llvm::sys::path::filename(entry->path());
    if (name.size() == pattern.size() && name.drop_back(6) == pattern.drop_back(6) &&
        FolderLock(entry->path(), /*wait=*/false).held())
      llvm::sys::fs::remove_directories(entry->path());
  }
}

StagingFolder::DelayedSignals::DelayedSignals() {
  sigset_t ending;
  sigemptyset(&ending);
  for (int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT})
    sigaddset(&ending, signal);
  pthread_sigmask(SIG_BLOCK, &ending, &before);
}

StagingFolder::DelayedSignals::~DelayedSignals() { pthread_sigmask(SIG_SETMASK, &before, nullptr); }

llvm::Expected<StagingFolder> StagingFolder::make(llvm::StringRef destination, llvm::StringRef name) {
  StagingFolder staging;
  staging.destination = destination.empty() ? "." : destination.str();
  staging.madeDestination = !llvm::sys::fs::exists(staging.destination);
  if (std::error_code code = llvm::sys::fs::create_directories(staging.destination, /*IgnoreExisting=*/true,
                                                               llvm::sys::fs::perms::all_all))
    return systemError("make the folder", destination, code);
  // The linker would take a path that begins with '-' or '@' for something else.
  llvm::SmallString<128> pattern(staging.destination);
  if (std::error_code code = llvm::sys::fs::make_absolute(pattern))
    return systemError("find", staging.destination, code);
  // Between making the folder and locking it, it looks abandoned.
  FolderLock lock(staging.destination, /*wait=*/true);
  removeAbandoned(staging.destination, ("." + name + ".tmp.XXXXXX").str());
  llvm::sys::path::append(pattern, "." + name + ".tmp.XXXXXX");
  if (!mkdtemp(const_cast<char *>(pattern.c_str())))
    return systemError("write to", staging.destination, std::error_code(errno, std::generic_category()));
  staging.folder = pattern;
  staging.alive = FolderLock(pattern.str().str(), /*wait=*/false);
  return staging;
}

StagingFolder::StagingFolder(StagingFolder &&other) noexcept
    : signals(std::move(other.signals)), destination(std::move(other.destination)),
      madeDestination(other.madeDestination), folder(std::move(other.folder)), alive(std::move(other.alive)) {
  other.folder.clear();
}

StagingFolder::~StagingFolder() {
  if (folder.empty())
    return;
  llvm::sys::fs::remove_directories(folder);
  if (madeDestination)
    rmdir(destination.c_str()); // which only an empty folder lets happen
}

std::string StagingFolder::operator/(const llvm::Twine &file) const {
  llvm::SmallString<128> path(folder);
  llvm::sys::path::append(path, file);
  return path.str().str();
}

llvm::Error StagingFolder::write(llvm::StringRef file, llvm::StringRef bytes) const {
  std::error_code code;
  llvm::raw_fd_ostream stream(*this / file, code);
  if (code)
    return systemError("write", *this / file, code);
  stream << bytes;
  stream.close();
  code = stream.error();
  stream.clear_error();
  return code ? systemError("write", *this / file, code) : llvm::Error::success();
}

/// Waits until what has been written to `path`, a file or a folder, is on disk.
static std::error_code synchronise(const std::string &path, int flags) {
  int descriptor = open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0)
    return std::error_code(errno, std::generic_category());
  int result = fsync(descriptor);
  std::error_code code = result == 0 ? std::error_code() : std::error_code(errno, std::generic_category());
  close(descriptor);
  return code;
}

llvm::Error StagingFolder::publish(llvm::ArrayRef<std::string> files) const {
  for (const std::string &file : files)
    if (std::error_code code = synchronise(*this / file, O_RDONLY))
      return systemError("write", *this / file, code);
  auto target = [&](llvm::StringRef file) {
    llvm::SmallString<128> path(destination);
    llvm::sys::path::append(path, file);
    return path;
  };
  FolderLock lock(destination, /*wait=*/true);
  for (const std::string &file : files)
    if (llvm::sys::fs::is_directory(target(file)))
      return systemError("write", target(file), std::make_error_code(std::errc::is_a_directory));
  llvm::SmallString<128> last = target(files.back());
  std::string before = *this / "before";
  if (std::error_code code = llvm::sys::fs::rename(last, before); code && code != std::errc::no_such_file_or_directory)
    return systemError("write", last, code);
  for (const std::string &file : files)
    if (std::error_code code = llvm::sys::fs::rename(*this / file, target(file))) {
      if (file == files.front())
        (void)llvm::sys::fs::rename(before, last); // all is as it was
      return systemError("write", target(file), code);
    }
  // Not every file system can synchronise a folder.
  (void)synchronise(destination, O_RDONLY | O_DIRECTORY);
  return llvm::Error::success();
}
