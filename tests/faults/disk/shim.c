/* Lets chosen calls of a process fail. Loaded by LD_PRELOAD; asks a mapped file, named by FAULTY_CALLS, at each
 * call on a file whose path has FAULTY_PATH in it:
 *
 *   int kind    0: nothing fails; 1: fsync and fdatasync; 2: writes; 3: both
 *   int error   the errno that is answered
 *   int skip    how many calls go well before
 *   int times   how many fail then; negative: all from there on
 *   int failed  how many have failed so far (written here)
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

struct orders { int kind, error, skip, times, failed; };

static struct orders *orders;
static const char *path;

__attribute__((constructor)) static void begin(void)
{
    const char *file = getenv("FAULTY_CALLS");
    path = getenv("FAULTY_PATH");
    int handle = file ? open(file, O_RDWR | O_CLOEXEC) : -1;
    if (handle < 0 || !path) return;
    void *mapped = mmap(0, sizeof(struct orders), PROT_READ | PROT_WRITE, MAP_SHARED, handle, 0);
    close(handle);
    if (mapped != MAP_FAILED) orders = mapped;
}

static int is_meant(int handle)
{
    char link[64], found[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", handle);
    ssize_t length = readlink(link, found, sizeof found - 1);
    if (length < 0) return 0;
    found[length] = 0;
    return strstr(found, path) != NULL;
}

static int fails(int handle, int kind)
{
    if (!orders || !(orders->kind & kind) || !is_meant(handle)) return 0;
    if (__atomic_fetch_sub(&orders->skip, 1, __ATOMIC_SEQ_CST) > 0) return 0;
    if (orders->times == 0) return 0;
    if (orders->times > 0) __atomic_fetch_sub(&orders->times, 1, __ATOMIC_SEQ_CST);
    __atomic_fetch_add(&orders->failed, 1, __ATOMIC_SEQ_CST);
    errno = orders->error;
    return 1;
}

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

int fsync(int handle)
{
    REAL(fsync);
    return fails(handle, 1) ? -1 : real(handle);
}

int fdatasync(int handle)
{
    REAL(fdatasync);
    return fails(handle, 1) ? -1 : real(handle);
}

ssize_t write(int handle, const void *bytes, size_t count)
{
    REAL(write);
    return fails(handle, 2) ? -1 : real(handle, bytes, count);
}

ssize_t pwrite(int handle, const void *bytes, size_t count, off_t place)
{
    REAL(pwrite);
    return fails(handle, 2) ? -1 : real(handle, bytes, count, place);
}

ssize_t pwrite64(int handle, const void *bytes, size_t count, off64_t place)
{
    REAL(pwrite64);
    return fails(handle, 2) ? -1 : real(handle, bytes, count, place);
}
