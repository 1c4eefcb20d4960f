/*
 * settings_table - the rows of every setting, teacher key, role and point state.
 *
 * Help is written for the person who turns the knob: what it does, which way to turn it, and an
 * example line (two spaces in front). For texts, `high` is the most bytes.
 */
#include "command/settings.h"

#define TEXT_MAX  200.0
#define VALUE_MAX 2000.0

static const struct setting settings[SETTING_COUNT] = {
    [SETTING_SEED] =
        {"seed", "mix", APPLIES_PLAN, SET_INT, 0, 9007199254740992.0, NULL, "", "0",
         "Where all chance comes from. The same session with the same seed draws the same mixes "
         "and "
         "picks the same scenarios, whatever the concurrency. Change it to get another set of the "
         "same design; points that exist stay as they are.\n"
         "  set seed 7"},
    [SETTING_POINTS] =
        {"points", "mix", APPLIES_PLAN, SET_INT, 1, 10000000, NULL, "points", "1000",
         "N: how many accepted points are wanted in all. `generate` without points to add does "
         "nothing; `preview` and the Mix panel plan for this number.\n"
         "  set points 4000"},
    [SETTING_COMPLEXITY] =
        {"complexity", "mix", APPLIES_PLAN, SET_REAL, 0, 1, NULL, "", "0.5",
         "c: the share of points whose scenario is rewritten to be harder before the record is "
         "written. Exact within one point. Raise it for a strong teacher; a weak one gets its hard "
         "points wrong. A strategy may have its own.\n"
         "  set complexity 0.3\n"
         "  strategy set everyday complexity=0.7"},
    [SETTING_SCENARIOS] =
        {"scenarios", "making", APPLIES_QUESTION, SET_INT, 1, 16, NULL, "scenarios", "4",
         "K: how many different scenarios one call writes for a mix. One is used, the others wait "
         "until the same mix comes up again. More means more variety per call and longer replies.\n"
         "  set scenarios 6"},
    [SETTING_REFINEMENTS] =
        {"refinements", "making", APPLIES_QUESTION, SET_INT, 0, 8, NULL, "times", "2",
         "R: how often a record that misses what its scenario asks for is sent back with the "
         "critic's reason before it counts as rejected. 0 takes the first attempt or none.\n"
         "  set refinements 1"},
    [SETTING_PROPOSALS] =
        {"proposals", "taxonomies", APPLIES_QUESTION, SET_INT, 1, 8, NULL, "calls", "3",
         "B: how many independent calls propose children when a node is expanded. Their union goes "
         "to the critic. More finds rarer branches and costs one call each.\n"
         "  set proposals 5"},
    [SETTING_DEPTH] =
        {"depth", "taxonomies", APPLIES_QUESTION, SET_INT, 1, 8, NULL, "levels", "3",
         "How many levels `expand` grows below a taxonomy's name. Too deep costs calls and can be "
         "cut later; too shallow makes points alike.\n"
         "  set depth 4"},
    [SETTING_LEVELS] =
        {"levels", "mix", APPLIES_PLAN, SET_INT, 1, 63, "all|leaves", "", "all",
         "Which nodes a draw may take: all levels, leaves only, or the nodes that many levels "
         "below "
         "the taxonomy's name (a leaf above that level stands for itself). A strategy may have its "
         "own.\n"
         "  set levels leaves\n"
         "  set levels 1"},
    [SETTING_DRAWS] =
        {"draws", "mix", APPLIES_PLAN, SET_CHOICE, 0, 0, "quota|independent", "", "quota",
         "How mixes are drawn: by exact quotas from the weights (each strategy and node gets its "
         "share within one point), or independently by weight, as in the paper.\n"
         "  set draws independent"},
    [SETTING_DISPUTED] =
        {"disputed", "making", APPLIES_NOW, SET_CHOICE, 0, 0, "queue|reject|accept", "", "queue",
         "What becomes of a point whose two critics contradict themselves (yes/yes or no/no): it "
         "waits in the review queue, or is rejected or accepted at once. A run without a person "
         "should reject.\n"
         "  set disputed reject"},
    [SETTING_REJECTED] =
        {"rejected", "making", APPLIES_NOW, SET_CHOICE, 0, 0, "reject|queue|accept", "", "reject",
         "What becomes of a point that both critics call wrong (no/yes): it is rejected, put into "
         "the review queue, or accepted all the same. Critics reject many right answers where the "
         "teacher is weak: look at some before trusting them.\n"
         "  set rejected queue"},
    [SETTING_CONCURRENCY] =
        {"concurrency", "run", APPLIES_NOW, SET_INT, 1, 4096, "auto", "calls in flight", "auto",
         "How many calls may be on their way at once. `auto` finds what the server bears, by "
         "itself, and backs off when it is told to slow down.\n"
         "  set concurrency 32"},
    [SETTING_BUDGET] =
        {"budget", "run", APPLIES_NOW, SET_REAL, 0, 1e9, NULL, "$", "0",
         "The most money the session may spend, by the prices of its teachers. A call that could "
         "go over it is not sent; the run stops and says so. 0 is no limit.\n"
         "  set budget 2.50"},
    [SETTING_BUDGET_TOKENS] =
        {"budget-tokens", "run", APPLIES_NOW, SET_INT, 0, 1e12, NULL, "tokens", "0",
         "The most tokens the session may use, input and output together. 0 is no limit.\n"
         "  set budget-tokens 5000000"},
    [SETTING_MAX_ATTEMPTS] = {"max-attempts", "run", APPLIES_RUN, SET_INT, 0, 1e8, NULL, "points",
                              "0",
                              "The most points that one run may try. It ends a run whose points "
                              "are nearly all rejected. "
                              "0 is ten for each point wanted.\n"
                              "  set max-attempts 5000"},
    [SETTING_REVIEWER] =
        {"reviewer", "person and screen", APPLIES_NOW, SET_TEXT, 0, TEXT_MAX, NULL, "", "",
         "The name that stands beside your decisions in the session file and in exports. Empty: "
         "your login name.\n"
         "  set reviewer 'Mira K.'"},
    [SETTING_REASONS] =
        {"reasons", "person and screen", APPLIES_NOW, SET_TEXT, 0, VALUE_MAX, NULL, "",
         "answer is wrong; two answers are right; question is unclear; facts are wrong; off topic",
         "Why you reject: up to nine short reasons with semicolons between them. In the Review "
         "panel each has a digit.\n"
         "  set reasons 'wrong answer; unclear; not Nepali'"},
    [SETTING_AUDIT] =
        {"audit", "person and screen", APPLIES_NOW, SET_REAL, 0, 1, NULL, "", "0.1",
         "The share of accepted points that is drawn by chance for a person to look at. What these "
         "audits find says how good the accepted set is (`agreement`). Raising it adds points and "
         "keeps those that were drawn.\n"
         "  set audit 0.25"},
    [SETTING_THEME] =
        {"theme", "person and screen", APPLIES_NOW, SET_CHOICE, 0, 0,
         "default|light|mono|high-contrast|colour-blind", "", "default",
         "The colours of the workbench. Nothing is told by colour alone, so `mono` loses nothing; "
         "NO_COLOR in the environment has the same effect.\n"
         "  set theme light"},
    [SETTING_MOUSE] =
        {"mouse", "person and screen", APPLIES_NOW, SET_CHOICE, 0, 0, "off|on", "", "off",
         "Whether the workbench takes the mouse: a click selects a row and on a fold mark folds, "
         "the wheel scrolls. Off, the terminal selects text as it always does (with it on, most "
         "do so while Shift is held).\n"
         "  set mouse on"},
};

static const struct setting teacher_keys[TK_COUNT] = {
    [TK_DIALECT] =
        {"dialect", "connection", APPLIES_QUESTION, SET_CHOICE, 0, 0, "openai|offline|replay", "",
         "openai",
         "How this teacher is spoken to: `openai` for any server with OpenAI's chat completions "
         "(vLLM, llama.cpp, Ollama, most vendors), `offline` for the built-in rule-based teacher "
         "of "
         "grade-school maths, `replay` for answers recorded in a file.\n"
         "  teacher add local dialect=openai base-url=http://localhost:8080/v1 model=qwen"},
    [TK_BASE_URL] =
        {"base-url", "connection", APPLIES_QUESTION, SET_TEXT, 0, VALUE_MAX, NULL, "", "",
         "Where the server is, up to and with /v1. May be given up to eight times for replicas of "
         "one model: calls are spread over them.\n"
         "  teacher set local base-url=http://gpu1:8000/v1 base-url=http://gpu2:8000/v1"},
    [TK_MODEL] = {"model", "connection", APPLIES_QUESTION, SET_TEXT, 0, VALUE_MAX, NULL, "", "",
                  "The model's name as the server knows it.\n"
                  "  teacher set local model=qwen2.5-32b-instruct"},
    [TK_KEY_ENV] = {"key-env", "connection", APPLIES_QUESTION, SET_TEXT, 0, TEXT_MAX, NULL, "", "",
                    "The environment variable that holds the API key. The key itself is never "
                    "stored, logged or shown.\n"
                    "  teacher set hosted key-env=OPENAI_API_KEY"},
    [TK_KEY_FILE] = {"key-file", "connection", APPLIES_QUESTION, SET_TEXT, 0, VALUE_MAX, NULL, "",
                     "",
                     "A file that only you can read (mode 0600) and that holds the API key.\n"
                     "  teacher set hosted key-file=~/.config/taxa/hosted.key"},
    [TK_KEY_COMMAND] = {"key-command", "connection", APPLIES_QUESTION, SET_TEXT, 0, VALUE_MAX, NULL,
                        "", "",
                        "A command whose first line of output is the API key.\n"
                        "  teacher set hosted 'key-command=pass show llm/hosted'"},
    [TK_TIMEOUT] = {"timeout", "connection", APPLIES_QUESTION, SET_REAL, 1, 3600, NULL, "s", "120",
                    "How long one call may take before it is given up and tried again.\n"
                    "  teacher set local timeout=300"},
    [TK_MAX_TOKENS] =
        {"max-tokens", "replies", APPLIES_QUESTION, SET_INT, 0, 1000000, NULL, "tokens", "0",
         "The most tokens of one reply. 0 takes what each kind of question needs; raise it for a "
         "model that thinks before it answers, or when replies are cut.\n"
         "  teacher set local max-tokens=4096"},
    [TK_TEMPERATURE] =
        {"temperature", "replies", APPLIES_QUESTION, SET_REAL, 0, 2, NULL, "", "1",
         "Chance in the choice of words. Variety comes from the mixes, so there is no need to go "
         "over 1; critics are steadier near 0, with a teacher of their own.\n"
         "  teacher set judge temperature=0"},
    [TK_TOP_P] =
        {"top-p", "replies", APPLIES_QUESTION, SET_REAL, 0, 1, NULL, "", "1",
         "Only the most probable words that together have this probability are drawn from.\n"
         "  teacher set local top-p=0.95"},
    [TK_EFFORT] =
        {"effort", "replies", APPLIES_QUESTION, SET_CHOICE, 0, 0, "low|medium|high", "", "",
         "How much a reasoning model may think. Empty: not sent, for models that know no such "
         "thing.\n"
         "  teacher set hosted effort=low"},
    [TK_REQUESTS_PER_MINUTE] =
        {"requests-per-minute", "limits and prices", APPLIES_QUESTION, SET_INT, 0, 10000000, NULL,
         "calls/min", "0",
         "The server's limit on calls. 0: none known; the server's own 429 is obeyed anyway.\n"
         "  teacher set hosted requests-per-minute=500"},
    [TK_TOKENS_PER_MINUTE] =
        {"tokens-per-minute", "limits and prices", APPLIES_QUESTION, SET_INT, 0, 1e10, NULL,
         "tokens/min", "0",
         "The server's limit on tokens, input and output together. 0: none known.\n"
         "  teacher set hosted tokens-per-minute=200000"},
    [TK_PRICE_IN] = {"price-in", "limits and prices", APPLIES_QUESTION, SET_REAL, 0, 1e6, NULL,
                     "$/M tokens", "0",
                     "Price of a million input tokens. Without prices the budget in money and the "
                     "cost figures stay at 0.\n"
                     "  teacher set hosted price-in=0.15 price-cached=0.075 price-out=0.60"},
    [TK_PRICE_CACHED] =
        {"price-cached", "limits and prices", APPLIES_QUESTION, SET_REAL, 0, 1e6, NULL,
         "$/M tokens", "0",
         "Price of a million input tokens that came from the server's prompt cache.\n"
         "  teacher set hosted price-cached=0.075"},
    [TK_PRICE_OUT] = {"price-out", "limits and prices", APPLIES_QUESTION, SET_REAL, 0, 1e6, NULL,
                      "$/M tokens", "0",
                      "Price of a million output tokens.\n"
                      "  teacher set hosted price-out=0.60"},
    [TK_STRUCTURED] =
        {"structured", "replies", APPLIES_QUESTION, SET_CHOICE, 0, 0,
         "auto|json_schema|json_object|prompt", "", "auto",
         "How the server is asked for JSON: with the schema, as any JSON object, or only in words. "
         "`auto` starts with the schema and steps down when the server refuses it. Replies are "
         "checked here in every case.\n"
         "  teacher set local structured=json_object"},
    [TK_FILE] = {"file", "connection", APPLIES_QUESTION, SET_TEXT, 0, VALUE_MAX, NULL, "", "",
                 "The file of recorded answers of a replay teacher (JSON Lines).\n"
                 "  teacher add tape dialect=replay file=answers.jsonl"},
    [TK_WRONG] = {"wrong", "rates", APPLIES_QUESTION, SET_REAL, 0, 1, NULL, "", "0.06",
                  "Offline teacher: the share of records it writes with a wrong answer.\n"
                  "  teacher set offline wrong=0.2"},
    [TK_CORRECT_YES_ON_WRONG] =
        {"correct-yes-on-wrong", "rates", APPLIES_QUESTION, SET_REAL, 0, 1, NULL, "", "0.12",
         "Offline teacher: how often the critic asked \"is it correct?\" says yes to a wrong "
         "answer (it pleases).\n"
         "  teacher set offline correct-yes-on-wrong=0.3"},
    [TK_CORRECT_NO_ON_RIGHT] =
        {"correct-no-on-right", "rates", APPLIES_QUESTION, SET_REAL, 0, 1, NULL, "", "0.02",
         "Offline teacher: how often the critic asked \"is it correct?\" says no to a right "
         "answer.\n"
         "  teacher set offline correct-no-on-right=0.1"},
    [TK_INCORRECT_YES_ON_RIGHT] =
        {"incorrect-yes-on-right", "rates", APPLIES_QUESTION, SET_REAL, 0, 1, NULL, "", "0.02",
         "Offline teacher: how often the critic asked \"is it incorrect?\" says yes to a right "
         "answer.\n"
         "  teacher set offline incorrect-yes-on-right=0.1"},
    [TK_INCORRECT_NO_ON_WRONG] =
        {"incorrect-no-on-wrong", "rates", APPLIES_QUESTION, SET_REAL, 0, 1, NULL, "", "0.12",
         "Offline teacher: how often the critic asked \"is it incorrect?\" says no to a wrong "
         "answer.\n"
         "  teacher set offline incorrect-no-on-wrong=0.3"},
    [TK_DUPLICATE] = {"duplicate", "rates", APPLIES_QUESTION, SET_REAL, 0, 1, NULL, "", "0.10",
                      "Offline teacher: the share of proposed children that repeat another one in "
                      "other words.\n"
                      "  teacher set offline duplicate=0"},
    [TK_MISPLACED] = {"misplaced", "rates", APPLIES_QUESTION, SET_REAL, 0, 1, NULL, "", "0.05",
                      "Offline teacher: the share of proposed children that belong elsewhere.\n"
                      "  teacher set offline misplaced=0.2"},
    [TK_REPEAT] = {"repeat", "rates", APPLIES_QUESTION, SET_REAL, 0, 1, NULL, "", "0",
                   "Offline teacher: the share of records that are near-duplicates of another.\n"
                   "  teacher set offline repeat=0.05"},
    [TK_MALFORMED] = {"malformed", "rates", APPLIES_QUESTION, SET_REAL, 0, 1, NULL, "", "0.01",
                      "Offline teacher: the share of replies that are broken JSON or miss the "
                      "schema.\n"
                      "  teacher set offline malformed=0.1"},
    [TK_REFUSAL] = {"refusal", "rates", APPLIES_QUESTION, SET_REAL, 0, 1, NULL, "", "0",
                    "Offline teacher: the share of questions it declines to answer.\n"
                    "  teacher set offline refusal=0.02"},
    [TK_LIMITED] = {"limited", "rates", APPLIES_QUESTION, SET_REAL, 0, 1, NULL, "", "0",
                    "Offline teacher: the share of tries answered by \"too many requests\" (429).\n"
                    "  teacher set offline limited=0.1"},
    [TK_SERVER_ERROR] = {"server-error", "rates", APPLIES_QUESTION, SET_REAL, 0, 1, NULL, "", "0",
                         "Offline teacher: the share of tries answered by a server error (500).\n"
                         "  teacher set offline server-error=0.05"},
    [TK_LATENCY] = {"latency", "rates", APPLIES_QUESTION, SET_REAL, 0, 600000, NULL, "ms", "0",
                    "Offline teacher: the mean time an answer takes. 0 answers at once.\n"
                    "  teacher set offline latency=800"},
};

struct named {
    const char *name, *help;
};

static const struct named roles[ROLE_COUNT] = {
    [ROLE_ARCHITECT] = {"architect", "proposes factors, trees and strategies"},
    [ROLE_WRITER] = {"writer", "writes scenarios, makes them harder, writes and refines records"},
    [ROLE_CRITIC] = {"critic", "checks that a record does what its scenario asks for"},
    [ROLE_CRITIC_CORRECT] = {"critic-correct", "is asked whether the answer is correct"},
    [ROLE_CRITIC_INCORRECT] = {"critic-incorrect", "is asked whether the answer is incorrect"},
    [ROLE_JUDGE] = {"judge", "rates points and assigns them to nodes"},
    [ROLE_EMBEDDER] = {"embedder", "turns records into vectors, to measure diversity"},
};

static const struct named states[POINT_STATES] = {
    [POINT_PLANNED] = {"planned", "its mix is drawn, nothing was asked yet"},
    [POINT_ASKED] = {"asked", "on its way through scenario, record and critics"},
    [POINT_ACCEPTED] = {"accepted", "part of the dataset"},
    [POINT_REJECTED] = {"rejected", "a critic or a person said no"},
    [POINT_DISPUTED] = {"disputed", "the two critics contradict themselves: a person decides"},
    [POINT_INVALID] = {"invalid", "no record that fits the schema came, even after a repair"},
    [POINT_FAILED] = {"failed", "no answer came; never the point's fault, `retry` asks again"},
};

const struct setting *setting_at(enum setting_id id)
{
    return &settings[id];
}

const struct setting *teacher_key_at(enum teacher_key_id id)
{
    return &teacher_keys[id];
}

const char *role_name(enum role_id r)
{
    return roles[r].name;
}

const char *role_help(enum role_id r)
{
    return roles[r].help;
}

const char *point_state_name(enum point_state s)
{
    return states[s].name;
}

const char *point_state_help(enum point_state s)
{
    return states[s].help;
}
