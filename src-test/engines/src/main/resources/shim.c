/* Faults of clock and disk for a process: preloaded before libc, told what to do by a mapped file.
   File: i64 nanoseconds that the wall clock is off; i32 microseconds that a sync takes longer; i32 1 = the disk is full, 2 = a sync fails. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct faults { int64_t offset; int32_t delay; int32_t mode; };
static struct faults none;
static volatile struct faults *faults = &none;

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("ENGINES_SHIM");
  int fd = path ? open(path, O_RDONLY) : -1;
  if (fd >= 0) {
    void *m = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    if (m != MAP_FAILED) faults = m;
    close(fd);
  }
}

static int full(int fd) {
  struct stat s;
  if (faults->mode != 1 || fd <= 2 || fstat(fd, &s) != 0 || !S_ISREG(s.st_mode)) return 0;
  errno = ENOSPC;
  return 1;
}

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static int slow(int (*sync)(int), int fd) {
  if (faults->delay > 0) usleep(faults->delay);
  if (faults->mode == 2) { errno = EIO; return -1; }
  return sync(fd);
}
int fsync(int fd) { REAL(fsync); return slow(real, fd); }
int fdatasync(int fd) { REAL(fdatasync); return slow(real, fd); }
ssize_t write(int fd, const void *b, size_t n) { REAL(write); return full(fd) ? -1 : real(fd, b, n); }
ssize_t pwrite64(int fd, const void *b, size_t n, off_t at) { REAL(pwrite64); return full(fd) ? -1 : real(fd, b, n, at); }
ssize_t writev(int fd, const struct iovec *v, int n) { REAL(writev); return full(fd) ? -1 : real(fd, v, n); }
int ftruncate64(int fd, off_t n) { REAL(ftruncate64); return full(fd) ? -1 : real(fd, n); }
int posix_fallocate64(int fd, off_t a, off_t n) { REAL(posix_fallocate64); return full(fd) ? ENOSPC : real(fd, a, n); }

int clock_gettime(clockid_t id, struct timespec *t) {
  REAL(clock_gettime);
  int r = real(id, t);
  if (r == 0 && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) t->tv_sec += faults->offset / 1000000000;
  return r;
}
int gettimeofday(struct timeval *t, void *z) {
  REAL(gettimeofday);
  int r = real(t, z);
  if (r == 0) t->tv_sec += faults->offset / 1000000000;
  return r;
}
