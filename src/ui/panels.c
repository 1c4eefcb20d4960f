/*
 * The table of panels: the only place to add one.
 */
#include "ui/panel.h"

static const struct panel_ops *const panels[] = {
    &panel_overview, &panel_taxonomy, &panel_mix,   &panel_run,
    &panel_review,   &panel_data,     &panel_calls, &panel_settings,
};

size_t panel_count(void)
{
    return sizeof panels / sizeof panels[0];
}

const struct panel_ops *panel_at(size_t i)
{
    return i < panel_count() ? panels[i] : NULL;
}

size_t panel_by_key(uint32_t digit)
{
    size_t i = 0;
    while (i < panel_count() && (uint32_t)panels[i]->key != digit) {
        i++;
    }
    return i;
}
