/*
 * delayer: two Ethernet interfaces in two network namespaces, joined by a wire with a fixed one-way delay and random loss.
 *
 *   delayer NAMESPACE1 INTERFACE1 NAMESPACE2 INTERFACE2 DELAY_MS LOSS_PERCENT SEED
 *
 * Stands in for tc's netem, which not every kernel has. Each end is a TAP interface: a frame that one kernel sends into it is read here,
 * kept for the delay in a queue, and written to the other. A full queue drops the frame, as a router's does. Prints "ready" when both
 * interfaces exist; ends, and the interfaces with it, when its parent does.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

/* An MTU of 1500 and its Ethernet header fit. TAP interfaces without offloads never see a longer frame. */
#define FRAME_BYTES 1600
/* 80 ms of 75 MB/s in full frames; about 6.5 MB in each direction. */
#define QUEUE_FRAMES 4096
/* At most so many frames are read before those that are due are sent. */
#define BURST_FRAMES 64

typedef long long microseconds;

struct frame {
  microseconds due;
  int bytes;
  char data[FRAME_BYTES];
};

/* What one end sent and the other has not been given yet; the delay is the same for all, so the first in is the first due. */
struct queue {
  struct frame frames[QUEUE_FRAMES];
  unsigned first, count;
};

static struct queue queues[2];

static microseconds now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

static void die(const char *doing) {
  perror(doing);
  exit(1);
}

static int open_tap(const char *namespace, const char *interface) {
  char path[256];
  snprintf(path, sizeof path, "/run/netns/%s", namespace);
  int space = open(path, O_RDONLY | O_CLOEXEC);
  if (space < 0 || setns(space, CLONE_NEWNET)) die(path);
  close(space);
  int tap = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (tap < 0) die("/dev/net/tun");
  struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
  strncpy(request.ifr_name, interface, IFNAMSIZ - 1);
  if (ioctl(tap, TUNSETIFF, &request)) die(interface);
  return tap;
}

/* Asking for a neighbour's hardware address takes a second more for each loss, and lines to a provider know no such question. */
static int asks_for_neighbour(const unsigned char *frame, int bytes) {
  if (bytes < 14) return 0;
  int type = frame[12] << 8 | frame[13];
  if (type == ETH_P_ARP) return 1;
  /* ICMPv6 (58) of the types 133 to 137, straight after the fixed header. */
  return type == ETH_P_IPV6 && bytes > 54 && frame[20] == 58 && frame[54] >= 133 && frame[54] <= 137;
}

static void take(int tap, struct queue *queue, microseconds delay, double loss) {
  for (int burst = 0; burst < BURST_FRAMES; burst++) {
    static char spill[FRAME_BYTES];
    int full = queue->count == QUEUE_FRAMES;
    struct frame *frame = &queue->frames[(queue->first + queue->count) % QUEUE_FRAMES];
    int bytes = read(tap, full ? spill : frame->data, FRAME_BYTES);
    if (bytes <= 0) return;
    if (full || (loss > 0 && drand48() < loss && !asks_for_neighbour((unsigned char *)frame->data, bytes))) continue;
    frame->bytes = bytes;
    frame->due = now() + delay;
    queue->count++;
  }
}

static void give(int tap, struct queue *queue) {
  for (microseconds time = now(); queue->count > 0 && queue->frames[queue->first].due <= time; queue->count--) {
    struct frame *frame = &queue->frames[queue->first];
    /* An interface that is down refuses the frame: it is lost, as on a wire that is not plugged in. */
    if (write(tap, frame->data, frame->bytes) < 0) {
    }
    queue->first = (queue->first + 1) % QUEUE_FRAMES;
  }
}

int main(int count, char **words) {
  if (count != 8) {
    fprintf(stderr, "usage: delayer NAMESPACE1 INTERFACE1 NAMESPACE2 INTERFACE2 DELAY_MS LOSS_PERCENT SEED\n");
    return 2;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_TIMERSLACK, 50000);
  int taps[2] = {open_tap(words[1], words[2]), open_tap(words[3], words[4])};
  microseconds delay = (microseconds)(atof(words[5]) * 1000);
  double loss = atof(words[6]) / 100;
  srand48(atol(words[7]));
  puts("ready");
  fflush(stdout);
  for (;;) {
    struct pollfd ends[2] = {{taps[0], POLLIN, 0}, {taps[1], POLLIN, 0}};
    microseconds wait = -1;
    for (int end = 0; end < 2; end++)
      if (queues[end].count > 0) {
        microseconds left = queues[end].frames[queues[end].first].due - now();
        if (left < 0) left = 0;
        if (wait < 0 || left < wait) wait = left;
      }
    struct timespec timeout = {wait / 1000000, wait % 1000000 * 1000};
    ppoll(ends, 2, wait < 0 ? NULL : &timeout, NULL);
    for (int end = 0; end < 2; end++)
      if (ends[end].revents & POLLIN) take(taps[end], &queues[end], delay, loss);
    for (int end = 0; end < 2; end++) give(taps[!end], &queues[end]);
  }
}
