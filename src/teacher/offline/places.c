/*
 * offline_places - the everyday settings in which the problems play.
 *
 * One row for each leaf of the taxonomy "everyday setting". The things must be countable plurals
 * and the sentences must hold no digit, since the reader takes every number for a part of the sum.
 */
#include "teacher/offline/words.h"

const struct place offline_places[] = {
    {"kitchen", "in the kitchen", "cookies|pancakes|tomatoes|plates|spoons|dumplings",
     "jar:jars|bowl:bowls|pan:pans", "guests",
     "The oven is already warm and smells of butter.|"
     "{Q} hums while the kettle boils.|"
     "A cat waits below the table for a crumb.",
     "weekend breakfast|lunch boxes|cake baking|washing up"},
    {"garden", "in the garden", "carrots|tulips|strawberries|seedlings|pumpkins|snails",
     "bed:beds|pot:pots|wheelbarrow:wheelbarrows", "neighbours",
     "A robin watches from the fence.|"
     "{P} has mud on both boots.|"
     "The hose drips beside the shed.",
     "vegetable beds|flower pots|compost heap|watering plants"},
    {"birthday party", "at the birthday party",
     "balloons|candles|cupcakes|party hats|paper crowns|presents",
     "bag:bags|table:tables|basket:baskets", "guests",
     "Music is playing and somebody is laughing loudly.|"
     "{Q} has hidden a surprise behind the sofa.|"
     "The cake has a dragon on it.",
     "invitations|party games|sharing the cake|goody bags"},
    {"moving house", "at the new house", "books|lamps|cushions|mugs|picture frames|blankets",
     "carton:cartons|crate:crates|shelf:shelves", "helpers",
     "The stairs are narrow and the sofa is stuck.|"
     "{P} has lost the key twice already.|"
     "Old newspapers lie all over the floor.",
     "packing cartons|loading the van|painting rooms|unpacking"},
    {"pocket money", "at the kitchen table with the savings box",
     "coins|stickers|trading cards|marbles|comics|badges",
     "tin:tins|envelope:envelopes|purse:purses", "cousins",
     "{P} wants to save up for a kite.|"
     "The savings box looks like a small pig.|"
     "{Q} keeps a notebook about every purchase.",
     "saving goals|weekly allowance|small chores|wish lists"},
    {"family trip", "on the family trip",
     "sandwiches|photos|postcards|apples|water bottles|souvenirs",
     "rucksack:rucksacks|suitcase:suitcases|cool box:cool boxes", "cousins",
     "The car windows are open and the map flutters.|"
     "{Q} asks again whether they are nearly there.|"
     "Grandfather tells the story about the lost shoe.",
     "picnic stop|packing bags|long drive|holiday photos"},
    {"classroom", "in the classroom", "pencils|notebooks|rulers|worksheets|crayons|erasers",
     "drawer:drawers|folder:folders|desk:desks", "pupils",
     "The blackboard still shows the poem of the morning.|"
     "{P} sharpens everything twice.|"
     "Rain runs down the tall windows.",
     "group work|spelling test|science corner|class library"},
    {"library", "in the library", "novels|picture books|atlases|magazines|bookmarks|audio books",
     "shelf:shelves|trolley:trolleys|box:boxes", "readers",
     "Everybody whispers, even the printer.|"
     "{Q} loves the smell of old paper.|"
     "A lamp with a green shade stands on the desk.",
     "returning books|reading hour|new arrivals|shelving"},
    {"school fair", "at the school fair",
     "raffle tickets|paper flowers|waffles|lanterns|prizes|hand puppets",
     "stall:stalls|bucket:buckets|basket:baskets", "visitors",
     "The brass band plays a bit too fast.|"
     "{P} is dressed as a pirate.|"
     "Bunting hangs between the old chestnut trees.",
     "raffle|waffle stall|tombola|theatre show"},
    {"sports day", "at sports day", "medals|sandbags|skipping ropes|bibs|hurdles|relay batons",
     "lane:lanes|team:teams|bench:benches", "runners",
     "The whistle is loud and the grass is wet.|"
     "{Q} has tied both laces twice.|"
     "Parents wave from the hill.",
     "sack race|long jump|relay race|prize giving"},
    {"art room", "in the art room", "brushes|paint pots|sketches|clay figures|paper stars|beads",
     "tray:trays|jar:jars|rack:racks", "pupils",
     "There is blue paint on the ceiling, and nobody knows why.|"
     "{P} mixes the greens with great care.|"
     "The radio plays quietly in the corner.",
     "painting|paper craft|clay work|exhibition"},
    {"bakery", "at the bakery", "rolls|loaves|pretzels|muffins|croissants|bagels",
     "tray:trays|bag:bags|basket:baskets", "customers",
     "The first batch is golden and still hot.|"
     "{Q} has flour on the nose.|"
     "The shop bell rings again and again.",
     "bread counter|cake orders|early shift|delivery round"},
    {"supermarket", "at the supermarket",
     "yoghurts|cans|oranges|cereal packs|juice cartons|soap bars",
     "crate:crates|shelf:shelves|trolley:trolleys", "customers",
     "A song about summer comes from the ceiling.|"
     "{P} reads every label.|"
     "The queue moves slowly past the sweets.",
     "special offers|checkout|stocking shelves|fruit counter"},
    {"flower shop", "at the flower shop", "roses|daisies|lilies|sunflowers|bouquets|orchids",
     "vase:vases|bucket:buckets|bundle:bundles", "customers",
     "The whole shop smells of lavender.|"
     "{Q} ties the ribbons into perfect bows.|"
     "A bee has found its way in.",
     "wedding orders|bouquets|potted plants|watering round"},
    {"book shop", "at the book shop",
     "paperbacks|calendars|cookbooks|diaries|travel guides|greeting cards",
     "shelf:shelves|stack:stacks|parcel:parcels", "readers",
     "An armchair by the window is always taken.|"
     "{P} knows the best detective stories.|"
     "The door sticks a little when it rains.",
     "book signing|sale table|ordering|gift wrapping"},
    {"farmers' market", "at the farmers' market", "potatoes|eggs|cabbages|cheeses|pears|radishes",
     "crate:crates|sack:sacks|basket:baskets", "shoppers",
     "A dog sleeps under the honey stand.|"
     "{Q} calls out the prices in a singing voice.|"
     "The scales are older than the market hall.",
     "egg stand|fruit stand|honey and jam|closing time"},
    {"toy shop", "at the toy shop",
     "kites|puzzles|teddy bears|toy cars|spinning tops|building blocks",
     "box:boxes|shelf:shelves|chest:chests", "children",
     "A little train circles around the shop window.|"
     "{P} tests every yo-yo personally.|"
     "A wooden parrot hangs above the till.",
     "model trains|board game corner|holiday sale|repairs"},
    {"carpentry", "in the carpentry shop", "planks|screws|stools|hinges|dowels|chair legs",
     "rack:racks|box:boxes|bench:benches", "apprentices",
     "Sawdust dances in the sunlight.|"
     "{Q} measures everything twice.|"
     "The big saw is being sharpened.",
     "shelf building|cutting boards|toy making|repairs"},
    {"sewing", "in the sewing room", "buttons|patches|pillow cases|zips|aprons|scarves",
     "spool box:spool boxes|basket:baskets|drawer:drawers", "tailors",
     "The old machine rattles like a train.|"
     "{P} hunts for the lost thimble.|"
     "Pieces of velvet cover the whole table.",
     "cutting cloth|buttons and zips|costumes|mending"},
    {"pottery", "in the pottery", "bowls|vases|tiles|mugs|clay bells|saucers",
     "kiln shelf:kiln shelves|rack:racks|crate:crates", "students",
     "The kiln glows behind its little window.|"
     "{Q} has clay up to the elbows.|"
     "A cracked jug serves as a pen holder.",
     "glazing|firing the kiln|wheel throwing|market sale"},
    {"office", "at the office", "letters|folders|envelopes|reports|paper clips|phone calls",
     "drawer:drawers|file:files|desk:desks", "colleagues",
     "The coffee machine gurgles and hisses.|"
     "{P} waters the tired plant beside the printer.|"
     "Someone has left an umbrella in the lift.",
     "mail room|meetings|supplies|payroll"},
    {"printing shop", "at the printing shop",
     "posters|leaflets|business cards|labels|programmes|stamps",
     "pallet:pallets|bundle:bundles|tray:trays", "customers",
     "The fresh ink shines on the rollers.|"
     "{Q} checks the colours against the light.|"
     "The paper cutter hums in the back.",
     "poster orders|book binding|colour mixing|delivery"},
    {"farm", "on the farm", "hens|hay bales|eggs|lambs|turnips|milk cans",
     "pen:pens|barn:barns|cart:carts", "farmhands",
     "A rooster sits on the tractor.|"
     "{P} whistles for the old dog.|"
     "The barn door creaks in the wind.",
     "hen house|milking|harvest|tractor work"},
    {"zoo", "at the zoo", "bananas|penguins|fish|parrots|meerkats|melons",
     "enclosure:enclosures|bucket:buckets|cage:cages", "keepers",
     "The elephant is taking a shower.|"
     "{Q} imitates the call of the gibbons.|"
     "A peacock blocks the way to the kiosk.",
     "feeding time|visitor tickets|penguin pool|night tour"},
    {"aquarium", "at the aquarium", "clownfish|shells|starfish|sea horses|crabs|jellyfish",
     "tank:tanks|pool:pools|bucket:buckets", "visitors",
     "The blue light makes everyone speak softly.|"
     "{P} presses the nose against the glass.|"
     "A turtle glides by without any hurry.",
     "feeding the rays|tank cleaning|school visit|coral corner"},
    {"beach", "at the beach", "shells|sandcastles|pebbles|towels|beach balls|buoys",
     "bucket:buckets|bag:bags|net:nets", "swimmers",
     "The waves reach the towels at last.|"
     "{Q} has buried both feet in the sand.|"
     "A gull steals somebody's lunch.",
     "shell collecting|sandcastles|ice cream stand|lifeguard tower"},
    {"forest", "in the forest", "pine cones|mushrooms|acorns|saplings|nesting boxes|logs",
     "basket:baskets|clearing:clearings|sack:sacks", "hikers",
     "A woodpecker hammers somewhere above.|"
     "{P} has found the tracks of a deer.|"
     "Mist hangs between the trunks.",
     "mushroom hunt|tree planting|nature trail|bird watching"},
    {"train", "on the train", "seats|tickets|day passes|suitcases|newspapers|tea cups",
     "carriage:carriages|compartment:compartments|rack:racks", "travellers",
     "The hills fly past the window.|"
     "{Q} collects old timetables.|"
     "The conductor tells a joke at every station.",
     "dining car|timetable|seat reservations|luggage"},
    {"bus", "on the bus", "transit cards|tickets|bags|seats|umbrellas|timetables",
     "row:rows|stop:stops|rack:racks", "passengers",
     "The driver greets everyone by name.|"
     "{P} sits right at the back.|"
     "The windows are fogged up.",
     "school bus|city line|bus stops|day tickets"},
    {"bicycle tour", "on the bicycle tour",
     "road maps|water bottles|energy bars|spare tubes|helmets|trail signs",
     "group:groups|bag:bags|van:vans", "cyclists",
     "The road climbs through endless vineyards.|"
     "{Q} rings the bell at every cow.|"
     "A flat tyre gives everybody a rest.",
     "mountain stage|repair stop|daily distances|camping"},
    {"hotel", "at the hotel", "towels|pillows|room keys|slippers|breakfast trays|bathrobes",
     "floor:floors|trolley:trolleys|room:rooms", "guests",
     "The lift plays the same tune all day.|"
     "{P} folds the napkins into swans.|"
     "A parrot in the lobby greets the guests.",
     "breakfast room|reception|room service|laundry"},
    {"airport", "at the airport",
     "suitcases|water bottles|boarding passes|meal boxes|trolleys|headphones",
     "gate:gates|belt:belts|container:containers", "travellers",
     "A voice calls the last passengers to the gate.|"
     "{Q} watches the planes through the big window.|"
     "Somebody has lost a single shoe.",
     "check-in|baggage hall|departures|airport shops"},
    {"football", "at the football ground",
     "footballs|jerseys|goals|whistles|scarves|training cones", "net:nets|row:rows|locker:lockers",
     "players",
     "The grass was cut this morning.|"
     "{P} cleans the boots with an old toothbrush.|"
     "The crowd sings as loud as it can.",
     "training|league table|ticket sales|team kit"},
    {"swimming", "at the swimming pool", "laps|goggles|bath towels|diving rings|floats|swim caps",
     "lane:lanes|locker:lockers|basket:baskets", "swimmers",
     "The water is cool and very blue.|"
     "{Q} practises the start again and again.|"
     "The clock above the pool runs slow.",
     "training laps|swimming lesson|relay|diving"},
    {"running club", "at the running club",
     "laps|energy bars|race numbers|water cups|headbands|finish photos",
     "squad:squads|table:tables|box:boxes", "runners",
     "The track is soft after the rain.|"
     "{P} stretches next to the old oak.|"
     "The coach forgets the stopwatch once more.",
     "marathon plan|park run|interval training|charity run"},
    {"board games", "at the board games evening", "cards|tokens|dice|points|game tiles|counters",
     "pouch:pouches|box:boxes|stack:stacks", "players",
     "The rules are read aloud for the last time.|"
     "{Q} refuses to reveal any plan.|"
     "A bowl of nuts goes around the table.",
     "card games|scoring|dice games|tournament"},
    {"chess club", "at the chess club", "chess pieces|boards|games|pawns|clocks|puzzles",
     "box:boxes|table:tables|round:rounds", "players",
     "Nobody speaks, only the clocks tick.|"
     "{P} thinks about the knight for a long time.|"
     "Old photographs of champions hang on the wall.",
     "league match|opening lessons|puzzle night|club evening"},
    {"food bank", "at the food bank",
     "soup cans|rice bags|bread loaves|apples|food parcels|milk cartons",
     "crate:crates|shelf:shelves|van:vans", "volunteers",
     "The doors open as soon as the van is empty.|"
     "{Q} greets everyone with a smile.|"
     "A child has painted the sign outside.",
     "donations|packing parcels|delivery|volunteers"},
    {"museum", "at the museum", "coins|paintings|postcards|fossils|masks|audio guides",
     "showcase:showcases|room:rooms|drawer:drawers", "visitors",
     "The floor creaks under every step.|"
     "{P} has a favourite dinosaur.|"
     "The guard knows a secret about the statue.",
     "guided tour|new exhibition|ticket desk|school visit"},
    {"concert", "at the concert", "tickets|chairs|songs|programmes|drumsticks|music stands",
     "row:rows|case:cases|block:blocks", "musicians",
     "The lights go down and somebody coughs.|"
     "{Q} tunes the violin one last time.|"
     "The trumpet shines like gold.",
     "seating|ticket sales|rehearsal|encore"},
    {"theatre", "at the theatre", "costumes|seats|tickets|wigs|spotlights|masks",
     "row:rows|trunk:trunks|box:boxes", "actors",
     "The curtain is heavy and very red.|"
     "{P} has forgotten the first line again.|"
     "Backstage, everything smells of powder.",
     "costumes|seating plan|stage building|opening night"},
    {"recycling", "at the recycling centre", "bottles|cans|cartons|batteries|jars|old phones",
     "bin:bins|bale:bales|truck:trucks", "volunteers",
     "The glass makes a noise like rain.|"
     "{Q} wears the thick blue gloves.|"
     "A crane lifts a rusty bicycle.",
     "bottle bank|paper collection|sorting line|repair cafe"},
};

const int offline_place_count = (int)(sizeof offline_places / sizeof offline_places[0]);

const struct place offline_anywhere = {
    "",
    "",
    "baskets|ribbons|tickets|apples|bottles|cards",
    "box:boxes|bag:bags|shelf:shelves",
    "visitors",
    "Everything is ready and everyone is in a good mood.|"
    "{Q} has been looking forward to this for weeks.|"
    "{P} keeps a careful list of it all.",
    "busy times|quiet times|preparations|special days",
};
