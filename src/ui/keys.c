/*
 * Rows of one context stand together in the order of importance: the hint line offers the first
 * ones that fit and can work now. `?` and the manual print the rows as they stand.
 */
#include "ui/keys.h"

#include <stdio.h>
#include <string.h>

static const struct binding table[] = {
    /* Overview */
    {CTX_OVERVIEW,
     ACT_OPEN,
     {K_ENTER, K_RIGHT, 'l'},
     "do it",
     "Do the marked step, or what is proposed next."},
    {CTX_OVERVIEW,
     ACT_GENERATE,
     {'G'},
     "generate",
     "Generate points until so many are accepted in all; asks for the number."},
    {CTX_OVERVIEW, ACT_PAUSE, {'p'}, "pause", "Pause the run, or let a paused one go on."},
    {CTX_OVERVIEW, ACT_DESCRIBE_DATA, {'d'}, "describe", "Describe the data in a sentence or two."},
    {CTX_OVERVIEW, ACT_SCHEMA, {'s'}, "schema", "Choose the shape of a record, or give your own."},
    {CTX_OVERVIEW, ACT_TEACHER, {'t'}, "teacher", "Choose and test the teacher who answers."},
    {CTX_OVERVIEW,
     ACT_PROPOSE,
     {'P'},
     "factors",
     "Decide about factors of variation; the teacher proposes some when there are none."},
    {CTX_OVERVIEW,
     ACT_COMPLEXITY,
     {'c'},
     "complexity",
     "Set the share of points that are made more complex, 0 to 1."},
    {CTX_OVERVIEW,
     ACT_EDIT,
     {'E'},
     "editor",
     "Edit the description (on the step of the record: the schema) in $VISUAL or $EDITOR."},
    {CTX_OVERVIEW, ACT_THEME, {'T'}, "colours", "Choose the colours of the screen."},

    /* Taxonomy: a proposed factor under the cursor */
    {CTX_PROPOSAL,
     ACT_ACCEPT,
     {'y', K_ENTER},
     "accept",
     "Accept the proposed factor: it becomes a taxonomy."},
    {CTX_PROPOSAL, ACT_REJECT, {'n', 'd', K_DELETE}, "reject", "Reject the proposed factor."},

    /* Taxonomy: the sheet of an expansion */
    {CTX_EXPANSION,
     ACT_OPEN,
     {K_ENTER, ' '},
     "take/drop",
     "Take a proposal that was dropped as a child after all, or drop one that was kept."},
    {CTX_EXPANSION, ACT_BACK, {'q', K_ESC, K_LEFT, 'h'}, "back", "Close the sheet."},

    /* Taxonomy: the sheet of suggestions */
    {CTX_SUGGESTIONS,
     ACT_ACCEPT,
     {K_ENTER, 'y'},
     "accept",
     "Do what the suggestion says (u takes it back)."},
    {CTX_SUGGESTIONS,
     ACT_REJECT,
     {'n', K_DELETE},
     "reject",
     "Turn the suggestion down: the same is not suggested again."},
    {CTX_SUGGESTIONS, ACT_ACCEPT_KIND, {'a'}, "this kind", "Accept all suggestions of this kind."},
    {CTX_SUGGESTIONS, ACT_REJECT_KIND, {'N'}, NULL, "Reject all suggestions of this kind."},
    {CTX_SUGGESTIONS, ACT_BACK, {'q', K_ESC, K_LEFT, 'h'}, "back", "Close the sheet."},

    /* Taxonomy */
    {CTX_TAXONOMY,
     ACT_ADD_CHILD,
     {'a'},
     "add",
     "Add a child below this node (a taxonomy when there is none yet)."},
    {CTX_TAXONOMY, ACT_RENAME, {'e'}, "rename", "Rename the node in its row."},
    {CTX_TAXONOMY,
     ACT_EXPAND,
     {'x'},
     "expand",
     "Let the teacher grow the tree below this node, down to the depth that is set."},
    {CTX_TAXONOMY,
     ACT_WEIGHT,
     {'='},
     "weight",
     "Set the weight of the node, or of all that is marked, relative to their siblings."},
    {CTX_TAXONOMY,
     ACT_DELETE,
     {'d', K_DELETE},
     "delete",
     "Delete the node, or what is marked, with all below it (u brings it back)."},
    {CTX_TAXONOMY,
     ACT_CUT,
     {'c'},
     "cut",
     "Cut the node, or what is marked; it stays here until it is pasted. Once more: only what is "
     "below it. Esc gives it up."},
    {CTX_TAXONOMY,
     ACT_MARK,
     {' '},
     "mark",
     "Mark the node or take its mark away, and go down. Keys then act on all that is marked."},
    {CTX_TAXONOMY,
     ACT_SEARCH,
     {'/'},
     "find",
     "Find a node by regular expression (without capitals: any case), also under folds."},
    {CTX_TAXONOMY,
     ACT_FILTER,
     {'f'},
     "filter",
     "Show only nodes that match and what is above them. Words: a regular expression, leaf, "
     "unexpanded, failed, locked, off, human, edited, marked, working, and weight>2, share<5, "
     "planned, accepted, children, below, level with > < =. An exclamation mark turns a word "
     "round."},
    {CTX_TAXONOMY, ACT_FOLD, {'z'}, "fold", "Fold or unfold the node."},
    {CTX_TAXONOMY,
     ACT_LOCK,
     {'L'},
     "lock",
     "Lock the node against the teacher's expansion, or unlock it."},
    {CTX_TAXONOMY,
     ACT_PROPOSE,
     {'P'},
     "factors",
     "Ask the teacher to propose factors of variation."},
    {CTX_TAXONOMY, ACT_DESCRIBE, {'D'}, "describe", "Describe the node in one line."},
    {CTX_TAXONOMY, ACT_ADD_SIBLING, {'A'}, "sibling", "Add a node below this one, beside it."},
    {CTX_TAXONOMY,
     ACT_COPY,
     {'y'},
     "copy",
     "Copy the node, or what is marked, with all below it. Once more: only what is below it."},
    {CTX_TAXONOMY,
     ACT_PASTE,
     {'v', K_INSERT},
     "paste",
     "Paste what was cut or copied below this node, as its last children."},
    {CTX_TAXONOMY,
     ACT_PASTE_BESIDE,
     {K_CTRL('v')},
     "beside",
     "Paste what was cut or copied beside this node."},
    {CTX_TAXONOMY, ACT_MOVE_UP, {'K'}, NULL, "Move the node, or what is marked, one place up."},
    {CTX_TAXONOMY, ACT_MOVE_DOWN, {'J'}, NULL, "Move the node, or what is marked, one place down."},
    {CTX_TAXONOMY,
     ACT_MOVE_IN,
     {'>'},
     NULL,
     "Move the node, or what is marked, below the sibling above it."},
    {CTX_TAXONOMY,
     ACT_MOVE_OUT,
     {'<'},
     NULL,
     "Move the node, or what is marked, out, beside its parent."},
    {CTX_TAXONOMY,
     ACT_ACROSS_COPY,
     {']'},
     NULL,
     "Copy the node, or what is marked, below the node of the other side."},
    {CTX_TAXONOMY,
     ACT_ACROSS_MOVE,
     {'}'},
     NULL,
     "Move the node, or what is marked, below the node of the other side."},
    {CTX_TAXONOMY, ACT_DUPLICATE, {K_CTRL('d')}, "duplicate", "Copy the node to right beside it."},
    {CTX_TAXONOMY,
     ACT_MERGE,
     {'&'},
     "merge",
     "Merge what is marked into this node: children are united, points and names go with it."},
    {CTX_TAXONOMY,
     ACT_SPLIT_NODE,
     {'S'},
     "split",
     "Split the node into several; asks for their names."},
    {CTX_TAXONOMY,
     ACT_SORT,
     {'s'},
     "sort",
     "Sort the children by name, weight or points, for good."},
    {CTX_TAXONOMY, ACT_EVEN, {'~'}, "even", "Give all children of the node the same weight."},
    {CTX_TAXONOMY,
     ACT_PASTE_TEXT,
     {K_PASTE},
     NULL,
     "Indented or Markdown text that is pasted becomes a tree below this node, as one step."},
    {CTX_TAXONOMY,
     ACT_IMPORT,
     {'i'},
     "import",
     "Read a tree from a file to below this node; shows first what it would change."},
    {CTX_TAXONOMY, ACT_EXPORT, {'w'}, "write", "Write this branch to a file."},
    {CTX_TAXONOMY, ACT_EXPORT_ALL, {'W'}, NULL, "Write all taxonomies to a file."},
    {CTX_TAXONOMY,
     ACT_EXPAND_DEPTH,
     {'X'},
     "deep",
     "Let the teacher grow so many levels below this node; asks for the number."},
    {CTX_TAXONOMY, ACT_WEIGHT_UP, {'+'}, "heavier", "Raise the weight by one step."},
    {CTX_TAXONOMY,
     ACT_WEIGHT_DOWN,
     {'-'},
     "lighter",
     "Lower the weight by one step; at 0 the branch is off."},
    {CTX_TAXONOMY,
     ACT_OFF,
     {'o'},
     "on/off",
     "Switch the branch off (weight 0) or on again (weight 1)."},
    {CTX_TAXONOMY,
     ACT_BRANCH,
     {'E'},
     "editor",
     "Edit the whole branch as text in $VISUAL or $EDITOR; nodes keep their points."},
    {CTX_TAXONOMY, ACT_EDIT, {K_CTRL('e')}, NULL, "Edit the description in $VISUAL or $EDITOR."},
    {CTX_TAXONOMY,
     ACT_EXPANSION,
     {'p'},
     "proposals",
     "Show what the teacher proposed at the last expansion and what became of it; take or drop "
     "each one."},
    {CTX_TAXONOMY,
     ACT_TEACH,
     {'T'},
     "teacher",
     "Ask the teacher about the node, or what is marked: what is missing, a better description, "
     "soundness; show the suggestions that wait."},

    /* Taxonomy: looking */
    {CTX_TREE,
     ACT_FOCUS,
     {'F'},
     "focus",
     "Show this branch only; on its first row, or with Esc: show everything again."},
    {CTX_TREE,
     ACT_SPLIT,
     {'|'},
     "split",
     "Show two sides, each with its own cursor, folds, focus and filter; again: one."},
    {CTX_TREE, ACT_OTHER_SIDE, {K_TAB}, "side", "Go to the other side."},
    {CTX_TREE, ACT_UNMARK_ALL, {'U'}, "unmark", "Take all marks away."},
    {CTX_TREE,
     ACT_MARK_RANGE,
     {'V'},
     "range",
     "Mark from here to where you go; V or space ends the range, Esc drops it."},
    {CTX_TREE,
     ACT_MARK_MATCHING,
     {'M'},
     "mark all",
     "Mark all nodes that match, also under folds; the same words as for the filter."},
    {CTX_TREE, ACT_MARK_INVERT, {'I'}, NULL, "Invert the marks of the node and its siblings."},
    {CTX_TREE,
     ACT_TYPE_TO,
     {'t'},
     "type",
     "Go to the next visible row whose name starts as you type."},
    {CTX_TREE, ACT_NEXT_MATCH, {'n'}, NULL, "Go to the next match."},
    {CTX_TREE, ACT_PREV_MATCH, {'N'}, NULL, "Go to the match before."},
    {CTX_TREE,
     ACT_FOLD_LEVEL,
     {'Z'},
     "level",
     "Then a digit: unfold down to that level, fold what is deeper."},
    {CTX_TREE,
     ACT_FOLD_BRANCH,
     {'*'},
     "branch",
     "Unfold the node and all below it; when all is unfolded: fold all of it."},
    {CTX_TREE, ACT_FOLD_OTHERS, {'O'}, "only this", "Fold everything but the way to this node."},
    {CTX_TREE, ACT_NEXT_SIBLING, {')'}, NULL, "Go to the next sibling."},
    {CTX_TREE, ACT_PREV_SIBLING, {'('}, NULL, "Go to the sibling before."},
    {CTX_TREE,
     ACT_GO_BACK,
     {'b'},
     "back",
     "Go back to where the last jump began (search, first and last row, bookmark)."},
    {CTX_TREE, ACT_GO_FORWARD, {'B'}, NULL, "Go forward again."},
    {CTX_TREE,
     ACT_BOOKMARK,
     {'m'},
     "bookmark",
     "Then a letter: set a bookmark on this node; it is kept for the next time."},
    {CTX_TREE,
     ACT_GO_BOOKMARK,
     {'\''},
     NULL,
     "Then a letter: go to that bookmark; twice: choose from all."},
    {CTX_TREE, ACT_OPEN, {K_ENTER}, NULL, "Unfold the node, or fold it again."},
    {CTX_TREE,
     ACT_RIGHT,
     {K_RIGHT, 'l'},
     NULL,
     "Unfold the node; once more: go to its first child."},
    {CTX_TREE, ACT_LEFT, {K_LEFT, 'h'}, NULL, "Fold the node; once more: go to its parent."},

    /* Mix: where the cursor is among the nodes */
    {CTX_MIX_NODES, ACT_OPEN, {K_ENTER}, "into", "Show the nodes below the one under the cursor."},
    {CTX_MIX_NODES, ACT_LEFT, {K_LEFT, 'h'}, "out", "Show the nodes one level further up."},

    /* Mix: where it is on a strategy or a session-wide value */
    {CTX_MIX_VALUES, ACT_OPEN, {K_ENTER}, "type", "Type the value under the cursor."},

    /* Mix */
    {CTX_MIX,
     ACT_MIX_LESS,
     {'['},
     "less",
     "A little less of the value under the cursor: 0.1 of a weight, 0.01 of c, a tenth of a "
     "number."},
    {CTX_MIX, ACT_MIX_MORE, {']'}, "more", "A little more of it."},
    {CTX_MIX,
     ACT_MIX_DRAW,
     {'d'},
     "draw",
     "Draw example mixes, as the next run would; again for the next ones."},
    {CTX_MIX,
     ACT_MIX_TRY,
     {'t'},
     "try",
     "Let the teacher write one scenario for the next example mix; costs a call or two."},
    {CTX_MIX,
     ACT_GENERATE,
     {'G'},
     "generate",
     "Generate points until so many are accepted in all; asks for the number."},
    {CTX_MIX,
     ACT_MIX_NEXT_TAXONOMY,
     {K_TAB},
     "taxonomy",
     "Show the expected points of the next taxonomy."},
    {CTX_MIX, ACT_MIX_PREV_TAXONOMY, {K_BACKTAB}, NULL, "Show those of the taxonomy before."},
    {CTX_MIX, ACT_MIX_VIEW, {'v'}, NULL, "Choose the taxonomy whose points are shown."},
    {CTX_MIX, ACT_MIX_DEEPER, {'>'}, "deeper", "Show the nodes one level deeper."},
    {CTX_MIX, ACT_MIX_SHALLOWER, {'<'}, NULL, "Show the nodes one level less deep."},
    {CTX_MIX, ACT_MIX_ADD, {'a'}, "add", "Add a strategy: asks for its name, then its taxonomies."},
    {CTX_MIX,
     ACT_MIX_TAXONOMIES,
     {'c'},
     "taxonomies",
     "Choose the taxonomies that the strategy draws from."},
    {CTX_MIX,
     ACT_MIX_EXCLUSIONS,
     {'x'},
     "exclusions",
     "Show the pairs of subtrees that are never drawn together; add and remove them."},
    {CTX_MIX, ACT_MIX_WARNINGS, {'w'}, "warnings", "Show all that is odd about this design."},
    {CTX_MIX, ACT_RENAME, {'e'}, NULL, "Rename the strategy."},
    {CTX_MIX, ACT_DELETE, {'D', K_DELETE}, NULL, "Remove the strategy; its finished points stay."},
    {CTX_MIX, ACT_MIX_PROPOSE, {'P'}, NULL, "Let the teacher propose strategies."},
    {CTX_MIX,
     ACT_MIX_MUCH_LESS,
     {'{'},
     NULL,
     "Much less of the value under the cursor: 1 of a weight, 0.1 of c, ten steps of a number."},
    {CTX_MIX, ACT_MIX_MUCH_MORE, {'}'}, NULL, "Much more of it."},
    {CTX_MIX, ACT_MIX_EXACT, {'='}, NULL, "Type the value, of a node: its weight."},
    {CTX_MIX,
     ACT_MIX_TRY_RECORD,
     {'T'},
     NULL,
     "As t, and let the teacher write the whole record, too."},
    {CTX_MIX, ACT_LEFT, {K_LEFT, 'h'}, NULL, "To the value at the left; among nodes: further up."},
    {CTX_MIX, ACT_RIGHT, {K_RIGHT, 'l'}, NULL, "To the value at the right; among nodes: into it."},

    /* Mix: sheets */
    {CTX_MIX_MARKS, ACT_MIX_MARK, {' '}, "mark", "Mark the taxonomy, or take the mark away."},
    {CTX_MIX_MARKS, ACT_OPEN, {K_ENTER}, "take", "Take the marked ones."},
    {CTX_MIX_MARKS, ACT_BACK, {'q', K_ESC}, "cancel", "Leave the strategy as it is."},
    {CTX_MIX_PAIRS,
     ACT_MIX_ADD,
     {'a'},
     "add",
     "Add a pair for all strategies: two nodes of different taxonomies (Tab completes paths)."},
    {CTX_MIX_PAIRS,
     ACT_MIX_ADD_HERE,
     {'s'},
     "add to one",
     "Add a pair that holds in one strategy only."},
    {CTX_MIX_PAIRS, ACT_DELETE, {'D', K_DELETE}, "remove", "Allow the pair together again."},
    {CTX_MIX_PAIRS, ACT_BACK, {'q', K_ESC}, "back", "Close the list."},
    {CTX_MIX_DRAWS, ACT_MIX_DRAW, {'d', ' '}, "next ones", "Draw the next mixes."},
    {CTX_MIX_DRAWS,
     ACT_MIX_TRY,
     {'t', K_ENTER},
     "try",
     "Let the teacher write a scenario for the mix under the cursor."},
    {CTX_MIX_DRAWS,
     ACT_MIX_TRY_RECORD,
     {'T'},
     "with record",
     "Let the teacher write a scenario and the whole record."},
    {CTX_MIX_DRAWS, ACT_BACK, {'q', K_ESC}, "back", "Close the list."},

    /* Run */
    {CTX_RUN, ACT_PAUSE, {'p'}, "pause", "Pause the run, or let a paused one go on."},
    {CTX_RUN,
     ACT_GENERATE,
     {'G'},
     "generate",
     "Generate points until so many are accepted in all; asks for the number. While a run goes on "
     "it raises the target."},
    {CTX_RUN, ACT_STOP, {'s'}, "stop", "Stop the run: what is in flight ends, nothing new starts."},
    {CTX_RUN,
     ACT_OPEN,
     {K_ENTER},
     "open",
     "Open the call of the error under the cursor: what was sent and what came back."},
    {CTX_RUN,
     ACT_NEXT_PART,
     {K_TAB},
     "below",
     "Switch the lower part: events, errors, strategies, branches."},
    {CTX_RUN, ACT_FASTER, {'+'}, "more at once", "Keep more requests in flight."},
    {CTX_RUN, ACT_SLOWER, {'-'}, "fewer", "Keep fewer requests in flight."},
    {CTX_RUN,
     ACT_AUTO,
     {'a'},
     "auto",
     "Let the number in flight find itself by the teacher's limits."},
    {CTX_RUN,
     ACT_BUDGET,
     {'b'},
     "budget",
     "Set the most money that may be spent; 0 means no limit."},
    {CTX_RUN,
     ACT_COMPLEXITY,
     {'c'},
     "complexity",
     "Set the share of points made more complex; points planned from now on follow it."},
    {CTX_RUN, ACT_SUMMARY, {'S'}, "summary", "Sum the run up as a text to paste into a report."},
    {CTX_RUN, ACT_RETRY, {'t'}, "retry", "Try the failed points again."},
    {CTX_RUN, ACT_SPAN, {'w'}, NULL, "Throughput of the last minute, hour or day."},
    {CTX_RUN, ACT_PREV_PART, {K_BACKTAB}, NULL, "Switch the lower part the other way round."},
    {CTX_RUN, ACT_LEFT, {K_LEFT, 'h'}, NULL, "Branches of the taxonomy before."},
    {CTX_RUN, ACT_RIGHT, {K_RIGHT, 'l'}, NULL, "Branches of the next taxonomy."},

    /* Settings */
    {CTX_SETTINGS,
     ACT_OPEN,
     {K_ENTER},
     "change",
     "Change the value in its row, or choose it from a list; unfold a teacher."},
    {CTX_SETTINGS, ACT_RAISE, {'+'}, "up", "The next higher value by a step, or the next choice."},
    {CTX_SETTINGS,
     ACT_LOWER,
     {'-'},
     "down",
     "The next lower value by a step, or the choice before."},
    {CTX_SETTINGS,
     ACT_RESET,
     {'d', K_DELETE},
     "default",
     "Let the setting, the teacher's key or the role go back to its default."},
    {CTX_SETTINGS,
     ACT_SEARCH,
     {'/'},
     "find",
     "Find a setting, key or role by regular expression over names, values and help."},
    {CTX_SETTINGS,
     ACT_ONLY_CHANGED,
     {'o'},
     "what differs",
     "Show only what differs from the default, or all again."},
    {CTX_SETTINGS,
     ACT_TEST,
     {'t'},
     "test",
     "Ask the teacher one small question, in the background."},
    {CTX_SETTINGS,
     ACT_ADD_TEACHER,
     {'a'},
     "add teacher",
     "Add a teacher: a known service, a server found on this machine, or an address."},
    {CTX_SETTINGS, ACT_REMOVE, {'x'}, "remove", "Remove the teacher (u brings it back)."},
    {CTX_SETTINGS, ACT_RIGHT, {K_RIGHT, 'l'}, NULL, "Unfold the teacher: show its keys."},
    {CTX_SETTINGS, ACT_LEFT, {K_LEFT, 'h'}, NULL, "Fold the teacher."},
    {CTX_SETTINGS, ACT_NEXT_MATCH, {'n'}, NULL, "Go to the next match."},
    {CTX_SETTINGS, ACT_PREV_MATCH, {'N'}, NULL, "Go to the match before."},

    /* lists and texts */
    {CTX_MOVE, ACT_UP, {K_UP, 'k'}, NULL, "One row up."},
    {CTX_MOVE, ACT_DOWN, {K_DOWN, 'j'}, NULL, "One row down."},
    {CTX_MOVE, ACT_PAGE_UP, {K_PAGE_UP, K_CTRL('b')}, NULL, "One page up."},
    {CTX_MOVE, ACT_PAGE_DOWN, {K_PAGE_DOWN, K_CTRL('f')}, NULL, "One page down."},
    {CTX_MOVE, ACT_FIRST, {'g', K_HOME}, NULL, "To the first row."},
    {CTX_MOVE, ACT_LAST, {'G', K_END}, NULL, "To the last row."},

    /* factors, over a panel */
    {CTX_FACTORS,
     ACT_ACCEPT,
     {'y', K_ENTER},
     "accept",
     "Accept the factor: it becomes a taxonomy."},
    {CTX_FACTORS, ACT_REJECT, {'n', 'd', K_DELETE}, "reject", "Reject the proposed factor."},
    {CTX_FACTORS, ACT_RENAME, {'e'}, "rename", "Rename the proposal before you accept it."},
    {CTX_FACTORS, ACT_DESCRIBE, {'D'}, "describe", "Say in one line what varies in it."},
    {CTX_FACTORS, ACT_ADD_FACTOR, {'a'}, "add", "Add a factor of your own."},
    {CTX_FACTORS, ACT_ACCEPT_ALL, {'Y'}, "accept all", "Accept all proposals that wait."},
    {CTX_FACTORS, ACT_PROPOSE, {'P'}, "propose", "Ask the teacher to propose (more) factors."},
    {CTX_FACTORS, ACT_BACK, {'q', K_ESC, K_LEFT, 'h'}, "back", "Close the list."},

    /* teachers, over a panel */
    {CTX_TEACHERS,
     ACT_OPEN,
     {K_ENTER, K_RIGHT, 'l'},
     "take it",
     "Let this one answer: it is added, plays all roles, and is asked one small question."},
    {CTX_TEACHERS, ACT_TEACHER_TEST, {'t'}, "test", "Ask it one small question."},
    {CTX_TEACHERS, ACT_BACK, {'q', K_ESC, K_LEFT, 'h'}, "back", "Close the list."},

    /* colours, over a panel */
    {CTX_THEMES,
     ACT_OPEN,
     {K_ENTER, K_RIGHT, 'l'},
     "take it",
     "Use these colours in this session."},
    {CTX_THEMES, ACT_BACK, {'q', K_ESC, K_LEFT, 'h'}, "back", "Back to the colours before."},

    /* before a session is open: `taxa` alone */
    {CTX_START, ACT_OPEN, {K_ENTER, K_RIGHT, 'l'}, "open", "Open the session under the cursor."},
    {CTX_START, ACT_NEW_SESSION, {'a'}, "new session", "Begin a new session; asks for its file."},
    {CTX_START,
     ACT_OPEN_FILE,
     {'o'},
     "open a file",
     "Open a session file (or make one from a .session script); Tab completes its name."},
    {CTX_START,
     ACT_EXAMPLE,
     {'s'},
     "example",
     "Make a session from one of the examples that come with the program."},
    {CTX_START,
     ACT_SEARCH,
     {'/'},
     "find",
     "Go to a session by regular expression over its path (without capitals: any case)."},
    {CTX_START,
     ACT_FORGET,
     {'d', K_DELETE},
     "forget",
     "Take the session off this list; its file stays as it is."},
    {CTX_START, ACT_NEXT_MATCH, {'n'}, NULL, "Go to the next match."},
    {CTX_START, ACT_PREV_MATCH, {'N'}, NULL, "Go to the match before."},
    {CTX_START, ACT_QUIT, {'q', K_CTRL('c')}, "quit", "Leave."},

    /* a list to choose from, over a panel */
    {CTX_MENU, ACT_OPEN, {K_ENTER, K_RIGHT, 'l'}, "choose", "Take the row under the cursor."},
    {CTX_MENU,
     ACT_SEARCH,
     {'/'},
     "find",
     "Go to a row by regular expression (without capitals: any case)."},
    {CTX_MENU, ACT_NEXT_MATCH, {'n'}, NULL, "Go to the next match."},
    {CTX_MENU, ACT_PREV_MATCH, {'N'}, NULL, "Go to the match before."},
    {CTX_MENU, ACT_BACK, {'q', K_ESC, K_LEFT, 'h'}, "back", "Close the list."},

    /* the journal */
    {CTX_JOURNAL,
     ACT_OPEN,
     {K_ENTER, K_RIGHT, 'l'},
     "go there",
     "Undo what is newer than this, or do again what is older and up to it."},
    {CTX_JOURNAL, ACT_BACK, {'q', K_ESC, K_LEFT, 'h'}, "back", "Close the journal."},

    /* the preview of an import */
    {CTX_IMPORT, ACT_OPEN, {K_ENTER}, "import", "Take what is not refused, as one step."},
    {CTX_IMPORT,
     ACT_IMPORT_PLACE,
     {'t'},
     "place",
     "Below the node, or its tops as taxonomies: the other of the two."},
    {CTX_IMPORT, ACT_BACK, {'q', K_ESC, K_LEFT, 'h'}, "back", "Leave it; nothing is changed."},

    /* a text, such as the output of a command */
    {CTX_TEXT, ACT_PAGE_DOWN, {' '}, "page", "One page down."},
    {CTX_TEXT,
     ACT_SEARCH,
     {'/'},
     "find",
     "Find a regular expression (without capitals: any case)."},
    {CTX_TEXT, ACT_NEXT_MATCH, {'n'}, "next", "Go to the next match."},
    {CTX_TEXT, ACT_PREV_MATCH, {'N'}, "before", "Go to the match before."},
    {CTX_TEXT, ACT_LEFT, {K_LEFT, 'h'}, NULL, "Scroll to the left."},
    {CTX_TEXT, ACT_RIGHT, {K_RIGHT, 'l'}, "sideways", "Scroll to the right."},
    {CTX_TEXT, ACT_WRAP, {'w'}, "wrap", "Wrap long lines, or let them stand as they came."},
    {CTX_TEXT, ACT_BACK, {'q'}, "back", "Close the text."},

    /* a line that is typed: done by the prompt, listed here for help and manual */
    {CTX_PROMPT, ACT_NONE, {K_ENTER}, "give", "Give the line."},
    {CTX_PROMPT, ACT_NONE, {K_ESC, K_CTRL('c'), K_CTRL('g')}, "cancel", "Give it up."},
    {CTX_PROMPT,
     ACT_NONE,
     {K_TAB, K_BACKTAB},
     "complete",
     "Complete the word; again: choose among what fits."},
    {CTX_PROMPT,
     ACT_NONE,
     {K_UP, K_DOWN, K_CTRL('p'), K_CTRL('n')},
     "history",
     "Walk through what was typed before."},
    {CTX_PROMPT,
     ACT_NONE,
     {K_CTRL('a'), K_CTRL('e'), K_HOME, K_END},
     NULL,
     "To the start, to the end."},
    {CTX_PROMPT, ACT_NONE, {K_WORD_LEFT, K_WORD_RIGHT}, NULL, "One word back, one word on."},
    {CTX_PROMPT,
     ACT_NONE,
     {K_CTRL('w'), K_CTRL('u'), K_CTRL('k')},
     NULL,
     "Delete the word before the cursor, all before it, all behind it."},

    /* everywhere */
    {CTX_GLOBAL, ACT_UNDO, {'u'}, "undo", "Undo the last command; the message line says which."},
    {CTX_GLOBAL, ACT_REDO, {K_CTRL('r')}, NULL, "Do again what was undone."},
    {CTX_GLOBAL, ACT_COMMAND, {':'}, "command", "Type a command; Tab completes it."},
    {CTX_GLOBAL, ACT_HELP, {'?', K_F1}, "help", "Show the keys that work here."},
    {CTX_GLOBAL, ACT_BACK, {K_ESC, K_BACKSPACE}, NULL, "Go back; forget a message or a search."},
    {CTX_GLOBAL,
     ACT_QUIT,
     {'q', K_CTRL('c')},
     "detach",
     "Leave the workbench. What runs goes on running."},
    {CTX_GLOBAL,
     ACT_LOG,
     {K_CTRL('o')},
     NULL,
     "Show what was done so far, newest first, and go back to a point of it."},
    {CTX_GLOBAL,
     ACT_SUSPEND,
     {K_CTRL('z')},
     NULL,
     "Suspend the workbench and return to the shell."},
    {CTX_GLOBAL, ACT_REPAINT, {K_CTRL('l')}, NULL, "Paint the screen again."},
};

#define TABLE_SIZE (sizeof table / sizeof table[0])

const struct binding *keys_table(size_t *count)
{
    *count = TABLE_SIZE;
    return table;
}

const char *keys_context_title(enum key_context c)
{
    switch (c) {
    case CTX_GLOBAL:
        return "Everywhere";
    case CTX_MOVE:
        return "Moving";
    case CTX_OVERVIEW:
        return "Overview";
    case CTX_TAXONOMY:
        return "Taxonomy";
    case CTX_TREE:
        return "Taxonomy: looking";
    case CTX_PROPOSAL:
        return "A proposed factor";
    case CTX_MIX:
        return "Mix";
    case CTX_MIX_VALUES:
        return "Mix: strategies and values";
    case CTX_MIX_NODES:
        return "Mix: nodes with their points";
    case CTX_MIX_MARKS:
        return "Mix: taxonomies of a strategy";
    case CTX_MIX_PAIRS:
        return "Mix: exclusions";
    case CTX_MIX_DRAWS:
        return "Mix: example mixes";
    case CTX_EXPANSION:
        return "Proposals of an expansion";
    case CTX_SUGGESTIONS:
        return "Suggestions";
    case CTX_RUN:
        return "Run";
    case CTX_FACTORS:
        return "Factors";
    case CTX_TEACHERS:
        return "Choosing a teacher";
    case CTX_THEMES:
        return "Choosing colours";
    case CTX_START:
        return "Starting";
    case CTX_SETTINGS:
        return "Settings";
    case CTX_MENU:
        return "A list to choose from";
    case CTX_JOURNAL:
        return "The journal";
    case CTX_IMPORT:
        return "Preview of an import";
    case CTX_TEXT:
        return "A text";
    case CTX_PROMPT:
        return "Typing a line";
    case CTX_COUNT:
        break;
    }
    return "";
}

static bool has_key(const struct binding *b, uint32_t code)
{
    for (size_t k = 0; k < 4 && b->keys[k] != 0; k++) {
        if (b->keys[k] == code) {
            return true;
        }
    }
    return false;
}

enum action keys_action(const enum key_context *contexts, size_t n, uint32_t code)
{
    for (size_t c = 0; c < n; c++) {
        for (size_t i = 0; i < TABLE_SIZE; i++) {
            if (table[i].context == contexts[c] && table[i].action != ACT_NONE &&
                has_key(&table[i], code)) {
                return table[i].action;
            }
        }
    }
    return ACT_NONE;
}

const struct binding *keys_row(const enum key_context *contexts, size_t n, enum action a)
{
    for (size_t c = 0; c < n; c++) {
        for (size_t i = 0; i < TABLE_SIZE; i++) {
            if (table[i].context == contexts[c] && table[i].action == a) {
                return &table[i];
            }
        }
    }
    return NULL;
}

struct named_key {
    uint32_t code;
    const char *name;
};
static const struct named_key named_keys[] = {
    {K_UP, "Up"},
    {K_DOWN, "Down"},
    {K_LEFT, "Left"},
    {K_RIGHT, "Right"},
    {K_HOME, "Home"},
    {K_END, "End"},
    {K_PAGE_UP, "PgUp"},
    {K_PAGE_DOWN, "PgDn"},
    {K_INSERT, "Ins"},
    {K_DELETE, "Del"},
    {K_BACKTAB, "S-Tab"},
    {K_BACKSPACE, "BackSp"},
    {K_WORD_LEFT, "C-Left"},
    {K_WORD_RIGHT, "C-Right"},
    {K_PASTE, "a paste"},
    {K_CLICK, "a click"},
    {K_WHEEL_UP, "the wheel"},
    {K_WHEEL_DOWN, "the wheel"},
    {K_F1, "F1"},
    {K_ENTER, "Enter"},
    {K_TAB, "Tab"},
    {K_ESC, "Esc"},
    {' ', "space"},
};

void keys_name(char out[16], uint32_t code)
{
    for (size_t i = 0; i < sizeof named_keys / sizeof named_keys[0]; i++) {
        if (named_keys[i].code == code) {
            snprintf(out, 16, "%s", named_keys[i].name);
            return;
        }
    }
    if (code < 32) {
        snprintf(out, 16, "C-%c", (char)('a' + code - 1));
    } else if (code < 127) {
        snprintf(out, 16, "%c", (char)code);
    } else {
        snprintf(out, 16, "that key");
    }
}

void keys_names(const struct binding *b, struct buf *out)
{
    for (size_t k = 0; k < 4 && b->keys[k] != 0; k++) {
        char name[16];
        keys_name(name, b->keys[k]);
        buf_printf(out, "%s%s", k > 0 ? ", " : "", name);
    }
}
