/*
 * task - everything that can be asked of a teacher.
 *
 * One file per question (src/task/<name>.c) exports one `struct task`; the table in task.c lists
 * them. A question is an id plus `inputs`, a JSON object; the prompt is rendered from the inputs
 * and the prompt file (src/task/prompts/<name>.txt, overridable from the user's config folder), and
 * a reply is parsed into a JSON value whose shape is fixed below. The offline teacher answers from
 * the same inputs. No I/O here, except reading prompt overrides when they are loaded.
 *
 * Prompt files have three parts, each introduced by a line of its own: "== system", "== fixed",
 * "== mix". system + fixed are the same for every question of a task in a session (prompt caches
 * work by prefix), mix holds what varies and comes last.
 * {{name}} is replaced by the input of that name: strings as they are, other values as JSON;
 * {{name|fence}} puts untrusted text between <name> and </name> fences, neutralising a closing
 * fence inside; a line all of whose placeholders are absent or empty is left out.
 *
 * Inputs of every question: description (str), examples ([record]), schema (of the record). The
 * language is taken from the description. All strings are bounded. A mix is
 * [{"taxonomy","path","name","description"}]. Besides, by question, and the shape of the reply:
 *
 * - factors: wanted_min, wanted_max (int)
 *   reply {"factors":[{"name","description"}]}
 * - factor-critic: factors ([{"name","description"}])
 *   reply {"factors":[{"name","accept":bool,"reason"}]}
 * - propose-children: taxonomy and node ({"name","description"}), ancestors, siblings, children
 *   ([name]; children exist and are not to be repeated), plan (str), variant (int)
 *   reply {"children":[{"name","description"}]}; those that repeat the node, an ancestor or a child
 *   are set aside in "repeats" of the same form
 * - children-critic: as propose-children, and proposals [{"name","description","votes":int}]
 *   reply {"children":[{"name","description","from":[name]}],"dropped":[{"name","reason"}]}
 * - level-plan: taxonomy, level (int), nodes ([name])
 *   reply {"plan":str}
 * - strategies: taxonomies ([{"name","description","children":[name]}])
 *   reply {"strategies":[{"name","description","weight","taxonomies":[name]}]}
 * - scenarios: mix, count (K), earlier ([str])
 *   reply {"scenarios":[str]}, 1 to count of them
 * - complexify: mix, scenario
 *   reply {"scenario":str}
 * - generate: mix, scenario, complexified (bool)
 *   reply the record, fitting inputs.schema
 * - requirements: mix, scenario, record
 *   reply {"reason":str,"ok":bool}
 * - refine: mix, scenario, record, reason
 *   reply the record
 * - critic-correct: record, answer_field
 *   reply {"reason":str,"answer":"yes"|"no"}; yes: the answer is correct
 * - critic-incorrect: record, answer_field
 *   reply the same; yes: the answer is incorrect
 * - missing-children: taxonomy, node, ancestors, siblings, children as propose-children, and
 *   turned_down ([name]; a person did not want them)
 *   reply {"children":[{"name","description","reason"}]}, perhaps none; repeats as there
 * - describe-node: taxonomy, node, ancestors, siblings, children
 *   reply {"reason","description"}
 * - soundness: taxonomy, node, ancestors, siblings, children ([{"name","description"}], all of
 *   them), judged ([name], some of the children), places ([name], nodes to move one to)
 *   reply {"nodes":[{"name","reason","action":"keep"|"delete"|"move"|"rename"|"merge","to"}]}, one
 *   for each of judged; to: a name of places, a new name, a name of children; else ""
 * - repair: task (name), inputs (object, of the first question), reply (str), problem (str)
 *   reply as that task
 */
#ifndef TAXA_TASK_TASK_H
#define TAXA_TASK_TASK_H

#include "base/json.h"
#include "command/settings.h"

enum task_id {
    TASK_FACTORS,
    TASK_FACTOR_CRITIC,
    TASK_PROPOSE_CHILDREN,
    TASK_CHILDREN_CRITIC,
    TASK_LEVEL_PLAN,
    TASK_STRATEGIES,
    TASK_SCENARIOS,
    TASK_COMPLEXIFY,
    TASK_GENERATE,
    TASK_REQUIREMENTS,
    TASK_REFINE,
    TASK_CRITIC_CORRECT,
    TASK_CRITIC_INCORRECT,
    TASK_MISSING_CHILDREN,
    TASK_DESCRIBE_NODE,
    TASK_SOUNDNESS,
    TASK_REPAIR,
    TASK_COUNT
};

struct task {
    enum task_id id;
    const char *name;
    enum role_id role;
    int max_tokens;     /* room for the reply before a teacher's own max-tokens */
    const char *prompt; /* built-in prompt file text */
    /* The inputs that its prompt may use, separated by spaces; '!' marks those without which it is
     * not asked. */
    const char *inputs;
    /* Schema to send on the wire for these inputs; new tree. */
    cJSON *(*schema)(const cJSON *inputs);
    /* Beyond the schema: check and tidy the value in place (trim, drop empties, enforce counts). */
    enum status (*check)(const cJSON *inputs, cJSON *value, struct err *e);
};
const struct task *task_at(enum task_id id);
bool task_by_name(const char *name, enum task_id *out);
/* The role that answers: repair takes the role of the task it repairs. */
enum role_id task_role(enum task_id id, const cJSON *inputs);

struct prompt {
    char *system;      /* stable */
    char *user;        /* fixed part, then the varying part */
    size_t user_fixed; /* bytes of user that are the stable prefix */
    cJSON *schema;     /* of the reply, for the wire */
    const char *name;  /* of the schema: task name with '_' */
};
void prompt_free(struct prompt *p);

/* Prompts in force: built-in or overridden from <config>/prompts/<task>.txt. Owned by whoever made
 * it. */
struct prompts;
enum status prompts_load(const char *override_dir, struct prompts **out,
                         struct err *e); /* NULL: built-ins only */
void prompts_free(struct prompts *p);
const char *prompts_version(const struct prompts *p,
                            enum task_id id); /* 8 hex digits of the text's hash */

enum status task_render(const struct prompts *p, enum task_id id, const cJSON *inputs,
                        struct prompt *out, struct err *e);
/* Text of a model -> value. Finds the JSON in chatty text, checks it against the schema, tidies.
 * ST_INVALID: for the repair prompt. */
enum status task_parse(enum task_id id, const cJSON *inputs, const char *text, size_t n,
                       cJSON **out, struct err *e);

/* A question on its way and the answer to it. */
struct question {
    char key[96]; /* identity, unique in the session: "p412.0.generate.1" */
    enum task_id task;
    int64_t point;         /* 0: none */
    uint64_t seed;         /* from the session's seed and the key */
    int max_tokens;        /* 0: the task's */
    int priority;          /* higher is asked first */
    cJSON *inputs;         /* owned, or those of `shared` */
    struct inputs *shared; /* NULL: inputs are the question's own */
};

/* Inputs that several questions and their maker have together; the last one frees them. */
struct inputs {
    cJSON *json;
    int holders;
};
struct inputs *inputs_new(cJSON *json); /* takes json; held once */
struct inputs *inputs_hold(struct inputs *in);
void inputs_release(struct inputs *in); /* NULL is fine */
void question_free(struct question *q); /* also frees q itself; NULL is fine */

enum reply_outcome {
    REPLY_OK,
    REPLY_LENGTH,    /* cut at max_tokens */
    REPLY_REFUSED,   /* the model or a filter declined; text says why */
    REPLY_TRANSPORT, /* no answer after all tries: not the point's fault */
    REPLY_FATAL,     /* nothing will work until a person acts (401, 404, offline teacher on another
                        domain): pause the run */
    REPLY_OUTCOMES
};
const char *reply_outcome_name(enum reply_outcome o); /* ok length refused transport fatal */

struct reply {
    char key[96];
    enum task_id task;
    enum reply_outcome outcome;
    bool final;      /* false: one failed try, the teacher will try again by itself (for the log of
                        calls) */
    char *text;      /* raw reply text, as received; NULL when none. Owned */
    char error[400]; /* one line for a person when not OK */
    int http_status; /* 0: none */
    int tries;       /* this is the n-th try, from 1 */
    double retry_after; /* seconds until the next try when not final */
    int64_t tokens_in, tokens_cached, tokens_out;
    double cost;        /* money */
    double seconds;     /* latency */
    int64_t started_us; /* wall */
    char teacher[64], model[128];
    char *system,
        *user; /* the prompt as it was sent, for the log of calls; NULL when none was. Owned */
};
void reply_clear(struct reply *r); /* frees text, system and user */

#endif
