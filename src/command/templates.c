/*
 * Every string has a ceiling and every object is closed, since a teacher fills what is left open.
 * The field with the way to an answer stands before the answer: who writes it first is right more
 * often.
 */
#include "command/templates.h"

#include <string.h>

static const struct schema_template templates[] = {
    {"multiple-choice", "a question, four options, the letter of the right one",
     "{\"type\":\"object\",\"properties\":{"
     "\"question\":{\"type\":\"string\",\"minLength\":10,\"maxLength\":1500,"
     "\"description\":\"The question, understandable without the options.\"},"
     "\"options\":{\"type\":\"array\",\"items\":{\"type\":\"string\",\"minLength\":1,"
     "\"maxLength\":400},\"minItems\":4,\"maxItems\":4,\"uniqueItems\":true,"
     "\"description\":\"Four options of like length and form, without letters in front; the first "
     "is A, the last is D.\"},"
     "\"explanation\":{\"type\":\"string\",\"minLength\":10,\"maxLength\":1500,"
     "\"description\":\"Why the right option is right and each of the others is wrong.\"},"
     "\"answer\":{\"type\":\"string\",\"enum\":[\"A\",\"B\",\"C\",\"D\"],"
     "\"description\":\"The letter of the right option.\"}},"
     "\"required\":[\"question\",\"options\",\"explanation\",\"answer\"],"
     "\"additionalProperties\":false,\"x-answer\":\"answer\"}",
     "{\"question\":\"Which planet is nearest to the sun?\","
     "\"options\":[\"Venus\",\"Mercury\",\"Mars\",\"Earth\"],"
     "\"explanation\":\"Mercury's orbit is the innermost; Venus, Earth and Mars follow.\","
     "\"answer\":\"B\"}"},
    {"classification", "a text and its label; put your own labels into the enum",
     "{\"type\":\"object\",\"properties\":{"
     "\"text\":{\"type\":\"string\",\"minLength\":10,\"maxLength\":2000,"
     "\"description\":\"The text to be classified; it does not name its label.\"},"
     "\"rationale\":{\"type\":\"string\",\"minLength\":10,\"maxLength\":1000,"
     "\"description\":\"Which words decide the label, and why the others do not fit.\"},"
     "\"label\":{\"type\":\"string\",\"enum\":[\"positive\",\"negative\",\"neutral\"],"
     "\"description\":\"The one label that fits.\"}},"
     "\"required\":[\"text\",\"rationale\",\"label\"],"
     "\"additionalProperties\":false,\"x-answer\":\"label\"}",
     "{\"text\":\"The kettle boils in a minute, but its lid fell off on the second day.\","
     "\"rationale\":\"One fault outweighs the praise: the lid fell off.\","
     "\"label\":\"negative\"}"},
    {"numeric-answer", "a problem, its worked solution, one number",
     "{\"type\":\"object\",\"properties\":{"
     "\"question\":{\"type\":\"string\",\"minLength\":10,\"maxLength\":1500,"
     "\"description\":\"The problem, asking for one number.\"},"
     "\"solution\":{\"type\":\"string\",\"minLength\":5,\"maxLength\":2000,"
     "\"description\":\"Every step with its calculation, leading to the answer.\"},"
     "\"answer\":{\"type\":\"number\",\"description\":\"The bare number, without unit.\"}},"
     "\"required\":[\"question\",\"solution\",\"answer\"],"
     "\"additionalProperties\":false,\"x-answer\":\"answer\"}",
     "{\"question\":\"Mira packs 24 rolls into bags of 6. How many bags does she fill?\","
     "\"solution\":\"24 / 6 = 4 bags.\",\"answer\":4}"},
    {"short-answer", "a question, the way to its answer, a short answer in words",
     "{\"type\":\"object\",\"properties\":{"
     "\"question\":{\"type\":\"string\",\"minLength\":10,\"maxLength\":1500,"
     "\"description\":\"A question with exactly one right answer.\"},"
     "\"explanation\":{\"type\":\"string\",\"minLength\":5,\"maxLength\":1500,"
     "\"description\":\"The way to the answer, step by step.\"},"
     "\"answer\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":200,"
     "\"description\":\"The answer alone: a name, a term, a short phrase.\"}},"
     "\"required\":[\"question\",\"explanation\",\"answer\"],"
     "\"additionalProperties\":false,\"x-answer\":\"answer\"}",
     "{\"question\":\"Which gas do plants take from the air to build sugar?\","
     "\"explanation\":\"Photosynthesis binds the carbon of carbon dioxide.\","
     "\"answer\":\"carbon dioxide\"}"},
    {"free-text", "an instruction and a good reply; no single right answer",
     "{\"type\":\"object\",\"properties\":{"
     "\"instruction\":{\"type\":\"string\",\"minLength\":10,\"maxLength\":2000,"
     "\"description\":\"What a person asks for, with all that is needed to do it.\"},"
     "\"response\":{\"type\":\"string\",\"minLength\":20,\"maxLength\":4000,"
     "\"description\":\"A reply that does all of it and nothing else.\"}},"
     "\"required\":[\"instruction\",\"response\"],\"additionalProperties\":false}",
     "{\"instruction\":\"Write two lines inviting neighbours to a garden party on Saturday.\","
     "\"response\":\"Come to our garden on Saturday at four! There will be cake, and chairs for "
     "all.\"}"},
    {"tool-call", "a request, the call that serves it: a tool's name and its arguments",
     "{\"type\":\"object\",\"properties\":{"
     "\"request\":{\"type\":\"string\",\"minLength\":10,\"maxLength\":1500,"
     "\"description\":\"What the user says, with every value that the call needs.\"},"
     "\"call\":{\"type\":\"object\",\"properties\":{"
     "\"name\":{\"type\":\"string\",\"pattern\":\"^[a-z][a-z0-9_]{0,63}$\","
     "\"description\":\"The tool, such as get_weather.\"},"
     "\"arguments\":{\"type\":\"array\",\"minItems\":0,\"maxItems\":12,\"items\":{"
     "\"type\":\"object\",\"properties\":{"
     "\"name\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":64},"
     "\"value\":{\"type\":[\"string\",\"number\",\"boolean\"]}},"
     "\"required\":[\"name\",\"value\"],\"additionalProperties\":false},"
     "\"description\":\"Every argument with its value.\"}},"
     "\"required\":[\"name\",\"arguments\"],\"additionalProperties\":false,"
     "\"description\":\"The one call that serves the request.\"}},"
     "\"required\":[\"request\",\"call\"],"
     "\"additionalProperties\":false,\"x-answer\":\"call\"}",
     "{\"request\":\"Will it rain in Oslo tomorrow?\",\"call\":{\"name\":\"get_weather\","
     "\"arguments\":[{\"name\":\"city\",\"value\":\"Oslo\"},{\"name\":\"days\",\"value\":1}]}}"},
};

#define TEMPLATES (sizeof templates / sizeof templates[0])

const struct schema_template *schema_templates(size_t *count)
{
    *count = TEMPLATES;
    return templates;
}

const struct schema_template *schema_template_find(const char *name)
{
    for (size_t i = 0; i < TEMPLATES; i++) {
        if (strcmp(templates[i].name, name) == 0) {
            return &templates[i];
        }
    }
    return NULL;
}
