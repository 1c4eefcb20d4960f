/*
 * data_folder - where shipped files (themes, example sessions) lie.
 */
#ifndef TAXA_UI_DATA_FOLDER_H
#define TAXA_UI_DATA_FOLDER_H

#include "base/buf.h"
#include <stdbool.h>

#define DATA_FOLDERS 4

/*
 * The i-th folder to look in, the most personal first: the config folder, the checkout or prefix
 * that the program lies in, the one it was built for. False: there is none of that number; others
 * may follow.
 */
bool data_folder(int i, struct buf *out);

#endif
