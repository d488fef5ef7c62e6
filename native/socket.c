/*
 * A non-blocking socket of any family for Node.js, at the level of the kernel: it moves bytes and reports errno, and
 * interprets neither. Beside it netlink requests that take their time, the clock that stamps packets, and the end of
 * ambient capabilities. src/native.ts is its typed face.
 *
 * A socket has two owners, its JavaScript object and its uv handle, and is freed when both have let go. It is closed by
 * close(), by the finalizer of its object, or by the clean-up hook of its environment (process exit, end of a worker),
 * whichever comes first; unless release() has given its descriptor away.
 *
 * Memory that JavaScript lends is used during a call only: it may be detached or moved between two calls.
 * Calls of Node-API and libuv that cannot fail once their arguments were checked are not checked again.
 */
#define _GNU_SOURCE
#define NAPI_VERSION 8
#include <errno.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <node_api.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include <linux/errqueue.h> /* wants struct timespec */

#define BATCH 64
#define ADDRESS_SIZE sizeof(struct sockaddr_storage)
/* Holds a timestamp and an extended error with its offender, and what other options of the socket add. */
#define CONTROL_SIZE 256
/* Holds an acknowledgement and the request that it repeats. */
#define ANSWER_SIZE 4096
#define INFO_COLUMNS (sizeof(struct info) / sizeof(double))

struct sock {
  napi_env env;
  uv_poll_t poll;
  int fd; /* -1: closed */
  int domain;
  int owners;
  napi_ref object, callback; /* held while watching: a watched socket is not garbage */
  napi_async_cleanup_hook_handle hook;
};

/* What receive() tells of each packet, a row of doubles; src/native.ts names the columns. */
struct info {
  double length, flags, received_at, address_length, error, origin, type_code, error_info;
};

struct bytes {
  uint8_t *data;
  size_t length;
};

struct doubles {
  double *data;
  size_t length;
};

/* ---- arguments: each reader throws and returns false when the value does not fit ---- */

static bool wrong_type(napi_env env, const char *message) {
  napi_throw_type_error(env, "ERR_INVALID_ARG_TYPE", message);
  return false;
}

static bool out_of_range(napi_env env, const char *message) {
  napi_throw_range_error(env, "ERR_OUT_OF_RANGE", message);
  return false;
}

static bool get_integer(napi_env env, napi_value value, int64_t least, int64_t most, int64_t *result) {
  double number;
  if (napi_get_value_double(env, value, &number) != napi_ok) return wrong_type(env, "an argument is not a number");
  if (!(number >= (double)least && number <= (double)most) || number != (double)(int64_t)number)
    return out_of_range(env, "a number is no integer or out of range");
  *result = (int64_t)number;
  return true;
}

/* An int of the system's interface; none of those that we pass is negative. */
static bool get_int(napi_env env, napi_value value, int *result) {
  int64_t integer;
  if (!get_integer(env, value, 0, INT_MAX, &integer)) return false;
  *result = (int)integer;
  return true;
}

static bool get_size(napi_env env, napi_value value, size_t least, size_t most, size_t *result) {
  int64_t integer;
  if (!get_integer(env, value, (int64_t)least, (int64_t)most, &integer)) return false;
  *result = (size_t)integer;
  return true;
}

static bool get_array(napi_env env, napi_value value, napi_typedarray_type wanted, void **data, size_t *length) {
  bool is_array = false, detached = false;
  napi_typedarray_type type;
  napi_value buffer;
  napi_is_typedarray(env, value, &is_array);
  if (!is_array) return wrong_type(env, "an argument is not a typed array");
  napi_get_typedarray_info(env, value, &type, length, data, &buffer, NULL);
  if (type != wanted) return wrong_type(env, "a typed array is of the wrong type");
  napi_is_detached_arraybuffer(env, buffer, &detached);
  if (detached) return wrong_type(env, "the memory of a typed array is detached");
  return true;
}

static bool get_bytes(napi_env env, napi_value value, struct bytes *result) {
  return get_array(env, value, napi_uint8_array, (void **)&result->data, &result->length);
}

static bool get_doubles(napi_env env, napi_value value, struct doubles *result) {
  return get_array(env, value, napi_float64_array, (void **)&result->data, &result->length);
}

static bool get_address(napi_env env, napi_value value, struct bytes *result) {
  if (!get_bytes(env, value, result)) return false;
  return result->length <= ADDRESS_SIZE || out_of_range(env, "an address is longer than sockaddr_storage");
}

static bool is_null(napi_env env, napi_value value) {
  napi_valuetype type;
  napi_typeof(env, value, &type);
  return type == napi_null;
}

/* The socket whose method was called, and the arguments. V8 calls a method of a class on objects of that class only. */
static struct sock *receiver(napi_env env, napi_callback_info call, size_t count, napi_value *arguments) {
  napi_value object;
  struct sock *self = NULL;
  napi_get_cb_info(env, call, &count, arguments, &object, NULL);
  napi_unwrap(env, object, (void **)&self);
  return self;
}

/* The same while it is open; NULL after throwing. */
static struct sock *open_receiver(napi_env env, napi_callback_info call, size_t count, napi_value *arguments) {
  struct sock *self = receiver(env, call, count, arguments);
  if (self != NULL && self->fd >= 0) return self;
  napi_throw_error(env, "ERR_SOCKET_CLOSED", "the socket is closed");
  return NULL;
}

/* ---- results ---- */

static napi_value number(napi_env env, double value) {
  napi_value result;
  napi_create_double(env, value, &result);
  return result;
}

/* As a system call returns, save that an error is -errno. */
static napi_value outcome(napi_env env, ssize_t result) {
  return number(env, result < 0 ? -errno : result);
}

/* ---- time ---- */

static double milliseconds(const struct timespec *time) {
  return (double)time->tv_sec * 1e3 + (double)time->tv_nsec / 1e6;
}

static double read_clock(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return milliseconds(&time);
}

/*
 * CLOCK_REALTIME minus CLOCK_MONOTONIC now. The one is read between two readings of the other: a preemption in between
 * would falsify the difference by its length, and shows as a wide bracket.
 */
static double realtime_offset(void) {
  double offset = 0, narrowest = 1e9;
  for (int attempt = 0; attempt < 4 && narrowest > 0.005; attempt++) {
    double before = read_clock(CLOCK_MONOTONIC);
    double realtime = read_clock(CLOCK_REALTIME);
    double after = read_clock(CLOCK_MONOTONIC);
    if (after - before >= narrowest) continue;
    narrowest = after - before;
    offset = realtime - (before + after) / 2;
  }
  return offset;
}

/* ---- life and death ---- */

static void release(struct sock *self) {
  if (--self->owners == 0) free(self);
}

static void on_closed(uv_handle_t *handle) {
  struct sock *self = handle->data;
  napi_remove_async_cleanup_hook(self->hook);
  release(self);
}

static void stop_watching(struct sock *self) {
  if (self->callback == NULL) return;
  uv_poll_stop(&self->poll);
  napi_delete_reference(self->env, self->callback);
  napi_delete_reference(self->env, self->object);
  self->callback = self->object = NULL;
}

/* Gives up the descriptor, which stays open; -1 when it was given up or closed before. */
static int give_up(struct sock *self) {
  int fd = self->fd;
  if (fd < 0) return fd;
  stop_watching(self);
  uv_close((uv_handle_t *)&self->poll, on_closed);
  self->fd = -1;
  return fd;
}

static void close_socket(struct sock *self) {
  int fd = give_up(self);
  if (fd >= 0) close(fd);
}

static void on_cleanup(napi_async_cleanup_hook_handle hook, void *self) {
  (void)hook; /* on_closed removes it, and the environment waits for that */
  close_socket(self);
}

static void on_finalize(napi_env env, void *self, void *hint) {
  (void)env, (void)hint;
  close_socket(self);
  release(self);
}

static napi_value throw_errno(napi_env env, int error) {
  napi_value text, exception;
  napi_create_string_utf8(env, strerror(error), NAPI_AUTO_LENGTH, &text);
  napi_create_error(env, NULL, text, &exception);
  napi_set_named_property(env, exception, "errno", number(env, error));
  napi_throw(env, exception);
  return NULL;
}

/* new Socket(domain, type, protocol) */
static napi_value construct(napi_env env, napi_callback_info call) {
  size_t count = 3;
  napi_value arguments[3], object, class;
  int domain, type, protocol;
  napi_get_cb_info(env, call, &count, arguments, &object, NULL);
  napi_get_new_target(env, call, &class);
  if (class == NULL) {
    wrong_type(env, "Socket is a class: use new");
    return NULL;
  }
  if (!get_int(env, arguments[0], &domain) || !get_int(env, arguments[1], &type) ||
      !get_int(env, arguments[2], &protocol))
    return NULL;

  struct sock *self = calloc(1, sizeof *self);
  if (self == NULL) return throw_errno(env, ENOMEM);
  self->env = env;
  self->fd = -1;
  self->owners = 1;
  if (napi_wrap(env, object, self, on_finalize, NULL, NULL) != napi_ok) {
    free(self);
    return NULL;
  }

  int fd = socket(domain, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
  if (fd < 0) return throw_errno(env, errno);
  uv_loop_t *loop;
  napi_get_uv_event_loop(env, &loop);
  int status = uv_poll_init(loop, &self->poll, fd);
  if (status < 0) {
    close(fd);
    return throw_errno(env, -status);
  }
  self->poll.data = self;
  self->fd = fd;
  self->domain = domain;
  self->owners = 2;
  napi_add_async_cleanup_hook(env, on_cleanup, self, &self->hook);
  return object;
}

/* close(): may be called again */
static napi_value close_method(napi_env env, napi_callback_info call) {
  struct sock *self = receiver(env, call, 0, NULL);
  if (self != NULL) close_socket(self);
  return NULL;
}

/* release(): the descriptor, which is the caller's to close from now on; the socket counts as closed */
static napi_value release_method(napi_env env, napi_callback_info call) {
  struct sock *self = open_receiver(env, call, 0, NULL);
  return self == NULL ? NULL : number(env, give_up(self));
}

/* fd(): the descriptor, -1 after close */
static napi_value descriptor(napi_env env, napi_callback_info call) {
  struct sock *self = receiver(env, call, 0, NULL);
  return self == NULL ? NULL : number(env, self->fd);
}

/* ---- readiness ---- */

/* Calls callback(failing): something can be received, or (failing) an error or the error queue waits. */
static void on_ready(uv_poll_t *poll, int status, int events) {
  (void)events;
  struct sock *self = poll->data;
  napi_env env = self->env;
  napi_handle_scope scope;
  napi_value object, callback, failing, exception;
  /* libuv turns EPOLLERR into an error status and stops the poll: on a datagram socket that is an event like others. */
  if (status < 0) uv_poll_start(poll, UV_READABLE, on_ready);

  napi_open_handle_scope(env, &scope);
  napi_get_reference_value(env, self->object, &object);
  napi_get_reference_value(env, self->callback, &callback);
  napi_get_boolean(env, status < 0, &failing);
  if (napi_make_callback(env, NULL, object, callback, 1, &failing, NULL) == napi_pending_exception &&
      napi_get_and_clear_last_exception(env, &exception) == napi_ok)
    napi_fatal_exception(env, exception);
  napi_close_handle_scope(env, scope);
}

/* watch(callback | null) */
static napi_value watch(napi_env env, napi_callback_info call) {
  napi_value argument, object;
  struct sock *self = open_receiver(env, call, 1, &argument);
  if (self == NULL) return NULL;
  napi_valuetype type;
  napi_typeof(env, argument, &type);
  if (type != napi_function && type != napi_null) {
    wrong_type(env, "the callback is not a function");
    return NULL;
  }
  stop_watching(self);
  if (type == napi_null) return NULL;
  napi_get_cb_info(env, call, NULL, NULL, &object, NULL);
  napi_create_reference(env, object, 1, &self->object);
  napi_create_reference(env, argument, 1, &self->callback);
  uv_poll_start(&self->poll, UV_READABLE, on_ready);
  return NULL;
}

/* ref(), unref(): whether a watched socket keeps the event loop alive */
static napi_value ref(napi_env env, napi_callback_info call) {
  struct sock *self = open_receiver(env, call, 0, NULL);
  if (self != NULL) uv_ref((uv_handle_t *)&self->poll);
  return NULL;
}

static napi_value unref(napi_env env, napi_callback_info call) {
  struct sock *self = open_receiver(env, call, 0, NULL);
  if (self != NULL) uv_unref((uv_handle_t *)&self->poll);
  return NULL;
}

/* ---- packets ---- */

static void read_control(struct msghdr *header, struct info *info, double *offset) {
  for (struct cmsghdr *control = CMSG_FIRSTHDR(header); control != NULL; control = CMSG_NXTHDR(header, control)) {
    int level = control->cmsg_level, type = control->cmsg_type;
    size_t length = control->cmsg_len - CMSG_LEN(0);
    if (level == SOL_SOCKET && type == SCM_TIMESTAMPNS && length >= sizeof(struct timespec)) {
      struct timespec stamp;
      memcpy(&stamp, CMSG_DATA(control), sizeof stamp);
      if (*offset == 0) *offset = realtime_offset();
      /* A wall clock that was set back since would put the packet into the future. */
      double received_at = milliseconds(&stamp) - *offset;
      if (received_at < info->received_at) info->received_at = received_at;
    } else if (((level == SOL_IP && type == IP_RECVERR) || (level == SOL_IPV6 && type == IPV6_RECVERR)) &&
               length >= sizeof(struct sock_extended_err)) {
      struct sock_extended_err error;
      memcpy(&error, CMSG_DATA(control), sizeof error);
      info->error = error.ee_errno;
      info->origin = error.ee_origin;
      info->type_code = error.ee_type * 256 + error.ee_code;
      info->error_info = error.ee_info;
      /* SO_EE_OFFENDER: who sent the ICMP error; its family is AF_UNSPEC when nobody did. */
      const struct sockaddr *offender = (void *)(CMSG_DATA(control) + sizeof error);
      size_t size = length - sizeof error;
      if (size < sizeof *offender || size > ADDRESS_SIZE || offender->sa_family == AF_UNSPEC) continue;
      memcpy(header->msg_name, offender, size);
      header->msg_namelen = (socklen_t)size;
    }
  }
}

/* receive(flags, buffer, slotSize, addresses, info): how many packets, 0 when none waits, -errno */
static napi_value receive(napi_env env, napi_callback_info call) {
  napi_value arguments[5];
  struct sock *self = open_receiver(env, call, 5, arguments);
  int flags;
  size_t slot_size;
  struct bytes buffer, addresses;
  struct doubles rows;
  if (self == NULL || !get_int(env, arguments[0], &flags) || !get_bytes(env, arguments[1], &buffer) ||
      !get_size(env, arguments[2], 1, INT_MAX, &slot_size) || !get_bytes(env, arguments[3], &addresses) ||
      !get_doubles(env, arguments[4], &rows))
    return NULL;
  size_t slots = buffer.length / slot_size;
  if (slots < 1 || slots > BATCH || addresses.length < slots * ADDRESS_SIZE || rows.length < slots * INFO_COLUMNS) {
    out_of_range(env, "the buffers do not hold 1 to 64 slots");
    return NULL;
  }

  /* Without room for control data the kernel drops descriptors that a local peer hands over unasked (SCM_RIGHTS). */
  size_t control_size = self->domain == AF_UNIX ? 0 : CONTROL_SIZE;
  struct mmsghdr messages[BATCH] = {0};
  struct iovec vectors[BATCH];
  _Alignas(struct cmsghdr) uint8_t controls[BATCH][CONTROL_SIZE];
  for (size_t i = 0; i < slots; i++) {
    vectors[i] = (struct iovec){buffer.data + i * slot_size, slot_size};
    messages[i].msg_hdr = (struct msghdr){.msg_name = addresses.data + i * ADDRESS_SIZE,
                                          .msg_namelen = ADDRESS_SIZE,
                                          .msg_iov = &vectors[i],
                                          .msg_iovlen = 1,
                                          .msg_control = controls[i],
                                          .msg_controllen = control_size};
  }
  int count;
  do count = recvmmsg(self->fd, messages, (unsigned)slots, flags | MSG_DONTWAIT | MSG_TRUNC, NULL);
  while (count < 0 && errno == EINTR);
  if (count < 0 && errno == EAGAIN) count = 0;

  double now = read_clock(CLOCK_MONOTONIC), offset = 0;
  for (int i = 0; i < count; i++) {
    struct info info = {.length = messages[i].msg_len, .received_at = now, .error = -1};
    struct msghdr *header = &messages[i].msg_hdr;
    read_control(header, &info, &offset);
    info.flags = header->msg_flags;
    info.address_length = header->msg_namelen;
    memcpy(rows.data + (size_t)i * INFO_COLUMNS, &info, sizeof info);
  }
  return outcome(env, count);
}

/* send(packets, packetSize, addresses | null, addressSize, sentAt | null): how many were sent; -errno if not even one */
static napi_value send_method(napi_env env, napi_callback_info call) {
  napi_value arguments[5];
  struct sock *self = open_receiver(env, call, 5, arguments);
  if (self == NULL) return NULL;
  bool addressed = !is_null(env, arguments[2]), timed = !is_null(env, arguments[4]);
  size_t packet_size, address_size;
  struct bytes packets, addresses;
  struct doubles sent_at;
  if (!get_bytes(env, arguments[0], &packets) || !get_size(env, arguments[1], 1, INT_MAX, &packet_size) ||
      (addressed && !get_bytes(env, arguments[2], &addresses)) ||
      !get_size(env, arguments[3], 0, ADDRESS_SIZE, &address_size) ||
      (timed && !get_doubles(env, arguments[4], &sent_at)))
    return NULL;
  size_t total = packets.length / packet_size;
  if (packets.length != total * packet_size || (addressed && addresses.length != total * address_size) ||
      (timed && sent_at.length < total)) {
    out_of_range(env, "packets, addresses and times do not agree");
    return NULL;
  }

  size_t done = 0;
  unsigned chunk;
  int count;
  do {
    chunk = total - done < BATCH ? (unsigned)(total - done) : BATCH;
    struct mmsghdr messages[BATCH] = {0};
    struct iovec vectors[BATCH];
    for (size_t i = 0; i < chunk; i++) {
      vectors[i] = (struct iovec){packets.data + (done + i) * packet_size, packet_size};
      messages[i].msg_hdr = (struct msghdr){.msg_iov = &vectors[i], .msg_iovlen = 1};
      if (!addressed) continue;
      messages[i].msg_hdr.msg_name = addresses.data + (done + i) * address_size;
      messages[i].msg_hdr.msg_namelen = (socklen_t)address_size;
    }
    double now = read_clock(CLOCK_MONOTONIC);
    do count = sendmmsg(self->fd, messages, chunk, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (count < 0 && errno == EINTR);
    if (count < 0) return done > 0 ? number(env, (double)done) : outcome(env, count);
    for (int i = 0; timed && i < count; i++) sent_at.data[done + (size_t)i] = now;
    done += (size_t)count;
  } while ((unsigned)count == chunk && done < total);
  return number(env, (double)done);
}

/* ---- options and addresses ---- */

/* setOption(level, name, number | bytes): 0 or -errno. A number is an int or, as SO_MARK wants it, an unsigned int. */
static napi_value set_option(napi_env env, napi_callback_info call) {
  napi_value arguments[3];
  struct sock *self = open_receiver(env, call, 3, arguments);
  int level, name;
  int64_t integer;
  struct bytes value;
  napi_valuetype type;
  if (self == NULL || !get_int(env, arguments[0], &level) || !get_int(env, arguments[1], &name)) return NULL;
  napi_typeof(env, arguments[2], &type);
  if (type == napi_number) {
    if (!get_integer(env, arguments[2], INT32_MIN, UINT32_MAX, &integer)) return NULL;
    uint32_t word = (uint32_t)integer;
    return outcome(env, setsockopt(self->fd, level, name, &word, sizeof word));
  }
  if (!get_bytes(env, arguments[2], &value)) return NULL;
  return outcome(env, setsockopt(self->fd, level, name, value.data, (socklen_t)value.length));
}

/* getOption(level, name, into): the length, or -errno */
static napi_value get_option(napi_env env, napi_callback_info call) {
  napi_value arguments[3];
  struct sock *self = open_receiver(env, call, 3, arguments);
  int level, name;
  struct bytes into;
  if (self == NULL || !get_int(env, arguments[0], &level) || !get_int(env, arguments[1], &name) ||
      !get_bytes(env, arguments[2], &into))
    return NULL;
  socklen_t length = (socklen_t)into.length;
  int result = getsockopt(self->fd, level, name, into.data, &length);
  return outcome(env, result < 0 ? result : (ssize_t)length);
}

/* attachFilter(struct sock_filter[]): 0 or -errno */
static napi_value attach_filter(napi_env env, napi_callback_info call) {
  napi_value argument;
  struct sock *self = open_receiver(env, call, 1, &argument);
  struct bytes program;
  if (self == NULL || !get_bytes(env, argument, &program)) return NULL;
  size_t steps = program.length / sizeof(struct sock_filter);
  if (steps > BPF_MAXINSNS || steps * sizeof(struct sock_filter) != program.length) {
    out_of_range(env, "the filter is not an array of struct sock_filter");
    return NULL;
  }
  struct sock_fprog filter = {.len = (unsigned short)steps, .filter = (void *)program.data};
  return outcome(env, setsockopt(self->fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter));
}

/* bind(address), connect(address): 0 or -errno */
static napi_value bind_method(napi_env env, napi_callback_info call) {
  napi_value argument;
  struct sock *self = open_receiver(env, call, 1, &argument);
  struct bytes address;
  if (self == NULL || !get_address(env, argument, &address)) return NULL;
  return outcome(env, bind(self->fd, (void *)address.data, (socklen_t)address.length));
}

static napi_value connect_method(napi_env env, napi_callback_info call) {
  napi_value argument;
  struct sock *self = open_receiver(env, call, 1, &argument);
  struct bytes address;
  if (self == NULL || !get_address(env, argument, &address)) return NULL;
  return outcome(env, connect(self->fd, (void *)address.data, (socklen_t)address.length));
}

/* localAddress(into): the length of the whole address, or -errno */
static napi_value local_address(napi_env env, napi_callback_info call) {
  napi_value argument;
  struct sock *self = open_receiver(env, call, 1, &argument);
  struct bytes into;
  if (self == NULL || !get_bytes(env, argument, &into)) return NULL;
  socklen_t length = (socklen_t)into.length;
  int result = getsockname(self->fd, (void *)into.data, &length);
  return outcome(env, result < 0 ? result : (ssize_t)length);
}

/* now(): ms on CLOCK_MONOTONIC */
static napi_value now_function(napi_env env, napi_callback_info call) {
  (void)call;
  return number(env, read_clock(CLOCK_MONOTONIC));
}

/* clearAmbient(): 0 or -errno. Of this thread, from which libuv starts programs. */
static napi_value clear_ambient(napi_env env, napi_callback_info call) {
  (void)call;
  return outcome(env, prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0));
}

/* raiseAmbient(capability): 0 or -errno. Of the same thread. */
static napi_value raise_ambient(napi_env env, napi_callback_info call) {
  napi_value argument;
  size_t given = 1;
  int capability;
  napi_get_cb_info(env, call, &given, &argument, NULL, NULL);
  if (!get_int(env, argument, &capability)) return NULL;
  return outcome(env, prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0));
}

/* ---- a netlink request in a thread of libuv's pool ---- */

/* The kernel works on a request inside sendto(2): what takes it long must not hold up the thread of JavaScript. */
struct request {
  napi_async_work work;
  napi_deferred deferred;
  int protocol;
  ssize_t result; /* bytes of the answer, or -errno */
  uint8_t answer[ANSWER_SIZE];
  size_t length;
  uint8_t message[];
};

static ssize_t exchange(int fd, struct request *request) {
  const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  ssize_t result;
  do result = sendto(fd, request->message, request->length, 0, (const void *)&kernel, sizeof kernel);
  while (result < 0 && errno == EINTR);
  /* The answer stands in the receive buffer by now. */
  return result < 0 ? result : recv(fd, request->answer, sizeof request->answer, MSG_DONTWAIT);
}

static void on_request(napi_env env, void *data) {
  (void)env;
  struct request *request = data;
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, request->protocol);
  request->result = fd < 0 ? fd : exchange(fd, request);
  if (request->result < 0) request->result = -errno;
  if (fd >= 0) close(fd);
}

static void on_answer(napi_env env, napi_status status, void *data) {
  struct request *request = data;
  napi_value value;
  if (status == napi_ok && request->result >= 0) {
    napi_create_buffer_copy(env, (size_t)request->result, request->answer, NULL, &value);
    napi_resolve_deferred(env, request->deferred, value);
  } else if (status == napi_ok) {
    napi_resolve_deferred(env, request->deferred, number(env, (double)request->result));
  }
  napi_delete_async_work(env, request->work);
  free(request);
}

/* request(protocol, message): a promise of the first datagram of the answer, or of -errno */
static napi_value request_function(napi_env env, napi_callback_info call) {
  size_t count = 2;
  napi_value arguments[2], name, promise;
  int protocol;
  struct bytes message;
  napi_get_cb_info(env, call, &count, arguments, NULL, NULL);
  if (!get_int(env, arguments[0], &protocol) || !get_bytes(env, arguments[1], &message)) return NULL;
  struct request *request = calloc(1, sizeof *request + message.length);
  if (request == NULL) return throw_errno(env, ENOMEM);
  request->protocol = protocol;
  request->length = message.length;
  memcpy(request->message, message.data, message.length);
  napi_create_string_utf8(env, "netlink request", NAPI_AUTO_LENGTH, &name);
  napi_create_promise(env, &request->deferred, &promise);
  napi_create_async_work(env, NULL, name, on_request, on_answer, request, &request->work);
  napi_queue_async_work(env, request->work);
  return promise;
}

#define METHOD(name, function) {name, NULL, function, NULL, NULL, NULL, napi_default, NULL}

NAPI_MODULE_INIT() {
  const napi_property_descriptor methods[] = {
      METHOD("receive", receive),
      METHOD("send", send_method),
      METHOD("setOption", set_option),
      METHOD("getOption", get_option),
      METHOD("attachFilter", attach_filter),
      METHOD("bind", bind_method),
      METHOD("connect", connect_method),
      METHOD("localAddress", local_address),
      METHOD("watch", watch),
      METHOD("ref", ref),
      METHOD("unref", unref),
      METHOD("fd", descriptor),
      METHOD("release", release_method),
      METHOD("close", close_method),
  };
  napi_value class, now, clear, raise, request;
  napi_define_class(env, "Socket", NAPI_AUTO_LENGTH, construct, NULL, sizeof methods / sizeof *methods, methods, &class);
  napi_set_named_property(env, exports, "Socket", class);
  napi_create_function(env, "now", NAPI_AUTO_LENGTH, now_function, NULL, &now);
  napi_set_named_property(env, exports, "now", now);
  napi_create_function(env, "clearAmbient", NAPI_AUTO_LENGTH, clear_ambient, NULL, &clear);
  napi_set_named_property(env, exports, "clearAmbient", clear);
  napi_create_function(env, "raiseAmbient", NAPI_AUTO_LENGTH, raise_ambient, NULL, &raise);
  napi_set_named_property(env, exports, "raiseAmbient", raise);
  napi_create_function(env, "request", NAPI_AUTO_LENGTH, request_function, NULL, &request);
  napi_set_named_property(env, exports, "request", request);
  return exports;
}
