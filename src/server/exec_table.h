/*
 * exec_table - the executors, one per command, by file. Only dispatch.c and the executors' own
 * files include this.
 */
#ifndef TAXA_SERVER_EXEC_TABLE_H
#define TAXA_SERVER_EXEC_TABLE_H

#include "server/exec.h"

exec_fn exec_describe;
exec_fn exec_example_add;
exec_fn exec_example_list;
exec_fn exec_example_remove;
exec_fn exec_schema;
exec_fn exec_schema_templates;
exec_fn exec_save;
exec_fn exec_backup;
exec_fn exec_recent;
exec_fn exec_recent_forget;
exec_fn exec_doctor;
exec_fn exec_help;
exec_fn exec_set;
exec_fn exec_unset;
exec_fn exec_get;
exec_fn exec_settings;
exec_fn exec_teacher_add;
exec_fn exec_teacher_set;
exec_fn exec_teacher_remove;
exec_fn exec_teacher_list;
exec_fn exec_teacher_test;
exec_fn exec_teacher_presets;
exec_fn exec_teacher_find;
exec_fn exec_role;
exec_fn exec_factor_propose;
exec_fn exec_factor_add;
exec_fn exec_factor_edit;
exec_fn exec_factor_accept;
exec_fn exec_factor_reject;
exec_fn exec_factor_list;
exec_fn exec_node_add;
exec_fn exec_node_rename;
exec_fn exec_node_describe;
exec_fn exec_node_weight;
exec_fn exec_node_even;
exec_fn exec_node_move;
exec_fn exec_node_copy;
exec_fn exec_node_merge;
exec_fn exec_node_split;
exec_fn exec_node_delete;
exec_fn exec_node_lock;
exec_fn exec_node_unlock;
exec_fn exec_node_sort;
exec_fn exec_expand;
exec_fn exec_tree_show;
exec_fn exec_tree_import;
exec_fn exec_tree_export;
exec_fn exec_tree_edit;
exec_fn exec_strategy_propose;
exec_fn exec_strategy_add;
exec_fn exec_strategy_set;
exec_fn exec_strategy_remove;
exec_fn exec_strategy_list;
exec_fn exec_exclude_add;
exec_fn exec_exclude_remove;
exec_fn exec_exclude_list;
exec_fn exec_preview;
exec_fn exec_draw;
exec_fn exec_generate;
exec_fn exec_pause;
exec_fn exec_resume;
exec_fn exec_stop;
exec_fn exec_status;
exec_fn exec_wait;
exec_fn exec_retry;
exec_fn exec_queue;
exec_fn exec_review;
exec_fn exec_points;
exec_fn exec_show;
exec_fn exec_calls;
exec_fn exec_call;
exec_fn exec_export;
exec_fn exec_undo;
exec_fn exec_redo;
exec_fn exec_log;

#endif
