/*
 * A disk that forgets, for LD_PRELOAD under SQLite.
 *
 * Every write under $KITH_DISK_FOLDER happens as usual, and is also remembered. Only a sync that succeeds carries what is
 * remembered of that file over to $KITH_DISK_SURVIVES, which therefore holds at each moment what a power loss would leave
 * in the worst case. Now and then (KITH_DISK_TORN=1) half of a write is carried over at once and out of order, as a disk may.
 *
 * The first byte of $KITH_DISK_CONTROL sets a fault: f = writes fail with ENOSPC, w = writes fail with EIO, s = syncs fail
 * with EIO and forget what they should have written, as Linux does.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct change {
  struct change *next;
  char *name;
  off_t offset; /* where it is written; the new length if data is NULL */
  size_t length;
  unsigned char *data;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct change *first, **end = &first;
static const char *folder, *survives;
static volatile char *control;
static int torn;
static unsigned seed;

static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_write)(int, const void *, size_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_fsync)(int), (*real_fdatasync)(int);
static int (*real_rename)(const char *, const char *), (*real_unlink)(const char *);

__attribute__((constructor)) static void begin(void) {
  real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
  real_write = dlsym(RTLD_NEXT, "write");
  real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  real_rename = dlsym(RTLD_NEXT, "rename");
  real_unlink = dlsym(RTLD_NEXT, "unlink");
  folder = getenv("KITH_DISK_FOLDER");
  survives = getenv("KITH_DISK_SURVIVES");
  torn = getenv("KITH_DISK_TORN") != NULL;
  seed = getpid();
  const char *path = getenv("KITH_DISK_CONTROL");
  int file = path ? open(path, O_RDONLY) : -1;
  if (file >= 0) {
    control = mmap(NULL, 1, PROT_READ, MAP_SHARED, file, 0);
    if (control == MAP_FAILED) control = NULL;
    close(file);
  }
}

static char fault(void) { return control ? *control : 'n'; }

/* The part of the path below our folder; NULL for files that are none of ours. */
static const char *below(const char *path) {
  size_t length = folder ? strlen(folder) : 0;
  return length && !strncmp(path, folder, length) && path[length] == '/' ? path + length + 1 : NULL;
}

static const char *name_of(int file, char *buffer) {
  char link[64];
  if (!folder || file < 3) return NULL;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, buffer, PATH_MAX - 1);
  if (length < 0) return NULL;
  buffer[length] = 0;
  return below(buffer);
}

static void survivor(const char *name, char *path) {
  snprintf(path, 2 * PATH_MAX, "%s/%s", survives, name);
  for (char *slash = path + strlen(survives) + 1; (slash = strchr(slash, '/')); slash++) {
    *slash = 0;
    mkdir(path, 0700);
    *slash = '/';
  }
}

static void carry_over(const struct change *change, size_t length) {
  char path[2 * PATH_MAX];
  survivor(change->name, path);
  int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return;
  if (change->data)
    real_pwrite(file, change->data, length, change->offset);
  else
    real_ftruncate(file, change->offset);
  close(file);
}

static void remember(const char *name, const void *data, size_t length, off_t offset) {
  struct change *change = calloc(1, sizeof *change);
  change->name = strdup(name);
  change->offset = offset;
  change->length = length;
  if (data) change->data = memcpy(malloc(length + 1), data, length);
  pthread_mutex_lock(&lock);
  *end = change;
  end = &change->next;
  if (data && torn && rand_r(&seed) % 4 == 0) carry_over(change, rand_r(&seed) % 2 ? length : length / 2);
  pthread_mutex_unlock(&lock);
}

/* Of one file, in the order of its writes; without `is_kept` they are lost for good. */
static void settle(const char *name, int is_kept) {
  pthread_mutex_lock(&lock);
  for (struct change **at = &first; *at;) {
    struct change *change = *at;
    if (strcmp(change->name, name)) {
      at = &change->next;
      continue;
    }
    if (is_kept) carry_over(change, change->length);
    *at = change->next;
    free(change->name);
    free(change->data);
    free(change);
  }
  for (end = &first; *end; end = &(*end)->next);
  pthread_mutex_unlock(&lock);
}

static int refuses_write(void) {
  char mode = fault();
  if (mode == 'f') errno = ENOSPC;
  if (mode == 'w') errno = EIO;
  return mode == 'f' || mode == 'w';
}

ssize_t pwrite64(int file, const void *data, size_t length, off_t offset) {
  char buffer[PATH_MAX];
  const char *name = name_of(file, buffer);
  if (name && refuses_write()) return -1;
  ssize_t written = real_pwrite(file, data, length, offset);
  if (name && written > 0) remember(name, data, written, offset);
  return written;
}

ssize_t pwrite(int file, const void *data, size_t length, off_t offset) { return pwrite64(file, data, length, offset); }

ssize_t write(int file, const void *data, size_t length) {
  char buffer[PATH_MAX];
  const char *name = name_of(file, buffer);
  if (!name) return real_write(file, data, length);
  if (refuses_write()) return -1;
  off_t offset = lseek(file, 0, SEEK_CUR);
  ssize_t written = real_write(file, data, length);
  if (written > 0) remember(name, data, written, offset);
  return written;
}

int ftruncate64(int file, off_t length) {
  char buffer[PATH_MAX];
  const char *name = name_of(file, buffer);
  int result = real_ftruncate(file, length);
  if (name && !result) remember(name, NULL, 0, length);
  return result;
}

int ftruncate(int file, off_t length) { return ftruncate64(file, length); }

static int sync_with(int (*real)(int), int file) {
  char buffer[PATH_MAX];
  const char *name = name_of(file, buffer);
  if (name && fault() == 's') {
    settle(name, 0);
    errno = EIO;
    return -1;
  }
  int result = real(file);
  if (name && !result) settle(name, 1);
  return result;
}

int fsync(int file) { return sync_with(real_fsync, file); }
int fdatasync(int file) { return sync_with(real_fdatasync, file); }

int rename(const char *from, const char *to) {
  int result = real_rename(from, to);
  const char *old = below(from), *new = below(to);
  if (result || !old || !new) return result;
  char source[2 * PATH_MAX], target[2 * PATH_MAX];
  survivor(old, source);
  survivor(new, target);
  real_rename(source, target);
  pthread_mutex_lock(&lock);
  for (struct change *change = first; change; change = change->next)
    if (!strcmp(change->name, old)) {
      free(change->name);
      change->name = strdup(new);
    }
  pthread_mutex_unlock(&lock);
  return result;
}

int unlink(const char *path) {
  int result = real_unlink(path);
  const char *name = result ? NULL : below(path);
  if (name) {
    char gone[2 * PATH_MAX];
    settle(name, 0);
    survivor(name, gone);
    real_unlink(gone);
  }
  return result;
}
