/*
 * Addresses are those in the vendors' own documentation. Names of models grow old faster than a
 * program: none is filled in, an example says what one looks like.
 */
#include "command/presets.h"

#include <string.h>

static const struct teacher_preset presets[] = {
    {"openai", "OpenAI", "https://api.openai.com/v1", "OPENAI_API_KEY", "for example gpt-4.1-mini",
     true, NULL, "Schemas are enforced by the server."},
    {"gemini", "Google Gemini", "https://generativelanguage.googleapis.com/v1beta/openai",
     "GEMINI_API_KEY", "for example gemini-2.5-flash", true, NULL,
     "Through Google's OpenAI-compatible endpoint."},
    {"anthropic", "Anthropic Claude", "https://api.anthropic.com/v1", "ANTHROPIC_API_KEY",
     "for example claude-sonnet-4-5", true, "structured=prompt",
     "Through its OpenAI-compatible endpoint, which ignores schemas and seeds: JSON is asked for "
     "in words and checked here."},
    {"openrouter", "OpenRouter", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY",
     "for example qwen/qwen-2.5-72b-instruct", true, NULL,
     "Many vendors behind one key; what a model can do depends on who serves it."},
    {"mistral", "Mistral", "https://api.mistral.ai/v1", "MISTRAL_API_KEY",
     "for example mistral-small-latest", true, NULL, "Mistral's own platform."},
    {"groq", "Groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY",
     "for example llama-3.3-70b-versatile", true, NULL,
     "Fast; tight limits per minute, which are kept by themselves."},
    {"together", "Together", "https://api.together.xyz/v1", "TOGETHER_API_KEY",
     "for example meta-llama/Llama-3.3-70B-Instruct-Turbo", true, NULL, "Open models, many sizes."},
    {"deepseek", "DeepSeek", "https://api.deepseek.com/v1", "DEEPSEEK_API_KEY",
     "for example deepseek-chat", true, "structured=json_object",
     "Knows JSON objects, not schemas: replies are checked here."},
    {"vllm", "vLLM", "http://127.0.0.1:8000/v1", NULL,
     "as it was started with, or its --served-model-name", true, NULL,
     "A server of your own: vllm serve MODEL."},
    {"sglang", "SGLang", "http://127.0.0.1:30000/v1", NULL, "as it was started with", true, NULL,
     "A server of your own: python -m sglang.launch_server."},
    {"llama.cpp", "llama.cpp", "http://127.0.0.1:8080/v1", NULL, "any: it serves the one it loaded",
     false, NULL, "A server of your own: llama-server -m FILE.gguf --parallel 4."},
    {"ollama", "Ollama", "http://127.0.0.1:11434/v1", NULL, "one of ollama list", true, NULL,
     "Answers one call at a time unless OLLAMA_NUM_PARALLEL says otherwise."},
    {"lm-studio", "LM Studio", "http://127.0.0.1:1234/v1", NULL, "any: it serves the one it loaded",
     false, NULL, "Start its local server first (Developer, Status: Running)."},
};

static const struct teacher_port ports[] = {
    {8000, "vllm"},    {8080, "llama.cpp"}, {11434, "ollama"}, {1234, "lm-studio"},
    {30000, "sglang"}, {8001, NULL},        {8081, NULL},      {8100, NULL},
    {8101, NULL},      {8888, NULL},        {5000, NULL},      {4000, NULL},
    {1337, NULL},      {4891, NULL},        {9997, NULL},      {10000, NULL},
};

#define PRESETS (sizeof presets / sizeof presets[0])

const struct teacher_preset *teacher_presets(size_t *count)
{
    *count = PRESETS;
    return presets;
}

const struct teacher_preset *teacher_preset_find(const char *name)
{
    for (size_t i = 0; i < PRESETS; i++) {
        if (strcmp(presets[i].name, name) == 0) {
            return &presets[i];
        }
    }
    return NULL;
}

bool teacher_preset_is_local(const struct teacher_preset *p)
{
    return strncmp(p->base_url, "http://127.0.0.1:", strlen("http://127.0.0.1:")) == 0;
}

const struct teacher_port *teacher_ports(size_t *count)
{
    *count = sizeof ports / sizeof ports[0];
    return ports;
}

const struct teacher_preset *teacher_preset_by_owner(const char *owner)
{
    static const char *const owners[][2] = {{"vllm", "vllm"},
                                            {"sglang", "sglang"},
                                            {"llamacpp", "llama.cpp"},
                                            {"library", "ollama"},
                                            {"organization_owner", "lm-studio"}};
    for (size_t i = 0; i < sizeof owners / sizeof owners[0]; i++) {
        if (strcmp(owners[i][0], owner) == 0) {
            return teacher_preset_find(owners[i][1]);
        }
    }
    return NULL;
}
