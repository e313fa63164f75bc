#pragma once
// How other threads, and work that should not be done at once, reach the thread of a swarm.
#include <functional>

namespace strata::p2p {

/// Runs work on the swarm's thread, later and not inside the call. Thread-safe. net::Host::post does this.
using Post = std::function<void(std::function<void()>)>;

}  // namespace strata::p2p
