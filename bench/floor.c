/*
 * floor INTERVAL_MS TARGETS ADDRESS... DEVICE SOURCE...
 *
 * The least that echo requests cost: for each uplink (DEVICE and SOURCE, in turn) a raw ICMP socket, in each interval one
 * sendmmsg(2) to all targets (TARGETS of them, ADDRESS each), and recvmmsg(2) when epoll(7) says so. Replies are counted and
 * nothing else is done with them. Runs until it is killed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <linux/icmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { MAX_TARGETS = 16, MAX_UPLINKS = 256, SLOTS = 16, TIMER = -1 };

static struct sockaddr_in targets[MAX_TARGETS];
static struct icmphdr requests[MAX_TARGETS];
static int sockets[MAX_UPLINKS];

static uint16_t checksum(const struct icmphdr *header)
{
	uint16_t words[4];
	uint32_t sum = 0;
	memcpy(words, header, sizeof words);
	for (int i = 0; i < 4; i++)
		sum += words[i];
	return ~((sum & 0xffff) + (sum >> 16));
}

static struct sockaddr_in address(const char *text)
{
	struct sockaddr_in result = { .sin_family = AF_INET };
	if (inet_pton(AF_INET, text, &result.sin_addr) != 1)
		errx(2, "%s is no address", text);
	return result;
}

static int open_socket(const char *device, const char *source)
{
	struct sockaddr_in local = address(source);
	struct icmp_filter replies = { .data = ~(1U << ICMP_ECHOREPLY) };
	int fd = socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK, IPPROTO_ICMP);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, strlen(device)) ||
	    setsockopt(fd, SOL_RAW, ICMP_FILTER, &replies, sizeof replies) ||
	    bind(fd, (struct sockaddr *)&local, sizeof local))
		err(1, "%s", device);
	return fd;
}

static void ask(int fd, int count)
{
	struct mmsghdr messages[MAX_TARGETS] = { 0 };
	struct iovec parts[MAX_TARGETS];
	for (int i = 0; i < count; i++) {
		parts[i] = (struct iovec){ &requests[i], sizeof requests[i] };
		messages[i].msg_hdr = (struct msghdr){
			.msg_name = &targets[i], .msg_namelen = sizeof targets[i], .msg_iov = &parts[i], .msg_iovlen = 1
		};
	}
	sendmmsg(fd, messages, count, 0);
}

static void drain(int fd)
{
	static char buffers[SLOTS][256];
	struct mmsghdr messages[SLOTS] = { 0 };
	struct iovec parts[SLOTS];
	for (int i = 0; i < SLOTS; i++) {
		parts[i] = (struct iovec){ buffers[i], sizeof buffers[i] };
		messages[i].msg_hdr = (struct msghdr){ .msg_iov = &parts[i], .msg_iovlen = 1 };
	}
	while (recvmmsg(fd, messages, SLOTS, 0, NULL) == SLOTS)
		;
}

static void watch(int epoll, int fd, int what)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = what };
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event))
		err(1, "epoll_ctl");
}

int main(int argc, char **argv)
{
	if (argc < 4)
		errx(2, "floor INTERVAL_MS TARGETS ADDRESS... DEVICE SOURCE...");
	long interval = atol(argv[1]);
	int asked = atoi(argv[2]), uplinks = (argc - 3 - asked) / 2;
	if (interval < 1 || asked < 1 || asked > MAX_TARGETS || uplinks < 1 || uplinks > MAX_UPLINKS)
		errx(2, "out of range");

	int epoll = epoll_create1(0), timer = timerfd_create(CLOCK_MONOTONIC, 0);
	for (int i = 0; i < asked; i++) {
		targets[i] = address(argv[3 + i]);
		requests[i] = (struct icmphdr){ .type = ICMP_ECHO, .un.echo = { htons(getpid() & 0xffff), htons(i) } };
		requests[i].checksum = checksum(&requests[i]);
	}
	for (int i = 0; i < uplinks; i++) {
		char **uplink = argv + 3 + asked + 2 * i;
		sockets[i] = open_socket(uplink[0], uplink[1]);
		watch(epoll, sockets[i], sockets[i]);
	}
	struct timespec period = { interval / 1000, interval % 1000 * 1000000 };
	struct itimerspec cadence = { period, period };
	if (timerfd_settime(timer, 0, &cadence, NULL))
		err(1, "timerfd_settime");
	watch(epoll, timer, TIMER);

	for (;;) {
		struct epoll_event events[64];
		int ready = epoll_wait(epoll, events, 64, -1);
		for (int i = 0; i < ready; i++) {
			uint64_t expirations;
			if (events[i].data.fd != TIMER)
				drain(events[i].data.fd);
			else if (read(timer, &expirations, sizeof expirations) > 0)
				for (int uplink = 0; uplink < uplinks; uplink++)
					ask(sockets[uplink], asked);
		}
	}
}
