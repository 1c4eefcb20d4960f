/*
 * teachers_menu - choose who answers, as a sheet: the offline teacher, those of the session, model
 * servers found on this machine, known services, any address.
 *
 * Servers are looked for in the background (`teacher find`). The one that is taken is added, plays
 * all roles that answer in words, and is asked one small question, whose result stands below the
 * list.
 */
#ifndef TAXA_UI_PANELS_TEACHERS_MENU_H
#define TAXA_UI_PANELS_TEACHERS_MENU_H

struct ui;

void teachers_menu(struct ui *ui);

#endif
