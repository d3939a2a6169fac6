/* Loaded into a program before all other libraries, this shifts its clocks as the file CLOCK_SHIFT says, which may change
   at any time: nanoseconds for the system's clock (CLOCK_REALTIME) and for the clock since boot (CLOCK_BOOTTIME), two
   64-bit integers. What waits until a time of such a clock waits as long as it would have. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *shifts;

__attribute__((constructor)) static void open_shifts(void) {
  const char *path = getenv("CLOCK_SHIFT");
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  void *memory = file < 0 ? MAP_FAILED : mmap(NULL, 16, PROT_READ, MAP_SHARED, file, 0);
  if (memory == MAP_FAILED) {
    perror("shifted_clock: CLOCK_SHIFT");
    abort();
  }
  close(file);
  shifts = memory;
}

static int64_t shift_of(clockid_t clock) {
  if (!shifts) return 0;
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) return shifts[0];
  return clock == CLOCK_BOOTTIME ? shifts[1] : 0;
}

static void add(struct timespec *time, int64_t nanoseconds) {
  int64_t sum = time->tv_nsec + nanoseconds % 1000000000;
  time->tv_sec += nanoseconds / 1000000000;
  if (sum < 0) sum += 1000000000, time->tv_sec--;
  if (sum >= 1000000000) sum -= 1000000000, time->tv_sec++;
  time->tv_nsec = sum;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  if (syscall(SYS_clock_gettime, clock, time)) return -1;
  add(time, shift_of(clock));
  return 0;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  struct timespec now;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &now);
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *result) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (result) *result = now.tv_sec;
  return now.tv_sec;
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict until) {
  struct timespec real = *until;
  add(&real, -shift_of(CLOCK_REALTIME));
  return sem_clockwait(semaphore, CLOCK_REALTIME, &real);
}

static clockid_t clock_of_timer[4096];

int timerfd_create(clockid_t clock, int flags) {
  int timer = syscall(SYS_timerfd_create, clock, flags);
  if (timer >= 0 && timer < 4096) clock_of_timer[timer] = clock;
  return timer;
}

int timerfd_settime(int timer, int flags, const struct itimerspec *value, struct itimerspec *old) {
  struct itimerspec real = *value;
  int is_set = real.it_value.tv_sec || real.it_value.tv_nsec;
  if ((flags & TFD_TIMER_ABSTIME) && is_set && timer < 4096) add(&real.it_value, -shift_of(clock_of_timer[timer]));
  return syscall(SYS_timerfd_settime, timer, flags, &real, old);
}
