/* The CRM library for everything that speaks C. Generated from crm-c/src/lib.rs; README.md is the guide, CALLS.md lists the calls. */

#ifndef CRM_H
#define CRM_H

#include <stdint.h>

/* The Arrow C stream interface, as https://arrow.apache.org/docs/format/CStreamInterface.html defines it. */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE
struct ArrowSchema {
  const char *format, *name, *metadata;
  int64_t flags, n_children;
  struct ArrowSchema **children, *dictionary;
  void (*release)(struct ArrowSchema *);
  void *private_data;
};
struct ArrowArray {
  int64_t length, null_count, offset, n_buffers, n_children;
  const void **buffers;
  struct ArrowArray **children, *dictionary;
  void (*release)(struct ArrowArray *);
  void *private_data;
};
#endif
#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE
struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
  int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
  const char *(*get_last_error)(struct ArrowArrayStream *);
  void (*release)(struct ArrowArrayStream *);
  void *private_data;
};
#endif


/**
 * An open CRM file. Threads may share it.
 */
typedef struct Crm Crm;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of the library, a text that lives as long as the program.
 */
const char *crm_version(void);

/**
 * Opens a file, creating it when there is none; `:memory:` is a file that lives as long as its handle.
 * `options` is NULL or a JSON object of `read_only`, `create`, `busy_timeout` (milliseconds), `synchronous` (`normal`, `full`), `max_bytes`
 * and `upgrade` (`backup`, `in_place`, `refuse`: what happens to a file that an earlier version of the library wrote).
 * Gives NULL on failure; see `crm_last_error`. Close it with `crm_close`.
 *
 * # Safety
 * `path` and `options` are NULL or UTF-8 texts that end with NUL.
 */
Crm *crm_open(const char *path, const char *options);

/**
 * Closes a file; a change set that is still open leaves nothing, and listeners stop. NULL is let pass.
 *
 * # Safety
 * `crm` is NULL or came from `crm_open`, was not closed before, and no other thread is using it.
 */
void crm_close(Crm *crm);

/**
 * Answers a request: a JSON object whose `call` names one of the calls of CALLS.md and whose other members are its arguments.
 * The answer is JSON; free it with `crm_free`. NULL on failure; see `crm_last_error`.
 *
 * # Safety
 * `crm` is NULL or open; `request` is NULL or a UTF-8 text that ends with NUL.
 */
char *crm_call(const Crm *crm, const char *request);

/**
 * Answers a request whose call gives a table (`sql`, `table`, `report`, `timeline`) as an Arrow C stream of one batch, without copying
 * texts and numbers. Gives 0, and then `out` is to be released by its own `release`; -1 on failure, and then `out` is as it was.
 *
 * # Safety
 * As for `crm_call`; `out` is NULL or points to room for a stream, which is overwritten.
 */
int32_t crm_sql_arrow(const Crm *crm, const char *request, struct ArrowArrayStream *out);

/**
 * Frees an answer of `crm_call`. NULL is let pass.
 *
 * # Safety
 * `text` is NULL or came from `crm_call` and was not freed before.
 */
void crm_free(char *text);

/**
 * Why the last call on this thread failed: a JSON object of `code`, `field` and `reason`, free of personal data; NULL when it did not.
 * It lives until the next call on this thread. Languages that move work between threads must hold on to the thread for both calls.
 */
const char *crm_last_error(void);

/**
 * Calls `hear` after every commit made through this handle from now on, in their order, each once, one at a time, with no lock
 * held: it may call the library. `event` is a JSON object of `change_set`, `at`, `actor`, `label`, `undoes`, `since` and `entries`
 * (the call `changes` with that `since` gives its changes), and lives until `hear` returns. It runs on a thread that commits.
 * Gives a number for `crm_stop`, or -1 on failure.
 *
 * # Safety
 * `crm` is NULL or open; `hear` is NULL or may be called with `context` from any thread until `crm_stop` or `crm_close`, and does not close `crm`.
 */
int64_t crm_on_commit(const Crm *crm,
                      void (*hear)(void *context, const char *event),
                      void *context);

/**
 * Stops a listener. A call of it that another thread is in the middle of comes to its end.
 * Gives 0, or -1 when there is none of this number.
 *
 * # Safety
 * `crm` is NULL or open.
 */
int32_t crm_stop(const Crm *crm, int64_t listener);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* CRM_H */
