/* A disk that fails when it is told to: loaded with LD_PRELOAD (ld.so(8)) between a program and libc.
 *
 * It counts the calls that change or sync files under one folder, and at the n-th it ends the
 * process, writes half, or answers with an error. Or it writes all of them to a log, from which
 * tests/faults/power.py makes the images that a power cut could leave. Nothing happens until the
 * program under test arms it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum mode { COUNT, KILL, HALF, FULL_DISK, BROKEN_DISK, SHORT, KILL_AFTER };

static enum mode mode;
static long counted, at;
static char folder[PATH_MAX];
static int log_fd = -1;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

void fault_arm(int how, long when, const char *under, int log) {
    mode = how;
    at = when;
    counted = 0;
    log_fd = log;
    snprintf(folder, sizeof folder, "%s", under);
}

long fault_count(void) { return counted; }

static void die(void) { kill(getpid(), SIGKILL); }

/* One entry of the log: what, the name's last letter ('l' is the write-ahead log), where, bytes. */
static void record(char what, char name, int64_t offset, const void *data, int64_t size) {
    if (log_fd < 0) return;
    char head[18];
    head[0] = what;
    head[1] = name;
    memcpy(head + 2, &offset, 8);
    memcpy(head + 10, &size, 8);
    REAL(write)(log_fd, head, sizeof head);
    if (data != NULL) REAL(write)(log_fd, data, size);
}

void fault_note(const char *text) { record('E', '-', 0, text, strlen(text)); }

/* The last letter of the name of a file under the folder, or 0 for any other file. */
static char ours(int fd) {
    char link[64], path[PATH_MAX];
    if (folder[0] == 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size <= 0) return 0;
    path[size] = 0;
    return strncmp(path, folder, strlen(folder)) == 0 ? path[size - 1] : 0;
}

static int is_now(void) { return ++counted == at; }

static ssize_t put(int fd, const void *data, size_t size, int64_t offset) {
    return offset < 0 ? REAL(write)(fd, data, size) : REAL(pwrite64)(fd, data, size, offset);
}

static ssize_t writing(int fd, const void *data, size_t size, int64_t offset) {
    char name = ours(fd);
    if (!name) return put(fd, data, size, offset);
    if (is_now()) switch (mode) {
        case KILL: die(); break;
        case HALF: put(fd, data, size / 2, offset); die(); break;
        case FULL_DISK: errno = ENOSPC; return -1;
        case BROKEN_DISK: errno = EIO; return -1;
        case SHORT: if (size > 1) size /= 2; break;
        case KILL_AFTER: put(fd, data, size, offset); die(); break;
        default: break;
    }
    ssize_t done = put(fd, data, size, offset);
    if (done > 0) {
        int64_t begin = offset < 0 ? lseek(fd, 0, SEEK_CUR) - done : offset;
        record('W', name, begin, data, done);
    }
    return done;
}

ssize_t write(int fd, const void *data, size_t size) { return writing(fd, data, size, -1); }
ssize_t pwrite(int fd, const void *data, size_t size, off_t offset) {
    return writing(fd, data, size, offset);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset) {
    return writing(fd, data, size, offset);
}

/* What has no half (syncing, cutting): before it, an error instead of it, or after it. */
static int fails(int fd, char *name) {
    *name = ours(fd);
    if (!*name || !is_now()) return 0;
    if (mode == KILL || mode == HALF) die();
    if (mode == FULL_DISK || mode == BROKEN_DISK) {
        errno = mode == FULL_DISK ? ENOSPC : EIO;
        return 1;
    }
    return 0;
}

static void then(void) {
    if (mode == KILL_AFTER && counted == at) die();
}

#define SYNCING(call) \
    int call(int fd) { \
        char name; \
        if (fails(fd, &name)) return -1; \
        int done = REAL(call)(fd); \
        if (name) { record('S', name, 0, NULL, 0); then(); } \
        return done; \
    }
SYNCING(fsync)
SYNCING(fdatasync)

#define CUTTING(call, type) \
    int call(int fd, type size) { \
        char name; \
        if (fails(fd, &name)) return -1; \
        int done = REAL(call)(fd, size); \
        if (name) { record('T', name, size, NULL, 0); then(); } \
        return done; \
    }
CUTTING(ftruncate, off_t)
CUTTING(ftruncate64, off64_t)

int unlink(const char *path) {
    size_t size = strlen(path);
    int is_ours = folder[0] && strncmp(path, folder, strlen(folder)) == 0;
    if (is_ours && is_now() && (mode == KILL || mode == HALF)) die();
    int done = REAL(unlink)(path);
    if (is_ours) { record('U', path[size - 1], 0, NULL, 0); then(); }
    return done;
}
