/*
 * treefmt_text - one node a line, children indented below their parent.
 */
#include "domain/treefmt_parts.h"

#include <string.h>

enum status treefmt_text_parse(struct treefmt_in *in, const char *s, size_t n, struct err *e)
{
    (void)e; /* any text is of this format; lines are refused one by one */
    struct treefmt_lines lines = {.s = s, .n = n};
    struct treefmt_outline outline;
    struct treefmt_entry entry;
    treefmt_outline_init(&outline, in->under);
    treefmt_entry_init(&entry);
    const char *line = NULL;
    size_t len = 0;
    while (treefmt_next_line(&lines, &line, &len)) {
        size_t indent = 0;
        while (indent < len && (line[indent] == ' ' || line[indent] == '\t')) {
            indent++;
        }
        if (indent == len) {
            continue;
        }
        struct treefmt_level level = {
            .kind = TREEFMT_ITEM, .width = indent, .indent = line, .line = lines.line};
        uint32_t parent = treefmt_outline_enter(&outline, in, &level);
        if (parent == TREE_NONE) {
            continue;
        }
        struct err why = {.msg = ""};
        size_t rest = len - indent;
        int64_t id = in->ids ? treefmt_tag(line + indent, &rest) : 0;
        uint32_t same = id != 0 ? tree_by_id(in->tree, id) : TREE_NONE;
        if (same != TREE_NONE) {
            treefmt_refuse(in, lines.line,
                           "found [@%lld], which line %zu has already; expected each number once "
                           "(a new node has none)",
                           (long long)id, in->lines[same]);
            continue;
        }
        if (!treefmt_entry_read(&entry, line + indent, rest, false, &why)) {
            treefmt_refuse(in, lines.line, "%s", why.msg);
            continue;
        }
        struct node model = treefmt_model(entry.name.data, entry.desc.data);
        model.weight = entry.weight;
        model.locked = entry.locked;
        model.id = id;
        outline.level[outline.count - 1].node = treefmt_add(in, lines.line, parent, &model);
    }
    treefmt_entry_free(&entry);
    treefmt_outline_free(&outline);
    return ST_OK;
}

static void write(const struct tree *t, uint32_t root, bool ids, struct buf *out)
{
    int base = t->nodes[root].depth + (root == 0);
    for (uint32_t at = treefmt_first(t, root); at != TREE_NONE; at = tree_next(t, root, at)) {
        buf_printf(out, "%*s", 2 * (t->nodes[at].depth - base), "");
        treefmt_entry_write(&t->nodes[at], false, ids, out);
    }
}

void treefmt_text_write(const struct tree *t, uint32_t root, struct buf *out)
{
    write(t, root, false, out);
}

void treefmt_text_write_ids(const struct tree *t, uint32_t root, struct buf *out)
{
    write(t, root, true, out);
}
