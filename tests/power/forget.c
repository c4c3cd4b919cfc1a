/* A layer under a program that writes down what a loss of power would take.
 *
 * Loaded with LD_PRELOAD. For files under FORGET_FOLDER it appends to FORGET_LOG, before each change, what was there
 * and what comes, and after each sync that it was synced; whoever reads the log can then take back what was not. It
 * never changes what the program sees. With FORGET_SYNCS=ignored a sync succeeds and is not written down, as on a
 * disk that lies: that is how a test shows that the layer can fail it.
 *
 * The log outlives kill -9 of the program, since it is in the kernel's hands with each write; for the same reason no
 * sync reaches the disk here. One lock makes each change and its entry one step.
 *
 * An entry: kind, inode, offset, old size, lengths of two names, of the bytes before and of the bytes after, all as
 * 64-bit numbers of this machine; then the four texts. Read by tests/crash/power.rs.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -1;
static int ignore_syncs;
static char folder[PATH_MAX];
static size_t folder_length;

static int (*real_open)(const char *, int, ...);
static int (*real_openat)(int, const char *, int, ...);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_rename)(const char *, const char *);
static int (*real_unlink)(const char *);
static int (*real_linkat)(int, const char *, int, const char *, int);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);

static void *next(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) {
        abort();
    }
    return found;
}

__attribute__((constructor)) static void begin(void) {
    real_open = next("open64");
    real_openat = next("openat64");
    real_write = next("write");
    real_writev = next("writev");
    real_pwrite = next("pwrite64");
    real_ftruncate = next("ftruncate64");
    real_rename = next("rename");
    real_unlink = next("unlink");
    real_linkat = next("linkat");
    real_fsync = next("fsync");
    real_fdatasync = next("fdatasync");
    const char *wanted = getenv("FORGET_FOLDER"), *log = getenv("FORGET_LOG"), *syncs = getenv("FORGET_SYNCS");
    if (!wanted || !log || !realpath(wanted, folder)) {
        abort();
    }
    folder_length = strlen(folder);
    ignore_syncs = syncs && !strcmp(syncs, "ignored");
    log_fd = real_open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log_fd < 0) {
        abort();
    }
}

static int is_ours(const char *path) {
    return folder_length && !strncmp(path, folder, folder_length) &&
           (path[folder_length] == '/' || path[folder_length] == 0);
}

/* The path of an open file, when it is one of ours. */
static int path_of(int fd, char *path) {
    char link[64];
    if (fd < 0 || fd == log_fd || log_fd < 0) {
        return 0;
    }
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length <= 0) {
        return 0;
    }
    path[length] = 0;
    return is_ours(path);
}

/* The absolute path of a name in an existing folder, when it is one of ours. */
static int absolute(const char *name, char *path) {
    char copy[PATH_MAX], parent[PATH_MAX];
    snprintf(copy, sizeof copy, "%s", name);
    char *slash = strrchr(copy, '/');
    const char *last = slash ? slash + 1 : copy;
    if (slash) {
        *slash = 0;
    }
    const char *before = !slash ? "." : copy[0] ? copy : "/";
    if (log_fd < 0 || !realpath(before, parent)) {
        return 0;
    }
    return snprintf(path, PATH_MAX, "%s/%s", parent, last) < PATH_MAX && is_ours(path);
}

static void put(const void *bytes, size_t length) {
    const char *at = bytes;
    while (length) {
        ssize_t written = real_write(log_fd, at, length);
        if (written <= 0) {
            abort();
        }
        at += written;
        length -= (size_t)written;
    }
}

static void entry(char kind, const struct stat *file, off_t offset, const char *path, const char *other,
                  const void *before, size_t before_length, const void *after, size_t after_length) {
    uint64_t head[8] = {(uint64_t)kind,
                        file ? (uint64_t)file->st_ino : 0,
                        (uint64_t)offset,
                        file ? (uint64_t)file->st_size : 0,
                        strlen(path),
                        other ? strlen(other) : 0,
                        before_length,
                        after_length};
    /* One write, so that a kill leaves whole entries: the kernel finishes what it has begun. */
    size_t length = sizeof head + head[4] + head[5] + before_length + after_length;
    char *whole = malloc(length), *at = whole;
    if (!whole) {
        abort();
    }
    at = mempcpy(at, head, sizeof head);
    at = mempcpy(at, path, head[4]);
    at = other ? mempcpy(at, other, head[5]) : at;
    at = before_length ? mempcpy(at, before, before_length) : at;
    if (after_length) {
        memcpy(at, after, after_length);
    }
    put(whole, length);
    free(whole);
}

/* What a file holds from `offset` on, at most `length` bytes; the caller frees it. */
static char *held(const char *path, off_t offset, size_t length, size_t *got) {
    char *bytes = malloc(length + 1);
    int fd = real_open(path, O_RDONLY | O_CLOEXEC);
    *got = 0;
    while (bytes && fd >= 0 && *got < length) {
        ssize_t more = pread(fd, bytes + *got, length - *got, offset + (off_t)*got);
        if (more <= 0) {
            break;
        }
        *got += (size_t)more;
    }
    if (fd >= 0) {
        close(fd);
    }
    return bytes;
}

static void before_write(int fd, const char *path, off_t offset, const void *bytes, size_t length) {
    struct stat file;
    size_t got;
    if (fstat(fd, &file) || !S_ISREG(file.st_mode)) {
        return;
    }
    char *before = held(path, offset, length, &got);
    entry('W', &file, offset, path, 0, before, got, bytes, length);
    free(before);
}

static void before_cut(const char *path, const struct stat *file, off_t size) {
    size_t got = 0, length = file->st_size > size ? (size_t)(file->st_size - size) : 0;
    char *before = held(path, size, length, &got);
    entry('T', file, size, path, 0, before, got, 0, 0);
    free(before);
}

static off_t position(int fd) {
    struct stat file;
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0 && (flags & O_APPEND) && !fstat(fd, &file)) {
        return file.st_size;
    }
    return lseek(fd, 0, SEEK_CUR);
}

ssize_t write(int fd, const void *bytes, size_t length) {
    char path[PATH_MAX];
    if (!path_of(fd, path)) {
        return real_write ? real_write(fd, bytes, length) : -1;
    }
    pthread_mutex_lock(&lock);
    before_write(fd, path, position(fd), bytes, length);
    ssize_t written = real_write(fd, bytes, length);
    pthread_mutex_unlock(&lock);
    return written;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    char path[PATH_MAX];
    if (!path_of(fd, path)) {
        return real_writev(fd, parts, count);
    }
    ssize_t sum = 0;
    for (int at = 0; at < count; at++) {
        ssize_t written = write(fd, parts[at].iov_base, parts[at].iov_len);
        if (written < 0) {
            return sum ? sum : -1;
        }
        sum += written;
    }
    return sum;
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off_t offset) {
    char path[PATH_MAX];
    if (!path_of(fd, path)) {
        return real_pwrite(fd, bytes, length, offset);
    }
    pthread_mutex_lock(&lock);
    before_write(fd, path, offset, bytes, length);
    ssize_t written = real_pwrite(fd, bytes, length, offset);
    pthread_mutex_unlock(&lock);
    return written;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
    return pwrite64(fd, bytes, length, offset);
}

int ftruncate64(int fd, off_t size) {
    char path[PATH_MAX];
    struct stat file;
    if (!path_of(fd, path) || fstat(fd, &file)) {
        return real_ftruncate(fd, size);
    }
    pthread_mutex_lock(&lock);
    before_cut(path, &file, size);
    int failed = real_ftruncate(fd, size);
    pthread_mutex_unlock(&lock);
    return failed;
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

static int opened(int base, const char *name, int flags, mode_t mode) {
    char path[PATH_MAX];
    struct stat file;
    if (!(flags & (O_CREAT | O_TRUNC)) || log_fd < 0) {
        return real_openat(base, name, flags, mode);
    }
    pthread_mutex_lock(&lock);
    int absent = fstatat(base, name, &file, 0) != 0;
    int cut = !absent && (flags & O_TRUNC) && S_ISREG(file.st_mode) && absolute(name, path);
    if (cut) {
        before_cut(path, &file, 0);
    }
    int fd = real_openat(base, name, flags, mode);
    if (fd >= 0 && absent && path_of(fd, path) && !fstat(fd, &file)) {
        entry('C', &file, 0, path, 0, 0, 0, 0, 0);
    }
    pthread_mutex_unlock(&lock);
    return fd;
}

#define MODE(flags)                                                                                                    \
    mode_t mode = 0;                                                                                                   \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                                                                             \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        mode = va_arg(rest, mode_t);                                                                                   \
        va_end(rest);                                                                                                  \
    }

int open64(const char *name, int flags, ...) {
    MODE(flags)
    return real_openat ? opened(AT_FDCWD, name, flags, mode) : openat64(AT_FDCWD, name, flags, mode);
}

int open(const char *name, int flags, ...) {
    MODE(flags)
    return open64(name, flags, mode);
}

int openat64(int base, const char *name, int flags, ...) {
    MODE(flags)
    if (!real_openat) {
        real_openat = next("openat64");
    }
    return opened(base, name, flags, mode);
}

int openat(int base, const char *name, int flags, ...) {
    MODE(flags)
    return openat64(base, name, flags, mode);
}

int rename(const char *from, const char *to) {
    char old[PATH_MAX], new[PATH_MAX];
    struct stat file, replaced;
    if (!absolute(from, old) || !absolute(to, new) || lstat(old, &file)) {
        return real_rename(from, to);
    }
    pthread_mutex_lock(&lock);
    size_t got = 0;
    char *before = !lstat(new, &replaced) ? held(new, 0, (size_t)replaced.st_size, &got) : 0;
    int failed = real_rename(from, to);
    if (!failed) {
        entry('R', &file, before != 0, old, new, before, got, 0, 0);
    }
    free(before);
    pthread_mutex_unlock(&lock);
    return failed;
}

int unlink(const char *name) {
    char path[PATH_MAX];
    struct stat file;
    if (!absolute(name, path) || lstat(path, &file)) {
        return real_unlink(name);
    }
    pthread_mutex_lock(&lock);
    size_t got = 0;
    char *before = held(path, 0, (size_t)file.st_size, &got);
    int failed = real_unlink(name);
    if (!failed) {
        entry('U', &file, 0, path, 0, before, got, 0, 0);
    }
    free(before);
    pthread_mutex_unlock(&lock);
    return failed;
}

int linkat(int from_base, const char *from, int to_base, const char *to, int flags) {
    char path[PATH_MAX];
    struct stat file;
    pthread_mutex_lock(&lock);
    int failed = real_linkat(from_base, from, to_base, to, flags);
    if (!failed && absolute(to, path) && !lstat(path, &file)) {
        entry('C', &file, 0, path, 0, 0, 0, 0, 0);
    }
    pthread_mutex_unlock(&lock);
    return failed;
}

int link(const char *from, const char *to) { return linkat(AT_FDCWD, from, AT_FDCWD, to, 0); }

static int synced(int fd, int (*real)(int)) {
    char path[PATH_MAX];
    struct stat file;
    if (!path_of(fd, path) || fstat(fd, &file)) {
        return real(fd);
    }
    if (!ignore_syncs) {
        pthread_mutex_lock(&lock);
        entry(S_ISDIR(file.st_mode) ? 'D' : 'S', &file, 0, path, 0, 0, 0, 0, 0);
        pthread_mutex_unlock(&lock);
    }
    return 0;
}

int fsync(int fd) { return synced(fd, real_fsync); }

int fdatasync(int fd) { return synced(fd, real_fdatasync); }
