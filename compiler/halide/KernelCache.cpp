#include "compiler/halide/KernelCache.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BLAKE3.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <cstdlib>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace fovea;

//===----------------------------------------------------------------------===//
// Names of entries
//===----------------------------------------------------------------------===//

/// The build ID of a loaded file, which its linker computed from its contents; empty if it has none.
static std::string buildId(const dl_phdr_info &file) {
  for (const ElfW(Phdr) &segment : llvm::ArrayRef(file.dlpi_phdr, file.dlpi_phnum)) {
    if (segment.p_type != PT_NOTE)
      continue;
    auto *at = reinterpret_cast<const char *>(file.dlpi_addr + segment.p_vaddr);
    for (const char *end = at + segment.p_memsz; size_t(end - at) >= sizeof(ElfW(Nhdr));) {
      auto *note = reinterpret_cast<const ElfW(Nhdr) *>(at);
      llvm::StringRef name(at + sizeof *note, note->n_namesz);
      const char *contents = name.data() + llvm::alignTo(note->n_namesz, 4);
      if (note->n_type == NT_GNU_BUILD_ID && name == llvm::StringRef("GNU", 4))
        return std::string(contents, note->n_descsz);
      at = contents + llvm::alignTo(note->n_descsz, 4);
    }
  }
  return {};
}

/// Which compiler this is: the build IDs of the program and of Halide; empty if either is unknown.
static const std::string &identity() {
  static const std::string identity = [] {
    std::vector<std::string> ids;
    dl_iterate_phdr(
        [](dl_phdr_info *file, size_t, void *ids) {
          bool program = llvm::StringRef(file->dlpi_name).empty();
          if (program || llvm::sys::path::filename(file->dlpi_name).starts_with("libHalide.so"))
            static_cast<std::vector<std::string> *>(ids)->push_back(buildId(*file));
          // The kernel's own part of the address space has no name either; the program comes first.
          return int(static_cast<std::vector<std::string> *>(ids)->size() == 2);
        },
        &ids);
    bool known = ids.size() == 2 && !ids[0].empty() && !ids[1].empty();
    return known ? ids[0] + ids[1] : std::string();
  }();
  return identity;
}

using Hash = llvm::BLAKE3Result<>;

static Hash hashOf(llvm::ArrayRef<llvm::StringRef> parts) {
  llvm::BLAKE3 hasher;
  for (llvm::StringRef part : parts) {
    uint64_t size = part.size(); // so that where one part ends matters
    hasher.update(llvm::StringRef(reinterpret_cast<const char *>(&size), sizeof size));
    hasher.update(part);
  }
  return hasher.final<sizeof(Hash)>();
}

std::string KernelCache::keyOf(llvm::StringRef kernel, const TargetInfo &target) {
  if (identity().empty())
    return {};
  return llvm::toHex(hashOf({identity(), target.halide, kernel}), /*LowerCase=*/true);
}

//===----------------------------------------------------------------------===//
// The folder
//===----------------------------------------------------------------------===//

std::string KernelCache::defaultFolder() {
  llvm::SmallString<128> path;
  // As the standard for these folders asks, relative paths are ignored.
  const char *home = std::getenv("HOME"), *cache = std::getenv("XDG_CACHE_HOME");
  if (cache && *cache == '/')
    path = cache;
  else if (home && *home == '/')
    llvm::sys::path::append(path, home, ".cache");
  else
    return {};
  llvm::sys::path::append(path, "fovea");
  return path.str().str();
}

llvm::Expected<KernelCache> KernelCache::open(llvm::StringRef folder) {
  auto fail = [&](const llvm::Twine &why) { return llvm::createStringError("the cache " + folder + ": " + why); };
  llvm::StringRef parent = llvm::sys::path::parent_path(folder);
  std::error_code code = parent.empty() ? std::error_code() : llvm::sys::fs::create_directories(parent);
  if (!code)
    code = llvm::sys::fs::create_directory(folder, /*IgnoreExisting=*/true, llvm::sys::fs::owner_all);
  if (code)
    return fail(code.message());
  struct stat status;
  if (stat(folder.str().c_str(), &status) != 0)
    return fail(strerror(errno));
  if (!S_ISDIR(status.st_mode))
    return fail("is not a folder");
  if (status.st_uid != geteuid())
    return fail("belongs to another user, who could put code into it");
  if (status.st_mode & (S_IWGRP | S_IWOTH))
    return fail("may be written to by others, who could put code into it; 'chmod go-w' helps");
  return KernelCache(folder);
}

std::string KernelCache::pathOf(llvm::StringRef file) const {
  llvm::SmallString<128> path(folder);
  llvm::sys::path::append(path, file);
  return path.str().str();
}

//===----------------------------------------------------------------------===//
// Entries: a hash of the key and of all that follows, the numbers, the object
//===----------------------------------------------------------------------===//

static bool writeAll(int file, llvm::StringRef bytes) {
  while (!bytes.empty()) {
    ssize_t written = write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return false;
    bytes = bytes.drop_front(written);
  }
  return true;
}

static std::string readAll(int file) {
  struct stat status;
  if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
    return {};
  std::string bytes(status.st_size, '\0');
  size_t size = 0;
  for (ssize_t got = 1; size < bytes.size() && got > 0; size += std::max<ssize_t>(got, 0))
    got = read(file, bytes.data() + size, bytes.size() - size);
  bytes.resize(size);
  return bytes;
}

static llvm::StringRef bytesOf(const Hash &hash) {
  return llvm::StringRef(reinterpret_cast<const char *>(hash.data()), hash.size());
}

std::optional<std::string> KernelCache::read(llvm::StringRef name) const {
  int file = ::open(pathOf(name).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0)
    return std::nullopt;
  std::string bytes = readAll(file);
  llvm::StringRef rest(bytes);
  std::optional<std::string> contents;
  if (rest.size() > sizeof(Hash) &&
      bytesOf(hashOf({name, rest.drop_front(sizeof(Hash))})) == rest.take_front(sizeof(Hash))) {
    contents = rest.drop_front(sizeof(Hash)).str();
    futimens(file, nullptr); // it has been used
  }
  close(file);
  return contents;
}

static constexpr llvm::StringLiteral unfinished = "unfinished.", textSuffix = ".txt";

void KernelCache::write(llvm::StringRef name, llvm::StringRef bytes) const {
  Hash hash = hashOf({name, bytes});
  std::string path = pathOf(unfinished.str() + "XXXXXX");
  int file = mkostemp(path.data(), O_CLOEXEC);
  if (file < 0)
    return;
  bool written = writeAll(file, bytesOf(hash)) && writeAll(file, bytes);
  close(file);
  if (!written || rename(path.c_str(), pathOf(name).c_str()) != 0)
    unlink(path.c_str());
}

std::optional<CachedKernel> KernelCache::find(llvm::StringRef key) const {
  int64_t numbers[2];
  std::optional<std::string> bytes = read(key);
  if (!bytes || bytes->size() <= sizeof numbers)
    return std::nullopt;
  memcpy(numbers, bytes->data(), sizeof numbers);
  return CachedKernel{bytes->substr(sizeof numbers), numbers[0], numbers[1]};
}

void KernelCache::store(llvm::StringRef key, const CachedKernel &kernel) const {
  int64_t numbers[] = {kernel.scratchBytes, kernel.stackBytes};
  write(key, std::string(reinterpret_cast<const char *>(numbers), sizeof numbers) + kernel.object);
}

std::optional<std::string> KernelCache::findText(llvm::StringRef key) const { return read((key + textSuffix).str()); }

void KernelCache::storeText(llvm::StringRef key, llvm::StringRef text) const { write((key + textSuffix).str(), text); }

struct KernelCache::Entry {
  std::string path;
  uint64_t bytes;
  llvm::sys::TimePoint<> used;
  bool finished, isKernel;
};

std::vector<KernelCache::Entry> KernelCache::entries() const {
  std::vector<Entry> entries;
  std::error_code code;
  for (llvm::sys::fs::directory_iterator file(folder, code), end; file != end && !code; file.increment(code)) {
    llvm::StringRef name = llvm::sys::path::filename(file->path());
    llvm::StringRef key = name;
    bool isText = key.consume_back(textSuffix),
         finished = key.size() == 2 * sizeof(Hash) && llvm::all_of(key, llvm::isHexDigit);
    llvm::ErrorOr<llvm::sys::fs::basic_file_status> status = file->status();
    // Other files are none of ours.
    if (status && (finished || name.starts_with(unfinished)))
      entries.push_back(
          {file->path(), status->getSize(), status->getLastModificationTime(), finished, finished && !isText});
  }
  return entries;
}

KernelCache::Usage KernelCache::usage() const {
  Usage usage;
  for (const Entry &entry : entries()) {
    usage.kernels += entry.isKernel;
    usage.bytes += entry.bytes;
  }
  return usage;
}

void KernelCache::prune(uint64_t bytes) const {
  std::vector<Entry> all = entries();
  llvm::sort(all, [](const Entry &lhs, const Entry &rhs) { return lhs.used > rhs.used; });
  auto hourAgo = std::chrono::system_clock::now() - std::chrono::hours(1);
  uint64_t kept = 0;
  for (const Entry &entry : all) {
    bool abandoned = !entry.finished && entry.used < hourAgo;
    if (!abandoned && (kept += entry.bytes) <= bytes)
      continue;
    llvm::sys::fs::remove(entry.path);
  }
}
