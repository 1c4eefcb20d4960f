/*
 * words - see words.h.
 *
 * Lists are kept as one string each: a table of pointers would need a line per word, and picking a
 * piece by counting bars costs well under a microsecond.
 */
#include "teacher/offline/words.h"

#include <string.h>
#include <strings.h>

const char *const offline_names =
    "Mira|Tom|Aisha|Jonas|Lena|Pedro|Yuki|Omar|Nina|Felix|Clara|Ravi|Sofia|Malik|Greta|Hugo|"
    "Ines|Kofi|Laila|Marco|Noor|Oskar|Priya|Quinn|Rosa|Samir|Tessa|Umar|Vera|Wanda|Xavier|Yara|"
    "Zoe|Anton|Bella|Carlos|Dina|Emil|Fatima|Gus|Hanna|Ivan|Jada|Karim|Lotte|Mateo|Nadia|Otto|"
    "Paula|Rashid|Selma|Theo|Ursula|Viktor|Wilma|Yusuf|Zara|Arjun|Bruno|Celia|Dmitri|Elif|Finn|"
    "Gina|Henrik|Isla|Jamal|Kira|Leo|Maya|Nils|Olga|Pablo|Ruth|Stefan|Tara|Ugo|Vivian|Walid|Zelda";

const char *const offline_speakers =
    "Aunt Carmen|Uncle Boris|Grandma Edith|Grandpa Wim|Mrs Okafor|Mr Lindqvist|Ms Tanaka|"
    "Mr Peters|Mrs Novak|Cousin Abel|Aunt Freya|Uncle Idris|Ms Duarte|Mr Haddad|Coach Bell|"
    "Old Mr Finch";

const char *const offline_weathers =
    "rainy|sunny|windy|foggy|snowy|busy|quiet|warm|chilly|bright|grey|stormy|lazy|hectic|golden";
const char *const offline_days =
    "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|public holiday";
const char *const offline_hours = "morning|noon|afternoon|evening";

const char *const offline_mood =
    "{Q} finds all of this rather funny.|Nobody is in a hurry {t}.|"
    "A radio can be heard from far away.|{P} writes everything on the back of a ticket.|"
    "{Q} had promised to be on time, and is.|It smells of rain and fresh paint.|"
    "{P} tells the {f} about it later.|The {f} look on with curiosity.|"
    "{Q} would rather have stayed in bed {t}.|Somebody has left the door open.|"
    "{P} and {Q} have been friends since kindergarten.|A new song is on everybody's lips {t}.|"
    "The {f} ask many questions.|{P} likes to have such things in order.|"
    "{Q} takes a photo for the album.|The sky looks different {t}.|"
    "Nothing has gone wrong so far {t}.|{P} brings a thermos of mint tea.|"
    "{Q} once read a whole book about {i}.|Many people like {i}, and {P} knows why.";

const struct measure offline_measures[] = {
    {"metres", "centimetres", "ribbon|rope|string|cloth|wire|tape|fence|garland", 100},
    {"kilograms", "grams", "flour|rice|sand|potatoes|sugar|soil|clay|paper", 1000},
    {"litres", "millilitres", "juice|water|paint|milk|soup|lemonade|oil|tea", 1000},
    {"kilometres", "metres", "track|footpath|road|river bank|cable|hiking trail", 1000},
    {"hours", "minutes", "music|practice|work|waiting time|daylight|film", 60},
    {"minutes", "seconds", "silence|video|drum solo|applause|break time", 60},
    {"weeks", "days", "holiday|preparation|training|sunshine|building work", 7},
    {"centimetres", "millimetres", "thread|wax|bark|foil|chalk|copper wire", 10},
};
const int offline_measure_count = (int)(sizeof offline_measures / sizeof offline_measures[0]);

size_t words_count(const char *list)
{
    size_t n = 1;
    for (; *list != '\0'; list++) {
        n += *list == '|' ? 1 : 0;
    }
    return n;
}

const char *words_piece(const char *list, size_t at, size_t *n)
{
    const char *piece = list;
    size_t left = at;
    for (;;) {
        const char *end = piece;
        while (*end != '|' && *end != '\0') {
            end++;
        }
        if (left == 0) {
            *n = (size_t)(end - piece);
            return piece;
        }
        left--;
        piece = end + 1;
        if (*end == '\0') { /* past the last: go on from the first */
            left = at % (at - left);
            piece = list;
        }
    }
}

bool words_has(const char *list, const char *text, size_t n)
{
    const char *at = list;
    while (at != NULL) {
        const char *end = strchr(at, '|');
        size_t len = end == NULL ? strlen(at) : (size_t)(end - at);
        if (len == n && strncasecmp(at, text, n) == 0) {
            return true;
        }
        at = end == NULL ? NULL : end + 1;
    }
    return false;
}
