#pragma once
// Tells tests how large the stack of a thread is.
#include <pthread.h>

#include <cstddef>

namespace strata::testing {

/// Returns the size in bytes of the calling thread's stack.
inline std::size_t size_of_this_stack() {
    pthread_attr_t attributes;
    pthread_getattr_np(pthread_self(), &attributes);
    std::size_t size = 0;
    pthread_attr_getstacksize(&attributes, &size);
    pthread_attr_destroy(&attributes);
    return size;
}

}  // namespace strata::testing
