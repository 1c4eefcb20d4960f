/*
 * Any bytes as the reply to any task: no crash, and what is accepted is accepted again when it is
 * written and read back. The first byte chooses the task.
 */
#include "task/task.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char inputs_text[] =
    "{\"description\":\"d\",\"schema\":{\"type\":\"object\",\"properties\":{\"question\":{\"type\":"
    "\"string\"},\"options\":{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"maxItems\":4},"
    "\"answer\":{\"type\":\"string\",\"enum\":[\"A\",\"B\"]},\"n\":{\"type\":\"number\"},"
    "\"deep\":{\"anyOf\":[{\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"boolean\"}}},"
    "{\"type\":\"null\"}]}},\"required\":[\"question\"]},\"mix\":[],\"count\":3,"
    "\"scenario\":\"s\",\"earlier\":[\"e\"],\"factors\":[{\"name\":\"a\"},{\"name\":\"b\"}],"
    "\"taxonomies\":[{\"name\":\"a\"}],\"children\":[\"c\"],\"ancestors\":[\"r\"],"
    "\"node\":{\"name\":\"n\"},\"proposals\":[{\"name\":\"p\"},{\"name\":\"q\"}],"
    "\"task\":\"children-critic\",\"inputs\":{\"proposals\":[{\"name\":\"p\"}]}}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    enum task_id id = (enum task_id)(data[0] % TASK_COUNT);
    cJSON *inputs = NULL;
    cJSON *value = NULL;
    if (json_parse(inputs_text, strlen(inputs_text), &json_limits_reply, &inputs, NULL) != ST_OK) {
        abort();
    }
    struct err e = {0};
    enum status st = task_parse(id, inputs, (const char *)data + 1, size - 1, &value, &e);
    if ((st == ST_OK) != (value != NULL) || (st != ST_OK && st != ST_INVALID) ||
        (st != ST_OK && e.msg[0] == '\0')) {
        abort();
    }
    if (value != NULL) {
        char *text = json_text(value);
        cJSON *again = NULL;
        st = task_parse(id, inputs, text, strlen(text), &again, &e);
        bool emptied =
            strstr(text, "\"children\":[]") != NULL; /* nothing new: fine once, not asked twice */
        if (st != ST_OK && !emptied) {
            abort();
        }
        cJSON_Delete(again);
        free(text);
    }
    cJSON_Delete(value);
    cJSON_Delete(inputs);
    return 0;
}
