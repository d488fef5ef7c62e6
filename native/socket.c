/*
 * A non-blocking socket of any family for Node.js, at the level of the kernel: it moves bytes and reports errno, and interprets neither.
 * src/native/socket.ts is its typed face and describes the calls.
 *
 * A socket belongs to two owners, its JavaScript object and its uv handle, and is freed when both have let go. It is closed by close(), by
 * the finalizer of its object, or by the clean-up hook of its environment (process exit, end of a worker), whichever comes first.
 *
 * Memory that JavaScript lends is used during a call only: it may be detached or moved between two calls.
 * Node-API calls that cannot fail once their arguments were checked are not checked again.
 */
#define _GNU_SOURCE
#define NAPI_VERSION 8
#include <errno.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <node_api.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include <linux/errqueue.h> /* wants struct timespec */

#define BATCH 64
#define ADDRESS_SIZE sizeof(struct sockaddr_storage)
/* Holds a timestamp and an extended error with its offender, and what other options of the socket add. */
#define CONTROL_SIZE 256
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

struct sock {
  napi_env env;
  uv_poll_t poll;
  int fd; /* -1: closed */
  int owners;
  napi_ref object, callback; /* held while watching: a watched socket is not garbage */
  napi_async_cleanup_hook_handle hook;
};

/* What receive() tells of each packet, a row of doubles; src/native/socket.ts names the columns. */
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

/* The open socket whose method was called, and its arguments; NULL after throwing. V8 lets methods be called on their own class only. */
static struct sock *receiver(napi_env env, napi_callback_info call, size_t count, napi_value *arguments) {
  napi_value object;
  struct sock *socket = NULL;
  napi_get_cb_info(env, call, &count, arguments, &object, NULL);
  if (napi_unwrap(env, object, (void **)&socket) != napi_ok) wrong_type(env, "not a socket");
  else if (socket->fd < 0) napi_throw_error(env, "ERR_SOCKET_CLOSED", "the socket is closed");
  else return socket;
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
 * CLOCK_REALTIME minus CLOCK_MONOTONIC now. The one is read between two readings of the other: a preemption in between would falsify the
 * difference by its length, and shows as a wide bracket.
 */
static double realtime_offset(void) {
  double offset = 0, narrowest = 1e9;
  for (int attempt = 0; attempt < 4 && narrowest > 0.005; attempt++) {
    double before = read_clock(CLOCK_MONOTONIC), realtime = read_clock(CLOCK_REALTIME), after = read_clock(CLOCK_MONOTONIC);
    if (after - before >= narrowest) continue;
    narrowest = after - before;
    offset = realtime - (before + after) / 2;
  }
  return offset;
}

/* ---- life and death ---- */

static void release(struct sock *socket) {
  if (--socket->owners == 0) free(socket);
}

static void on_closed(uv_handle_t *handle) {
  struct sock *socket = handle->data;
  napi_remove_async_cleanup_hook(socket->hook);
  release(socket);
}

static void stop_watching(struct sock *socket) {
  if (socket->callback == NULL) return;
  uv_poll_stop(&socket->poll);
  napi_delete_reference(socket->env, socket->callback);
  napi_delete_reference(socket->env, socket->object);
  socket->callback = socket->object = NULL;
}

static void close_socket(struct sock *socket) {
  if (socket->fd < 0) return;
  stop_watching(socket);
  uv_close((uv_handle_t *)&socket->poll, on_closed);
  close(socket->fd);
  socket->fd = -1;
}

static void on_cleanup(napi_async_cleanup_hook_handle hook, void *socket) {
  (void)hook; /* on_closed removes it, and the environment waits for that */
  close_socket(socket);
}

static void on_finalize(napi_env env, void *socket, void *hint) {
  (void)env, (void)hint;
  close_socket(socket);
  release(socket);
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
  int64_t domain, type, protocol;
  napi_get_cb_info(env, call, &count, arguments, &object, NULL);
  napi_get_new_target(env, call, &class);
  if (class == NULL) return wrong_type(env, "Socket is a class: use new"), NULL;
  if (!get_integer(env, arguments[0], 0, INT32_MAX, &domain) || !get_integer(env, arguments[1], 0, INT32_MAX, &type) ||
      !get_integer(env, arguments[2], 0, INT32_MAX, &protocol))
    return NULL;

  struct sock *self = calloc(1, sizeof *self);
  if (self == NULL) return throw_errno(env, ENOMEM);
  self->env = env;
  self->fd = -1;
  self->owners = 1;
  if (napi_wrap(env, object, self, on_finalize, NULL, NULL) != napi_ok) return free(self), NULL;

  int fd = socket((int)domain, (int)type | SOCK_CLOEXEC | SOCK_NONBLOCK, (int)protocol);
  if (fd < 0) return throw_errno(env, errno);
  uv_loop_t *loop;
  napi_get_uv_event_loop(env, &loop);
  int status = uv_poll_init(loop, &self->poll, fd);
  if (status < 0) return close(fd), throw_errno(env, -status);
  self->poll.data = self;
  self->fd = fd;
  self->owners = 2;
  napi_add_async_cleanup_hook(env, on_cleanup, self, &self->hook);
  return object;
}

/* close(): may be called again */
static napi_value close_method(napi_env env, napi_callback_info call) {
  napi_value object;
  struct sock *socket;
  napi_get_cb_info(env, call, NULL, NULL, &object, NULL);
  if (napi_unwrap(env, object, (void **)&socket) == napi_ok) close_socket(socket);
  return NULL;
}

/* fd(): the descriptor, -1 after close */
static napi_value descriptor(napi_env env, napi_callback_info call) {
  napi_value object;
  struct sock *socket;
  napi_get_cb_info(env, call, NULL, NULL, &object, NULL);
  return napi_unwrap(env, object, (void **)&socket) == napi_ok ? number(env, socket->fd) : NULL;
}

/* ---- readiness ---- */

/* Calls callback(failing): something can be received, or (failing) an error or the error queue waits. */
static void on_ready(uv_poll_t *poll, int status, int events) {
  (void)events;
  struct sock *socket = poll->data;
  napi_env env = socket->env;
  napi_handle_scope scope;
  napi_value object, callback, failing, exception;
  /* libuv turns EPOLLERR into an error status and stops the poll: on a datagram socket that is an event like others. */
  if (status < 0) uv_poll_start(poll, UV_READABLE, on_ready);

  napi_open_handle_scope(env, &scope);
  napi_get_reference_value(env, socket->object, &object);
  napi_get_reference_value(env, socket->callback, &callback);
  napi_get_boolean(env, status < 0, &failing);
  if (napi_make_callback(env, NULL, object, callback, 1, &failing, NULL) == napi_pending_exception &&
      napi_get_and_clear_last_exception(env, &exception) == napi_ok)
    napi_fatal_exception(env, exception);
  napi_close_handle_scope(env, scope);
}

/* watch(callback | null) */
static napi_value watch(napi_env env, napi_callback_info call) {
  napi_value argument, object;
  struct sock *socket = receiver(env, call, 1, &argument);
  if (socket == NULL) return NULL;
  napi_valuetype type;
  napi_typeof(env, argument, &type);
  if (type != napi_function && type != napi_null) return wrong_type(env, "the callback is not a function"), NULL;
  stop_watching(socket);
  if (type == napi_null) return NULL;
  napi_get_cb_info(env, call, NULL, NULL, &object, NULL);
  napi_create_reference(env, object, 1, &socket->object);
  napi_create_reference(env, argument, 1, &socket->callback);
  int status = uv_poll_start(&socket->poll, UV_READABLE, on_ready);
  return status < 0 ? throw_errno(env, -status) : NULL;
}

/* ref(), unref(): whether a watched socket keeps the event loop alive */
static napi_value ref(napi_env env, napi_callback_info call) {
  struct sock *socket = receiver(env, call, 0, NULL);
  if (socket != NULL) uv_ref((uv_handle_t *)&socket->poll);
  return NULL;
}

static napi_value unref(napi_env env, napi_callback_info call) {
  struct sock *socket = receiver(env, call, 0, NULL);
  if (socket != NULL) uv_unref((uv_handle_t *)&socket->poll);
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
      size_t offender_length = length - sizeof error;
      if (offender_length < sizeof *offender || offender->sa_family == AF_UNSPEC) continue;
      memcpy(header->msg_name, offender, offender_length);
      header->msg_namelen = (socklen_t)offender_length;
    }
  }
}

/* receive(flags, buffer, slotSize, addresses, info): how many packets, 0 when none waits, -errno */
static napi_value receive(napi_env env, napi_callback_info call) {
  napi_value arguments[5];
  struct sock *socket = receiver(env, call, 5, arguments);
  int64_t flags, slot_size;
  struct bytes buffer, addresses;
  struct doubles rows;
  if (socket == NULL || !get_integer(env, arguments[0], 0, INT32_MAX, &flags) || !get_bytes(env, arguments[1], &buffer) ||
      !get_integer(env, arguments[2], 1, INT32_MAX, &slot_size) || !get_bytes(env, arguments[3], &addresses) ||
      !get_doubles(env, arguments[4], &rows))
    return NULL;
  size_t slots = buffer.length / (size_t)slot_size;
  if (slots < 1 || slots > BATCH || addresses.length < slots * ADDRESS_SIZE || rows.length < slots * sizeof(struct info) / sizeof(double))
    return out_of_range(env, "the buffers do not hold 1 to 64 slots"), NULL;

  struct mmsghdr messages[BATCH] = {0};
  struct iovec vectors[BATCH];
  _Alignas(struct cmsghdr) uint8_t controls[BATCH][CONTROL_SIZE];
  for (size_t i = 0; i < slots; i++) {
    vectors[i] = (struct iovec){buffer.data + i * (size_t)slot_size, (size_t)slot_size};
    messages[i].msg_hdr = (struct msghdr){.msg_name = addresses.data + i * ADDRESS_SIZE,
                                          .msg_namelen = ADDRESS_SIZE,
                                          .msg_iov = &vectors[i],
                                          .msg_iovlen = 1,
                                          .msg_control = controls[i],
                                          .msg_controllen = CONTROL_SIZE};
  }
  int count;
  do count = recvmmsg(socket->fd, messages, (unsigned)slots, (int)flags | MSG_DONTWAIT | MSG_TRUNC, NULL);
  while (count < 0 && errno == EINTR);
  if (count < 0 && errno == EAGAIN) count = 0;

  double now = read_clock(CLOCK_MONOTONIC), offset = 0;
  for (int i = 0; i < count; i++) {
    struct info info = {.length = messages[i].msg_len, .received_at = now, .error = -1};
    struct msghdr *header = &messages[i].msg_hdr;
    read_control(header, &info, &offset);
    info.flags = header->msg_flags;
    info.address_length = header->msg_namelen;
    memcpy(rows.data + (size_t)i * sizeof info / sizeof(double), &info, sizeof info);
  }
  return outcome(env, count);
}

/* send(packets, packetSize, addresses | null, addressSize, sentAt | null): how many were sent; -errno when the first was not */
static napi_value send_method(napi_env env, napi_callback_info call) {
  napi_value arguments[5];
  struct sock *socket = receiver(env, call, 5, arguments);
  int64_t packet_size, address_size;
  struct bytes packets, addresses = {0};
  struct doubles sent_at = {0};
  if (socket == NULL || !get_bytes(env, arguments[0], &packets) || !get_integer(env, arguments[1], 1, INT32_MAX, &packet_size) ||
      !(is_null(env, arguments[2]) || get_bytes(env, arguments[2], &addresses)) ||
      !get_integer(env, arguments[3], 0, ADDRESS_SIZE, &address_size) ||
      !(is_null(env, arguments[4]) || get_doubles(env, arguments[4], &sent_at)))
    return NULL;
  size_t total = packets.length / (size_t)packet_size;
  if (total * (size_t)packet_size != packets.length || addresses.length != (addresses.data ? total * (size_t)address_size : 0) ||
      (sent_at.data && sent_at.length < total))
    return out_of_range(env, "packets, addresses and times do not agree"), NULL;

  size_t done = 0;
  while (done < total) {
    unsigned chunk = total - done < BATCH ? (unsigned)(total - done) : BATCH;
    struct mmsghdr messages[BATCH] = {0};
    struct iovec vectors[BATCH];
    for (size_t i = 0; i < chunk; i++) {
      vectors[i] = (struct iovec){packets.data + (done + i) * (size_t)packet_size, (size_t)packet_size};
      messages[i].msg_hdr = (struct msghdr){.msg_iov = &vectors[i], .msg_iovlen = 1};
      if (addresses.data == NULL) continue;
      messages[i].msg_hdr.msg_name = addresses.data + (done + i) * (size_t)address_size;
      messages[i].msg_hdr.msg_namelen = (socklen_t)address_size;
    }
    double now = read_clock(CLOCK_MONOTONIC);
    int count;
    do count = sendmmsg(socket->fd, messages, chunk, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (count < 0 && errno == EINTR);
    if (count < 0 && done == 0) return outcome(env, count);
    if (count < 0) break;
    for (int i = 0; i < count && sent_at.data; i++) sent_at.data[done + (size_t)i] = now;
    done += (size_t)count;
    if ((unsigned)count < chunk) break;
  }
  return number(env, (double)done);
}

/* ---- options and addresses ---- */

/* setOption(level, name, number | bytes): 0 or -errno. A number is an int or, as SO_MARK wants it, an unsigned int. */
static napi_value set_option(napi_env env, napi_callback_info call) {
  napi_value arguments[3];
  struct sock *socket = receiver(env, call, 3, arguments);
  int64_t level, name, integer;
  struct bytes value;
  napi_valuetype type;
  if (socket == NULL || !get_integer(env, arguments[0], 0, INT32_MAX, &level) || !get_integer(env, arguments[1], 0, INT32_MAX, &name))
    return NULL;
  napi_typeof(env, arguments[2], &type);
  if (type == napi_number) {
    if (!get_integer(env, arguments[2], INT32_MIN, UINT32_MAX, &integer)) return NULL;
    uint32_t word = (uint32_t)integer;
    return outcome(env, setsockopt(socket->fd, (int)level, (int)name, &word, sizeof word));
  }
  if (!get_bytes(env, arguments[2], &value)) return NULL;
  return outcome(env, setsockopt(socket->fd, (int)level, (int)name, value.data, (socklen_t)value.length));
}

/* getOption(level, name, into): the length, or -errno */
static napi_value get_option(napi_env env, napi_callback_info call) {
  napi_value arguments[3];
  struct sock *socket = receiver(env, call, 3, arguments);
  int64_t level, name;
  struct bytes into;
  if (socket == NULL || !get_integer(env, arguments[0], 0, INT32_MAX, &level) ||
      !get_integer(env, arguments[1], 0, INT32_MAX, &name) || !get_bytes(env, arguments[2], &into))
    return NULL;
  socklen_t length = (socklen_t)into.length;
  int result = getsockopt(socket->fd, (int)level, (int)name, into.data, &length);
  return outcome(env, result < 0 ? result : (ssize_t)length);
}

/* attachFilter(struct sock_filter[]): 0 or -errno */
static napi_value attach_filter(napi_env env, napi_callback_info call) {
  napi_value argument;
  struct sock *socket = receiver(env, call, 1, &argument);
  struct bytes program;
  if (socket == NULL || !get_bytes(env, argument, &program)) return NULL;
  size_t steps = program.length / sizeof(struct sock_filter);
  if (steps > BPF_MAXINSNS || steps * sizeof(struct sock_filter) != program.length)
    return out_of_range(env, "the filter is not an array of struct sock_filter"), NULL;
  struct sock_fprog filter = {.len = (unsigned short)steps, .filter = (void *)program.data};
  return outcome(env, setsockopt(socket->fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter));
}

/* bind(address), connect(address): 0 or -errno */
static napi_value bind_method(napi_env env, napi_callback_info call) {
  napi_value argument;
  struct sock *socket = receiver(env, call, 1, &argument);
  struct bytes address;
  if (socket == NULL || !get_address(env, argument, &address)) return NULL;
  return outcome(env, bind(socket->fd, (void *)address.data, (socklen_t)address.length));
}

static napi_value connect_method(napi_env env, napi_callback_info call) {
  napi_value argument;
  struct sock *socket = receiver(env, call, 1, &argument);
  struct bytes address;
  if (socket == NULL || !get_address(env, argument, &address)) return NULL;
  return outcome(env, connect(socket->fd, (void *)address.data, (socklen_t)address.length));
}

/* localAddress(into): the length of the whole address, or -errno */
static napi_value local_address(napi_env env, napi_callback_info call) {
  napi_value argument;
  struct sock *socket = receiver(env, call, 1, &argument);
  struct bytes into;
  if (socket == NULL || !get_bytes(env, argument, &into)) return NULL;
  socklen_t length = (socklen_t)into.length;
  int result = getsockname(socket->fd, (void *)into.data, &length);
  return outcome(env, result < 0 ? result : (ssize_t)length);
}

/* now(): ms on CLOCK_MONOTONIC */
static napi_value now_function(napi_env env, napi_callback_info call) {
  (void)call;
  return number(env, read_clock(CLOCK_MONOTONIC));
}

NAPI_MODULE_INIT() {
  static const struct {
    const char *name;
    napi_callback function;
  } methods[] = {
      {"receive", receive},           {"send", send_method},    {"setOption", set_option},
      {"getOption", get_option},      {"bind", bind_method},    {"connect", connect_method},
      {"attachFilter", attach_filter}, {"watch", watch},         {"localAddress", local_address},
      {"ref", ref},                   {"unref", unref},         {"fd", descriptor},
      {"close", close_method},
  };
  napi_property_descriptor properties[LENGTH(methods)] = {0};
  for (size_t i = 0; i < LENGTH(methods); i++)
    properties[i] = (napi_property_descriptor){.utf8name = methods[i].name, .method = methods[i].function};
  napi_value class, now;
  napi_define_class(env, "Socket", NAPI_AUTO_LENGTH, construct, NULL, LENGTH(properties), properties, &class);
  napi_set_named_property(env, exports, "Socket", class);
  napi_create_function(env, "now", NAPI_AUTO_LENGTH, now_function, NULL, &now);
  napi_set_named_property(env, exports, "now", now);
  return exports;
}
