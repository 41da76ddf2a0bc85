/* What crossing the border costs, from C; see Bench.kt. Answers are JSON texts, which are not parsed here. */
#include "crm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MANY = 10000 };

static Crm *crm;
static char *many;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static void call(const char *request) {
  char *answer = crm_call(crm, request);
  if (!answer) {
    fprintf(stderr, "%s\n", crm_last_error());
    exit(1);
  }
  crm_free(answer);
}

static void ping(void) {
  for (int at = 0; at < MANY; at++)
    call("{\"call\": \"now\"}");
}

static void get(void) {
  char request[100];
  for (int at = 1; at <= MANY; at++) {
    snprintf(request, sizeof request, "{\"call\": \"get\", \"entity\": \"organization\", \"id\": %d}", at);
    call(request);
  }
}

static void find(void) { call("{\"call\": \"find\", \"entity\": \"organization\", \"filter\": {\"limit\": 10000}}"); }

static void arrow(void) {
  struct ArrowArrayStream stream;
  struct ArrowArray batch;
  if (crm_sql_arrow(crm, "{\"call\": \"table\", \"entity\": \"organization\", \"filter\": {\"limit\": 10000}}", &stream))
    exit(1);
  stream.get_next(&stream, &batch);
  batch.release(&batch);
  stream.release(&stream);
}

static void add(void) {
  for (int at = 0; at < 1000; at++)
    call("{\"call\": \"add\", \"entity\": \"organization\", \"fields\": {\"name\": \"One more\", \"industry\": \"steel\"}}");
}

static void add_many(void) { call(many); }

static void row(const char *what, int times, void (*work)(void)) {
  double best = 1e300;
  for (int round = 0; round < 5; round++) {
    double began = now();
    work();
    double took = now() - began;
    best = took < best ? took : best;
  }
  printf("c\t%s\t%.2f\n", what, best / times);
}

int main(void) {
  crm = crm_open(":memory:", NULL);
  many = malloc(MANY * 100);
  char *end = many + sprintf(many, "{\"call\": \"add_many\", \"entity\": \"organization\", \"records\": [");
  for (int at = 1; at <= MANY; at++)
    end += sprintf(end, "%s{\"name\": \"Company %d\", \"industry\": \"steel\", \"employees\": %d}", at > 1 ? "," : "", at, at);
  strcpy(end, "]}");
  call(many);
  row("ping", MANY, ping);
  row("get", MANY, get);
  row("find_json", MANY, find);
  row("arrow", MANY, arrow);
  row("add", 1000, add);
  row("add_many_json", MANY, add_many);
  crm_close(crm);
  free(many);
}
