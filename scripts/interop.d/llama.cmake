# Included into every project() of the llama-cpp-python build. The Python package needs the library alone; llama.cpp's
# helpers for its own command-line tools would double the time to compile. A normal variable hides the cache entry that
# the package forces on.
set(LLAMA_BUILD_COMMON OFF)
