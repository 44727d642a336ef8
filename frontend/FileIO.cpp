#include "frontend/FileIO.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace llvm;

namespace fovea {

namespace {

Error systemError(StringRef path, StringRef action, std::error_code code) {
  return createStringError(code, withId(ErrorId::FileAccess, path + ": cannot " + action + ": " + code.message()));
}

std::error_code lastError() { return std::error_code(errno, std::generic_category()); }

} // namespace

Descriptor::~Descriptor() {
  if (number >= 0)
    ::close(number);
}

Expected<std::unique_ptr<WritableMemoryBuffer>> readFile(StringRef path) {
  // O_NONBLOCK: opening a pipe must not wait for a writer; for a regular file it has no effect.
  std::string name = path.str();
  Descriptor file{sys::RetryAfterSignal(-1, ::open, name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (file.number < 0)
    return systemError(path, "open", lastError());
  return readFile(file.number, path);
}

Expected<std::unique_ptr<WritableMemoryBuffer>> readFile(int descriptor, StringRef path) {
  struct stat status;
  if (::fstat(descriptor, &status) != 0)
    return systemError(path, "open", lastError());
  if (!S_ISREG(status.st_mode))
    return fileError(ErrorId::FileAccess, path,
                     S_ISDIR(status.st_mode) ? "is a folder, expected a file" : "is not a regular file");

  size_t size = status.st_size;
  auto buffer = WritableMemoryBuffer::getNewUninitMemBuffer(size, path, Align(kFileAlignment));
  if (!buffer)
    return systemError(path, "read", std::make_error_code(std::errc::not_enough_memory));
  for (size_t done = 0; done < size;) {
    ssize_t count = sys::RetryAfterSignal(-1, ::read, descriptor, buffer->getBufferStart() + done, size - done);
    if (count < 0)
      return systemError(path, "read", lastError());
    if (count == 0)
      return fileError(ErrorId::FileAccess, path, "became shorter while it was read");
    done += count;
  }
  return buffer;
}

Error writeFile(StringRef path, function_ref<void(raw_ostream &)> write) {
  sys::fs::file_status status;
  if (!sys::fs::status(path, status) && sys::fs::is_directory(status))
    return fileError(ErrorId::FileAccess, path, "is a folder, expected a file");
  if (sys::fs::exists(status) && !sys::fs::is_regular_file(status)) {
    // A rename would replace a device such as /dev/null, or a pipe, by a file.
    std::error_code code;
    raw_fd_ostream stream(path, code, sys::fs::CD_OpenExisting);
    if (!code) {
      write(stream);
      stream.flush();
      code = stream.error();
      stream.clear_error();
    }
    return code ? systemError(path, "write", code) : Error::success();
  }
  Expected<sys::fs::TempFile> temporary = sys::fs::TempFile::create(path + ".%%%%%%%%.tmp");
  if (!temporary)
    return systemError(path, "write", errorToErrorCode(temporary.takeError()));

  std::error_code code;
  {
    raw_fd_ostream stream(temporary->FD, /*shouldClose=*/false);
    write(stream);
    stream.flush();
    code = stream.error();
    stream.clear_error();
  }
  if (!code && ::fsync(temporary->FD) != 0)
    code = lastError();
  if (code) {
    consumeError(temporary->discard());
    return systemError(path, "write", code);
  }
  if (Error error = temporary->keep(path))
    return systemError(path, "write", errorToErrorCode(std::move(error)));

  // The rename itself survives a power cut only once the folder is on disk. Not every file system can do that.
  StringRef folder = sys::path::parent_path(path);
  Descriptor directory{::open(folder.empty() ? "." : folder.str().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (directory.number >= 0)
    (void)::fsync(directory.number);
  return Error::success();
}

Error fileError(ErrorId id, StringRef path, const Twine &message) {
  return createStringError(std::make_error_code(std::errc::invalid_argument), withId(id, path + ": " + message));
}

std::string quote(StringRef text) {
  constexpr size_t limit = 100;
  std::string result;
  raw_string_ostream stream(result);
  stream << '\'';
  printEscapedString(text.take_front(limit), stream);
  stream << (text.size() > limit ? "'..." : "'");
  return result;
}

} // namespace fovea
