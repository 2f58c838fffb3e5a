from byte_libraries import version

VERSION = version(
    "fastapi-pagination",
    ((0,), (0, 10, 0)),
    ((0, 89), (0, 11, 4)),
    ((0, 95), (0, 12, 12)),
    ((0, 110), (0, 12, 34)),
    ((0, 115, 13), (0, 13, 3)),
    ((0, 116, 2), (0, 16, 1)),
)
