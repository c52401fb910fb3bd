"""How much may come in, and how much it may cost to look at it. Sizes in bytes, times in seconds.

Nothing here imports Django: the worker that opens strangers' files reads these numbers too.
"""

MEGABYTE = 1024 * 1024

# What one form may carry.
MAX_FILE_BYTES = 10 * MEGABYTE
MAX_FILES = 5
MAX_FORM_BYTES = 30 * MEGABYTE

# Staff put the printed magazine online, and its PDF is heavier than a flyer.
MAX_STAFF_FILE_BYTES = 50 * MEGABYTE

# 50 megapixels is the largest photo a telephone of today makes by default; decoded it takes about 150 MB.
MAX_PIXELS = 50_000_000
# The longest side JPEG can hold; nothing wider can be stored again.
MAX_SIDE = 65_500
# A progressive JPEG has about 10 scans. Thousands of empty scans keep a decoder busy for hours.
MAX_JPEG_SCANS = 100
# Screens, maps and drawings stay below this number of colours, photos above it.
FEW_COLOURS = 32_768
# Above this, packing quickly matters more than packing tightly.
LARGE_PICTURE_PIXELS = 12_000_000
JPEG_QUALITY = 88
WEBP_QUALITY = 90

MAX_PDF_PAGES = 300
# A tagged document of 300 dense pages has about 150,000 objects.
MAX_PDF_OBJECTS = 300_000
# What one packed stream of a PDF's structure may unfold to.
MAX_PDF_STREAM_BYTES = 256 * MEGABYTE

# The picture of a PDF's first page, in pixels, and the text that is kept of one page: a full page of the magazine has
# about 2,000 characters; what is asked of PDFium is more, because control signs are dropped afterwards.
COVER_WIDTH = 720
MAX_COVER_HEIGHT = 1_440
COVER_QUALITY = 82
MAX_PAGE_CHARACTERS = 12_000
MAX_RAW_CHARACTERS = 20_000

# What an Office file (a zip archive) may unfold to.
MAX_ARCHIVE_ENTRIES = 2_000
MAX_ARCHIVE_BYTES = 200 * MEGABYTE

MAX_NAME_LENGTH = 120

# The worker process: one file, then it ends.
WORKER_MEMORY_BYTES = 1536 * MEGABYTE
WORKER_CPU_SECONDS = 30
WORKER_WALL_SECONDS = 60
# Two files at a time for each server process; the next one waits this long for its turn.
WORKERS_AT_ONCE = 2
WAIT_FOR_TURN_SECONDS = 60
