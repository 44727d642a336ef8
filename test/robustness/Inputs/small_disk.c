// Preloaded into fovea and the linker: the files below $DISK, an absolute path, may have $DISK_BYTES bytes together.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static long long used;

static int add(const char *path, const struct stat *status, int kind, struct FTW *where) {
  (void)path, (void)where;
  used += kind == FTW_F ? status->st_size : 0;
  return 0;
}

// Whether `file` may grow by `bytes`.
static int fits(int file, long long bytes) {
  const char *disk = getenv("DISK"), *limit = getenv("DISK_BYTES");
  char name[64], path[4096];
  snprintf(name, sizeof name, "/proc/self/fd/%d", file);
  ssize_t length = readlink(name, path, sizeof path - 1);
  if (!disk || !limit || length < 0 || bytes <= 0 || strncmp(path, disk, strlen(disk)) != 0)
    return 1;
  used = 0;
  nftw(disk, add, 16, FTW_PHYS);
  if (used + bytes <= atoll(limit))
    return 1;
  errno = ENOSPC;
  return 0;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

// What the file lacks to be `size` long.
static long long growth(int file, long long size) {
  struct stat status;
  return fstat(file, &status) == 0 ? size - status.st_size : 0;
}

ssize_t write(int file, const void *bytes, size_t count) {
  return fits(file, count) ? NEXT(write)(file, bytes, count) : -1;
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
  return fits(file, growth(file, at + count)) ? NEXT(pwrite64)(file, bytes, count, at) : -1;
}

int ftruncate64(int file, off64_t size) { return fits(file, growth(file, size)) ? NEXT(ftruncate64)(file, size) : -1; }

int ftruncate(int file, off_t size) { return ftruncate64(file, size); }

int posix_fallocate64(int file, off64_t at, off64_t count) {
  return fits(file, growth(file, at + count)) ? NEXT(posix_fallocate64)(file, at, count) : ENOSPC;
}

int posix_fallocate(int file, off_t at, off_t count) { return posix_fallocate64(file, at, count); }
