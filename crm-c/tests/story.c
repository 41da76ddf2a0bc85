/* What a host does with the library, in C: the same story as in every other language. */
#include "crm.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static Crm *crm;

/* Answers are freed by `done`. */
static char *call(const char *request) {
  char *answer = crm_call(crm, request);
  if (!answer) {
    fprintf(stderr, "%s\n  %s\n", request, crm_last_error());
    exit(1);
  }
  assert(!crm_last_error());
  return answer;
}

static void says(const char *request, const char *expected) {
  char *answer = call(request);
  if (!strstr(answer, expected)) {
    fprintf(stderr, "%s\n  %s\n  lacks %s\n", request, answer, expected);
    exit(1);
  }
  crm_free(answer);
}

static void refused(const char *request, const char *code, const char *word) {
  char *answer = crm_call(crm, request);
  const char *error = crm_last_error();
  assert(!answer && error);
  if (!strstr(error, code) || !strstr(error, word)) {
    fprintf(stderr, "%s\n  %s\n  lacks %s %s\n", request, error, code, word);
    exit(1);
  }
}

/* The whole number of a member, such as "id":7. */
static long number(const char *answer, const char *member) {
  char name[64];
  snprintf(name, sizeof name, "\"%s\":", member);
  const char *found = strstr(answer, name);
  assert(found);
  return strtol(found + strlen(name), NULL, 10);
}

static long gives(const char *request, const char *member) {
  char *answer = call(request);
  long found = number(answer, member);
  crm_free(answer);
  return found;
}

static void hear(void *context, const char *event) {
  long *heard = context;
  assert(number(event, "change_set") > *heard);
  *heard = number(event, "change_set");
}

static void *work(void *name) {
  char request[200];
  for (int turn = 0; turn < 10; turn++) {
    snprintf(request, sizeof request, "{\"call\": \"add\", \"entity\": \"organization\", \"fields\": {\"name\": \"Thread %s\"}}", (char *)name);
    crm_free(call(request));
    /* The other thread's success does not take this one's error away. */
    refused("{\"call\": \"get\", \"entity\": \"organization\", \"id\": 999999}", "not_found", "organization");
  }
  return NULL;
}

static void arrow(void) {
  struct ArrowArrayStream stream;
  struct ArrowSchema schema;
  struct ArrowArray batch;
  assert(crm_sql_arrow(crm, "{\"call\": \"sql\", \"sql\": \"select id, name, value from deal order by id\"}", &stream) == 0);
  assert(stream.get_schema(&stream, &schema) == 0 && schema.n_children == 3);
  assert(strcmp(schema.children[0]->format, "l") == 0 && strcmp(schema.children[1]->name, "name") == 0);
  assert(stream.get_next(&stream, &batch) == 0 && batch.length == 2);
  const int64_t *ids = batch.children[0]->buffers[1];
  const int64_t *ends = batch.children[1]->buffers[1];
  const char *names = batch.children[1]->buffers[2];
  assert(ids[0] == 1 && ids[1] == 2);
  assert(ends[1] == 12 && strncmp(names, "Rolling mill", 12) == 0);
  batch.release(&batch);
  assert(stream.get_next(&stream, &batch) == 0 && !batch.release);
  schema.release(&schema);
  stream.release(&stream);
  assert(crm_sql_arrow(crm, "{\"call\": \"now\"}", &stream) == -1 && strstr(crm_last_error(), "gives no table"));
  assert(crm_sql_arrow(crm, "{\"call\": \"sql\", \"sql\": \"delete from deal\"}", &stream) == -1 && strstr(crm_last_error(), "denied"));
  assert(crm_sql_arrow(crm, "{\"call\": \"now\"}", NULL) == -1);
}

int main(void) {
  char folder[] = "/tmp/crm-c-XXXXXX", path[100], request[600];
  assert(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/acme.crm", folder);
  assert(strlen(crm_version()) >= 5);

  /* Open; what cannot be opened says why. */
  assert(!crm_open(path, "{\"create\": false}") && strstr(crm_last_error(), "not_found"));
  assert(!crm_open(path, "{\"raed_only\": true}") && strstr(crm_last_error(), "did you mean `read_only`"));
  assert(!crm_open(NULL, NULL) && strstr(crm_last_error(), "path"));
  crm = crm_open(path, NULL);
  assert(crm && !crm_last_error());
  long heard = 0;
  int64_t listener = crm_on_commit(crm, hear, &heard);
  assert(listener > 0);

  /* A field of one's own, customers with people, a call, a deal that moves. */
  says("{\"call\": \"add\", \"entity\": \"custom_field\", \"fields\": {\"entity\": \"organization\", \"name\": \"erp_class\", \"kind\": \"text\"}}", "erp_class");
  long acme = gives("{\"call\": \"add\", \"entity\": \"organization\", \"fields\": {\"name\": \"Acme\", \"erp_class\": \"A\", \"employees\": 120}}", "id");
  long person = gives("{\"call\": \"add\", \"entity\": \"person\", \"fields\": {\"name\": \"Ada Lovelace\"}}", "id");
  snprintf(request, sizeof request, "{\"call\": \"add\", \"entity\": \"affiliation\", \"fields\": {\"person_id\": %ld, \"organization_id\": %ld}}", person, acme);
  crm_free(call(request));
  snprintf(request, sizeof request, "{\"call\": \"add\", \"entity\": \"contact_point\", \"fields\": {\"person_id\": %ld, \"kind\": \"phone\", \"value\": \"+48 601 234 567\"}}", person);
  crm_free(call(request));
  snprintf(request, sizeof request, "{\"call\": \"add\", \"entity\": \"activity\", \"fields\": {\"kind\": \"call\", \"subject\": \"Offer?\", \"organization_id\": %ld}}", acme);
  crm_free(call(request));
  says("{\"call\": \"add_process\", \"name\": \"New business\", \"template\": \"short\"}", "New business");
  long set = gives("{\"call\": \"begin\", \"label\": \"two deals\"}", "change_set");
  snprintf(request, sizeof request, "{\"call\": \"add\", \"within\": %ld, \"entity\": \"deal\", \"fields\": {\"name\": \"Rolling mill\", \"organization_id\": %ld, \"value\": \"25000.00 EUR\"}}", set, acme);
  long deal = gives(request, "id");
  snprintf(request, sizeof request, "{\"call\": \"add\", \"within\": %ld, \"entity\": \"deal\", \"fields\": {\"name\": \"Spare parts\", \"organization_id\": %ld}}", set, acme);
  crm_free(call(request));
  says("{\"call\": \"count\", \"entity\": \"deal\"}", "0");
  snprintf(request, sizeof request, "{\"call\": \"commit\", \"within\": %ld}", set);
  says(request, "\"warnings\":[]");
  char *won = call("{\"call\": \"sql\", \"sql\": \"select id from stage where kind = 'won'\"}");
  snprintf(request, sizeof request, "{\"call\": \"set\", \"entity\": \"deal\", \"id\": %ld, \"fields\": {\"stage_id\": %ld}}", deal, number(won, "id"));
  crm_free(won);
  char *moved = call(request);
  assert(strstr(moved, "\"status\":\"won\""));
  long revision = number(moved, "revision");
  crm_free(moved);

  /* Filters, by the custom field too; who calls; the dossier; tables. */
  says("{\"call\": \"find\", \"entity\": \"organization\", \"filter\": {\"expression\": \"erp_class = ?1 and employees > ?2\", \"params\": [\"A\", 100]}}", "Acme");
  says("{\"call\": \"caller_card\", \"number\": \"0048601234567\"}", "Ada Lovelace");
  snprintf(request, sizeof request, "{\"call\": \"dossier\", \"organization_id\": %ld}", acme);
  says(request, "\"won_amount\":2500000");
  snprintf(request, sizeof request, "{\"call\": \"timeline\", \"organization_id\": %ld, \"limit\": 1}", acme);
  says(request, "\"entity\":");
  says("{\"call\": \"overdue\", \"user_id\": null}", "[");
  says("{\"call\": \"search_update\"}", "null");
  says("{\"call\": \"search_status\"}", "\"pending\":0");
  arrow();

  /* Somebody who may see less does; errors say where and why. */
  long ann = gives("{\"call\": \"add\", \"entity\": \"user\", \"fields\": {\"name\": \"Ann\"}}", "id");
  snprintf(request, sizeof request, "{\"call\": \"count\", \"acting_as\": %ld, \"entity\": \"deal\"}", ann);
  says(request, "0");
  snprintf(request, sizeof request, "{\"call\": \"get\", \"acting_as\": %ld, \"entity\": \"deal\", \"id\": %ld}", ann, deal);
  refused(request, "not_found", "deal");
  refused("{\"call\": \"find\", \"entity\": \"organization\", \"filter\": \"emploees > 1\"}", "invalid", "did you mean `employees`");
  refused("{\"call\": \"add\", \"entity\": \"organization\", \"fields\": {}}", "invalid", "name");
  refused("{\"call\"", "invalid", "request");
  assert(!crm_call(NULL, "{}") && strstr(crm_last_error(), "crm"));
  assert(!crm_call(crm, NULL) && strstr(crm_last_error(), "request"));
  assert(!crm_call(crm, "\xff") && strstr(crm_last_error(), "UTF-8"));

  /* Undo, the past, two threads, the listener. */
  snprintf(request, sizeof request, "{\"call\": \"undo\", \"change_set\": %ld}", revision);
  crm_free(call(request));
  says("{\"call\": \"find\", \"entity\": \"deal\", \"filter\": \"name = 'Rolling mill'\"}", "\"status\":\"open\"");
  says("{\"call\": \"count\", \"entity\": \"organization\", \"at\": \"2020-01-01T00:00:00Z\"}", "0");
  pthread_t threads[2];
  assert(!pthread_create(&threads[0], NULL, work, "A") && !pthread_create(&threads[1], NULL, work, "B"));
  assert(!pthread_join(threads[0], NULL) && !pthread_join(threads[1], NULL));
  says("{\"call\": \"count\", \"entity\": \"organization\", \"filter\": \"name like 'Thread%'\"}", "20");
  long newest = gives("{\"call\": \"add\", \"entity\": \"person\", \"fields\": {\"name\": \"Last\"}}", "revision");
  assert(heard == newest);
  assert(crm_stop(crm, listener) == 0 && crm_stop(crm, listener) == -1);
  says("{\"call\": \"verify\"}", "\"findings\":[]");

  /* A change set left open leaves nothing. */
  set = gives("{\"call\": \"begin\", \"label\": \"forgotten\"}", "change_set");
  snprintf(request, sizeof request, "{\"call\": \"remove\", \"within\": %ld, \"entity\": \"deal\", \"id\": %ld}", set, deal);
  crm_free(call(request));
  crm_close(crm);
  crm = crm_open(path, "{\"read_only\": true}");
  says("{\"call\": \"count\", \"entity\": \"deal\"}", "2");
  refused("{\"call\": \"remove\", \"entity\": \"deal\", \"id\": 1}", "read_only", "");
  crm_close(crm);
  crm_close(NULL);
  crm_free(NULL);

  unlink(path);
  const char *rest[] = {"-wal", "-shm"};
  for (int at = 0; at < 2; at++) {
    snprintf(request, sizeof request, "%s%s", path, rest[at]);
    unlink(request);
  }
  rmdir(folder);
  puts("all is well");
  return 0;
}
